//! The log: what happened, at which step.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::words::wrap;
use crate::engine::{LogKind, LogLine};
use crate::ui::state::run::Run;
use crate::ui::state::tab::Focus;
use crate::ui::theme::{Role, Theme};
use crate::ui::widget::PanelBox;
use crate::ui::widget::Pen;
use crate::ui::widget::format;

pub fn draw(run: &Run, theme: Theme, area: Rect, buf: &mut Buffer) {
    let lines = run.log_shown();
    let filter = &run.log_view.filter;
    let mut notes = vec![if filter.is_empty() {
        format!("{} lines", lines.len())
    } else {
        format!("{} of {} lines with `{filter}`", lines.len(), run.log.len())
    }];
    if run.log_view.back > 0 {
        notes.push(format!("{} below", run.log_view.back.min(lines.len())));
    }
    PanelBox {
        theme,
        title: "log",
        notes: &notes,
        focused: run.focus() == Focus::Log,
    }
    .render(area, buf);
    let mut pen = Pen::new(theme, PanelBox::inner(area), buf);
    let back = run.log_view.back.min(lines.len().saturating_sub(1));
    let end = lines.len() - back;
    // From the last line up, as many as fit with their continuations.
    let room = pen.width().saturating_sub(STEP + KIND + 1);
    let mut fitting: Vec<(&LogLine, Vec<String>)> = Vec::new();
    let mut used = 0;
    for line in lines[..end].iter().rev() {
        if used >= pen.height() {
            break;
        }
        let words = wrap(&line.words, room);
        used += (words.len() as u16).max(1);
        fitting.push((line, words));
    }
    let mut bottom = used.min(pen.height());
    for (line, words) in &fitting {
        let top = bottom.saturating_sub((words.len() as u16).max(1));
        draw_line(line, words, top, bottom, &mut pen);
        bottom = top;
    }
    if lines.is_empty() {
        pen.say(1, 0, "no line contains that", Role::Dim);
    }
}

/// Columns for the step and for the kind of a line.
const STEP: u16 = 12;
const KIND: u16 = 8;

/// Draws the rows of a line that end above `bottom`.
fn draw_line(line: &LogLine, words: &[String], top: u16, bottom: u16, pen: &mut Pen) {
    let (kind, role) = match line.kind {
        LogKind::Info => ("", Role::Text),
        LogKind::Edit => ("edit", Role::Mark),
        LogKind::Refused => ("refused", Role::Warn),
        LogKind::Fault => ("fault", Role::Bad),
        LogKind::Hit => ("break", Role::Warn),
    };
    let tone = match line.kind {
        LogKind::Fault => Role::Bad,
        _ => Role::Text,
    };
    let step = format!("{:>11} ", format::grouped(line.step));
    pen.say(0, top, &step, Role::Dim);
    pen.say(STEP, top, kind, role);
    for (row, words) in (top..bottom).zip(words) {
        pen.say(STEP + KIND, row, words, tone);
    }
}
