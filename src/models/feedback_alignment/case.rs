//! Reading reference cases of the formats `meta-plasticity-fixture-1` and `meta-plasticity-outer-1`.

use super::coefficients::{Coefficients, Rule};
use super::network::{Feedback, Network};
use super::outer::Adam;
use super::task::{Samples, Task};
use super::terms::TERMS;
use crate::models::CaseError;
use crate::models::fields::At;

/// One episode.
pub const EPISODE: &str = "meta-plasticity-fixture-1";
/// Several episodes with Adam between them.
pub const OUTER: &str = "meta-plasticity-outer-1";

const MOST: usize = 1 << 20;

/// What an episode starts from, in double precision.
#[derive(Debug)]
pub struct Start {
    pub network: Network,
    pub feedback: Feedback,
    /// `W(0)` and `B`, row by row, one list of numbers a layer.
    pub weights: Vec<Vec<f64>>,
    pub fixed: Vec<Vec<f64>>,
    pub task: Task<f64>,
}

#[derive(Debug)]
pub struct Tolerance {
    /// Of forward quantities, relative to `max(1, |x|)`.
    pub forward: f64,
    /// Of gradients, relative to the largest of the case.
    pub gradient: f64,
    pub degrees: f64,
}

/// A case of one episode, checked: every array has the size that the network gives it.
#[derive(Debug)]
pub struct Case {
    pub start: Start,
    /// On is every term whose gradient is expected or whose coefficient is not 0.
    pub coefficients: Coefficients,
    /// The terms whose gradient is expected and to which the penalty applies.
    pub active: [bool; TERMS],
    pub lambda: f64,
    pub tolerance: Tolerance,
    pub expected: Expected,
}

#[derive(Debug)]
pub struct Expected {
    /// Activities and errors of the first step, `l` from 0.
    pub y: Vec<Vec<f64>>,
    pub e: Vec<Vec<f64>>,
    /// After each step, row by row; index `l - 1`.
    pub weights: Vec<Vec<Vec<f64>>>,
    pub probabilities: Vec<Vec<f64>>,
    pub logits: Vec<Vec<f64>>,
    pub loss: f64,
    pub meta_loss: f64,
    pub accuracy: f64,
    /// `l` from 0; NaN where the file has null.
    pub angles: Vec<f64>,
    pub cosines: Vec<f64>,
    /// Index `l - 1`.
    pub orthonormality: Vec<f64>,
    pub norms: Vec<f64>,
    /// With the L1 part, for the terms that are on; the two variants where the file has them.
    pub exact: [f64; TERMS],
    pub stop_gradient: Option<[f64; TERMS]>,
    pub authors: Option<[f64; TERMS]>,
}

/// A case of the outer loop.
#[derive(Debug)]
pub struct OuterCase {
    pub adam: Adam,
    pub initial: Coefficients,
    pub lambda: f64,
    pub tolerance: Tolerance,
    pub episodes: Vec<OuterEpisode>,
}

#[derive(Debug)]
pub struct OuterEpisode {
    pub start: Start,
    pub before: [f64; TERMS],
    pub gradient: [f64; TERMS],
    pub loss: f64,
    pub meta_loss: f64,
    pub accuracy: f64,
    pub after: [f64; TERMS],
}

/// # Errors
/// Names the field that is missing, of the wrong type or size, and what it should be.
pub fn read(file: &At<'_>) -> Result<Case, CaseError> {
    let start = start(file)?;
    let active = active(&file.get("active"))?;
    let theta = file.get("theta").numbers(&[TERMS])?;
    let rule = Rule {
        on: std::array::from_fn(|r| active[r] || theta[r] != 0.0),
        theta: theta.try_into().expect("ten numbers"),
    };
    Ok(Case {
        active,
        coefficients: Coefficients::shared(rule),
        lambda: file.get("lambda").real()?,
        tolerance: tolerance(&file.get("tolerance"))?,
        expected: expected(&file.get("expected"), &start, &active)?,
        start,
    })
}

