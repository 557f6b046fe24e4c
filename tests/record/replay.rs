//! Law: a replay shows the numbers of metrics.csv, wherever one stands, whatever has become of the
//! file of buckets beside them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hebbtop::engine::{
    Command, Cursor, Frame, History, MarkKind, Pace, Request, RunState, StepOf, Subscription,
    Target,
};
use hebbtop::models::panel::{PanelData, PanelRequest, Raster, Reduce};
use hebbtop::models::table::{PanelKind, Value};
use hebbtop::preset::catalogue;
use hebbtop::record::Reading;
use hebbtop::replay::Recording;

use super::session::Session;

const UNITS: u64 = 40;

/// A run with a change, a mark and a way back in it.
fn recorded(folder: &Path) {
    let preset = catalogue::resolve("pc-digits-strict").unwrap();
    let mut session = Session::start(preset, Some(folder));
    session.step(StepOf::Unit, 10);
    session.does(Command::Set {
        id: "eta".into(),
        value: Value::Real(0.25),
    });
    session.step(StepOf::Unit, 10);
    session.does(Command::Mark("half".into()));
    session.step(StepOf::Unit, 15);
    session.does(Command::Rewind(Target::Unit(30)));
    session.step(StepOf::Unit, UNITS - 30);
    session.end();
}

struct Watched {
    screen: Subscription,
    renewed: Option<String>,
}

impl Watched {
    fn open(folder: &Path) -> Self {
        let reading = Reading::open(folder).unwrap();
        let course = reading.courses.len() - 1;
        let recording = Recording::open(reading, course, None, &mut |_, _| {}).unwrap();
        Self {
            renewed: recording.renewed.clone(),
            screen: recording.play().unwrap(),
        }
    }

    fn frame(&mut self, request: Request) -> Frame {
        self.screen.ask(request).unwrap();
        let patience = Duration::from_secs(60);
        self.screen.wake().recv_timeout(patience).expect("a frame");
        self.screen.take().unwrap()
    }

    fn order(&mut self, command: Command) -> Result<String, String> {
        let id = self.screen.send(command).unwrap();
        let frame = self.frame(Request::default());
        let reply = frame.replies.into_iter().find(|reply| reply.command == id);
        reply.expect("an answer").outcome
    }

    fn at(&mut self, step: u64) -> Frame {
        self.order(Command::Rewind(Target::Unit(step))).unwrap();
        self.frame(Request::default())
    }
}

/// The rows that count, by step from 1: those of the second file stand for the ones that were abandoned.
fn rows(folder: &Path) -> Vec<Vec<f64>> {
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for name in ["metrics.csv", "metrics-2.csv"] {
        for line in fs::read_to_string(folder.join(name))
            .unwrap()
            .lines()
            .skip(1)
        {
            let mut cells = line.split(',');
            let step: usize = cells.next().unwrap().parse().unwrap();
            rows.truncate(step - 1);
            rows.push(cells.map(|cell| cell.parse().unwrap_or(f64::NAN)).collect());
        }
    }
    assert_eq!(rows.len(), UNITS as usize);
    rows
}

fn same(a: &[f64], b: &[f64]) -> bool {
    let bits = |x: &f64| if x.is_nan() { 0 } else { x.to_bits() };
    a.iter().map(bits).eq(b.iter().map(bits))
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let outside = tempfile::tempdir().unwrap();
    let path = outside.path().join("run");
    recorded(&path);
    (outside, path)
}

