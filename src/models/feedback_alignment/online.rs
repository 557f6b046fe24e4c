//! One network that learns from one stream of images, with the coefficients as they are set.

use serde::{Deserialize, Serialize};

use super::coefficients::Coefficients;
use super::episode::Scratch;
use super::examined::{beside, spread};
use super::images::Images;
use super::learner::Learner;
use super::lines::Lines;
use super::meta::is_on;
use super::metrics::Places;
use super::network::{Feedback, Network};
use super::query::{Observed, Outcome};
use super::tally::Tally;
use super::terms::TERMS;
use super::trace::Trace;
use crate::models::random::{Stream, shuffle, stream};

/// Test images of one quantum.
const BLOCK: usize = 16;

/// Test images on which angles and orthonormality errors are measured.
pub const OBSERVED: usize = 50;

/// Samples over which the running loss is averaged.
const RUNNING: f64 = 100.0;

/// What the next quantum does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// The online step on the next sample.
    Learn,
    /// Test images from here on.
    Test(usize),
    /// Observed images from here on.
    Observe(usize),
}

/// What the stream and the tests may use.
#[derive(Clone, Debug)]
pub struct Sources {
    /// Numbers of images ([`Images`]) of the classes in the stream.
    pub training: Vec<u32>,
    pub test: Vec<u32>,
}

impl Sources {
    /// The images of the first `classes` classes.
    pub fn new(images: &Images, classes: usize) -> Self {
        let all = (0..images.count() as u32).filter(|&i| usize::from(images.label(i)) < classes);
        let (training, test) = all.partition(|&i| (i as usize) < images.training());
        Self { training, test }
    }

    /// The test images on which angles are measured, spread over all of them.
    pub fn observed(&self) -> impl Iterator<Item = u32> + '_ {
        let count = OBSERVED.min(self.test.len());
        (0..count).map(move |i| self.test[i * self.test.len() / count])
    }
}

/// The state of an online run. An epoch is a permutation of the images.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Online {
    pub learner: Learner<f32>,
    order: Vec<u32>,
    source: Stream,
    position: usize,
    pub stage: Stage,
    /// Samples learnt.
    pub seen: u64,
    /// The last step, and its image.
    pub trace: Trace<f32>,
    pub image: Option<u32>,
    /// Norms of the terms since the last test.
    pub tally: Tally,
    /// Share of each term in the update of each layer at the last test, index `l - 1`.
    pub shares: Vec<[f64; TERMS]>,
    /// Cosine of each term with backpropagation, index `l - 1`, at the last step before a test.
    pub cosines: Vec<[f64; TERMS]>,
    pub outcome: Outcome,
    pub observed: Observed,
    running: f64,
    /// Loss of the last samples, the oldest first.
    pub recent: Vec<f32>,
}

/// How many recent losses are kept.
const RECENT: usize = 250;

/// What a step of a run is given.
pub struct Given<'a> {
    pub images: &'a Images,
    pub sources: &'a Sources,
    pub coefficients: &'a Coefficients,
    pub places: &'a Places,
    pub test_every: u64,
    pub measure: bool,
}

impl Online {
    pub fn new(network: &Network, feedback: Feedback, seed: u64, sources: &Sources) -> Self {
        let mut learner = Learner::new(network, feedback);
        learner.draw(&mut stream(seed, "weights"), &mut stream(seed, "feedback"));
        Self {
            learner,
            order: sources.training.clone(),
            source: stream(seed, "samples"),
            position: sources.training.len(),
            stage: Stage::Learn,
            seen: 0,
            trace: Trace::new(network),
            image: None,
            tally: Tally::new(network),
            shares: vec![[f64::NAN; TERMS]; network.depth()],
            cosines: vec![[f64::NAN; TERMS]; network.depth()],
            outcome: Outcome::default(),
            observed: Observed::new(network),
            running: f64::NAN,
            recent: Vec::new(),
        }
    }

