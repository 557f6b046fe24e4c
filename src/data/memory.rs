//! How much memory there is for this process.

use std::fs;

/// Bytes that can still be taken, the least of what the system and the container leave; `None` where
/// neither says.
pub fn available() -> Option<u64> {
    [system(), container()].into_iter().flatten().min()
}

fn system() -> Option<u64> {
    let content = fs::read_to_string("/proc/meminfo").ok()?;
    let line = content
        .lines()
        .find(|line| line.starts_with("MemAvailable:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(1024 * kilobytes)
}

/// What the control group of this process leaves (version 2, then version 1).
fn container() -> Option<u64> {
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let path = |controller: &str| {
        groups.lines().find_map(|line| {
            let mut fields = line.splitn(3, ':').skip(1);
            let (controllers, path) = (fields.next()?, fields.next()?);
            let matches = controllers.split(',').any(|name| name == controller);
            matches.then(|| path.trim_end_matches('/').to_owned())
        })
    };
    let unified = path("")
        .into_iter()
        .chain([String::new()])
        .find_map(|path| {
            let folder = format!("/sys/fs/cgroup{path}");
            left(
                &format!("{folder}/memory.max"),
                &format!("{folder}/memory.current"),
            )
        });
    let old = || {
        path("memory")
            .into_iter()
            .chain([String::new()])
            .find_map(|path| {
                let folder = format!("/sys/fs/cgroup/memory{path}");
                let names =
                    ["limit", "usage"].map(|what| format!("{folder}/memory.{what}_in_bytes"));
                left(&names[0], &names[1])
            })
    };
    unified.or_else(old)
}

fn left(limit: &str, usage: &str) -> Option<u64> {
    let read = |file: &str| fs::read_to_string(file).ok()?.trim().parse::<u64>().ok();
    Some(read(limit)?.saturating_sub(read(usage)?))
}
