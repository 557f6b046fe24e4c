//! What is said of several lanes: their names in the status line, the table that compares them, the
//! difference of two maps.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Clear, Widget};

use super::overlay::middle;
use crate::engine::RunState;
use crate::models::panel::{Cell, Column, Grid, GridStats, PanelData, Row, Table, TableCell};
use crate::models::param::display;
use crate::ui::state::State;
use crate::ui::state::lanes::{Lanes, letter};
use crate::ui::state::run::Run;
use crate::ui::theme::{Role, Theme};
use crate::ui::widget::{Piece, TableView, format};

/// Every lane with its marker, the one under focus in brackets; nothing where there is one.
pub fn names(run: &Run, lanes: &Lanes, theme: Theme) -> Vec<Piece> {
    if lanes.is_alone() {
        return Vec::new();
    }
    let signs = theme.symbols();
    let dim = theme.style(Role::Dim);
    let mut pieces = vec![(" ".into(), dim)];
    for lane in lanes.all(run) {
        let series = theme.series(usize::from(lane.lane));
        let name = format!("{}{}", series.marker, letter(lane.lane));
        let (sign, role) = match lane.frame.as_ref().map(|frame| &frame.state) {
            _ if lane.still => (signs.done, Role::Dim),
            _ if lane.gone => (signs.fault, Role::Bad),
            Some(RunState::Faulted(_)) => (signs.fault, Role::Bad),
            Some(RunState::Paused) => (signs.paused, Role::Warn),
            Some(RunState::Done) => (signs.done, Role::Good),
            Some(RunState::Running) | None => (signs.running, Role::Good),
        };
        let under = lane.lane == run.lane;
        let (open, close) = if under { ("[", "]") } else { (" ", " ") };
        let mark = if under {
            theme.style(Role::Accent)
        } else {
            dim
        };
        pieces.push((open.into(), mark));
        pieces.push((name, series.style));
        if !under {
            pieces.push((sign.to_string(), theme.style(role)));
        }
        pieces.push((close.into(), mark));
    }
    if lanes.free {
        pieces.push(("free".into(), dim));
    }
    pieces
}

/// The parameters that differ and the metrics at the last step that all lanes have.
pub fn compare(state: &State, scroll: usize, area: Rect, buf: &mut Buffer) {
    let Some(run) = &state.run else { return };
    let all = state.lanes.all(run);
    let behind = all.iter().map(|lane| lane.history.samples()).min();
    let step = run.crosshair.unwrap_or(behind.unwrap_or(0));
    let unit = run.description().map_or("step", |table| &table.unit);
    let mut rows = parameters(&all);
    if rows.is_empty() {
        rows.push(row(
            "no parameter differs",
            all.iter().map(|_| String::new()),
        ));
    }
    rows.push(row(
        &format!("at {unit} {}", format::grouped(step)),
        all.iter().map(|_| String::new()),
    ));
    rows.extend(metrics(run, &all, step));
    let column = |lane: &&Run| Column {
        label: format!(
            "{} {}",
            state.theme.series(usize::from(lane.lane)).marker,
            letter(lane.lane)
        ),
        unit: String::new(),
    };
    let table = Table {
        columns: all.iter().map(column).collect(),
        rows,
    };
    let height = (table.rows.len() + 3).min(usize::from(area.height.saturating_sub(2)));
    let place = middle(area, 84, height as u16);
    Clear.render(place, buf);
    TableView {
        theme: state.theme,
        title: "lanes compared",
        table: &table,
        history: &run.history,
        from: 0,
        to: 0,
        scroll,
        selected: None,
        focused: true,
    }
    .render(place, buf);
}

fn row(label: &str, cells: impl Iterator<Item = String>) -> Row {
    Row {
        label: label.to_owned(),
        cells: cells.map(TableCell::Words).collect(),
    }
}

/// By id, because a variant or a recording may have other tables.
fn value(lane: &Run, id: &str) -> String {
    let param = lane.description().and_then(|table| table.param(id));
    let frame = lane.frame.as_ref();
    let shown = param.zip(frame).and_then(|(p, f)| lane.params.shown(f, p));
    shown.map_or_else(|| "-".to_owned(), |(value, _)| display(value))
}

