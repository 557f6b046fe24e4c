//! A drawing as pixels, with smooth edges.

use super::drawing::{Anchor, Colour, Dash, Drawing, PAPER, Point, Shape, Words};
use super::font;

/// Lines in a row of pixels along which areas are measured.
const LINES: usize = 4;

/// Half the width of letters' strokes, over their size.
const PEN: f64 = 0.043;
const BOLD_PEN: f64 = 0.065;

/// Red, green and blue of every pixel, row by row.
pub struct Canvas {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<Colour>,
    scale: f64,
    /// First and behind the last column, first and behind the last row that may change.
    window: [usize; 4],
}

/// How much of each pixel in a rectangle a shape covers.
struct Cover {
    left: usize,
    top: usize,
    wide: usize,
    high: usize,
    shares: Vec<f32>,
}

/// Draws with so many pixels to a point.
pub fn paint(drawing: &Drawing, scale: f64) -> Canvas {
    let pixels = |length: f64| (length * scale).round().max(1.0) as usize;
    let (width, height) = (pixels(drawing.width), pixels(drawing.height));
    let mut canvas = Canvas {
        width,
        height,
        pixels: vec![PAPER; width * height],
        scale,
        window: [0, width, 0, height],
    };
    canvas.put(&drawing.shapes);
    canvas
}

impl Canvas {
    fn put(&mut self, shapes: &[Shape]) {
        for shape in shapes {
            match shape {
                Shape::Line {
                    points,
                    colour,
                    width,
                    dash,
                } => {
                    let pieces = dashed(points, *dash, *width);
                    self.strokes(&pieces, width / 2.0, *colour);
                }
                Shape::Area {
                    points,
                    colour,
                    opacity,
                } => self.area(points, *colour, *opacity),
                Shape::Boxes { boxes, colour } => {
                    boxes.iter().for_each(|frame| self.bar(*frame, *colour));
                }
                Shape::Words(words) => self.say(words),
                Shape::Clipped { window, shapes } => {
                    let outer = self.window;
                    let inner = self.columns_and_rows(*window);
                    self.window = [
                        inner[0].max(outer[0]),
                        inner[1].min(outer[1]),
                        inner[2].max(outer[2]),
                        inner[3].min(outer[3]),
                    ];
                    self.put(shapes);
                    self.window = outer;
                }
            }
        }
    }

    fn columns_and_rows(&self, [left, top, width, height]: [f64; 4]) -> [usize; 4] {
        [left, left + width, top, top + height].map(|x| (x * self.scale).round().max(0.0) as usize)
    }

    /// Whole pixels: bars side by side leave no seam.
    fn bar(&mut self, frame: [f64; 4], colour: Colour) {
        let [left, right, top, bottom] = self.columns_and_rows(frame);
        let [first, behind, upper, below] = self.window;
        for y in top.max(upper)..bottom.max(top + 1).min(below) {
            for x in left.max(first)..right.max(left + 1).min(behind) {
                self.pixels[y * self.width + x] = colour;
            }
        }
    }

    /// An empty cover around these points, as far as the window shows them.
    fn cover(&self, points: impl Iterator<Item = Point>, margin: f64) -> Option<Cover> {
        let (mut low, mut high) = ((f64::MAX, f64::MAX), (f64::MIN, f64::MIN));
        for (x, y) in points {
            low = (low.0.min(x), low.1.min(y));
            high = (high.0.max(x), high.1.max(y));
        }
        let [first, behind, upper, below] = self.window;
        let floor = |x: f64| (x - margin).floor().max(0.0) as usize;
        let ceil = |x: f64| (x + margin).ceil().max(0.0) as usize;
        let (left, top) = (floor(low.0).max(first), floor(low.1).max(upper));
        let (right, bottom) = (ceil(high.0).min(behind), ceil(high.1).min(below));
        (left < right && top < bottom).then(|| Cover {
            left,
            top,
            wide: right - left,
            high: bottom - top,
            shares: vec![0.0; (right - left) * (bottom - top)],
        })
    }

