//! A picture as a list of shapes, which a file of vectors and one of pixels both are made of.
//!
//! Lengths are in points of 1/96 inch, from the top left.

pub type Point = (f64, f64);

pub type Colour = (u8, u8, u8);

pub const INK: Colour = (30, 30, 30);
pub const GREY: Colour = (120, 120, 120);
pub const FAINT: Colour = (205, 205, 205);
pub const PAPER: Colour = (255, 255, 255);

/// The pattern of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dash {
    #[default]
    Solid,
    Dashed,
    Dotted,
    DashDot,
}

impl Dash {
    /// Lengths of strokes and gaps in turn, in widths of the line. Ends are round: a stroke without
    /// length is a dot.
    pub fn pattern(self) -> &'static [f64] {
        match self {
            Self::Solid => &[],
            Self::Dashed => &[3.5, 3.0],
            Self::Dotted => &[0.0, 2.2],
            Self::DashDot => &[4.0, 2.6, 0.0, 2.6],
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Words {
    /// On the base line.
    pub at: Point,
    pub text: String,
    pub size: f64,
    pub anchor: Anchor,
    pub colour: Colour,
    pub bold: bool,
    /// Reads upwards.
    pub turned: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    Line {
        points: Vec<Point>,
        colour: Colour,
        width: f64,
        dash: Dash,
    },
    Area {
        points: Vec<Point>,
        colour: Colour,
        opacity: f64,
    },
    /// Upright bars that share a colour: left, top, width, height.
    Boxes {
        boxes: Vec<[f64; 4]>,
        colour: Colour,
    },
    Words(Words),
    /// What lies inside left, top, width, height.
    Clipped {
        window: [f64; 4],
        shapes: Vec<Shape>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    pub width: f64,
    pub height: f64,
    /// What it shows, for readers who do not see it.
    pub title: String,
    pub shapes: Vec<Shape>,
}

impl Shape {
    pub fn line(points: Vec<Point>, colour: Colour, width: f64) -> Self {
        Self::Line {
            points,
            colour,
            width,
            dash: Dash::Solid,
        }
    }

    pub fn words(at: Point, anchor: Anchor, size: f64, text: impl Into<String>) -> Self {
        Self::Words(Words {
            at,
            text: text.into(),
            size,
            anchor,
            colour: INK,
            bold: false,
            turned: false,
        })
    }
}
