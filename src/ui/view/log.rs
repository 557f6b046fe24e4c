//! The log: what happened, at which step.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use crate::engine::{LogKind, LogLine};
use crate::ui::state::run::Run;
use crate::ui::state::tab::Focus;
use crate::ui::theme::{Role, Theme};
use crate::ui::widget::PanelBox;
use crate::ui::widget::Pen;
use crate::ui::widget::format;

pub fn draw(run: &Run, theme: Theme, area: Rect, buf: &mut Buffer) {
    let lines = shown(run);
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
    let inner = PanelBox::inner(area);
    let mut pen = Pen::new(theme, inner, buf);
    let height = usize::from(pen.height());
    let end = lines.len()
        - run
            .log_view
            .back
            .min(lines.len().saturating_sub(1))
            .min(lines.len());
    let start = end.saturating_sub(height);
    for (row, line) in lines[start..end].iter().enumerate() {
        draw_line(line, row as u16, &mut pen);
    }
    if lines.is_empty() {
        pen.say(1, 0, "no line contains that", Role::Dim);
    }
}

fn draw_line(line: &LogLine, row: u16, pen: &mut Pen) {
    let (kind, role) = match line.kind {
        LogKind::Info => ("", Role::Text),
        LogKind::Edit => ("edit", Role::Mark),
        LogKind::Refused => ("refused", Role::Warn),
        LogKind::Fault => ("fault", Role::Bad),
    };
    let step = format!("{:>11} ", format::grouped(line.step));
    let x = pen.say(0, row, &step, Role::Dim);
    pen.say(x, row, kind, role);
    let text = pen.clip(&line.words, pen.width().saturating_sub(x + 9));
    let words = if line.kind == LogKind::Fault {
        Role::Bad
    } else {
        Role::Text
    };
    pen.say(x + 8, row, &text, words);
}

/// Lines that contain the filter, whatever the case.
fn shown(run: &Run) -> Vec<&LogLine> {
    let wanted = run.log_view.filter.to_lowercase();
    let passes = |line: &&LogLine| line.words.to_lowercase().contains(&wanted);
    run.log.iter().filter(passes).collect()
}
