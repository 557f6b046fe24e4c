//! The engine run on a model so small that every number is known.

mod breakpoints;
mod lanes;
mod rewind;

use std::time::{Duration, Instant};

use crossbeam_channel::bounded;

use super::*;
use crate::models::panel::{PanelData, PanelRequest};
use crate::models::table::{
    Applies, Better, Kind, MetricSpec, ParamSpec, Scale, Scope, Value, text,
};
use crate::models::{BuildError, Family, FaultKind, LoadError, Progress, Setup, Values};
use crate::preset::{Action, DataChoice, Scheduled};

/// Adds `gain` to `level` in each of three quanta a unit; `level` beyond `limit` is a fault.
struct Counter {
    values: Values,
    level: f64,
    quantum: u8,
    at_unit: f64,
}

const fn real(id: &'static str, default: f64, applies: Applies) -> ParamSpec {
    ParamSpec {
        id: text(id),
        label: text(id),
        unit: text(""),
        meaning: text("a number"),
        kind: Kind::Real {
            min: 0.0,
            max: 1e6,
            scale: Scale::Linear,
        },
        default: Value::Real(default),
        applies,
        scope: Scope::Model,
    }
}

const PARAMS: &[ParamSpec] = &[
    real("gain", 1.0, Applies::Quantum),
    real("bonus", 0.0, Applies::Unit),
    real("start", 5.0, Applies::Restart),
    real("limit", 1e6, Applies::Unit),
];

fn build(setup: &Setup) -> Result<Box<dyn Model>, BuildError> {
    let level = setup.values.real(PARAMS, "start");
    Ok(Box::new(Counter {
        values: setup.values.clone(),
        level,
        quantum: 0,
        at_unit: level,
    }))
}

const COUNTER: Family = Family {
    id: "counter",
    prefixes: &["test"],
    adopt: None,
    title: "Counter",
    summary: "counts",
    params: PARAMS,
    describe: |setup| Ok(build(setup)?.description()),
    build,
    spikes: false,
    bibtex: "",
    reference_formats: &[],
    verify: |_| Ok(Vec::new()),
};

impl Counter {
    fn real(&self, id: &str) -> f64 {
        self.values.real(PARAMS, id)
    }
}

impl Model for Counter {
    fn description(&self) -> Description {
        Description {
            family: text("counter"),
            title: text("Counter"),
            unit: text("step"),
            quantum: text("third"),
            seconds_per_unit: None,
            params: PARAMS.to_vec(),
            metrics: vec![MetricSpec {
                id: text("level"),
                label: text("level"),
                unit: text(""),
                meaning: text("the sum"),
                scale: Scale::Linear,
                better: Better::Neither,
                theory: None,
            }],
            panels: Vec::new(),
        }
    }

    fn advance(&mut self) -> Progress {
        self.level += self.real("gain");
        self.quantum += 1;
        if self.level > self.real("limit") {
            self.quantum = 0;
            let what = format!("level {} is above the limit", self.level);
            return Progress::Fault(Fault {
                kind: FaultKind::Runaway,
                what,
            });
        }
        if self.quantum < 3 {
            return Progress::Continue;
        }
        self.quantum = 0;
        self.level += self.real("bonus");
        self.at_unit = self.level;
        Progress::UnitDone
    }

    fn at_unit_boundary(&self) -> bool {
        self.quantum == 0
    }

    fn metrics(&self, out: &mut [f64]) {
        out[0] = self.at_unit;
    }

    fn get(&self, param: usize) -> Value {
        self.values.get(PARAMS, &PARAMS[param].id)
    }

    fn set(&mut self, param: usize, value: &Value) -> Result<(), String> {
        self.values.set(PARAMS[param].id.as_ref(), value.clone());
        Ok(())
    }

    fn panel(&self, _: &PanelRequest) -> PanelData {
        PanelData::Nothing("nothing to see".into())
    }

    fn save_into(&self, state: &mut Vec<u8>) {
        let numbers = (&self.values, self.level, self.quantum, self.at_unit);
        *state = postcard::to_stdvec(&numbers).unwrap();
    }

    fn load(&mut self, state: &[u8]) -> Result<(), LoadError> {
        (self.values, self.level, self.quantum, self.at_unit) =
            postcard::from_bytes(state).map_err(|e| LoadError::Unreadable(e.to_string()))?;
        Ok(())
    }
}

