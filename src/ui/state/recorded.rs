//! A recorded run as a lane that stands still.

use super::run::Run;
use crate::engine::{About, Frame, History, RunState};
use crate::record::Recorded;

impl Run {
    /// The metrics of a recording that a run like `about` and `frame` has too.
    /// # Errors
    /// When there is none.
    pub fn recorded(
        lane: u8,
        recorded: Recorded,
        mut about: Box<About>,
        mut frame: Frame,
    ) -> Result<Self, String> {
        let metrics = &about.description.metrics;
        let places: Vec<Option<usize>> = metrics
            .iter()
            .map(|spec| recorded.ids.iter().position(|id| *id == spec.id))
            .collect();
        if places.iter().all(Option::is_none) {
            let (name, family) = (&recorded.name, &about.description.title);
            return Err(format!("{name} has no metric of {family}"));
        }
        let mut run = Self::new(recorded.name);
        run.history = History::new(places.len());
        let gap = vec![f64::NAN; places.len()];
        let mut last = gap.clone();
        for (step, row) in recorded.rows {
            if step <= run.history.samples() {
                continue;
            }
            while run.history.samples() + 1 < step {
                run.history.push(&gap);
            }
            let value = |place: &Option<usize>| place.and_then(|at| row.get(at).copied());
            last = places
                .iter()
                .map(|at| value(at).unwrap_or(f64::NAN))
                .collect();
            run.history.push(&last);
        }
        for (spec, value) in about.description.params.iter().zip(&mut frame.values) {
            let given = recorded.preset.values.given(&spec.id);
            *value = given.unwrap_or(&spec.default).clone();
        }
        frame.pending.clear();
        frame.state = RunState::Done;
        frame.step = run.history.samples();
        frame.quantum = 0;
        frame.metrics = last;
        about.seed = recorded.preset.seed;
        about.preset = recorded.preset;
        about.replayed = None;
        about.back_to = None;
        run.lane = lane;
        run.still = true;
        run.frame = Some(frame);
        run.about = Some(about);
        Ok(run)
    }
}
