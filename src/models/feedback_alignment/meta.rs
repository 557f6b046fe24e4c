//! Meta-learning: episode after episode, each improving the coefficients; and the meta-test.

use serde::{Deserialize, Serialize};

use super::coefficients::{Coefficients, Rule};
use super::episode::{Episode, Phase, Plan, Scratch};
use super::examined::spread;
use super::images::Images;
use super::learner::Learner;
use super::metrics::Places;
use super::network::{Feedback, Network};
use super::online::{before_step, cosines, measured};
use super::outer::{Outer, Penalty};
use super::params::Settings;
use super::task::{Samples, Task};
use super::tasks::{Draw, Pool, Sampling};
use super::terms::TERMS;
use super::trace::Trace;
use crate::models::random::{Stream, stream};

/// Episodes in a row that may be skipped before the run is called diverged.
pub const PATIENCE: u64 = 10;

/// What the next quantum does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Draw a task, weights and feedback.
    Draw,
    /// A quantum of the episode.
    Episode,
    /// Draw the meta-test's task of this number.
    TestDraw(usize),
    /// A quantum of its episode.
    Test(usize),
}

/// Where tasks, weights and feedback come from.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Sources {
    tasks: Stream,
    weights: Stream,
    feedback: Stream,
}

impl Sources {
    fn new(seed: u64, purpose: &str) -> Self {
        let of = |what: &str| stream(seed, &format!("{purpose}{what}"));
        Self {
            tasks: of("tasks"),
            weights: of("weights"),
            feedback: of("feedback"),
        }
    }
}

/// The state of a meta-learning run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Meta {
    pub stage: Stage,
    pub episode: Episode<f32>,
    /// The images of the episode.
    pub draw: Draw,
    sources: Sources,
    pub outer: Outer,
    /// Episodes begun; the first is 0.
    pub number: u64,
    pub skipped: u64,
    /// Of them, the last ones without one in between that counted.
    in_a_row: u64,
    pub marked: u64,
    /// Whether a coefficient was changed by hand in this episode, and whether after its adaptation.
    edited: bool,
    stale: bool,
    /// Why the last episode was skipped.
    pub why: Option<String>,
    /// The adapted weights of the last episode whose adaptation is done, and its feedback.
    pub adapted: Option<Learner<f32>>,
    /// Cosine of each term with backpropagation, index `l - 1`, at the last online step.
    pub cosines: Vec<[f64; TERMS]>,
    /// Share of each term in the update of each layer in the last adaptation, index `l - 1`.
    pub shares: Vec<[f64; TERMS]>,
    /// Loss of each online step of this episode so far, before the step.
    pub course: Vec<f32>,
    trial: Episode<f32>,
    trial_sources: Sources,
    /// Sums over the tasks of the present meta-test.
    test_loss: f64,
    test_accuracy: f64,
}

/// What a step of a run is given.
pub struct Given<'a> {
    pub images: &'a Images,
    pub training: &'a Pool,
    pub testing: &'a Pool,
    pub settings: &'a Settings,
    pub places: &'a Places,
    pub seed: u64,
}

/// How far a quantum came.
#[derive(Clone, Debug, PartialEq)]
pub enum Came {
    On,
    /// The episode, and its meta-test if there is one, are done.
    EpisodeDone,
    /// So many episodes in a row were skipped.
    Diverged(String),
}

impl Meta {
    pub fn new(network: &Network, feedback: Feedback, seed: u64, rows: usize) -> Self {
        Self {
            stage: Stage::Draw,
            episode: Episode::new(network, feedback),
            draw: Draw::default(),
            sources: Sources::new(seed, ""),
            outer: Outer::new(rows),
            number: 0,
            skipped: 0,
            in_a_row: 0,
            marked: 0,
            edited: false,
            stale: false,
            why: None,
            adapted: None,
            cosines: vec![[f64::NAN; TERMS]; network.depth()],
            shares: vec![[f64::NAN; TERMS]; network.depth()],
            course: Vec::new(),
            trial: Episode::new(network, feedback),
            trial_sources: Sources::new(seed, "meta-test "),
            test_loss: 0.0,
            test_accuracy: 0.0,
        }
    }

