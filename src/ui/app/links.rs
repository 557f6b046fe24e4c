//! The links to all lanes, and lanes that are on their way.

use std::path::PathBuf;
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, never, unbounded};

use super::asking::Asking;
use crate::engine::{About, Frame};
use crate::record;
use crate::ui::link::Link;
use crate::ui::state::lanes::MOST;
use crate::ui::state::run::Run;

/// The link to a lane, and when it is asked.
pub struct Joined {
    pub lane: u8,
    pub link: Box<dyn Link>,
    pub asking: Asking,
}

/// A lane that has come, or why it has not.
pub enum Arrival {
    Forked(u8, Result<Box<dyn Link>, String>),
    Recorded(u8, Result<Box<Run>, String>),
}

pub struct Links {
    pub joined: Vec<Joined>,
    pub arrivals: Receiver<Arrival>,
    arriving: Sender<Arrival>,
    /// When the last fork was asked for.
    pub asked: Instant,
}

impl Default for Links {
    fn default() -> Self {
        let (arriving, arrivals) = unbounded();
        Self {
            joined: Vec::new(),
            arrivals,
            arriving,
            asked: Instant::now(),
        }
    }
}

impl Links {
    pub fn join(&mut self, lane: u8, link: Box<dyn Link>) {
        self.joined.push(Joined {
            lane,
            link,
            asking: Asking::default(),
        });
    }

    pub fn of(&mut self, lane: u8) -> Option<&mut Joined> {
        self.joined.iter_mut().find(|joined| joined.lane == lane)
    }

    /// The bell of every lane, in order of the links.
    pub fn wakes(&self) -> [Receiver<()>; MOST as usize] {
        std::array::from_fn(|place| match self.joined.get(place) {
            Some(joined) => joined.link.wake().clone(),
            None => never(),
        })
    }

    /// Asks the run of `from` for a fork.
    pub fn fork(&mut self, from: u8, lane: u8, name: String) {
        self.asked = Instant::now();
        let arriving = self.arriving.clone();
        let give = move |link| drop(arriving.send(Arrival::Forked(lane, link)));
        let asked = match self.of(from) {
            Some(joined) => joined.link.fork(name, Box::new(give)),
            None => Err(crate::ui::link::Gone),
        };
        if asked.is_err() {
            let gone = Err("the run is gone".to_owned());
            drop(self.arriving.send(Arrival::Forked(lane, gone)));
        }
    }

    /// Reads a recording away from the screen.
    pub fn read(&self, lane: u8, folder: PathBuf, about: Box<About>, frame: Frame) {
        let arriving = self.arriving.clone();
        std::thread::spawn(move || {
            let run = record::look(&folder)
                .map_err(|error| error.to_string())
                .and_then(|recorded| Run::recorded(lane, recorded, about, frame));
            drop(arriving.send(Arrival::Recorded(lane, run.map(Box::new))));
        });
    }
}
