//! A table of words, numbers and sparklines.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::panel_box::{PanelBox, title_line};
use super::pen::{Pen, text_width};
use super::{format, sparkline};
use crate::engine::history::History;
use crate::models::panel::{Row, Table, TableCell};
use crate::ui::theme::{Role, Theme};

const SPACE: u16 = 2;
const LONGEST_LABEL: u16 = 20;
const LONGEST_WORDS: u16 = 24;
const NUMBER: u16 = format::SHORT_WIDTH as u16;
const SPARK: u16 = 8;

/// Numbers stand in columns of fixed width; columns that do not fit are counted in the header.
#[derive(Clone, Debug)]
pub struct TableView<'a> {
    pub theme: Theme,
    pub title: &'a str,
    pub table: &'a Table,
    /// Where the sparklines come from, and the samples that they cover.
    pub history: &'a History,
    pub from: u64,
    pub to: u64,
    /// The first row that is shown, if not all fit.
    pub scroll: usize,
    pub selected: Option<usize>,
    pub focused: bool,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    x: u16,
    width: u16,
    right: bool,
}

impl TableView<'_> {
    /// Rows that a table in `area` shows.
    pub fn rows_shown(area: Rect) -> usize {
        usize::from(inside(area).height.saturating_sub(1))
    }
}

impl Widget for TableView<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let area = area.intersection(buf.area);
        let shown = Self::rows_shown(area);
        let total = self.table.rows.len();
        let first = self.scroll.min(total.saturating_sub(shown));
        let last = (first + shown).min(total);
        let mut notes = Vec::new();
        if last - first < total && last > first {
            notes.push(match last - first {
                1 => format!("row {last} of {total}"),
                _ => format!("rows {}–{last} of {total}", first + 1),
            });
        }
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
        let mut pen = Pen::new(self.theme, inside(area), buf);
        if pen.width() == 0 || pen.height() == 0 {
            return;
        }
        let label = self.label_width().min(pen.width().saturating_sub(2));
        let places = self.places(2 + label + SPACE, pen.width());
        self.header(&places, &mut pen);
        for (y, number) in (1..).zip(first..last) {
            self.row(number, y, label, &places, &mut pen);
        }
    }
}

impl TableView<'_> {
    fn label_width(&self) -> u16 {
        let labels = self.table.rows.iter();
        let longest = labels.map(|row| text_width(self.theme, &row.label)).max();
        longest.unwrap_or(0).min(LONGEST_LABEL)
    }

    /// The columns that fit, from the left.
    fn places(&self, start: u16, width: u16) -> Vec<Place> {
        let mut x = start;
        let mut places = Vec::new();
        for (number, column) in self.table.columns.iter().enumerate() {
            let cells = || {
                self.table
                    .rows
                    .iter()
                    .filter_map(|row| row.cells.get(number))
            };
            let content = cells().map(|cell| match cell {
                TableCell::Words(words) => text_width(self.theme, words).min(LONGEST_WORDS),
                TableCell::Number(_) => NUMBER,
                TableCell::Spark(_) => NUMBER + 1 + SPARK,
            });
            let name = text_width(self.theme, &heading(&column.label, &column.unit));
            let wide = content.max().unwrap_or(0).max(name.min(LONGEST_WORDS));
            let right = !cells().all(|cell| matches!(cell, TableCell::Words(_)));
            if x + wide > width {
                break;
            }
            places.push(Place {
                x,
                width: wide,
                right,
            });
            x += wide + SPACE;
        }
        places
    }

    fn header(&self, places: &[Place], pen: &mut Pen<'_>) {
        let style = self.theme.style(Role::Dim);
        for (place, column) in places.iter().zip(&self.table.columns) {
            let words = pen.clip(&heading(&column.label, &column.unit), place.width);
            if place.right {
                pen.text_right(place.x + place.width, 0, &words, style);
            } else {
                pen.text(place.x, 0, &words, style);
            }
        }
        let hidden = self.table.columns.len() - places.len();
        if hidden > 0 {
            let end = places.last().map_or(0, |place| place.x + place.width + 1);
            let room = pen.width().saturating_sub(end);
            let words = format!("+{hidden} columns");
            let short = format!("+{hidden}");
            let words = [words, short]
                .into_iter()
                .find(|words| pen.width_of(words) <= room);
            pen.text_right(pen.width(), 0, &words.unwrap_or_default(), style);
        }
    }

    fn row(&self, number: usize, y: u16, label: u16, places: &[Place], pen: &mut Pen<'_>) {
        let row: &Row = &self.table.rows[number];
        let selected = self.selected == Some(number);
        if selected {
            let pointer = self.theme.symbols().pointer;
            pen.char(0, y, pointer, self.theme.style(Role::Focus));
        }
        let words = pen.clip(&row.label, label);
        pen.say(2, y, &words, Role::Text);
        for (place, cell) in places.iter().zip(&row.cells) {
            self.cell(cell, *place, y, pen);
        }
        if selected {
            pen.restyle(2, y, label, self.theme.style(Role::Selection));
        }
    }

    fn cell(&self, cell: &TableCell, place: Place, y: u16, pen: &mut Pen<'_>) {
        let end = place.x + place.width;
        let style = self.theme.style(Role::Value);
        match cell {
            TableCell::Words(words) => {
                let words = pen.clip(words, place.width);
                pen.say(place.x, y, &words, Role::Text);
            }
            TableCell::Number(x) => pen.text_right(end, y, &format::short(*x), style),
            TableCell::Spark(metric) => {
                let samples = self.history.samples();
                let latest = self
                    .history
                    .columns(*metric, samples.saturating_sub(1), samples, 1);
                let last = latest
                    .first()
                    .map_or(f64::NAN, |bucket| f64::from(bucket.last));
                let width = place.width.saturating_sub(NUMBER + 1);
                let columns = u64::from(width).min(self.to.saturating_sub(self.from));
                let course = self
                    .history
                    .columns(*metric, self.from, self.to, columns as usize);
                let values = sparkline::means(&course);
                let spark = sparkline::sparkline(self.theme, &values, width, None);
                pen.text(place.x, y, &spark, self.theme.style(Role::Bar));
                pen.text_right(end, y, &format::short(last), style);
            }
        }
    }
}

fn heading(label: &str, unit: &str) -> String {
    if unit.is_empty() {
        label.into()
    } else {
        format!("{label} {unit}")
    }
}

fn is_boxed(area: Rect) -> bool {
    area.width >= 12 && area.height >= 4
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