    /// Whether a loaded state belongs to this network, these images and coefficients.
    pub fn fits(
        &self,
        network: &Network,
        feedback: Feedback,
        images: &Images,
        rows: usize,
    ) -> bool {
        let known = |list: &[u32]| list.iter().all(|&image| (image as usize) < images.count());
        let adapted = self.adapted.as_ref().is_none_or(|learner| {
            learner.network == *network && learner.feedback == feedback && learner.is_consistent()
        });
        let stream = self.episode.task().stream.len();
        self.episode.fits(network)
            && self.trial.fits(network)
            && self.episode.learner.feedback == feedback
            && self.trial.learner.feedback == feedback
            && known(&self.draw.shown)
            && known(&self.draw.judged)
            && adapted
            && self.outer.rows() == rows
            && self.draw.shown.len() == stream
            && self.draw.judged.len() == self.episode.task().query.len()
            && self.course.len() <= stream
            && self.cosines.len() == network.depth()
            && self.shares.len() == network.depth()
    }

    /// Makes room again after a state has been read.
    pub fn reserve(&mut self) {
        self.episode.reserve();
        self.trial.reserve();
    }

    /// To be told that the coefficients were changed by hand.
    pub fn changed(&mut self, coefficients: &Coefficients) {
        if self.stage != Stage::Episode || self.episode.coefficients() == coefficients {
            return;
        }
        self.edited = true;
        self.stale |= !self.episode.change(coefficients);
    }

    /// Does one quantum.
    pub fn advance(
        &mut self,
        given: &Given<'_>,
        coefficients: &mut Coefficients,
        scratch: &mut Scratch<f32>,
        draft: &mut [f64],
    ) -> Came {
        match self.stage {
            Stage::Draw => {
                self.begin(given, coefficients, draft);
                Came::On
            }
            Stage::Episode => {
                self.go_on(given, coefficients, scratch, draft);
                match self.stage {
                    Stage::Draw if self.in_a_row >= PATIENCE => {
                        self.in_a_row = 0;
                        Came::Diverged(self.why.clone().unwrap_or_default())
                    }
                    Stage::Draw => Came::EpisodeDone,
                    _ => Came::On,
                }
            }
            Stage::TestDraw(task) => {
                self.begin_test(task, given, coefficients);
                Came::On
            }
            Stage::Test(task) => {
                self.go_on_with_test(task, given, scratch, draft);
                match self.stage {
                    Stage::Draw => Came::EpisodeDone,
                    _ => Came::On,
                }
            }
        }
    }

    fn begin(&mut self, given: &Given<'_>, coefficients: &Coefficients, draft: &mut [f64]) {
        let settings = given.settings;
        self.draw = given
            .training
            .draw(&mut self.sources.tasks, settings.size, settings.sampling);
        let Sources {
            weights, feedback, ..
        } = &mut self.sources;
        self.episode.learner.draw(weights, feedback);
        let plan = Plan {
            gradient: settings.learn,
            observe: settings.measure,
            symmetric: settings.gradient,
        };
        let task = samples(given.images, &self.draw);
        self.episode
            .begin(coefficients, task, plan)
            .expect("the task is made for this network");
        (self.edited, self.stale) = (false, false);
        self.course.clear();
        for (place, theta) in given.places.theta.clone().zip(thetas(coefficients)) {
            draft[place] = theta;
        }
        draft[given.places.alive] = alive(coefficients) as f64;
        self.stage = Stage::Episode;
    }

    fn go_on(
        &mut self,
        given: &Given<'_>,
        coefficients: &mut Coefficients,
        scratch: &mut Scratch<f32>,
        draft: &mut [f64],
    ) {
        let before = self.episode.phase();
        let steps = self.episode.task().stream.len();
        let last_step = before
            == Phase::Adapt {
                t: steps.saturating_sub(1),
            };
        let mut seen = None;
        if last_step && given.settings.measure {
            let (x, label) = self.episode.task().stream.get(steps - 1);
            seen = Some(before_step(&self.episode.learner, x, label, scratch));
        }
        let after = self.episode.advance(scratch);
        if let (Phase::Adapt { t }, Some(trace)) = (before, self.episode.trace()) {
            let (_, label) = self.episode.task().stream.get(t);
            let loss = super::activation::cross_entropy(trace.logits(), label);
            self.course.push(loss as f32);
            if let Some((errors, lengths)) = seen {
                self.cosines = cosines(self.episode.coefficients(), trace, &errors, &lengths);
            }
        }
        let adapting = matches!(before, Phase::Adapt { .. });
        if adapting && !matches!(after, Phase::Adapt { .. }) {
            keep(&mut self.adapted, &self.episode.learner);
            let tally = self.episode.tally();
            self.shares = tally.layer_shares(self.episode.coefficients());
        }
        if after == Phase::Done {
            self.conclude(given, coefficients, draft);
        }
    }

