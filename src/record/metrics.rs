//! Samples as CSV: a header with units, then a row a sample, in the shortest form that reads back as
//! the same number; an empty cell where there is none.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;

use crate::data::text::csv_cell;
use crate::models::Description;
use crate::models::param::number;

/// The unit of the model, then `id [unit]` for every metric.
pub fn header(description: &Description, out: &mut Vec<u8>) {
    cell(&description.unit, out);
    for spec in &description.metrics {
        out.push(b',');
        if spec.unit.is_empty() {
            cell(&spec.id, out);
        } else {
            cell(&format!("{} [{}]", spec.id, spec.unit), out);
        }
    }
    out.push(b'\n');
}

fn cell(words: &str, out: &mut Vec<u8>) {
    out.extend(csv_cell(words).as_bytes());
}

pub fn row(step: u64, metrics: &[f64], out: &mut Vec<u8>) {
    // Writing to memory cannot fail.
    let _ = write!(out, "{step}");
    for &x in metrics {
        out.push(b',');
        if x.is_finite() {
            // The shortest form without making a string first: a row a millisecond has to be cheap.
            let _ = serde_json::to_writer(&mut *out, &x);
        } else if !x.is_nan() {
            out.extend(number(x).as_bytes());
        }
    }
    out.push(b'\n');
}

/// The rows in the first `bytes` bytes of a file, up to the first that is none.
pub fn rows(path: &Path, bytes: u64) -> Box<dyn Iterator<Item = (u64, Vec<f64>)> + Send> {
    match File::open(path) {
        Ok(file) => {
            let lines = BufReader::new(file.take(bytes)).lines().skip(1);
            Box::new(lines.map_while(|line| parse(&line.ok()?)))
        }
        Err(_) => Box::new(std::iter::empty()),
    }
}

fn parse(line: &str) -> Option<(u64, Vec<f64>)> {
    let mut cells = line.split(',');
    let step = cells.next()?.parse().ok()?;
    let value = |cell: &str| {
        if cell.is_empty() {
            Some(f64::NAN)
        } else {
            cell.parse().ok()
        }
    };
    Some((step, cells.map(value).collect::<Option<_>>()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_row_reads_back_bit_for_bit(
            step in any::<u64>(),
            bits in proptest::collection::vec(any::<u64>(), 0..6),
        ) {
            let metrics: Vec<f64> = bits.into_iter().map(f64::from_bits).collect();
            let mut out = Vec::new();
            row(step, &metrics, &mut out);
            let line = String::from_utf8(out).unwrap();
            let (read, values) = parse(line.trim_end()).unwrap();
            prop_assert_eq!(read, step);
            prop_assert_eq!(values.len(), metrics.len());
            for (a, b) in values.iter().zip(&metrics) {
                prop_assert!(a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()));
            }
        }

        #[test]
        fn no_line_makes_it_panic(line in ".{0,60}") {
            let _ = parse(&line);
        }
    }
}
