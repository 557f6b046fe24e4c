//! What the bits of a run depend on beside its preset, seed, data and journal.

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
