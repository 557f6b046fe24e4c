//! Horizontal bars with their names and numbers, from zero to the right or to both sides.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::format;
use super::pen::Pen;
use crate::models::panel::Bar;
use crate::ui::theme::{Role, Theme};

const LONGEST_LABEL: u16 = 14;
/// Shorter bars are left out.
const LEAST_BAR: u16 = 5;
/// Bars stand in two columns rather than be cut off if both are at least so wide.
const LEAST_COLUMN: u16 = 22;

/// A marked bar has a pointer. Where the bars are an answer, a largest one that is not the marked one
/// stands out, because it is wrong.
#[derive(Clone, Debug)]
pub struct Bars<'a> {
    pub theme: Theme,
    pub bars: &'a [Bar],
    /// The length of a full bar; `None` takes the largest magnitude.
    pub full: Option<f64>,
    /// Whether the marked bar is the one that should be largest.
    pub is_answer: bool,
}

impl Bars<'_> {
    /// Rows that show all bars one below the other.
    pub fn rows(&self) -> u16 {
        self.bars.len().min(usize::from(u16::MAX)) as u16
    }

    /// Whether two columns of bars stand side by side in so many columns.
    pub fn fits_two_columns(&self, width: u16) -> bool {
        width >= 2 * LEAST_COLUMN + 2
    }

    /// The least columns that show labels, bars and numbers.
    pub fn least_width(&self) -> u16 {
        let parts = Parts::new(self, u16::MAX);
        2 + parts.label + 1 + LEAST_BAR + 2 + parts.number
    }
}

impl Widget for Bars<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let area = area.intersection(buf.area);
        if area.is_empty() || self.bars.is_empty() {
            return;
        }
        let rows = usize::from(area.height);
        let columns = if self.bars.len() > rows && self.fits_two_columns(area.width) {
            2
        } else {
            1
        };
        let hidden = self.bars.len().saturating_sub(rows * columns);
        // What is not shown is said in the last row.
        let per_column = self.bars.len().div_ceil(columns).min(rows);
        let shown = if hidden > 0 {
            per_column * columns - 1
        } else {
            self.bars.len()
        };
        let width = (area.width - 2 * (columns as u16 - 1)) / columns as u16;
        let parts = Parts::new(&self, width);
        for (i, bar) in self.bars.iter().take(shown).enumerate() {
            let (column, row) = ((i / per_column) as u16, (i % per_column) as u16);
            let place = Rect {
                x: area.x + column * (width + 2),
                y: area.y + row,
                width,
                height: 1,
            };
            parts.draw(bar, Pen::new(self.theme, place, buf));
        }
        if hidden > 0 {
            let mut pen = Pen::new(self.theme, area, buf);
            let x = (columns as u16 - 1) * (width + 2) + 2;
            let words = format!("+{} more", self.bars.len() - shown);
            pen.say(x, rows as u16 - 1, &words, Role::Dim);
        }
    }
}

/// What all rows of bars have in common.
struct Parts {
    theme: Theme,
    label: u16,
    number: u16,
    bar: u16,
    full: f64,
    magnitude: f64,
    signed: bool,
    /// The value that stands out unless it is marked.
    wrong: Option<f64>,
}

impl Parts {
    fn new(bars: &Bars<'_>, width: u16) -> Self {
        let finite = || {
            bars.bars
                .iter()
                .map(|bar| bar.value)
                .filter(|x| x.is_finite())
        };
        let longest = bars.bars.iter().map(|bar| bar.label.chars().count());
        let label = longest.max().unwrap_or(0).min(usize::from(LONGEST_LABEL)) as u16;
        // Pointer and blank before the label, a blank on both sides of the bar.
        let room = width.saturating_sub(2 + label + 1);
        let magnitude = finite().map(f64::abs).fold(0.0, f64::max);
        let signed = finite().any(|x| x < 0.0);
        let number = number_width(magnitude, signed);
        let (bar, number) = match room {
            room if room > number + LEAST_BAR => (room - number - 1, number),
            room if room >= number => (0, number),
            room => (room, 0),
        };
        let full = bars.full.filter(|full| *full > 0.0).unwrap_or(magnitude);
        Self {
            theme: bars.theme,
            label,
            number,
            bar,
            full: if full > 0.0 { full } else { 1.0 },
            magnitude,
            signed,
            wrong: bars
                .is_answer
                .then(|| finite().fold(f64::NEG_INFINITY, f64::max)),
        }
    }

