//! Reading reference cases of the format `balanced-tiny-1`.

use serde_json::Value;

use super::rules::{Hard, Homeostatic, Kohonen, Oja, Rule, Soft, Triplet};
use super::settings::{Neuron, Taus};
use super::sizes::{Block, Sizes};
use crate::models::CaseError;
use crate::models::fields::At;

pub const FORMAT: &str = "balanced-tiny-1";

/// A file, checked: every array has the size that the network gives it.
#[derive(Debug)]
pub struct File {
    pub input: Input,
    pub cases: Vec<Case>,
    pub tolerance: Tolerance,
}

#[derive(Debug)]
pub struct Tolerance {
    pub voltage: f64,
    pub weight: f64,
    pub other: f64,
}

/// What all cases of a file begin with. Matrices are row by row, `J[post][pre]`.
#[derive(Debug)]
pub struct Input {
    pub sizes: Sizes,
    pub dt: f64,
    pub steps: u64,
    pub neuron: Neuron,
    pub taus: Taus,
    pub j: Vec<f64>,
    pub j_x: Vec<f64>,
    pub v_0: Vec<f64>,
    pub injected: Vec<f64>,
    /// Times in ms, ascending, with the external neuron.
    pub spikes: Vec<(f64, u32)>,
}

#[derive(Debug)]
pub struct Case {
    pub name: String,
    pub rules: Vec<(Block, Rule)>,
    pub expected: Expected,
}

#[derive(Debug)]
pub struct Expected {
    /// Step, counted from 1, and cell.
    pub spikes: Vec<(u64, u32)>,
    pub j: Vec<f64>,
    pub voltages: Vec<f64>,
    pub traces: Vec<f64>,
    /// Currents of E, I and X.
    pub currents: [Vec<f64>; 3],
}

const MOST_CELLS: usize = 1 << 12;
const MOST_STEPS: usize = 100_000_000;

/// # Errors
/// Names the field that is missing, of the wrong type or size, and what it should be.
pub fn read(value: &Value) -> Result<File, CaseError> {
    let file = At::root(value);
    let format = file.get("format");
    if format.word()? != FORMAT {
        return format.wrong(format!("is not `{FORMAT}`"));
    }
    let input = input(&file.get("input"))?;
    let cases = file.get("cases");
    let Some(named) = cases.value.as_object() else {
        return cases.wrong("is missing or not an object of cases");
    };
    let cases = named
        .keys()
        .map(|name| case(name, &cases.get(name), &input));
    let tolerance = file.get("tolerance");
    Ok(File {
        cases: cases.collect::<Result<_, _>>()?,
        input,
        tolerance: Tolerance {
            voltage: tolerance.get("V").real()?,
            weight: tolerance.get("J").real()?,
            other: tolerance.get("other").real()?,
        },
    })
}

fn positive(at: &At<'_>) -> Result<f64, CaseError> {
    let x = at.real()?;
    if x > 0.0 {
        Ok(x)
    } else {
        at.wrong("must be above 0")
    }
}

fn input(at: &At<'_>) -> Result<Input, CaseError> {
    let cells = |key: &str| at.get(key).whole(MOST_CELLS);
    let (n, e, i, x) = (cells("N")?, cells("Ne")?, cells("Ni")?, cells("Nx")?);
    if e + i != n {
        return at.get("N").wrong(format!("must be Ne + Ni = {}", e + i));
    }
    let dt = positive(&at.get("dt"))?;
    let constants = at.get("neuron");
    let tau = |at: At<'_>| {
        let tau = at.real()?;
        if tau > dt {
            Ok(tau)
        } else {
            at.wrong(format!("must be above dt = {dt}"))
        }
    };
    Ok(Input {
        sizes: Sizes {
            e,
            i,
            x,
            x2: 0,
            stimulated_e: 0,
            stimulated_i: 0,
        },
        dt,
        steps: at.get("steps").whole(MOST_STEPS)? as u64,
        neuron: Neuron {
            c_m: positive(&constants.get("C"))?,
            g_l: constants.get("gL").real()?,
            e_l: constants.get("EL").real()?,
            v_t: constants.get("VT").real()?,
            delta_t: positive(&constants.get("DeltaT"))?,
            v_th: constants.get("Vth").real()?,
            v_re: constants.get("Vre").real()?,
        },
        taus: Taus {
            e: tau(constants.get("tau_e"))?,
            i: tau(constants.get("tau_i"))?,
            x: tau(constants.get("tau_x"))?,
            stdp: tau(at.get("tau_stdp"))?,
        },
        j: at.get("J").numbers(&[n, n])?,
        j_x: at.get("Jx").numbers(&[n, x])?,
        v_0: at.get("V0").numbers(&[n])?,
        injected: at.get("I_ext").numbers(&[n])?,
        spikes: external(at, x)?,
    })
}

