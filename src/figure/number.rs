//! Numbers as words on axes and in tables, with bounded widths.

/// Characters that [`short`] never exceeds, sign included.
pub const SHORT_WIDTH: usize = 8;

/// What stands for a number that is not there.
pub const MISSING: &str = "–";

/// A measured number in three significant digits and at most [`SHORT_WIDTH`] characters: `0.0131`,
/// `-5.00`, `124`, `1.24e5`, `1.0e-12`. A missing one (NaN) is a dash.
pub fn short(x: f64) -> String {
    let magnitude = x.abs();
    if x.is_nan() {
        MISSING.into()
    } else if x.is_infinite() {
        if x > 0.0 { "inf" } else { "-inf" }.into()
    } else if magnitude == 0.0 {
        "0".into()
    } else if rounds_into(magnitude, 0.01, 10_000.0) {
        significant(x, 3)
    } else {
        scientific(x)
    }
}

/// [`short`] without zeros at the end, for a number that is round by choice: `0.07`, `5`, `1e-3`.
pub fn round(x: f64) -> String {
    let shown = short(x);
    let (mantissa, power) = match shown.find('e') {
        Some(at) => shown.split_at(at),
        None => (shown.as_str(), ""),
    };
    if !mantissa.contains('.') {
        return shown;
    }
    let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
    format!("{mantissa}{power}")
}

/// A tick on a linear axis whose ticks are `step` apart: as many decimals as the step needs.
pub fn tick(x: f64, step: f64) -> String {
    if !x.is_finite() || !step.is_finite() || step <= 0.0 {
        return short(x);
    }
    let x = if x.abs() < step * 1e-6 { 0.0 } else { x };
    let largest = x.abs().max(step);
    if largest >= 99_999.5 || step < 0.99e-4 {
        return if x == 0.0 {
            "0".into()
        } else {
            trimmed_scientific(x, step)
        };
    }
    // A step of 0.25 needs one decimal more than its power of ten.
    let decimals = (0..=5).find(|&d| {
        let scaled = step * 10f64.powi(d);
        (scaled - scaled.round()).abs() < 1e-6 * scaled
    });
    plain_zero(format!("{x:.*}", decimals.unwrap_or(5) as usize))
}

/// A step number on an axis, with the decimals that keep ticks `step` apart distinct: `1.185M`.
pub fn count_tick(x: f64, step: f64) -> String {
    let (unit, suffix) = match x.abs() {
        m if m < 9_999.5 => return tick(x, step),
        m if m < 999_999.5 => (1e3, "k"),
        m if m < 999_999_999.5 => (1e6, "M"),
        _ => (1e9, "G"),
    };
    format!("{}{suffix}", tick(x / unit, step / unit))
}

/// A power of ten as a label of a logarithmic axis: `1e-3`, `0.01`, `0.1`, `1`, `10`, `100`, `1e3`.
pub fn decade(exponent: i32) -> String {
    match exponent {
        -2 => "0.01".into(),
        -1 => "0.1".into(),
        0 => "1".into(),
        1 => "10".into(),
        2 => "100".into(),
        _ => format!("1e{exponent}"),
    }
}

/// Whether the magnitude, once rounded to three digits, lies in `low..high`.
pub fn rounds_into(magnitude: f64, low: f64, high: f64) -> bool {
    (low * 0.999_5..high * 0.999_95).contains(&magnitude)
}

pub fn significant(x: f64, digits: i32) -> String {
    let magnitude = x.abs();
    if magnitude == 0.0 || !x.is_finite() {
        return short(x);
    }
    // The exponent after rounding: 9.996 has three digits as 10.0.
    let rounded: f64 = format!("{magnitude:.*e}", (digits - 1).max(0) as usize)
        .parse()
        .unwrap_or(magnitude);
    let exponent = rounded.log10().floor() as i32;
    let decimals = (digits - 1 - exponent).max(0) as usize;
    format!("{x:.decimals$}")
}

/// Mantissa and exponent in at most [`SHORT_WIDTH`] characters.
pub fn scientific(x: f64) -> String {
    let full = format!("{x:.2e}");
    if full.len() <= SHORT_WIDTH - usize::from(x > 0.0) {
        return full;
    }
    let less = format!("{x:.1e}");
    if less.len() <= SHORT_WIDTH - usize::from(x > 0.0) {
        less
    } else {
        format!("{x:.0e}")
    }
}

/// Scientific form with only the digits that tell neighbours `step` apart.
fn trimmed_scientific(x: f64, step: f64) -> String {
    let exponent = x.abs().log10().floor();
    let digits = (exponent - step.log10().floor()).clamp(0.0, 3.0) as usize;
    let text = format!("{x:.digits$e}");
    let Some((mantissa, power)) = text.split_once('e') else {
        return text;
    };
    let mantissa = if mantissa.contains('.') {
        mantissa.trim_end_matches('0').trim_end_matches('.')
    } else {
        mantissa
    };
    format!("{mantissa}e{power}")
}

pub fn plain_zero(text: String) -> String {
    let is_zero = text.starts_with('-') && text.chars().all(|c| matches!(c, '-' | '0' | '.'));
    if is_zero { text[1..].into() } else { text }
}
