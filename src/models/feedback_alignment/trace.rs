//! What one online step leaves behind: enough to show it and to undo it.

use serde::{Deserialize, Serialize};

use super::lines::Lines;
use super::network::Network;
use super::terms::Local;
use crate::models::nn::real::Real;

/// The vectors of one online step. Index 0 is the input layer unless said otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Trace<T: Real> {
    /// Activities `y_l`; `y[0]` is the image.
    pub y: Vec<Lines<T>>,
    /// Inputs `z_l`; `z[0]` is empty.
    pub z: Vec<Lines<T>>,
    /// `d_l`, the slope of the activation; `d[L]` is empty.
    pub d: Vec<Lines<T>>,
    /// Fed back errors `e_l`. `e[0]` is only computed where a term needs it.
    pub e: Vec<Lines<T>>,
    /// `u_l = B_{l+1}^T e_{l+1}`; `u[L]` is empty.
    pub u: Vec<Lines<T>>,
    /// `r_l = W_l^T y_l`, of the size of layer `l - 1`; `r[0]` is empty. Only where a term needs it.
    pub r: Vec<Lines<T>>,
    /// The gates `s_l`, `q_l`, `v_l`; `gates[0]` is that of `W_1`.
    pub gates: Vec<Gates>,
}

/// Scalars of a layer; 0 where no term needs them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Gates {
    /// `s_l = sum_j y_{l,j}`.
    pub total: f64,
    /// `q_l = r_l . e_{l-1}`.
    pub overlap: f64,
    /// `v_l = e_l . z_l`.
    pub input_error: f64,
}

impl Gates {
    /// As the terms take them.
    pub fn local(&self) -> Local {
        Local {
            total: self.total,
            overlap: self.overlap,
            input_error: self.input_error,
            ..Local::default()
        }
    }
}

impl<T: Real> Trace<T> {
    pub fn new(network: &Network) -> Self {
        let depth = network.depth();
        let sized = |l: usize, there: bool| Lines::zeros(if there { network.size(l) } else { 0 });
        let all = |there: fn(usize, usize) -> bool| -> Vec<Lines<T>> {
            (0..=depth).map(|l| sized(l, there(l, depth))).collect()
        };
        Self {
            y: all(|_, _| true),
            z: all(|l, _| l > 0),
            d: all(|l, depth| l < depth),
            e: all(|_, _| true),
            u: all(|l, depth| l < depth),
            r: (0..=depth)
                .map(|l| sized(l.saturating_sub(1), l > 0))
                .collect(),
            gates: vec![Gates::default(); depth],
        }
    }

    /// Whether it has the sizes that `new` gives it.
    pub fn fits(&self, network: &Network) -> bool {
        let new = Self::new(network);
        let same = |a: &[Lines<T>], b: &[Lines<T>]| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.len() == b.len())
        };
        same(&self.y, &new.y)
            && same(&self.z, &new.z)
            && same(&self.d, &new.d)
            && same(&self.e, &new.e)
            && same(&self.u, &new.u)
            && same(&self.r, &new.r)
            && self.gates.len() == new.gates.len()
    }

    /// Class probabilities, `y_L`.
    pub fn probabilities(&self) -> &[T] {
        self.y[self.y.len() - 1].values()
    }

    /// Inputs of the output layer, `z_L`.
    pub fn logits(&self) -> &[T] {
        self.z[self.z.len() - 1].values()
    }
}

/// Which pixels of an image are not 0, and which are.
#[derive(Clone, Debug, Default)]
pub struct Pixels {
    /// Those that are not 0, then whatever was there before.
    on: Vec<u32>,
    off: Vec<u32>,
    lit: usize,
}

impl Pixels {
    /// Room for images of `inputs` pixels.
    pub fn new(inputs: usize) -> Self {
        Self {
            on: vec![0; inputs],
            off: vec![0; inputs],
            lit: 0,
        }
    }

    /// Looks at an image. Both lists are written to for every pixel, and only the end of one of
    /// them moves on: the processor has no branch to guess.
    pub fn sort<T: Real>(&mut self, image: &[T]) {
        let (mut lit, mut dark) = (0, 0);
        for (i, x) in (0u32..).zip(image) {
            let is_lit = *x != T::zero();
            self.on[lit] = i;
            self.off[dark] = i;
            lit += usize::from(is_lit);
            dark += usize::from(!is_lit);
        }
        self.lit = lit;
    }

    pub fn on(&self) -> &[u32] {
        &self.on[..self.lit]
    }

    pub fn off(&self) -> &[u32] {
        &self.off[..self.off.len() - self.lit]
    }
}