/// # Errors
/// Names the field that is missing, of the wrong type or size, and what it should be.
pub fn read_outer(file: &At<'_>) -> Result<OuterCase, CaseError> {
    let optimiser = file.get("optimizer");
    if optimiser.get("kind").word()? != "adam" {
        return optimiser.get("kind").wrong("must be adam");
    }
    let on = active(&file.get("active"))?;
    let rule = Rule {
        theta: by_term(&file.get("theta_init"), &on)?,
        on,
    };
    let (starts, outcomes) = (file.get("episodes").items()?, file.get("expected"));
    let expected = outcomes.items()?;
    if expected.len() != starts.len() || starts.is_empty() {
        return outcomes.wrong(format!(
            "must have an entry for each of {} episodes",
            starts.len()
        ));
    }
    let episode = |(at, expected): (&At<'_>, &At<'_>)| {
        Ok(OuterEpisode {
            start: start(at)?,
            before: by_term(&expected.get("theta_before"), &on)?,
            gradient: by_term(&expected.get("grad"), &on)?,
            loss: expected.get("ce").real()?,
            meta_loss: expected.get("meta_loss").real()?,
            accuracy: expected.get("accuracy").real()?,
            after: by_term(&expected.get("theta_after"), &on)?,
        })
    };
    let episodes: Result<Vec<_>, CaseError> = starts.iter().zip(&expected).map(episode).collect();
    Ok(OuterCase {
        adam: Adam {
            rate: optimiser.get("lr").real()?,
            beta_1: optimiser.get("beta1").real()?,
            beta_2: optimiser.get("beta2").real()?,
            epsilon: optimiser.get("eps").real()?,
        },
        initial: Coefficients::shared(rule),
        lambda: file.get("lambda").real()?,
        tolerance: tolerance(&file.get("tolerance"))?,
        episodes: episodes?,
    })
}

/// The bounds of the page on the cases where the file gives none.
fn tolerance(at: &At<'_>) -> Result<Tolerance, CaseError> {
    let or = |key: &str, default: f64| {
        let at = at.get(key);
        if at.value.is_null() {
            Ok(default)
        } else {
            at.real()
        }
    };
    Ok(Tolerance {
        forward: or("forward_relative", 1e-11)?,
        gradient: or("gradient_relative", 1e-9)?,
        degrees: or("angle_degrees", 1e-5)?,
    })
}

fn active(at: &At<'_>) -> Result<[bool; TERMS], CaseError> {
    let mut on = [false; TERMS];
    for item in at.items()? {
        on[item.whole(TERMS - 1)?] = true;
    }
    Ok(on)
}

/// `{"0": ..., "9": ...}`, a number for each term that is on.
fn by_term(at: &At<'_>, on: &[bool; TERMS]) -> Result<[f64; TERMS], CaseError> {
    let mut numbers = [0.0; TERMS];
    for (r, number) in numbers.iter_mut().enumerate() {
        if on[r] {
            *number = at.get(&r.to_string()).real()?;
        }
    }
    Ok(numbers)
}

fn start(at: &At<'_>) -> Result<Start, CaseError> {
    let dims = at.get("dims");
    let sizes: Result<Vec<usize>, CaseError> =
        dims.items()?.iter().map(|item| item.whole(MOST)).collect();
    let beta = at.get("beta");
    let network = match Network::new(&sizes?, beta.real()?) {
        Ok(network) => network,
        Err(error) if beta.real()? > 0.0 => return dims.wrong(error.to_string()),
        Err(error) => return beta.wrong(error.to_string()),
    };
    let feedback = match at.get("fbk").word()? {
        "fix" => Feedback::Fixed,
        "sym" => Feedback::Symmetric,
        _ => return at.get("fbk").wrong("must be fix or sym"),
    };
    let fixed = match feedback {
        Feedback::Fixed => matrices(&at.get("B"), &network)?,
        Feedback::Symmetric => Vec::new(),
    };
    let task = Task {
        stream: samples(&at.get("x"), &at.get("label"), &network)?,
        query: samples(&at.get("xq"), &at.get("labelq"), &network)?,
    };
    if task.query.is_empty() {
        return at.get("xq").wrong("is empty");
    }
    Ok(Start {
        weights: matrices(&at.get("W0"), &network)?,
        fixed,
        feedback,
        task,
        network,
    })
}

