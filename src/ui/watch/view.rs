//! The list of runs, and the curves of those that are marked.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{StatefulWidget, Widget};

use super::state::State;
use crate::models::table::Better;
use crate::sweep::{Stage, WatchedRun};
use crate::ui::theme::{Role, Theme};
use crate::ui::widget::{Chart, Data, Line, PanelBox, Pen, XAxis, format, sparkline};

const NAME: u16 = 12;
const STAGE: u16 = 9;
const PROGRESS: u16 = 6;

/// A number, and the curve before it.
const NUMBER: u16 = 9;
const SPARK: u16 = 10;

/// What sets a run apart needs at least so much.
const ABOUT: u16 = 16;

/// Curves that can be told apart.
const CURVES: usize = 8;

const KEYS: &str = "arrows select  space mark  o overlay  s sort  / filter  ? help  q quit";

const HELP: [(&str, &str); 8] = [
    ("arrows, pgup, pgdn, home, end", "select a run"),
    ("space", "mark it, or take the mark away"),
    (
        "o",
        "curves of the marked runs (or of the selected one): the next metric, then none",
    ),
    (
        "s",
        "sort by name, state, progress, then each metric, largest first",
    ),
    (
        "/",
        "filter by words in name, state and parameters; enter keeps, esc clears",
    ),
    ("esc", "close the curves; then take away marks and filter"),
    ("ctrl-z", "give the terminal to the shell"),
    ("q", "leave; the runs go on"),
];

pub fn draw(state: &mut State, area: Rect, buf: &mut Buffer) {
    let theme = state.theme;
    let mut pen = Pen::new(theme, area, buf);
    if area.height < 5 || area.width < 40 {
        pen.say(0, 0, "more room is needed", Role::Warn);
        return;
    }
    heading(state, &mut pen);
    let bottom = area.height - 1;
    if state.filtering || !state.filter.is_empty() {
        let x = pen.say(1, bottom, "filter: ", Role::Dim);
        let x = pen.say(x, bottom, state.filter.text(), Role::Value);
        if state.filtering {
            pen.say(x, bottom, " ", Role::Selection);
        }
    } else {
        let keys = pen.clip(KEYS, area.width - 2);
        pen.say(1, bottom, &keys, Role::Dim);
    }
    let body = Rect {
        y: area.y + 1,
        height: area.height - 2,
        ..area
    };
    if state.help {
        return help(theme, body, buf);
    }
    let lower = match state.overlay {
        Some(_) => body.height * 3 / 5,
        None => 0,
    };
    let (upper, lower) = (
        Rect {
            height: body.height - lower,
            ..body
        },
        Rect {
            y: body.y + body.height - lower,
            height: lower,
            ..body
        },
    );
    list(state, upper, buf);
    if let Some(metric) = state.overlay {
        overlay(state, metric, lower, buf);
    }
}

fn heading(state: &State, pen: &mut Pen) {
    let runs = &state.watched.runs;
    let count = |stage: Stage| runs.iter().filter(|run| run.stage == stage).count();
    let x = pen.say(1, 0, "hebbtop", Role::Accent);
    let title = pen.clip(&state.title, 24);
    let mut x = pen.say(x + 1, 0, &title, Role::Title) + 2;
    for (stage, role) in [
        (Stage::Done, Role::Good),
        (Stage::Running, Role::Value),
        (Stage::Failed, Role::Bad),
        (Stage::Stopped, Role::Warn),
        (Stage::Waiting, Role::Dim),
    ] {
        let words = format!("{} {}", count(stage.clone()), stage.word());
        if count(stage) > 0 {
            x = pen.say(x, 0, &words, role) + 2;
        }
    }
    let sorted = format!("by {}", state.order_word());
    if x + pen.width_of(&sorted) < pen.width() {
        let end = pen.width() - 1;
        pen.text_right(end, 0, &sorted, state.theme.style(Role::Dim));
    }
}

