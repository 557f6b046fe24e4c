//! Values of a heat map, quantised before they become colours.
//!
//! Seventeen levels are the most that a 256-colour terminal tells apart, and they keep a moving map
//! cheap over a slow line: a cell is written again only when its level changes.

/// Levels of a signed quantity on each side of zero.
pub const SIGNED_LEVELS: i8 = 8;
/// Levels of an unsigned quantity above zero.
pub const UNSIGNED_LEVELS: u8 = 16;

/// By how much of a level a value must pass the edge before [`Level::after`] follows it.
const HYSTERESIS: f32 = 0.25;

/// One element of a heat map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Beyond the edge of the matrix.
    Outside,
    /// NaN or infinite.
    NotFinite,
    /// From -8 to 8 with zero in the middle.
    Signed(i8),
    /// From 0 to 16.
    Unsigned(u8),
    /// From 0 to 16, of a picture: shown as the grey that it is, not on a ramp of colours.
    Grey(u8),
}

impl Level {
    /// The level of `value` on a scale from `-limit` to `limit`; what lies beyond gets the last level.
    pub fn signed(value: f32, limit: f32) -> Self {
        match position(value, limit, f32::from(SIGNED_LEVELS)) {
            Some(x) => Level::Signed(x.round() as i8),
            None => Level::NotFinite,
        }
    }

    /// The level of `value` on a scale from 0 to `limit`; what lies beyond gets the last level.
    pub fn unsigned(value: f32, limit: f32) -> Self {
        match position(value, limit, f32::from(UNSIGNED_LEVELS)) {
            Some(x) => Level::Unsigned(x.round().max(0.0) as u8),
            None => Level::NotFinite,
        }
    }

    /// The grey of `value` in a picture whose brightest value is `limit`.
    pub fn grey(value: f32, limit: f32) -> Self {
        match Self::unsigned(value, limit) {
            Level::Unsigned(level) => Level::Grey(level),
            other => other,
        }
    }

    /// The level of `value`, given the level shown before: it stays until the value is a quarter of a
    /// level past the edge, so that values resting on an edge do not flicker. With `coarse` every
    /// second level only is used.
    pub fn after(previous: Level, value: f32, limit: f32, signed: bool, coarse: bool) -> Self {
        let step = if coarse { 2.0 } else { 1.0 };
        let near = step * (0.5 + HYSTERESIS);
        let held = match (previous, signed) {
            (Level::Signed(level), true) => {
                (!coarse || level % 2 == 0)
                    && position(value, limit, f32::from(SIGNED_LEVELS))
                        .is_some_and(|x| (x - f32::from(level)).abs() <= near)
            }
            (Level::Unsigned(level), false) => {
                (!coarse || level % 2 == 0)
                    && position(value, limit, f32::from(UNSIGNED_LEVELS))
                        .is_some_and(|x| (x.max(0.0) - f32::from(level)).abs() <= near)
            }
            _ => false,
        };
        if held {
            return previous;
        }
        let fine = match signed {
            true => Level::signed(value, limit),
            false => Level::unsigned(value, limit),
        };
        match fine {
            Level::Signed(level) if coarse => {
                Level::Signed((f32::from(level) / 2.0).round() as i8 * 2)
            }
            Level::Unsigned(level) if coarse => {
                Level::Unsigned((f32::from(level) / 2.0).round() as u8 * 2)
            }
            fine => fine,
        }
    }
}

/// `value` in levels, within `-levels..=levels`; zero on a scale that has no extent.
fn position(value: f32, limit: f32, levels: f32) -> Option<f32> {
    if !value.is_finite() {
        None
    } else if limit > 0.0 {
        Some((value / limit * levels).clamp(-levels, levels))
    } else {
        Some(0.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_ends_and_zero_have_their_own_levels() {
        assert_eq!(Level::signed(0.3, 0.3), Level::Signed(8));
        assert_eq!(Level::signed(-7.0, 0.3), Level::Signed(-8));
        assert_eq!(Level::signed(0.0, 0.3), Level::Signed(0));
        assert_eq!(Level::unsigned(0.3, 0.3), Level::Unsigned(16));
        assert_eq!(Level::unsigned(-1.0, 0.3), Level::Unsigned(0));
        assert_eq!(Level::signed(f32::NAN, 1.0), Level::NotFinite);
        assert_eq!(Level::unsigned(f32::INFINITY, 1.0), Level::NotFinite);
        for limit in [0.0, -1.0, f32::NAN] {
            assert_eq!(Level::signed(5.0, limit), Level::Signed(0));
            assert_eq!(Level::unsigned(5.0, limit), Level::Unsigned(0));
        }
    }

    #[test]
    fn hysteresis_needs_a_quarter_level() {
        let limit = 8.0;
        assert_eq!(
            Level::after(Level::Signed(2), 2.70, limit, true, false),
            Level::Signed(2)
        );
        assert_eq!(
            Level::after(Level::Signed(2), 2.80, limit, true, false),
            Level::Signed(3)
        );
        assert_eq!(
            Level::after(Level::Signed(3), 2.30, limit, true, false),
            Level::Signed(3)
        );
        assert_eq!(
            Level::after(Level::Signed(3), 2.20, limit, true, false),
            Level::Signed(2)
        );
        // Another kind of level, or none, holds nothing.
        assert_eq!(
            Level::after(Level::Unsigned(2), 2.70, limit, true, false),
            Level::Signed(3)
        );
        assert_eq!(
            Level::after(Level::NotFinite, 2.70, limit, true, false),
            Level::Signed(3)
        );
        assert_eq!(
            Level::after(Level::Signed(2), f32::NAN, limit, true, false),
            Level::NotFinite
        );
        assert_eq!(
            Level::after(Level::Unsigned(5), 2.85, limit, false, false),
            Level::Unsigned(5)
        );
    }

    proptest! {
        #[test]
        fn levels_grow_with_the_value(a in any::<f32>(), b in any::<f32>(), limit in any::<f32>()) {
            prop_assume!(a.is_finite() && b.is_finite());
            let (low, high) = if a < b { (a, b) } else { (b, a) };
            let (Level::Signed(i), Level::Signed(j)) = (Level::signed(low, limit), Level::signed(high, limit))
                else { panic!("a finite value has a level") };
            prop_assert!(i <= j && (-8..=8).contains(&i) && (-8..=8).contains(&j));
            let (Level::Unsigned(i), Level::Unsigned(j)) = (Level::unsigned(low, limit), Level::unsigned(high, limit))
                else { panic!("a finite value has a level") };
            prop_assert!(i <= j && j <= 16);
        }
    }

    #[test]
    fn coarse_levels_are_every_second_one() {
        for tenth in -12i8..=12 {
            let value = f32::from(tenth) / 10.0;
            for signed in [true, false] {
                let level = match Level::after(Level::Outside, value, 1.0, signed, true) {
                    Level::Signed(level) => level,
                    Level::Unsigned(level) => level as i8,
                    other => panic!("{other:?}"),
                };
                assert_eq!(level % 2, 0, "{value}");
            }
        }
        // A fine level of before is left, a coarse one is held longer.
        let after = |previous, value| Level::after(previous, value, 8.0, true, true);
        assert_eq!(after(Level::Signed(3), 3.0), Level::Signed(4));
        assert_eq!(after(Level::Signed(2), 3.4), Level::Signed(2));
        assert_eq!(after(Level::Signed(2), 3.6), Level::Signed(4));
    }
}
