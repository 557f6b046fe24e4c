//! `hebbtop plot`: figures of a recorded run.

mod curves;
mod groups;
mod source;
mod states;

use std::path::PathBuf;

use clap::Args;

use self::source::Source;
use self::states::State;
use super::exit::{Failure, Outcome};
use super::export::write;
use crate::data::text;
use crate::figure::sheet::Sheet;
use crate::figure::{PER_METRE, SCALE, canvas, png, svg};

#[derive(Args, Debug)]
pub struct Plot {
    /// Folder of the recording; the run may still be going on
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// What to draw over time: a metric, or a panel of metrics such as `loss`; those that follow each
    /// other with one unit share a chart. Without any, the charts of the overview
    #[arg(long, value_name = "ID")]
    metric: Vec<String>,
    /// Spikes: the last second before the last checkpoint, of the cells that the raster on the screen
    /// watches
    #[arg(long)]
    raster: bool,
    /// Weights in the last checkpoint, in colours
    #[arg(long)]
    weights: bool,
    /// Another recording, its curves in the same charts
    #[arg(long, value_name = "DIR2")]
    compare: Option<PathBuf>,
    /// Which run of a recording that was reset or got other presets; without it, the last
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    run: Option<u32>,
    /// The figure, ending in .svg or .png; a file of this name is replaced
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Folder with the images, where it is no longer the one that the recording names
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// # Errors
/// When there is no such recording or metric, or the file cannot be written.
pub fn run(args: &Plot) -> Outcome {
    let extension = args.out.extension();
    let Some(kind @ ("svg" | "png")) = extension.and_then(|extension| extension.to_str()) else {
        let shown = text::line(&args.out.display().to_string());
        let what = format!("--out {shown}: a figure ends in .svg or .png");
        return Err(Failure::Usage(what));
    };
    let data = args.data.as_deref();
    let mut sources = vec![Source::open(&args.folder, data, args.run)?];
    if let Some(other) = &args.compare {
        sources.push(Source::open(other, data, None)?);
    }
    let titles: Vec<String> = sources.iter().map(Source::title).collect();
    let mut sheet = Sheet::new(&titles.join(" and "));
    let of_state = args.raster || args.weights;
    if !args.metric.is_empty() || args.compare.is_some() || !of_state {
        curves::draw(&sources, &args.metric, &mut sheet)?;
    }
    if of_state {
        if !sources[0].is_last() {
            let what = "--run: spikes and weights are kept of the last run only; leave it away";
            return Err(Failure::Usage(what.into()));
        }
        let state = State::open(&sources[0])?;
        if args.raster {
            state.raster(&mut sheet)?;
        }
        if args.weights {
            state.weights(&mut sheet)?;
        }
    }
    for source in &sources {
        sheet.caption(&source.about(sources.len() > 1));
    }
    let drawing = sheet.end();
    let bytes = match kind {
        "svg" => svg::write(&drawing).into_bytes(),
        _ => png::write(&canvas::paint(&drawing, SCALE), PER_METRE),
    };
    write(Some(&args.out), |out| Ok(out.write_all(&bytes)?))
}
