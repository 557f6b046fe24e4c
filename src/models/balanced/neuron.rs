//! A step of all neurons: voltages, and who fires.

use multiversion::multiversion;

use super::settings::Factors;
use crate::models::nn::real::Real;

/// Neurons that are worked on together.
const LANES: usize = 32;

/// Lots of lanes after which cells are reset. A call within the loop over lots would take all its
/// constants out of the registers.
const GROUP: usize = 8;

/// Charges of one source, and what they add to `u` in a step.
#[derive(Clone, Copy)]
pub struct Synaptic<'a, T> {
    pub charges: &'a [T],
    pub gain: T,
}

/// Advances all neurons by one step and notes those that fire, ascending.
///
/// ```text
/// V += dt/C (I_ext + I_e + I_i + I_x + gL (EL - V) + gL DeltaT exp((V - VT)/DeltaT))
/// V >= Vth: fired, V = Vre
/// ```
/// Voltages are held as `exponents`, see [`Exponents`](super::settings::Exponents). Injected currents
/// are left out where `injected` is empty.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
pub fn advance<T: Real>(
    exponents: &mut [T],
    synaptic: [Synaptic<T>; 3],
    injected: &[T],
    f: &Factors<T>,
    fired: &mut Vec<u32>,
) {
    if injected.is_empty() {
        all::<T, false>(exponents, synaptic, injected, f, fired);
    } else {
        all::<T, true>(exponents, synaptic, injected, f, fired);
    }
}

#[inline(always)]
fn all<T: Real, const INJECTED: bool>(
    exponents: &mut [T],
    synaptic: [Synaptic<T>; 3],
    injected: &[T],
    f: &Factors<T>,
    fired: &mut Vec<u32>,
) {
    let f = *f;
    let of_injected = T::of(f.gain);
    let gain = synaptic.map(|from| from.gain);
    let (u, u_rest) = exponents.as_chunks_mut::<LANES>();
    let [(e, e_rest), (i, i_rest), (x, x_rest)] =
        synaptic.map(|from| from.charges.as_chunks::<LANES>());
    let (injected, injected_rest) = injected.as_chunks::<LANES>();
    let whole = u.len();
    let groups = u.chunks_mut(GROUP).zip(e.chunks(GROUP));
    let groups = groups.zip(i.chunks(GROUP).zip(x.chunks(GROUP)));
    for (group, ((u, e), (i, x))) in groups.enumerate() {
        let first = GROUP * group;
        let mut fires = [false; GROUP];
        for (chunk, (fires, (u, (e, (i, x))))) in fires
            .iter_mut()
            .zip(u.iter_mut().zip(e.iter().zip(i.iter().zip(x))))
            .enumerate()
        {
            for lane in 0..LANES {
                let mut next = step(u[lane], [e[lane], i[lane], x[lane]], gain, &f);
                if INJECTED {
                    next += of_injected * injected[first + chunk][lane];
                }
                *fires |= next >= f.u_th;
                u[lane] = next;
            }
        }
        for (chunk, (u, fires)) in u.iter_mut().zip(fires).enumerate() {
            if fires {
                reset(u, &f, LANES * (first + chunk), fired);
            }
        }
    }
    for (lane, u) in u_rest.iter_mut().enumerate() {
        let mut next = step(*u, [e_rest[lane], i_rest[lane], x_rest[lane]], gain, &f);
        if INJECTED {
            next += of_injected * injected_rest[lane];
        }
        *u = next;
    }
    reset(u_rest, &f, LANES * whole, fired);
}

#[inline(always)]
fn step<T: Real>(u: T, [e, i, x]: [T; 3], gain: [T; 3], f: &Factors<T>) -> T {
    let synaptic = e * gain[0] + i * gain[1] + x * gain[2];
    u * f.keep + ((synaptic + f.rest) + u.exp2_held())
}

fn reset<T: Real>(exponents: &mut [T], f: &Factors<T>, first: usize, fired: &mut Vec<u32>) {
    for (lane, u) in exponents.iter_mut().enumerate() {
        if *u >= f.u_th {
            *u = f.u_re;
            fired.push((first + lane) as u32);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::settings::{Neuron, Taus};
    use super::*;

    /// A step as it is defined, with and without a leak, with sharp and blunt spikes, and in chunks of
    /// all kinds.
    #[test]
    fn a_step_is_that_of_the_equation() {
        let (dt, cells) = (0.1, 2 * GROUP * LANES + 3 * LANES + 5);
        let taus = Taus {
            e: 8.0,
            i: 4.0,
            x: 10.0,
            stdp: 200.0,
        };
        for (g_l, delta_t) in [(1.0 / 15.0, 1.0), (0.0, 1.0), (0.2, 0.1), (0.01, 10.0)] {
            let neuron = Neuron {
                c_m: 1.5,
                g_l,
                e_l: -72.0,
                v_t: -55.0,
                delta_t,
                v_th: -50.0,
                v_re: -75.0,
            };
            let factors = Factors::<f64>::new(dt, &neuron, &taus);
            let at = |cell: usize, by: usize| ((cell * by) % cells) as f64 / cells as f64;
            let before: Vec<f64> = (0..cells).map(|cell| -80.0 + 29.9 * at(cell, 7)).collect();
            let currents = [3, 5, 11].map(|by| (0..cells).map(|cell| at(cell, by) - 0.3).collect());
            let injected: Vec<f64> = (0..cells).map(|cell| 9.0 * at(cell, 13)).collect();
            let mut exponents: Vec<f64> = before.iter().map(|&v| factors.exponents.of(v)).collect();
            let mut fired = Vec::new();
            let synaptic = currents.each_ref().map(|charges: &Vec<f64>| Synaptic {
                charges,
                gain: factors.gain,
            });
            advance(&mut exponents, synaptic, &injected, &factors, &mut fired);
            let mut expected = Vec::new();
            for cell in 0..cells {
                let v = before[cell];
                let current = injected[cell] + currents.iter().map(|i| i[cell]).sum::<f64>();
                let spike = g_l * delta_t * ((v - neuron.v_t) / delta_t).exp();
                let mut after = v + dt / neuron.c_m * (current + g_l * (neuron.e_l - v) + spike);
                if after >= neuron.v_th {
                    expected.push(cell as u32);
                    after = neuron.v_re;
                }
                let ours = factors.exponents.voltage(exponents[cell]);
                assert!((ours - after).abs() < 1e-9, "{cell}: {ours} {after}");
            }
            assert_eq!(fired, expected);
            assert!(!fired.is_empty());
        }
    }
}
