//! The reference cases of the theory: rates and covariances, fixed points of the weights.

use serde_json::Value;

use super::circuit::{Circuit, Matrix, Pair, determinant};
use super::covariance::of_counts;
use super::halves::{Stimulated, adapted, rates as part_rates};
use super::kohonen::saddle_node;
use super::no_solution::NoSolution;
use super::rates::{BalanceCondition, formal};
use super::weights::{EeRule, FixedPoint, Rules, fixed_point};
use crate::models::{CaseError, Check};

pub const RATES_FORMAT: &str = "balanced-theory-1";
pub const WEIGHTS_FORMAT: &str = "balanced-weights-1";

const PATH: &str = "theory f64";

pub fn wrong(field: impl Into<String>, why: impl ToString) -> CaseError {
    CaseError::Field {
        field: field.into(),
        why: why.to_string(),
    }
}

/// The number at `key` of `object`, which stands at `path` in the file.
pub fn number(object: &Value, path: &str, key: &str) -> Result<f64, CaseError> {
    object
        .get(key)
        .and_then(Value::as_f64)
        .ok_or_else(|| wrong(format!("{path}.{key}"), "must be a number"))
}

fn number_or(object: &Value, path: &str, key: &str, absent: f64) -> Result<f64, CaseError> {
    match object.get(key) {
        None => Ok(absent),
        Some(_) => number(object, path, key),
    }
}

/// The list of objects at `key`.
pub fn list<'a>(file: &'a Value, key: &str) -> Result<&'a [Value], CaseError> {
    file.get(key)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .ok_or_else(|| wrong(key, "must be a list"))
}

/// The numbers of a list, lists inside it laid flat.
pub fn flat(value: &Value, path: &str) -> Result<Vec<f64>, CaseError> {
    match value {
        Value::Number(x) => Ok(vec![x.as_f64().unwrap_or(f64::NAN)]),
        Value::Array(items) => {
            let rows: Result<Vec<_>, _> = items.iter().map(|item| flat(item, path)).collect();
            Ok(rows?.concat())
        }
        _ => Err(wrong(path, "must be numbers")),
    }
}

/// Compares numbers that the file has with ours and collects the result.
pub struct Comparison {
    pub path: &'static str,
    pub checks: Vec<Check>,
}

impl Comparison {
    /// Largest deviation, relative to the file's number where that is not 0.
    pub fn relative(&mut self, quantity: String, ours: &[f64], theirs: &[f64], bound: f64) {
        let off = |(a, b): (&f64, &f64)| {
            let scale = if *b == 0.0 { 1.0 } else { b.abs() };
            (a - b).abs() / scale
        };
        self.push(quantity, ours, theirs, bound, off);
    }

    /// Largest deviation, relative to the file's number where that is above 1.
    pub fn scaled(&mut self, quantity: String, ours: &[f64], theirs: &[f64], bound: f64) {
        let off = |(a, b): (&f64, &f64)| (a - b).abs() / b.abs().max(1.0);
        self.push(quantity, ours, theirs, bound, off);
    }

    fn push(
        &mut self,
        quantity: String,
        ours: &[f64],
        theirs: &[f64],
        bound: f64,
        off: impl Fn((&f64, &f64)) -> f64,
    ) {
        let mut deviation = 0.0f64;
        for pair in ours.iter().zip(theirs) {
            let off = off(pair);
            // NaN must not be lost in a maximum.
            deviation = if off.is_nan() {
                off
            } else {
                deviation.max(off)
            };
            if off.is_nan() {
                break;
            }
        }
        if ours.len() != theirs.len() {
            deviation = f64::INFINITY;
        }
        self.checks.push(Check {
            path: self.path.to_owned(),
            quantity,
            deviation,
            bound,
        });
    }
}

fn flatten(m: &Matrix) -> Vec<f64> {
    m.as_flattened().to_vec()
}