fn list(state: &mut State, area: Rect, buf: &mut Buffer) {
    let theme = state.theme;
    let mut pen = Pen::new(theme, area, buf);
    let fixed = 2 + NAME + STAGE + PROGRESS;
    let room = area.width.saturating_sub(fixed + ABOUT);
    let each = NUMBER + SPARK + 2;
    let shown = (room / each).min(state.watched.metrics.len() as u16);
    let about = area.width - fixed - shown * each;
    let place = |metric: u16| fixed + about + metric * each;
    for (x, words) in [
        (2, "run"),
        (2 + NAME, "state"),
        (2 + NAME + STAGE, "done"),
        (fixed, "with"),
    ] {
        pen.say(x, 0, words, Role::Dim);
    }
    for metric in 0..shown {
        let words = pen.clip(&state.watched.metrics[usize::from(metric)], each - 2);
        pen.text_right(place(metric) + each - 1, 0, &words, theme.style(Role::Dim));
    }
    let height = usize::from(area.height - 1);
    state.page = height.max(1);
    let first = (state.selected + 1).saturating_sub(height);
    for (y, row) in (first..state.rows.len()).take(height).enumerate() {
        let (y, number) = (y as u16 + 1, state.rows[row]);
        let run = &state.watched.runs[number];
        if state.marked.contains(&number) {
            pen.char(0, y, '*', theme.style(Role::Key));
        }
        if row == state.selected {
            pen.char(1, y, theme.symbols().pointer, theme.style(Role::Selection));
        }
        let name = pen.clip(&run.name, NAME - 1);
        let style = if row == state.selected {
            Role::Selection
        } else {
            Role::Text
        };
        pen.say(2, y, &name, style);
        pen.say(2 + NAME, y, run.stage.word(), role_of(&run.stage));
        pen.say(
            2 + NAME + STAGE,
            y,
            &format::percent(run.share()),
            Role::Value,
        );
        let words = pen.clip(&run.about, about.saturating_sub(1));
        pen.say(fixed, y, &words, Role::Text);
        for metric in 0..shown {
            course(run, usize::from(metric), place(metric), y, theme, &mut pen);
        }
    }
    if state.rows.is_empty() {
        pen.say(2, 1, "no run passes the filter; esc clears it", Role::Dim);
    }
}

fn role_of(stage: &Stage) -> Role {
    match stage {
        Stage::Done => Role::Good,
        Stage::Running => Role::Value,
        Stage::Failed => Role::Bad,
        Stage::Stopped => Role::Warn,
        Stage::Waiting => Role::Dim,
    }
}

fn course(run: &WatchedRun, metric: usize, x: u16, y: u16, theme: Theme, pen: &mut Pen) {
    let Some(course) = run.courses.get(metric) else {
        return;
    };
    let values: Vec<f64> = course.iter().map(|(_, value)| *value).collect();
    let spark = sparkline::sparkline(theme, &values, SPARK, None);
    pen.text(x, y, &spark, theme.style(Role::Bar));
    let end = x + SPARK + NUMBER + 1;
    pen.text_right(
        end,
        y,
        &format::short(run.last(metric)),
        theme.style(Role::Value),
    );
}

fn overlay(state: &mut State, metric: usize, area: Rect, buf: &mut Buffer) {
    let selected = state.rows.get(state.selected).copied();
    let mut numbers: Vec<usize> = state.marked.iter().copied().take(CURVES).collect();
    if numbers.is_empty() {
        numbers.extend(selected);
    }
    let runs: Vec<&WatchedRun> = numbers
        .iter()
        .map(|&run| &state.watched.runs[run])
        .collect();
    let lines: Vec<Line> = runs
        .iter()
        .enumerate()
        .filter_map(|(group, run)| {
            Some(Line {
                label: &run.name,
                group,
                theory: false,
                better: Better::Neither,
                data: Data::Points(run.courses.get(metric)?),
            })
        })
        .collect();
    let title = &state.watched.metrics[metric];
    let chart = Chart::new(state.theme, title, XAxis::around(&lines, "unit"), &lines);
    chart.render(area, buf, &mut state.chart);
}

fn help(theme: Theme, area: Rect, buf: &mut Buffer) {
    PanelBox {
        theme,
        title: "Keys",
        notes: &[],
        focused: true,
    }
    .render(area, buf);
    let inner = PanelBox::inner(area);
    let mut pen = Pen::new(theme, inner, buf);
    let mut y = 0;
    for (keys, words) in HELP {
        pen.say(1, y, keys, Role::Key);
        for line in format::wrap(words, inner.width.saturating_sub(34)) {
            pen.say(32, y, &line, Role::Text);
            y += 1;
        }
    }
}