    fn conclude(&mut self, given: &Given<'_>, coefficients: &mut Coefficients, draft: &mut [f64]) {
        let (settings, places) = (given.settings, given.places);
        let outcomes = self.episode.outcomes();
        let judged = self.draw.judged.iter();
        let spread = spread(
            self.episode.outcome(),
            judged.map(|&image| given.images.label(image)),
        );
        let course = self.course.iter().map(|&loss| f64::from(loss));
        draft[places.loss] = outcomes.loss;
        draft[places.meta_loss] = outcomes.loss + self.penalty(settings, coefficients);
        draft[places.accuracy] = outcomes.accuracy;
        draft[places.loss_low] = spread.low;
        draft[places.loss_high] = spread.high;
        draft[places.accuracy_low] = spread.worst;
        draft[places.accuracy_high] = spread.best;
        draft[places.train_loss] = course.sum::<f64>() / self.course.len() as f64;
        let shares = self.episode.tally().shares(self.episode.coefficients());
        for (r, place) in places.share.clone().enumerate() {
            draft[place] = if is_on(coefficients, r) {
                shares[r]
            } else {
                f64::NAN
            };
        }
        let seen = settings.measure && self.episode.observed().samples() > 0;
        if let (true, Some(adapted)) = (seen, &self.adapted) {
            measured(adapted, self.episode.observed(), places, draft);
        }
        let squares = outcomes.gradient.as_flattened().iter().map(|g| g * g);
        draft[places.gradient_norm] = squares.sum::<f64>().sqrt();
        self.marked += u64::from(self.edited);
        self.why = None;
        if !outcomes.finite {
            self.why = Some(match self.episode.lost() {
                Some(step) => format!("the output is not finite at online step {}", step + 1),
                None => "loss or meta-gradient is not finite".to_owned(),
            });
            self.skipped += 1;
            self.in_a_row += 1;
        } else {
            self.in_a_row = 0;
        }
        if settings.learn && !self.stale {
            let tally = self.episode.tally();
            self.outer
                .step(&settings.outer, coefficients, &outcomes, tally);
        }
        // With coefficients for each layer, the weights are those in the mean over the layers.
        let rows = self.outer.weights();
        for (r, place) in places.weight.clone().enumerate() {
            let sum: f64 = rows.iter().map(|row| row[r]).sum();
            draft[place] = if sum > 0.0 {
                sum / rows.len() as f64
            } else {
                f64::NAN
            };
        }
        draft[places.skipped] = self.skipped as f64;
        draft[places.marked] = self.marked as f64;
        self.number += 1;
        let tests = settings.test_every > 0 && self.number.is_multiple_of(settings.test_every);
        self.stage = match tests {
            true => Stage::TestDraw(0),
            false => Stage::Draw,
        };
    }

    /// `lambda sum_r w_r |theta_r|`, with all weights 1 for the plain penalty.
    fn penalty(&self, settings: &Settings, coefficients: &Coefficients) -> f64 {
        let lambda = self.outer.lambda(&settings.outer);
        if lambda == 0.0 {
            return 0.0;
        }
        let rows = coefficients.rows().iter().zip(self.outer.weights());
        let weighted = |(rule, weights): (&Rule, &[f64; TERMS])| -> f64 {
            rule.terms().map(|r| weights[r] * rule.theta[r].abs()).sum()
        };
        lambda
            * match settings.outer.penalty {
                Penalty::L1 { .. } => coefficients.l1(),
                Penalty::Share(_) => rows.map(weighted).sum(),
            }
    }

