//! The names of the lines with their last values, or those under the crosshair.

use ratatui::buffer::Buffer;

use super::super::format;
use super::super::pen::{Pen, Piece, text_width};
use super::layout::Layout;
use super::series::Prepared;
use super::{Chart, Line};
use crate::figure::axis::Axis;
use crate::models::table::Better;
use crate::ui::theme::Role;

/// A label longer than this is cut.
const LONGEST_LABEL: usize = 18;
const LONGEST_BRIEF: usize = 8;
/// A change by less than this share of the axis has no direction.
const STILL: f64 = 0.02;
/// Room for the number of entries that are left out.
const HIDDEN: u16 = 4;

/// How much an entry says, most first. The widths are matters of the labels alone, so that the
/// legend does not move with the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Detail {
    /// Marker, label, number in three digits, arrow.
    Full,
    /// Without the beginning that all labels share, without arrows and theories.
    Short,
    /// The same with short labels and two digits.
    Brief,
    /// Marker and number.
    Number,
}

/// The entries as they fit into a width: how much they say, and in how many rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fit {
    detail: Detail,
    pub rows: u16,
}

impl Detail {
    /// Characters of the number, and blanks behind the entry.
    fn number(self) -> (usize, u16) {
        match self {
            Self::Full => (format::SHORT_WIDTH, 3),
            Self::Short => (format::SHORT_WIDTH, 2),
            Self::Brief | Self::Number => (format::BRIEF_WIDTH, 2),
        }
    }

    fn shows(self, line: &Line<'_>) -> bool {
        self == Self::Full || !line.theory
    }

    fn label(self, chart: &Chart<'_>, line: &Line<'_>) -> String {
        let ellipsis = chart.theme.symbols().ellipsis;
        match self {
            Self::Full => format!(" {}", format::clip(line.label, LONGEST_LABEL, ellipsis)),
            Self::Short | Self::Brief => {
                let own = line.label.get(shared_beginning(chart.lines)..);
                let longest = if self == Self::Short {
                    LONGEST_LABEL
                } else {
                    LONGEST_BRIEF
                };
                let label = format::clip(own.unwrap_or(line.label), longest, ellipsis);
                // A number or a symbol such as E_5 may touch its marker, a word may not.
                let blank = if label.chars().count() > 3 { " " } else { "" };
                format!("{blank}{label}")
            }
            Self::Number => String::new(),
        }
    }

    fn width(self, chart: &Chart<'_>, line: &Line<'_>) -> u16 {
        let label = match text_width(chart.theme, &self.label(chart, line)) {
            0 => 0,
            label => label + 1,
        };
        let arrow = if self == Self::Full { 2 } else { 0 };
        1 + label + self.number().0 as u16 + arrow
    }

    /// Where the entries stand, left to right and then the next row.
    fn places(self, chart: &Chart<'_>, room: u16) -> Vec<(usize, u16, u16)> {
        let (mut x, mut row) = (0u16, 0u16);
        let shown = chart.lines.iter().enumerate();
        shown
            .filter(|(_, line)| self.shows(line))
            .map(|(i, line)| {
                let width = self.width(chart, line);
                if x > 0 && x.saturating_add(width) > room {
                    (x, row) = (0, row.saturating_add(1));
                }
                let at = (i, x, row);
                x = x.saturating_add(width).saturating_add(self.number().1);
                at
            })
            .collect()
    }
}

impl Fit {
    /// Everything in one row, or as much as fits in a few; `height` is that of the whole chart.
    pub(super) fn new(chart: &Chart<'_>, width: u16, height: u16) -> Self {
        let most = match height {
            0..=1 => 0,
            2..=6 => 1,
            7..=11 => 2,
            _ => height / 4,
        };
        let generous = if height < 12 { most.min(1) } else { most };
        // Ten curves without names are ten riddles: some rows of the chart are the smaller loss.
        let named = if height < 8 { most } else { height * 2 / 5 };
        let tries = [
            (Detail::Full, generous),
            (Detail::Short, generous),
            (Detail::Brief, generous),
            (Detail::Short, most),
            (Detail::Brief, most),
            (Detail::Brief, named),
            (Detail::Number, most),
        ];
        let fits = |detail: Detail, rows: u16| {
            let places = detail.places(chart, width);
            let used = places.last().map_or(0, |(.., row)| row + 1);
            let widest = chart
                .lines
                .iter()
                .map(|line| detail.width(chart, line))
                .max();
            (used <= rows && widest.unwrap_or(0) <= width).then_some(Self { detail, rows: used })
        };
        let fit = tries
            .into_iter()
            .find_map(|(detail, rows)| fits(detail, rows));
        fit.unwrap_or(Self {
            detail: Detail::Number,
            rows: most,
        })
    }
}

