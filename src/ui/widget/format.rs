//! Numbers and texts as words, in one place, so that the same quantity looks the same on every panel.
//!
//! Widths are bounded and digits do not jump: a number keeps its count of significant digits
//! (`0.0130`, not `0.013`), and [`fixed`] pads on the left.

use ratatui::text::Span;

pub use crate::figure::number::{MISSING, SHORT_WIDTH, count_tick, decade, round, short, tick};
use crate::figure::number::{plain_zero, scientific, significant};

/// Characters that [`brief`] never exceeds, sign included.
pub const BRIEF_WIDTH: usize = 6;

/// A number in two significant digits and at most [`BRIEF_WIDTH`] characters, where room is short:
/// `0.89`, `-12`, `0.071`, `1.4e-5`.
pub fn brief(x: f64) -> String {
    let magnitude = x.abs();
    let shown = if !x.is_finite() || magnitude == 0.0 {
        short(x)
    } else if (0.009_95..99_999.5).contains(&magnitude) {
        significant(x, 2)
    } else {
        format!("{x:.1e}")
    };
    if shown.len() <= BRIEF_WIDTH || !x.is_finite() {
        shown
    } else {
        format!("{x:.0e}")
    }
}

/// [`short`], padded on the left to `width`; text that is wider stays whole.
pub fn fixed(x: f64, width: usize) -> String {
    format!("{:>width$}", short(x))
}

/// [`short`] with the sign always written, as for a weight or a change of one.
pub fn signed(x: f64) -> String {
    if x > 0.0 {
        format!("+{}", short(x))
    } else {
        short(x)
    }
}

/// How many, in at most five characters below 10^15: `999`, `1.20k`, `12.4k`, `1.20M`.
pub fn count(n: f64) -> String {
    const SUFFIXES: [(f64, &str); 4] = [(1e3, "k"), (1e6, "M"), (1e9, "G"), (1e12, "T")];
    let magnitude = n.abs();
    if !n.is_finite() {
        return short(n);
    }
    if magnitude < 999.5 {
        return if magnitude.fract() == 0.0 || magnitude >= 99.95 {
            plain_zero(format!("{n:.0}"))
        } else {
            significant(n, 3)
        };
    }
    for (unit, suffix) in SUFFIXES {
        if magnitude < unit * 999.5 {
            return format!("{}{suffix}", significant(n / unit, 3));
        }
    }
    scientific(n)
}

/// A whole number with its digits in groups of three: `1 189 204`.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

/// A share of one as a percentage of at most five characters: `0%`, `<0.1%`, `1.1%`, `62%`.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if !percent.is_finite() {
        short(percent)
    } else if percent == 0.0 {
        "0%".into()
    } else if percent.abs() < 0.1 {
        if percent > 0.0 { "<0.1%" } else { "-0.1%" }.into()
    } else if percent.abs() < 9.95 {
        format!("{percent:.1}%")
    } else if percent.abs() < 9_999.5 {
        format!("{percent:.0}%")
    } else {
        format!("{}%", scientific(percent))
    }
}

/// The text of a number with its unit behind it, `4.90 Hz`; no unit, no space.
pub fn with_unit(number: &str, unit: &str) -> String {
    match unit {
        "" => number.into(),
        "%" | "°" => format!("{number}{unit}"),
        _ => format!("{number} {unit}"),
    }
}

/// Seconds in the unit that suits them: `3.50 µs`, `120 ms`, `12.0 s`, `3 min 20 s`, `2 h 05 min`.
pub fn duration(seconds: f64) -> String {
    let magnitude = seconds.abs();
    if !seconds.is_finite() {
        return short(seconds);
    }
    if magnitude == 0.0 {
        return "0 s".into();
    }
    if magnitude < 59.95 {
        let (unit, name) = match magnitude {
            m if m < 999.5e-6 => (1e-6, "µs"),
            m if m < 0.9995 => (1e-3, "ms"),
            _ => (1.0, "s"),
        };
        return format!("{} {name}", short(seconds / unit));
    }
    let sign = if seconds < 0.0 { "-" } else { "" };
    let whole = magnitude.round() as u64;
    let (hours, minutes) = (whole / 3600, whole / 60 % 60);
    if hours == 0 {
        format!("{sign}{minutes} min {:02} s", whole % 60)
    } else if hours < 100_000 {
        format!("{sign}{hours} h {minutes:02} min")
    } else {
        format!("{sign}{} h", scientific(magnitude / 3600.0))
    }
}

