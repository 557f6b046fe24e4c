//! What is shown of the runs, and what a key does to it.

use std::collections::BTreeSet;

use crate::sweep::{Watched, WatchedRun};
use crate::ui::state::field::Field;
use crate::ui::theme::Theme;
use crate::ui::widget::ChartState;

/// By what the runs are sorted, before the metrics.
pub const ORDERS: [&str; 3] = ["name", "state", "progress"];

pub struct State {
    pub title: String,
    pub theme: Theme,
    pub watched: Watched,
    /// Numbers of the runs that pass the filter, sorted.
    pub rows: Vec<usize>,
    /// Place among the rows.
    pub selected: usize,
    pub marked: BTreeSet<usize>,
    /// An index into [`ORDERS`], and beyond them into the metrics.
    pub order: usize,
    pub filter: Field,
    pub filtering: bool,
    /// Which metric of the marked runs lies over the list.
    pub overlay: Option<usize>,
    pub help: bool,
    pub chart: ChartState,
    /// Rows that were visible last.
    pub page: usize,
}

impl State {
    pub fn new(title: String, watched: Watched, theme: Theme) -> Self {
        Self {
            title,
            theme,
            watched,
            rows: Vec::new(),
            selected: 0,
            marked: BTreeSet::new(),
            order: 0,
            filter: Field::default(),
            filtering: false,
            overlay: None,
            help: false,
            chart: ChartState::default(),
            page: 1,
        }
    }

    /// The selected run stays selected where it still is in the list.
    pub fn arrange(&mut self) {
        let before = self.rows.get(self.selected).copied();
        let wanted = self.filter.text().to_lowercase();
        let runs = &self.watched.runs;
        let passes = |run: &WatchedRun| {
            let words = format!("{} {} {}", run.name, run.stage.word(), run.about);
            wanted
                .split_whitespace()
                .all(|part| words.to_lowercase().contains(part))
        };
        self.rows = (0..runs.len()).filter(|&i| passes(&runs[i])).collect();
        let order = self.order;
        match order {
            0 => {}
            1 => self
                .rows
                .sort_by(|&a, &b| runs[a].stage.cmp(&runs[b].stage)),
            2 => self
                .rows
                .sort_by(|&a, &b| runs[b].share().total_cmp(&runs[a].share())),
            // Largest first; what has no number goes last.
            _ => self.rows.sort_by(|&a, &b| {
                let key = |i: usize| {
                    let x = runs[i].last(order - ORDERS.len());
                    if x.is_nan() { f64::NEG_INFINITY } else { x }
                };
                key(b).total_cmp(&key(a))
            }),
        }
        let still = before.and_then(|run| self.rows.iter().position(|&row| row == run));
        let last = self.rows.len().saturating_sub(1);
        self.selected = still.unwrap_or(self.selected).min(last);
    }

    pub fn order_word(&self) -> &str {
        match self.order.checked_sub(ORDERS.len()) {
            None => ORDERS[self.order],
            Some(metric) => self.watched.metrics.get(metric).map_or("", String::as_str),
        }
    }

    /// Whether the key leaves the screen.
    pub fn press(&mut self, key: &str) -> bool {
        if self.filtering {
            self.type_filter(key);
            return false;
        }
        if self.help {
            self.help = false;
            return false;
        }
        let last = self.rows.len().saturating_sub(1);
        match key {
            "q" => return true,
            "up" | "k" => self.selected = self.selected.saturating_sub(1),
            "down" | "j" => self.selected = (self.selected + 1).min(last),
            "pageup" => self.selected = self.selected.saturating_sub(self.page),
            "pagedown" => self.selected = (self.selected + self.page).min(last),
            "home" => self.selected = 0,
            "end" => self.selected = last,
            "s" => self.order = (self.order + 1) % (ORDERS.len() + self.watched.metrics.len()),
            "/" => self.filtering = true,
            "space" => {
                if let Some(&run) = self.rows.get(self.selected) {
                    if !self.marked.remove(&run) {
                        self.marked.insert(run);
                    }
                    self.selected = (self.selected + 1).min(last);
                }
            }
            "o" => {
                let next = self.overlay.map_or(0, |metric| metric + 1);
                self.overlay = (next < self.watched.metrics.len()).then_some(next);
                self.chart.y.release();
            }
            "?" => self.help = true,
            "esc" if self.overlay.is_some() => self.overlay = None,
            "esc" => {
                self.marked.clear();
                self.filter = Field::default();
            }
            _ => {}
        }
        false
    }

    fn type_filter(&mut self, key: &str) {
        match key {
            "enter" => self.filtering = false,
            "esc" => {
                self.filtering = false;
                self.filter = Field::default();
            }
            "backspace" => self.filter.backspace(),
            "left" => self.filter.left(),
            "right" => self.filter.right(),
            "space" => self.filter.insert(' '),
            _ => {
                let mut characters = key.chars();
                if let (Some(c), None) = (characters.next(), characters.next()) {
                    self.filter.insert(c);
                }
            }
        }
    }
}
