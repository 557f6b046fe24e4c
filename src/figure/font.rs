//! How wide words are, and the strokes in which a picture of pixels writes them.
//!
//! A letter takes the room that it has in Helvetica, so that both kinds of file have one layout.

use super::drawing::Point;
use super::glyphs;

/// Advances of the printable ASCII characters, in thousandths of the size.
#[rustfmt::skip]
const ADVANCES: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// A unit of [`glyphs`] over the size: capitals are 7 units high.
const UNIT: f64 = 0.1026;

/// Corners of round strokes are cut off so far, in units.
const ROUND: f64 = 1.6;

/// Pieces of a rounded corner.
const PIECES: usize = 6;

fn advance(c: char) -> f64 {
    let place = (c as usize).checked_sub(0x20);
    let width = place.and_then(|place| ADVANCES.get(place)).copied();
    f64::from(width.unwrap_or(match c {
        '·' => 278,
        '°' => 400,
        _ => 580,
    })) / 1000.0
}

/// Length of the words at this size.
pub fn width(words: &str, size: f64) -> f64 {
    words.chars().map(advance).sum::<f64>() * size
}

/// The beginning of the words that is at most so long, with an ellipsis where it is cut.
pub fn clipped(words: &str, size: f64, longest: f64) -> String {
    if width(words, size) <= longest {
        return words.to_owned();
    }
    let room = longest - width("...", size);
    let mut length = 0.0;
    let fits = |c: &char| {
        length += advance(*c) * size;
        length <= room
    };
    let kept: String = words.chars().take_while(fits).collect();
    format!("{}...", kept.trim_end())
}

/// The strokes of the words from (0, 0) to the right, upwards being negative.
pub fn strokes(words: &str, size: f64) -> Vec<Vec<Point>> {
    let mut strokes = Vec::new();
    let mut left = 0.0;
    for c in words.chars() {
        let glyph = glyphs::strokes(c);
        let all = || {
            glyph
                .iter()
                .flat_map(|(_, points)| points)
                .map(|point| point.0)
        };
        let (low, high) = all().fold((f64::MAX, f64::MIN), |(low, high), x| {
            (low.min(x), high.max(x))
        });
        // In the middle of its advance.
        let start = left + (advance(c) - (high - low) * UNIT) / 2.0;
        for (round, points) in &glyph {
            let points = if *round {
                rounded(points)
            } else {
                points.clone()
            };
            let place = |(x, y): Point| (size * (start + (x - low) * UNIT), -size * y * UNIT);
            strokes.push(points.into_iter().map(place).collect());
        }
        left += advance(c);
    }
    strokes
}

/// The corners between the ends become arcs; where the ends meet, that one too.
fn rounded(points: &[Point]) -> Vec<Point> {
    let closed = points.len() > 2 && points.first() == points.last();
    let mut out = Vec::new();
    let inner = 1..points.len().saturating_sub(1);
    if !closed {
        out.extend(points.first());
    }
    for i in inner {
        corner(points[i - 1], points[i], points[i + 1], &mut out);
    }
    if closed {
        let last = points.len() - 1;
        corner(points[last - 1], points[last], points[1], &mut out);
        out.extend(out.first().copied());
    } else {
        out.extend(points.last());
    }
    out
}

fn corner(before: Point, at: Point, after: Point, out: &mut Vec<Point>) {
    let toward = |to: Point| {
        let (dx, dy) = (to.0 - at.0, to.1 - at.1);
        let share = (ROUND / dx.hypot(dy)).min(0.5);
        (at.0 + share * dx, at.1 + share * dy)
    };
    let (from, to) = (toward(before), toward(after));
    for i in 0..=PIECES {
        let t = i as f64 / PIECES as f64;
        let mix = |a: f64, b: f64, c: f64| {
            (1.0 - t) * (1.0 - t) * a + 2.0 * t * (1.0 - t) * b + t * t * c
        };
        out.push((mix(from.0, at.0, to.0), mix(from.1, at.1, to.1)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_stay_in_their_advance() {
        for c in (' '..='~').chain("µ°±·–×Δηαβτθσ".chars()) {
            let word = c.to_string();
            let xs: Vec<f64> = strokes(&word, 1.0).concat().iter().map(|p| p.0).collect();
            let (low, high) = (-0.01, width(&word, 1.0) + 0.01);
            assert!(xs.iter().all(|x| (low..=high).contains(x)), "{c}: {xs:?}");
            assert_eq!(xs.is_empty(), c == ' ', "{c}");
        }
    }

    #[test]
    fn what_does_not_fit_is_cut() {
        let cut = clipped("a rather long line of words", 10.0, 60.0);
        assert!(cut.ends_with("...") && width(&cut, 10.0) <= 60.0, "{cut}");
        assert_eq!(clipped("short", 10.0, 60.0), "short");
    }
}
