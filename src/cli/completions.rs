//! `hebbtop completions`: a script that completes commands and options in a shell.

use std::io::{self, Write};

use clap::Args;
use clap_complete::Shell;

use super::exit::Outcome;

#[derive(Args, Debug)]
pub struct Completions {
    shell: Shell,
}

/// # Errors
/// When standard output cannot be written.
pub fn run(args: &Completions) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::command(), "hebbtop", &mut script);
    io::stdout().lock().write_all(&script)?;
    Ok(())
}