/// Replays a file of the format [`RATES_FORMAT`].
/// # Errors
/// When the file is not of the format.
pub fn verify_rates(file: &Value) -> Result<Vec<Check>, CaseError> {
    let bound = match file.get("tolerance") {
        Some(tolerance) => number(tolerance, "tolerance", "relative")?,
        None => 1e-12,
    };
    let mut compare = Comparison {
        path: PATH,
        checks: Vec::new(),
    };
    for (i, set) in list(file, "sets")?.iter().enumerate() {
        let at = format!("sets[{i}]");
        let name = set.get("name").and_then(Value::as_str).unwrap_or(&at);
        let circuit = rates_circuit(set, &at)?;
        let fields = set
            .as_object()
            .ok_or_else(|| wrong(&at, "must be an object"))?;
        for (key, expected) in fields {
            let quantity = format!("{name} {key}");
            let place = format!("{at}.{key}");
            let ours = match key.as_str() {
                "W" => flatten(&circuit.w()),
                "Wx" => circuit.wx().to_vec(),
                "det_W" => vec![determinant(&circuit.w())],
                "rates_kHz" => {
                    if expected.is_null() {
                        let off = f64::from(u8::from(formal(&circuit).is_ok()));
                        compare.relative(quantity, &[off], &[0.0], 0.0);
                        continue;
                    }
                    formal(&circuit).map_or(vec![f64::NAN; 2], |r| r.to_vec())
                }
                "balance_ok" => {
                    let expected = expected
                        .as_bool()
                        .ok_or_else(|| wrong(&place, "must be true or false"))?;
                    let ours = BalanceCondition::of(&circuit).holds();
                    let off = f64::from(u8::from(ours != expected));
                    compare.relative(quantity, &[off], &[0.0], 0.0);
                    continue;
                }
                _ if key.starts_with("cov_") => covariance(&circuit, key, &place)?,
                _ => continue,
            };
            compare.relative(quantity, &ours, &flat(expected, &place)?, bound);
        }
    }
    Ok(compare.checks)
}

fn rates_circuit(set: &Value, at: &str) -> Result<Circuit, CaseError> {
    let (j, jx) = (&set["j"], &set["jx"]);
    let (in_j, in_jx) = (format!("{at}.j"), format!("{at}.jx"));
    let p = number(set, at, "p")?;
    Ok(Circuit {
        j: weights(j, &in_j, None)?,
        p: [[p; 2]; 2],
        q: [number(set, at, "qe")?, number(set, at, "qi")?],
        jx: [number(jx, &in_jx, "ex")?, number(jx, &in_jx, "ix")?],
        px: [p; 2],
        qx: number(set, at, "qx")?,
        rx: number(set, at, "rx_kHz")?,
        stim: [
            number_or(set, at, "jestim", 0.0)?,
            number_or(set, at, "jistim", 0.0)?,
        ],
        ..Circuit::default()
    })
}

/// All four weights; those that are missing are taken from `absent`, if there is one.
fn weights(j: &Value, at: &str, absent: Option<Matrix>) -> Result<Matrix, CaseError> {
    let mut matrix = [[0.0; 2]; 2];
    for (a, post) in ["e", "i"].iter().enumerate() {
        for (b, pre) in ["e", "i"].iter().enumerate() {
            let key = format!("{post}{pre}");
            matrix[a][b] = match absent {
                Some(absent) => number_or(j, at, &key, absent[a][b])?,
                None => number(j, at, &key)?,
            };
        }
    }
    Ok(matrix)
}

/// What a key such as `cov_async_N5000_win250` or `cov_corr_c0p1_win250` asks for.
fn covariance(circuit: &Circuit, key: &str, at: &str) -> Result<Vec<f64>, CaseError> {
    let unknown = || {
        wrong(
            at,
            "known are cov_async_N<N>_win<ms> and cov_corr_c<c>_win<ms>",
        )
    };
    let mut circuit = circuit.clone();
    let (mut n, mut window) = (f64::INFINITY, f64::NAN);
    for part in key.split('_').skip(1) {
        let read = |prefix: &str| -> Option<f64> {
            part.strip_prefix(prefix)?.replace('p', ".").parse().ok()
        };
        match part {
            "async" => circuit.c = 0.0,
            "corr" => {}
            _ => {
                if let Some(ms) = read("win") {
                    window = ms;
                } else if let Some(size) = read("N") {
                    n = size;
                } else if let Some(c) = read("c") {
                    circuit.c = c;
                } else {
                    return Err(unknown());
                }
            }
        }
    }
    if window.is_nan() {
        return Err(unknown());
    }
    Ok(of_counts(&circuit, n, window).map_or(vec![f64::NAN; 4], |c| flatten(&c)))
}

/// Replays a file of the format [`WEIGHTS_FORMAT`].
/// # Errors
/// When the file is not of the format.
pub fn verify_weights(file: &Value) -> Result<Vec<Check>, CaseError> {
    let mut compare = Comparison {
        path: PATH,
        checks: Vec::new(),
    };
    for (i, entry) in list(file, "entries")?.iter().enumerate() {
        let at = format!("entries[{i}]");
        let entry = Entry::read(file, entry, at)?;
        match entry.rule {
            "opto_EI_homeo" => entry.opto(&mut compare)?,
            "ee_kohonen_saddle_node" => {
                let ours = saddle_node(&entry.circuit, entry.tau);
                entry.check(&mut compare, "beta_critical", &[ours])?;
            }
            _ => entry.rules(&mut compare)?,
        }
    }
    Ok(compare.checks)
}

