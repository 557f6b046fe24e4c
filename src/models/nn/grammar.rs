//! The text from which a network is built: `50 + tanh / 40 + tanh / 10`.
//!
//! Predictive layers are separated by `/`; the operations of one layer are joined by `+`.

use std::fmt;

use thiserror::Error;

use super::activation::{Activation, SOFTPLUS};

/// What the text may hold, for help and error messages.
pub const ACCEPTED: &str = "layers separated by `/`, operations joined by `+`: a number or `dense N`, \
     `conv C kK [sS] [pP]`, `pool K [sS]`, `flatten`, `tanh`, `relu`, `softplus [BETA]`, `identity`";

/// One operation as a person writes it; sizes that follow from the input are not given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OpSpec {
    Dense(usize),
    Conv {
        channels: usize,
        kernel: usize,
        stride: usize,
        padding: usize,
    },
    Pool {
        kernel: usize,
        stride: usize,
    },
    Flatten,
    Activation(Activation),
}

impl fmt::Display for OpSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dense(n) => write!(f, "{n}"),
            Self::Conv {
                channels,
                kernel,
                stride,
                padding,
            } => {
                write!(f, "conv {channels} k{kernel}")?;
                if *stride != 1 {
                    write!(f, " s{stride}")?;
                }
                if *padding != 0 {
                    write!(f, " p{padding}")?;
                }
                Ok(())
            }
            Self::Pool { kernel, stride } if kernel == stride => write!(f, "pool {kernel}"),
            Self::Pool { kernel, stride } => write!(f, "pool {kernel} s{stride}"),
            Self::Flatten => f.write_str("flatten"),
            Self::Activation(Activation::Softplus { beta })
                if *self != Self::Activation(SOFTPLUS) =>
            {
                write!(f, "softplus {beta}")
            }
            Self::Activation(a) => f.write_str(a.name()),
        }
    }
}

/// The network text with its operations written in the shortest way.
pub fn display(layers: &[Vec<OpSpec>]) -> String {
    let layer = |ops: &Vec<OpSpec>| {
        let ops: Vec<String> = ops.iter().map(OpSpec::to_string).collect();
        ops.join(" + ")
    };
    let layers: Vec<String> = layers.iter().map(layer).collect();
    layers.join(" / ")
}

#[derive(Debug, PartialEq, Eq, Error)]
#[error("layer {layer}, `{given}`: {why}; accepted are {ACCEPTED}")]
pub struct GrammarError {
    /// From 1.
    pub layer: usize,
    pub given: String,
    pub why: String,
}

/// # Errors
/// Names the layer and the operation that is wrong, and what would be accepted.
pub fn parse(text: &str) -> Result<Vec<Vec<OpSpec>>, GrammarError> {
    text.split('/')
        .enumerate()
        .map(|(l, layer)| {
            layer
                .split('+')
                .map(|op| {
                    operation(op.trim()).map_err(|why| GrammarError {
                        layer: l + 1,
                        given: op.trim().to_owned(),
                        why,
                    })
                })
                .collect()
        })
        .collect()
}

fn operation(op: &str) -> Result<OpSpec, String> {
    let mut words = op.split_whitespace();
    let head = words.next().ok_or("there is no operation")?;
    let rest: Vec<&str> = words.collect();
    match head.to_ascii_lowercase().as_str() {
        "dense" => match rest.as_slice() {
            [n] => Ok(OpSpec::Dense(size(n)?)),
            _ => Err("`dense` takes one number, its units".into()),
        },
        "conv" => {
            let [channels, options @ ..] = rest.as_slice() else {
                return Err("`conv` takes its number of maps and `k` with the kernel size".into());
            };
            let [kernel, stride, padding] = marked(options, ["k", "s", "p"])?;
            Ok(OpSpec::Conv {
                channels: size(channels)?,
                kernel: positive(
                    kernel.ok_or("`conv` lacks its kernel size, e.g. `k3`")?,
                    "k",
                )?,
                stride: positive(stride.unwrap_or(1), "s")?,
                padding: padding.unwrap_or(0),
            })
        }
        "pool" => {
            let [kernel, options @ ..] = rest.as_slice() else {
                return Err("`pool` takes its window size, e.g. `pool 2`".into());
            };
            let kernel = size(kernel)?;
            let [stride] = marked(options, ["s"])?;
            Ok(OpSpec::Pool {
                kernel,
                stride: positive(stride.unwrap_or(kernel), "s")?,
            })
        }
        "softplus" if !rest.is_empty() => match rest.as_slice() {
            [beta] => Ok(OpSpec::Activation(Activation::Softplus {
                beta: sharpness(beta)?,
            })),
            _ => Err("`softplus` takes one number, its beta".into()),
        },
        word if rest.is_empty() => plain(word),
        _ => Err(format!(
            "`{head}` is no operation with numbers behind it{}",
            near(head)
        )),
    }
}