    fn blend(&mut self, cover: &Cover, colour: Colour, opacity: f64) {
        for row in 0..cover.high {
            let start = (cover.top + row) * self.width + cover.left;
            let shares = &cover.shares[row * cover.wide..(row + 1) * cover.wide];
            for (pixel, share) in self.pixels[start..].iter_mut().zip(shares) {
                let share = f64::from(*share) * opacity;
                let mix = |under: u8, over: u8| {
                    (f64::from(under) * (1.0 - share) + f64::from(over) * share).round() as u8
                };
                *pixel = (
                    mix(pixel.0, colour.0),
                    mix(pixel.1, colour.1),
                    mix(pixel.2, colour.2),
                );
            }
        }
    }

    /// Lines with round ends; where they cross nothing gets darker.
    fn strokes(&mut self, strokes: &[Vec<Point>], half: f64, colour: Colour) {
        let scale = self.scale;
        let half = half * scale;
        let scaled = |(x, y): &Point| (x * scale, y * scale);
        for stroke in strokes {
            let points: Vec<Point> = stroke.iter().map(scaled).collect();
            let Some(mut cover) = self.cover(points.iter().copied(), half + 1.0) else {
                continue;
            };
            for pair in points.windows(2) {
                cover.segment(pair[0], pair[1], half);
            }
            if let [point] = points[..] {
                cover.segment(point, point, half);
            }
            self.blend(&cover, colour, 1.0);
        }
    }

    fn area(&mut self, points: &[Point], colour: Colour, opacity: f64) {
        let points: Vec<Point> = points
            .iter()
            .map(|(x, y)| (x * self.scale, y * self.scale))
            .collect();
        if let Some(mut cover) = self.cover(points.iter().copied(), 0.0) {
            cover.fill(&points);
            self.blend(&cover, colour, opacity);
        }
    }

    fn say(&mut self, words: &Words) {
        let length = font::width(&words.text, words.size);
        let back = match words.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => length / 2.0,
            Anchor::End => length,
        };
        let place = |(x, y): &Point| {
            let along = x - back;
            match words.turned {
                true => (words.at.0 + y, words.at.1 - along),
                false => (words.at.0 + along, words.at.1 + y),
            }
        };
        let strokes: Vec<Vec<Point>> = font::strokes(&words.text, words.size)
            .iter()
            .map(|stroke| stroke.iter().map(place).collect())
            .collect();
        let pen = if words.bold { BOLD_PEN } else { PEN };
        self.strokes(&strokes, pen * words.size, words.colour);
    }
}

impl Cover {
    /// A line of round ends from `a` to `b`.
    fn segment(&mut self, a: Point, b: Point, half: f64) {
        let reach = half + 1.0;
        let range = |low: f64, high: f64, start: usize, count: usize| {
            let from = ((low - reach).floor().max(0.0) as usize).max(start) - start;
            let to = ((high + reach).ceil().max(0.0) as usize).clamp(start, start + count) - start;
            from.min(count)..to
        };
        let columns = range(a.0.min(b.0), a.0.max(b.0), self.left, self.wide);
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let squared = dx * dx + dy * dy;
        for row in range(a.1.min(b.1), a.1.max(b.1), self.top, self.high) {
            let y = (self.top + row) as f64 + 0.5 - a.1;
            for column in columns.clone() {
                let x = (self.left + column) as f64 + 0.5 - a.0;
                let along = match squared > 0.0 {
                    true => ((x * dx + y * dy) / squared).clamp(0.0, 1.0),
                    false => 0.0,
                };
                let away = (x - along * dx).hypot(y - along * dy);
                let share = (half + 0.5 - away).clamp(0.0, 1.0).min(2.0 * half) as f32;
                let cell = &mut self.shares[row * self.wide + column];
                *cell = cell.max(share);
            }
        }
    }

    /// The inside of an outline, by the even-odd rule.
    fn fill(&mut self, points: &[Point]) {
        let edges = || {
            let next = points.iter().skip(1).chain(points.first());
            points.iter().zip(next)
        };
        let mut crossings = Vec::new();
        for line in 0..self.high * LINES {
            let y = self.top as f64 + (line as f64 + 0.5) / LINES as f64;
            crossings.clear();
            for (a, b) in edges() {
                if (a.1 <= y) != (b.1 <= y) {
                    crossings.push(a.0 + (y - a.1) / (b.1 - a.1) * (b.0 - a.0));
                }
            }
            crossings.sort_unstable_by(f64::total_cmp);
            for pair in crossings.chunks_exact(2) {
                self.span(line / LINES, pair[0], pair[1]);
            }
        }
    }