struct Entry<'a> {
    value: &'a Value,
    at: String,
    rule: &'a str,
    circuit: Circuit,
    tau: f64,
    bound: f64,
}

impl<'a> Entry<'a> {
    fn read(file: &Value, value: &'a Value, at: String) -> Result<Self, CaseError> {
        let rule = value
            .get("rule")
            .and_then(Value::as_str)
            .ok_or_else(|| wrong(format!("{at}.rule"), "must be the name of a rule"))?;
        // What an entry does not say stands at the top of the file, or is the paper's.
        let own_or_common = |key: &str, absent: f64| match value.get(key) {
            Some(_) => number(value, &at, key),
            None => number_or(file, "file", key, absent),
        };
        let common = Circuit::default();
        let p = own_or_common("p", common.p[0][0])?;
        let jx = value.get("jx").or(file.get("jx")).unwrap_or(&Value::Null);
        let held = value.get("j_fixed").unwrap_or(&Value::Null);
        // The Kohonen family starts from weaker inhibition of E.
        let absent = match rule {
            "ee_kohonen_saddle_node" => [[1.0, -100.0], [112.5, -250.0]],
            _ => common.j,
        };
        let circuit = Circuit {
            j: weights(held, &format!("{at}.j_fixed"), Some(absent))?,
            p: [[p; 2]; 2],
            px: [p; 2],
            q: [own_or_common("qe", 0.8)?, own_or_common("qi", 0.2)?],
            qx: own_or_common("qx", 0.2)?,
            jx: [
                number_or(jx, "jx", "ex", common.jx[0])?,
                number_or(jx, "jx", "ix", common.jx[1])?,
            ],
            rx: own_or_common("rx_kHz", common.rx)?,
            c: number_or(value, &at, "c", 0.0)?,
            tau_jitter: own_or_common("tau_jitter", common.tau_jitter)?,
            tau: [
                own_or_common("tau_e", common.tau[0])?,
                own_or_common("tau_i", common.tau[1])?,
            ],
            tau_x: own_or_common("tau_x", common.tau_x)?,
            stim: [own_or_common("jestim", 0.0)?, own_or_common("jistim", 0.0)?],
        };
        Ok(Self {
            tau: number_or(value, &at, "tau_stdp", 200.0)?,
            bound: number_or(value, &at, "tol", 1e-6)?,
            value,
            at,
            rule,
            circuit,
        })
    }

    fn number(&self, key: &str) -> Result<f64, CaseError> {
        number(self.value, &self.at, key)
    }

    /// Compares with what stands at `key`, if anything does.
    fn check(&self, compare: &mut Comparison, key: &str, ours: &[f64]) -> Result<(), CaseError> {
        let Some(expected) = self.value.get(key).filter(|value| !value.is_null()) else {
            return Ok(());
        };
        let expected = flat(expected, &format!("{}.{key}", self.at))?;
        let quantity = format!("{} {}.{key}", self.at, self.rule);
        compare.scaled(quantity, ours, &expected, self.bound);
        Ok(())
    }

    fn rules(&self, compare: &mut Comparison) -> Result<(), CaseError> {
        let rules = self.read_rules()?;
        let found = fixed_point(&self.circuit, &rules, self.tau);
        let point = found.clone().unwrap_or(FixedPoint {
            j: [[f64::NAN; 2]; 2],
            rates: [f64::NAN; 2],
            unstable_ee: None,
        });
        let [[ee, ei], [ie, ii]] = point.j;
        for (key, ours) in [("j_ee", ee), ("j_ei", ei), ("j_ie", ie), ("j_ii", ii)] {
            self.check(compare, key, &[ours])?;
        }
        self.check(compare, "j_ee_stable", &[ee])?;
        self.check(
            compare,
            "j_ee_unstable",
            &[point.unstable_ee.unwrap_or(f64::NAN)],
        )?;
        self.check(compare, "rates_kHz", &point.rates)?;
        self.check(compare, "r_e_fixed_kHz_poisson", &[point.rates[0]])?;
        if let Some(false) = self.value.get("exists").and_then(Value::as_bool) {
            let off = f64::from(u8::from(found.is_ok()));
            compare.scaled(format!("{} exists", self.at), &[off], &[0.0], 0.0);
        }
        Ok(())
    }

