//! The exact meta-gradient: reverse mode through the fused kernels against forward mode through the
//! plain equations and against central differences, in every mode of feedback, memory and precision.

use hebbtop::models::feedback_alignment::coefficients::{Coefficients, Rule};
use hebbtop::models::feedback_alignment::episode::{Episode, Outcomes, Phase, Plan, Scratch};
use hebbtop::models::feedback_alignment::lines::Lines;
use hebbtop::models::feedback_alignment::matrix::Matrix;
use hebbtop::models::feedback_alignment::network::{BETA, Feedback, Network};
use hebbtop::models::feedback_alignment::outer::{Outer, Settings};
use hebbtop::models::feedback_alignment::plain::Plain;
use hebbtop::models::feedback_alignment::reverse::SymmetricGradient;
use hebbtop::models::feedback_alignment::tally::cosines;
use hebbtop::models::feedback_alignment::task::{Samples, Task};
use hebbtop::models::feedback_alignment::terms::{POOL, TERMS};
use hebbtop::models::nn::init::unit;
use hebbtop::models::nn::real::Real;
use hebbtop::models::random::{Stream, stream};

const FIXED: (Feedback, SymmetricGradient) = (Feedback::Fixed, SymmetricGradient::Exact);
const EXACT: (Feedback, SymmetricGradient) = (Feedback::Symmetric, SymmetricGradient::Exact);
const STOPPED: (Feedback, SymmetricGradient) =
    (Feedback::Symmetric, SymmetricGradient::StopGradient);

/// Images of five classes, each a random pattern that is dark in 80 % of the pixels, with noise.
fn samples<T: Real>(network: &Network, count: usize, source: &mut Stream) -> Samples<T> {
    let patterns: Vec<Vec<f64>> = (0..5)
        .map(|class| {
            let mut source = stream(class, "pattern");
            let mut pixel = || {
                let dark = unit(&mut source) < 0.8;
                let x = unit(&mut source);
                if dark { 0.0 } else { x }
            };
            (0..network.inputs()).map(|_| pixel()).collect()
        })
        .collect();
    let mut samples = Samples::default();
    for i in 0..count {
        let image: Vec<T> = patterns[i % 5]
            .iter()
            .map(|&x| {
                let (kept, level) = (unit(source) < 0.8, 0.5 + 0.5 * unit(source));
                T::of(if kept { x * level } else { 0.0 })
            })
            .collect();
        let label = (i % 5) * (network.outputs() - 1) / 4;
        samples.push(image.into_iter(), label as u16);
    }
    samples
}

fn task<T: Real>(network: &Network, steps: usize, queries: usize) -> Task<T> {
    Task {
        stream: samples(network, steps, &mut stream(1, "stream")),
        query: samples(network, queries, &mut stream(1, "query")),
    }
}

struct Setting {
    network: Network,
    feedback: Feedback,
    symmetric: SymmetricGradient,
    steps: usize,
}

impl Setting {
    fn new(
        sizes: &[usize],
        (feedback, symmetric): (Feedback, SymmetricGradient),
        steps: usize,
    ) -> Self {
        Self {
            network: Network::new(sizes, BETA).unwrap(),
            feedback,
            symmetric,
            steps,
        }
    }

    fn begin<T: Real>(&self, coefficients: &Coefficients) -> (Episode<T>, Scratch<T>) {
        let mut episode = Episode::<T>::new(&self.network, self.feedback);
        let mut sources = [stream(5, "weights"), stream(5, "feedback")];
        let [weights, feedback] = &mut sources;
        episode.learner.draw(weights, feedback);
        let plan = Plan {
            gradient: true,
            observe: false,
            symmetric: self.symmetric,
        };
        let task = task(&self.network, self.steps, 10);
        episode.begin(coefficients, task, plan).unwrap();
        (episode, Scratch::new(&self.network))
    }

    fn reverse<T: Real>(&self, coefficients: &Coefficients) -> Outcomes {
        let (mut episode, mut scratch) = self.begin::<T>(coefficients);
        while episode.advance(&mut scratch) != Phase::Done {}
        episode.outcomes()
    }

