//! The help: what this experiment is about, what each panel of this view means, every key.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Clear, Widget};

use super::words::{fill, flow, wrap};
use crate::models::param::display;
use crate::models::table::Applies;
use crate::ui::keys::{Binding, Context, STACKS, TABLE};
use crate::ui::state::State;
use crate::ui::state::run::Run;
use crate::ui::theme::{Glyphs, Role};
use crate::ui::widget::PanelBox;
use crate::ui::widget::Pen;

/// Wider lines are hard to read.
const WIDEST: u16 = 100;

/// On a wider terminal something of the screen stays visible beside the help.
const WHOLE_WIDTH: u16 = 140;

/// Columns for the keys of a row.
const KEYS: u16 = 20;

struct Line {
    lead: String,
    text: String,
    role: Role,
}

pub fn draw(state: &State, top: usize, area: Rect, buf: &mut Buffer) {
    let width = if area.width <= WHOLE_WIDTH {
        area.width
    } else {
        WIDEST
    };
    let frame = Rect {
        x: area.x + (area.width - width) / 2,
        width,
        height: area.height.saturating_sub(1),
        ..area
    };
    Clear.render(frame, buf);
    let inner = PanelBox::inner(frame);
    let lines = sought(
        lines(state, inner.width.saturating_sub(2).min(WIDEST)),
        &state.sought,
    );
    let height = usize::from(inner.height);
    let top = top.min(lines.len().saturating_sub(height));
    let end = (top + height).min(lines.len());
    let first = if lines.is_empty() { 0 } else { top + 1 };
    let mut notes = vec![format!("lines {first}-{end} of {}", lines.len())];
    if !state.sought.is_empty() {
        notes.push(format!("with `{}`", state.sought));
    }
    PanelBox {
        theme: state.theme,
        title: "help",
        notes: &notes,
        focused: true,
    }
    .render(frame, buf);
    let mut pen = Pen::new(state.theme, inner, buf);
    for (row, line) in lines[top..end].iter().enumerate() {
        let row = row as u16;
        pen.say(1, row, &line.lead, Role::Key);
        let x = if line.lead.is_empty() { 1 } else { 1 + KEYS };
        pen.say(x, row, &line.text, line.role);
    }
}

/// The headings, entries and paragraphs that contain a word.
fn sought(lines: Vec<Line>, word: &str) -> Vec<Line> {
    if word.is_empty() {
        return lines;
    }
    let mut entries: Vec<Vec<Line>> = Vec::new();
    for line in lines {
        // What goes on from the line before has a blank lead.
        match entries.last_mut().filter(|_| line.lead == " ") {
            Some(entry) => entry.push(line),
            None => entries.push(vec![line]),
        }
    }
    let has = |line: &Line| {
        let all = format!("{} {}", line.lead, line.text);
        all.to_lowercase().contains(word)
    };
    let found = entries.into_iter().filter(|entry| entry.iter().any(has));
    found.flatten().collect()
}

fn lines(state: &State, width: u16) -> Vec<Line> {
    let mut page = Page {
        lines: Vec::new(),
        width,
    };
    if let Some(run) = state.run.as_ref().filter(|_| state.start.is_none()) {
        about(run, &mut page);
        panels(run, &mut page);
        parameter(run, &mut page);
    }
    keys(state, &mut page);
    page.lines
}

struct Page {
    lines: Vec<Line>,
    width: u16,
}

impl Page {
    fn heading(&mut self, text: &str) {
        if !self.lines.is_empty() {
            self.line("", "", Role::Text);
        }
        self.line("", text, Role::Title);
    }

    fn line(&mut self, lead: &str, text: &str, role: Role) {
        self.lines.push(Line {
            lead: lead.to_owned(),
            text: text.to_owned(),
            role,
        });
    }

    fn paragraph(&mut self, text: &str, role: Role) {
        for line in wrap(text, self.width) {
            self.line("", &line, role);
        }
    }

