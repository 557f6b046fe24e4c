//! A terminal for tests: starts a program on a pseudo-terminal, types, resizes, sends signals, hangs up,
//! and sees the screen as a person would. Nothing here waits for a fixed time: every wait is for
//! something, with a limit that only a broken program reaches.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::fmt::Debug;
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, poll};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// Longer than anything takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(30);

/// The marks around a frame: a synchronized update.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

/// How a program ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Exit {
    Status(u32),
    /// Killed by the signal of this name, as the system writes it.
    Killed(String),
}

/// What the terminal has received.
struct Received {
    screen: vt100::Parser,
    bytes: Vec<u8>,
    /// The other end is closed.
    ended: bool,
}

impl Received {
    fn shows(&self, wanted: impl Fn(&vt100::Screen) -> bool) -> bool {
        !inside_update(&self.bytes) && wanted(self.screen.screen())
    }
}

/// How the thread that reads the terminal is told what to do.
#[derive(Default)]
struct Orders {
    stop: AtomicBool,
    pause: AtomicBool,
}

pub struct Pty {
    master: Option<Box<dyn MasterPty + Send>>,
    keyboard: Option<Box<dyn Write + Send>>,
    child: Box<dyn Child + Send + Sync>,
    received: Arc<Mutex<Received>>,
    orders: Arc<Orders>,
    reader: Option<JoinHandle<()>>,
    device: PathBuf,
    /// The modes before the program started.
    modes: [u64; 3],
    exited: Option<Exit>,
}

/// A program with its arguments and environment, which is empty but for what a terminal sets.
pub struct Program {
    command: CommandBuilder,
}

impl Program {
    pub fn new(path: impl AsRef<Path>) -> Self {
        let mut command = CommandBuilder::new(path.as_ref());
        command.env_clear();
        for name in ["PATH", "HOME", "TMPDIR"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        // Nothing of the user's own.
        let mine = Path::new(env!("CARGO_TARGET_TMPDIR"));
        for (name, folder) in [("XDG_STATE_HOME", "state"), ("XDG_RUNTIME_DIR", "run")] {
            let folder = mine.join(folder);
            std::fs::create_dir_all(&folder).expect("a folder for tests");
            command.env(name, folder);
        }
        Self { command }
    }

    pub fn args<S: AsRef<std::ffi::OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn current_dir(mut self, path: impl AsRef<Path>) -> Self {
        self.command.cwd(path.as_ref());
        self
    }

    /// Starts it on a terminal of this size.
    pub fn start(self, columns: u16, rows: u16) -> Pty {
        Pty::start(self.command, columns, rows)
    }
}

impl Pty {
    fn start(command: CommandBuilder, columns: u16, rows: u16) -> Self {
        let pair = native_pty_system()
            .openpty(pty_size(columns, rows))
            .expect("a pseudo-terminal");
        let device = pair
            .master
            .tty_name()
            .expect("a pseudo-terminal has a name");
        let modes = modes(&*pair.master);
        let child = pair
            .slave
            .spawn_command(command)
            .expect("the program starts");
        drop(pair.slave);
        let received = Arc::new(Mutex::new(Received {
            screen: vt100::Parser::new(side(rows), side(columns), 0),
            bytes: Vec::new(),
            ended: false,
        }));
        let orders = Arc::new(Orders::default());
        let source = pair.master.try_clone_reader().expect("a reader");
        let reader = thread::spawn({
            let (received, orders) = (Arc::clone(&received), Arc::clone(&orders));
            move || read(source, &received, &orders)
        });
        let keyboard = pair.master.take_writer().expect("a writer");
        Self {
            master: Some(pair.master),
            keyboard: Some(keyboard),
            child,
            received,
            orders,
            reader: Some(reader),
            device,
            modes,
            exited: None,
        }
    }

    fn received(&self) -> MutexGuard<'_, Received> {
        self.received.lock().expect("the reader does not panic")
    }

    /// The text on the screen, a line a row.
    pub fn text(&self) -> String {
        self.received().screen.screen().contents()
    }

    /// The screen as it is now.
    pub fn screen(&self) -> vt100::Screen {
        self.received().screen.screen().clone()
    }

    /// How many bytes the program has written.
    pub fn bytes(&self) -> usize {
        self.received().bytes.len()
    }

    /// What the program has written from byte `from` on.
    pub fn output(&self, from: usize) -> Vec<u8> {
        self.received().bytes[from..].to_vec()
    }

