//! A sweep as an array job of Slurm: a script whose tasks each do a shard.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;

use super::error::SweepError;
use super::folder::Sweep;
use crate::data::text;
use crate::record;

/// What the script has to know.
pub struct Job<'a> {
    pub program: &'a Path,
    /// Absolute, as tasks may begin elsewhere.
    pub folder: &'a Path,
    pub images: Option<&'a Path>,
    pub tasks: u64,
    /// Points at a time in each task.
    pub jobs: usize,
}

/// Options for sbatch, written as for a shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options(Vec<String>);

impl FromStr for Options {
    type Err = String;

    fn from_str(typed: &str) -> Result<Self, String> {
        let words = shlex::split(typed).ok_or("a quotation mark or a backslash has no end")?;
        Ok(Self(words))
    }
}

/// Seconds between the signal and the time limit, in which points write their checkpoints.
const NOTICE: u32 = 60;

impl Job<'_> {
    /// The batch script. Its options can be overruled on the command line of sbatch.
    pub fn script(&self) -> String {
        let quoted = |path: &Path| {
            let path = path.display().to_string();
            format!("'{}'", path.replace('\'', r"'\''"))
        };
        let images = self
            .images
            .map_or_else(String::new, |images| format!(" --data {}", quoted(images)));
        let (tasks, jobs) = (self.tasks, self.jobs);
        let (program, folder) = (quoted(self.program), quoted(self.folder));
        // A percent sign would be one of Slurm's own.
        let log = self.folder.join("slurm").display().to_string();
        let log = log.replace('%', "%%").replace('"', "\\\"");
        format!(
            "#!/bin/sh
#SBATCH --job-name=hebbtop
#SBATCH --array=1-{tasks}
#SBATCH --ntasks=1
#SBATCH --cpus-per-task={jobs}
#SBATCH --output=\"{log}/%A_%a.out\"
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:USR1@{NOTICE}
# Before the time limit: points write their checkpoints, and the task goes to the queue again.
requeue() {{
    trap '' USR1
    kill -TERM \"$sweep\" 2>/dev/null
    wait \"$sweep\"
    scontrol requeue \"${{SLURM_ARRAY_JOB_ID}}_${{SLURM_ARRAY_TASK_ID}}\"
    exit 0
}}
stop() {{
    kill -TERM \"$sweep\" 2>/dev/null
    wait \"$sweep\"
    exit 143
}}
trap requeue USR1
trap stop TERM
{program} sweep --out {folder} --jobs {jobs} --shard \"$SLURM_ARRAY_TASK_ID/{tasks}\"{images} &
sweep=$!
wait \"$sweep\"
"
        )
    }

    /// Writes the script, gives it to sbatch with these options, and gives the number of the job.
    /// # Errors
    /// When the script cannot be written or sbatch refuses it, with what it said.
    pub fn submit(
        &self,
        sweep: &Sweep,
        options: &Options,
    ) -> Result<Result<String, String>, SweepError> {
        let script = sweep.path().join("slurm.sh");
        record::put(&script, &self.script(), true)?;
        let logs: PathBuf = sweep.path().join("slurm");
        if let Err(error) = std::fs::create_dir_all(&logs) {
            return Err(record::RecordError::io(&logs, &error).into());
        }
        let output = Command::new("sbatch")
            .arg("--parsable")
            .args(&options.0)
            .arg(&script)
            .output();
        let output = match output {
            Ok(output) => output,
            Err(error) => return Ok(Err(format!("sbatch cannot be started: {error}"))),
        };
        let said = String::from_utf8_lossy(&output.stdout);
        if output.status.success() {
            Ok(Ok(text::line(said.split(';').next().unwrap_or_default())))
        } else {
            let why = text::line(&String::from_utf8_lossy(&output.stderr));
            Ok(Err(format!("sbatch refuses the job: {why}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_as_a_shell_reads_them() {
        let words = |typed: &str| typed.parse::<Options>().map(|options| options.0);
        assert_eq!(words(""), Ok(vec![]));
        assert_eq!(
            words("--time=2:00:00 --comment='two words' --account=a\\ b"),
            Ok(["--time=2:00:00", "--comment=two words", "--account=a b"]
                .map(str::to_owned)
                .to_vec())
        );
        assert!(words("--comment='two").unwrap_err().contains("no end"));
    }
}