fn samples(x: &At<'_>, label: &At<'_>, network: &Network) -> Result<Samples<f64>, CaseError> {
    let (images, labels) = (x.items()?, label.items()?);
    if images.len() != labels.len() {
        return label.wrong(format!("must have {} entries", images.len()));
    }
    let mut samples = Samples::default();
    for (image, label) in images.iter().zip(&labels) {
        let pixels = image.numbers(&[network.inputs()])?;
        let most = (network.outputs() - 1).min(usize::from(u16::MAX));
        samples.push(pixels.into_iter(), label.whole(most)? as u16);
    }
    Ok(samples)
}

/// A list for each layer, each with its rows.
fn matrices(at: &At<'_>, network: &Network) -> Result<Vec<Vec<f64>>, CaseError> {
    let items = of_length(at, network.depth())?;
    let sizes = network.sizes().windows(2);
    let matrix = |(item, n): (&At<'_>, &[usize])| item.numbers(&[n[1], n[0]]);
    items.iter().zip(sizes).map(matrix).collect()
}

fn of_length<'a>(at: &At<'a>, length: usize) -> Result<Vec<At<'a>>, CaseError> {
    let items = at.items()?;
    if items.len() != length {
        return at.wrong(format!("has {} entries instead of {length}", items.len()));
    }
    Ok(items)
}

fn expected(at: &At<'_>, start: &Start, on: &[bool; TERMS]) -> Result<Expected, CaseError> {
    let (network, task) = (&start.network, &start.task);
    let depth = network.depth();
    let layers = |at: At<'_>| -> Result<Vec<Vec<f64>>, CaseError> {
        let items = of_length(&at, depth + 1)?;
        let layer = |(item, &n): (&At<'_>, &usize)| item.numbers(&[n]);
        items.iter().zip(network.sizes()).map(layer).collect()
    };
    let rows = |at: At<'_>, length: usize| -> Result<Vec<Vec<f64>>, CaseError> {
        let items = of_length(&at, length)?;
        let row = |item: &At<'_>| item.numbers(&[network.outputs()]);
        items.iter().map(row).collect()
    };
    let numbers = |key: &str, length: usize| -> Result<Vec<f64>, CaseError> {
        of_length(&at.get(key), length)?
            .iter()
            .map(At::real_or_nan)
            .collect()
    };
    let variant = |key: &str| -> Result<Option<[f64; TERMS]>, CaseError> {
        let at = at.get(key);
        if at.value.is_null() {
            return Ok(None);
        }
        by_term(&at, on).map(Some)
    };
    let first = at.get("first_step");
    let weights = of_length(&at.get("weights"), task.stream.len())?;
    let weights: Result<Vec<_>, CaseError> =
        weights.iter().map(|step| matrices(step, network)).collect();
    Ok(Expected {
        y: layers(first.get("y"))?,
        e: layers(first.get("e"))?,
        weights: weights?,
        probabilities: rows(at.get("probs"), task.stream.len())?,
        logits: rows(at.get("query_logits"), task.query.len())?,
        loss: at.get("ce").real()?,
        meta_loss: at.get("meta_loss").real()?,
        accuracy: at.get("accuracy").real()?,
        angles: numbers("angle_deg", depth + 1)?,
        cosines: numbers("angle_cos", depth + 1)?,
        orthonormality: numbers("E1", depth)?,
        norms: numbers("weight_norm", depth)?,
        exact: by_term(&at.get("dmeta_dtheta"), on)?,
        stop_gradient: variant("dmeta_dtheta_stopgrad")?,
        authors: variant("dmeta_dtheta_authors")?,
    })
}
