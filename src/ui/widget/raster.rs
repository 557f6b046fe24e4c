//! Spikes of some cells on a sweep display: a bar moves, and only what it passes changes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::canvas::{Canvas, DotSet, Importance};
use super::format;
use super::panel_box::{PanelBox, title_line};
use super::pen::Pen;
use crate::models::panel::{Band, Raster};
use crate::ui::theme::{Role, Theme};

/// Columns for the names of the bands.
const NAMES: u16 = 3;

/// Dots are spikes, time to the right, a row of dots for each cell; bands have their own rows and
/// colour. Columns just behind the bar are blank.
#[derive(Clone, Debug)]
pub struct RasterView<'a> {
    pub theme: Theme,
    pub title: &'a str,
    pub raster: &'a Raster,
    /// The cell under the cursor.
    pub cursor: Option<u32>,
    pub focused: bool,
}

impl RasterView<'_> {
    /// The rows and columns of dots that a raster in `area` has.
    pub fn capacity(theme: Theme, area: Rect) -> (u16, u16) {
        let (across, down) = DotSet::of(theme.glyphs).dots();
        let (plot, _) = Self::parts(area);
        (
            plot.height.saturating_mul(down as u16),
            plot.width.saturating_mul(across as u16),
        )
    }

    /// The dots, and the line of the axis below them.
    fn parts(area: Rect) -> (Rect, Rect) {
        let inner = inside(area);
        let names = if inner.width >= 20 { NAMES } else { 0 };
        let axis = u16::from(inner.height >= 4);
        let plot = Rect {
            x: inner.x + names,
            width: inner.width - names,
            height: inner.height - axis,
            ..inner
        };
        let below = Rect {
            y: plot.bottom(),
            height: axis,
            ..plot
        };
        (plot, below)
    }

    fn notes(&self) -> Vec<String> {
        let of = |band: &Band| {
            let cells = format::count(f64::from(band.cells));
            format!("{} {} of {cells}", band.label, band.rows)
        };
        let bands = self.raster.bands.iter().map(of);
        let cursor = self.cursor.filter(|_| self.focused);
        let cell = cursor.map(|cell| format!("{} cell {cell}", self.theme.symbols().pointer));
        cell.into_iter().chain(bands).collect()
    }

    /// Rows of cells for each band: at least one, together all.
    fn heights(&self, rows: u16) -> Vec<u16> {
        let bands = &self.raster.bands;
        let total: u32 = bands.iter().map(|band| u32::from(band.rows)).sum();
        let mut left = rows;
        let mut heights = Vec::new();
        for (i, band) in bands.iter().enumerate() {
            let after = (bands.len() - 1 - i) as u16;
            let share = u32::from(rows) * u32::from(band.rows) / total.max(1);
            let height = if after == 0 {
                left
            } else {
                (share as u16).max(1).min(left.saturating_sub(after))
            };
            heights.push(height);
            left -= height;
        }
        heights
    }
}

impl Widget for RasterView<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let area = area.intersection(buf.area);
        let notes = self.notes();
        if is_boxed(area) {
            PanelBox {
                theme: self.theme,
                title: self.title,
                notes: &notes,
                focused: self.focused,
            }
            .render(area, buf);
        } else if area.height >= 3 {
            title_line(self.theme, self.title, &notes, Role::Title, area, buf);
        }
        let (plot, below) = Self::parts(area);
        if plot.is_empty() || self.raster.cols == 0 {
            return;
        }
        let set = DotSet::of(self.theme.glyphs);
        let (across, down) = set.dots();
        let width = usize::from(plot.width) * across;
        let column = |col: u16| usize::from(col) * width / usize::from(self.raster.cols);
        let mut top = 0;
        for (band, height) in self.raster.bands.iter().zip(self.heights(plot.height)) {
            let style = self.theme.series(usize::from(band.group)).style;
            let dots = usize::from(height) * down;
            let mut canvas = Canvas::new(set, plot.width, height);
            for &(col, row) in &band.dots {
                let y = usize::from(row) * dots / usize::from(band.rows.max(1));
                canvas.dot(column(col), y, Importance::Line, style);
            }
            let place = Rect {
                y: plot.y + top,
                height,
                ..plot
            };
            canvas.render(place, buf);
            if plot.x >= area.x + NAMES {
                let names = Rect {
                    x: plot.x - NAMES,
                    width: NAMES,
                    ..place
                };
                let mut pen = Pen::new(self.theme, names, buf);
                let name = pen.clip(&band.label, NAMES - 1);
                pen.text(0, 0, &name, style);
                self.pointers(band, height, &mut pen);
            }
            top += height;
        }
        self.bar(plot, (column(self.raster.now) / across) as u16, buf);
        self.axis(below, buf);
    }
}

