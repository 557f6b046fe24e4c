//! Law: whatever stands in a file, reading it neither panics nor takes more memory than the file's
//! size justifies. The corpus is replayed and changed from a fixed seed; `HOSTILE_SECONDS` makes it a
//! long run (`.ci/long`).

mod mutation;
mod session;
mod socket;
mod targets;

use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

#[test]
fn presets() {
    session::run(&targets::PRESETS);
}

#[test]
fn journals() {
    session::run(&targets::JOURNALS);
}

#[test]
fn checkpoints() {
    session::run(&targets::CHECKPOINTS);
}

#[test]
fn metrics() {
    session::run(&targets::METRICS);
}

#[test]
fn idx() {
    session::run(&targets::IDX);
}

#[test]
fn sockets() {
    session::run(&socket::SOCKETS);
}

#[test]
fn rule_files() {
    session::run(&targets::RULE_FILES);
}

#[test]
fn sweep_plans() {
    session::run(&targets::SWEEP_PLANS);
}

#[test]
fn breakpoints() {
    session::run(&targets::BREAKPOINTS);
}
