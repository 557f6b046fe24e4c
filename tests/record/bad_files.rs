//! Files that are cut, damaged, foreign or newer are refused by name, and nothing panics.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use assert_cmd::Command as Program;
use hebbtop::engine::{Machine, Snapshot};
use hebbtop::preset::catalogue;
use hebbtop::record::checkpoint::{FORMAT, decode, encode};
use hebbtop::record::{Written, checkpoint, journal};
use proptest::prelude::*;

use super::session::Session;

/// The bytes of a checkpoint, and of the journal beside it.
fn files() -> &'static (Vec<u8>, Vec<u8>) {
    static FILES: OnceLock<(Vec<u8>, Vec<u8>)> = OnceLock::new();
    FILES.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run");
        let preset = catalogue::resolve("pc-digits-strict").unwrap();
        let mut session = Session::start(preset, Some(&path));
        session.quanta(5);
        session.end();
        let read = |name: &str| fs::read(path.join(name)).unwrap();
        (read("checkpoint.hbt"), read("journal.jsonl"))
    })
}

fn refused(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.hbt");
    fs::write(&path, bytes).unwrap();
    let words = checkpoint::read(&path).unwrap_err().to_string();
    assert!(words.contains("checkpoint.hbt: "), "{words}");
    words
}

#[test]
fn what_is_written_reads_back() {
    let read = decode(files().0.clone()).unwrap();
    let written = Written {
        segment: 3,
        metrics_bytes: 5,
        journal_bytes: 7,
        spikes_bytes: 11,
    };
    let machine = Machine {
        version: "8.9".into(),
        isa: "sparc64".into(),
    };
    let bytes = encode(&read.snapshot, &machine, &written);
    let again = decode(bytes.clone()).unwrap();
    // Compared as bytes, because a metric that was not measured yet equals nothing.
    assert!(encode(&again.snapshot, &machine, &written) == bytes);
    assert_eq!(again.snapshot.preset, read.snapshot.preset);
    assert!(again.snapshot.model == read.snapshot.model);
    assert_eq!((again.machine, again.written), (machine, written));
}

#[test]
fn each_kind_of_bad_file_is_called_by_its_kind() {
    let (good, _) = files();
    for length in [9, 12, 19, 20, 400, good.len() - 33, good.len() - 1] {
        assert!(refused(&good[..length]).contains("truncated"), "{length}");
    }
    for length in [0, 7] {
        assert!(
            refused(&good[..length]).contains("no checkpoint"),
            "{length}"
        );
    }
    assert!(refused(b"PK\x03\x04 something else entirely").contains("no checkpoint"));
    let mut newer = good.clone();
    newer[8..12].copy_from_slice(&(FORMAT + 1).to_le_bytes());
    assert!(refused(&newer).contains("newer hebbtop"));
    let mut longer = good.clone();
    longer.push(0);
    assert!(refused(&longer).contains("damaged"));
    let mut flipped = good.clone();
    flipped[good.len() / 2] ^= 1;
    assert!(refused(&flipped).contains("checksum"));
}

/// A length that no file can have asks for no memory.
#[test]
fn a_huge_length_is_a_cut_file() {
    let mut huge = files().0.clone();
    huge[12..20].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(refused(&huge).contains("truncated"));
}

#[test]
fn the_program_refuses_what_is_no_recording() {
    let folder = tempfile::tempdir().unwrap();
    let says = |path: &Path, word: &str| {
        let mut program = Program::cargo_bin("hebbtop").unwrap();
        let assert = program
            .args(["resume", "--headless"])
            .arg(path)
            .assert()
            .code(2);
        let said = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
        assert!(said.contains(word), "{said}");
    };
    says(&folder.path().join("nowhere"), "nowhere");
    says(folder.path(), "checkpoint.hbt");
    fs::write(folder.path().join("checkpoint.hbt"), &files().0).unwrap();
    says(folder.path(), "metrics.csv");
    fs::write(folder.path().join("metrics.csv"), "").unwrap();
    says(folder.path(), "metrics.csv: is shorter");
}

#[test]
fn a_cut_last_line_is_no_part_of_a_journal() {
    let (_, journal) = files();
    let whole = journal::parse(journal).unwrap();
    let cut = journal::parse(&journal[..journal.len() - 3]).unwrap();
    assert_eq!(cut[..], whole[..whole.len() - 1]);
    let (line, _) = journal::parse(b"{\"step\":1}\n").unwrap_err();
    assert_eq!(line, 1);
    assert!(journal::parse(b"").is_err());
    let twice = [&journal[..], &journal[..]].concat();
    assert_eq!(journal::parse(&twice).unwrap_err().0, whole.len() + 1);
}

/// A model's state of another size, or of nothing, is refused when it is loaded.
#[test]
fn a_state_of_another_model_is_refused() {
    let read = decode(files().0.clone()).unwrap();
    for model in [Vec::new(), vec![0; 100], vec![255; 4000]] {
        let snapshot = Snapshot {
            model,
            ..read.snapshot.clone()
        };
        let started =
            hebbtop::engine::Engine::resume(snapshot, Default::default(), Default::default());
        let words = started.err().expect("refused").to_string();
        assert!(words.contains("cannot go on"), "{words}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_a_checkpoint_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = decode(bytes.clone());
        let mut with_head = b"HEBBTOP\x1a\x01\0\0\0".to_vec();
        with_head.extend(bytes);
        let _ = decode(with_head);
    }

    /// Even with a checksum that holds.
    #[test]
    fn no_head_makes_a_checkpoint_panic(at in 0usize..2000, byte: u8, cut in 0usize..3000) {
        use sha2::{Digest, Sha256};
        let good = &files().0;
        let length = u64::from_le_bytes(good[12..20].try_into().unwrap()) as usize;
        let mut head = good[20..20 + length].to_vec();
        let place = at % head.len();
        head[place] = byte;
        head.truncate(head.len().saturating_sub(cut.saturating_sub(1500)));
        let mut bytes = good[..12].to_vec();
        bytes.extend((head.len() as u64).to_le_bytes());
        bytes.extend(&head);
        bytes.extend(0u64.to_le_bytes());
        let sum = Sha256::digest(&bytes);
        bytes.extend(sum);
        if let Ok(read) = decode(bytes) {
            let _ = hebbtop::engine::Engine::resume(
                read.snapshot,
                Default::default(),
                Default::default(),
            );
        }
    }

    #[test]
    fn no_change_of_a_journal_makes_it_panic(at: usize, byte: u8, line in ".{0,80}") {
        let mut journal = files().1.clone();
        let place = at % journal.len();
        journal[place] = byte;
        let _ = journal::parse(&journal);
        let _ = journal::parse(format!("{line}\n").as_bytes());
    }
}
