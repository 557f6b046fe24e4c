//! Packs the reference cases under tests/reference/ for `hebbtop verify`: as text they would be a
//! tenth of the program.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

fn main() -> io::Result<()> {
    let root = Path::new("tests/reference");
    println!("cargo::rerun-if-changed={}", root.display());
    println!("cargo::rerun-if-changed=build.rs");
    let mut files = Vec::new();
    collect(root, &mut files)?;
    files.sort();
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo says where"));
    let mut pack = GzEncoder::new(File::create(out.join("reference.gz"))?, Compression::best());
    for file in files {
        let name = file.strip_prefix(root).expect("found below it").display();
        let text = fs::read(&file)?;
        // Name and length in a line, then the text.
        writeln!(pack, "{name} {}", text.len())?;
        pack.write_all(&text)?;
    }
    pack.finish()?.sync_all()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "json") {
            files.push(path);
        }
    }
    Ok(())
}