fn plain(word: &str) -> Result<OpSpec, String> {
    use Activation::{Identity, Relu, Tanh};
    if word == "flatten" {
        return Ok(OpSpec::Flatten);
    }
    if let Some(activation) = [Tanh, Relu, SOFTPLUS, Identity]
        .into_iter()
        .find(|activation| activation.name() == word)
    {
        return Ok(OpSpec::Activation(activation));
    }
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        return size(word).map(OpSpec::Dense);
    }
    Err(format!("there is no such operation{}", near(word)))
}

fn near(word: &str) -> String {
    let names = [
        "dense", "conv", "pool", "flatten", "tanh", "relu", "softplus", "identity",
    ];
    names
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(name, word), name))
        .min()
        .filter(|(distance, _)| *distance <= 3)
        .map(|(_, name)| format!(" (did you mean `{name}`?)"))
        .unwrap_or_default()
}

/// Reads words such as `k3` by their letter, each at most once, in any order.
fn marked<const N: usize>(
    words: &[&str],
    letters: [&str; N],
) -> Result<[Option<usize>; N], String> {
    let mut found = [None; N];
    for word in words {
        let slot = letters.iter().position(|letter| word.starts_with(letter));
        let number = word.get(1..).and_then(|digits| digits.parse().ok());
        match (slot, number) {
            (Some(slot), Some(_)) if found[slot].is_some() => {
                return Err(format!("`{}` is given twice", letters[slot]));
            }
            (Some(slot), Some(number)) if number <= MOST => found[slot] = Some(number),
            _ => {
                let letters = letters.map(|letter| format!("`{letter}N`"));
                return Err(format!("`{word}` is none of {}", letters.join(", ")));
            }
        }
    }
    Ok(found)
}

/// Sizes beyond this cannot be meant.
const MOST: usize = 1_000_000;

fn size(word: &str) -> Result<usize, String> {
    word.parse()
        .ok()
        .filter(|n| (1..=MOST).contains(n))
        .ok_or_else(|| format!("`{word}` is no size from 1 to {MOST}"))
}

fn sharpness(word: &str) -> Result<f64, String> {
    word.parse()
        .ok()
        .filter(|beta| (0.01..=1000.0).contains(beta))
        .ok_or_else(|| format!("`{word}` is no beta from 0.01 to 1000"))
}

fn positive(n: usize, letter: &str) -> Result<usize, String> {
    (n > 0)
        .then_some(n)
        .ok_or_else(|| format!("`{letter}` must be at least 1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_displayed_reads_back() {
        let text = "conv 10 k3 s2 p1 + relu + pool 2 / conv 5 k3 + relu + pool 3 s2 + flatten / 50 + tanh / softplus / 20 + softplus 2.5 / 10";
        let layers = parse(text).unwrap();
        assert_eq!(display(&layers), text);
        assert_eq!(parse("4 + softplus 10"), parse("4 + softplus"));
        assert_eq!(parse("dense 7+TANH/3"), parse(" 7 + tanh / dense 3 "));
        assert_eq!(
            layers[0][0],
            OpSpec::Conv {
                channels: 10,
                kernel: 3,
                stride: 2,
                padding: 1
            }
        );
        assert_eq!(
            layers[1][2],
            OpSpec::Pool {
                kernel: 3,
                stride: 2
            }
        );
    }

    #[test]
    fn errors_name_the_layer_the_operation_and_what_is_accepted() {
        for (text, parts) in [
            ("50 + tanhh / 10", ["layer 1", "`tanhh`", "`tanh`"]),
            ("50 / / 10", ["layer 2", "no operation", "softplus"]),
            ("50 / 0", ["layer 2", "`0`", "from 1"]),
            ("conv 3 / 10", ["layer 1", "kernel size", "conv C kK"]),
            ("conv 3 k3 k4 / 10", ["layer 1", "twice", "pool"]),
            ("conv 3 k3 s0 / 10", ["layer 1", "`s`", "at least 1"]),
            ("conv 3 z3 / 10", ["layer 1", "`z3`", "`kN`"]),
            ("dense / 10", ["layer 1", "one number", "flatten"]),
            ("99999999999999999999", ["layer 1", "no size", "identity"]),
            (
                "5 + softplus 0 / 3",
                ["layer 1", "no beta", "softplus [BETA]"],
            ),
            ("", ["layer 1", "no operation", "relu"]),
        ] {
            let error = parse(text).unwrap_err().to_string();
            for part in parts {
                assert!(error.contains(part), "`{text}`: {error} lacks {part}");
            }
        }
    }
}
