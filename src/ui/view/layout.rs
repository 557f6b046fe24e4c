//! Where everything stands, by the size of the terminal.

use ratatui::layout::Rect;

use crate::models::table::PanelKind;
use crate::ui::state::run::Run;
use crate::ui::state::tab::{Focus, TabKind};

/// How much the terminal can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Room {
    /// One paragraph that says how things stand.
    Paragraph,
    /// A curve, numbers, parameters.
    Small,
    /// Three panels and parameters.
    Compact,
    Full,
}

/// A panel of the model and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    pub panel: usize,
    pub area: Rect,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    pub status: Rect,
    pub slots: Vec<Slot>,
    /// Which of how many pages of panels this is, from 1.
    pub page: (usize, usize),
    /// Where the log stands, in its view.
    pub log: Option<Rect>,
    pub params: Option<Rect>,
    pub message: Rect,
    pub footer: Rect,
}

/// A panel that is narrower or lower than this shows little; rather fewer at a time.
const LEAST_WIDTH: u16 = 36;
const LEAST_HEIGHT: u16 = 12;

pub fn room(area: Rect) -> Room {
    match (area.width, area.height) {
        (w, h) if w >= 110 && h >= 34 => Room::Full,
        (w, h) if w >= 72 && h >= 22 => Room::Compact,
        (w, h) if w >= 60 && h >= 16 => Room::Small,
        _ => Room::Paragraph,
    }
}

/// The places of everything on the screen of a run. In a paragraph there are none.
pub fn places(run: &Run, area: Rect) -> Places {
    let room = room(area);
    if room == Room::Paragraph {
        return Places::default();
    }
    let line = |y: u16| Rect {
        y,
        height: 1,
        ..area
    };
    let bottom = area.bottom();
    let said = super::message::height(run, area.width);
    let mut places = Places {
        status: line(area.y),
        message: Rect {
            y: bottom - 1 - said,
            height: said,
            ..area
        },
        footer: line(bottom - 1),
        ..Places::default()
    };
    let mut body = Rect {
        y: area.y + 1,
        height: area.height - 2 - said,
        ..area
    };
    let params_alone = run.zoomed && run.focus() == Focus::Parameters;
    if params_alone {
        places.params = Some(body);
        return places;
    }
    let height = params_height(run, room, area);
    if !(run.zoomed && room < Room::Full) && height > 0 {
        let (above, below) = split_below(body, height);
        body = above;
        places.params = Some(below);
    }
    if run.is_log() {
        places.log = Some(body);
        return places;
    }
    (places.slots, places.page) = slots(run, body, room);
    places
}

/// As many rows as the parameters need, within what the room allows; the border included.
fn params_height(run: &Run, room: Room, area: Rect) -> u16 {
    let count = run.description().map_or(0, |table| table.params.len());
    let columns = usize::from((area.width.saturating_sub(2) / super::params::COLUMN).max(1));
    let rows = count.div_ceil(columns).min(40) as u16;
    match room {
        // Two lines more explain the selected one.
        Room::Full => (rows + 4).clamp(6, area.height / 4),
        Room::Compact => (rows + 3).clamp(4, 6),
        Room::Small | Room::Paragraph => 4,
    }
}

type Paged = (Vec<Slot>, (usize, usize));