    /// Calls `f` with the same episode in plain form.
    fn plain<R>(&self, f: impl Fn(&Plain<'_>) -> R) -> R {
        let (episode, _) = self.begin::<f64>(&Coefficients::initial(&[]));
        let rows = |m: &[Matrix<f64>]| m.iter().map(Matrix::to_rows).collect::<Vec<_>>();
        f(&Plain {
            network: &self.network,
            feedback: self.feedback,
            weights: &rows(&episode.learner.weights),
            fixed: &rows(&episode.learner.fixed),
            task: &task(&self.network, self.steps, 10),
        })
    }
}

/// Random coefficients of the order at which each term matters.
fn random_rule(on: &[usize], seed: u64) -> Rule {
    let scale = [0.05, 0.02, 0.05, 0.01, 0.02, 0.01, 0.02, 0.02, 0.02, 0.05];
    let mut source = stream(seed, "theta");
    let mut rule = Rule::default();
    for (r, scale) in scale.iter().enumerate() {
        rule.theta[r] = scale * (2.0 * unit(&mut source) - 1.0);
        rule.on[r] = on.contains(&r);
    }
    rule
}

fn largest(rows: &[[f64; TERMS]]) -> f64 {
    rows.as_flattened().iter().fold(0.0, |a, b| a.max(b.abs()))
}

fn assert_close(got: &[[f64; TERMS]], wanted: &[[f64; TERMS]], relative: f64, what: &str) {
    let scale = largest(wanted);
    for (i, (got, wanted)) in got.iter().zip(wanted).enumerate() {
        for r in 0..TERMS {
            let off = (got[r] - wanted[r]).abs() / scale;
            assert!(
                off <= relative,
                "{what}: row {i} term {r}: {} against {}",
                got[r],
                wanted[r]
            );
        }
    }
}

fn against_forward(setting: &Setting, coefficients: &Coefficients, what: &str) {
    let outcomes = setting.reverse::<f64>(coefficients);
    let forward: Vec<_> = (0..coefficients.rows().len())
        .map(|row| {
            setting.plain(|plain| {
                plain
                    .gradient(coefficients, row, setting.symmetric)
                    .unwrap()
            })
        })
        .collect();
    assert_close(&outcomes.gradient, &forward, 1e-10, what);
    let loss = setting.plain(|plain| plain.loss(coefficients));
    assert!((outcomes.loss - loss).abs() < 1e-11, "{what}: loss");
}

#[test]
fn reverse_mode_is_forward_mode_in_every_mode_of_feedback() {
    for mode in [FIXED, EXACT, STOPPED] {
        for sizes in [&[9, 7, 5][..], &[8, 20, 6, 18, 5], &[6, 5]] {
            let setting = Setting::new(sizes, mode, 9);
            let all: Vec<usize> = (0..TERMS).collect();
            let shared = Coefficients::shared(random_rule(&all, 3));
            against_forward(&setting, &shared, &format!("{mode:?} {sizes:?}"));
            let rules = (1..sizes.len()).map(|l| random_rule(&all, l as u64));
            let each = Coefficients::per_layer(rules.collect());
            against_forward(&setting, &each, &format!("per layer {mode:?} {sizes:?}"));
        }
    }
}

/// One term in the pool at a time beside the pseudo-gradient: no term leans on what another has
/// computed. With `theta_r = 0` the derivative is there all the same.
#[test]
fn every_term_has_its_gradient_alone() {
    for mode in [FIXED, EXACT] {
        let setting = Setting::new(&[9, 17, 6, 5], mode, 7);
        for term in POOL {
            let r = term.spec().index;
            for (rule, zero) in [
                (random_rule(&[r], 4), false),
                (random_rule(&[0, r], 4), true),
            ] {
                let mut rule = rule;
                if zero && r != 0 {
                    rule.theta[r] = 0.0;
                }
                let theta = Coefficients::shared(rule);
                against_forward(&setting, &theta, &format!("{mode:?} {}", term.spec().id));
                let gradient = setting.reverse::<f64>(&theta).gradient[0];
                assert_ne!(gradient[r], 0.0, "{}", term.spec().id);
                let off = (0..TERMS).filter(|&q| !rule.on[q]);
                assert!(
                    off.clone().all(|q| gradient[q] == 0.0),
                    "{}",
                    term.spec().id
                );
            }
        }
    }
}

/// h = 1e-6, so that the differences are good to 1e-8 of the loss or so.
#[test]
fn forward_mode_is_the_limit_of_central_differences() {
    for mode in [FIXED, EXACT] {
        let setting = Setting::new(&[9, 7, 6, 5], mode, 6);
        let all: Vec<usize> = (0..TERMS).collect();
        let theta = Coefficients::shared(random_rule(&all, 8));
        let exact = setting.reverse::<f64>(&theta).gradient;
        let numeric: [f64; TERMS] = std::array::from_fn(|r| {
            let at = |h: f64| {
                let mut theta = theta.clone();
                theta.rows_mut()[0].theta[r] += h;
                setting.plain(|plain| plain.loss(&theta))
            };
            (at(1e-6) - at(-1e-6)) / 2e-6
        });
        assert_close(&exact, &[numeric], 1e-6, &format!("{mode:?}"));
    }
}

/// Where the decay is strong, rolling back would multiply rounding errors by (1 - theta_3)^-T: here
/// 5e3, and not at all where theta_3 = 1 wipes the weights out.
#[test]
fn strong_decay_is_undone_from_copies() {
    for decay in [0.2, 1.0, 1.9] {
        for mode in [FIXED, EXACT] {
            let setting = Setting::new(&[9, 7, 6, 5], mode, 38);
            let mut rule = random_rule(&[0, 2, 3, 7, 9], 6);
            rule.theta[3] = decay;
            let theta = Coefficients::shared(rule);
            let (episode, _) = setting.begin::<f64>(&theta);
            assert!(episode.keeps_copies());
            against_forward(&setting, &theta, &format!("decay {decay} {mode:?}"));
        }
    }
    let mild = Coefficients::shared(random_rule(&[0, 3], 6));
    let (episode, _) = Setting::new(&[9, 5], FIXED, 38).begin::<f64>(&mild);
    assert!(!episode.keeps_copies());
}

/// The network, the number of steps and the rule of the paper: single precision with rollback
/// stays within 1e-5 of double precision, and the weights come back.
#[test]
fn single_precision_holds_over_a_whole_episode_at_full_size() {
    let setting = Setting::new(&[784, 170, 130, 100, 70, 47], FIXED, 250);
    let mut rule = Rule::default();
    for (r, theta) in [(0, 0.012), (2, -0.045), (9, 0.0077)] {
        (rule.theta[r], rule.on[r]) = (theta, true);
    }
    let theta = Coefficients::shared(rule);
    let double = setting.reverse::<f64>(&theta);
    let (mut episode, mut scratch) = setting.begin::<f32>(&theta);
    let before = episode.learner.weights.clone();
    while episode.advance(&mut scratch) != Phase::Done {}
    let single = episode.outcomes();
    assert_close(&single.gradient, &double.gradient, 1e-5, "single precision");
    assert!(largest(&double.gradient) > 0.1);
    for (was, is) in before.iter().zip(&episode.learner.weights) {
        for (was, is) in was.values().iter().zip(is.values()) {
            assert!((was - is).abs() < 1e-6, "{was} came back as {is}");
        }
    }
}

/// After a change the gradient is that of an episode which begins there.
#[test]
fn a_change_in_mid_adaptation_starts_the_gradient_anew() {
    let setting = Setting::new(&[9, 7, 5], FIXED, 12);
    let first = Coefficients::shared(random_rule(&[0, 2, 9], 1));
    let second = Coefficients::shared(random_rule(&[0, 3, 9], 2));
    let (mut episode, mut scratch) = setting.begin::<f64>(&first);
    for _ in 0..5 {
        episode.advance(&mut scratch);
    }
    assert!(!episode.change(&first));
    assert!(episode.change(&second));
    let (mut fresh, _) = setting.begin::<f64>(&second);
    fresh.learner = episode.learner.clone();
    let mut rest = Samples::default();
    for t in 5..12 {
        let (x, label) = episode.task().stream.get(t);
        rest.push(x.iter().copied(), label as u16);
    }
    let remaining = Task {
        stream: rest,
        query: episode.task().query.clone(),
    };
    fresh.begin(&second, remaining, episode.plan()).unwrap();
    while episode.advance(&mut scratch) != Phase::Done {}
    while fresh.advance(&mut scratch) != Phase::Done {}
    let (changed, fresh) = (episode.outcomes(), fresh.outcomes());
    assert_eq!((changed.from, fresh.from), (5, 0));
    assert_eq!(changed.gradient, fresh.gradient);
    assert_eq!(changed.loss, fresh.loss);
    assert!(!episode.change(&first));
}

/// Saved and loaded between any two quanta, the run continues with the same bits.
#[test]
fn an_episode_continues_from_a_saved_state_bit_for_bit() {
    let setting = Setting::new(&[9, 7, 5], EXACT, 20);
    for decay in [0.001, 0.5] {
        let mut rule = random_rule(&[0, 2, 3, 6, 9], 1);
        rule.theta[3] = decay;
        let theta = Coefficients::shared(rule);
        let (mut episode, mut scratch) = setting.begin::<f32>(&theta);
        let mut states = Vec::new();
        while episode.advance(&mut scratch) != Phase::Done {
            states.push(postcard::to_stdvec(&episode).unwrap());
        }
        let end = postcard::to_stdvec(&episode).unwrap();
        for (i, state) in states.iter().enumerate() {
            let mut again: Episode<f32> = postcard::from_bytes(state).unwrap();
            assert!(again.fits(&setting.network), "{i}");
            again.reserve();
            let mut scratch = Scratch::new(&setting.network);
            while again.advance(&mut scratch) != Phase::Done {}
            assert!(
                postcard::to_stdvec(&again).unwrap() == end,
                "from quantum {i}"
            );
        }
    }
}

/// A run that blows up ends as a value, and the outer loop leaves it out.
#[test]
fn a_run_that_blows_up_is_told_and_skipped() {
    let setting = Setting::new(&[9, 7, 5], FIXED, 20);
    let mut rule = random_rule(&[0, 5, 9], 1);
    rule.theta[9] = 1e30;
    let mut theta = Coefficients::shared(rule);
    let (mut episode, mut scratch) = setting.begin::<f32>(&theta);
    while episode.advance(&mut scratch) != Phase::Done {}
    let outcomes = episode.outcomes();
    assert!(!outcomes.finite && episode.lost().is_some());
    let before = theta.clone();
    let report = Outer::new(1).step(&Settings::default(), &mut theta, &outcomes, episode.tally());
    assert!(report.skipped);
    assert_eq!(theta, before);
}

/// Work is proportional to the steps and, for dense images, to the weights: counted, not timed.
#[test]
fn cost_is_linear_in_steps_and_in_weights() {
    let rule = random_rule(&[0, 2, 9], 1);
    let work = |width: usize, steps: usize| {
        let sizes = [width, width, width, width];
        let network = Network::new(&sizes, BETA).unwrap();
        let mut episode = Episode::<f32>::new(&network, Feedback::Fixed);
        episode
            .learner
            .draw(&mut stream(1, "w"), &mut stream(1, "b"));
        let mut all = [Samples::default(), Samples::default()];
        for (samples, count) in all.iter_mut().zip([steps, 10]) {
            for _ in 0..count {
                samples.push((0..width).map(|i| 0.1 + i as f32 / width as f32), 0);
            }
        }
        let [stream, query] = all;
        let task = Task { stream, query };
        let plan = Plan::default();
        episode
            .begin(&Coefficients::shared(rule), task, plan)
            .unwrap();
        let mut scratch = Scratch::new(&network);
        while episode.advance(&mut scratch) != Phase::Done {}
        assert!(episode.outcomes().finite);
        scratch.work.products as f64
    };
    let [short, middle, long] = [20, 40, 60].map(|steps| work(32, steps));
    assert_eq!(middle - short, long - middle);
    let [small, medium, large] = [16, 32, 64].map(|width| work(width, 20));
    assert!((medium / small - 4.0).abs() < 1e-9 && (large / medium - 4.0).abs() < 1e-9);
    // Two products and an update of rank two forward, nine sweeps and two products backward.
    let per_weight = (long - middle) / (20.0 * 3.0 * 32.0 * 32.0);
    assert!(per_weight < 18.0, "{per_weight}");
}

#[test]
fn the_pool_is_listed_once_each_in_order() {
    for (r, term) in POOL.iter().enumerate() {
        let spec = term.spec();
        assert_eq!(spec.index, r);
        assert_eq!(spec.id, format!("F{r}"));
        assert!(!spec.name.is_empty() && !spec.formula.is_empty() && !spec.about.is_empty());
        assert_eq!(spec.source, format!("eq. {}", 14 + r));
        let same = |other: &&&dyn hebbtop::models::feedback_alignment::terms::Term| {
            other.spec().name == spec.name || other.spec().formula == spec.formula
        };
        assert_eq!(POOL.iter().filter(same).count(), 1, "{}", spec.id);
    }
}

/// One step with one term: the change of the weights is `theta_r F^r`; so its norm, its share and its
/// cosine with the update of backpropagation can be taken from the weights themselves. And a term
/// that is off costs nothing.
#[test]
fn norms_and_cosines_of_a_term_are_those_of_its_update() {
    let setting = Setting::new(&[9, 7, 6, 5], FIXED, 1);
    let idle = Coefficients::shared(random_rule(&[], 1));
    let count = |theta: &Coefficients| {
        let (mut episode, mut scratch) = setting.begin::<f64>(theta);
        episode.advance(&mut scratch);
        scratch.work.products
    };
    let nothing = count(&idle);
    for term in POOL {
        let r = term.spec().index;
        let mut rule = random_rule(&[r], 9);
        rule.theta[r] = 0.37;
        let theta = Coefficients::shared(rule);
        assert!(count(&theta) >= nothing, "{}", term.spec().id);
        let (mut episode, mut scratch) = setting.begin::<f64>(&theta);
        let before = episode.learner.weights.clone();
        let (x, label) = episode.task().stream.get(0);
        let mut errors: Vec<Lines<f64>> = setting
            .network
            .sizes()
            .iter()
            .map(|&n| Lines::zeros(n))
            .collect();
        let Scratch { work, query } = &mut scratch;
        episode.learner.forward(x, &mut query.trace, work);
        episode.learner.judge(label, &mut query.trace);
        episode
            .learner
            .backpropagated(&query.trace, &mut errors, work);
        episode.advance(&mut scratch);
        let trace = episode.trace().unwrap();
        for l in 1..=setting.network.depth() {
            let (old, new) = (
                before[l - 1].to_rows(),
                episode.learner.weights[l - 1].to_rows(),
            );
            let change: Vec<f64> = new.iter().zip(&old).map(|(n, o)| (n - o) / 0.37).collect();
            let bp: Vec<f64> = errors[l]
                .values()
                .iter()
                .flat_map(|e| trace.y[l - 1].values().iter().map(move |y| -e * y))
                .collect();
            let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            let norm = dot(&change, &change).sqrt();
            let weights = dot(&old, &old).sqrt();
            let what = format!("{} layer {l}", term.spec().id);
            let mean = episode.tally().means()[l - 1][r];
            assert!((mean - norm).abs() < 1e-12, "{what}: {mean} {norm}");
            let cosine = cosines(l, &rule, trace, &errors, weights);
            let wanted = dot(&change, &bp) / (norm * dot(&bp, &bp).sqrt());
            assert!(
                (cosine[r] - wanted).abs() < 1e-11,
                "{what}: {} {wanted}",
                cosine[r]
            );
        }
        let shares = episode.tally().shares(&theta);
        assert_eq!(shares.iter().sum::<f64>(), shares[r]);
        assert!((shares[r] - 1.0).abs() < 1e-15);
    }
}