#[test]
fn every_step_shows_its_row_and_the_history_before_it() {
    let (_outside, folder) = folder();
    let rows = rows(&folder);
    let mut watched = Watched::open(&folder);
    let first = watched.frame(Request::default());
    let about = first.about.unwrap();
    assert_eq!(first.step, UNITS);
    assert_eq!(about.replayed.unwrap().last, UNITS);
    assert!(same(&first.metrics, &rows[UNITS as usize - 1]));
    let mut truth = History::new(about.description.metrics.len());
    for step in 1..=UNITS {
        truth.push(&rows[step as usize - 1]);
        let frame = watched.at(step);
        assert!(same(&frame.metrics, &rows[step as usize - 1]), "{step}");
        let mut copy = History::new(about.description.metrics.len());
        copy.apply(frame.history);
        for metric in 0..about.description.metrics.len() {
            let drawn = |history: &History| format!("{:?}", history.columns(metric, 0, UNITS, 7));
            assert_eq!(drawn(&copy), drawn(&truth), "{step} {metric}");
        }
    }
}

#[test]
fn a_copy_follows_to_and_fro_and_parameters_and_marks_are_those_of_the_step() {
    let (_outside, folder) = folder();
    let mut watched = Watched::open(&folder);
    let about = watched.frame(Request::default()).about.unwrap();
    let eta = about.description.param("eta").unwrap();
    let begun = watched.at(0).values[eta].clone();
    let mut copy = History::new(about.description.metrics.len());
    let mut epoch = 1;
    for step in [40, 12, 13, 39, 0, 40, 9, 10, 25] {
        watched.order(Command::Rewind(Target::Unit(step))).unwrap();
        let request = |epoch, copy: &History| Request {
            epoch,
            history: copy.cursor(),
            ..Request::default()
        };
        let mut frame = watched.frame(request(epoch, &copy));
        if frame.epoch != epoch {
            epoch = frame.epoch;
            copy = History::new(about.description.metrics.len());
            frame = watched.frame(request(epoch, &copy));
        }
        copy.apply(frame.history);
        assert_eq!((frame.step, copy.samples()), (step, step));
        let changed = Value::Real(0.25);
        let expected = if step < 10 { &begun } else { &changed };
        assert_eq!(frame.values[eta], *expected, "{step}");
        let marks: Vec<_> = copy
            .marks()
            .iter()
            .map(|mark| (mark.step, mark.kind))
            .collect();
        let all = [(10, MarkKind::Edit), (20, MarkKind::Note)];
        let shown: Vec<_> = all.into_iter().filter(|(at, _)| *at <= step).collect();
        assert_eq!(marks, shown, "{step}");
    }
    watched.at(11);
    assert!(
        watched
            .order(Command::Rewind(Target::MarkBehind))
            .unwrap()
            .contains("half")
    );
    assert_eq!(watched.frame(Request::default()).step, 20);
    watched.order(Command::Rewind(Target::MarkBefore)).unwrap();
    assert_eq!(watched.frame(Request::default()).step, 10);
    assert!(watched.order(Command::Rewind(Target::MarkBefore)).is_err());
    assert!(
        watched
            .order(Command::Rewind(Target::Unit(UNITS + 1)))
            .is_err()
    );
}

#[test]
fn playing_ends_at_the_end_and_nothing_can_be_changed() {
    let (_outside, folder) = folder();
    let before = fs::read(folder.join("journal.jsonl")).unwrap();
    let mut watched = Watched::open(&folder);
    watched.at(3);
    watched.order(Command::SetPace(Pace::Units(200.0))).unwrap();
    watched.order(Command::Resume).unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut last = 3;
    loop {
        let frame = watched.frame(Request::default());
        assert!(frame.step >= last);
        last = frame.step;
        if frame.state == RunState::Paused {
            break;
        }
        assert!(Instant::now() < deadline, "it still plays");
    }
    assert_eq!(last, UNITS);
    let eta = || Command::Set {
        id: "eta".into(),
        value: Value::Real(0.5),
    };
    let edits = [
        eta(),
        Command::Undo,
        Command::Reset { seed: None },
        Command::Checkpoint,
    ];
    for command in edits.into_iter().chain([Command::Mark("x".into())]) {
        let why = watched.order(command).unwrap_err();
        assert!(why.contains("recording") && why.contains("resume"), "{why}");
    }
    assert_eq!(fs::read(folder.join("journal.jsonl")).unwrap(), before);
}