    /// A word with its explanation beside it.
    fn entry(&mut self, lead: &str, text: &str) {
        let room = self.width.saturating_sub(KEYS);
        // What is too long for its column has a line of its own.
        let lead = if lead.chars().count() >= usize::from(KEYS) {
            self.line(lead, "", Role::Text);
            " "
        } else {
            lead
        };
        for (i, line) in wrap(text, room).iter().enumerate() {
            // A blank lead keeps the lines of an entry under each other.
            self.line(if i == 0 { lead } else { " " }, line, Role::Text);
        }
    }
}

fn about(run: &Run, page: &mut Page) {
    let Some(about) = &run.about else { return };
    let preset = &about.preset;
    page.heading(&format!("{}: {}", super::status::name(run), preset.title));
    page.paragraph(&flow(preset.about.trim()), Role::Text);
    if !preset.variants.is_empty() {
        page.paragraph(
            &format!("Variants: {}", preset.variants.join(", ")),
            Role::Dim,
        );
    }
    for expect in &preset.expect {
        let words = super::expect::words(expect);
        page.paragraph(
            &format!("Expected: {words} ({})", expect.source),
            Role::Theory,
        );
    }
}

fn panels(run: &Run, page: &mut Page) {
    let (Some(tab), Some(table)) = (run.tab(), run.description()) else {
        return;
    };
    page.heading(&format!("This view: {}", tab.name));
    for panel in tab
        .panels
        .iter()
        .filter_map(|&panel| table.panels.get(panel))
    {
        page.entry(&panel.label, &panel.meaning);
    }
    if run.is_log() {
        page.entry(
            "log",
            "Every change, refusal, mark and fault, with the step at which it happened.",
        );
    }
}

fn parameter(run: &Run, page: &mut Page) {
    let Some(spec) = run.spec(run.params.selected) else {
        return;
    };
    page.heading("The selected parameter");
    let when = match spec.applies {
        Applies::Quantum => "applies at once",
        Applies::Unit => "applies at the end of the unit",
        Applies::Restart => "waits for a reset (r)",
    };
    let facts = format!(
        "{} It takes {}; default {}; {when}.",
        spec.meaning,
        spec.allowed(),
        display(&spec.default)
    );
    page.entry(&spec.id, &facts);
}

/// The contexts that are active now first, then all others, each with its rows.
fn keys(state: &State, page: &mut Page) {
    let mut below = state.contexts_below_dialog();
    // What holds everywhere is one heading.
    below.sort_by_key(|context| matches!(context, Context::Global | Context::Always));
    let others = STACKS.iter().copied().flatten().copied();
    let mut seen: Vec<&str> = Vec::new();
    for context in below.into_iter().chain(others) {
        let title = context.title();
        if seen.contains(&title) {
            continue;
        }
        seen.push(title);
        page.heading(&format!("Keys: {title}"));
        let rows: Vec<&Binding> = TABLE
            .iter()
            .filter(|row| row.context.title() == title)
            .collect();
        let mut at = 0;
        while at < rows.len() {
            // Rows that say the same are one line with all their keys.
            let same = rows[at..]
                .iter()
                .take_while(|row| row.help == rows[at].help)
                .count();
            let lead: Vec<String> = rows[at..at + same]
                .iter()
                .map(|row| lead(state, row))
                .collect();
            let usage = rows[at].argument.usage();
            let help = fill(rows[at].help, state);
            let typed = if rows[at].typed {
                format!("  (:{} {usage}", rows[at].id).trim_end().to_owned() + ")"
            } else {
                String::new()
            };
            page.entry(&lead.join(" "), &format!("{help}{typed}"));
            at += same;
        }
    }
}

fn lead(state: &State, row: &Binding) -> String {
    let ascii = state.theme.glyphs == Glyphs::Ascii;
    let keys = state.keys.keys(row).iter();
    let names: Vec<String> = keys.map(|key| key.short(ascii)).collect();
    if names.is_empty() {
        format!(":{}", row.id)
    } else {
        names.join(" ")
    }
}
