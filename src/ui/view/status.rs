//! The first line: what runs, how it stands, which view is open.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::engine::{Frame, Pace, RunState};
use crate::ui::state::run::Run;
use crate::ui::theme::{Role, Theme};
use crate::ui::widget::format;
use crate::ui::widget::pen::{Pen, Piece, pieces_width};

/// The state of the run and of the view in a word with its sign.
pub fn word(run: &Run, theme: Theme) -> (String, Role) {
    let signs = theme.symbols();
    let (sign, word, role) = match (&run.frame, run.gone) {
        (_, true) => (signs.fault, "GONE", Role::Bad),
        (None, _) => (signs.paused, "WAITING", Role::Pending),
        (Some(frame), _) if run.frozen.is_none() => match &frame.state {
            RunState::Running if frame.waiting_for_recorder => {
                (signs.paused, "WAITING", Role::Warn)
            }
            RunState::Running => (signs.running, "LIVE", Role::Good),
            RunState::Paused => (signs.paused, "PAUSED", Role::Warn),
            RunState::Done => (signs.done, "DONE", Role::Good),
            RunState::Faulted(_) => (signs.fault, "FAULT", Role::Bad),
        },
        (Some(_), _) => (signs.paused, "FROZEN", Role::Warn),
    };
    (format!("{sign}{word}"), role)
}

/// `NAME:VARIANT`, or what the run was opened with.
pub fn name(run: &Run) -> String {
    match &run.about {
        Some(about) => match &about.preset.variant {
            Some(variant) => format!("{}:{variant}", about.preset.name),
            None => about.preset.name.clone(),
        },
        None => run.source.clone(),
    }
}

pub fn draw(run: &Run, theme: Theme, area: Rect, buf: &mut Buffer) {
    let mut pen = Pen::new(theme, area, buf);
    let piece = |text: String, role: Role| -> Piece { (text, theme.style(role)) };
    let (word, role) = word(run, theme);
    let left = [
        piece(format!(" {} ", name(run)), Role::Accent),
        piece(word, role),
        piece(behind_word(run), Role::Dim),
    ];
    let mut x = pen.pieces(0, 0, &left);
    let right = right(run, theme);
    let right_width = pieces_width(theme, &right);
    let room = pen.width().saturating_sub(x + right_width + 2);
    let tabs = Shortening::ALL
        .into_iter()
        .map(|shortening| tabs(run, theme, shortening))
        .find(|tabs| pieces_width(theme, tabs) <= room);
    if let Some(tabs) = tabs {
        x = pen.pieces(x + 1, 0, &tabs);
    }
    if x + right_width < pen.width() {
        let start = pen.width() - right_width;
        pen.pieces(start, 0, &right);
    }
}

/// What the one word leaves open.
fn behind_word(run: &Run) -> String {
    match (&run.frozen, &run.frame) {
        (Some(frozen), Some(frame)) => {
            let state = match frame.state {
                RunState::Running => "the run goes on",
                RunState::Paused => "the run is paused",
                RunState::Done => "the run is done",
                RunState::Faulted(_) => "the run has a fault",
            };
            format!(" @{}, {state}", format::grouped(frozen.step))
        }
        (None, Some(frame)) if frame.waiting_for_recorder => " for the recorder".into(),
        _ => String::new(),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shortening {
    Whole,
    Short,
    Numbers,
}

impl Shortening {
    const ALL: [Self; 3] = [Self::Whole, Self::Short, Self::Numbers];
}

fn tabs(run: &Run, theme: Theme, shortening: Shortening) -> Vec<Piece> {
    let mut pieces = vec![(
        format!("{} ", theme.symbols().separator),
        theme.style(Role::Dim),
    )];
    for (i, tab) in run.tabs.iter().enumerate() {
        let name: String = match shortening {
            Shortening::Whole => format!("{} {}", i + 1, tab.name),
            Shortening::Short => {
                let short: String = tab.name.chars().take(4).collect();
                format!("{} {short}", i + 1)
            }
            Shortening::Numbers => format!("{}", i + 1),
        };
        pieces.push(if i == run.tab {
            (format!("[{name}] "), theme.style(Role::Accent))
        } else {
            (format!("{name} "), theme.style(Role::Text))
        });
    }
    pieces
}

fn right(run: &Run, theme: Theme) -> Vec<Piece> {
    let (Some(frame), Some(table)) = (&run.frame, run.description()) else {
        return Vec::new();
    };
    let dim = theme.style(Role::Dim);
    let mut done = format::grouped(frame.step);
    if frame.quantum > 0 && frame.state != RunState::Running {
        done = format!("{done}+{}", frame.quantum);
    }
    let mut pieces = vec![
        (format!("{} ", table.unit), dim),
        (done, theme.style(Role::Value)),
    ];
    if let Some(planned) = run.planned().filter(|planned| frame.step <= *planned) {
        pieces.push((format!("/{}", format::grouped(planned)), dim));
    }
    pieces.push((
        format!(
            "  {} ",
            pace(frame, table.unit.as_ref(), table.quantum.as_ref())
        ),
        dim,
    ));
    pieces
}

/// How fast it goes, and by whose will.
fn pace(frame: &Frame, unit: &str, quantum: &str) -> String {
    let running = frame.state == RunState::Running;
    match frame.pace {
        Pace::FlatOut if running => format!("{} {unit}/s flat out", format::count(frame.rate)),
        Pace::FlatOut => "flat out".into(),
        Pace::Units(rate) => format!("paced {} {unit}/s", format::count(rate)),
        Pace::Quanta(rate) => format!("slow {} {quantum}/s", format::count(rate)),
    }
}
