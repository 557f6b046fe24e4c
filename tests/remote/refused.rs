//! Whoever must not come in, and whoever behaves badly there.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use hebbtop::engine::Request;
use hebbtop::remote::wire::{self, Down, MAGIC, MOST_DOWN, MOST_UP, PROTOCOL, Up};

use crate::place::Place;

/// Where the helper below finds the socket.
const SOCKET: &str = "HEBBTOP_TEST_SOCKET";

/// Somebody who is nobody here.
const STRANGER: u32 = 65533;

fn hello(version: &str) -> Up {
    Up::Hello {
        magic: MAGIC,
        protocol: PROTOCOL,
        version: version.to_owned(),
        who: Some("a test".to_owned()),
    }
}

/// Run as another user by the test below: says hello and prints whether anybody answers.
#[test]
#[ignore = "the helper of another_user_is_not_heard"]
fn a_stranger_says_hello() {
    let Some(socket) = std::env::var_os(SOCKET) else {
        return;
    };
    let mut stream = UnixStream::connect(PathBuf::from(socket)).expect("the socket is open to all");
    // It may have hung up already.
    let _ = wire::send(&mut stream, &hello(env!("CARGO_PKG_VERSION")), MOST_UP);
    let mut answer = [0; 64];
    let length = stream.read(&mut answer).unwrap_or(0);
    println!("answered with {length} bytes");
}

/// Only root can become somebody else; the folder and the socket are opened to him first, so that
/// nothing but the run itself turns him away.
#[test]
fn another_user_is_not_heard() {
    if !nix::unistd::geteuid().is_root() {
        println!("skipped: not root");
        return;
    }
    let place = Place::new();
    place.says(&["run", "pc-digits", "--detach"]);
    let socket = place.folder().join("hebbtop/pc-digits");
    for (path, mode) in [
        (place.folder().to_owned(), 0o755),
        (place.folder().join("hebbtop"), 0o755),
        (socket.clone(), 0o777),
    ] {
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    }
    // A copy that he can reach and start.
    let helper = place.folder().join("helper");
    std::fs::copy(std::env::current_exe().unwrap(), &helper).unwrap();
    std::fs::set_permissions(&helper, PermissionsExt::from_mode(0o755)).unwrap();
    let as_user = |user: u32| {
        let mut command = Command::new(&helper);
        command
            .args(["--ignored", "--exact", "--nocapture"])
            .arg("refused::a_stranger_says_hello")
            .env(SOCKET, &socket)
            .current_dir("/")
            .uid(user);
        let mut output = command.output();
        // A test beside this one that is about to start a program holds the copy open for a moment.
        while output
            .as_ref()
            .is_err_and(|error| error.kind() == ErrorKind::ExecutableFileBusy)
        {
            std::thread::yield_now();
            output = command.output();
        }
        String::from_utf8_lossy(&output.unwrap().stdout).into_owned()
    };
    let ours = as_user(0);
    assert!(ours.contains("answered with"), "{ours}");
    assert!(!ours.contains("answered with 0 bytes"), "{ours}");
    let stranger = as_user(STRANGER);
    assert!(stranger.contains("answered with 0 bytes"), "{stranger}");
    // And his folders are not used either.
    std::fs::set_permissions(
        place.folder().join("hebbtop"),
        PermissionsExt::from_mode(0o700),
    )
    .unwrap();
}

#[test]
fn another_version_is_told_which_one_to_take() {
    let place = Place::new();
    place.says(&["run", "pc-digits", "--detach"]);
    let socket = place.folder().join("hebbtop/pc-digits");
    let mut stream = UnixStream::connect(socket).unwrap();
    wire::send(&mut stream, &hello("99.0.0"), MOST_UP).unwrap();
    let answer = wire::receive(&mut stream, MOST_DOWN).unwrap();
    let Some(Down::Refused(why)) = answer else {
        panic!("{answer:?}")
    };
    assert!(why.contains(env!("CARGO_PKG_VERSION")), "{why}");
}

/// It asks and asks and never reads: the run goes on, and others are served.
#[test]
fn somebody_who_does_not_read_disturbs_nobody() {
    let place = Place::new();
    place.says(&["run", "pc-digits", "--detach"]);
    let socket = place.folder().join("hebbtop/pc-digits");
    let mut stream = UnixStream::connect(socket).unwrap();
    stream.set_nonblocking(true).unwrap();
    wire::send(&mut stream, &hello(env!("CARGO_PKG_VERSION")), MOST_UP).unwrap();
    while wire::send(&mut stream, &Up::Ask(Request::default()), MOST_UP).is_ok() {}
    // The half of a message, too.
    let _ = stream.write(&[9, 0]);
    for _ in 0..5 {
        place.flat_out("pc-digits");
    }
    place.wait_done("pc-digits");
}
