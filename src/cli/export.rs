//! `hebbtop export`: metrics and weights of a recorded run for other programs.

use std::fs::Permissions;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};

use super::exit::{Failure, Outcome};
use super::run::open;
use crate::data::text::csv_cell;
use crate::engine::revive;
use crate::models::array::{Array, Numbers};
use crate::record::Reading;
use crate::record::export::{about, checkpoint_step, npz, safetensors};

#[derive(Args, Debug)]
#[command(group(ArgGroup::new("format").required(true).args(["csv", "npz", "safetensors"])))]
pub struct Export {
    /// Folder of the recording; the run may still be going on
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// All metrics in one table: `run` counts resets and presets, then the step, then a column for
    /// each metric with its unit; rows that were abandoned by going back are left out
    #[arg(long)]
    csv: bool,
    /// For numpy: `run`, `step`, every metric, and from the last checkpoint weights, feedback and
    /// coefficients with the `checkpoint_step` that they belong to
    #[arg(long)]
    npz: bool,
    /// Weights, feedback and coefficients of the last checkpoint for PyTorch
    #[arg(long)]
    safetensors: bool,
    /// Where to, instead of standard output; a file of this name is replaced
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Folder with the images, where it is no longer the one that the recording names
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// # Errors
/// When there is no recording, or the file cannot be written.
pub fn run(args: &Export) -> Outcome {
    let reading = Reading::open(&args.folder)?;
    let images = args.data.as_ref().or(reading.images.as_ref());
    if args.csv {
        return write(args.out.as_deref(), |out| csv(&reading, out));
    }
    if args.out.is_none() && io::stdout().is_terminal() {
        let what = "a terminal cannot show this file: name one with --out FILE";
        return Err(Failure::Usage(what.into()));
    }
    let checkpoint = reading.checkpoint()?;
    let snapshot = &checkpoint.snapshot;
    let images = images.map(|folder| open(folder)).transpose()?;
    let (model, _) = revive(snapshot, images)?;
    let mut arrays = model.arrays();
    if args.safetensors {
        return write(args.out.as_deref(), |out| {
            Ok(safetensors::write(&arrays, &about(snapshot), out)?)
        });
    }
    arrays.push(checkpoint_step(snapshot));
    let mut all = metrics(&reading)?;
    all.extend(arrays);
    write(args.out.as_deref(), |out| Ok(npz::write(&all, out)?))
}

/// Writes a file whole or not at all, or standard output.
/// # Errors
/// Names the file.
pub fn write(path: Option<&Path>, content: impl FnOnce(&mut dyn Write) -> Outcome) -> Outcome {
    let Some(path) = path else {
        let mut out = BufWriter::new(io::stdout().lock());
        content(&mut out)?;
        out.flush()?;
        return Ok(());
    };
    let shown = crate::data::text::line(&path.display().to_string());
    let failed = |error: io::Error| Failure::Io(format!("{shown}: {error}"));
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut file = tempfile::Builder::new()
        .prefix(".hebbtop-")
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder.unwrap_or(Path::new(".")))
        .map_err(failed)?;
    let mut out = BufWriter::new(file.as_file_mut());
    content(&mut out)?;
    out.flush().map_err(failed)?;
    drop(out);
    file.persist(path)
        .map_err(|refused| failed(refused.error))?;
    Ok(())
}

/// The columns of all courses, each once, in the order in which they came up.
fn columns(reading: &Reading) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    for column in reading
        .courses
        .iter()
        .flat_map(|course| &course.columns[1..])
    {
        let key = (column.id.clone(), column.unit.clone());
        if !all.contains(&key) {
            all.push(key);
        }
    }
    all
}

/// For each of `all` the place of that metric in a course.
fn places(all: &[(String, String)], course: &crate::record::reading::Course) -> Vec<Option<usize>> {
    let place = |(id, unit): &(String, String)| {
        let mut columns = course.columns[1..].iter();
        columns.position(|column| column.id == *id && column.unit == *unit)
    };
    all.iter().map(place).collect()
}

fn csv(reading: &Reading, out: &mut dyn Write) -> Outcome {
    let all = columns(reading);
    let unit = &reading.courses[0].columns[0].id;
    write!(out, "run,{}", csv_cell(unit))?;
    for (id, unit) in &all {
        let head = match unit.is_empty() {
            true => id.clone(),
            false => format!("{id} [{unit}]"),
        };
        write!(out, ",{}", csv_cell(&head))?;
    }
    writeln!(out)?;
    for (i, course) in reading.courses.iter().enumerate() {
        let places = places(&all, course);
        course.rows(|step, cells| -> Outcome {
            write!(out, "{},{step}", i + 1)?;
            for place in &places {
                write!(out, ",{}", place.map_or("", |place| cells[place]))?;
            }
            Ok(writeln!(out)?)
        })?;
    }
    Ok(())
}

/// `run`, `step` and every metric, as long as there are rows.
fn metrics(reading: &Reading) -> Result<Vec<Array>, Failure> {
    let all = columns(reading);
    let (mut runs, mut steps) = (Vec::new(), Vec::new());
    let mut numbers = vec![Vec::new(); all.len()];
    for (i, course) in reading.courses.iter().enumerate() {
        let places = places(&all, course);
        let known: Vec<usize> = places.iter().flatten().copied().collect();
        let (of_course, columns) = course.numbers(&known)?;
        let count = of_course.len();
        runs.extend(std::iter::repeat_n(i as u32 + 1, count));
        steps.extend(of_course);
        let mut columns = columns.into_iter();
        for (place, numbers) in places.iter().zip(&mut numbers) {
            match place {
                Some(_) => numbers.extend(columns.next().unwrap_or_default()),
                None => numbers.extend(std::iter::repeat_n(f64::NAN, count)),
            }
        }
    }
    let shape = [steps.len()];
    let mut arrays = vec![
        Array::new("run", &shape, Numbers::U32(runs)),
        Array::new("step", &shape, Numbers::U64(steps)),
    ];
    for ((id, _), numbers) in all.iter().zip(numbers) {
        // A name of a file inside the archive.
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        let name: String = id.chars().map(plain).collect();
        arrays.push(Array::new(name, &shape, Numbers::F64(numbers)));
    }
    Ok(arrays)
}
