//! Five hundred sizes with random keys between them, in every view: nothing panics, and what the
//! terminal shows after any number of differences is what it shows when all is drawn anew.

use std::num::NonZeroU16;

use hebbtop::ui::keys::TABLE;
use hebbtop::ui::term::Screen;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use ratatui::layout::Size;

use crate::fixture::PaperRun;
use crate::stage::Stage;
use crate::vt::rows;
use hebbtop::ui::state::State;
use hebbtop::ui::theme::Theme;
use hebbtop::ui::view::view;

const SIZES: usize = 500;

/// A screen, and the terminal that its bytes go to.
struct Shown {
    screen: Screen<Vec<u8>>,
    terminal: vt100::Parser,
}

impl Shown {
    fn new(size: Size, stage: &Stage) -> Self {
        Self {
            screen: Screen::new(Vec::new(), size, stage.state.theme.depth).unwrap(),
            terminal: vt100::Parser::new(side(size.height), side(size.width), 0),
        }
    }

    fn resize(&mut self, size: Size) {
        self.screen.set_size(size).unwrap();
        let terminal = self.terminal.screen_mut();
        terminal.set_size(side(size.height), side(size.width));
    }

    fn draw(&mut self, stage: &mut Stage) {
        let (state, memory) = (&stage.state, &mut stage.memory);
        self.screen
            .draw(|frame| view(state, memory, frame.area(), frame.buffer_mut()))
            .unwrap();
        let written = std::mem::take(self.screen.backend_mut().writer_mut());
        self.terminal.process(&written);
    }
}

/// The terminal of the library has no zero size.
fn side(length: u16) -> NonZeroU16 {
    NonZeroU16::new(length.max(1)).expect("at least one")
}

fn below(random: &mut Xoshiro256PlusPlus, n: usize) -> usize {
    (random.next_u64() % n as u64) as usize
}

#[test]
fn five_hundred_sizes_leave_nothing_over() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
    // Digits that open views come as often as all other keys together.
    let keys: Vec<&str> = TABLE
        .iter()
        .flat_map(|row| row.keys.iter().copied())
        .collect();
    let size = Size::new(120, 40);
    let state = State::running(size, Theme::default(), "paper-digits".into());
    let mut stage = Stage::of(state, PaperRun::at(300));
    stage.frames(3);
    let mut shown = Shown::new(size, &stage);
    let mut views = std::collections::HashSet::new();
    for number in 0..SIZES {
        let small = below(&mut random, 8) == 0;
        let (most_wide, most_high) = if small { (4, 4) } else { (401, 121) };
        let size = Size::new(
            below(&mut random, most_wide) as u16,
            below(&mut random, most_high) as u16,
        );
        stage.resize(size.width, size.height);
        shown.resize(size);
        shown.draw(&mut stage);
        for _ in 0..below(&mut random, 6) {
            let view = (1 + below(&mut random, 6)).to_string();
            let key = match below(&mut random, 2) {
                0 => view.as_str(),
                _ => keys[below(&mut random, keys.len())],
            };
            stage.press(key);
            // A line that is being typed would take every key from then on.
            if stage.state.dialog.is_some() && below(&mut random, 2) == 0 {
                stage.press("esc");
            }
            if below(&mut random, 3) == 0 {
                stage.run.advance(below(&mut random, 20) as u64);
                stage.frames(1);
            }
            shown.draw(&mut stage);
        }
        views.insert(stage.screen().tab);
        let mut anew = Shown::new(size, &stage);
        anew.draw(&mut stage);
        if size.width > 0 && size.height > 0 {
            let (seen, fresh) = (rows(shown.terminal.screen()), rows(anew.terminal.screen()));
            let differs = seen.iter().zip(&fresh).position(|(a, b)| a != b);
            assert_eq!(
                differs,
                None,
                "size {number}, {size}: in row\n{:?}",
                shown.terminal.screen().contents()
            );
        }
    }
    assert!(views.len() >= 5, "{views:?}");
}