fn preset(length: u64) -> Preset {
    Preset {
        name: "test-counter".into(),
        variant: None,
        title: "counting".into(),
        about: String::new(),
        model: "counter".into(),
        data: DataChoice::None,
        seed: 1,
        length,
        pace: None,
        values: Values::new(),
        schedule: Vec::new(),
        breakpoints: Vec::new(),
        expect: Vec::new(),
        fault: None,
        variants: Vec::new(),
    }
}

fn start(preset: Preset, options: Options) -> Engine {
    let experiment = Experiment::of_family(&COUNTER, preset, None).unwrap();
    Engine::launch(experiment, options, Duration::ZERO)
}

fn paused() -> Options {
    Options {
        paused: true,
        ..Options::default()
    }
}

/// Takes frames until one satisfies `done`.
fn until(screen: &mut Subscription, done: impl Fn(&Frame) -> bool) -> Frame {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        screen.ask(Request::default()).unwrap();
        screen
            .wake()
            .recv_deadline(deadline)
            .expect("a frame within 20 s");
        if let Some(frame) = screen.take()
            && done(&frame)
        {
            return frame;
        }
    }
}

/// Sends a command and waits for its reply.
fn order(screen: &mut Subscription, command: Command) -> (Result<String, String>, Frame) {
    let id = screen.send(command).unwrap();
    let frame = until(screen, |frame| {
        frame.replies.iter().any(|reply| reply.command == id)
    });
    let reply = frame
        .replies
        .iter()
        .find(|reply| reply.command == id)
        .unwrap();
    (reply.outcome.clone(), frame)
}

fn set(id: &str, x: f64) -> Command {
    Command::Set {
        id: id.into(),
        value: Value::Real(x),
    }
}

fn finish(engine: Engine, screen: &mut Subscription) -> Finished {
    screen.send(Command::Quit).unwrap();
    engine.join().unwrap()
}

/// Waits until the thread has ended by itself.
fn outlive(engine: Engine) -> Finished {
    let screen = engine.subscribe();
    while screen.wake().recv().is_ok() {}
    engine.join().unwrap()
}

#[test]
fn a_run_pauses_as_done_at_its_length_and_can_go_on() {
    let engine = start(preset(100), Options::default());
    let mut screen = engine.subscribe();
    let frame = until(&mut screen, |frame| frame.state == RunState::Done);
    assert_eq!((frame.step, frame.metrics[0]), (100, 305.0));
    let step = Command::Step {
        of: StepOf::Unit,
        count: 7,
    };
    order(&mut screen, step).0.unwrap();
    let frame = until(&mut screen, |frame| frame.state == RunState::Paused);
    assert_eq!((frame.step, frame.metrics[0]), (107, 326.0));
    assert_eq!(finish(engine, &mut screen).step, 107);
}

#[test]
fn changes_apply_at_the_boundary_that_the_table_names() {
    let engine = start(preset(1000), paused());
    let mut screen = engine.subscribe();
    order(
        &mut screen,
        Command::Step {
            of: StepOf::Quantum,
            count: 1,
        },
    )
    .0
    .unwrap();
    until(&mut screen, |frame| {
        frame.quantum == 1 && frame.state == RunState::Paused
    });
    order(&mut screen, set("gain", 10.0)).0.unwrap();
    let (_, frame) = order(&mut screen, set("bonus", 100.0));
    assert_eq!(
        frame.values[0],
        Value::Real(10.0),
        "a quantum change is there at once"
    );
    assert_eq!(
        frame.pending,
        [(1, Value::Real(100.0))],
        "a unit change waits"
    );
    let (_, frame) = order(&mut screen, set("start", 50.0));
    assert_eq!(frame.pending.len(), 2);
    order(
        &mut screen,
        Command::Step {
            of: StepOf::Unit,
            count: 1,
        },
    )
    .0
    .unwrap();
    let frame = until(&mut screen, |frame| frame.step == 1);
    // 5 + 1 + 10 + 10; the bonus came with the boundary after this unit.
    assert_eq!(frame.metrics[0], 26.0);
    assert_eq!(frame.pending, [(2, Value::Real(50.0))]);
    let (_, frame) = order(&mut screen, Command::Reset { seed: Some(9) });
    assert_eq!((frame.step, frame.pending.len()), (0, 0));
    assert_eq!(frame.about.unwrap().seed, 9);
    order(
        &mut screen,
        Command::Step {
            of: StepOf::Unit,
            count: 1,
        },
    )
    .0
    .unwrap();
    let frame = until(&mut screen, |frame| frame.step == 1);
    assert_eq!(
        frame.metrics[0], 180.0,
        "reset keeps edits and takes restart changes"
    );
    finish(engine, &mut screen);
}

