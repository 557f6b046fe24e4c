//! The whole screen as one paragraph, where there is no room for panels.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::words::wrap;
use super::{footer, message, status};
use crate::models::param::display;
use crate::ui::state::State;
use crate::ui::state::run::Run;
use crate::ui::theme::Role;
use crate::ui::widget::Pen;
use crate::ui::widget::format;

pub fn draw(state: &State, run: &Run, area: Rect, buf: &mut Buffer) {
    let theme = state.theme;
    let lines = area.height.saturating_sub(1).max(1);
    let mut pen = Pen::new(
        theme,
        Rect {
            height: lines,
            ..area
        },
        buf,
    );
    let (word, role) = status::word(run, theme);
    let x = pen.say(0, 0, &word, role);
    pen.say(x + 1, 0, &status::name(run), Role::Accent);
    let facts = [progress(run), numbers(run), parameter(run)];
    let facts: Vec<String> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
    let (said, tone) = message::words(run);
    let paragraphs = [(facts.join("; "), Role::Text), (said, tone)];
    let mut row = 1;
    for (text, role) in paragraphs {
        for line in wrap(&text, pen.width()) {
            pen.say(0, row, &line, role);
            row = row.saturating_add(1);
        }
    }
    if area.height > lines {
        let line = Rect {
            y: area.bottom() - 1,
            height: 1,
            ..area
        };
        footer::draw(state, line, buf);
    }
}

fn progress(run: &Run) -> String {
    let (Some(frame), Some(table)) = (&run.frame, run.description()) else {
        return String::new();
    };
    let step = format::grouped(frame.step);
    match run.planned() {
        Some(planned) => format!("{} {step} of {}", table.unit, format::grouped(planned)),
        None => format!("{} {step}", table.unit),
    }
}

/// The first few metrics that have a value.
pub fn numbers(run: &Run) -> String {
    let Some(table) = run.description() else {
        return String::new();
    };
    let valued = table.metrics.iter().zip(run.shown_metrics());
    let words = valued
        .filter(|(_, value)| value.is_finite())
        .take(8)
        .map(|(metric, value)| {
            format!(
                "{} {}",
                metric.label,
                format::with_unit(&format::short(*value), &metric.unit)
            )
        });
    words.collect::<Vec<_>>().join(", ")
}

fn parameter(run: &Run) -> String {
    let param = run.params.selected;
    let (Some(spec), Some(frame)) = (run.spec(param), &run.frame) else {
        return String::new();
    };
    match run.params.shown(frame, param) {
        Some((value, _)) => format!("{} = {}", spec.id, display(value)),
        None => String::new(),
    }
}
