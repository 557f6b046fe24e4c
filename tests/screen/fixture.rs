//! A run made of paper: a small table of every kind of parameter, metric and panel, and frames that
//! answer requests as the engine does.

use std::borrow::Cow;

use hebbtop::engine::{
    About, BreakpointLine, Command, Frame, History, LogKind, LogLine, Mark, MarkKind, Pace,
    Replayed, Reply, Request, RunState, Target,
};
use hebbtop::models::panel::{
    Band, Bar, BarChart, Cell, Column, Curves, Grid, GridStats, Histogram, PanelData, PanelRequest,
    Picked, Picture, Raster, Row, Series, Table, TableCell, Window,
};
use hebbtop::models::table::{
    Applies, Better, Kind, MetricSpec, PanelKind, PanelSpec, ParamSpec, Scale, Scope, Text, Value,
};
use hebbtop::models::{Description, Values};
use hebbtop::preset::{Bound, DataChoice, Expect, Preset, When};
use hebbtop::ui::state::start::PresetEntry;

pub fn text(words: &str) -> Text {
    Cow::Owned(words.to_owned())
}

fn param(id: &str, kind: Kind, default: Value, applies: Applies) -> ParamSpec {
    ParamSpec {
        id: text(id),
        label: text(&id.replace('_', " ")),
        unit: text(if id == "delay" { "ms" } else { "" }),
        meaning: text(&format!(
            "What {id} does, and what a larger value of it leads to."
        )),
        kind,
        default,
        applies,
        scope: Scope::Model,
    }
}

fn real(min: f64, max: f64, scale: Scale) -> Kind {
    Kind::Real { min, max, scale }
}

fn params() -> Vec<ParamSpec> {
    let options = vec![text("exact"), text("fixed"), text("strict")];
    let int = |min, max| Kind::Integer { min, max };
    vec![
        param(
            "eta",
            real(1e-4, 2.0, Scale::Log),
            Value::Real(0.1),
            Applies::Quantum,
        ),
        param("n", int(0, 1000), Value::Integer(20), Applies::Unit),
        param(
            "momentum",
            real(0.0, 0.999, Scale::Linear),
            Value::Real(0.9),
            Applies::Unit,
        ),
        param(
            "method",
            Kind::Choice(options.into()),
            Value::Choice(text("fixed")),
            Applies::Unit,
        ),
        param("learn", Kind::Switch, Value::Switch(true), Applies::Unit),
        param(
            "network",
            Kind::Words,
            Value::Words(text("50 + tanh / 10")),
            Applies::Restart,
        ),
        param("batch", int(1, 4096), Value::Integer(100), Applies::Restart),
        param(
            "delay",
            real(0.0, 20.0, Scale::Linear),
            Value::Real(2.5),
            Applies::Unit,
        ),
        param(
            "precision_1",
            real(1e-3, 1e3, Scale::Log),
            Value::Real(1.0),
            Applies::Unit,
        ),
        param(
            "precision_2",
            real(1e-3, 1e3, Scale::Log),
            Value::Real(1.0),
            Applies::Unit,
        ),
        param(
            "freeze_1",
            Kind::Switch,
            Value::Switch(false),
            Applies::Unit,
        ),
        param(
            "freeze_2",
            Kind::Switch,
            Value::Switch(false),
            Applies::Unit,
        ),
    ]
}

fn metric(id: &str, unit: &str, scale: Scale, better: Better, theory: Option<&str>) -> MetricSpec {
    MetricSpec {
        id: text(id),
        label: text(&id.replace('_', " ")),
        unit: text(unit),
        meaning: text(&format!("What {id} measures.")),
        scale,
        better,
        theory: theory.map(text),
    }
}

fn metrics() -> Vec<MetricSpec> {
    vec![
        metric("loss", "", Scale::Log, Better::Lower, None),
        metric("test_loss", "", Scale::Log, Better::Lower, None),
        metric("accuracy", "", Scale::Linear, Better::Higher, None),
        metric("angle_1", "°", Scale::Linear, Better::Lower, None),
        metric("angle_2", "°", Scale::Linear, Better::Lower, None),
        metric("error_1", "", Scale::Log, Better::Lower, Some("theory_1")),
        metric("theory_1", "", Scale::Log, Better::Neither, None),
    ]
}

