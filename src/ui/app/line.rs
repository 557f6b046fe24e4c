//! What the line to the terminal carries: how fast frames may follow each other, and with how much in
//! them. A key is never kept waiting by this; only what moves by itself is.

use std::collections::VecDeque;
use std::time::Duration;

use crate::ui::state::reduced::{LinkFacts, Reduced};

/// A frame whose writing took longer came to a slow line.
const SLOW_WRITE: Duration = Duration::from_millis(50);

/// Frames that are shorter say nothing about how much the line carries.
const TELLING: usize = 256;

/// What waits in the system's and the connection's buffers when writing begins to take time.
const BUFFERED: f64 = 12_288.0;

/// So much of what the line has carried is asked of it again.
const SHARE: f64 = 0.8;

/// A line that has been slow is tried again after this time, with a tenth more.
const PATIENCE: Duration = Duration::from_secs(15);

/// A line that carries more need not be watched.
const FAST: f64 = 1e6;

/// On a slow line a frame is gone within this time, so that a key behind it is seen soon.
const SHORTEST_WAIT: f64 = 0.15;

/// Under a ceiling alone there are at least so many seconds between two frames before they shrink.
const RAREST: f64 = 0.5;

/// An answer that is later than usual by this much has waited behind frames.
const LATE: Duration = Duration::from_millis(300);

/// Between two changes of what frames hold, and before they hold more again.
const HOLD: Duration = Duration::from_secs(2);
const RECOVER: Duration = Duration::from_secs(8);

/// Traffic of this time is told about.
const WINDOW: Duration = Duration::from_secs(2);

#[derive(Debug, Default)]
pub struct Line {
    /// What a person allows, in bytes a second.
    ceiling: Option<f64>,
    /// What the line has shown to carry, where that was less than we have.
    capacity: Option<f64>,
    /// When it was found, or was raised again.
    found: Duration,
    /// When what has been written is gone, at the rate that is allowed.
    free: Duration,
    /// Bytes of a frame that nobody asked for, on average.
    mean: f64,
    reduced: Reduced,
    reduced_at: Duration,
    /// Time and length of the last frames.
    frames: VecDeque<(Duration, usize)>,
}

impl Line {
    /// At most so many bytes a second.
    pub fn new(ceiling: Option<u32>) -> Self {
        Self {
            ceiling: ceiling.map(f64::from),
            ..Self::default()
        }
    }

    /// Bytes a second that may be written; none where nothing limits them.
    fn allowed(&self) -> Option<f64> {
        let carried = self.capacity.map(|capacity| SHARE * capacity);
        match (self.ceiling, carried) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// The earliest time for a frame that shows what moved by itself.
    pub fn free(&self) -> Duration {
        self.free
    }

    pub fn reduced(&self) -> Reduced {
        self.reduced
    }

    /// A frame of so many bytes was written, which took so long. `live` where no key was its reason.
    pub fn wrote(&mut self, bytes: usize, took: Duration, live: bool, now: Duration) {
        self.frames.push_back((now, bytes));
        while self
            .frames
            .front()
            .is_some_and(|(at, _)| now > *at + WINDOW)
        {
            self.frames.pop_front();
        }
        let mut behind = 0.0;
        if took > SLOW_WRITE && bytes >= TELLING {
            let carried = bytes as f64 / took.as_secs_f64();
            // The smaller of two neighbours: writing may have waited for a part of the frame only.
            let known = self.capacity.unwrap_or(f64::INFINITY);
            self.capacity = Some(carried.min(known));
            self.found = now;
            behind = BUFFERED;
        }
        if live {
            let share = if self.mean == 0.0 { 1.0 } else { 0.25 };
            self.mean += share * (bytes as f64 - self.mean);
        }
        self.try_again(now);
        if let Some(allowed) = self.allowed() {
            let gone = (bytes as f64 + behind) / allowed;
            let from = self.free.max(now);
            self.free = from + Duration::from_secs_f64(gone.min(3.0));
        }
        self.fit(now);
    }

    fn try_again(&mut self, now: Duration) {
        if let Some(capacity) = self.capacity
            && now > self.found + PATIENCE
        {
            self.found = now;
            self.capacity = Some(1.1 * capacity).filter(|&more| more < FAST);
        }
    }

    /// Frames hold less where they would take too long, and slowly more again.
    fn fit(&mut self, now: Duration) {
        let longest = match self.capacity {
            Some(_) => SHORTEST_WAIT,
            None => RAREST,
        };
        let takes = self.allowed().map_or(0.0, |allowed| self.mean / allowed);
        let since = now.saturating_sub(self.reduced_at);
        let next = if takes > longest && since >= HOLD {
            self.reduced.less()
        } else if takes < longest / 4.0 && since >= RECOVER {
            self.reduced.more()
        } else {
            return;
        };
        if next != self.reduced {
            (self.reduced, self.reduced_at) = (next, now);
            // What frames of another kind take is another matter.
            self.mean = 0.0;
        }
    }

    /// The terminal has answered, after so long; the shortest time that it ever took is `least`.
    pub fn answered(&mut self, latency: Duration, least: Duration, now: Duration) {
        if latency <= least + LATE {
            return;
        }
        // What lies before the answer has been carried meanwhile, and no more.
        let recent = self.frames.iter().filter(|(at, _)| now <= *at + WINDOW);
        let bytes: usize = recent.map(|(_, bytes)| bytes).sum();
        if bytes >= TELLING {
            let carried = bytes as f64 / WINDOW.as_secs_f64();
            let known = self.capacity.unwrap_or(f64::INFINITY);
            self.capacity = Some(carried.min(known));
            self.found = now;
            self.free = self.free.max(now + latency);
        }
    }

    pub fn facts(&self, now: Duration) -> LinkFacts {
        let recent = self.frames.iter().filter(|(at, _)| now <= *at + WINDOW);
        let (frames, bytes) = recent.fold((0, 0), |(n, sum), (_, bytes)| (n + 1, sum + bytes));
        let seconds = WINDOW.as_secs_f64();
        LinkFacts {
            bytes_per_s: bytes as f64 / seconds,
            frames_per_s: f64::from(frames) / seconds,
            bytes_per_frame: self.mean,
            ceiling: self.ceiling,
            carries: self.capacity,
            latency: None,
        }
    }
}

/// Between two questions to the terminal.
const BEAT: Duration = Duration::from_secs(2);

/// No answer comes after this time.
const SILENT: Duration = Duration::from_secs(10);

/// A terminal that does not answer so often is not asked any more.
const TRIES: u32 = 3;

/// How long the terminal takes to answer.
#[derive(Debug, Default)]
pub struct Pulse {
    asked: Option<Duration>,
    last: Option<Duration>,
    /// Frames that had been written at the last question.
    frames: u64,
    unanswered: u32,
    latency: Option<Duration>,
    least: Option<Duration>,
}

impl Pulse {
    /// Whether it is time to ask: only while frames are written, `frames` so far.
    pub fn is_due(&mut self, frames: u64, now: Duration) -> bool {
        if let Some(asked) = self.asked
            && now > asked + SILENT
        {
            self.asked = None;
            self.unanswered += 1;
        }
        let rested = self.last.is_none_or(|last| now >= last + BEAT);
        let due = self.asked.is_none() && rested && frames > self.frames + 1;
        if due {
            self.frames = frames;
        }
        due && self.unanswered < TRIES
    }