#[test]
fn undo_and_redo_go_back_and_forth_and_leave_marks() {
    let engine = start(preset(1000), paused());
    let mut screen = engine.subscribe();
    order(&mut screen, set("gain", 2.0)).0.unwrap();
    order(
        &mut screen,
        Command::Step {
            of: StepOf::Unit,
            count: 1,
        },
    )
    .0
    .unwrap();
    until(&mut screen, |frame| frame.step == 1);
    order(&mut screen, set("gain", 4.0)).0.unwrap();
    let gain = |frame: &Frame| frame.values[0].clone();
    assert_eq!(gain(&order(&mut screen, Command::Undo).1), Value::Real(2.0));
    assert_eq!(gain(&order(&mut screen, Command::Undo).1), Value::Real(1.0));
    assert!(order(&mut screen, Command::Undo).0.is_err());
    assert_eq!(gain(&order(&mut screen, Command::Redo).1), Value::Real(2.0));
    let frame = until(&mut screen, |_| true);
    let steps: Vec<u64> = frame.history.marks.iter().map(|mark| mark.step).collect();
    assert_eq!(steps, [0, 1, 1, 1, 1]);
    finish(engine, &mut screen);
}

#[test]
fn refusals_say_what_would_be_accepted_and_change_nothing() {
    let engine = start(preset(1000), paused());
    let mut screen = engine.subscribe();
    let (outcome, frame) = order(&mut screen, set("gain", -1.0));
    assert!(outcome.unwrap_err().contains("from 0 to 1e6"));
    assert_eq!(frame.values[0], Value::Real(1.0));
    assert!(
        order(&mut screen, set("gian", 1.0))
            .0
            .unwrap_err()
            .contains("gian")
    );
    assert!(
        order(&mut screen, Command::SetPace(Pace::Units(0.0)))
            .0
            .is_err()
    );
    finish(engine, &mut screen);
}

#[test]
fn a_fault_pauses_the_run_and_a_mended_parameter_lets_it_go_on() {
    let mut preset = preset(1000);
    preset.values.set("limit", Value::Real(20.0));
    let engine = start(preset, Options::default());
    let mut screen = engine.subscribe();
    let frame = until(&mut screen, |frame| frame.state != RunState::Running);
    let RunState::Faulted(fault) = frame.state else {
        panic!("{:?}", frame.state)
    };
    assert!(fault.what.contains("21"), "{}", fault.what);
    assert_eq!(frame.step, 5);
    order(&mut screen, set("limit", 1e6)).0.unwrap();
    order(&mut screen, Command::Resume).0.unwrap();
    until(&mut screen, |frame| frame.step > 100);
    finish(engine, &mut screen);
}

#[test]
fn a_reset_begins_with_what_was_before_the_schedule() {
    let mut preset = preset(5);
    let change = |id: &str, value| Action::Set {
        id: id.into(),
        value: Value::Real(value),
    };
    preset.schedule = vec![Scheduled {
        step: 2,
        actions: vec![change("gain", 7.0), change("bonus", 3.0)],
    }];
    let engine = start(preset, paused());
    let mut screen = engine.subscribe();
    let three = Command::Step {
        of: StepOf::Unit,
        count: 3,
    };
    order(&mut screen, three).0.unwrap();
    let frame = until(&mut screen, |frame| frame.step == 3);
    assert_eq!(frame.values[0], Value::Real(7.0));
    order(&mut screen, set("bonus", 4.0)).0.unwrap();
    let (_, frame) = order(&mut screen, Command::Reset { seed: None });
    assert_eq!(
        frame.values[0],
        Value::Real(1.0),
        "the schedule comes again"
    );
    assert_eq!(frame.values[1], Value::Real(4.0), "a person's change stays");
    finish(engine, &mut screen);
}