fn panel(id: &str, kind: PanelKind, view: &str, overview: u8, items: &[&str]) -> PanelSpec {
    PanelSpec {
        id: text(id),
        label: text(&id.replace('_', " ")),
        meaning: text(&format!("What {id} shows and what to look for in it.")),
        kind,
        view: text(view),
        overview,
        items: items.iter().map(|item| text(item)).collect(),
    }
}

fn over_time(metrics: &[&str]) -> PanelKind {
    PanelKind::History {
        metrics: metrics.iter().map(|id| text(id)).collect(),
    }
}

fn panels() -> Vec<PanelSpec> {
    let layers = ["W1 50x64", "W2 10x50"];
    vec![
        panel(
            "loss",
            over_time(&["loss", "test_loss"]),
            "Learning",
            1,
            &[],
        ),
        panel("weights", PanelKind::HeatMap, "Weights", 2, &layers),
        panel(
            "angle",
            over_time(&["angle_1", "angle_2"]),
            "Learning",
            3,
            &[],
        ),
        panel("layers", PanelKind::Table, "Learning", 4, &[]),
        panel(
            "errors",
            over_time(&["error_1", "theory_1"]),
            "Learning",
            0,
            &[],
        ),
        panel("spread", PanelKind::Histogram, "Weights", 0, &layers),
        panel("energy", PanelKind::Curves, "Inference", 0, &[]),
        panel("beliefs", PanelKind::HeatMap, "Inference", 0, &["v1"]),
        panel("input", PanelKind::Image, "Inference", 0, &[]),
    ]
}

pub fn description() -> Description {
    Description {
        family: text("paper"),
        title: text("Paper rule"),
        unit: text("step"),
        quantum: text("sweep"),
        seconds_per_unit: None,
        params: params(),
        metrics: metrics(),
        panels: panels(),
    }
}

pub fn preset() -> Preset {
    Preset {
        name: "paper-digits".into(),
        variant: None,
        title: "A rule made of paper on digits".into(),
        about: "Watch the loss fall.\n\nTry eta: twice as much makes the angle grow.".into(),
        model: "paper".into(),
        data: DataChoice::None,
        seed: 42,
        length: 1000,
        pace: Some(20.0),
        values: Values::new(),
        schedule: Vec::new(),
        breakpoints: Vec::new(),
        expect: vec![Expect {
            metric: "test_loss".into(),
            when: When::End,
            bound: Bound::Near {
                value: 0.25,
                tolerance: 0.05,
            },
            relative_to: None,
            source: "the paper".into(),
        }],
        fault: None,
        variants: vec!["slow".into(), "strict".into()],
    }
}

pub fn presets() -> Vec<PresetEntry> {
    let entry = |name: &str, family: &str, title: &str| PresetEntry {
        name: name.into(),
        family: family.into(),
        title: title.into(),
        about: format!("What to watch in {name}.\nWhich keys to try."),
        variants: Vec::new(),
        needs_data: None,
    };
    vec![
        PresetEntry {
            variants: vec!["slow".into(), "strict".into()],
            ..entry(
                "paper-digits",
                "Paper rule",
                "A rule made of paper on digits",
            )
        },
        entry("paper-diverges", "Paper rule", "Eta above its limit"),
        PresetEntry {
            needs_data: Some("MNIST".into()),
            ..entry("paper-mnist", "Paper rule", "The same on MNIST")
        },
        entry("other-quick", "Other rule", "Something else"),
    ]
}

/// The run itself.
#[derive(Clone)]
pub struct PaperRun {
    pub epoch: u64,
    pub state: RunState,
    pub pace: Pace,
    pub step: u64,
    pub quantum: u64,
    pub values: Vec<Value>,
    pub pending: Vec<(usize, Value)>,
    pub log: Vec<LogLine>,
    pub replies: Vec<Reply>,
    pub undo_depth: u32,
    pub breakpoints: Vec<BreakpointLine>,
    pub recording: Option<String>,
    pub replayed: Option<Replayed>,
    back_to: Option<u64>,
    history: History,
    sample: Vec<f64>,
    commands: u64,
}

