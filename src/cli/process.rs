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

/// The processor's architecture with the extensions that kernels are compiled for and that it has.
/// Matrix products may differ in the last bits between instruction sets.
pub fn isa() -> String {
    let mut isa = std::env::consts::ARCH.to_owned();
    for extension in extensions() {
        isa.push('+');
        isa.push_str(extension);
    }
    isa
}

#[cfg(target_arch = "x86_64")]
fn extensions() -> Vec<&'static str> {
    let present = [
        ("avx512f", std::is_x86_feature_detected!("avx512f")),
        ("avx512bw", std::is_x86_feature_detected!("avx512bw")),
        ("avx512dq", std::is_x86_feature_detected!("avx512dq")),
        ("avx512vl", std::is_x86_feature_detected!("avx512vl")),
        ("avx2", std::is_x86_feature_detected!("avx2")),
        ("fma", std::is_x86_feature_detected!("fma")),
    ];
    let found = present.into_iter().filter(|(_, present)| *present);
    found.map(|(name, _)| name).collect()
}

#[cfg(not(target_arch = "x86_64"))]
fn extensions() -> Vec<&'static str> {
    Vec::new()
}

fn usage() -> Option<Usage> {
    getrusage(UsageWho::RUSAGE_SELF).ok()
}
