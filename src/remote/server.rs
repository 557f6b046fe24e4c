//! The run's side: a thread that waits for whoever connects, and two for everyone who has.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crossbeam_channel::bounded;
use nix::fcntl::{Flock, FlockArg};
use nix::unistd::geteuid;

use super::card::Card;
use super::seats::{Seat, Seats};
use super::wire::{self, Down, Ending, MAGIC, MOST_DOWN, MOST_HELLO, MOST_UP, PROTOCOL, Up};
use super::{NAME, place};
use crate::data::text;
use crate::engine::{Door, Engine, Reply, Request, Subscription};

/// More terminals at one run make no sense, and every one costs two threads.
const MOST: usize = 16;

/// Whoever connects says who it is within this time.
const GREETING: Duration = Duration::from_secs(5);

/// Whoever watches hears of the end if it is known within this time.
const LAST_WORDS: Duration = Duration::from_secs(30);

/// Between two questions of a terminal that found the run's queue full.
const AGAIN: Duration = Duration::from_millis(1);

/// No terminal shows more panels at once, or larger ones.
const PANELS: usize = 64;
const SIDE: u16 = 2000;

/// Takes in a run that was forked for somebody at the socket, as the lane of that name; gives the name
/// under which it can be reached.
pub type Adopt = Arc<dyn Fn(Engine, &str) -> Result<String, String> + Send + Sync>;

/// A run that is about to be reachable.
pub struct Server {
    pub door: Door,
    /// What to call it, where the name is free; otherwise a number is added.
    pub name: String,
    pub model: String,
    pub title: String,
    pub adopt: Adopt,
}

/// A run that can be reached, until this is dropped.
pub struct Published {
    shared: Arc<Shared>,
    socket: PathBuf,
    card: Option<PathBuf>,
}

struct Shared {
    name: String,
    door: Door,
    adopt: Adopt,
    seats: Seats,
    attached: AtomicUsize,
    /// Nobody is let in any more.
    closing: AtomicBool,
    /// Nothing more will be said.
    gone: AtomicBool,
    ending: Mutex<Option<Ending>>,
    ended: Condvar,
}

impl Shared {
    fn ending(&self) -> MutexGuard<'_, Option<Ending>> {
        self.ending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Server {
    /// Makes the run reachable.
    /// # Errors
    /// When there is no folder for its socket or the system refuses one.
    pub fn publish(self) -> Result<Published, String> {
        let (model, title, door) = (self.model.clone(), self.title.clone(), self.door.clone());
        let mut published = self.publish_in(&place::sockets()?)?;
        let card = Card::new(published.name(), &model, &title, published.socket());
        match card.leave() {
            Ok(file) => published.card = Some(file),
            // A run that has ended already needs no words.
            Err(why) => drop(door.say(format!("ps will not list this run: {why}"))),
        }
        Ok(published)
    }

    /// The same with its socket in `folder`, and without a card by which it would be found.
    /// # Errors
    /// When the system refuses a socket.
    pub fn publish_in(self, folder: &Path) -> Result<Published, String> {
        let (listener, name, socket) = listen(folder, &self.name)?;
        let shared = Arc::new(Shared {
            name,
            door: self.door,
            adopt: self.adopt,
            seats: Seats::default(),
            attached: AtomicUsize::new(0),
            closing: AtomicBool::new(false),
            gone: AtomicBool::new(false),
            ending: Mutex::default(),
            ended: Condvar::new(),
        });
        let published = Published {
            shared: Arc::clone(&shared),
            socket,
            card: None,
        };
        thread::Builder::new()
            .name("socket".into())
            .spawn(move || accept(&shared, &listener))
            .map_err(|error| error.to_string())?;
        Ok(published)
    }
}

impl Published {
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// A place for a screen in this process.
    pub fn seat(&self, who: &str) -> Seat {
        self.shared.seats.join(who.to_owned())
    }

