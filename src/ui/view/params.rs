//! The parameter panel, always in reach: value, place between the bounds, what waits.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::Widget;

use crate::engine::Frame;
use crate::models::param::{display, number};
use crate::models::table::{Applies, Kind, ParamSpec, Scale, Text, Value};
use crate::ui::state::params::Way;
use crate::ui::state::run::Run;
use crate::ui::state::tab::Focus;
use crate::ui::theme::{Role, Theme};
use crate::ui::widget::{PanelBox, Pen, Slider};

/// Columns of one parameter.
pub const COLUMN: u16 = 38;

const LABEL: u16 = 15;
const VALUE: u16 = 11;

/// Columns for value and track where a parameter has a line to itself.
const ALONE: u16 = 46;

/// Draws the panel; `alone` gives each parameter a line with its bounds and its meaning.
pub fn draw(run: &Run, theme: Theme, area: Rect, alone: bool, buf: &mut Buffer) {
    let specs = run.description().map_or(&[][..], |table| &table.params);
    let focused = run.focus() == Focus::Parameters;
    let grid = Cells::new(run, area, alone);
    let Cells {
        inner,
        lines,
        first,
        last,
        ..
    } = grid;
    let selected = run.params.selected;
    let mut notes = Vec::new();
    if specs.len() > last - first {
        notes.push(format!("{}-{last} of {}", first + 1, specs.len()));
    }
    if specs.iter().any(|spec| spec.applies == Applies::Restart) {
        notes.push("* waits for a reset".to_owned());
    }
    if let Some(frame) = &run.frame {
        notes.extend(undo_words(frame));
    }
    PanelBox {
        theme,
        title: "parameters",
        notes: &notes,
        focused,
    }
    .render(area, buf);
    let Some(frame) = &run.frame else { return };
    for (param, spec) in specs.iter().enumerate().take(last).skip(first) {
        let cell = grid.cell(param);
        let meaning = cell.x + 1 + LABEL + ALONE;
        if alone && meaning + 10 < cell.right() {
            let width = meaning - cell.x;
            draw_one(run, frame, param, spec, theme, Rect { width, ..cell }, buf);
            let width = cell.right() - meaning;
            let beside = Rect {
                x: meaning,
                width,
                ..cell
            };
            let mut pen = Pen::new(theme, beside, buf);
            let words = pen.clip(&spec.meaning, width.saturating_sub(1));
            pen.say(0, 0, &words, Role::Dim);
        } else {
            draw_one(run, frame, param, spec, theme, cell, buf);
        }
    }
    if let Some(spec) = specs.get(selected).filter(|_| lines > 0) {
        let place = Rect {
            y: inner.bottom() - lines,
            height: lines,
            ..inner
        };
        explain(run, frame, spec, &mut Pen::new(theme, place, buf));
    }
}

/// Where the parameters stand that are on the page of the selected one.
#[derive(Clone, Copy)]
struct Cells {
    inner: Rect,
    /// That explain the selected one.
    lines: u16,
    rows: u16,
    columns: u16,
    first: usize,
    last: usize,
}

impl Cells {
    fn new(run: &Run, area: Rect, alone: bool) -> Self {
        let count = run.description().map_or(0, |table| table.params.len());
        let inner = PanelBox::inner(area);
        let lines = explanation_lines(inner);
        let rows = inner.height.saturating_sub(lines).max(1);
        let columns = if alone {
            1
        } else {
            (inner.width / COLUMN).max(1)
        };
        let page = usize::from(rows) * usize::from(columns);
        let first = run.params.selected / page * page;
        Self {
            inner,
            lines,
            rows,
            columns,
            first,
            last: (first + page).min(count),
        }
    }

    fn cell(self, param: usize) -> Rect {
        let place = (param - self.first) as u16;
        let width = self.inner.width / self.columns;
        Rect {
            x: self.inner.x + place / self.rows * width,
            y: self.inner.y + place % self.rows,
            width,
            height: 1,
        }
    }
}

/// The parameter whose cell is there.
pub fn param_at(run: &Run, area: Rect, alone: bool, at: Position) -> Option<usize> {
    let cells = Cells::new(run, area, alone);
    (cells.first..cells.last).find(|&param| cells.cell(param).contains(at))
}

/// The selected parameter is explained where three rows of values remain.
fn explanation_lines(inner: Rect) -> u16 {
    match inner.height {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    }
}

/// A value that a person would not have typed, such as one that was learnt, in four digits.
fn brief(value: &Value) -> String {
    let whole = display(value);
    match value {
        Value::Real(x) if whole.len() >= usize::from(VALUE) => {
            format!("{x:.3e}").parse().map_or(whole, number)
        }
        _ => whole,
    }
}

fn undo_words(frame: &Frame) -> Option<String> {
    match (frame.undo_depth, frame.redo_depth) {
        (0, 0) => None,
        (done, 0) => Some(format!("{done} to undo")),
        (done, undone) => Some(format!("{done} to undo, {undone} to redo")),
    }
}

