//! A step of all neurons: voltages, decay of currents, and who fires.

use multiversion::multiversion;

use super::settings::Factors;
use crate::models::nn::real::Real;

/// Neurons that are worked on together; fewer would load the constants more often.
const LANES: usize = 64;

/// Stored charges of the recurrent E, I and the external currents, see
/// [`Factors::gain`](super::settings::Factors).
pub struct Charges<'a, T> {
    pub e: &'a mut [T],
    pub i: &'a mut [T],
    pub x: &'a mut [T],
}

/// Advances the neurons from `first` on by one step and notes those that fire, ascending.
///
/// ```text
/// V += dt/C (I_ext + I_e + I_i + I_x + gL (EL - V) + gL DeltaT exp((V - VT)/DeltaT))
/// V >= Vth: fired, V = Vre;     every I *= 1 - dt/tau
/// ```
/// Voltages are held as their `distances` from VT. Injected currents are left out where `injected`
/// is empty.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
pub fn advance<T: Real>(
    distances: &mut [T],
    charges: Charges<T>,
    injected: &[T],
    f: &Factors<T>,
    first: usize,
    fired: &mut Vec<u32>,
) {
    if injected.is_empty() {
        all::<T, false>(distances, charges, injected, f, first, fired);
    } else {
        all::<T, true>(distances, charges, injected, f, first, fired);
    }
}

#[inline(always)]
fn all<T: Real, const INJECTED: bool>(
    distances: &mut [T],
    charges: Charges<T>,
    injected: &[T],
    f: &Factors<T>,
    first: usize,
    fired: &mut Vec<u32>,
) {
    let f = *f;
    let (v, v_rest) = distances.as_chunks_mut::<LANES>();
    let (e, e_rest) = charges.e.as_chunks_mut::<LANES>();
    let (i, i_rest) = charges.i.as_chunks_mut::<LANES>();
    let (x, x_rest) = charges.x.as_chunks_mut::<LANES>();
    let (injected, injected_rest) = injected.as_chunks::<LANES>();
    let whole = v.len();
    let charges = e.iter_mut().zip(i).zip(x);
    for (chunk, (v, ((e, i), x))) in v.iter_mut().zip(charges).enumerate() {
        let mut any = false;
        for lane in 0..LANES {
            let mut next = step(v[lane], [e[lane], i[lane], x[lane]], &f);
            if INJECTED {
                next += f.dt_c * injected[chunk][lane];
            }
            any |= next >= f.v_th;
            v[lane] = next;
            e[lane] *= f.decay[0];
            i[lane] *= f.decay[1];
            x[lane] *= f.decay[2];
        }
        if any {
            reset(v, &f, first + LANES * chunk, fired);
        }
    }
    for lane in 0..v_rest.len() {
        let mut next = step(v_rest[lane], [e_rest[lane], i_rest[lane], x_rest[lane]], &f);
        if INJECTED {
            next += f.dt_c * injected_rest[lane];
        }
        v_rest[lane] = next;
        e_rest[lane] *= f.decay[0];
        i_rest[lane] *= f.decay[1];
        x_rest[lane] *= f.decay[2];
    }
    reset(v_rest, &f, first + LANES * whole, fired);
}

#[inline(always)]
fn step<T: Real>(v: T, [e, i, x]: [T; 3], f: &Factors<T>) -> T {
    let synaptic = e * f.gain[0] + i * f.gain[1] + x * f.gain[2];
    let spike = (v * f.slope + f.offset).exp2_held();
    v + (f.leak * (f.e_l - v) + (synaptic + spike))
}

fn reset<T: Real>(distances: &mut [T], f: &Factors<T>, first: usize, fired: &mut Vec<u32>) {
    for (lane, v) in distances.iter_mut().enumerate() {
        if *v >= f.v_th {
            *v = f.v_re;
            fired.push((first + lane) as u32);
        }
    }
}