#[test]
fn the_schedule_acts_as_a_person_would() {
    let mut preset = preset(10);
    let double = Action::Set {
        id: "gain".into(),
        value: Value::Real(2.0),
    };
    preset.schedule = vec![
        Scheduled {
            step: 4,
            actions: vec![double],
        },
        Scheduled {
            step: 6,
            actions: vec![Action::Pause],
        },
    ];
    let engine = start(preset.clone(), Options::default());
    let mut screen = engine.subscribe();
    let frame = until(&mut screen, |frame| frame.state == RunState::Paused);
    assert_eq!(
        (frame.step, frame.metrics[0]),
        (6, 5.0 + 4.0 * 3.0 + 2.0 * 6.0)
    );
    finish(engine, &mut screen);
    let engine = start(
        preset,
        Options {
            attended: false,
            ..Options::default()
        },
    );
    assert_eq!(outlive(engine).step, 10);
}

#[test]
fn the_recorder_gets_every_sample_however_slow() {
    let (sender, records) = bounded(2);
    let options = Options {
        record: Some(sender),
        ..Options::default()
    };
    let engine = start(preset(500), options);
    let mut screen = engine.subscribe();
    let mut steps = Vec::new();
    while steps.len() < 500 {
        if let Record::Sample { step, .. } = records.recv().unwrap() {
            steps.push(step);
        }
        screen.ask(Request::default()).unwrap();
    }
    assert_eq!(steps, (1..=500).collect::<Vec<_>>());
    drop(records);
    finish(engine, &mut screen);
}

#[test]
fn a_screen_pauses_and_pace_change_no_bit() {
    let plain = start(preset(300), Options::default());
    let mut screen = plain.subscribe();
    until(&mut screen, |frame| frame.state == RunState::Done);
    let undisturbed = finish(plain, &mut screen).digest;

    let engine = start(
        preset(300),
        Options {
            pace: Pace::Units(5000.0),
            ..Options::default()
        },
    );
    let mut screen = engine.subscribe();
    for _ in 0..20 {
        order(&mut screen, Command::Pause).0.unwrap();
        order(
            &mut screen,
            Command::Step {
                of: StepOf::Quantum,
                count: 2,
            },
        )
        .0
        .unwrap();
        order(&mut screen, Command::Resume).0.unwrap();
    }
    until(&mut screen, |frame| frame.state == RunState::Done);
    assert_eq!(finish(engine, &mut screen).digest, undisturbed);
}

#[test]
fn a_lagging_screen_misses_no_sample_and_no_line() {
    let engine = start(preset(400), Options::default());
    let mut screen = engine.subscribe();
    let epoch = until(&mut screen, |_| true).epoch;
    let mut copy = History::new(1);
    let mut lines = 0;
    loop {
        let request = Request {
            epoch,
            history: copy.cursor(),
            log: lines,
            panels: Vec::new(),
        };
        if !screen.ask(request).unwrap() {
            continue;
        }
        screen.wake().recv().unwrap();
        let frame = screen.take().unwrap();
        copy.apply(frame.history);
        for line in &frame.log {
            assert_eq!(line.number, lines, "a line is missing or came twice");
            lines += 1;
        }
        if frame.state == RunState::Done {
            break;
        }
    }
    let drawn = copy.columns(0, 0, 400, 400);
    for (i, bucket) in drawn.iter().enumerate() {
        assert_eq!(bucket.last, 5.0 + 3.0 * (i + 1) as f32);
    }
    finish(engine, &mut screen);
}

#[test]
fn another_subscriber_gets_no_replies_of_mine() {
    let engine = start(preset(1000), paused());
    let (mut mine, mut other) = (engine.subscribe(), engine.subscribe());
    order(&mut mine, set("gain", 3.0)).0.unwrap();
    let frame = until(&mut other, |_| true);
    assert!(frame.replies.is_empty());
    assert_eq!(frame.values[0], Value::Real(3.0));
    finish(engine, &mut other);
}

#[test]
fn a_parameter_of_a_layer_that_is_not_there_is_refused_with_the_nearest() {
    let mut preset = preset(10);
    preset.values.set("gain_7", Value::Real(2.0));
    let Err(error) = Experiment::of_family(&COUNTER, preset, None) else {
        panic!("`gain_7` was taken")
    };
    assert!(error.to_string().contains("did you mean `gain`"), "{error}");
}

#[test]
fn an_unattended_run_ends_by_itself() {
    let options = || Options {
        attended: false,
        ..Options::default()
    };
    let finished = outlive(start(preset(40), options()));
    assert_eq!((finished.step, finished.state), (40, RunState::Done));
    let mut limited = preset(40);
    limited.values.set("limit", Value::Real(20.0));
    let finished = outlive(start(limited, options()));
    assert!(finished.fault().is_some() && finished.step < 40);
}
