//! The pool of ten plasticity terms, `W_l <- W_l + sum_r theta_r F^r`.
//!
//! Every term but the decay is a column times a row, and the columns are only three: `e_l`, `y_l`
//! and ones. So the sum of all terms is
//!
//! ```text
//! W_l <- (1 - decay) W_l + e_l A_l^T + y_l C_l^T + 1_l D_l^T
//! A_l = error_activity y_{l-1} + error_error e_{l-1}
//! C_l = activity_error e_{l-1} + activity_rest (y_{l-1} - r_l)          r_l = W_l^T y_l
//! D_l = ones_error e_{l-1}
//! ```
//! and a term is what it adds to these six numbers ([`Factors`]). The kernels know no term.
//!
//! With `G = dM/dW_l` after the step, the derivative by the coefficient of a term is the inner
//! product `<G, F^r>`, again made of a few numbers that all terms share ([`Reverse`]).

mod decay;
mod error_below;
mod error_hebb;
mod input_error;
mod oja;
mod overlap_activity;
mod overlap_error;
mod pseudo_gradient;
mod swapped;
mod total_activity;

/// How many terms there are, `R`.
pub const TERMS: usize = 10;

/// What a term's own file says of it.
#[derive(Debug)]
pub struct Spec {
    /// `r` in `theta_r`.
    pub index: usize,
    pub id: &'static str,
    pub name: &'static str,
    /// `e`, `y`: error and activity of the layer; `e'`, `y'`: those of the layer below.
    pub formula: &'static str,
    pub about: &'static str,
    /// The equation in the paper.
    pub source: &'static str,
    pub needs: Needs,
}

/// What must be computed for a term and can be left out without it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// `e_{l-1}`; for the first layer that is the error of the pixels.
    pub error_below: bool,
    /// `r_l = W_l^T y_l`.
    pub projection: bool,
    /// `q_l = r_l . e_{l-1}`, which is known only after a whole sweep over the weights.
    pub overlap: bool,
}

/// Numbers of one layer at one step. `|.|` is the Euclidean norm (of a matrix: Frobenius), `e^BP`
/// the error that backpropagation would give.
#[derive(Clone, Copy, Debug, Default)]
pub struct Local {
    /// `n_l`.
    pub units: f64,
    /// `s_l = sum_j y_{l,j}`.
    pub total: f64,
    /// `q_l = r_l . e_{l-1}`.
    pub overlap: f64,
    /// `v_l = e_l . z_l`.
    pub input_error: f64,
    /// `|e_l|`.
    pub error: f64,
    /// `|y_l|`.
    pub activity: f64,
    /// `|e_{l-1}|`.
    pub error_below: f64,
    /// `|y_{l-1}|`.
    pub activity_below: f64,
    /// `|y_{l-1} - r_l|`.
    pub rest: f64,
    /// `|W_l|`.
    pub weights: f64,
    /// `e_l . e_l^BP`.
    pub error_bp: f64,
    /// `y_l . e_l^BP`.
    pub activity_bp: f64,
    /// `sum_j e_{l,j}^BP`.
    pub sum_bp: f64,
    /// `z_l . e_l^BP`.
    pub error_bp_input: f64,
    /// `|e_l^BP|`.
    pub bp: f64,
    /// `e_{l-1} . y_{l-1}`.
    pub below: f64,
    /// `(y_{l-1} - r_l) . y_{l-1}`.
    pub rest_below: f64,
}

/// The six numbers that say what a step does to the weights of a layer; see the module.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Factors {
    pub decay: f64,
    pub error_activity: f64,
    pub error_error: f64,
    pub activity_error: f64,
    pub activity_rest: f64,
    pub ones_error: f64,
}

/// Numbers of one layer in the reverse pass, with `b = G^T e_l`, `f = G^T y_l`, `c = G^T 1`; and
/// the adjoints of the gates `s_l`, `q_l` and `v_l`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reverse {
    /// `b . y_{l-1}`.
    pub error_activity: f64,
    /// `b . e_{l-1}`.
    pub error_error: f64,
    /// `f . e_{l-1}`.
    pub activity_error: f64,
    /// `f . (y_{l-1} - r_l)`.
    pub activity_rest: f64,
    /// `c . e_{l-1}`.
    pub ones_error: f64,
    /// `<G, W_l>`.
    pub weights: f64,
    /// `dM/ds_l`.
    pub total: f64,
    /// `dM/dq_l`.
    pub overlap: f64,
    /// `dM/dv_l`.
    pub input_error: f64,
}

/// One term of the pool.
pub trait Term: Sync {
    fn spec(&self) -> &'static Spec;

    /// Adds the term with the coefficient `theta` to what a step does.
    fn add(&self, theta: f64, at: &Local, factors: &mut Factors);

    /// `|F^r|`, the Frobenius norm.
    fn norm(&self, at: &Local) -> f64;

    /// `<F^r, F^BP>` with the update of backpropagation, `F^BP = -e_l^BP y_{l-1}^T`.
    fn along(&self, at: &Local) -> f64;

    /// `<G, F^r>`, the derivative of the meta-loss by this step's `theta_r`.
    fn gradient(&self, at: &Local, reverse: &Reverse) -> f64;

    /// Adds to the adjoints of the gates, where the term has one.
    fn adjoint(&self, _theta: f64, _reverse: &mut Reverse) {}
}

/// The pool, in the order of the paper.
pub const POOL: [&dyn Term; TERMS] = [
    &pseudo_gradient::PseudoGradient,
    &swapped::Swapped,
    &error_hebb::ErrorHebb,
    &decay::Decay,
    &error_below::ErrorBelow,
    &total_activity::TotalActivity,
    &overlap_activity::OverlapActivity,
    &overlap_error::OverlapError,
    &input_error::InputError,
    &oja::Oja,
];