fn parameters(all: &[&Run]) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut differing = |label: &str, cells: Vec<String>| {
        if cells.iter().any(|cell| *cell != cells[0]) {
            rows.push(row(label, cells.into_iter()));
        }
    };
    let seed = |lane: &&Run| {
        lane.about
            .as_ref()
            .map_or_else(String::new, |a| a.seed.to_string())
    };
    differing("seed", all.iter().map(seed).collect());
    let mut known: Vec<&str> = Vec::new();
    for spec in all
        .iter()
        .filter_map(|lane| lane.description())
        .flat_map(|table| &table.params)
    {
        if !known.contains(&spec.id.as_ref()) {
            known.push(&spec.id);
            differing(
                &spec.id,
                all.iter().map(|lane| value(lane, &spec.id)).collect(),
            );
        }
    }
    rows
}

fn metrics(run: &Run, all: &[&Run], step: u64) -> Vec<Row> {
    let specs = run.description().map_or(&[][..], |table| &table.metrics);
    let at = |lane: &Run, id: &str| {
        let number = lane.description().and_then(|table| table.metric(id))?;
        let before = step.checked_sub(1)?;
        let bucket = lane.history.columns(number, before, step, 1);
        bucket.first().map(|bucket| f64::from(bucket.last))
    };
    specs
        .iter()
        .map(|spec| {
            let cells = all
                .iter()
                .map(|lane| at(lane, &spec.id).unwrap_or(f64::NAN));
            (spec, cells.collect::<Vec<f64>>())
        })
        .filter(|(_, cells)| cells.iter().any(|x| !x.is_nan()))
        .map(|(spec, cells)| row(&spec.label, cells.into_iter().map(format::short)))
        .collect()
}

/// One lane's map minus another's, with what it is; or why there is none.
pub fn difference(
    run: &Run,
    lanes: &Lanes,
    panel: usize,
) -> Option<Result<(String, Grid), String>> {
    let (other, base) = lanes.compared(run).filter(|_| lanes.difference)?;
    let names = format!("{} minus {}", letter(other.lane), letter(base.lane));
    let grid = |lane: &'_ Run| match &lane.panels.get(panel)?.drawn.as_ref()?.data {
        PanelData::HeatMap(grid) => Some(grid.clone()),
        _ => None,
    };
    let (Some(mut grid), Some(subtracted)) = (grid(other), grid(base)) else {
        return Some(Err(format!("{names}: not both are there yet")));
    };
    let same = |grid: &Grid| (grid.shape, grid.window, grid.rows, grid.cols, grid.reduce);
    if same(&grid) != same(&subtracted) {
        return Some(Err(format!("{names}: they have other shapes")));
    }
    for (value, less) in grid.values.iter_mut().zip(&subtracted.values) {
        *value -= less;
    }
    grid.cell = grid.cell.zip(subtracted.cell).map(|(cell, less)| Cell {
        value: cell.value - less.value,
        ..cell
    });
    grid.signed = true;
    grid.stats = statistics(&grid.values);
    Some(Ok((names, grid)))
}

/// Of the blocks that are shown: the elements are with the models.
fn statistics(values: &[f32]) -> GridStats {
    let mut finite: Vec<f64> = values.iter().map(|&x| f64::from(x)).collect();
    finite.retain(|x| x.is_finite());
    let count = finite.len().max(1) as f64;
    let mean = finite.iter().sum::<f64>() / count;
    let variance = finite.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count;
    let zeros = finite.iter().filter(|x| **x == 0.0).count() as f64 / count;
    let extreme = |from: f64, pick: fn(f64, f64) -> f64| finite.iter().copied().fold(from, pick);
    let (min, max) = (
        extreme(f64::INFINITY, f64::min),
        extreme(f64::NEG_INFINITY, f64::max),
    );
    let mut sizes: Vec<f64> = finite.iter().map(|x| x.abs()).collect();
    sizes.sort_by(f64::total_cmp);
    let p99 = sizes.get(sizes.len().saturating_sub(1) * 99 / 100);
    GridStats {
        mean,
        sd: variance.sqrt(),
        min,
        max,
        p99: p99.copied().unwrap_or(f64::NAN),
        non_finite: (values.len() - finite.len()) as u64,
        zeros,
    }
}
