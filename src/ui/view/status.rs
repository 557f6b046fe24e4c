//! The first line: what runs, how it stands, which view is open.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::engine::{Frame, Pace, RunState};
use crate::ui::state::lanes::Lanes;
use crate::ui::state::run::Run;
use crate::ui::theme::{Role, Theme};
use crate::ui::widget::format;
use crate::ui::widget::pen::pieces_width;
use crate::ui::widget::{Pen, Piece};

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
            RunState::Running if run.replayed().is_some() => (signs.running, "REPLAY", Role::Good),
            _ if run.replayed().is_some() => (signs.paused, "REPLAY", Role::Accent),
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

/// Draws the line; `page` is which of how many pages of panels the open view shows.
pub fn draw(
    run: &Run,
    lanes: &Lanes,
    theme: Theme,
    page: (usize, usize),
    area: Rect,
    buf: &mut Buffer,
) {
    let mut pen = Pen::new(theme, area, buf);
    let piece = |text: String, role: Role| -> Piece { (text, theme.style(role)) };
    let (word, role) = word(run, theme);
    let left = [
        piece(" ".into(), Role::Text),
        piece(name(run), Role::Accent),
        piece(" ".into(), Role::Text),
        piece(word, role),
        piece(behind_word(run), Role::Dim),
        company(run, theme),
    ];
    let mut x = pen.pieces(0, 0, &left);
    x = pen.pieces(x, 0, &super::lanes::names(run, lanes, theme));
    let right = |long: bool| right(run, theme, long);
    let room = pen.width().saturating_sub(x + 2);
    let fits = |(tabs, right): &(Vec<Piece>, Vec<Piece>)| {
        pieces_width(theme, tabs) + pieces_width(theme, right) <= room
    };
    let most = SHORTER
        .into_iter()
        .map(|(names, long)| (tabs(run, theme, page, names), right(long)))
        .find(fits);
    let (tabs, right) = most.unwrap_or_else(|| (Vec::new(), right(false)));
    x = pen.pieces(x + 1, 0, &tabs);
    let start = pen.width().saturating_sub(pieces_width(theme, &right));
    if start > x || tabs.is_empty() {
        pen.pieces(start.max(x + 1), 0, &right);
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
        (None, Some(frame)) if frame.recording.is_some() => " REC".into(),
        _ => String::new(),
    }
}

/// Who else is there.
fn company(run: &Run, theme: Theme) -> Piece {
    match (&run.company.steered_by, run.company.others.len()) {
        (Some(who), _) => (format!(" {who} steers"), theme.style(Role::Warn)),
        (None, 0) => (String::new(), theme.style(Role::Dim)),
        (None, 1) => (" 1 watches".into(), theme.style(Role::Dim)),
        (None, others) => (format!(" {others} watch"), theme.style(Role::Dim)),
    }
}

/// What is given up first where room is short: the words of the progress, then the names of the
/// views that are not open, then all names.
const SHORTER: [(Names, bool); 4] = [
    (Names::All, true),
    (Names::All, false),
    (Names::Open, false),
    (Names::None, false),
];

/// Which views are named, beside their numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    All,
    Open,
    None,
}

/// The views by number and name.
fn tabs(run: &Run, theme: Theme, (page, pages): (usize, usize), names: Names) -> Vec<Piece> {
    let separator = format!("{} ", theme.symbols().separator);
    let mut pieces = vec![(separator, theme.style(Role::Dim))];
    for (i, tab) in run.tabs.iter().enumerate() {
        let open = i == run.tab;
        let mut words = (i + 1).to_string();
        if names == Names::All || (names == Names::Open && open) {
            words.push_str(&format!(" {}", tab.name));
        }
        if open && pages > 1 {
            words.push_str(&format!(" {page}/{pages}"));
        }
        pieces.push(if open {
            (format!("[{words}]"), theme.style(Role::Accent))
        } else {
            (words, theme.style(Role::Text))
        });
        pieces.push((" ".into(), theme.style(Role::Text)));
    }
    pieces
}

/// How far the run is, and how fast it goes.
fn right(run: &Run, theme: Theme, long: bool) -> Vec<Piece> {
    let (Some(frame), Some(table)) = (&run.frame, run.description()) else {
        return Vec::new();
    };
    let dim = theme.style(Role::Dim);
    let value = theme.style(Role::Value);
    let mut pieces = Vec::new();
    if long {
        let seed = run.about.as_ref().map_or(0, |about| about.seed);
        pieces.push((format!("seed {seed}  {} ", table.unit), dim));
    }
    pieces.push((format::grouped(frame.step), value));
    if frame.quantum > 0 && frame.state != RunState::Running {
        pieces.push((format!("+{}", frame.quantum), value));
    }
    if let Some(planned) = run.planned().filter(|planned| frame.step <= *planned) {
        pieces.push((format!("/{}", format::grouped(planned)), dim));
    }
    let replayed = run.replayed().is_some();
    pieces.push((format!("  {} ", pace(frame, &table.quantum, replayed)), dim));
    pieces
}

/// How fast it goes, and by whose will.
fn pace(frame: &Frame, quantum: &str, replayed: bool) -> String {
    let running = frame.state == RunState::Running;
    match frame.pace {
        Pace::FlatOut if running && !replayed => {
            format!("{}/s flat out", format::count(frame.rate))
        }
        Pace::FlatOut => "flat out".into(),
        // The machine may be slower than what was asked for.
        Pace::Units(rate) if running && frame.rate < 0.8 * rate && frame.rate > 0.0 => {
            format!("{} of {}/s", format::count(frame.rate), format::count(rate))
        }
        Pace::Units(rate) => format!("{}/s", format::count(rate)),
        Pace::Quanta(rate) if replayed => format!("slow: {}/s", format::count(rate)),
        Pace::Quanta(rate) => format!("slow: {} {quantum}/s", format::count(rate)),
    }
}
