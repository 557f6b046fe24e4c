//! What the system says about this process.

use std::time::Duration;

use nix::sys::resource::{Usage, UsageWho, getrusage};

/// Processor time of the process so far, all threads, user and system.
pub fn cpu_time() -> Duration {
    usage().map_or(Duration::ZERO, |usage| {
        [usage.user_time(), usage.system_time()]
            .iter()
            .map(|time| {
                let micros = time.tv_sec() as u64 * 1_000_000 + time.tv_usec() as u64;
                Duration::from_micros(micros)
            })
            .sum()
    })
}

/// The most memory that the process has held at once, in bytes.
pub fn peak_rss_bytes() -> u64 {
    // macOS counts bytes, everybody else kilobytes.
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    usage().map_or(0, |usage| usage.max_rss() as u64 * unit)
}

fn usage() -> Option<Usage> {
    getrusage(UsageWho::RUSAGE_SELF).ok()
}
