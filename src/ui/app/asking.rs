//! When to ask the run for a frame: often enough to be live, never more than one question at a time,
//! and hardly ever while nothing can have changed.

use std::time::Duration;

use crate::engine::Request;

/// Between two frames of a run that goes on.
const LIVE: Duration = Duration::from_millis(125);

/// Between two looks at a run that stands still: somebody else may have set it going.
const HEARTBEAT: Duration = Duration::from_secs(2);

/// While an answer to a command is due, and after a command that takes a moment to show.
const SOON: Duration = Duration::from_millis(30);

/// What there is to be curious about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A panel is not there yet, or a command has not been answered.
    Now,
    /// The run goes on.
    Live,
    /// Nothing moves.
    Nothing,
}

#[derive(Debug, Default)]
pub struct Asking {
    outstanding: Option<Request>,
    last: Option<Duration>,
    /// Questions that follow a command quickly.
    hurried: u32,
}

impl Asking {
    /// When to ask next; `None` while an answer is under way.
    pub fn due(&self, need: Need) -> Option<Duration> {
        if self.outstanding.is_some() {
            return None;
        }
        let Some(last) = self.last else {
            return Some(Duration::ZERO);
        };
        let pause = match need {
            Need::Now => SOON,
            Need::Live if self.hurried > 0 => SOON,
            Need::Live => LIVE,
            Need::Nothing if self.hurried > 0 => SOON,
            Need::Nothing => HEARTBEAT,
        };
        Some(last + pause)
    }

    /// A command has been sent: its effect is worth seeing at once.
    pub fn hurry(&mut self) {
        self.last = None;
        self.hurried = 3;
    }

    pub fn asked(&mut self, request: Request, now: Duration) {
        self.outstanding = Some(request);
        self.last = Some(now);
        self.hurried = self.hurried.saturating_sub(1);
    }

    /// There was no room for the question: it is put again soon.
    pub fn put_off(&mut self, now: Duration) {
        self.last = Some(now);
        self.hurried = self.hurried.max(1);
    }

    /// The question that has been answered.
    pub fn answered(&mut self) -> Option<Request> {
        self.outstanding.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn one_question_at_a_time() {
        let mut asking = Asking::default();
        assert_eq!(asking.due(Need::Live), Some(ms(0)));
        asking.asked(Request::default(), ms(10));
        assert_eq!(asking.due(Need::Now), None);
        asking.hurry();
        assert_eq!(asking.due(Need::Now), None);
        assert!(asking.answered().is_some());
        assert_eq!(asking.due(Need::Live), Some(ms(0)));
    }

    #[test]
    fn a_still_run_is_asked_by_the_heartbeat_alone() {
        let mut asking = Asking::default();
        asking.asked(Request::default(), ms(1000));
        asking.answered();
        assert_eq!(asking.due(Need::Nothing), Some(ms(3000)));
        assert_eq!(asking.due(Need::Live), Some(ms(1125)));
    }

    #[test]
    fn a_command_is_followed_up_a_few_times() {
        let mut asking = Asking::default();
        asking.hurry();
        for question in 0..3 {
            assert!(asking.due(Need::Nothing).unwrap() <= ms(100 * question + 30));
            asking.asked(Request::default(), ms(100 * question));
            asking.answered();
        }
        assert_eq!(asking.due(Need::Nothing), Some(ms(2200)));
    }
}
