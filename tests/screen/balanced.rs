//! The views of a real balanced network. Its numbers depend on the processor, so that pictures are
//! looked at by what must be in them.

use std::time::{Duration, Instant};

use hebbtop::engine::{Engine, Options, RunState};
use hebbtop::models::table::Value;
use hebbtop::preset::catalogue;
use hebbtop::ui::state::State;
use hebbtop::ui::theme::Theme;
use hebbtop::ui::update::update;
use hebbtop::ui::view::{Memory, view, wanted};
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};

/// The pictures of every view in turn, after `ms` milliseconds of a small network.
fn pictures(preset: &str, ms: u64, width: u16, height: u16) -> Vec<String> {
    let mut preset = catalogue::resolve(preset).unwrap();
    preset.values.set("n", Value::Integer(400));
    preset.length = ms;
    let options = Options {
        steps: Some(ms),
        ..Options::default()
    };
    let engine = Engine::start(preset, options).unwrap();
    let mut subscription = engine.subscribe();
    let size = Size::new(width, height);
    let mut state = State::running(size, Theme::default(), "balanced".into());
    let mut memory = Memory::default();
    let begun = Instant::now();
    let mut frame = |state: &mut State| {
        let asked = wanted(state);
        let run = state.run.as_mut().unwrap();
        let request = run.request(asked, begun.elapsed());
        subscription.ask(request.clone()).unwrap();
        subscription
            .wake()
            .recv_timeout(Duration::from_secs(20))
            .unwrap();
        let frame = subscription.take().unwrap();
        let done = frame.state != RunState::Running;
        run.take(frame, &request, begun.elapsed());
        done
    };
    while !frame(&mut state) {
        std::thread::sleep(Duration::from_millis(5));
    }
    let mut pictures = Vec::new();
    for key in ["1", "2", "3", "4", "5"] {
        let action = state.action(key.parse().unwrap()).unwrap();
        update(&mut state, action, begun.elapsed());
        for _ in 0..3 {
            std::thread::sleep(Duration::from_millis(2));
            frame(&mut state);
        }
        let area = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(area);
        view(&state, &mut memory, area, &mut buffer);
        let rows = buffer.content.chunks(usize::from(width));
        let rows = rows.map(|row| row.iter().map(|cell| cell.symbol()).collect::<String>());
        pictures.push(rows.map(|row| row + "\n").collect());
    }
    pictures
}

fn has(picture: &str, words: &[&str]) {
    for word in words {
        assert!(picture.contains(word), "no `{word}` in\n{picture}");
    }
    for word in ["NaN", "inf"] {
        assert!(!picture.contains(word), "`{word}` in\n{picture}");
    }
}

#[test]
fn every_view_shows_its_panels() {
    let pictures = pictures("balanced-ei", 2200, 120, 40);
    has(
        &pictures[0],
        &["raster", "E ", "of 320", "rates", "currents into E"],
    );
    has(&pictures[1], &["spectrum", "rates of cells", "raster"]);
    has(&pictures[2], &["weight matrix", "mean weights"]);
    has(
        &pictures[3],
        &["X/Y > b/d > a/c'", "holds", "learning windows"],
    );
    has(&pictures[4], &["voltage", "trace", "in from E"]);
}

#[test]
fn a_part_that_is_stimulated_has_its_own_band() {
    let pictures = pictures("balanced-opto-static", 600, 100, 36);
    has(&pictures[0], &["E1", "E2"]);
}

#[test]
fn small_terminals_are_drawn_too() {
    for (width, height) in [(80, 24), (40, 12), (20, 8)] {
        assert_eq!(pictures("balanced-kohonen", 300, width, height).len(), 5);
    }
}