#[test]
fn the_file_of_buckets_is_made_anew_when_it_is_missing_damaged_or_stale() {
    let (_outside, folder) = folder();
    let file = folder.join("history.hbh");
    assert!(
        Watched::open(&folder)
            .renewed
            .unwrap()
            .contains("not there")
    );
    assert_eq!(Watched::open(&folder).renewed, None);
    let whole = fs::read(&file).unwrap();
    let rows_before = rows(&folder);

    for (place, words) in [
        (3, "damaged"),
        (9, "version"),
        (whole.len() - 50, "damaged"),
    ] {
        let mut bytes = whole.clone();
        bytes[place] ^= 0x55;
        fs::write(&file, &bytes).unwrap();
        let mut watched = Watched::open(&folder);
        let why = watched.renewed.clone().unwrap();
        assert!(why.contains(words), "{place}: {why}");
        assert!(same(&watched.at(7).metrics, &rows_before[6]));
        assert_eq!(fs::read(&file).unwrap(), whole, "{place}");
    }
    fs::write(&file, &whole[..20]).unwrap();
    assert!(Watched::open(&folder).renewed.unwrap().contains("damaged"));

    // A damaged chunk shows when it is read.
    let mut bytes = whole.clone();
    bytes[40] ^= 1;
    fs::write(&file, &bytes).unwrap();
    let mut watched = Watched::open(&folder);
    assert_eq!(watched.renewed, None);
    let frame = watched.at(7);
    assert!(same(&frame.metrics, &rows_before[6]));
    assert!(frame.log.iter().any(|line| line.words.contains("damaged")));
    assert_eq!(fs::read(&file).unwrap(), whole);

    // Another last digit, and the same size.
    let metrics = folder.join("metrics-2.csv");
    let text = fs::read_to_string(&metrics).unwrap();
    let digit = text.rfind(|c: char| c.is_ascii_digit()).unwrap();
    let other = if &text[digit..=digit] == "1" {
        "2"
    } else {
        "1"
    };
    fs::write(
        &metrics,
        format!("{}{other}{}", &text[..digit], &text[digit + 1..]),
    )
    .unwrap();
    let mut watched = Watched::open(&folder);
    assert!(watched.renewed.clone().unwrap().contains("other metrics"));
    assert!(same(
        &watched.at(UNITS).metrics,
        &rows(&folder)[UNITS as usize - 1]
    ));
}

#[test]
fn panels_show_the_checkpoint_and_say_of_which_step() {
    let (_outside, folder) = folder();
    let mut watched = Watched::open(&folder);
    let deadline = Instant::now() + Duration::from_secs(60);
    let panels = loop {
        assert!(Instant::now() < deadline, "no checkpoint was read");
        let about = watched.frame(Request::default()).about.unwrap();
        if let Some(step) = about.replayed.unwrap().panels {
            break step;
        }
    };
    assert_eq!(panels, UNITS);
    fs::remove_file(folder.join("checkpoint.hbt")).unwrap();
    let mut watched = Watched::open(&folder);
    assert_eq!(watched.at(5).step, 5);
}