    fn read_rules(&self) -> Result<Rules, CaseError> {
        let mut rules = Rules::default();
        for rule in self.rule.split('+') {
            match rule.trim() {
                "ei_homeo" => rules.ei = Some(self.number("rho_e")?),
                "ii_homeo" => rules.ii = Some(self.number("rho_i")?),
                "ie_homeo" => rules.ie = Some(self.number("rho_i")?),
                "ie_hebb" => {
                    let key = if self.value.get("jmax_ie").is_some() {
                        "jmax_ie"
                    } else {
                        "jmax"
                    };
                    rules.ie_hebb = Some(self.number(key)?);
                }
                "ee_hebb_soft" => {
                    let plus = number_or(self.value, &self.at, "gp", 1.0)?;
                    // With (Jmax - J) in place of Jmax the balance of both phases moves.
                    let minus = number_or(self.value, &self.at, "gm", 0.0)?;
                    let jmax = self.number("jmax")? * plus / (plus - minus);
                    rules.ee.push(EeRule::Soft { jmax });
                }
                "ee_kohonen" => rules.ee.push(EeRule::Kohonen {
                    beta: self.number("beta")?,
                }),
                "ee_oja" => rules.ee.push(EeRule::Oja {
                    beta: self.number("beta")?,
                }),
                "ee_triplet" => rules.ee.push(EeRule::Triplet {
                    v_theta: self.number("v_theta")?,
                }),
                "ee_hebb_hard" | "ee_hebb_classic" => rules.ee.push(EeRule::Additive),
                _ => {
                    return Err(wrong(
                        format!("{}.rule", self.at),
                        "known rules: ei_homeo, ii_homeo, ie_homeo, ie_hebb, ee_hebb_soft, ee_hebb_hard, \
                         ee_hebb_classic, ee_kohonen, ee_oja, ee_triplet, joined by +; \
                         ee_kohonen_saddle_node; opto_EI_homeo",
                    ));
                }
            }
        }
        Ok(rules)
    }

    fn opto(&self, compare: &mut Comparison) -> Result<(), CaseError> {
        let circuit = Circuit {
            rx: self.number("rx1")?,
            ..self.circuit.clone()
        };
        let extra = circuit.wx()[0] * self.number("rx2")?;
        let rho = self.number("rho_e")?;
        let failed = |error: NoSolution| wrong(&self.at, error);
        let (before, r_i) = adapted(&circuit, 0.0, rho).map_err(failed)?;
        let (during, _) = adapted(&circuit, extra, rho).map_err(failed)?;
        let semi = |extra: f64, j_ei: Pair| {
            let parts = Stimulated {
                share: 0.5,
                extra,
                j_ei,
            };
            part_rates(&circuit, &parts).map_or([f64::NAN; 3], |found| found.rates)
        };
        for (key, weights, rates) in [
            ("before", Some(before), [rho, rho, r_i]),
            ("during_adapted", Some(during), [rho, rho, r_i]),
            ("onset_semibalanced", None, semi(extra, before)),
            ("offset_semibalanced", None, semi(0.0, during)),
        ] {
            let Some(expected) = self.value.get(key) else {
                continue;
            };
            let at = format!("{}.{key}", self.at);
            if let Some(weights) = weights {
                let theirs = [
                    number(expected, &at, "j_e1i")?,
                    number(expected, &at, "j_e2i")?,
                ];
                compare.scaled(format!("{at} weights"), &weights, &theirs, self.bound);
            }
            let theirs = flat(&expected["r"], &at)?;
            compare.scaled(format!("{at} rates"), &rates, &theirs, self.bound);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(text: &str, verify: fn(&Value) -> Result<Vec<Check>, CaseError>) -> Vec<Check> {
        let checks = verify(&serde_json::from_str(text).unwrap()).unwrap();
        assert!(!checks.is_empty());
        checks.into_iter().filter(|check| !check.passed()).collect()
    }

    #[test]
    fn rates_and_covariances_of_the_reference() {
        let text = include_str!("../../../../tests/reference/balanced/theory_rates.json");
        assert_eq!(failed(text, verify_rates), []);
    }

    #[test]
    fn fixed_points_of_the_reference() {
        let text = include_str!("../../../../tests/reference/balanced/predicted_weights.json");
        assert_eq!(failed(text, verify_weights), []);
    }
}
