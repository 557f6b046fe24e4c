//! Finds an MNIST-shaped set (MNIST, EMNIST, Fashion-MNIST) among the files of a folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::set::{DataError, Half, Part, assemble};
use super::{Dataset, idx, text};

/// The names of a set's files: `PREFIX train-images-idx3-ubyte`, with `.gz` or without.
const TRAIN: [&str; 1] = ["train"];
const TEST: [&str; 2] = ["t10k", "test"];
const IMAGES: [&str; 2] = ["-images-idx3-ubyte", "-images.idx3-ubyte"];
const LABELS: [&str; 2] = ["-labels-idx1-ubyte", "-labels.idx1-ubyte"];
const PACKING: [&str; 2] = ["", ".gz"];

const EXPECTED: &str = "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte \
     and t10k-labels-idx1-ubyte, with or without .gz";

/// Reads the set in the folder `path`. Where a folder holds several (EMNIST's do), `path` goes on
/// with the beginning of their names: `FOLDER/emnist-balanced`.
/// # Errors
/// Names the file, and what is wrong with it or missing.
pub fn read(path: &Path) -> Result<Dataset, DataError> {
    let (folder, wanted) = if path.is_dir() {
        (path, None)
    } else {
        let name = path.file_name().and_then(|name| name.to_str());
        let parent = path.parent().map(|p| {
            if p.as_os_str().is_empty() {
                Path::new(".")
            } else {
                p
            }
        });
        match (parent, name) {
            (Some(folder), Some(name)) if folder.is_dir() && !path.exists() => (folder, Some(name)),
            _ => return Err(DataError::new(path, "is not a folder with images")),
        }
    };
    let prefix = choose(path, wanted, &prefixes(folder)?)?;
    let half = |half: &[&str]| -> Result<Half, DataError> {
        Ok(Half {
            images: part(folder, &prefix, half, IMAGES, 3)?,
            labels: part(folder, &prefix, half, LABELS, 1)?,
        })
    };
    let (train, test) = (half(&TRAIN)?, half(&TEST)?);
    // NIST's files, from which EMNIST was made, are stored column by column.
    let transposed = prefix.starts_with("emnist");
    assemble(&name(folder, &prefix), train, test, transposed)
}

/// What stands before `train-images-idx3-ubyte`, for every such file in the folder.
fn prefixes(folder: &Path) -> Result<BTreeSet<String>, DataError> {
    let unreadable = |error: std::io::Error| DataError {
        unreadable: true,
        ..DataError::new(folder, error.to_string())
    };
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        let Some(name) = name.to_str() else { continue };
        let name = name.strip_suffix(".gz").unwrap_or(name);
        for images in IMAGES {
            if let Some(prefix) = name
                .strip_suffix(images)
                .and_then(|n| n.strip_suffix(TRAIN[0]))
            {
                found.insert(prefix.to_owned());
            }
        }
    }
    Ok(found)
}

fn choose(
    path: &Path,
    wanted: Option<&str>,
    found: &BTreeSet<String>,
) -> Result<String, DataError> {
    let shown = |prefix: &String| {
        let name = prefix.trim_end_matches('-');
        if name.is_empty() {
            "(no prefix)".to_owned()
        } else {
            text::line(name)
        }
    };
    let list = found.iter().map(shown).collect::<Vec<_>>().join(", ");
    match wanted {
        Some(wanted) => found
            .iter()
            .find(|prefix| prefix.trim_end_matches('-') == wanted)
            .cloned()
            .ok_or_else(|| {
                let what = match found.len() {
                    0 => "there is no such folder or set".to_owned(),
                    _ => format!("there is no such folder or set; its folder holds {list}"),
                };
                DataError::new(path, what)
            }),
        None if found.contains("") => Ok(String::new()),
        None => match found.len() {
            1 => Ok(found.first().cloned().unwrap_or_default()),
            0 => Err(DataError::new(
                path,
                format!("holds no images: expected {EXPECTED}"),
            )),
            _ => {
                let what = format!("holds several sets: {list}; add a name, as in DIR/NAME");
                Err(DataError::new(path, what))
            }
        },
    }
}

fn part(
    folder: &Path,
    prefix: &str,
    halves: &[&str],
    kinds: [&str; 2],
    sizes: usize,
) -> Result<Part, DataError> {
    let names = halves.iter().flat_map(|half| {
        let packed = move |kind: &str| PACKING.map(|gz| format!("{prefix}{half}{kind}{gz}"));
        kinds.map(packed).into_iter().flatten()
    });
    let candidates: Vec<PathBuf> = names.map(|name| folder.join(name)).collect();
    let file = candidates
        .iter()
        .find(|file| file.exists())
        .ok_or_else(|| DataError::new(&candidates[0], "is missing (with .gz or without)"))?;
    let idx = idx::read(file, sizes).map_err(|error| DataError::idx(file, &error))?;
    Ok(Part {
        file: file.clone(),
        idx,
    })
}

/// The prefix of the files, or else the name of the folder.
fn name(folder: &Path, prefix: &str) -> String {
    let prefix = prefix.trim_end_matches('-');
    if !prefix.is_empty() {
        return prefix.to_owned();
    }
    let whole = folder.canonicalize();
    let folder = whole.as_deref().unwrap_or(folder);
    folder.file_name().map_or_else(
        || "images".into(),
        |name| name.to_string_lossy().into_owned(),
    )
}
