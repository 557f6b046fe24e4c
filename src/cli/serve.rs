//! Runs without a terminal that others can attach to: until all have ended, or a signal asks.

use std::fs::File;
use std::io::{self, Write};

use crossbeam_channel::{Receiver, select, unbounded};
use nix::sys::signal::{Signal as Posix, raise};
use nix::unistd;

use super::lane::{Held, Running};
use crate::engine::Finished;
use crate::remote::Ending;
use crate::ui::term::{Signal, TermEvent};

/// How a run has ended, for those who watched it.
pub fn ending(finished: &Finished) -> Ending {
    let recorded = finished.recorded.as_ref();
    Ending {
        unit: finished.description.unit.to_string(),
        step: finished.step,
        quantum: finished.quantum,
        digest: finished.digest.clone(),
        folder: recorded
            .map(|recorded| recorded.name.clone())
            .or_else(|| finished.kept_in.clone()),
        failure: recorded.and_then(|recorded| recorded.failure.clone()),
    }
}

/// What has become of all runs.
pub struct Served {
    /// In the order in which they ended.
    pub finished: Vec<Finished>,
    pub signal: Option<Signal>,
}

/// Waits for the end of all runs, also of those that are forked meanwhile. SIGTERM and SIGINT keep
/// the states and end them; that a terminal has gone means nothing here.
pub fn until_ended(running: &Running, signals: &Receiver<TermEvent>) -> Served {
    let (add, added) = unbounded::<Held>();
    let (tell, ended) = unbounded();
    let present = {
        let mut threads = running.threads();
        threads.waiting = Some(add);
        threads.take()
    };
    let mut doors = Vec::new();
    let mut alive = 0;
    let mut served = Served {
        finished: Vec::new(),
        signal: None,
    };
    let wait_for = |held: Held, doors: &mut Vec<_>| {
        doors.push((held.door(), held.name().map(str::to_owned)));
        let tell = tell.clone();
        std::thread::spawn(move || drop(tell.send(held.join())));
    };
    for held in present {
        wait_for(held, &mut doors);
        alive += 1;
    }
    while alive > 0 {
        select! {
            recv(added) -> held => if let Ok(held) = held {
                wait_for(held, &mut doors);
                alive += 1;
            },
            recv(ended) -> finished => {
                served.finished.extend(finished.ok().flatten());
                alive -= 1;
            }
            recv(signals) -> event => match event {
                Ok(TermEvent::Signal(signal @ (Signal::Terminate | Signal::Interrupt))) => {
                    served.signal = Some(signal);
                    Running::keep_states(&doors);
                    for (door, _) in &doors {
                        // One that has ended already needs no asking.
                        let _ = door.quit();
                    }
                }
                Ok(TermEvent::Signal(Signal::Stop)) => {
                    let _ = raise(Posix::SIGSTOP);
                }
                _ => {}
            },
        }
    }
    served
}

/// Lets go of a terminal that is no more, so that nothing reads it or fails at it.
/// # Errors
/// When the system has no null device.
pub fn let_go_of_terminal() -> io::Result<()> {
    let null = File::options().read(true).write(true).open("/dev/null")?;
    // What was printed before goes where it was meant to.
    let _ = io::stdout().flush();
    unistd::dup2_stdin(&null)?;
    unistd::dup2_stdout(&null)?;
    unistd::dup2_stderr(&null)?;
    Ok(())
}
