//! A run at a socket, to which somebody sends anything, and goes: it must answer the next one.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hebbtop::engine::{Engine, Options, Request};
use hebbtop::preset::catalogue;
use hebbtop::remote::{Client, Published, Server};
use tempfile::TempDir;

use super::mutation::{Random, below, changed};
use super::targets::Target;

pub const SOCKETS: Target = Target {
    name: "sockets",
    read,
    change,
    // A frame with every panel, and a model that is built anew.
    allowed: |_| 128 << 20,
    // A model is built in many of them.
    executions: 150,
};

/// How long an answer to what makes sense may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whoever asked a run to end waits for its last words, which here nobody says.
const ANSWER: Duration = Duration::from_millis(200);

struct Running {
    engine: Engine,
    published: Published,
    _folder: TempDir,
}

static RUNNING: Mutex<Option<Running>> = Mutex::new(None);

fn start() -> Running {
    let folder = tempfile::tempdir().unwrap();
    // Somebody may have a file written, by a name without a folder.
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile/written");
    std::fs::create_dir_all(&scratch).unwrap();
    std::env::set_current_dir(&scratch).unwrap();
    let options = Options {
        paused: true,
        rewind_memory: 1 << 20,
        ..Options::default()
    };
    let engine = Engine::start(catalogue::resolve("pc-digits").unwrap(), options).unwrap();
    let server = Server {
        door: engine.door(),
        name: "run".into(),
        model: String::new(),
        title: String::new(),
        adopt: Arc::new(|engine, _| {
            let _ = engine.door().quit();
            engine.join().map_err(|error| error.to_string())?;
            Err("no lanes here".into())
        }),
    };
    let published = server.publish_in(folder.path()).unwrap();
    Running {
        engine,
        published,
        _folder: folder,
    }
}

fn read(input: &[u8]) -> String {
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    let socket = running
        .get_or_insert_with(start)
        .published
        .socket()
        .to_owned();
    let mut stream = UnixStream::connect(&socket).expect("the run listens");
    stream.set_read_timeout(Some(ANSWER)).unwrap();
    // It may not want to hear all of it.
    let _ = stream.write_all(input);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    drop(stream);
    let client = Client::look(&socket).map_err(|error| error.to_string());
    let alive = client.and_then(|mut client| {
        client
            .ask(Request::glance())
            .map_err(|gone| gone.to_string())?;
        let rung = client.wake().recv_timeout(PATIENCE);
        rung.map_err(|error| error.to_string())
    });
    let mut words = format!("{} ", answer.len().min(9));
    if let Err(why) = alive {
        // It may have been asked to end, and then it ends as it should.
        let Running {
            engine, published, ..
        } = running.take().expect("it was there");
        let _ = engine.door().quit();
        let finished = engine.join().expect("the simulation has not panicked");
        drop(published);
        words += &format!("{why} at {}", finished.step.min(1));
    }
    words
}

/// Every message by itself, with a length that holds, or anything.
fn change(random: &mut Random, input: &[u8], other: &[u8]) -> Vec<u8> {
    let mut messages = split(input);
    if below(random, 6) == 0 || messages.is_empty() {
        return changed(random, input, other, &[]);
    }
    let others = split(other);
    let at = below(random, messages.len());
    match below(random, 3) {
        0 if !others.is_empty() => messages.insert(at, others[below(random, others.len())]),
        0 => {}
        _ => {
            let near = others.first().copied().unwrap_or_default();
            let new = changed(random, messages[at], near, &[]);
            return joined(&messages, at, &new);
        }
    }
    joined(&messages, usize::MAX, &[])
}

fn split(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut messages = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let length = u32::from_le_bytes(*length) as usize;
        let (message, rest) = rest.split_at(length.min(rest.len()));
        messages.push(message);
        bytes = rest;
    }
    messages
}

fn joined(messages: &[&[u8]], at: usize, new: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (place, message) in messages.iter().enumerate() {
        let message = if place == at { new } else { message };
        bytes.extend((message.len() as u32).to_le_bytes());
        bytes.extend(message);
    }
    bytes
}