    fn draw(&self, bar: &Bar, mut pen: Pen<'_>) {
        let role = match (bar.marked, Some(bar.value) == self.wrong) {
            (true, _) => Role::Good,
            (false, true) => Role::Warn,
            (false, false) => Role::Bar,
        };
        let name = if bar.marked { Role::Good } else { Role::Text };
        if bar.marked {
            pen.char(
                0,
                0,
                self.theme.symbols().pointer,
                self.theme.style(Role::Good),
            );
        }
        let label = pen.clip(&bar.label, self.label);
        pen.say(2, 0, &label, name);
        let left = 2 + self.label + 1;
        if self.bar > 0 {
            self.draw_bar(bar.value, left, role, &mut pen);
        }
        if self.number > 0 {
            let number = self.words(bar.value);
            let end = left + self.bar + u16::from(self.bar > 0) + self.number;
            pen.text_right(end, 0, &number, self.theme.style(Role::Value));
        }
    }

    fn words(&self, value: f64) -> String {
        match decimals(self.magnitude) {
            Some(decimals) if value.is_finite() => {
                let words = format!("{value:.decimals$}");
                let is_zero = !words.contains(|c: char| ('1'..='9').contains(&c));
                if is_zero {
                    words.replace('-', "")
                } else {
                    words
                }
            }
            _ => format::short(value),
        }
    }

    fn draw_bar(&self, value: f64, left: u16, role: Role, pen: &mut Pen<'_>) {
        let style = self.theme.style(role);
        if !value.is_finite() {
            let not_finite = self.theme.symbols().not_finite;
            let zero = if self.signed {
                left + self.bar / 2
            } else {
                left
            };
            pen.char(zero, 0, not_finite, self.theme.style(Role::Bad));
            return;
        }
        let share = (value / self.full).clamp(-1.0, 1.0);
        if !self.signed {
            let bar = eighths(self.theme, share * f64::from(self.bar));
            pen.text(left, 0, &bar, style);
            return;
        }
        let half = self.bar / 2;
        let zero = left + half;
        let length = share.abs() * f64::from(half);
        if share >= 0.0 {
            pen.text(zero + 1, 0, &eighths(self.theme, length), style);
        } else {
            // There are no blocks that grow from the right, so this side has whole cells.
            let cells = length.round() as u16;
            let full = self.theme.symbols().widths.last().copied().unwrap_or('#');
            (zero - cells..zero).for_each(|x| pen.char(x, 0, full, style));
        }
        pen.char(
            zero,
            0,
            self.theme.symbols().vertical,
            self.theme.style(Role::Axis),
        );
    }
}

/// All numbers have the decimals that the largest needs, so that they can be compared at a glance;
/// `None` where it is too large or too small for that.
fn decimals(magnitude: f64) -> Option<usize> {
    (0.01..1e4)
        .contains(&magnitude)
        .then(|| (2.0 - magnitude.log10().floor()).clamp(0.0, 3.0) as usize)
}

fn number_width(magnitude: f64, signed: bool) -> u16 {
    match decimals(magnitude) {
        // Digits before the point, and the point.
        Some(decimals) => match decimals {
            0 => 4 + u16::from(signed),
            _ => 5 + u16::from(signed),
        },
        None => format::SHORT_WIDTH as u16,
    }
}

/// A bar of so many cells, in as fine steps as the theme's glyphs allow. What is not zero is seen.
pub fn eighths(theme: Theme, cells: f64) -> String {
    let steps = theme.symbols().widths;
    let last = steps.len() - 1;
    if cells.is_nan() || cells <= 0.0 {
        return String::new();
    }
    let filled = (cells.min(f64::from(u16::MAX)) * last as f64)
        .round()
        .max(1.0) as usize;
    let mut bar: String = std::iter::repeat_n(steps[last], filled / last).collect();
    if !filled.is_multiple_of(last) {
        bar.push(steps[filled % last]);
    }
    bar
}