    /// Whether a loaded state belongs to this network and these images.
    pub fn fits(&self, network: &Network, feedback: Feedback, sources: &Sources) -> bool {
        let mut order = self.order.clone();
        order.sort_unstable();
        let stands = match self.stage {
            Stage::Learn => true,
            Stage::Test(i) => i < sources.test.len() && i == self.outcome.losses.len(),
            Stage::Observe(i) => i < OBSERVED.min(sources.test.len()),
        };
        self.learner.network == *network
            && self.learner.feedback == feedback
            && self.learner.is_consistent()
            && order == sources.training
            && self.position <= self.order.len()
            && stands
            && self.trace.fits(network)
            && self
                .image
                .is_none_or(|image| sources.training.contains(&image))
            && self.tally.fits(network)
            && self.observed.fits(network)
            && self.shares.len() == network.depth()
            && self.cosines.len() == network.depth()
            && self.outcome.losses.len() == self.outcome.correct.len()
            && self.outcome.losses.len() <= sources.test.len()
            && self.recent.len() <= RECENT
    }

    /// Samples of the present epoch done, and in all.
    pub fn epoch(&self) -> (usize, usize) {
        let all = self.order.len();
        let done = if self.seen == 0 { 0 } else { self.position };
        (done, all)
    }

    /// Does one quantum: an online step, or a few test images. `Some` is whether the sample is done;
    /// `None` says that its output was not finite, and leaves everything as it was.
    pub fn advance(
        &mut self,
        given: &Given<'_>,
        x: &mut Vec<f32>,
        scratch: &mut Scratch<f32>,
        draft: &mut [f64],
    ) -> Option<bool> {
        match self.stage {
            Stage::Learn => self.learn(given, x, scratch, draft),
            Stage::Test(from) => {
                self.test(from, given, x, scratch);
                if self.stage == Stage::Learn {
                    self.conclude(given, draft);
                }
                Some(self.stage == Stage::Learn)
            }
            Stage::Observe(from) => {
                self.observe(from, given, x, scratch);
                if self.stage == Stage::Learn {
                    self.conclude(given, draft);
                }
                Some(self.stage == Stage::Learn)
            }
        }
    }

    fn learn(
        &mut self,
        given: &Given<'_>,
        x: &mut Vec<f32>,
        scratch: &mut Scratch<f32>,
        draft: &mut [f64],
    ) -> Option<bool> {
        if self.position == self.order.len() {
            shuffle(&mut self.source, &mut self.order);
            self.position = 0;
        }
        let image = self.order[self.position];
        let label = usize::from(given.images.label(image));
        given.images.grey(image, x);
        let tests = given.test_every > 0 && (self.seen + 1).is_multiple_of(given.test_every);
        let mut errors = Vec::new();
        let mut lengths = Vec::new();
        if tests && given.measure {
            (errors, lengths) = before_step(&self.learner, x, label, scratch);
        }
        let finite = self.learner.step(
            given.coefficients,
            x,
            label,
            &mut self.trace,
            &mut self.tally,
            &mut scratch.work,
        );
        if !finite {
            return None;
        }
        if !errors.is_empty() {
            self.cosines = cosines(given.coefficients, &self.trace, &errors, &lengths);
        }
        self.image = Some(image);
        self.position += 1;
        self.seen += 1;
        let loss = super::activation::cross_entropy(self.trace.logits(), label);
        let keep = 1.0 - 1.0 / RUNNING;
        self.running = match self.running.is_nan() {
            true => loss,
            false => keep * self.running + (1.0 - keep) * loss,
        };
        if self.recent.len() == RECENT {
            self.recent.remove(0);
        }
        self.recent.push(loss as f32);
        draft[given.places.train_loss] = self.running;
        if tests && !given.sources.test.is_empty() {
            self.outcome.clear();
            self.observed.clear();
            self.stage = Stage::Test(0);
        }
        Some(!tests || given.sources.test.is_empty())
    }