    /// Waits until the screen is as wanted, between two frames: a terminal shows none in the middle.
    pub fn wait_until(&mut self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) {
        let start = Instant::now();
        while !self.received().shows(&wanted) {
            let ended = self.received().ended;
            assert!(
                start.elapsed() < LIMIT && !ended,
                "{what} has not happened ({}); the screen shows\n{}",
                if ended {
                    "the program ended"
                } else {
                    "too late"
                },
                self.text()
            );
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until the text stands somewhere on the screen.
    pub fn wait_for(&mut self, text: &str) {
        self.wait_until(&format!("{text:?}"), |screen| {
            screen.contents().contains(text)
        });
    }

    /// Presses this key again and again until the program waits for the terminal to read.
    pub fn keys_until_full(&mut self, key: &str) {
        let device = OpenOptions::new()
            .write(true)
            .custom_flags(OFlag::O_NOCTTY.bits())
            .open(&self.device)
            .expect("the terminal has a device");
        let start = Instant::now();
        loop {
            let mut fds = [PollFd::new(device.as_fd(), PollFlags::POLLOUT)];
            if poll(&mut fds, 50u16).expect("a device can be watched") == 0 {
                return;
            }
            assert!(start.elapsed() < LIMIT, "the terminal does not fill up");
            self.keys(key);
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// The lengths in bytes of the frames written from byte `from` on.
    pub fn frame_lengths(&self, from: usize) -> Vec<usize> {
        let output = self.output(from);
        let starts_with = |mark: &'static [u8]| {
            let windows = output.windows(mark.len()).enumerate();
            windows.filter_map(move |(at, window)| (window == mark).then_some(at))
        };
        starts_with(BEGIN)
            .zip(starts_with(END))
            .map(|(begin, end)| end + END.len() - begin)
            .collect()
    }

    /// Waits until the program has written these bytes, now or before.
    pub fn wait_for_output(&mut self, bytes: &[u8]) {
        let start = Instant::now();
        while !self
            .output(0)
            .windows(bytes.len())
            .any(|window| window == bytes)
        {
            assert!(
                start.elapsed() < LIMIT,
                "{:?} is not written",
                bytes.escape_ascii().to_string()
            );
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until the program has written more than this many bytes.
    pub fn wait_for_more_than(&mut self, bytes: usize) {
        let start = Instant::now();
        while self.bytes() <= bytes {
            assert!(start.elapsed() < LIMIT, "nothing more is written");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until the program has written nothing for this long. For programs that draw on demand.
    pub fn wait_for_silence(&mut self, how_long: Duration) {
        let start = Instant::now();
        let (mut bytes, mut since) = (self.bytes(), Instant::now());
        while since.elapsed() < how_long {
            assert!(start.elapsed() < LIMIT, "the program does not stop writing");
            thread::sleep(Duration::from_millis(5));
            if self.bytes() != bytes {
                (bytes, since) = (self.bytes(), Instant::now());
            }
        }
    }

    /// Types, or sends what a terminal sends.
    pub fn keys(&mut self, keys: &str) {
        let keyboard = self.keyboard.as_mut().expect("not hung up");
        keyboard
            .write_all(keys.as_bytes())
            .and_then(|()| keyboard.flush())
            .expect("the terminal takes keys");
    }

    pub fn resize(&mut self, columns: u16, rows: u16) {
        // First the emulation, or it would see a frame of the new size on a screen of the old one.
        self.received()
            .screen
            .screen_mut()
            .set_size(side(rows), side(columns));
        self.master
            .as_ref()
            .expect("not hung up")
            .resize(pty_size(columns, rows))
            .expect("a terminal can be resized");
    }

    pub fn pid(&self) -> Pid {
        Pid::from_raw(self.child.process_id().expect("it was started") as i32)
    }

    /// The process group that the shell has given the terminal.
    pub fn foreground(&self) -> Pid {
        let master = self.master.as_ref().expect("not hung up");
        Pid::from_raw(master.process_group_leader().expect("a foreground group"))
    }

    pub fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).expect("it is running");
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("it is our child").is_none()
    }

    /// Waits for the end of the program.
    pub fn wait_exit(&mut self) -> Exit {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("it is our child") {
                break status;
            }
            assert!(
                start.elapsed() < LIMIT,
                "the program does not end; the screen shows\n{}",
                self.text()
            );
            thread::sleep(Duration::from_millis(5));
        };
        let exit = match status.signal() {
            Some(name) => Exit::Killed(name.to_owned()),
            None => Exit::Status(status.exit_code()),
        };
        // What it wrote last is on its way.
        if !self.orders.pause.load(Ordering::SeqCst) {
            while self.reader.is_some() && !self.received().ended && start.elapsed() < LIMIT {
                thread::sleep(Duration::from_millis(1));
            }
        }
        self.exited = Some(match &exit {
            Exit::Status(status) => Exit::Status(*status),
            Exit::Killed(name) => Exit::Killed(name.clone()),
        });
        exit
    }

    /// Asserts that the program has ended with this status and that the terminal is as it was before.
    pub fn assert_exit(&mut self, status: u32) {
        assert_eq!(self.wait_exit(), Exit::Status(status), "{}", self.text());
        self.assert_restored();
    }

    /// Asserts that no mode is left on.
    pub fn assert_restored(&self) {
        let left_on = self.modes_left_on();
        assert!(left_on.is_empty(), "left on: {left_on:?}");
    }

    /// The modes of a full-screen program that are on now.
    pub fn modes_left_on(&self) -> Vec<&'static str> {
        let received = self.received();
        let screen = received.screen.screen();
        let mouse = screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None;
        let default = vt100::Color::Default;
        let coloured = screen.fgcolor() != default || screen.bgcolor() != default;
        let styled = screen.bold() || screen.dim() || screen.underline() || screen.inverse();
        let terminal = self.master.as_ref().map(|master| modes(&**master));
        [
            (screen.alternate_screen(), "alternate screen"),
            (screen.hide_cursor(), "hidden cursor"),
            (mouse, "mouse"),
            (screen.bracketed_paste(), "bracketed paste"),
            (screen.application_cursor(), "application cursor keys"),
            (coloured || styled, "colours or styles"),
            (inside_update(&received.bytes), "synchronized update"),
            (
                terminal.is_some_and(|modes| modes != self.modes),
                "raw mode",
            ),
        ]
        .into_iter()
        .filter_map(|(on, name)| on.then_some(name))
        .collect()
    }

    /// The terminal stops reading what the program writes, as on a line that has come to a halt.
    pub fn stop_reading(&self) {
        self.orders.pause.store(true, Ordering::SeqCst);
    }

    pub fn go_on_reading(&self) {
        self.orders.pause.store(false, Ordering::SeqCst);
    }

    /// Closes the terminal, as when its window is closed or the connection lost. The system sends SIGHUP
    /// to the session's first process; to spare the program that, start it below a shell that
    /// ignores it.
    pub fn hang_up(&mut self) {
        self.orders.stop.store(true, Ordering::SeqCst);
        self.orders.pause.store(false, Ordering::SeqCst);
        // The reader holds the terminal open and may be waiting: something to read wakes it.
        if let Ok(mut device) = OpenOptions::new().write(true).open(&self.device) {
            let _ = device.write_all(b" ");
        }
        if let Some(reader) = self.reader.take() {
            reader.join().expect("the reader does not panic");
        }
        self.keyboard = None;
        self.master = None;
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        if self.exited.is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        self.orders.stop.store(true, Ordering::SeqCst);
        self.orders.pause.store(false, Ordering::SeqCst);
    }
}

fn read(mut source: Box<dyn Read + Send>, received: &Mutex<Received>, orders: &Orders) {
    let mut buffer = [0; 4096];
    while !orders.stop.load(Ordering::SeqCst) {
        if orders.pause.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(2));
            continue;
        }
        let n = source.read(&mut buffer).unwrap_or(0);
        let mut received = received.lock().expect("tests hold it shortly");
        if n == 0 {
            received.ended = true;
            return;
        }
        received.screen.process(&buffer[..n]);
        received.bytes.extend_from_slice(&buffer[..n]);
    }
}

/// Input, output and local modes of the terminal.
fn modes(master: &(dyn MasterPty + Send)) -> [u64; 3] {
    let modes = master.get_termios().expect("a terminal has modes");
    [
        modes.input_flags.bits().into(),
        modes.output_flags.bits().into(),
        modes.local_flags.bits().into(),
    ]
}

fn inside_update(bytes: &[u8]) -> bool {
    let last = |mark: &[u8]| bytes.windows(mark.len()).rposition(|window| window == mark);
    last(BEGIN) > last(END)
}

fn pty_size(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

fn side(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n.max(1)).expect("not zero")
}

/// The processor time that a process has used, where the system tells.
pub fn cpu_time(pid: Pid) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let ticks: u64 = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
    Some(Duration::from_millis(10 * ticks))
}
