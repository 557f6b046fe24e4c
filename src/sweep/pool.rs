//! So many processes at a time, one for each point, until all points are done.

use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{ChildStdin, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crossbeam_channel::{RecvTimeoutError, unbounded};

use super::folder::Sweep;
use super::outcome::Outcome;
use crate::data::text;

/// Between two looks at signals.
const LOOK: Duration = Duration::from_millis(50);

/// A process that ends without a result is started so often.
const ATTEMPTS: usize = 3;

/// How the process of a point has ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ended {
    Done,
    Failed(String),
    /// On request; it goes on from its checkpoint when the sweep does.
    Interrupted,
}

pub struct Pool<'a> {
    pub sweep: &'a Sweep,
    pub jobs: usize,
    /// The process for a point, but for its input and outputs.
    pub command: &'a (dyn Fn(u64) -> Command + Sync),
    /// Whether somebody wants it to end.
    pub stop: &'a (dyn Fn() -> bool + Sync),
}

impl Pool<'_> {
    /// Does these points and tells of each how it ended.
    pub fn run(&self, points: &[u64], tell: &mut dyn FnMut(u64, Ended)) {
        let jobs = self.jobs.clamp(1, points.len().max(1));
        // A process ends when this end of its input is closed, however that comes about: also by
        // the death of this process.
        let leashes: Vec<Mutex<Option<ChildStdin>>> = (0..jobs).map(|_| Mutex::new(None)).collect();
        let (next, stopping) = (AtomicUsize::new(0), AtomicBool::new(false));
        let (done, heard) = unbounded();
        std::thread::scope(|scope| {
            for leash in &leashes {
                let (done, next, stopping) = (done.clone(), &next, &stopping);
                scope.spawn(move || {
                    while let Some(&index) = points.get(next.fetch_add(1, Ordering::Relaxed))
                        && !stopping.load(Ordering::Relaxed)
                    {
                        let ended = self.point(index, leash, stopping);
                        // Whoever listens is there until all threads have ended.
                        let _ = done.send((index, ended));
                    }
                });
            }
            drop(done);
            loop {
                match heard.recv_timeout(LOOK) {
                    Ok((index, ended)) => tell(index, ended),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => break,
                }
                if (self.stop)() {
                    stopping.store(true, Ordering::Relaxed);
                    leashes.iter().for_each(let_go);
                }
            }
        });
    }

    fn point(&self, index: u64, leash: &Mutex<Option<ChildStdin>>, stopping: &AtomicBool) -> Ended {
        let folder = match self.sweep.folder_of(index) {
            Ok(folder) => folder,
            Err(error) => return Ended::Failed(error.to_string()),
        };
        let mut why = String::new();
        for _ in 0..ATTEMPTS {
            let output = self.process(index, leash);
            if let Some(outcome) = Outcome::read(&folder) {
                return outcome.failed.map_or(Ended::Done, Ended::Failed);
            }
            if stopping.load(Ordering::Relaxed) {
                return Ended::Interrupted;
            }
            why = match output {
                Ok(output) => last_words(&output),
                Err(error) => format!("its process cannot be started: {error}"),
            };
        }
        self.give_up(&folder, why)
    }

    fn process(&self, index: u64, leash: &Mutex<Option<ChildStdin>>) -> io::Result<Output> {
        let mut child = (self.command)(index)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            // What a person types at the sweep is not meant for its points.
            .process_group(0)
            .spawn()?;
        *leash.lock().unwrap_or_else(PoisonError::into_inner) = child.stdin.take();
        let output = child.wait_with_output();
        let_go(leash);
        output
    }

    fn give_up(&self, folder: &Path, why: String) -> Ended {
        let why = format!("{why}, {ATTEMPTS} times");
        match Outcome::failed(why.clone()).write(folder) {
            Ok(()) => Ended::Failed(why),
            Err(error) => Ended::Failed(error.to_string()),
        }
    }
}

fn let_go(leash: &Mutex<Option<ChildStdin>>) {
    *leash.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

/// Why a process left no result.
fn last_words(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().rfind(|line| !line.trim().is_empty());
    let how = match (output.status.signal(), output.status.code()) {
        (Some(signal), _) => format!("its process was ended by signal {signal}"),
        (None, code) => format!("its process ended with status {}", code.unwrap_or(0)),
    };
    match last {
        Some(words) => format!("{how} ({})", text::line(words)),
        None => how,
    }
}