    pub fn asked(&mut self, now: Duration) {
        (self.asked, self.last) = (Some(now), Some(now));
    }

    /// The time since the question, if there was one.
    pub fn answered(&mut self, now: Duration) -> Option<Duration> {
        let latency = now.saturating_sub(self.asked.take()?);
        self.unanswered = 0;
        self.latency = Some(latency);
        self.least = Some(self.least.map_or(latency, |least| least.min(latency)));
        Some(latency)
    }

    pub fn least(&self) -> Duration {
        self.least.unwrap_or_default()
    }

    /// The last one, in milliseconds.
    pub fn latency(&self) -> Option<f64> {
        self.latency.map(|latency| latency.as_secs_f64() * 1e3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws a frame whenever it may, each of so many bytes by how much it holds; gives all that was
    /// written between two times.
    fn draw(line: &mut Line, from: u64, to: u64, bytes: impl Fn(Reduced) -> usize) -> usize {
        let mut sum = 0;
        for ms in from..to {
            let now = Duration::from_millis(ms);
            if ms % 125 == 0 && line.free() <= now {
                let bytes = bytes(line.reduced());
                sum += bytes;
                line.wrote(bytes, Duration::ZERO, true, now);
            }
        }
        sum
    }

    #[test]
    fn a_ceiling_is_held_and_frames_shrink_until_they_are_frequent() {
        let mut line = Line::new(Some(4000));
        let size = |reduced| match reduced {
            Reduced::No => 3700,
            Reduced::Levels => 2400,
            Reduced::Panels => 800,
            Reduced::Numbers => 200,
        };
        draw(&mut line, 0, 10_000, size);
        let sum = draw(&mut line, 10_000, 40_000, size);
        assert!(sum <= 30 * 4000, "{} bytes a second", sum / 30);
        assert_eq!(line.reduced(), Reduced::Panels);
        assert!(line.facts(Duration::from_secs(40)).frames_per_s >= 4.0);
    }

    #[test]
    fn a_line_without_limits_is_left_alone() {
        let mut line = Line::new(None);
        let sum = draw(&mut line, 0, 10_000, |_| 3700);
        assert_eq!(sum, 80 * 3700);
        assert_eq!(line.reduced(), Reduced::No);
    }

    #[test]
    fn a_line_that_makes_wait_gets_less_and_by_and_by_more_again() {
        let mut line = Line::new(None);
        let slow = Duration::from_millis(300);
        line.wrote(3000, slow, true, Duration::from_secs(1));
        // What lies in the buffers goes first.
        assert!(line.free() > Duration::from_secs(2), "{:?}", line.free());
        let size = |reduced| match reduced {
            Reduced::No => 3000,
            Reduced::Levels => 2000,
            _ => 500,
        };
        draw(&mut line, 1_000, 20_000, size);
        assert_eq!(line.reduced(), Reduced::Panels);
        let carried = line.capacity;
        draw(&mut line, 20_000, 60_000, size);
        assert!(line.capacity > carried);
    }
}
