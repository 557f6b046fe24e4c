//! `hebbtop verify`: are the equations right, and do the presets show what they promise?

use std::path::PathBuf;

use clap::Args;

use super::exit::Outcome;
use super::{verify_cases, verify_presets};

#[derive(Args, Debug)]
pub struct Verify {
    /// Files with reference cases; without any, those that are compiled in
    #[arg(value_name = "FILE.json", conflicts_with = "presets")]
    files: Vec<PathBuf>,
    /// Run presets and their variants and check what they are expected to show; without names, all.
    /// Variants called full... take hours and run only when named
    #[arg(long, value_name = "NAME[:VARIANT]", num_args = 0..)]
    presets: Option<Vec<String>>,
    /// Check each preset with so many seeds, counted up from its own
    #[arg(long, value_name = "N", default_value_t = 1, requires = "presets",
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    seeds: u32,
    /// Folder with the images for presets that need some
    #[arg(long, value_name = "DIR", requires = "presets")]
    data: Option<PathBuf>,
}

/// # Errors
/// When a check fails or a file cannot be used.
pub fn run(args: &Verify) -> Outcome {
    match &args.presets {
        Some(names) => verify_presets::run(names, args.seeds, args.data.as_deref()),
        None if args.files.is_empty() => verify_cases::compiled_in(),
        None => verify_cases::files(&args.files),
    }
}
