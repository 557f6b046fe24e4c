//! Whatever is typed, whatever size the terminal has, whatever the run does: the screen stands.

use hebbtop::engine::{LogKind, RunState};
use hebbtop::ui::keys::TABLE;
use hebbtop::ui::theme::{Background, Depth, Glyphs, Theme};
use proptest::prelude::*;

use crate::stage::Stage;

#[derive(Clone, Debug)]
enum Happening {
    Key(String),
    Resize(u16, u16),
    /// The run does so many steps and a frame is taken.
    Steps(u64),
    Frame,
    /// The model is built anew behind the screen's back.
    Reset,
    Fault,
    Say(String),
    Paste(String),
    Look(Depth, Glyphs),
}

fn happening() -> impl Strategy<Value = Happening> {
    let names: Vec<String> = TABLE
        .iter()
        .flat_map(|row| row.keys.iter().map(|key| (*key).to_owned()))
        .collect();
    let depth = prop::sample::select(vec![
        Depth::None,
        Depth::Ansi16,
        Depth::Indexed256,
        Depth::Rgb,
    ]);
    let glyphs = prop::sample::select(vec![Glyphs::Braille, Glyphs::Block, Glyphs::Ascii]);
    prop_oneof![
        12 => prop::sample::select(names).prop_map(Happening::Key),
        4 => "[a-z0-9.:=/ _-]".prop_map(|c| Happening::Key(if c == " " { "space".into() } else { c })),
        3 => (0..=400u16, 0..=120u16).prop_map(|(w, h)| Happening::Resize(w, h)),
        1 => (0..=3u16, 0..=3u16).prop_map(|(w, h)| Happening::Resize(w, h)),
        3 => (0..200u64).prop_map(Happening::Steps),
        3 => Just(Happening::Frame),
        1 => Just(Happening::Reset),
        1 => Just(Happening::Fault),
        1 => "\\PC{0,60}".prop_map(Happening::Say),
        1 => any::<String>().prop_map(Happening::Paste),
        1 => (depth, glyphs).prop_map(|(depth, glyphs)| Happening::Look(depth, glyphs)),
    ]
}

fn happen(stage: &mut Stage, happening: Happening) {
    match happening {
        Happening::Key(name) => {
            stage.press(&name);
        }
        Happening::Resize(width, height) => {
            stage.resize(width, height);
        }
        Happening::Steps(steps) => {
            stage.run.advance(steps);
            stage.frames(1);
        }
        Happening::Frame => {
            stage.frames(1);
        }
        Happening::Reset => {
            stage
                .run
                .obey(&hebbtop::engine::Command::Reset { seed: None });
        }
        Happening::Fault => {
            stage.run.state = RunState::Faulted(hebbtop::models::Fault {
                kind: hebbtop::models::FaultKind::NonFinite,
                what: "the weights of layer 2 are not finite".into(),
            });
        }
        Happening::Say(words) => stage.run.say(LogKind::Fault, &words),
        Happening::Paste(text) => {
            let now = stage.state.now;
            hebbtop::ui::update::paste(&mut stage.state, &text, now);
        }
        Happening::Look(depth, glyphs) => {
            stage.state.theme = Theme::new(depth, Background::Light, glyphs);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_sequence_of_keys_sizes_and_frames_panics(
        step in 0..700u64,
        happenings in prop::collection::vec(happening(), 1..80),
    ) {
        let mut stage = Stage::at(step, 120, 40);
        for happening in happenings {
            happen(&mut stage, happening);
            let once = stage.draw();
            let twice = stage.draw();
            prop_assert_eq!(once, twice, "the same state gives the same cells");
        }
    }

    #[test]
    fn the_start_screen_stands_too(happenings in prop::collection::vec(happening(), 1..60)) {
        let mut stage = Stage::choosing(120, 40);
        for happening in happenings {
            if !matches!(happening, Happening::Steps(_) | Happening::Frame) {
                happen(&mut stage, happening);
            }
            let once = stage.draw();
            prop_assert_eq!(once, stage.draw());
        }
    }
}