pub(super) fn draw(
    chart: &Chart<'_>,
    layout: &Layout,
    fit: Fit,
    y: &Axis,
    prepared: &[Prepared],
    buf: &mut Buffer,
) {
    if layout.legend.is_empty() {
        return;
    }
    let mut pen = Pen::new(chart.theme, layout.legend, buf);
    let rows = pen.height();
    let mut places = fit.detail.places(chart, pen.width());
    if places.iter().any(|(.., row)| *row >= rows) {
        places = fit.detail.places(chart, pen.width().saturating_sub(HIDDEN));
    }
    let hidden = places.iter().filter(|(.., row)| *row >= rows).count();
    for (i, x, row) in places {
        if row < rows {
            let pieces = entry(chart, &chart.lines[i], &prepared[i], y, fit.detail);
            pen.pieces(x, row, &pieces);
        }
    }
    if hidden > 0 {
        let style = chart.theme.style(Role::Dim);
        pen.text_right(pen.width(), rows - 1, &format!("+{hidden}"), style);
    }
}

fn entry(
    chart: &Chart<'_>,
    line: &Line<'_>,
    prepared: &Prepared,
    y: &Axis,
    detail: Detail,
) -> Vec<Piece> {
    let theme = chart.theme;
    let series = theme.series(line.group);
    let symbols = theme.symbols();
    let marker = if line.theory {
        symbols.horizontal_dashed
    } else {
        series.marker
    };
    let label = detail.label(chart, line);
    let blank = if label.is_empty() { "" } else { " " };
    let label = format!("{label}{blank}");
    let (value, rise) = value(chart, line, prepared, y);
    let number = match detail {
        Detail::Full | Detail::Short => format::short(value),
        Detail::Brief | Detail::Number => format::brief(value),
    };
    let width = detail.number().0;
    let mut pieces = vec![
        (marker.to_string(), series.style),
        (label, theme.style(Role::Dim)),
        (format!("{number:>width$}"), theme.style(Role::Value)),
    ];
    if detail == Detail::Full {
        let (arrow, role) = match rise {
            Some(rise) if rise > STILL => (symbols.up, direction(line.better, Better::Higher)),
            Some(rise) if rise < -STILL => (symbols.down, direction(line.better, Better::Lower)),
            _ => (' ', Role::Dim),
        };
        pieces.push((format!(" {arrow}"), theme.style(role)));
    }
    pieces
}

/// The number of an entry, and where it is going.
fn value(chart: &Chart<'_>, line: &Line<'_>, prepared: &Prepared, y: &Axis) -> (f64, Option<f64>) {
    if let Some(x) = chart.crosshair {
        let place = prepared.at(x);
        return (place.map_or(f64::NAN, |place| place.shown), None);
    }
    let smoothed = chart.smoothing.is_some() && !line.theory;
    let newest = prepared.newest();
    let value = newest.map(|place| if smoothed { place.shown } else { place.last });
    (
        value.unwrap_or(f64::NAN),
        prepared.trend(|shown| y.position(shown)),
    )
}

fn direction(better: Better, moved: Better) -> Role {
    match better {
        Better::Neither => Role::Dim,
        better if better == moved => Role::Good,
        _ => Role::Warn,
    }
}

/// Bytes of the words that the labels of all measured lines begin with. What remains is never empty.
fn shared_beginning(lines: &[Line<'_>]) -> usize {
    let mut labels = lines
        .iter()
        .filter(|line| !line.theory)
        .map(|line| line.label);
    let Some(first) = labels.next() else {
        return 0;
    };
    let mut shared = first.len();
    let mut others = 0;
    for label in labels {
        let same = first.bytes().zip(label.bytes()).take_while(|(a, b)| a == b);
        shared = shared.min(same.count());
        others += 1;
    }
    if others == 0 {
        return 0;
    }
    // Whole words only, and at least one character of each label is left.
    first.as_bytes()[..shared]
        .iter()
        .rposition(|byte| b" _".contains(byte))
        .map_or(0, |at| at + 1)
}