impl PaperRun {
    pub fn new() -> Self {
        let mut run = Self {
            epoch: 1,
            state: RunState::Running,
            pace: Pace::Units(20.0),
            step: 0,
            quantum: 0,
            values: params().into_iter().map(|spec| spec.default).collect(),
            pending: Vec::new(),
            log: Vec::new(),
            replies: Vec::new(),
            undo_depth: 0,
            history: History::new(metrics().len()),
            sample: vec![f64::NAN; metrics().len()],
            breakpoints: Vec::new(),
            recording: None,
            replayed: None,
            back_to: None,
            commands: 0,
        };
        run.say(
            LogKind::Info,
            "paper-digits: A rule made of paper on digits (seed 42)",
        );
        run
    }

    pub fn at(step: u64) -> Self {
        let mut run = Self::new();
        run.advance(step);
        run
    }

    pub fn advance(&mut self, steps: u64) {
        for _ in 0..steps {
            self.step += 1;
            let t = self.step as f64;
            let loss = 2.3 * (-t / 200.0).exp() + 0.05 + 0.02 * (t * 0.7).sin();
            let spike = if self.step == 300 { 40.0 } else { 1.0 };
            let gap = (450..470).contains(&self.step);
            self.sample = vec![
                loss * spike,
                if self.step.is_multiple_of(10) {
                    loss * 1.3
                } else {
                    self.sample[1]
                },
                1.0 - loss / 2.5,
                if gap {
                    f64::NAN
                } else {
                    90.0 * (-t / 400.0).exp()
                },
                40.0 + 10.0 * (t / 60.0).sin(),
                (-t / 150.0).exp() * (1.0 + 0.1 * (t * 0.3).sin()),
                (-t / 150.0).exp(),
            ];
            self.history.push(&self.sample);
        }
    }

    pub fn say(&mut self, kind: LogKind, words: &str) {
        self.log.push(LogLine {
            number: self.log.len() as u64,
            step: self.step,
            kind,
            words: words.into(),
        });
    }

    pub fn mark(&mut self, kind: MarkKind, words: &str) {
        self.history.mark(Mark {
            step: self.step,
            kind,
            words: words.into(),
        });
        self.say(LogKind::Edit, words);
    }

    /// Does what the engine does with a command, as far as a screen can tell.
    pub fn obey(&mut self, command: &Command) -> u64 {
        self.commands += 1;
        let outcome = match command {
            Command::KeepState(_) => Ok("kept".to_owned()),
            Command::Pause => {
                self.state = RunState::Paused;
                Ok("paused".to_owned())
            }
            Command::Resume => {
                self.state = RunState::Running;
                Ok("running".to_owned())
            }
            Command::Step { count, .. } => {
                self.advance((*count).min(1000));
                self.state = RunState::Paused;
                Ok("stepping".to_owned())
            }
            Command::SetPace(pace) => {
                self.pace = *pace;
                Ok("pace".to_owned())
            }
            Command::Break(words) => {
                self.breakpoints.push(BreakpointLine {
                    words: words.clone(),
                    on: true,
                    hits: self.breakpoints.len() as u64,
                });
                Ok("breakpoint".to_owned())
            }
            Command::Unbreak(number) => {
                match number {
                    Some(number) => drop(self.breakpoints.remove(number - 1)),
                    None => self.breakpoints.clear(),
                }
                Ok("removed".to_owned())
            }
            Command::SwitchBreakpoint(number) => {
                let line = &mut self.breakpoints[number - 1];
                line.on = !line.on;
                Ok("switched".to_owned())
            }
            Command::Rewind(Target::Back(units)) if self.replayed.is_none() => {
                self.step = self.step.saturating_sub(*units);
                self.history = self.history.cut(self.step);
                self.epoch += 1;
                self.back_to = Some(self.step);
                Ok(format!("back at step {}", self.step))
            }
            Command::Rewind(_) => Ok("back".to_owned()),
            Command::Until(_) => {
                self.state = RunState::Running;
                Ok("running".to_owned())
            }
            Command::Set { id, value } => self.set(id, value),
            Command::Reset { .. } => {
                let next = Self::new();
                *self = Self {
                    epoch: self.epoch + 1,
                    commands: self.commands,
                    log: std::mem::take(&mut self.log),
                    replies: std::mem::take(&mut self.replies),
                    ..next
                };
                Ok("reset".to_owned())
            }
            Command::Mark(words) => {
                self.mark(MarkKind::Note, words);
                Ok("marked".to_owned())
            }
            Command::Record(folder) => Ok(format!("recording in {}", folder.display())),
            Command::InStep(_) => Ok("the lanes run in step".to_owned()),
            Command::Checkpoint => Err("nothing is recorded yet".to_owned()),
            Command::SavePreset(path) => Ok(format!("saved as {}", path.display())),
            Command::SaveRule(_) => Err("this model learns no plasticity rule".to_owned()),
            Command::Undo | Command::Redo => Err("there is nothing to undo".to_owned()),
            Command::Preset(name) => Ok(format!("switched to {name}")),
            Command::Quit => Ok("ending".to_owned()),
        };
        if let Err(why) = &outcome {
            let why = why.clone();
            self.say(LogKind::Refused, &why);
        }
        self.replies.push(Reply {
            command: self.commands,
            outcome,
        });
        self.commands
    }

