//! The program at a plan in a folder of its own.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// Some milliseconds a point.
pub const SMALL: &str = r#"title = "a small one"
model = "predictive-coding"
data = "digits"
length = 4

[parameters]
network = "8 + tanh / 10"
method = "strict"
n = 3
batch = 4
test_every = 0
"#;

pub struct Place {
    folder: TempDir,
}

impl Place {
    /// `plan` goes behind the line that names the small preset.
    pub fn new(plan: &str) -> Self {
        let place = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::write(place.path("small.toml"), SMALL).unwrap();
        let plan = format!("preset = \"small.toml\"\n{plan}");
        fs::write(place.path("plan.toml"), plan).unwrap();
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn sweep(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hebbtop"));
        command
            .current_dir(self.folder.path())
            .args(["sweep", "--out", "out"])
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Must end with this status.
    pub fn ends(&self, args: &[&str], status: i32) -> Output {
        let output = self.sweep(args).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{args:?}: {said}");
        output
    }

    /// What `results.csv` says in these columns, a row a point.
    pub fn results(&self, columns: &[&str]) -> Vec<Vec<String>> {
        let table = self.read("out/results.csv");
        let mut lines = table.lines();
        let head: Vec<&str> = lines.next().unwrap().split(',').collect();
        let place = |column: &&str| head.iter().position(|other| other == column).unwrap();
        let places: Vec<usize> = columns.iter().map(place).collect();
        lines
            .map(|line| {
                let cells: Vec<&str> = line.split(',').collect();
                places
                    .iter()
                    .map(|&place| cells[place].to_owned())
                    .collect()
            })
            .collect()
    }
}