    fn span(&mut self, row: usize, from: f64, to: f64) {
        let end = self.wide as f64;
        let from = (from - self.left as f64).clamp(0.0, end);
        let to = (to - self.left as f64).clamp(0.0, end);
        let row = &mut self.shares[row * self.wide..(row + 1) * self.wide];
        let columns = from.floor() as usize..to.ceil() as usize;
        for (column, share) in row
            .iter_mut()
            .enumerate()
            .take(columns.end)
            .skip(columns.start)
        {
            let inside = to.min(column as f64 + 1.0) - from.max(column as f64);
            *share += (inside / LINES as f64) as f32;
        }
    }
}

/// The strokes of a dashed line.
fn dashed(points: &[Point], dash: Dash, width: f64) -> Vec<Vec<Point>> {
    let pattern = dash.pattern();
    if pattern.is_empty() {
        return vec![points.to_vec()];
    }
    let mut strokes = Vec::new();
    let mut stroke: Vec<Point> = points.first().copied().into_iter().collect();
    let (mut part, mut left) = (0, pattern[0] * width);
    for pair in points.windows(2) {
        let ((mut x, mut y), to) = (pair[0], pair[1]);
        loop {
            let rest = (to.0 - x).hypot(to.1 - y);
            let drawn = part % 2 == 0;
            if rest < left || rest == 0.0 {
                left -= rest;
                if drawn {
                    stroke.push(to);
                }
                break;
            }
            let share = left / rest;
            (x, y) = (x + share * (to.0 - x), y + share * (to.1 - y));
            if drawn {
                stroke.push((x, y));
                strokes.push(std::mem::take(&mut stroke));
            } else {
                stroke = vec![(x, y)];
            }
            part = (part + 1) % pattern.len();
            left = pattern[part] * width;
        }
    }
    if !stroke.is_empty() {
        strokes.push(stroke);
    }
    strokes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn painted(shapes: Vec<Shape>) -> Canvas {
        let drawing = Drawing {
            width: 20.0,
            height: 10.0,
            title: String::new(),
            shapes,
        };
        paint(&drawing, 2.0)
    }

    const BLACK: Colour = (0, 0, 0);

    /// Ink in pixels.
    fn ink(canvas: &Canvas) -> f64 {
        canvas
            .pixels
            .iter()
            .map(|p| 1.0 - f64::from(p.0) / 255.0)
            .sum()
    }

    #[test]
    fn an_area_has_as_much_ink_as_it_is_large() {
        let points = vec![(1.2, 1.1), (17.3, 2.2), (5.7, 9.1)];
        let twice = (17.3 - 1.2) * (9.1 - 1.1) - (5.7 - 1.2) * (2.2 - 1.1);
        let area = |opacity| Shape::Area {
            points: points.clone(),
            colour: BLACK,
            opacity,
        };
        assert!((ink(&painted(vec![area(1.0)])) - 4.0 * twice / 2.0).abs() < 2.0);
        assert!((ink(&painted(vec![area(0.5)])) - 2.0 * twice / 2.0).abs() < 2.0);
    }

    #[test]
    fn a_line_is_as_wide_as_it_should_be_and_stays_in_its_window() {
        let line = || Shape::line(vec![(-5.0, 5.0), (25.0, 5.0)], BLACK, 2.0);
        assert!((ink(&painted(vec![line()])) - 40.0 * 4.0).abs() < 2.0);
        let clipped = Shape::Clipped {
            window: [5.0, 0.0, 10.0, 10.0],
            shapes: vec![line()],
        };
        assert!((ink(&painted(vec![clipped])) - 20.0 * 4.0).abs() < 1.0);
    }

    #[test]
    fn dashes_leave_gaps() {
        let strokes = dashed(&[(0.0, 0.0), (5.0, 0.0), (12.0, 0.0)], Dash::Dashed, 1.0);
        let ends = |stroke: &Vec<Point>| (stroke[0].0, stroke.last().unwrap().0);
        let ends: Vec<(f64, f64)> = strokes.iter().map(ends).collect();
        assert_eq!(ends, [(0.0, 3.5), (6.5, 10.0)]);
        assert_eq!(
            dashed(&[(0.0, 0.0), (5.0, 0.0)], Dash::Dotted, 1.0).len(),
            3
        );
    }
}