fn slots(run: &Run, body: Rect, room: Room) -> Paged {
    let Some(tab) = run.tab() else {
        return (Vec::new(), (1, 1));
    };
    let count = tab.panels.len();
    let number = |panel: usize| tab.panels.iter().position(|other| *other == panel);
    let focused = match tab.focus {
        Focus::Panel(panel) => Some(panel),
        _ => None,
    };
    if let Some(panel) = focused.filter(|_| run.zoomed) {
        let number = number(panel).map_or(1, |place| place + 1);
        return (vec![Slot { panel, area: body }], (number, count));
    }
    if room == Room::Small {
        let chart =
            |panel: &usize| matches!(run.panel_kind(*panel), Some(PanelKind::History { .. }));
        let first = focused.or_else(|| tab.panels.iter().copied().find(chart));
        let Some(panel) = first.or(tab.panels.first().copied()) else {
            return (Vec::new(), (1, 1));
        };
        let number = number(panel).map_or(1, |place| place + 1);
        return (vec![Slot { panel, area: body }], (number, count));
    }
    if tab.kind == TabKind::Overview && room == Room::Compact && tab.panels.len() > 2 {
        let (top, strip) = split_below(body, body.height * 2 / 5);
        let below = focused.filter(|panel| !tab.panels[..2].contains(panel));
        let below = below.unwrap_or(tab.panels[2]);
        let mut slots = row(run, &tab.panels[..2], top);
        slots.push(Slot {
            panel: below,
            area: strip,
        });
        let number = number(below).map_or(1, |place| place - 1);
        return (slots, (number, count - 2));
    }
    let across = usize::from(body.width / LEAST_WIDTH).clamp(1, 3);
    let down = usize::from(body.height / LEAST_HEIGHT).clamp(1, 4);
    let size = (across * down).max(1);
    // The page that holds the panel under focus.
    let page = focused.and_then(number).unwrap_or(0) / size;
    let panels = tab.panels.chunks(size).nth(page).unwrap_or(&[]);
    let pages = count.div_ceil(size).max(1);
    (grid(run, panels, body, across), (page + 1, pages))
}

/// Rows of panels; the first rows hold fewer, so that what matters most is largest.
fn grid(run: &Run, panels: &[usize], body: Rect, across: usize) -> Vec<Slot> {
    if panels.is_empty() {
        return Vec::new();
    }
    let across = match panels.len() {
        2..=4 => across.min(2),
        _ => across,
    };
    let count = panels.len().div_ceil(across);
    let mut rows: Vec<&[usize]> = Vec::new();
    let mut rest = panels;
    for index in 0..count {
        let take = if panels.len() == 3 && count == 2 && index == 0 {
            2
        } else {
            rest.len() / (count - index)
        };
        let (row, others) = rest.split_at(take);
        rows.push(row);
        rest = others;
    }
    let weights = rows.iter().map(|row| {
        let tallest = row.iter().map(|panel| weight_down(run, *panel)).max();
        u32::from(tallest.unwrap_or(1))
    });
    let heights = shares(body.height, &weights.collect::<Vec<_>>());
    let mut slots = Vec::new();
    let mut y = body.y;
    for (panels, height) in rows.into_iter().zip(heights) {
        slots.extend(row(run, panels, Rect { y, height, ..body }));
        y += height;
    }
    slots
}

/// A picture with a bar for each class needs more lines than a curve.
fn weight_down(run: &Run, panel: usize) -> u16 {
    match run.panel_kind(panel) {
        Some(PanelKind::Image | PanelKind::Raster) => 6,
        _ => 5,
    }
}

/// `whole` divided by weights, without a remainder.
fn shares(whole: u16, weights: &[u32]) -> Vec<u16> {
    let total = weights.iter().sum::<u32>().max(1);
    let mut before = 0;
    let mut used = 0;
    let mut shares = Vec::new();
    for weight in weights {
        before += weight;
        let end = (u32::from(whole) * before / total) as u16;
        shares.push(end - used);
        used = end;
    }
    shares
}

/// Panels side by side, each as wide as its kind needs.
fn row(run: &Run, panels: &[usize], area: Rect) -> Vec<Slot> {
    let weight = |panel: &usize| match run.panel_kind(*panel) {
        Some(PanelKind::Image | PanelKind::Histogram) => 4,
        _ => 5,
    };
    let weights: Vec<u32> = panels.iter().map(weight).collect();
    let mut x = area.x;
    let place = |(panel, width): (&usize, u16)| {
        let slot = Slot {
            panel: *panel,
            area: Rect { x, width, ..area },
        };
        x += width;
        slot
    };
    panels
        .iter()
        .zip(shares(area.width, &weights))
        .map(place)
        .collect()
}

fn split_below(area: Rect, height: u16) -> (Rect, Rect) {
    let height = height.min(area.height);
    let above = Rect {
        height: area.height - height,
        ..area
    };
    let below = Rect {
        y: above.bottom(),
        height,
        ..area
    };
    (above, below)
}