    fn set(&mut self, id: &str, value: &Value) -> Result<String, String> {
        let table = description();
        let param = table
            .param(id)
            .ok_or_else(|| format!("there is no parameter `{id}`"))?;
        let spec = &table.params[param];
        spec.check(value).map_err(|refusal| refusal.to_string())?;
        if id == "delay" {
            return Err("delay: this rule takes none now".into());
        }
        self.undo_depth += 1;
        if spec.applies == Applies::Restart {
            self.pending.retain(|(other, _)| *other != param);
            self.pending.push((param, value.clone()));
            return Ok(format!("{id} at the next reset"));
        }
        self.values[param] = value.clone();
        let words = format!("{id} -> {}", hebbtop::models::param::display(value));
        self.mark(MarkKind::Edit, &words);
        Ok(format!("{words} at step {}", self.step))
    }

    /// The frame that answers a request.
    pub fn answer(&mut self, request: &Request) -> Frame {
        let known = request.epoch == self.epoch;
        let cursor = if known {
            request.history
        } else {
            Default::default()
        };
        Frame {
            epoch: self.epoch,
            about: (!known).then(|| {
                Box::new(About {
                    description: description(),
                    preset: preset(),
                    seed: 42,
                    data: None,
                    replayed: self.replayed.clone(),
                    back_to: self.back_to,
                })
            }),
            state: self.state.clone(),
            pace: self.pace,
            step: self.step,
            quantum: self.quantum,
            rate: 19.8,
            waiting_for_recorder: false,
            recording: self.recording.clone(),
            breakpoints: self.breakpoints.clone(),
            values: self.values.clone(),
            pending: self.pending.clone(),
            metrics: self.sample.clone(),
            history: self.history.since(cursor),
            log: self
                .log
                .iter()
                .filter(|line| line.number >= request.log)
                .cloned()
                .collect(),
            replies: std::mem::take(&mut self.replies),
            undo_depth: self.undo_depth,
            redo_depth: 0,
            panels: if known {
                request
                    .panels
                    .iter()
                    .map(|request| self.draw(request))
                    .collect()
            } else {
                Vec::new()
            },
        }
    }