/// Spikes in order of time.
fn external(at: &At<'_>, neurons: usize) -> Result<Vec<(f64, u32)>, CaseError> {
    let (times, ids) = (at.get("x_spike_times"), at.get("x_spike_ids"));
    let (times, neuron_of) = (times.items()?, ids.items()?);
    if times.len() != neuron_of.len() {
        return ids.wrong(format!(
            "has {} entries instead of {}",
            neuron_of.len(),
            times.len()
        ));
    }
    let mut spikes = Vec::new();
    for (time, id) in times.iter().zip(&neuron_of) {
        let id_value = id.whole(MOST_CELLS)?;
        if id_value >= neurons {
            return id.wrong(format!("must be below Nx = {neurons}"));
        }
        spikes.push((time.real()?, id_value as u32));
    }
    spikes.sort_by(|a, b| a.0.total_cmp(&b.0));
    Ok(spikes)
}

fn case(name: &str, at: &At<'_>, input: &Input) -> Result<Case, CaseError> {
    let rules = at.get("rules").items()?;
    Ok(Case {
        name: name.to_owned(),
        rules: rules.iter().map(rule).collect::<Result<_, _>>()?,
        expected: expected(&at.get("expected"), input)?,
    })
}

/// A rule with the numbers that stand in the file, which are physical.
fn rule(at: &At<'_>) -> Result<(Block, Rule), CaseError> {
    let name = at.get("name");
    let real = |key: &str| at.get(key).real();
    let homeostatic = || {
        let (norm, sign) = (at.get("Jnorm"), at.get("sign"));
        let value = norm.real()?;
        if value == 0.0 {
            return norm.wrong("must not be 0");
        }
        // The update of the file is sign (eta/Jnorm) (..) J.
        let sign = match sign.value {
            Value::Null => -1.0,
            _ => sign.real()?,
        };
        Ok(Rule::Homeostatic(Homeostatic {
            gain: -sign * real("eta")? / value,
            alpha: real("alpha")?,
        }))
    };
    let soft = || {
        Ok::<_, CaseError>(Rule::Soft(Soft {
            eta: real("eta")?,
            j_max: real("Jmax")?,
        }))
    };
    Ok(match name.word()? {
        "ee_hebb_soft" => (Block::Ee, soft()?),
        "ie_hebb" => (Block::Ie, soft()?),
        "ee_hebb_hard" | "ee_hebb_classic" => {
            let rule = Hard {
                eta: real("eta")?,
                j_min: real("Jmin")?,
                j_max: real("Jmax")?,
            };
            (Block::Ee, Rule::Hard(rule))
        }
        "ee_kohonen" => {
            let (eta, beta) = (real("eta")?, real("beta")?);
            (Block::Ee, Rule::Kohonen(Kohonen { eta, beta }))
        }
        "ee_oja" => {
            let (eta, beta) = (real("eta")?, real("beta")?);
            (Block::Ee, Rule::Oja(Oja { eta, beta }))
        }
        "ee_triplet" => {
            let (eta, v_theta) = (real("eta")?, real("v_theta")?);
            (Block::Ee, Rule::Triplet(Triplet { eta, v_theta }))
        }
        "ei_homeo" => (Block::Ei, homeostatic()?),
        "ie_homeo" => (Block::Ie, homeostatic()?),
        "ii_homeo" => (Block::Ii, homeostatic()?),
        _ => {
            return name.wrong(
                "must be ee_hebb_soft, ee_hebb_hard, ee_hebb_classic, ee_kohonen, ee_oja, ee_triplet, \
                 ei_homeo, ii_homeo, ie_homeo or ie_hebb",
            );
        }
    })
}

fn expected(at: &At<'_>, input: &Input) -> Result<Expected, CaseError> {
    let n = input.sizes.n();
    let mut spikes = Vec::new();
    for spike in at.get("spikes").items()? {
        let [step, cell] = &spike.items()?[..] else {
            return spike.wrong("must be a step and a cell");
        };
        spikes.push((
            step.whole(MOST_STEPS)? as u64,
            cell.whole(MOST_CELLS)? as u32,
        ));
    }
    spikes.sort_unstable();
    let cells = |key: &str| at.get(key).numbers(&[n]);
    Ok(Expected {
        spikes,
        j: at.get("J_final").numbers(&[n, n])?,
        voltages: cells("V_final")?,
        traces: cells("x_final")?,
        currents: [cells("Ie_final")?, cells("Ii_final")?, cells("Ix_final")?],
    })
}