    /// Tells whoever watches how the run has ended, and closes.
    pub fn end(self, ending: Ending) {
        self.withdraw();
        *self.shared.ending() = Some(ending);
        self.shared.ended.notify_all();
        // The last words are on their way when those who heard them have gone.
        for _ in 0..100 {
            if self.shared.attached.load(Ordering::SeqCst) == 0 {
                break;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Published {
    /// Nobody finds the run any more; those who are there stay.
    fn withdraw(&self) {
        if self.shared.closing.swap(true, Ordering::SeqCst) {
            return;
        }
        // Wakes the thread that waits for connections.
        let _ = UnixStream::connect(&self.socket);
        let _ = fs::remove_file(&self.socket);
        if let Some(card) = &self.card {
            let _ = fs::remove_file(card);
        }
    }
}

impl Drop for Published {
    fn drop(&mut self) {
        self.withdraw();
        self.shared.gone.store(true, Ordering::SeqCst);
        self.shared.ended.notify_all();
    }
}

/// Listens in `folder` under the first free name: `name`, then with numbers from 2.
fn listen(folder: &Path, name: &str) -> Result<(UnixListener, String, PathBuf), String> {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || "-._".contains(c) {
            c
        } else {
            '-'
        }
    };
    // With room for a number and the letters of lanes.
    let name: String = name
        .chars()
        .map(plain)
        .take(place::LONGEST_NAME - 10)
        .collect();
    let fault = |error: io::Error| format!("{}: {error}", folder.display());
    // One at a time: two that find the same stale socket would both take its place.
    let lock = File::open(folder).map_err(fault)?;
    let _lock = Flock::lock(lock, FlockArg::LockExclusive)
        .map_err(|(_, error)| format!("{}: {}", folder.display(), error.desc()))?;
    for number in 1.. {
        let called = match number {
            1 => name.clone(),
            _ => format!("{name}-{number}"),
        };
        let socket = folder.join(&called);
        if socket.exists() {
            if UnixStream::connect(&socket).is_ok() {
                continue;
            }
            fs::remove_file(&socket).map_err(fault)?;
        }
        let listener = UnixListener::bind(&socket).map_err(fault)?;
        fs::set_permissions(&socket, Permissions::from_mode(0o600)).map_err(fault)?;
        return Ok((listener, called, socket));
    }
    unreachable!("some number is free")
}

fn accept(shared: &Arc<Shared>, listener: &UnixListener) {
    for stream in listener.incoming() {
        if shared.closing.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else {
            // Too many open files, most likely.
            thread::sleep(Duration::from_millis(50));
            continue;
        };
        if !is_mine(&stream) {
            continue;
        }
        let shared = Arc::clone(shared);
        let spawned = thread::Builder::new()
            .name("attached".into())
            .spawn(move || greet(&shared, stream));
        // Without a thread nobody is let in.
        drop(spawned);
    }
}

/// Whether the process at the other end runs for the same user.
fn is_mine(stream: &UnixStream) -> bool {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let theirs =
        nix::sys::socket::getsockopt(&stream.as_fd(), nix::sys::socket::sockopt::PeerCredentials)
            .map(|peer| peer.uid());
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let theirs = nix::unistd::getpeereid(stream.as_fd()).map(|(uid, _)| uid.as_raw());
    theirs.is_ok_and(|uid| uid == geteuid().as_raw())
}

/// Hears who it is, and serves.
fn greet(shared: &Arc<Shared>, stream: UnixStream) {
    if stream.set_read_timeout(Some(GREETING)).is_err() {
        return;
    }
    let full = shared.attached.fetch_add(1, Ordering::SeqCst) >= MOST;
    introduce(shared, stream, full);
    shared.attached.fetch_sub(1, Ordering::SeqCst);
}

fn introduce(shared: &Arc<Shared>, mut stream: UnixStream, full: bool) {
    let hello = wire::receive(&mut stream, MOST_HELLO);
    let refusal = match &hello {
        Ok(Some(Up::Hello {
            magic,
            protocol,
            version,
            ..
        })) if *magic == MAGIC => {
            let here = env!("CARGO_PKG_VERSION");
            (*protocol != PROTOCOL || version != here).then(|| {
                format!("the run is one of hebbtop {here} (protocol {PROTOCOL}): attach with that")
            })
        }
        // Whoever knows no manners gets no answer.
        _ => return,
    };
    let refusal = refusal.or_else(|| full.then(|| format!("{MOST} terminals are at it already")));
    if let Some(why) = refusal {
        let _ = wire::send(&mut stream, &Down::Refused(why), MOST_DOWN);
    } else if let Ok(Some(Up::Hello { who, .. })) = hello {
        let who = who.map(|who| text::line(&who).chars().take(NAME).collect());
        serve(shared, stream, who);
    }
}

/// What both threads of a connection hold.
struct Connection {
    subscription: Mutex<Subscription>,
    /// None of somebody who only looks.
    seat: Option<Seat>,
    /// Answers that the run knows nothing of.
    replies: Mutex<Vec<Reply>>,
    writing: Mutex<UnixStream>,
}

impl Connection {
    fn subscription(&self) -> MutexGuard<'_, Subscription> {
        self.subscription
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, message: &Down) -> io::Result<()> {
        let mut stream = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        wire::send(&mut *stream, message, MOST_DOWN)
    }

    fn refusal(&self) -> Option<String> {
        match &self.seat {
            Some(seat) => seat.refusal(),
            None => Some("who only looks steers nothing".into()),
        }
    }

    fn reply(&self, reply: Reply) {
        let mut replies = self.replies.lock().unwrap_or_else(PoisonError::into_inner);
        replies.push(reply);
    }
}

fn serve(shared: &Arc<Shared>, stream: UnixStream, who: Option<String>) {
    let Ok(mut reading) = stream.try_clone() else {
        return;
    };
    if reading.set_read_timeout(None).is_err() {
        return;
    }
    let connection = Arc::new(Connection {
        subscription: Mutex::new(shared.door.subscribe()),
        seat: who.clone().map(|who| shared.seats.join(who)),
        replies: Mutex::default(),
        writing: Mutex::new(stream),
    });
    let name = shared.name.clone();
    if connection.send(&Down::Welcome { name }).is_err() {
        return;
    }
    if let Some(who) = &who {
        let _ = shared.door.say(format!("attached: {who}"));
    }
    let (left, gone) = bounded::<()>(1);
    let writer = {
        let (shared, connection) = (Arc::clone(shared), Arc::clone(&connection));
        thread::Builder::new().name("frames".into()).spawn(move || {
            frames(&shared, &connection, &gone);
            // The reader waits at the same socket.
            let stream = connection
                .writing
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let _ = stream.shutdown(std::net::Shutdown::Both);
        })
    };
    // Whatever is wrong with a message, its sender is no longer heard.
    while let Ok(Some(message)) = wire::receive(&mut reading, MOST_UP) {
        if obey(shared, &connection, message).is_none() {
            break;
        }
    }
    drop(left);
    if let Ok(writer) = writer {
        // A frame on its way to somebody who has gone fails at once.
        let _ = reading.shutdown(std::net::Shutdown::Both);
        let _ = writer.join();
    }
    if let Some(who) = who {
        let _ = shared.door.say(format!("left: {who}"));
    }
}

/// Does what a message asks for; nothing when the run or the other side has gone.
fn obey(shared: &Arc<Shared>, connection: &Arc<Connection>, message: Up) -> Option<()> {
    match message {
        // Ending is for `Stop`: a screen that leaves does not take the run with it.
        Up::Hello { .. } => None,
        Up::Do { id, command } => match connection.refusal() {
            None => connection.subscription().send_as(id, command).ok(),
            Some(why) => {
                connection.reply(Reply {
                    command: id,
                    outcome: Err(why),
                });
                Some(())
            }
        },
        Up::Ask(request) => ask(connection, &bounded_request(request)),
        Up::Steer => {
            if let Some(seat) = &connection.seat {
                seat.steer();
            }
            Some(())
        }
        Up::Fork { lane } => {
            if let Some(why) = connection.refusal() {
                return connection.send(&Down::Forked(Err(why))).ok();
            }
            let lane: String = text::line(&lane).chars().take(8).collect();
            let called = lane.clone();
            let (adopt, answer) = (Arc::clone(&shared.adopt), Arc::clone(connection));
            let give = move |engine: Result<Engine, String>| {
                let name = engine.and_then(|engine| adopt(engine, &called));
                // Whoever asked may have gone.
                let _ = answer.send(&Down::Forked(name));
            };
            connection.subscription().fork(lane, Box::new(give)).ok()
        }
        Up::Stop => {
            let _ = shared.door.say("stopped from another terminal".into());
            shared.door.keep_state(place::kept(&shared.name)).ok()?;
            shared.door.quit().ok()
        }
    }
}

fn bounded_request(mut request: Request) -> Request {
    request.panels.truncate(PANELS);
    for panel in &mut request.panels {
        panel.rows = panel.rows.min(SIDE);
        panel.cols = panel.cols.min(SIDE);
    }
    request
}

fn ask(connection: &Connection, request: &Request) -> Option<()> {
    loop {
        let asked = connection.subscription().ask(request.clone());
        match asked {
            Ok(true) => return Some(()),
            Ok(false) => thread::sleep(AGAIN),
            Err(_) => return None,
        }
    }
}

/// Sends every frame that comes, until the run or the other side has gone.
fn frames(shared: &Shared, connection: &Connection, gone: &crossbeam_channel::Receiver<()>) {
    let wake = connection.subscription().wake().clone();
    let mut company = None;
    loop {
        let rung = crossbeam_channel::select! {
            recv(wake) -> rung => rung.is_ok(),
            recv(gone) -> _ => return,
        };
        if !rung {
            break;
        }
        let now = connection
            .seat
            .as_ref()
            .map(Seat::company)
            .unwrap_or_default();
        if company.as_ref() != Some(&now) {
            if connection.send(&Down::Company(now.clone())).is_err() {
                return;
            }
            company = Some(now);
        }
        let Some(mut frame) = connection.subscription().take() else {
            continue;
        };
        let mut replies = connection
            .replies
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        frame.replies.append(&mut replies);
        drop(replies);
        if connection.send(&Down::Frame(Box::new(frame))).is_err() {
            return;
        }
    }
    let (ending, _) = shared
        .ended
        .wait_timeout_while(shared.ending(), LAST_WORDS, |ending| {
            ending.is_none() && !shared.gone.load(Ordering::SeqCst)
        })
        .unwrap_or_else(PoisonError::into_inner);
    if let Some(ending) = ending.clone() {
        // Whoever has gone does not hear it.
        let _ = connection.send(&Down::Ended(ending));
    }
}