fn draw_one(
    run: &Run,
    frame: &Frame,
    param: usize,
    spec: &ParamSpec,
    theme: Theme,
    cell: Rect,
    buf: &mut Buffer,
) {
    let Some((value, way)) = run.params.shown(frame, param) else {
        return;
    };
    if spec.position(value).is_some() {
        let x = cell.x + 1 + LABEL + VALUE;
        let track = Rect {
            x,
            width: cell.right().saturating_sub(x + 2),
            ..cell
        };
        // The slider itself leaves the bounds out where room is short.
        let (low, high) = bounds(&spec.kind);
        let ends = (low.as_str(), high.as_str());
        let ends = if track.width > 16 { ends } else { ("", "") };
        slider(frame, param, spec, (value, way), theme, ends).render(track, buf);
    }
    let pen = &mut Pen::new(theme, cell, buf);
    let selected = param == run.params.selected;
    if selected {
        pen.char(0, 0, theme.symbols().pointer, theme.style(Role::Focus));
    }
    let star = if spec.applies == Applies::Restart {
        "*"
    } else {
        ""
    };
    let label = pen.clip(&spec.label, LABEL - 1);
    let x = pen.say(
        1,
        0,
        &label,
        if selected { Role::Focus } else { Role::Text },
    );
    pen.say(x, 0, star, Role::Dim);
    let unit = if spec.unit.is_empty() {
        String::new()
    } else {
        format!(" {}", spec.unit)
    };
    let (lead, role) = match way {
        Way::There if *value == spec.default => (String::new(), Role::Text),
        Way::There => (String::new(), Role::Value),
        Way::Sent => (theme.symbols().ellipsis.to_string(), Role::Pending),
        Way::Accepted => (theme.symbols().becomes.to_owned(), Role::Pending),
    };
    let shown = format!("{lead}{}{unit}", brief(value));
    let start = 1 + LABEL;
    let room = pen.width().saturating_sub(start + 1);
    if let Kind::Choice(options) = &spec.kind {
        let shown = pen.clip(&among(options, value, &lead, room), room);
        pen.say(start, 0, &shown, role);
    } else if spec.position(value).is_none() {
        let shown = pen.clip(&shown, room);
        pen.say(start, 0, &shown, role);
    } else {
        let shown = pen.clip(&shown, VALUE - 1);
        pen.say(start, 0, &shown, role);
    }
}

/// All options with the chosen one in brackets; that one alone where there is no room for all.
fn among(options: &[Text], value: &Value, lead: &str, room: u16) -> String {
    let (Value::Choice(chosen) | Value::Words(chosen)) = value else {
        return String::new();
    };
    let marked = options.iter().map(|option| {
        if option == chosen {
            format!("[{option}]")
        } else {
            option.to_string()
        }
    });
    let all = format!("{lead}{}", marked.collect::<Vec<_>>().join(" "));
    if all.chars().count() <= usize::from(room) {
        return all;
    }
    let place = options.iter().position(|option| option == chosen);
    let place = place.map_or(0, |place| place + 1);
    format!("{lead}[{chosen}] {place} of {}", options.len())
}

fn bounds(kind: &Kind) -> (String, String) {
    match kind {
        Kind::Real { min, max, .. } => (number(*min), number(*max)),
        Kind::Integer { min, max } => (min.to_string(), max.to_string()),
        Kind::Switch | Kind::Choice(_) | Kind::Words => (String::new(), String::new()),
    }
}

/// Where the value lies between its bounds, with the default and what waits.
fn slider<'a>(
    frame: &Frame,
    param: usize,
    spec: &ParamSpec,
    (value, way): (&Value, Way),
    theme: Theme,
    (low, high): (&'a str, &'a str),
) -> Slider<'a> {
    let present = frame.values.get(param).unwrap_or(value);
    Slider {
        theme,
        position: spec.position(if way == Way::Accepted { present } else { value }),
        default: spec.position(&spec.default),
        pending: (way == Way::Accepted)
            .then(|| spec.position(value))
            .flatten(),
        low,
        high,
        log: matches!(
            spec.kind,
            Kind::Real {
                scale: Scale::Log,
                ..
            }
        ),
        focused: false,
    }
}

/// Bounds, default, boundary and meaning of the selected parameter.
fn explain(run: &Run, frame: &Frame, spec: &ParamSpec, pen: &mut Pen) {
    let (low, high) = bounds(&spec.kind);
    let mut facts = vec![match &spec.kind {
        Kind::Real { scale, .. } => {
            let scale = if *scale == Scale::Log { " log" } else { "" };
            format!("{low} to {high}{scale}")
        }
        Kind::Integer { .. } => format!("{low} to {high}"),
        _ => spec.allowed(),
    }];
    facts.push(format!("default {}", display(&spec.default)));
    let unit = run
        .description()
        .map_or("unit", |table| table.unit.as_ref());
    facts.push(match spec.applies {
        Applies::Quantum => "applies at once".to_owned(),
        Applies::Unit => format!("applies at the end of the {unit}"),
        Applies::Restart => "waits for a reset (r)".to_owned(),
    });
    let waiting = run.params.shown(frame, run.params.selected);
    if let Some((value, Way::Accepted)) = waiting
        && let Some(present) = frame.values.get(run.params.selected)
    {
        let when = match spec.applies {
            Applies::Restart => "waits for a reset (r)",
            _ => "waits for its boundary",
        };
        facts.insert(
            0,
            format!("{} {} {} {when}", display(present), "to", display(value)),
        );
    }
    let width = pen.width().saturating_sub(2);
    if pen.height() > 1 {
        let meaning = pen.clip(&format!("{}: {}", spec.id, spec.meaning), width);
        pen.say(1, 0, &meaning, Role::Text);
        let facts = pen.clip(&facts.join("; "), width);
        pen.say(1, 1, &facts, Role::Dim);
    } else {
        let line = format!("{}: {}. {}", spec.id, facts.join(", "), spec.meaning);
        let line = pen.clip(&line, width);
        pen.say(1, 0, &line, Role::Dim);
    }
}
