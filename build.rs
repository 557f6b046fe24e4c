//! Packs what is compiled in, because unpacked it would be a third of the program: the reference
//! cases under tests/reference/ for `hebbtop verify`, and the images of glyph47.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

fn main() -> io::Result<()> {
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo says where"));
    println!("cargo::rerun-if-changed=build.rs");
    references(&out)?;
    ["train", "t10k"]
        .iter()
        .try_for_each(|half| glyphs(half, &out))
}

fn references(out: &Path) -> io::Result<()> {
    let root = Path::new("tests/reference");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(root, &mut files)?;
    files.sort();
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

/// The header of the IDX file, the kinds of its pixels (black, grey or white, four in a byte, the
/// first lowest), the grey ones as they are: so apart they take a fifth less than together, since
/// the greys are noise to a packer and the kinds are not. `src/data/embedded.rs` joins them again.
fn glyphs(half: &str, out: &Path) -> io::Result<()> {
    const HEADER: usize = 16;
    let name = format!("src/data/glyph47/{half}-images-idx3-ubyte.gz");
    println!("cargo::rerun-if-changed={name}");
    let mut idx = Vec::new();
    GzDecoder::new(File::open(name)?).read_to_end(&mut idx)?;
    let (header, pixels) = idx.split_at(HEADER);
    let kind = |pixel: &u8| match pixel {
        0 => 0,
        255 => 2,
        _ => 1,
    };
    let kinds = pixels.chunks(4).map(|four| {
        let shifted = four
            .iter()
            .enumerate()
            .map(|(i, pixel)| kind(pixel) << (2 * i));
        shifted.sum::<u8>()
    });
    let greys = pixels.iter().copied().filter(|pixel| kind(pixel) == 1);
    let joined: Vec<u8> = header.iter().copied().chain(kinds).chain(greys).collect();
    let pack = File::create(out.join(format!("glyph47-{half}-images.gz")))?;
    let mut pack = GzEncoder::new(pack, Compression::best());
    pack.write_all(&joined)?;
    pack.finish()?.sync_all()
}
