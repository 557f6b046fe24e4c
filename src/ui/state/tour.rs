//! A tour for newcomers: five things to do, one after the other.

use crate::engine::Command;
use crate::ui::action::{Action, ScreenAction};
use crate::ui::update::Effect;

/// Which stop one is at; behind the last there are only words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tour {
    stop: usize,
}

struct Stop {
    words: &'static str,
    /// Whether this action, or what it asks for, is what the words ask for.
    is_done: fn(Action, &[Effect]) -> bool,
}

const STOPS: [Stop; 5] = [
    Stop {
        words: "watch. A network learns digits by predictive coding: the loss falls, the weights take shape. \
                Press 2 for the view of what is learnt, and 1 to come back.",
        is_done: |action, _| action == Action::Screen(ScreenAction::View(1)),
    },
    Stop {
        words: "change. The marked parameter is eta, the step of the beliefs: press the right arrow a few times. \
                A line on the charts shows where it changed; u takes it back.",
        is_done: |_, effects| asks(effects, |command| matches!(command, Command::Set { .. })),
    },
    Stop {
        words: "pause. Space holds the run, > does one step of learning, . one sweep of inference. Press space.",
        is_done: |_, effects| asks(effects, |command| *command == Command::Pause),
    },
    Stop {
        words: "rewind. Press < to go ten steps back in time. What came after stays in the charts, dashed, until \
                space goes on from there.",
        is_done: |_, effects| asks(effects, |command| matches!(command, Command::Rewind(_))),
    },
    Stop {
        words: "compare. F forks the run: two lanes from the same state. ] goes to the other, the right arrow \
                changes it, space runs both, C puts their numbers side by side. Press F.",
        is_done: |_, effects| {
            effects
                .iter()
                .any(|effect| matches!(effect, Effect::Fork(_)))
        },
    },
];

const END: &str = "That was the tour. ? says what each view shows and every key, : takes commands and completes them, \
                   q leaves; `hebbtop` alone lists all experiments.";

fn asks(effects: &[Effect], for_it: impl Fn(&Command) -> bool) -> bool {
    effects
        .iter()
        .any(|effect| matches!(effect, Effect::Send(command) if for_it(command)))
}

impl Tour {
    pub fn words(self) -> String {
        match STOPS.get(self.stop) {
            Some(stop) => format!("tour {} of {}: {}", self.stop + 1, STOPS.len(), stop.words),
            None => END.to_owned(),
        }
    }

    /// Goes on where what was asked for has been done.
    pub fn saw(&mut self, action: Action, effects: &[Effect]) {
        if STOPS
            .get(self.stop)
            .is_some_and(|stop| (stop.is_done)(action, effects))
        {
            self.stop += 1;
        }
    }
}
