//! The nearest colour that a terminal has.
//!
//! Widgets take their colours from the theme, at the right depth. This is the net under them: what
//! the terminal cannot show never reaches it.

use ratatui::style::Color;

use super::Depth;

type Rgb = (u8, u8, u8);

const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// xterm's default tones of the sixteen colours, in the order of their numbers.
const NAMED: [(Color, Rgb); 16] = [
    (Color::Black, (0, 0, 0)),
    (Color::Red, (205, 0, 0)),
    (Color::Green, (0, 205, 0)),
    (Color::Yellow, (205, 205, 0)),
    (Color::Blue, (0, 0, 238)),
    (Color::Magenta, (205, 0, 205)),
    (Color::Cyan, (0, 205, 205)),
    (Color::Gray, (229, 229, 229)),
    (Color::DarkGray, (127, 127, 127)),
    (Color::LightRed, (255, 0, 0)),
    (Color::LightGreen, (0, 255, 0)),
    (Color::LightYellow, (255, 255, 0)),
    (Color::LightBlue, (92, 92, 255)),
    (Color::LightMagenta, (255, 0, 255)),
    (Color::LightCyan, (0, 255, 255)),
    (Color::White, (255, 255, 255)),
];

/// The tone of entry `index` of xterm's palette.
pub fn xterm(index: u8) -> Rgb {
    match index {
        0..=15 => NAMED[usize::from(index)].1,
        16..=231 => {
            let i = usize::from(index - 16);
            (CUBE[i / 36], CUBE[i / 6 % 6], CUBE[i % 6])
        }
        232..=255 => {
            let grey = 8 + 10 * (index - 232);
            (grey, grey, grey)
        }
    }
}

/// `color` as a terminal of this depth can show it.
pub fn fit(color: Color, depth: Depth) -> Color {
    match (depth, color) {
        (Depth::Rgb, _) | (_, Color::Reset) => color,
        (Depth::None, _) => Color::Reset,
        (Depth::Indexed256, Color::Rgb(r, g, b)) => Color::Indexed(nearest_indexed((r, g, b))),
        (Depth::Ansi16, Color::Rgb(r, g, b)) => nearest_named((r, g, b)),
        (Depth::Ansi16, Color::Indexed(i)) => nearest_named(xterm(i)),
        (Depth::Indexed256 | Depth::Ansi16, _) => color,
    }
}

/// Squared distance weighted by the eye's sensitivity.
fn distance(a: Rgb, b: Rgb) -> u32 {
    let d = |x: u8, y: u8| u32::from(x.abs_diff(y)).pow(2);
    3 * d(a.0, b.0) + 6 * d(a.1, b.1) + 2 * d(a.2, b.2)
}

fn nearest_named(rgb: Rgb) -> Color {
    let (color, _) = NAMED
        .into_iter()
        .min_by_key(|&(_, tone)| distance(rgb, tone))
        .expect("sixteen colours");
    color
}

fn nearest_indexed(rgb: Rgb) -> u8 {
    (16..=255)
        .min_by_key(|&i| distance(rgb, xterm(i)))
        .expect("240 colours")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_of_the_palette_is_its_own_neighbour() {
        for i in 16..=255 {
            let (r, g, b) = xterm(i);
            let Color::Indexed(j) = fit(Color::Rgb(r, g, b), Depth::Indexed256) else {
                panic!("not indexed")
            };
            assert_eq!(xterm(j), (r, g, b), "{i} became {j}");
        }
        for (color, (r, g, b)) in NAMED {
            assert_eq!(fit(Color::Rgb(r, g, b), Depth::Ansi16), color);
        }
    }

    #[test]
    fn what_fits_is_left_alone_and_the_rest_is_brought_down() {
        assert_eq!(fit(Color::Rgb(1, 2, 3), Depth::Rgb), Color::Rgb(1, 2, 3));
        assert_eq!(
            fit(Color::Indexed(201), Depth::Indexed256),
            Color::Indexed(201)
        );
        assert_eq!(fit(Color::LightRed, Depth::Indexed256), Color::LightRed);
        assert_eq!(fit(Color::LightRed, Depth::Ansi16), Color::LightRed);
        assert_eq!(fit(Color::Indexed(196), Depth::Ansi16), Color::LightRed);
        assert_eq!(fit(Color::Indexed(4), Depth::Ansi16), Color::Blue);
        for color in [
            Color::Red,
            Color::Indexed(9),
            Color::Rgb(9, 9, 9),
            Color::Reset,
        ] {
            assert_eq!(fit(color, Depth::None), Color::Reset);
            assert_eq!(fit(Color::Reset, Depth::Ansi16), Color::Reset);
        }
    }
}