impl RasterView<'_> {
    /// Beside the cell that is looked at, and beside the one under the cursor.
    fn pointers(&self, band: &Band, height: u16, pen: &mut Pen) {
        let picked = self.raster.picked.as_ref().map(|picked| picked.cell);
        let cursor = self.cursor.filter(|_| self.focused);
        let marks = [(picked, Role::Dim), (cursor, Role::Crosshair)];
        for (cell, role) in marks {
            let row = cell.and_then(|cell| band.ids.iter().position(|id| *id == cell));
            if let Some(row) = row {
                let y = row * usize::from(height) / usize::from(band.rows.max(1));
                let style = self.theme.style(role);
                pen.char(NAMES - 1, y as u16, self.theme.symbols().pointer, style);
            }
        }
    }

    fn bar(&self, plot: Rect, x: u16, buf: &mut Buffer) {
        let bar = self.theme.symbols().vertical;
        let style = self.theme.style(Role::Crosshair);
        let mut pen = Pen::new(self.theme, plot, buf);
        for y in 0..plot.height {
            pen.char(x, y, bar, style);
        }
    }

    fn axis(&self, area: Rect, buf: &mut Buffer) {
        let style = self.theme.style(Role::Axis);
        let mut pen = Pen::new(self.theme, area, buf);
        let end = format::with_unit(&format::short(self.raster.sweep), "s");
        pen.text(0, 0, "0", style);
        let right = pen.width().saturating_sub(pen.width_of(&end));
        if right > 2 {
            pen.text(right, 0, &end, style);
        }
    }
}

fn is_boxed(area: Rect) -> bool {
    area.width >= 12 && area.height >= 5
}

fn inside(area: Rect) -> Rect {
    if is_boxed(area) {
        PanelBox::inner(area)
    } else {
        let top = u16::from(area.height >= 3);
        Rect {
            y: area.y + top,
            height: area.height - top,
            ..area
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::panel::Picked;
    use crate::ui::widget::testing::{PLAIN, THEMES, changed, check_limits, drawn, text};

    fn raster(now: u16) -> Raster {
        let band = |label: &str, group, rows, dots| Band {
            label: label.into(),
            group,
            rows,
            cells: 800,
            ids: (0..rows)
                .map(|row| 100 * u32::from(group) + u32::from(row))
                .collect(),
            dots,
        };
        let e = (0..80)
            .filter(|k| k % 3 == 0)
            .map(|k| (k, k % 24))
            .collect();
        let i = (0..80).filter(|k| k % 2 == 0).map(|k| (k, k % 8)).collect();
        Raster {
            sweep: 1.0,
            cols: 80,
            now,
            bands: vec![band("E", 0, 24, e), band("I", 1, 8, i)],
            picked: Some(Picked {
                param: "watch".into(),
                cell: 9,
            }),
        }
    }

    fn view(theme: Theme, raster: &Raster) -> RasterView<'_> {
        RasterView {
            theme,
            title: "raster",
            raster,
            cursor: Some(103),
            focused: false,
        }
    }

    #[test]
    fn every_theme_and_size_keeps_its_limits() {
        let raster = raster(33);
        for theme in THEMES {
            for (width, height) in [(0, 0), (1, 1), (11, 3), (12, 5), (46, 13), (120, 40)] {
                let area = Rect::new(0, 0, width, height);
                let buf = drawn(width, height, |area, buf| {
                    view(theme, &raster).render(area, buf)
                });
                check_limits(theme, area, &buf).unwrap();
            }
        }
    }

    #[test]
    fn bands_stand_above_each_other() {
        let raster = raster(40);
        let buf = drawn(46, 13, |area, buf| view(PLAIN, &raster).render(area, buf));
        insta::assert_snapshot!(text(&buf));
    }

    #[test]
    fn pointers_stand_beside_the_picked_cell_and_the_cursor() {
        let raster = raster(40);
        let buf = drawn(60, 13, |area, buf| {
            RasterView {
                focused: true,
                ..view(PLAIN, &raster)
            }
            .render(area, buf);
        });
        insta::assert_snapshot!(text(&buf));
    }

    /// The point of a sweep: the bar moves, the rest stays.
    #[test]
    fn moving_on_changes_little() {
        let (before, after) = (raster(20), raster(22));
        let [a, b] = [&before, &after]
            .map(|r| drawn(46, 13, |area, buf| view(THEMES[0], r).render(area, buf)));
        assert!(changed(&a, &b) <= 2 * 10);
    }
}
