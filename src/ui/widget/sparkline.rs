//! A curve in one row: eighth blocks, or heights of ASCII signs.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::Widget;

use super::pen::Pen;
use crate::engine::history::Bucket;
use crate::ui::theme::Theme;

/// Values that differ by less than this share of themselves are drawn as a constant: a curve in one
/// row has no axis to say that its hills are dust.
const STILL: f64 = 0.01;

/// Oldest on the left; the newest stands at the right edge. What is not finite is a blank.
#[derive(Clone, Debug)]
pub struct Sparkline<'a> {
    pub theme: Theme,
    pub values: &'a [f64],
    /// What the lowest and the highest sign stand for; `None` takes the least and the largest value.
    pub range: Option<(f64, f64)>,
    pub style: Style,
}

impl Widget for Sparkline<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let mut pen = Pen::new(self.theme, area, buf);
        let glyphs = sparkline(self.theme, self.values, pen.width(), self.range);
        pen.text(0, 0, &glyphs, self.style);
    }
}

/// The signs of a sparkline `width` wide. More values than columns are averaged in groups.
pub fn sparkline(theme: Theme, values: &[f64], width: u16, range: Option<(f64, f64)>) -> String {
    let width = usize::from(width);
    let values = grouped(values, width);
    let finite = || values.iter().copied().filter(|x| x.is_finite());
    let (low, high) = range.unwrap_or_else(|| {
        let low = finite().fold(f64::INFINITY, f64::min);
        let high = finite().fold(f64::NEG_INFINITY, f64::max);
        if high / 2.0 - low / 2.0 < low.abs().max(high.abs()) / 2.0 * STILL {
            (low, low)
        } else {
            (low, high)
        }
    });
    let heights = theme.symbols().heights;
    let top = heights.len() - 1;
    let sign = |x: f64| {
        if !x.is_finite() {
            return ' ';
        }
        let share = (x / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
        // A constant is a line at half height.
        let share = if share.is_finite() {
            share.clamp(0.0, 1.0)
        } else {
            0.4
        };
        heights[1 + (share * (top - 1) as f64).round() as usize]
    };
    let blanks = std::iter::repeat_n(' ', width - values.len());
    blanks.chain(values.iter().map(|x| sign(*x))).collect()
}

/// The means of buckets, as a sparkline takes them.
pub fn means(buckets: &[Bucket]) -> Vec<f64> {
    buckets
        .iter()
        .map(|bucket| f64::from(bucket.mean))
        .collect()
}

fn grouped(values: &[f64], width: usize) -> Vec<f64> {
    if values.len() <= width {
        return values.to_vec();
    }
    (0..width)
        .map(|i| {
            let (from, to) = (i * values.len() / width, (i + 1) * values.len() / width);
            let group = &values[from..to];
            let finite = group.iter().filter(|x| x.is_finite());
            let (sum, n) = finite.fold((0.0, 0.0), |(sum, n), x| (sum + x / 2.0, n + 1.0));
            sum / n * 2.0
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ui::theme::{Background, Depth, Glyphs};

    const ASCII: Theme = Theme::new(Depth::None, Background::Dark, Glyphs::Ascii);

    #[test]
    fn heights_gaps_and_the_newest_on_the_right() {
        let theme = Theme::default();
        let rising = [0.0, 1.0, f64::NAN, 2.0, 7.0];
        assert_eq!(sparkline(theme, &rising, 7, None), "  ▁▂ ▃█");
        assert_eq!(sparkline(ASCII, &rising, 5, None), ".: -@");
        assert_eq!(sparkline(theme, &[3.0, 3.0], 2, None), "▄▄");
        assert_eq!(sparkline(theme, &[-3.0, -3.01], 2, None), "▄▄");
        assert_eq!(sparkline(theme, &[3.0, 9.0], 2, Some((0.0, 9.0))), "▃█");
        assert_eq!(sparkline(theme, &[0.0, 2.0, 8.0, 6.0], 2, None), "▁█");
    }

    proptest! {
        #[test]
        fn any_values_fill_the_width(
            values in prop::collection::vec(prop::num::f64::ANY, 0..40), width in 0u16..30,
        ) {
            for theme in [Theme::default(), ASCII] {
                let shown = sparkline(theme, &values, width, None);
                prop_assert_eq!(shown.chars().count(), usize::from(width));
            }
        }
    }
}
