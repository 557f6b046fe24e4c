//! `hebbtop run`: an experiment, on the screen or without one.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use clap::Args;

use super::detach::{OwnSession, Wishes, serve, start};
use super::exit::{Failure, Outcome};
use super::headless::{self, How, Output};
use super::journal::preset as preset_of;
use super::lane::Called;
use super::look::Look;
use super::recording::{Every, Recording, recorded};
use super::screen::{self, Begins, First, Hangup};
use super::several::Seeds;
use crate::data::{Dataset, directory, text};
use crate::engine::{Engine, Options, Pace};
use crate::models::values::find;
use crate::models::{self, Setup};
use crate::preset::{Preset, RuleFile, catalogue, did_you_mean, seconds};
use crate::record;

#[derive(Args, Debug)]
pub struct Run {
    /// Name of a preset, with :VARIANT if it has some, or a preset file
    #[arg(
        value_name = "PRESET[:VARIANT]|FILE.toml",
        required_unless_present = "journal"
    )]
    preset: Option<String>,
    /// Repeat the session of a recording's journal.jsonl to its end, without a screen
    #[arg(long, value_name = "FILE",
          conflicts_with_all = ["preset", "set", "seed", "seeds", "rule"])]
    journal: Option<PathBuf>,
    /// Start with another value of a parameter; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Start from another seed
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Folder with an MNIST-shaped set of images, plain or .gz
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Length of the run in the model's unit (training step, episode, ms)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    steps: Option<u64>,
    /// Length of the run in simulated time, e.g. "5s", "250ms" or "2min"
    #[arg(long, value_name = "TIME", conflicts_with = "steps")]
    sim_time: Option<String>,
    /// Pause when a condition on metrics comes true, e.g. "loss > 3"; without a screen, end there. May
    /// be repeated
    #[arg(long = "break", value_name = "CONDITION")]
    breakpoints: Vec<String>,
    /// Run without a screen, flat out, and print a table at the end
    #[arg(long)]
    headless: bool,
    /// Start the run without a terminal; `hebbtop attach` opens the screen on it
    #[arg(long, conflicts_with_all = ["headless", "json", "seeds", "journal"])]
    detach: bool,
    /// The same, but stay: for batch jobs, in which the run ends with this command
    #[arg(long, conflicts_with_all = ["headless", "json", "seeds", "journal", "detach"])]
    serve: bool,
    #[command(flatten)]
    own_session: OwnSession,
    /// What becomes of the run when its terminal has gone [default: keep]
    #[arg(long, value_name = "WHAT", value_enum)]
    hangup: Option<Hangup>,
    /// Run without a screen and print one JSON object
    #[arg(long)]
    json: bool,
    /// Use the coefficients of a rule file
    #[arg(long, value_name = "FILE.toml")]
    rule: Option<PathBuf>,
    /// Write the learnt rule to a new file at the end
    #[arg(long, value_name = "FILE.toml")]
    save_rule: Option<PathBuf>,
    /// Run so many seeds without a screen, counted up from the first
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    seeds: Option<u32>,
    /// So many seeds at a time; no number depends on it
    #[arg(long, value_name = "M", requires = "seeds", default_value_t = 1,
          value_parser = clap::value_parser!(u32).range(1..=1024))]
    threads: u32,
    #[command(flatten)]
    recording: Recording,
    #[command(flatten)]
    every: Every,
    #[command(flatten)]
    look: Look,
}