    fn test(
        &mut self,
        from: usize,
        given: &Given<'_>,
        x: &mut Vec<f32>,
        scratch: &mut Scratch<f32>,
    ) {
        let test = &given.sources.test;
        let end = (from + BLOCK).min(test.len());
        for &image in &test[from..end] {
            given.images.grey(image, x);
            let sample = (&x[..], usize::from(given.images.label(image)));
            let Scratch { work, query } = &mut *scratch;
            self.learner
                .query(sample, 1, None, &mut self.outcome, query, work);
        }
        self.stage = match (end == test.len(), given.measure) {
            (false, _) => Stage::Test(end),
            (true, true) => Stage::Observe(0),
            (true, false) => Stage::Learn,
        };
    }

    fn observe(
        &mut self,
        from: usize,
        given: &Given<'_>,
        x: &mut Vec<f32>,
        scratch: &mut Scratch<f32>,
    ) {
        let observed: Vec<u32> = given.sources.observed().collect();
        let end = (from + BLOCK).min(observed.len());
        for &image in &observed[from..end] {
            given.images.grey(image, x);
            let sample = (&x[..], usize::from(given.images.label(image)));
            let Scratch { work, query } = &mut *scratch;
            self.learner
                .observe(sample, &mut self.observed, query, work);
        }
        self.stage = if end == observed.len() {
            Stage::Learn
        } else {
            Stage::Observe(end)
        };
    }

    fn conclude(&mut self, given: &Given<'_>, draft: &mut [f64]) {
        let places = given.places;
        let labels = given.sources.test.iter();
        let spread = spread(&self.outcome, labels.map(|&i| given.images.label(i)));
        draft[places.loss] = self.outcome.loss();
        draft[places.accuracy] = self.outcome.accuracy();
        draft[places.loss_low] = spread.low;
        draft[places.loss_high] = spread.high;
        draft[places.accuracy_low] = spread.worst;
        draft[places.accuracy_high] = spread.best;
        if given.measure {
            measured(&self.learner, &self.observed, places, draft);
        }
        self.shares = self.tally.layer_shares(given.coefficients);
        let shares = self.tally.shares(given.coefficients);
        for (r, place) in places.share.clone().enumerate() {
            let on = is_on(given.coefficients, r);
            draft[place] = if on { shares[r] } else { f64::NAN };
        }
        self.tally.clear();
    }
}

/// Angles, orthonormality errors and what is seen of the weights.
pub fn measured(learner: &Learner<f32>, observed: &Observed, places: &Places, draft: &mut [f64]) {
    for (place, angle) in places.angle.clone().zip(&observed.angles()[1..]) {
        draft[place] = *angle;
    }
    draft[places.right_angle] = 90.0;
    for (place, error) in places.orthonormality.clone().zip(observed.orthonormality()) {
        draft[place] = *error;
    }
    for l in 1..=learner.network.depth() {
        let found = beside(learner, l);
        draft[places.agreement.start + l - 1] = found.agreement;
        draft[places.alignment.start + l - 1] = found.angle;
        draft[places.row_norm.start + l - 1] = found.row_norm;
    }
}

/// The backpropagated errors of a sample and the lengths `|W_l|`, before the step on it.
pub fn before_step(
    learner: &Learner<f32>,
    x: &[f32],
    label: usize,
    scratch: &mut Scratch<f32>,
) -> (Vec<Lines<f32>>, Vec<f64>) {
    let Scratch { work, query } = scratch;
    learner.forward(x, &mut query.trace, work);
    learner.judge(label, &mut query.trace);
    learner.backpropagated(&query.trace, &mut query.backpropagated, work);
    let length = |w: &super::matrix::Matrix<f32>| {
        crate::models::nn::elementwise::sum_squares(w.values()).sqrt()
    };
    (
        query.backpropagated.clone(),
        learner.weights.iter().map(length).collect(),
    )
}

/// The cosine of each term with backpropagation, index `l - 1`, from what [`before_step`] gave and the
/// trace of the step.
pub fn cosines(
    coefficients: &Coefficients,
    trace: &Trace<f32>,
    errors: &[Lines<f32>],
    lengths: &[f64],
) -> Vec<[f64; TERMS]> {
    let of = |(i, length): (usize, &f64)| {
        super::tally::cosines(i + 1, coefficients.rule(i + 1), trace, errors, *length)
    };
    lengths.iter().enumerate().map(of).collect()
}
