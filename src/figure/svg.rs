//! A drawing as SVG 1.1: text stays text, and nothing outside the file is needed.

use std::fmt::Write;

use super::drawing::{Anchor, Colour, Dash, Drawing, Point, Shape, Words};
use crate::data::text;

const FONTS: &str = "Helvetica, Arial, 'Liberation Sans', sans-serif";

/// The text of the file.
pub fn write(drawing: &Drawing) -> String {
    let (width, height) = (number(drawing.width), number(drawing.height));
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" \
         width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"{FONTS}\" fill=\"none\" stroke-linejoin=\"round\" \
         stroke-linecap=\"round\">\n<title>{}</title>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n",
        escaped(&drawing.title)
    );
    let mut clips = 0;
    for shape in &drawing.shapes {
        put(shape, &mut clips, &mut out);
    }
    out.push_str("</svg>\n");
    out
}

// Writing to a string cannot fail.
fn put(shape: &Shape, clips: &mut usize, out: &mut String) {
    match shape {
        Shape::Line {
            points,
            colour,
            width,
            dash,
        } => {
            let _ = write!(
                out,
                "<path d=\"{}\" stroke=\"{}\" stroke-width=\"{}\"",
                path(points),
                hex(*colour),
                number(*width)
            );
            if *dash != Dash::Solid {
                let lengths = dash.pattern().iter().map(|part| number(part * width));
                let lengths: Vec<String> = lengths.collect();
                let _ = write!(out, " stroke-dasharray=\"{}\"", lengths.join(" "));
            }
            out.push_str("/>\n");
        }
        Shape::Area {
            points,
            colour,
            opacity,
        } => {
            let (path, colour) = (path(points), hex(*colour));
            let _ = write!(out, "<path d=\"{path}z\" fill=\"{colour}\"");
            if *opacity < 1.0 {
                let _ = write!(out, " fill-opacity=\"{}\"", number(*opacity));
            }
            out.push_str("/>\n");
        }
        Shape::Boxes { boxes, colour } => {
            let _ = write!(
                out,
                "<path shape-rendering=\"crispEdges\" fill=\"{}\" d=\"",
                hex(*colour)
            );
            for [left, top, width, height] in boxes {
                let [left, top, width, height] = [*left, *top, *width, *height].map(number);
                let _ = write!(out, "M{left} {top}h{width}v{height}h-{width}z");
            }
            out.push_str("\"/>\n");
        }
        Shape::Words(words) => say(words, out),
        Shape::Clipped { window, shapes } => {
            *clips += 1;
            let id = format!("c{clips}");
            let [left, top, width, height] = window.map(number);
            let _ = write!(
                out,
                "<clipPath id=\"{id}\"><rect x=\"{left}\" y=\"{top}\" width=\"{width}\" \
                 height=\"{height}\"/></clipPath>\n<g clip-path=\"url(#{id})\">\n"
            );
            shapes.iter().for_each(|shape| put(shape, clips, out));
            out.push_str("</g>\n");
        }
    }
}

fn say(words: &Words, out: &mut String) {
    let (x, y) = (number(words.at.0), number(words.at.1));
    let _ = write!(
        out,
        "<text x=\"{x}\" y=\"{y}\" font-size=\"{}\" fill=\"{}\"",
        number(words.size),
        hex(words.colour)
    );
    match words.anchor {
        Anchor::Start => {}
        Anchor::Middle => out.push_str(" text-anchor=\"middle\""),
        Anchor::End => out.push_str(" text-anchor=\"end\""),
    }
    if words.bold {
        out.push_str(" font-weight=\"bold\"");
    }
    if words.turned {
        let _ = write!(out, " transform=\"rotate(-90 {x} {y})\"");
    }
    let _ = writeln!(out, ">{}</text>", escaped(&words.text));
}

fn path(points: &[Point]) -> String {
    let mut out = String::new();
    for (i, (x, y)) in points.iter().enumerate() {
        let sign = if i == 0 { 'M' } else { 'L' };
        let _ = write!(out, "{sign}{} {}", number(*x), number(*y));
    }
    // A dot is a line to where it began.
    if points.len() == 1 {
        out.push_str("h0");
    }
    out
}

/// Hundredths of a point are finer than any printer.
fn number(x: f64) -> String {
    let rounded = format!("{x:.2}");
    let short = rounded.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0" } else { short }.to_owned()
}

fn hex((r, g, b): Colour) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn escaped(words: &str) -> String {
    let mut out = String::new();
    for c in text::line(words).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => {}
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_cannot_become_markup() {
        let drawing = Drawing {
            width: 10.0,
            height: 5.0,
            title: "</title><script>\u{1b}[31m".into(),
            shapes: vec![Shape::words(
                (1.0, 2.0),
                Anchor::End,
                9.0,
                "a < b & \"c\"\u{ffff}",
            )],
        };
        let svg = write(&drawing);
        assert!(
            svg.contains("<title>&lt;/title&gt;&lt;script&gt;[31m</title>"),
            "{svg}"
        );
        assert!(
            svg.contains(">a &lt; b &amp; &quot;c&quot;</text>"),
            "{svg}"
        );
        assert!(!svg.contains('\u{1b}') && !svg.contains('\u{ffff}'));
    }

    #[test]
    fn numbers_are_short() {
        for (x, shown) in [
            (0.0, "0"),
            (-0.001, "0"),
            (1.5, "1.5"),
            (100.0, "100"),
            (2.456, "2.46"),
        ] {
            assert_eq!(number(x), shown);
        }
    }
}