    fn begin_test(&mut self, task: usize, given: &Given<'_>, coefficients: &Coefficients) {
        if task == 0 {
            // Always the same tasks, so that differences are those of the coefficients.
            self.trial_sources = Sources::new(given.seed, "meta-test ");
            (self.test_loss, self.test_accuracy) = (0.0, 0.0);
        }
        let Sources {
            tasks,
            weights,
            feedback,
        } = &mut self.trial_sources;
        let draw = given
            .testing
            .draw(tasks, given.settings.size, Sampling::Anew);
        self.trial.learner.draw(weights, feedback);
        let plan = Plan {
            gradient: false,
            observe: false,
            symmetric: given.settings.gradient,
        };
        self.trial
            .begin(coefficients, samples(given.images, &draw), plan)
            .expect("the task is made for this network");
        self.stage = Stage::Test(task);
    }

    fn go_on_with_test(
        &mut self,
        task: usize,
        given: &Given<'_>,
        scratch: &mut Scratch<f32>,
        draft: &mut [f64],
    ) {
        if self.trial.advance(scratch) != Phase::Done {
            return;
        }
        let outcomes = self.trial.outcomes();
        self.test_loss += outcomes.loss;
        self.test_accuracy += outcomes.accuracy;
        if task + 1 < given.settings.test_tasks {
            self.stage = Stage::TestDraw(task + 1);
            return;
        }
        let tasks = given.settings.test_tasks as f64;
        draft[given.places.test_loss] = self.test_loss / tasks;
        draft[given.places.test_accuracy] = self.test_accuracy / tasks;
        self.stage = Stage::Draw;
    }

    /// Whether the weights of the episode are on their way forward.
    pub fn is_adapting(&self) -> bool {
        self.stage == Stage::Episode && matches!(self.episode.phase(), Phase::Adapt { .. })
    }

    /// Number and trace of the online step done, or not yet undone, last; once all are undone, nothing.
    pub fn last_step(&self) -> Option<(usize, &Trace<f32>)> {
        let trace = self.episode.trace()?;
        let steps = self.episode.task().stream.len();
        let step = match self.episode.phase() {
            Phase::Adapt { t } => t.checked_sub(1)?,
            Phase::Reverse { t } => t,
            Phase::Query { .. } | Phase::Observe { .. } | Phase::Done => steps.checked_sub(1)?,
        };
        Some((step, trace))
    }

    /// Progress of the present meta-test's task.
    pub fn trial_progress(&self) -> (usize, usize) {
        self.trial.progress()
    }
}

/// Copies weights and feedback, without new memory but for the first time.
fn keep(kept: &mut Option<Learner<f32>>, learner: &Learner<f32>) {
    let Some(kept) = kept else {
        *kept = Some(learner.clone());
        return;
    };
    let to = kept.weights.iter_mut().chain(&mut kept.fixed);
    for (to, from) in to.zip(learner.weights.iter().chain(&learner.fixed)) {
        to.copy_from(from);
    }
}

/// All coefficients, row after row; NaN for terms that are off.
pub fn thetas(coefficients: &Coefficients) -> impl Iterator<Item = f64> + '_ {
    let of = |rule: &Rule, r: usize| if rule.on[r] { rule.theta[r] } else { f64::NAN };
    let rows = coefficients.rows().iter();
    rows.flat_map(move |rule| (0..TERMS).map(move |r| of(rule, r)))
}

/// Whether a term is on in one layer at least.
pub fn is_on(coefficients: &Coefficients, r: usize) -> bool {
    coefficients.rows().iter().any(|rule| rule.on[r])
}

/// Terms that are on and whose coefficient is not 0, in one layer at least.
pub fn alive(coefficients: &Coefficients) -> usize {
    let lives = |r: &usize| {
        let mut rows = coefficients.rows().iter();
        rows.any(|rule| rule.on[*r] && rule.theta[*r] != 0.0)
    };
    (0..TERMS).filter(lives).count()
}

/// The samples of a task.
fn samples(images: &Images, draw: &Draw) -> Task<f32> {
    let of = |list: &[u32]| {
        let mut samples = Samples::default();
        for &image in list {
            let grey = images
                .bytes(image)
                .iter()
                .map(|&byte| f32::from(byte) / 255.0);
            samples.push(grey, images.label(image).into());
        }
        samples
    };
    Task {
        stream: of(&draw.shown),
        query: of(&draw.judged),
    }
}