/// `text` in at most `width` characters, with `ellipsis` at the end where it is cut.
pub fn clip(text: &str, width: usize, ellipsis: char) -> String {
    if text.chars().count() <= width {
        return text.into();
    }
    let Some(kept) = width.checked_sub(1) else {
        return String::new();
    };
    let mut out: String = text.chars().take(kept).collect();
    out.push(ellipsis);
    out
}

/// Lines of at most `width` columns, broken between words where that is possible. Line breaks of the
/// text are kept.
pub fn wrap(text: &str, width: u16) -> Vec<String> {
    let width = usize::from(width.max(1));
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let indent: String = paragraph.chars().take_while(|c| *c == ' ').collect();
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let lead = if line.is_empty() { &indent } else { " " };
            if columns(&line) + columns(lead) + columns(word) <= width {
                line.push_str(lead);
                line.push_str(word);
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for c in word.chars() {
                if columns(&line) + columns(&c.to_string()) > width && !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
                line.push(c);
            }
        }
        lines.push(line);
    }
    lines
}

/// Columns that the text takes.
pub fn columns(text: &str) -> usize {
    Span::raw(text).width()
}

/// The words with every sign that plain ASCII lacks replaced by a near one.
pub fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' '..='~' => out.push(c),
            '–' | '—' | '−' => out.push('-'),
            '×' => out.push('x'),
            '±' => out.push_str("+-"),
            '·' => out.push('.'),
            '…' => out.push('~'),
            '→' => out.push('>'),
            '←' => out.push('<'),
            '°' => out.push_str("deg"),
            'µ' | 'μ' => out.push('u'),
            '∠' => out.push('<'),
            'Δ' => out.push('d'),
            'ᵀ' => out.push_str("^T"),
            '│' | '┊' | '╷' | '╵' => out.push('|'),
            '─' | '╌' | '━' => out.push('-'),
            '┤' | '├' | '┬' | '┴' | '┼' | '└' | '┘' | '┌' | '┐' => out.push('+'),
            _ => out.push('?'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn short_numbers_keep_sign_and_digits() {
        for (x, shown) in [
            (0.0, "0"),
            (-0.0, "0"),
            (-5.0, "-5.00"),
            (5.0, "5.00"),
            (0.0131, "0.0131"),
            (0.013, "0.0130"),
            (-0.0131, "-0.0131"),
            (0.009_999, "0.0100"),
            (0.001_31, "1.31e-3"),
            (-0.001_31, "-1.31e-3"),
            (9.996, "10.0"),
            (124.0, "124"),
            (-1234.0, "-1234"),
            (9_999.9, "1.00e4"),
            (12_400.0, "1.24e4"),
            (1e-12, "1.0e-12"),
            (-1e-12, "-1.0e-12"),
            (1e300, "1.0e300"),
            (-1e-300, "-1e-300"),
            (f64::MIN_POSITIVE / 4.0, "6e-309"),
            (f64::NAN, "–"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(short(x), shown, "{x:e}");
        }
        assert_eq!(fixed(-5.0, 8), "   -5.00");
        assert_eq!(signed(0.0214), "+0.0214");
        assert_eq!(signed(-0.0214), "-0.0214");
        assert_eq!(signed(0.0), "0");
        let shown = [0.885, -0.071, 12.34, -1234.0, 1.41e-5, -1.41e-5, 1e-12].map(brief);
        let expected = ["0.89", "-0.071", "12", "-1234", "1.4e-5", "-1e-5", "1e-12"];
        assert_eq!(shown, expected);
        let shown = [0.07, -5.0, 120.0, 1e-3, 0.0, f64::NAN].map(round);
        assert_eq!(shown, ["0.07", "-5", "120", "1e-3", "0", "–"]);
    }

    #[test]
    fn counts_have_suffixes() {
        for (n, shown) in [
            (0.0, "0"),
            (7.0, "7"),
            (12.4, "12.4"),
            (999.0, "999"),
            (999.6, "1.00k"),
            (1_200.0, "1.20k"),
            (12_400.0, "12.4k"),
            (-12_400.0, "-12.4k"),
            (999_600.0, "1.00M"),
            (1_200_000.0, "1.20M"),
            (3.4e9, "3.40G"),
            (f64::NAN, "–"),
        ] {
            assert_eq!(count(n), shown, "{n}");
        }
        assert_eq!(grouped(1_189_204), "1 189 204");
        assert_eq!(grouped(999), "999");
    }

    #[test]
    fn percentages_and_times() {
        for (share, shown) in [
            (0.0, "0%"),
            (0.000_4, "<0.1%"),
            (0.011, "1.1%"),
            (0.62, "62%"),
            (1.0, "100%"),
            (-0.05, "-5.0%"),
        ] {
            assert_eq!(percent(share), shown);
        }
        for (seconds, shown) in [
            (0.0, "0 s"),
            (3.5e-6, "3.50 µs"),
            (0.12, "120 ms"),
            (12.0, "12.0 s"),
            (200.0, "3 min 20 s"),
            (7_500.0, "2 h 05 min"),
        ] {
            assert_eq!(duration(seconds), shown);
        }
        assert_eq!(with_unit("4.90", "Hz"), "4.90 Hz");
        assert_eq!(with_unit("71.0", "°"), "71.0°");
        assert_eq!(with_unit("71.0", ""), "71.0");
    }

    #[test]
    fn ticks_have_the_decimals_of_their_step() {
        for (x, step, shown) in [
            (0.25, 0.25, "0.25"),
            (0.5, 0.25, "0.50"),
            (-1e-17, 0.1, "0.0"),
            (3.0, 1.0, "3"),
            (-2.5, 0.5, "-2.5"),
            (2e-7, 1e-7, "2e-7"),
            (2.5e6, 5e5, "2.5e6"),
            (0.0, 5e5, "0"),
        ] {
            assert_eq!(tick(x, step), shown);
        }
        assert_eq!(count_tick(1_185_000.0, 5_000.0), "1.185M");
        assert_eq!(count_tick(1_200_000.0, 100_000.0), "1.2M");
        assert_eq!(count_tick(12_500.0, 500.0), "12.5k");
        assert_eq!(count_tick(400.0, 100.0), "400");
        assert_eq!([-3, 0, 2, 4].map(decade), ["1e-3", "1", "100", "1e4"]);
    }

    #[test]
    fn cut_text_says_so() {
        assert_eq!(clip("energy", 6, '…'), "energy");
        assert_eq!(clip("energy", 4, '…'), "ene…");
        assert_eq!(clip("energy", 0, '…'), "");
        assert_eq!(ascii("∠71° ±Δ 3×4"), "<71deg +-d 3x4");
    }

    proptest! {
        #[test]
        fn any_number_fits_and_reads_back(x in prop::num::f64::ANY) {
            let shown = short(x);
            prop_assert!(shown.chars().count() <= SHORT_WIDTH, "{shown}");
            prop_assert!(brief(x).chars().count() <= BRIEF_WIDTH + 1, "{}", brief(x));
            if x.is_finite() && shown != "0" {
                let back: f64 = shown.parse().unwrap();
                prop_assert!(back.is_infinite() || (back / x - 1.0).abs() < 0.51 || x.abs() < 1e-300, "{shown} for {x:e}");
                prop_assert_eq!(shown.starts_with('-'), x < 0.0);
            }
        }

        #[test]
        fn nothing_panics(x in prop::num::f64::ANY, step in prop::num::f64::ANY) {
            let _ = (count(x), percent(x), duration(x), tick(x, step), count_tick(x, step), signed(x));
        }
    }
}
