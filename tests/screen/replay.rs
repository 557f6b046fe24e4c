//! A recording on the screen: keys move through it, and change nothing.

use hebbtop::engine::{Command, Replayed, RunState, StepOf, Target};
use hebbtop::ui::state::State;
use hebbtop::ui::theme::Theme;
use ratatui::layout::Size;

use crate::fixture::PaperRun;
use crate::stage::Stage;

/// A recording of 1000 steps that stands at step 640.
fn replayed(width: u16, height: u16) -> Stage {
    let mut run = PaperRun::at(640);
    run.state = RunState::Paused;
    run.replayed = Some(Replayed {
        folder: "runs/night".into(),
        last: 1000,
        panels: Some(1000),
    });
    let size = Size::new(width, height);
    let state = State::running(size, Theme::default(), "runs/night".into());
    let mut stage = Stage::of(state, run);
    stage.frames(3);
    stage
}

#[test]
fn the_screen_says_that_it_is_a_recording() {
    for (width, height) in [(120, 40), (80, 24)] {
        let mut stage = replayed(width, height);
        insta::assert_snapshot!(format!("replay_{width}x{height}"), stage.text());
    }
}

#[test]
fn keys_move_through_it() {
    let ahead = |count| Command::Step {
        of: StepOf::Unit,
        count,
    };
    let back = |units| Command::Rewind(Target::Back(units));
    let mut stage = replayed(120, 40);
    for (key, command) in [
        (".", ahead(1)),
        (",", back(1)),
        // A fiftieth of the recording.
        (">", ahead(20)),
        ("<", back(20)),
        // With the parameters under focus, a two-hundredth and a fiftieth.
        ("right", ahead(5)),
        ("left", back(5)),
        ("L", ahead(20)),
        ("{", Command::Rewind(Target::MarkBefore)),
        ("}", Command::Rewind(Target::MarkBehind)),
        ("g", Command::Rewind(Target::Unit(0))),
        ("G", Command::Rewind(Target::Last)),
        ("space", Command::Resume),
    ] {
        stage.sent.clear();
        stage.press(key).frames(1);
        assert_eq!(stage.sent, [command], "{key}");
    }
    stage.sent.clear();
    stage.press(":").enter("rewind 300");
    assert_eq!(stage.sent, [Command::Rewind(Target::Unit(300))]);
}

#[test]
fn keys_that_change_a_run_say_why_they_do_not() {
    let mut stage = replayed(120, 40);
    for key in ["m", "u", "r", "F", "B", "enter"] {
        stage.screen().message = None;
        stage.press(key).frames(1);
        let said = stage.message();
        assert!(said.contains("this is a recording"), "{key}: {said}");
        assert!(stage.state.dialog.is_none(), "{key}");
    }
    assert_eq!(stage.sent, []);
    assert!(stage.beside.is_empty());
}
