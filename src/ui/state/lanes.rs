//! The runs beside the one that has the keys: forks of it, and recordings.

use super::State;
use super::run::Run;
use crate::ui::theme::COLOURS;

/// More curves in one chart nobody tells apart.
pub const MOST: u8 = 4;

#[derive(Default)]
pub struct Lanes {
    pub beside: Vec<Run>,
    /// The lane that the program was started with, or that was promoted.
    pub main: u8,
    /// Whether they do not wait for each other.
    pub free: bool,
    /// Whether heat maps show one lane minus another.
    pub difference: bool,
    /// Whether charts show median and band instead of every lane.
    pub folded: bool,
    /// One that is being forked or read.
    pub coming: Option<u8>,
}

pub fn letter(lane: u8) -> char {
    char::from(b'A' + lane)
}

/// The lane of a letter.
pub fn number(letter: &str) -> Option<u8> {
    let mut letters = (0..MOST).map(|lane| (lane, self::letter(lane)));
    let (lane, _) = letters.find(|(_, name)| letter.eq_ignore_ascii_case(&name.to_string()))?;
    Some(lane)
}

/// What gives a line the colour and the marker of its lane, and a dash by its place in the chart.
pub fn group(lane: u8, line: usize) -> usize {
    usize::from(lane) + COLOURS * line
}

impl Lanes {
    pub fn is_alone(&self) -> bool {
        self.beside.is_empty()
    }

    /// All lanes by their number; `run` is the one under focus.
    pub fn all<'a>(&'a self, run: &'a Run) -> Vec<&'a Run> {
        let of = |lane: u8| self.beside.iter().chain([run]).find(|run| run.lane == lane);
        (0..MOST).filter_map(of).collect()
    }

    /// The lane of which a difference is taken and the one that is subtracted.
    pub fn compared<'a>(&'a self, run: &'a Run) -> Option<(&'a Run, &'a Run)> {
        let all = self.all(run);
        let base = *all.iter().find(|lane| lane.lane == self.main)?;
        let other = match run.lane == base.lane {
            true => *all
                .iter()
                .find(|lane| lane.lane != base.lane && !lane.still)?,
            false => run,
        };
        Some((other, base))
    }
}

impl State {
    pub fn lane(&self, lane: u8) -> Option<&Run> {
        let all = self.lanes.beside.iter().chain(&self.run);
        all.into_iter().find(|run| run.lane == lane)
    }

    pub fn lane_mut(&mut self, lane: u8) -> Option<&mut Run> {
        let all = self.lanes.beside.iter_mut().chain(&mut self.run);
        all.into_iter().find(|run| run.lane == lane)
    }

    /// A number for another lane.
    pub fn vacant(&self) -> Option<u8> {
        (0..MOST).find(|&lane| self.lanes.coming != Some(lane) && self.lane(lane).is_none())
    }

    /// Gives another lane the keys; the view stays as it is.
    pub fn focus_lane(&mut self, lane: u8) {
        let place = self.lanes.beside.iter().position(|run| run.lane == lane);
        if let (Some(place), Some(run)) = (place, &mut self.run) {
            let other = &mut self.lanes.beside[place];
            std::mem::swap(run, other);
            run.look_like(other);
            run.frozen = None;
            other.frozen = None;
        }
    }

    /// Lets a lane go that has not the keys.
    pub fn forget_lane(&mut self, lane: u8) {
        self.lanes.beside.retain(|run| run.lane != lane);
        if self.lanes.is_alone() {
            self.lanes.free = false;
            self.lanes.difference = false;
            self.lanes.folded = false;
        }
    }
}