    fn draw(&self, request: &PanelRequest) -> PanelData {
        let specs = panels();
        match specs[request.panel].kind {
            PanelKind::HeatMap => PanelData::HeatMap(self.grid(request, (50, 64), true)),
            PanelKind::Image => PanelData::Image(Picture {
                image: self.grid(request, (8, 8), false),
                caption: vec!["digit 3, taken for 5".into()],
                bars: (0..10)
                    .map(|class| Bar {
                        label: class.to_string(),
                        value: if class == 5 { 0.61 } else { 0.39 / 9.0 },
                        marked: class == 3,
                    })
                    .collect(),
            }),
            PanelKind::Raster => PanelData::Raster(Raster {
                sweep: 1.0,
                cols: request.cols,
                now: request.cols / 3,
                bands: vec![Band {
                    label: "E".into(),
                    group: 0,
                    rows: request.rows,
                    cells: 400,
                    ids: (0..u32::from(request.rows)).map(|row| 3 * row).collect(),
                    dots: (0..request.rows.min(request.cols))
                        .map(|k| (k, k))
                        .collect(),
                }],
                picked: Some(Picked {
                    param: "batch_size".into(),
                    cell: 9,
                }),
            }),
            PanelKind::Curves => PanelData::Curves(Curves {
                x_label: "sweep".into(),
                y_label: "energy".into(),
                y_scale: Scale::Log,
                series: (0..3)
                    .map(|layer| Series {
                        label: format!("E{}", layer + 1),
                        group: layer,
                        theory: layer == 2,
                        points: (0..20)
                            .map(|k| {
                                (
                                    f64::from(k),
                                    (-f64::from(k) / (3.0 + f64::from(layer))).exp(),
                                )
                            })
                            .collect(),
                    })
                    .collect(),
            }),
            PanelKind::Histogram => PanelData::Histogram(Histogram {
                label: "weight".into(),
                unit: String::new(),
                edges: (0..=20).map(|i| f64::from(i) / 10.0 - 1.0).collect(),
                counts: (0..20)
                    .map(|i: u64| 100 - (i * i).abs_diff(100).min(99))
                    .collect(),
            }),
            PanelKind::Bars => PanelData::Bars(BarChart {
                caption: vec!["three terms".into()],
                bars: vec![Bar {
                    label: "a".into(),
                    value: -1.5,
                    marked: true,
                }],
                full: None,
            }),
            PanelKind::Table => PanelData::Table(Table {
                columns: ["|W|", "dW/W", "angle", "course"]
                    .map(|label| Column {
                        label: label.into(),
                        unit: if label == "angle" {
                            "°".into()
                        } else {
                            String::new()
                        },
                    })
                    .into(),
                rows: (0..3)
                    .map(|layer: usize| Row {
                        label: format!("layer {}", layer + 1),
                        cells: vec![
                            TableCell::Number(2.12 / (1.0 + layer as f64)),
                            TableCell::Number(1.1e-4),
                            TableCell::Number(if layer == 2 { f64::NAN } else { 71.0 }),
                            TableCell::Spark(layer),
                        ],
                    })
                    .collect(),
            }),
            PanelKind::History { .. } => PanelData::Nothing("over time".into()),
        }
    }

    fn grid(&self, request: &PanelRequest, shape: (u32, u32), signed: bool) -> Grid {
        let window = request.window.unwrap_or(Window {
            row: 0,
            col: 0,
            rows: shape.0,
            cols: shape.1,
        });
        let rows = u32::from(request.rows).min(window.rows) as u16;
        let cols = u32::from(request.cols).min(window.cols) as u16;
        let drift = self.step as f32 / 500.0;
        let value = |i: usize| {
            let (row, col) = (i / usize::from(cols.max(1)), i % usize::from(cols.max(1)));
            let wave = (row as f32 * 0.3 + drift).sin() * (col as f32 * 0.2).cos();
            if signed { wave } else { wave.abs() }
        };
        let mut values: Vec<f32> = (0..usize::from(rows) * usize::from(cols))
            .map(value)
            .collect();
        if let Some(last) = values.last_mut().filter(|_| signed) {
            *last = f32::NAN;
        }
        Grid {
            rows,
            cols,
            values,
            shape,
            window,
            reduce: request.reduce,
            signed,
            row_label: "unit".into(),
            col_label: "input".into(),
            unit: String::new(),
            stats: GridStats {
                mean: 0.01,
                sd: 0.5,
                min: -1.0,
                max: 1.0,
                p99: 0.98,
                non_finite: u64::from(signed),
                zeros: 0.02,
            },
            cell: request.cursor.map(|(row, col)| Cell {
                row,
                col,
                value: 0.0214,
            }),
        }
    }
}
