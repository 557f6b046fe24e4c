//! The coefficients of the pool: what meta-learning learns.

use serde::{Deserialize, Serialize};

use super::terms::{Factors, Local, Needs, POOL, TERMS};

/// `theta_0`, the learning rate, at the start of meta-learning; all others start at 0.
pub const FIRST_RATE: f64 = 1e-3;

/// Coefficient and switch of each term, one row for the whole network or one for each layer.
///
/// A term that is off does nothing and costs nothing. A term that is on with `theta = 0` does
/// nothing either, but has a gradient.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coefficients {
    rows: Vec<Rule>,
}

/// The coefficients of one layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    pub theta: [f64; TERMS],
    pub on: [bool; TERMS],
}

impl Coefficients {
    /// The same for all layers.
    pub fn shared(rule: Rule) -> Self {
        Self { rows: vec![rule] }
    }

    /// One for each layer, `W_1` first.
    pub fn per_layer(rules: Vec<Rule>) -> Self {
        Self { rows: rules }
    }

    /// The terms `on` as they start: `theta_0 = 1e-3`, all others 0.
    pub fn initial(on: &[usize]) -> Self {
        let mut rule = Rule::default();
        for &r in on {
            rule.on[r] = true;
        }
        rule.theta[0] = FIRST_RATE;
        Self::shared(rule)
    }

    /// One row, or one for each layer.
    pub fn rows(&self) -> &[Rule] {
        &self.rows
    }

    pub fn rows_mut(&mut self) -> &mut [Rule] {
        &mut self.rows
    }

    pub fn is_shared(&self) -> bool {
        self.rows.len() == 1
    }

    /// The row that serves `W_l`, `l` from 1.
    pub fn row(&self, l: usize) -> usize {
        if self.is_shared() { 0 } else { l - 1 }
    }

    /// The rule of `W_l`, `l` from 1.
    pub fn rule(&self, l: usize) -> &Rule {
        &self.rows[self.row(l)]
    }

    /// Whether they serve a network with this many layers.
    pub fn fits(&self, depth: usize) -> bool {
        self.is_shared() || self.rows.len() == depth
    }

    /// `sum |theta|` over the terms that are on.
    pub fn l1(&self) -> f64 {
        let on = |rule: &Rule| -> f64 { rule.terms().map(|r| rule.theta[r].abs()).sum() };
        self.rows.iter().map(on).sum()
    }
}

impl Rule {
    /// The terms that are on.
    pub fn terms(&self) -> impl Iterator<Item = usize> + '_ {
        (0..TERMS).filter(|&r| self.on[r])
    }

    /// What must be computed for the terms that are on.
    pub fn needs(&self) -> Needs {
        self.terms().fold(Needs::default(), |all, r| {
            let needs = POOL[r].spec().needs;
            Needs {
                error_below: all.error_below || needs.error_below,
                projection: all.projection || needs.projection,
                overlap: all.overlap || needs.overlap,
            }
        })
    }

    /// What a step does to the weights, in six numbers.
    pub fn factors(&self, at: &Local) -> Factors {
        let mut factors = Factors::default();
        for r in self.terms() {
            POOL[r].add(self.theta[r], at, &mut factors);
        }
        factors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_that_are_off_need_nothing_and_do_nothing() {
        let mut rule = Rule {
            theta: [0.5; TERMS],
            on: [false; TERMS],
        };
        let at = Local {
            total: 2.0,
            overlap: 3.0,
            input_error: 5.0,
            ..Local::default()
        };
        assert_eq!(rule.factors(&at), Factors::default());
        assert_eq!(rule.needs(), Needs::default());
        rule.on[9] = true;
        assert!(rule.needs().projection && !rule.needs().error_below);
        rule.on[7] = true;
        assert_eq!(rule.factors(&at).error_activity, -1.5);
        assert!(rule.needs().overlap && rule.needs().error_below);
    }

    #[test]
    fn a_row_serves_all_layers_or_its_own() {
        let mut all = Coefficients::initial(&[0, 9]);
        assert_eq!((all.rule(1).theta[0], all.rule(4).theta[0]), (1e-3, 1e-3));
        assert!(all.fits(7));
        all.rows_mut()[0].theta[3] = 9.0;
        assert_eq!(all.l1(), 1e-3);
        let each = Coefficients::per_layer(vec![*all.rule(1), Rule::default()]);
        assert!(each.fits(2) && !each.fits(3));
        assert_eq!(each.rule(2), &Rule::default());
    }
}
