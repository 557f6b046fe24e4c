//! Measures of colour for the tests of this folder: CIELAB and simulated colour-vision deficiency.

type Rgb = (u8, u8, u8);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eye {
    Normal,
    /// Protanopia.
    NoRedCone,
    /// Deuteranopia.
    NoGreenCone,
    /// Tritanopia.
    NoBlueCone,
}

fn to_linear(c: u8) -> f64 {
    let c = f64::from(c) / 255.0;
    if c <= 0.04045 {
        c / 12.92
    } else {
        ((c + 0.055) / 1.055).powf(2.4)
    }
}

fn from_linear(c: f64) -> u8 {
    let c = c.clamp(0.0, 1.0);
    let c = if c <= 0.0031308 {
        12.92 * c
    } else {
        1.055 * c.powf(1.0 / 2.4) - 0.055
    };
    (255.0 * c).round() as u8
}

/// Relative luminance, 0 to 1.
pub fn luminance((r, g, b): Rgb) -> f64 {
    0.2126 * to_linear(r) + 0.7152 * to_linear(g) + 0.0722 * to_linear(b)
}

/// Contrast ratio of WCAG 2, 1 to 21.
pub fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn lab(rgb: Rgb) -> [f64; 3] {
    let (r, g, b) = (to_linear(rgb.0), to_linear(rgb.1), to_linear(rgb.2));
    let f = |t: f64| {
        if t > 0.008856 {
            t.cbrt()
        } else {
            7.787 * t + 16.0 / 116.0
        }
    };
    let x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
    let y = f(luminance(rgb));
    let z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// L* of CIELAB, 0 to 100.
pub fn lightness(rgb: Rgb) -> f64 {
    lab(rgb)[0]
}

/// Distance in CIELAB (CIE76).
pub fn distance(a: Rgb, b: Rgb) -> f64 {
    lab(a)
        .iter()
        .zip(lab(b))
        .map(|(x, y)| (x - y).powi(2))
        .sum::<f64>()
        .sqrt()
}

/// The colour that a normal eye would have to see to have the other eye's impression: Machado,
/// Oliveira and Fernandes (2009), IEEE TVCG 15:1291, full severity, in linear light.
pub fn seen_by(eye: Eye, rgb: Rgb) -> Rgb {
    let matrix: [[f64; 3]; 3] = match eye {
        Eye::Normal => return rgb,
        Eye::NoRedCone => [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ],
        Eye::NoGreenCone => [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ],
        Eye::NoBlueCone => [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ],
    };
    let v = [to_linear(rgb.0), to_linear(rgb.1), to_linear(rgb.2)];
    let out = matrix.map(|row| from_linear(row.iter().zip(v).map(|(m, x)| m * x).sum()));
    (out[0], out[1], out[2])
}
