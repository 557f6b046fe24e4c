//! The command line: one file for each subcommand; the only room that prints.

mod attach;
mod attached;
mod cite;
mod completions;
mod config;
mod detach;
mod exit;
mod export;
mod farewell;
mod find;
mod headless;
mod journal;
mod json;
mod lane;
mod look;
mod man;
mod params;
mod plot;
mod presets;
mod process;
mod ps;
mod recording;
mod replay;
mod resume;
mod rules;
mod run;
mod screen;
mod serve;
mod several;
mod signals;
mod stop;
mod sweep;
mod sweep_point;
mod tour;
mod verify;
mod verify_cases;
mod verify_presets;
mod watch;
mod watched;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use exit::{Outcome, end};

/// htop for learning rules: watch and change biologically plausible learning models while they
/// train.
///
/// Without a subcommand, a screen to choose a preset from.
#[derive(Parser, Debug)]
#[command(name = "hebbtop", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    subcommand: Option<Task>,
    /// Folder with an MNIST-shaped set of images, plain or .gz
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(flatten)]
    look: look::Look,
}

#[derive(Subcommand, Debug)]
enum Task {
    /// Run an experiment, on the screen or without one
    Run(Box<run::Run>),
    /// Be shown around: watch, change, pause, rewind, compare, on a network that learns digits
    Tour(tour::Tour),
    /// Go on with a recorded run, bit for bit from its last checkpoint
    Resume(resume::Resume),
    /// Open the screen on a run that goes on without one, or beside another screen
    Attach(attach::Attach),
    /// List the runs that can be attached to
    Ps(ps::Ps),
    /// End a run that has no screen, and keep its state
    Stop(stop::Stop),
    /// Look at a recorded run on the screen: scrub, play, jump to its changes; nothing is simulated
    Replay(replay::Replay),
    /// Draw metrics, weights or spikes of a recorded run as a figure, SVG or PNG
    Plot(plot::Plot),
    /// Write metrics and weights of a recorded run for other programs
    Export(export::Export),
    /// List the presets that are compiled in, or print one as a file to start from
    Presets(presets::Presets),
    /// Print a model's parameters: id, range, default, meaning
    Params(params::Params),
    /// List learnt rules, or compare them term by term
    Rules(rules::Rules),
    /// Replay reference cases, or check what presets are expected to show
    Verify(verify::Verify),
    /// Run every point of a plan, each in a process and a folder of its own, here or under Slurm
    Sweep(Box<sweep::Sweep>),
    /// Watch a sweep or a folder of recordings: state, progress, metrics, curves side by side
    Watch(watch::Watch),
    /// Go on with a run that another process has given away
    #[command(hide = true)]
    TakeOver(detach::TakeOver),
    /// Run one point of a sweep
    #[command(hide = true)]
    SweepPoint(sweep_point::SweepPoint),
    /// Print the settings and keys that there are; --init writes them as a file
    Config(config::Config),
    /// Print the completions for a shell
    Completions(completions::Completions),
    /// Print the manual page, or that of a model
    Man(man::Manual),
    /// Print how to cite the program and the papers behind a model, as BibTeX
    Cite(cite::Cite),
}

/// Parses the command line, does what it says, and gives the exit status.
pub fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => end(dispatch(cli)),
        Err(error) => {
            // Help and version end with 0, faulty usage with 2.
            let _ = error.print();
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
        }
    }
}

fn dispatch(cli: Cli) -> Outcome {
    match cli.subcommand {
        Some(Task::Run(args)) => run::run(*args),
        Some(Task::Tour(args)) => tour::run(&args),
        Some(Task::Resume(args)) => resume::run(args),
        Some(Task::Attach(args)) => attach::run(&args),
        Some(Task::Ps(args)) => ps::run(&args),
        Some(Task::Stop(args)) => stop::run(&args),
        Some(Task::TakeOver(args)) => detach::take_over(&args),
        Some(Task::Replay(args)) => replay::run(args),
        Some(Task::Plot(args)) => plot::run(&args),
        Some(Task::Export(args)) => export::run(&args),
        Some(Task::Presets(args)) => presets::run(&args),
        Some(Task::Params(args)) => params::run(&args),
        Some(Task::Rules(args)) => rules::run(&args),
        Some(Task::Verify(args)) => verify::run(&args),
        Some(Task::Sweep(args)) => sweep::run(&args),
        Some(Task::Watch(args)) => watch::run(&args),
        Some(Task::SweepPoint(args)) => sweep_point::run(&args),
        Some(Task::Config(args)) => config::run(&args),
        Some(Task::Completions(args)) => completions::run(&args),
        Some(Task::Man(args)) => man::run(&args),
        Some(Task::Cite(args)) => cite::run(&args),
        None if screen::is_possible() => screen::show(None, cli.data, &cli.look),
        None => presets::list_for_want_of_a_screen(),
    }
}

/// The whole command line, for manual and completions.
fn command() -> clap::Command {
    Cli::command()
}
