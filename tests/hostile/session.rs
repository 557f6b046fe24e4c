//! Reads the corpus of a target and changes of it, and reports what should not have happened.

use std::collections::HashSet;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

use nix::sys::resource::{Resource, setrlimit};
use rand_xoshiro::rand_core::SeedableRng;

use super::MEMORY;
use super::mutation::{Random, below};
use super::targets::Target;

/// Where an allocation that nobody should make ends, before the machine does.
const MOST_MEMORY: u64 = 6 << 30;

/// Nothing that is read takes longer.
const SLOWEST: Duration = Duration::from_secs(20);

/// Inputs that are changed further.
const POOL: usize = 4096;

/// The peak of memory is that of the whole process.
static ALONE: Mutex<()> = Mutex::new(());

/// What a panic said, in whichever thread it was.
static PANIC: Mutex<Option<String>> = Mutex::new(None);

/// Reads everything; fails with the findings.
pub fn run(target: &Target) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    listen();
    let seconds: Option<u64> = std::env::var("HOSTILE_SECONDS")
        .ok()
        .map(|seconds| seconds.parse().expect("HOSTILE_SECONDS is a number"));
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile");
    fs::create_dir_all(&kept).unwrap();
    let mut pool = corpus(target.name);
    // What is made once, such as the compiled-in images, is no part of what an input takes.
    let _ = panic::catch_unwind(AssertUnwindSafe(|| (target.read)(&pool[0])));
    let mut session = Session {
        target,
        running: kept.join(format!("{}-running", target.name)),
        kept,
        seen: HashSet::new(),
        executions: 0,
        peak: 0,
        findings: Vec::new(),
    };
    let begun = Instant::now();
    for seed in &pool {
        session.read(seed);
    }
    // Every long run is another; the short one is always the same.
    let mut random = Random::seed_from_u64(seconds.map_or(1, |_| u64::from(std::process::id())));
    let over = |executions: u64| match seconds {
        Some(seconds) => begun.elapsed() >= Duration::from_secs(seconds),
        None => executions >= target.executions,
    };
    while !over(session.executions) && session.findings.len() < 20 {
        let seed = &pool[below(&mut random, pool.len())];
        let other = &pool[below(&mut random, pool.len())];
        let input = (target.change)(&mut random, seed, other);
        if session.read(&input) && pool.len() < POOL {
            pool.push(input);
        }
    }
    println!(
        "hostile {}: {} executions, {} s, peak {} bytes, {} findings",
        target.name,
        session.executions,
        begun.elapsed().as_secs(),
        session.peak,
        session.findings.len()
    );
    assert!(session.findings.is_empty(), "{:#?}", session.findings);
}

fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        setrlimit(Resource::RLIMIT_AS, MOST_MEMORY, MOST_MEMORY).unwrap();
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let words = info.to_string();
            if words.contains("tests/hostile") {
                usual(info);
            }
            *PANIC.lock().unwrap_or_else(PoisonError::into_inner) = Some(words);
        }));
    });
}

/// The committed inputs of a kind, by name.
fn corpus(kind: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/corpus");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder.join(kind))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

struct Session<'a> {
    target: &'a Target,
    kept: PathBuf,
    /// The input that is being read: left behind where the process is ended by it.
    running: PathBuf,
    /// The kinds of answers so far.
    seen: HashSet<String>,
    executions: u64,
    peak: usize,
    findings: Vec<String>,
}

impl Session<'_> {
    /// Whether the answer was of a new kind.
    fn read(&mut self, input: &[u8]) -> bool {
        fs::write(&self.running, input).unwrap();
        PANIC.lock().unwrap_or_else(PoisonError::into_inner).take();
        let begun = Instant::now();
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let answer = panic::catch_unwind(AssertUnwindSafe(|| (self.target.read)(input)));
        let taken = MEMORY.peak_usage().saturating_sub(before);
        let panicked = PANIC.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.executions += 1;
        self.peak = self.peak.max(taken);
        let allowed = (self.target.allowed)(input);
        if let Some(words) = panicked {
            self.found(input, &words);
        } else if taken > allowed {
            let words = format!("took {taken} bytes, {allowed} are allowed");
            self.found(input, &words);
        } else if begun.elapsed() > SLOWEST {
            self.found(input, &format!("took {:?}", begun.elapsed()));
        }
        let answer = answer.unwrap_or_default();
        self.seen.insert(kind(&answer))
    }

    fn found(&mut self, input: &[u8], words: &str) {
        let name = format!("{}-{}", self.target.name, self.findings.len());
        let path = self.kept.join(name);
        fs::write(&path, input).unwrap();
        self.findings.push(format!("{}: {words}", path.display()));
    }
}

/// An answer without its names and numbers.
fn kind(answer: &str) -> String {
    let outside = answer.split(['`', '"']).step_by(2);
    let letters = outside.flat_map(str::chars).filter(|c| !c.is_numeric());
    letters.take(200).collect()
}
