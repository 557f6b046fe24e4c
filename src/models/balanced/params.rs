//! The parameter table of the family: everything that a person can give.

use crate::models::param::{choice, integer, linear, log, options};
use crate::models::table::{Applies, Kind, ParamSpec, Scope, Text, Value, text};

macro_rules! param {
    ($id:literal, $label:literal, $unit:literal, $kind:expr, $default:expr, $applies:ident, $meaning:literal) => {
        ParamSpec {
            id: text($id),
            label: text($label),
            unit: text($unit),
            meaning: text($meaning),
            kind: $kind,
            default: $default,
            applies: Applies::$applies,
            scope: Scope::Model,
        }
    };
}

const fn real(x: f64) -> Value {
    Value::Real(x)
}

const OFF: Value = Value::Switch(false);
const UPDATES: &[Text] = &[text("deferred"), text("direct")];

pub const PARAMS: &[ParamSpec] = &[
    param!(
        "n",
        "N",
        "",
        integer(100, 1_000_000),
        Value::Integer(5000),
        Restart,
        "Neurons of the recurrent network. Larger: closer to the theory, which is for N without end; memory and time grow as N squared."
    ),
    param!(
        "share_e",
        "E share",
        "",
        linear(0.0, 1.0),
        real(0.8),
        Restart,
        "Share of excitatory neurons, q_e; the rest is inhibitory."
    ),
    param!(
        "share_x",
        "X share",
        "",
        linear(0.0, 10.0),
        real(0.2),
        Restart,
        "Neurons of the external layer X as a share of N, q_x. More of them with the same rate drive the network more."
    ),
    param!(
        "dt",
        "dt",
        "ms",
        log(0.001, 1.0),
        real(0.1),
        Restart,
        "Time step of the Euler scheme. Larger is faster and less exact: a recurrent weight acts as J (1 - dt/tau). One millisecond must be a whole number of steps."
    ),
    param!(
        "p_ee",
        "p EE",
        "",
        linear(0.0, 1.0),
        real(0.1),
        Restart,
        "Probability of a contact from an E to an E cell."
    ),
    param!(
        "p_ei",
        "p EI",
        "",
        linear(0.0, 1.0),
        real(0.1),
        Restart,
        "Probability of a contact from an I to an E cell."
    ),
    param!(
        "p_ie",
        "p IE",
        "",
        linear(0.0, 1.0),
        real(0.1),
        Restart,
        "Probability of a contact from an E to an I cell."
    ),
    param!(
        "p_ii",
        "p II",
        "",
        linear(0.0, 1.0),
        real(0.1),
        Restart,
        "Probability of a contact from an I to an I cell."
    ),
    param!(
        "p_ex",
        "p EX",
        "",
        linear(0.0, 1.0),
        real(0.1),
        Restart,
        "Probability of a contact from an external neuron to an E cell."
    ),
    param!(
        "p_ix",
        "p IX",
        "",
        linear(0.0, 1.0),
        real(0.1),
        Restart,
        "Probability of a contact from an external neuron to an I cell."
    ),
    param!(
        "j_ee",
        "j EE",
        "mV",
        linear(0.0, 500.0),
        real(25.0),
        Restart,
        "Initial weight from E to E cells times the square root of N. Larger: E cells excite each other more, rates rise, until balance is lost."
    ),
    param!(
        "j_ei",
        "j EI",
        "mV",
        linear(-1000.0, 0.0),
        real(-150.0),
        Restart,
        "Initial weight from I to E cells times the square root of N. More negative: lower rates."
    ),
    param!(
        "j_ie",
        "j IE",
        "mV",
        linear(0.0, 1000.0),
        real(112.5),
        Restart,
        "Initial weight from E to I cells times the square root of N. Larger: lower rates of both populations."
    ),
    param!(
        "j_ii",
        "j II",
        "mV",
        linear(-1000.0, 0.0),
        real(-250.0),
        Restart,
        "Initial weight from I to I cells times the square root of N. More negative: paradoxically, higher rates of both populations."
    ),
    param!(
        "j_ex",
        "j EX",
        "mV",
        linear(0.0, 1000.0),
        real(180.0),
        Quantum,
        "Weight from external neurons to E cells times the square root of N."
    ),
    param!(
        "j_ix",
        "j IX",
        "mV",
        linear(0.0, 1000.0),
        real(135.0),
        Quantum,
        "Weight from external neurons to I cells times the square root of N."
    ),
    param!(
        "c_m",
        "C",
        "",
        log(0.1, 10.0),
        real(1.0),
        Quantum,
        "Membrane capacitance; with 1, currents are in mV/ms. Larger: slower voltages."
    ),
    param!(
        "g_l",
        "gL",
        "1/ms",
        log(0.001, 1.0),
        real(1.0 / 15.0),
        Quantum,
        "Leak conductance: one over the membrane time constant of 15 ms."
    ),
    param!(
        "e_l",
        "EL",
        "mV",
        linear(-100.0, -40.0),
        real(-72.0),
        Quantum,
        "Resting potential of the leak."
    ),
    param!(
        "v_t",
        "VT",
        "mV",
        linear(-80.0, -30.0),
        real(-55.0),
        Quantum,
        "Soft threshold, where the spike begins to run away by itself."
    ),
    param!(
        "delta_t",
        "DeltaT",
        "mV",
        log(0.1, 10.0),
        real(1.0),
        Quantum,
        "Sharpness of the spike's upstroke; smaller is sharper."
    ),
    param!(
        "v_th",
        "Vth",
        "mV",
        linear(-80.0, 50.0),
        real(-50.0),
        Quantum,
        "A voltage at or above it is a spike."
    ),
    param!(
        "v_re",
        "Vre",
        "mV",
        linear(-150.0, -40.0),
        real(-75.0),
        Quantum,
        "Voltage after a spike."
    ),
    param!(
        "tau_e",
        "tau E",
        "ms",
        log(1.0, 100.0),
        real(8.0),
        Quantum,
        "Decay of excitatory recurrent currents."
    ),
    param!(
        "tau_i",
        "tau I",
        "ms",
        log(1.0, 100.0),
        real(4.0),
        Quantum,
        "Decay of inhibitory currents. Slower than tau E makes oscillations."
    ),
    param!(
        "tau_x",
        "tau X",
        "ms",
        log(1.0, 100.0),
        real(10.0),
        Quantum,
        "Decay of external currents."
    ),
    param!(
        "tau_stdp",
        "tau STDP",
        "ms",
        log(1.0, 5000.0),
        real(200.0),
        Quantum,
        "Decay of the trace x that each spike raises by 1: the width of every learning window."
    ),
    param!(
        "r_x",
        "r X",
        "Hz",
        linear(0.0, 200.0),
        real(10.0),
        Quantum,
        "Rate of each external neuron. Balanced rates are proportional to it."
    ),
    param!(
        "c",
        "c",
        "",
        linear(0.0, 1.0),
        real(0.0),
        Quantum,
        "Correlation between the spike counts of external neurons. 0: independent, the asynchronous state; above: copies of a common mother process, the correlated state."
    ),
    param!(
        "tau_jitter",
        "jitter",
        "ms",
        log(0.1, 100.0),
        real(5.0),
        Quantum,
        "Standard deviation by which each copy of a mother spike is moved in time (at most six of them: 2 in 10^9 are lost). Larger: slower correlations."
    ),
    param!(
        "stimulate",
        "stimulate",
        "",
        Kind::Switch,
        OFF,
        Quantum,
        "Stimulation by hand: on as long as the switch is on, as well as between stim start and stim end."
    ),
    param!(
        "stim_start",
        "stim start",
        "s",
        linear(0.0, 1e5),
        real(0.0),
        Quantum,
        "Simulated time at which the stimulation begins."
    ),
    param!(
        "stim_end",
        "stim end",
        "s",
        linear(0.0, 1e5),
        real(0.0),
        Quantum,
        "Simulated time at which it ends; not after the start: never."
    ),
    param!(
        "stim_period",
        "stim period",
        "s",
        linear(0.0, 1e4),
        real(0.0),
        Quantum,
        "The stimulation is repeated after so long; 0: once."
    ),
    param!(
        "stim_on",
        "pulse on",
        "ms",
        linear(0.0, 1e4),
        real(0.0),
        Quantum,
        "Length of a pulse of injected current; 0: constant while stimulated."
    ),
    param!(
        "stim_off",
        "pulse off",
        "ms",
        linear(0.0, 1e4),
        real(0.0),
        Quantum,
        "Pause between two pulses."
    ),
    param!(
        "stim_share_e",
        "stim E",
        "",
        linear(0.0, 1.0),
        real(1.0),
        Restart,
        "Share of E cells that are stimulated: the first ones."
    ),
    param!(
        "stim_share_i",
        "stim I",
        "",
        linear(0.0, 1.0),
        real(1.0),
        Restart,
        "Share of I cells that are stimulated: the first ones."
    ),
    param!(
        "j_stim_e",
        "j stim E",
        "mV/ms",
        linear(-1.0, 1.0),
        real(0.0),
        Quantum,
        "Current injected into the stimulated E cells, over the square root of N."
    ),
    param!(
        "j_stim_i",
        "j stim I",
        "mV/ms",
        linear(-1.0, 1.0),
        real(0.0),
        Quantum,
        "Current injected into the stimulated I cells, over the square root of N."
    ),
    param!(
        "share_x2",
        "X2 share",
        "",
        linear(0.0, 10.0),
        real(0.0),
        Restart,
        "Neurons of the second external layer X2 as a share of N; 0: there is none. It fires only during stimulation, and reaches only the stimulated E cells."
    ),
    param!(
        "p_x2",
        "p X2",
        "",
        linear(0.0, 1.0),
        real(0.1),
        Restart,
        "Probability of a contact from an X2 neuron to a stimulated E cell."
    ),
    param!(
        "j_x2",
        "j X2",
        "mV",
        linear(0.0, 1000.0),
        real(180.0),
        Quantum,
        "Weight from X2 neurons times the square root of N."
    ),
    param!(
        "r_x2",
        "r X2",
        "Hz",
        linear(0.0, 200.0),
        real(5.0),
        Quantum,
        "Rate of each X2 neuron during stimulation."
    ),
    param!(
        "ee_soft",
        "EE soft",
        "",
        Kind::Switch,
        OFF,
        Quantum,
        "Hebbian learning of EE with multiplicative depression: j EE drifts to its jmax, whatever the rates."
    ),
    param!(
        "ee_soft_eta",
        "eta",
        "",
        log(1e-6, 1.0),
        real(1e-3),
        Quantum,
        "Learning rate of EE soft; the speed of j does not depend on N."
    ),
    param!(
        "ee_soft_jmax",
        "jmax",
        "mV",
        linear(0.0, 500.0),
        real(30.0),
        Quantum,
        "Where EE soft drives j EE."
    ),
    param!(
        "ee_hard",
        "EE hard",
        "",
        Kind::Switch,
        OFF,
        Quantum,
        "Hebbian learning of EE between hard bounds: no mean drift, weights diffuse and pile up at the bounds."
    ),
    param!(
        "ee_hard_eta",
        "eta",
        "mV",
        log(1e-6, 1.0),
        real(1e-3),
        Quantum,
        "Step of EE hard in J; j moves by the square root of N times as much."
    ),
    param!(
        "ee_hard_jmin",
        "jmin",
        "mV",
        linear(-500.0, 500.0),
        real(0.0),
        Quantum,
        "At or below it a weight is frozen."
    ),
    param!(
        "ee_hard_jmax",
        "jmax",
        "mV",
        linear(0.0, 1000.0),
        real(50.0),
        Quantum,
        "At or above it a weight is only depressed."
    ),
    param!(
        "ee_classical",
        "EE classical",
        "",
        Kind::Switch,
        OFF,
        Quantum,
        "Hebbian learning of EE without bounds: the spread of weights grows until the network explodes."
    ),
    param!(
        "ee_classical_eta",
        "eta",
        "mV",
        log(1e-6, 1.0),
        real(5e-3),
        Quantum,
        "Step of EE classical in J; j moves by the square root of N times as much."
    ),
    param!(
        "ee_kohonen",
        "EE Kohonen",
        "",
        Kind::Switch,
        OFF,
        Quantum,
        "Kohonen learning of EE: j EE drifts to beta tau r, each weight to the rate of its presynaptic cell."
    ),
    param!(
        "ee_kohonen_eta",
        "eta",
        "",
        log(1e-6, 1.0),
        real(1e-2),
        Quantum,
        "Learning rate of EE Kohonen; the speed of j does not depend on N."
    ),
    param!(
        "ee_kohonen_beta",
        "beta",
        "mV",
        linear(0.0, 50.0),
        real(2.0),
        Quantum,
        "Gain of EE Kohonen; beyond a saddle-node there is no fixed point."
    ),
    param!(
        "ee_oja",
        "EE Oja",
        "",
        Kind::Switch,
        OFF,
        Quantum,
        "Oja's learning of EE: j EE drifts to beta."
    ),
    param!(
        "ee_oja_eta",
        "eta",
        "",
        log(1e-6, 1.0),
        real(1e-2),
        Quantum,
        "Learning rate of EE Oja; the speed of j does not depend on N."
    ),
    param!(
        "ee_oja_beta",
        "beta",
        "mV",
        linear(0.0, 500.0),
        real(25.0),
        Quantum,
        "Where EE Oja drives j EE."
    ),
    param!(
        "ee_triplet",
        "EE triplet",
        "",
        Kind::Switch,
        OFF,
        Quantum,
        "Triplet learning of EE (after Bienenstock, Cooper and Munro): weights from cells below the threshold rate grow, from cells above it shrink."
    ),
    param!(
        "ee_triplet_eta",
        "eta",
        "mV",
        log(1e-6, 1.0),
        real(1e-3),
        Quantum,
        "Step of EE triplet in J; j moves by the square root of N times as much."
    ),
    param!(
        "ee_triplet_theta",
        "v theta",
        "",
        linear(0.0, 50.0),
        real(2.0),
        Quantum,
        "Threshold in units of the trace: the mean weight rests at a rate of (v theta - 1/2) / tau."
    ),
    param!(
        "ei_homeo",
        "EI homeostatic",
        "",
        Kind::Switch,
        OFF,
        Quantum,
        "Homeostatic learning of the inhibition of E cells: drives each E cell to its target rate."
    ),
    param!(
        "ei_homeo_eta",
        "eta",
        "",
        log(1e-6, 1.0),
        real(1e-3),
        Quantum,
        "Learning rate of EI; j moves as eta times the square root of N."
    ),
    param!(
        "ei_homeo_jnorm",
        "jnorm",
        "mV",
        linear(-1000.0, -1.0),
        real(-200.0),
        Quantum,
        "Normaliser of EI; larger in size is slower."
    ),
    param!(
        "ei_homeo_rate",
        "rate",
        "Hz",
        linear(0.1, 100.0),
        real(10.0),
        Quantum,
        "Target rate of E cells."
    ),
    param!(
        "ii_homeo",
        "II homeostatic",
        "",
        Kind::Switch,
        OFF,
        Quantum,
        "Homeostatic learning of the inhibition of I cells: drives I cells to their target rate, but only while EI holds the rate of E cells."
    ),
    param!(
        "ii_homeo_eta",
        "eta",
        "",
        log(1e-6, 1.0),
        real(1e-3),
        Quantum,
        "Learning rate of II. Much faster than EI the network runs away."
    ),
    param!(
        "ii_homeo_jnorm",
        "jnorm",
        "mV",
        linear(-1000.0, -1.0),
        real(-200.0),
        Quantum,
        "Normaliser of II; larger in size is slower."
    ),
    param!(
        "ii_homeo_rate",
        "rate",
        "Hz",
        linear(0.1, 100.0),
        real(20.0),
        Quantum,
        "Target rate of I cells under II."
    ),
    param!(
        "ie_homeo",
        "IE homeostatic",
        "",
        Kind::Switch,
        OFF,
        Quantum,
        "Homeostatic learning of the excitation of I cells; needs EI as II does."
    ),
    param!(
        "ie_homeo_eta",
        "eta",
        "",
        log(1e-6, 1.0),
        real(1e-4),
        Quantum,
        "Learning rate of IE homeostatic."
    ),
    param!(
        "ie_homeo_jnorm",
        "jnorm",
        "mV",
        linear(1.0, 1000.0),
        real(200.0),
        Quantum,
        "Normaliser of IE homeostatic; larger is slower."
    ),
    param!(
        "ie_homeo_rate",
        "rate",
        "Hz",
        linear(0.1, 100.0),
        real(20.0),
        Quantum,
        "Target rate of I cells under IE homeostatic."
    ),
    param!(
        "ie_hebb",
        "IE Hebb",
        "",
        Kind::Switch,
        OFF,
        Quantum,
        "Hebbian learning of IE with multiplicative depression: j IE drifts to its jmax."
    ),
    param!(
        "ie_hebb_eta",
        "eta",
        "",
        log(1e-6, 1.0),
        real(1e-3),
        Quantum,
        "Learning rate of IE Hebb; the speed of j does not depend on N."
    ),
    param!(
        "ie_hebb_jmax",
        "jmax",
        "mV",
        linear(0.0, 1000.0),
        real(125.0),
        Quantum,
        "Where IE Hebb drives j IE."
    ),
    param!(
        "sign_clamp",
        "sign clamp",
        "",
        Kind::Switch,
        OFF,
        Quantum,
        "Stops learnt weights at 0 instead of letting them change sign. Off in the original."
    ),
    param!(
        "updates",
        "updates",
        "",
        options(UPDATES),
        choice("deferred"),
        Restart,
        "When the weights onto a cell that fired are updated: deferred to the next visit of the synapse (fast) or at once. Both give the same weights, bit for bit. Kohonen's rule alone on its block needs neither: such a spike scales all weights onto the cell."
    ),
    param!(
        "max_rate",
        "max rate",
        "Hz",
        linear(1.0, 10_000.0),
        real(200.0),
        Quantum,
        "A population whose mean rate over the last 250 ms is above it stops the run."
    ),
    param!(
        "max_weight",
        "max weight",
        "mV",
        log(1.0, 1e30),
        real(1e4),
        Quantum,
        "A weight whose size times the square root of N is above it stops the run."
    ),
    param!(
        "max_memory",
        "max memory",
        "GB",
        linear(0.0, 1e6),
        real(0.0),
        Restart,
        "A network that needs more is not built; 0: four fifths of what is available."
    ),
    param!(
        "measure_from",
        "measure from",
        "s",
        linear(0.0, 1e6),
        real(0.0),
        Quantum,
        "Simulated time at which the measurement of mean rates, residual currents, covariances and spectra begins. The present time begins it anew."
    ),
    param!(
        "measure_for",
        "measure for",
        "s",
        linear(0.0, 1e5),
        real(0.0),
        Quantum,
        "Length of a measurement; the next begins at its end, and the last complete one is shown. 0: one that goes on."
    ),
    param!(
        "window",
        "window",
        "ms",
        linear(1.0, 10_000.0),
        real(250.0),
        Quantum,
        "Window of the spike counts whose covariance is taken."
    ),
    param!(
        "cells",
        "cells",
        "",
        integer(2, 1000),
        Value::Integer(100),
        Quantum,
        "Cells of each group in the sample for correlations. Covariances are means over all cells."
    ),
    param!(
        "watch",
        "watch",
        "",
        integer(0, 1_000_000),
        Value::Integer(0),
        Quantum,
        "The cell that the inspector shows. E cells come first; beyond the last counts as the last."
    ),
];
