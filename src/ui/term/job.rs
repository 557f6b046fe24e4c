//! Job control: whether somebody could wake this process after a stop.

use std::fs;

use nix::unistd::{Pid, getpgid, getpgrp, getppid, getsid};

/// Whether a shell of this session waits for the process group. Where none does (the program is the
/// session's first process: `ssh -t host hebbtop`, a container, a terminal's own command) the kernel
/// ignores SIGTSTP, and so do we: nothing would ever send SIGCONT.
pub(super) fn has_shell() -> bool {
    let Ok(session) = getsid(None) else {
        return false;
    };
    let group = getpgrp();
    let mut parent = Some(getppid());
    while let Some(pid) = parent {
        if getsid(Some(pid)) != Ok(session) {
            return false;
        }
        match getpgid(Some(pid)) {
            Ok(theirs) if theirs == group => parent = parent_of(pid),
            Ok(_) => return true,
            Err(_) => return false,
        }
    }
    // A member of our own group whose parent cannot be found out: most likely a script in a shell.
    true
}

/// From the fourth field of /proc/PID/stat, where there is such a thing. The second field is a name in
/// parentheses that may hold anything.
fn parent_of(pid: Pid) -> Option<Pid> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let parent = fields.split_whitespace().nth(1)?.parse().ok()?;
    Some(Pid::from_raw(parent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parent_is_read_from_the_process_table() {
        if cfg!(target_os = "linux") {
            assert_eq!(parent_of(Pid::this()), Some(getppid()));
        }
    }
}