/// # Errors
/// See [`Failure`].
pub fn run(args: Run) -> Outcome {
    let begun = Instant::now();
    let journal = match &args.journal {
        Some(file) => record::journal::read(file)?,
        None => Vec::new(),
    };
    let source = args.preset.unwrap_or_default();
    let mut preset = match &args.journal {
        Some(file) => preset_of(&text::line(&file.display().to_string()), &journal)?,
        None => catalogue::resolve(&source)?,
    };
    if let Some(file) = &args.rule {
        adopt(&mut preset, file)?;
    }
    for assignment in &args.set {
        set(&mut preset, assignment).map_err(Failure::Usage)?;
    }
    preset.breakpoints.extend(args.breakpoints);
    if let Some(seed) = args.seed {
        preset.seed = seed;
    }
    let length = match &args.sim_time {
        Some(time) => Some(units(&preset, time).map_err(Failure::Usage)?),
        None => args.steps,
    };
    if let Some(length) = length {
        preset.length = length;
    }
    args.recording.fits(&preset)?;
    if args.detach {
        return detach();
    }
    if args.serve {
        let wishes = Wishes::new(
            &args.recording,
            args.every,
            args.data.as_deref(),
            args.save_rule.as_deref(),
        );
        let options = Options {
            data: args.data.as_deref().map(open).transpose()?,
            pace: preset.pace.map_or(Pace::FlatOut, Pace::Units),
            ..Options::default()
        };
        let options = recorded(options, &args.recording, args.every, args.data.as_deref());
        let called = Called::of(&source, &preset);
        let engine = Engine::start(preset, options)?;
        return serve(engine, &called, &wishes, args.own_session, || {});
    }
    let unseen = args.json || args.headless || args.seeds.is_some() || !journal.is_empty();
    if !unseen && screen::is_possible() {
        let first = First {
            source,
            begins: Begins::New(Box::new(preset), args.recording),
            every: args.every,
            hangup: args.hangup,
            tour: false,
            save_rule: args.save_rule,
        };
        return screen::show(Some(first), args.data, &args.look);
    }
    let options = Options {
        data: args.data.as_deref().map(open).transpose()?,
        repeat: journal.iter().skip(1).cloned().collect(),
        ..Options::default()
    };
    let options = recorded(options, &args.recording, args.every, args.data.as_deref());
    let how = How {
        output: Output::of(args.json),
        seeds: args.seeds.map(|count| Seeds {
            count,
            threads: args.threads,
        }),
        save_rule: args.save_rule,
        journal,
    };
    headless::run(preset, options, begun, &how)
}

/// Starts the same command in a session of its own.
fn detach() -> Outcome {
    let arguments = std::env::args_os().skip(1);
    let arguments = arguments.map(|word| {
        if word == "--detach" {
            "--serve".into()
        } else {
            word
        }
    });
    let name = start(arguments)?;
    writeln!(
        io::stdout(),
        "{name} runs without a terminal: `hebbtop attach {name}` opens the screen, `hebbtop stop {name}` ends it"
    )?;
    Ok(())
}

/// Puts the coefficients of a rule file into the preset.
fn adopt(preset: &mut Preset, file: &Path) -> Outcome {
    let rule = RuleFile::read(file)?;
    let parameters = rule.parameters(&preset.model).map_err(Failure::Usage)?;
    for (id, value) in parameters {
        preset.values.set(id, value);
    }
    Ok(())
}

/// The images of a folder.
/// # Errors
/// See [`directory::read`].
pub fn open(folder: &std::path::Path) -> Result<Arc<Dataset>, Failure> {
    Ok(Arc::new(directory::read(folder)?))
}

/// Units of the preset's model in this simulated time.
/// # Errors
/// When that is no time, or the model has none.
pub fn units(preset: &Preset, time: &str) -> Result<u64, String> {
    let shown = text::line(time);
    let seconds = seconds(time).ok_or_else(|| {
        format!("--sim-time takes a time such as 250ms, 2.5s or 1min, not `{shown}`")
    })?;
    let family = models::family(&preset.model).expect("a resolved preset has a family");
    let setup = Setup {
        values: preset.values.clone(),
        seed: preset.seed,
        data: None,
    };
    let description = (family.describe)(&setup).ok();
    let per_unit = description.and_then(|description| description.seconds_per_unit);
    let per_unit = per_unit.ok_or_else(|| {
        format!(
            "--sim-time {shown}: {} has no simulated time; --steps counts its steps",
            family.id
        )
    })?;
    match (seconds / per_unit).round() as u64 {
        0 => Err(format!("--sim-time {shown} is shorter than a step")),
        units => Ok(units),
    }
}

/// Puts `KEY=VALUE` into the preset.
fn set(preset: &mut Preset, assignment: &str) -> Result<(), String> {
    let family = models::family(&preset.model).expect("a resolved preset has a family");
    let shown = text::line(assignment);
    let Some((id, typed)) = assignment.split_once('=') else {
        return Err(format!("--set takes KEY=VALUE, not `{shown}`"));
    };
    let id = id.trim();
    let Some((spec, layer)) = find(family.params, id) else {
        let hint = did_you_mean(id, family.params.iter().map(|spec| spec.id.as_ref()));
        return Err(format!(
            "--set {shown}: `{}` is no parameter of {}{hint}; `hebbtop params {}` lists them",
            text::line(id),
            family.id,
            family.id
        ));
    };
    let spec = layer.map_or_else(|| spec.clone(), |layer| spec.for_layer(layer));
    let value = spec
        .parse(&text::line(typed))
        .map_err(|refusal| format!("--set {shown}: {refusal}"))?;
    preset.values.set(id, value);
    Ok(())
}
