//! The characters that stand for things, in Unicode and in ASCII.

use ratatui::symbols::border;

/// One set of characters. All are one column wide.
#[derive(Debug)]
pub struct Symbols {
    pub border: border::Set<'static>,
    /// The border of the panel with the focus: it differs by shape, not by colour alone.
    pub border_focus: border::Set<'static>,
    pub horizontal: char,
    pub vertical: char,
    /// A vertical line that lets the curve show through: marks, crosshair.
    pub vertical_dotted: char,
    /// A horizontal line of theory.
    pub horizontal_dashed: char,
    /// Axis with a label beside it.
    pub tick: char,
    pub corner: char,
    /// Stands beside the selected row.
    pub pointer: char,
    pub up: char,
    pub down: char,
    pub left: char,
    pub right: char,
    /// Running, paused, finished, fault: first character of the state in the status line.
    pub running: char,
    pub paused: char,
    pub done: char,
    pub fault: char,
    pub on: char,
    pub off: char,
    /// NaN or infinite, in maps, charts and tables.
    pub not_finite: char,
    /// Text goes on beyond the edge.
    pub ellipsis: char,
    /// A slider: filled part, knob, rest.
    pub slider: [char; 3],
    /// From empty to full, upwards: sparklines and histograms.
    pub heights: &'static [char],
    /// From empty to full, rightwards: bars.
    pub widths: &'static [char],
    /// Separates items on one line.
    pub separator: char,
    /// Between an old and a new value.
    pub becomes: &'static str,
}

pub(super) static UNICODE: Symbols = Symbols {
    border: border::PLAIN,
    border_focus: border::THICK,
    horizontal: '─',
    vertical: '│',
    vertical_dotted: '┊',
    horizontal_dashed: '╌',
    tick: '┤',
    corner: '└',
    pointer: '▸',
    up: '▴',
    down: '▾',
    left: '◂',
    right: '▸',
    running: '▸',
    paused: '‖',
    done: '▪',
    fault: '!',
    on: '▪',
    off: '▫',
    not_finite: '×',
    ellipsis: '…',
    slider: ['━', '█', '─'],
    heights: &[' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
    widths: &[' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'],
    separator: '│',
    becomes: "→",
};

const ASCII_BORDER: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

const ASCII_BORDER_FOCUS: border::Set<'static> = border::Set {
    top_left: "#",
    top_right: "#",
    bottom_left: "#",
    bottom_right: "#",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "=",
    horizontal_bottom: "=",
};

pub(super) static ASCII: Symbols = Symbols {
    border: ASCII_BORDER,
    border_focus: ASCII_BORDER_FOCUS,
    horizontal: '-',
    vertical: '|',
    vertical_dotted: ':',
    horizontal_dashed: '-',
    tick: '+',
    corner: '+',
    pointer: '>',
    up: '^',
    down: 'v',
    left: '<',
    right: '>',
    running: '>',
    paused: '=',
    done: '.',
    fault: '!',
    on: 'x',
    off: '.',
    not_finite: 'x',
    ellipsis: '~',
    slider: ['=', '#', '-'],
    heights: &[' ', '.', ':', '-', '=', '+', '*', '#', '@'],
    widths: &[' ', '-', '=', '#'],
    separator: '|',
    becomes: "->",
};

#[cfg(test)]
mod tests {
    use ratatui::text::Span;

    use super::*;

    fn characters(set: &Symbols) -> Vec<String> {
        let borders = [set.border, set.border_focus].into_iter().flat_map(|b| {
            [
                b.top_left,
                b.top_right,
                b.bottom_left,
                b.bottom_right,
                b.vertical_left,
                b.vertical_right,
                b.horizontal_top,
                b.horizontal_bottom,
            ]
        });
        [
            set.horizontal,
            set.vertical,
            set.vertical_dotted,
            set.horizontal_dashed,
            set.tick,
            set.corner,
            set.pointer,
            set.up,
            set.down,
            set.left,
            set.right,
            set.running,
            set.paused,
            set.done,
            set.fault,
            set.on,
            set.off,
            set.not_finite,
            set.ellipsis,
            set.separator,
        ]
        .iter()
        .chain(&set.slider)
        .chain(set.heights)
        .chain(set.widths)
        .map(char::to_string)
        .chain(borders.map(str::to_owned))
        .collect()
    }

    #[test]
    fn all_are_one_column_wide_and_the_second_set_is_ascii() {
        for set in [&UNICODE, &ASCII] {
            for symbol in characters(set) {
                assert_eq!(Span::raw(symbol.as_str()).width(), 1, "{symbol:?}");
            }
        }
        assert!(characters(&ASCII).iter().all(|s| s.is_ascii()));
        assert!(ASCII.becomes.is_ascii());
    }

    #[test]
    fn states_and_switches_differ_by_glyph() {
        for set in [&UNICODE, &ASCII] {
            let states = [set.running, set.paused, set.done, set.fault];
            for i in 0..states.len() {
                assert!(!states[..i].contains(&states[i]));
            }
            assert_ne!(set.on, set.off);
            assert_ne!(set.border, set.border_focus);
        }
    }
}
