//! `hebbtop ps`: the runs that can be attached to.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use clap::Args;

use super::exit::Outcome;
use crate::engine::{Frame, Request, RunState};
use crate::remote::{Card, Client, card};
use crate::ui::widget::format;

/// A run whose process is stopped does not answer.
const PATIENCE: Duration = Duration::from_millis(500);

#[derive(Args, Debug)]
pub struct Ps {
    /// Print the names only
    #[arg(long)]
    names: bool,
}

/// # Errors
/// When nothing can be written.
pub fn run(args: &Ps) -> Outcome {
    let cards = card::all();
    let mut out = io::stdout().lock();
    if args.names {
        for card in cards.iter().filter(|card| card.is_here()) {
            writeln!(out, "{}", card.name)?;
        }
        return Ok(());
    }
    if cards.is_empty() {
        writeln!(
            out,
            "no runs; `hebbtop run PRESET --detach` starts one, D detaches the one on the screen"
        )?;
        return Ok(());
    }
    let head = [
        "NAME",
        "STATE",
        "STEPS",
        "RATE",
        "AGE",
        "MODEL",
        "EXPERIMENT",
    ]
    .map(str::to_owned);
    let rows: Vec<[String; 7]> = std::iter::once(head).chain(cards.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<usize> = (0..6).map(|column| width(column).unwrap_or(0)).collect();
    for row in &rows {
        for (column, cell) in row.iter().enumerate() {
            // Numbers stand under each other.
            match (widths.get(column), column) {
                (Some(&width), 2..=4) => write!(out, "{cell:>width$}  ")?,
                (Some(&width), _) => write!(out, "{cell:<width$}  ")?,
                (None, _) => writeln!(out, "{cell}")?,
            }
        }
    }
    for card in cards.iter().filter(|card| !card.is_here()) {
        writeln!(
            out,
            "{} is on {}: {}",
            card.name,
            card.host,
            card.from_here()
        )?;
    }
    Ok(())
}

fn row(card: &Card) -> [String; 7] {
    let [state, steps, rate] = standing(card);
    let (model, title) = (card.model.clone(), card.title.clone());
    [
        card.name.clone(),
        state,
        steps,
        rate,
        age(card.age()),
        model,
        title,
    ]
}

/// State, steps and rate, as far as they are known.
fn standing(card: &Card) -> [String; 3] {
    if !card.is_here() {
        return [format!("on {}", card.host), String::new(), String::new()];
    }
    let Some((frame, unit)) = look(card) else {
        return ["silent".to_owned(), String::new(), String::new()];
    };
    let state = match &frame.state {
        RunState::Running => "running",
        RunState::Paused => "paused",
        RunState::Done => "done",
        RunState::Faulted(_) => "fault",
    };
    let rate = match frame.state {
        RunState::Running => format!("{}/s", format::count(frame.rate)),
        _ => "-".to_owned(),
    };
    let steps = format!("{} {unit}", format::grouped(frame.step));
    [state.to_owned(), steps, rate]
}

/// The run as it is now, and its unit.
fn look(card: &Card) -> Option<(Frame, String)> {
    let mut client = Client::look(&card.socket).ok()?;
    client.ask(Request::glance()).ok()?;
    let until = Instant::now() + PATIENCE;
    loop {
        client.wake().recv_deadline(until).ok()?;
        if let Some(frame) = client.take() {
            let unit = frame.about.as_ref()?.description.unit.to_string();
            return Some((frame, unit));
        }
    }
}

fn age(age: Duration) -> String {
    let minutes = age.as_secs() / 60;
    match minutes {
        0 => format!("{} s", age.as_secs()),
        1..=99 => format!("{minutes} min"),
        100..=2880 => format!("{} h", minutes / 60),
        _ => format!("{} d", minutes / 60 / 24),
    }
}
