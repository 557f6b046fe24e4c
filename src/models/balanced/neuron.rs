//! A step of all neurons: voltages, and who fires.

use multiversion::multiversion;

use super::settings::Factors;
use crate::models::nn::real::Real;

/// Neurons that are worked on together.
const LANES: usize = 32;

/// Charges of one source, and what turns them into `dt/C` times a current.
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
/// Voltages are held as their `distances` from VT. Injected currents are left out where `injected`
/// is empty.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
pub fn advance<T: Real>(
    distances: &mut [T],
    synaptic: [Synaptic<T>; 3],
    injected: &[T],
    f: &Factors<T>,
    fired: &mut Vec<u32>,
) {
    if injected.is_empty() {
        all::<T, false>(distances, synaptic, injected, f, fired);
    } else {
        all::<T, true>(distances, synaptic, injected, f, fired);
    }
}

#[inline(always)]
fn all<T: Real, const INJECTED: bool>(
    distances: &mut [T],
    synaptic: [Synaptic<T>; 3],
    injected: &[T],
    f: &Factors<T>,
    fired: &mut Vec<u32>,
) {
    let f = *f;
    let dt_c = T::of(f.dt_c);
    let gain = synaptic.map(|from| from.gain);
    let (v, v_rest) = distances.as_chunks_mut::<LANES>();
    let [(e, e_rest), (i, i_rest), (x, x_rest)] =
        synaptic.map(|from| from.charges.as_chunks::<LANES>());
    let (injected, injected_rest) = injected.as_chunks::<LANES>();
    let whole = v.len();
    for (chunk, (v, ((e, i), x))) in v.iter_mut().zip(e.iter().zip(i).zip(x)).enumerate() {
        let mut any = false;
        for lane in 0..LANES {
            let mut next = step(v[lane], [e[lane], i[lane], x[lane]], gain, &f);
            if INJECTED {
                next += dt_c * injected[chunk][lane];
            }
            any |= next >= f.v_th;
            v[lane] = next;
        }
        if any {
            reset(v, &f, LANES * chunk, fired);
        }
    }
    for (lane, v) in v_rest.iter_mut().enumerate() {
        let mut next = step(*v, [e_rest[lane], i_rest[lane], x_rest[lane]], gain, &f);
        if INJECTED {
            next += dt_c * injected_rest[lane];
        }
        *v = next;
    }
    reset(v_rest, &f, LANES * whole, fired);
}

#[inline(always)]
fn step<T: Real>(v: T, [e, i, x]: [T; 3], gain: [T; 3], f: &Factors<T>) -> T {
    let synaptic = e * gain[0] + i * gain[1] + x * gain[2];
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