/// Far into a long recording, buckets of all widths are those of a run that went there.
#[test]
fn a_long_history_is_that_of_the_run() {
    const LONG: u64 = 20_000;
    let (_outside, folder) = folder();
    let mut text = fs::read_to_string(folder.join("metrics.csv")).unwrap();
    let columns = text.lines().next().unwrap().split(',').count() - 1;
    text.truncate(text.find('\n').unwrap() + 1);
    let value = |step: u64, metric: usize| ((step * 31 + metric as u64 * 7) % 1009) as f64 / 8.0;
    for step in 1..=LONG {
        let cells: Vec<String> = (0..columns)
            .map(|metric| match (step + metric as u64) % 5 {
                0 => String::new(),
                _ => value(step, metric).to_string(),
            })
            .collect();
        text.push_str(&format!("{step},{}\n", cells.join(",")));
    }
    let journal = fs::read_to_string(folder.join("journal.jsonl")).unwrap();
    let kept: Vec<&str> = journal
        .lines()
        .filter(|line| !line.contains("rewind"))
        .collect();
    fs::write(folder.join("journal.jsonl"), kept.join("\n") + "\n").unwrap();
    fs::remove_file(folder.join("metrics-2.csv")).unwrap();
    fs::write(folder.join("metrics.csv"), text).unwrap();
    let mut watched = Watched::open(&folder);
    let mut truth = History::new(columns);
    let mut at = 0;
    for step in [1, 255, 256, 257, 4095, 4097, 8192, 11_111, LONG] {
        while at < step {
            at += 1;
            let row = (0..columns).map(|metric| match (at + metric as u64) % 5 {
                0 => f64::NAN,
                _ => value(at, metric),
            });
            truth.push(&row.collect::<Vec<_>>());
        }
        let delta = watched.at(step).history;
        let mut copy = History::new(columns);
        copy.apply(delta);
        for (from, to) in [
            (0, step),
            (step / 2, step),
            (step.saturating_sub(300), step),
        ] {
            for metric in 0..columns {
                let drawn =
                    |history: &History| format!("{:?}", history.columns(metric, from, to, 60));
                assert_eq!(drawn(&copy), drawn(&truth), "{step} {from} {metric}");
            }
        }
    }
    // A copy that is held still wants nothing.
    let still = Cursor {
        samples: u64::MAX,
        marks: u64::MAX,
    };
    let epoch = watched.frame(Request::default()).epoch;
    let frame = watched.frame(Request {
        epoch,
        history: still,
        ..Request::default()
    });
    assert!(frame.history.levels.is_empty());
}

/// A raster at any step is that of a run which ended there.
#[test]
fn a_raster_of_recorded_spikes_is_that_of_the_step() {
    let outside = tempfile::tempdir().unwrap();
    let record = |name: &str, steps: &str| {
        let folder = outside.path().join(name);
        let mut program = assert_cmd::Command::cargo_bin("hebbtop").unwrap();
        program.args(["run", "balanced-async", "--headless", "--steps", steps]);
        program.args(["--set", "n=400", "--keep", "spikes", "--record"]);
        program.arg(&folder).assert().success();
        folder
    };
    let (whole, half) = (record("whole", "400"), record("half", "170"));
    let raster = |folder: &Path, step: u64| {
        let mut watched = Watched::open(folder);
        let about = watched.frame(Request::default());
        let panels = about.about.unwrap().description.panels;
        let panel = panels
            .iter()
            .position(|spec| spec.kind == PanelKind::Raster);
        let request = PanelRequest {
            panel: panel.unwrap(),
            item: 0,
            rows: 60,
            cols: 90,
            reduce: Reduce::Mean,
            window: None,
            cursor: None,
        };
        watched.order(Command::Rewind(Target::Unit(step))).unwrap();
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            assert!(Instant::now() < deadline, "the model of the checkpoint");
            // The tables change when the checkpoint has been read.
            let epoch = watched.frame(Request::default()).epoch;
            let frame = watched.frame(Request {
                epoch,
                panels: vec![request.clone()],
                ..Request::default()
            });
            if let Some(PanelData::Raster(raster)) = frame.panels.into_iter().next() {
                return raster;
            }
        }
    };
    let sorted = |mut raster: Raster| {
        raster
            .bands
            .iter_mut()
            .for_each(|band| band.dots.sort_unstable());
        raster
    };
    let (then, there) = (sorted(raster(&whole, 170)), sorted(raster(&half, 170)));
    assert!(there.bands.iter().all(|band| band.dots.len() > 20));
    assert_eq!(then, there);
    // And another one later.
    assert_ne!(then.bands, sorted(raster(&whole, 400)).bands);
    // What the model itself had kept by its end is the same.
    fs::remove_file(half.join("spikes.npy")).unwrap();
    assert_eq!(sorted(raster(&half, 170)), there);
}
