//! Where sockets lie and where cards do: folders of this user that nobody else can enter.

use std::fs::{self, DirBuilder};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;

use crate::record;

/// The system takes paths of sockets up to 107 bytes; names of runs need their part of it.
const LONGEST: usize = 107;

/// The most bytes in the name of a run.
pub const LONGEST_NAME: usize = 40;

/// The folder for sockets, made where it is not there: under `XDG_RUNTIME_DIR`, or under the system's
/// folder for temporary files where that is missing, not ours or too long.
/// # Errors
/// When neither can be used, with the reason.
pub fn sockets() -> Result<PathBuf, String> {
    let mine = format!("hebbtop-{}", geteuid());
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let runtime = runtime.filter(|path| path.is_absolute() && is_mine(path));
    let candidates = [
        runtime.map(|path| path.join("hebbtop")),
        Some(std::env::temp_dir().join(&mine)),
        Some(Path::new("/tmp").join(&mine)),
    ];
    let mut why = String::from("there is no folder for sockets");
    for folder in candidates.into_iter().flatten() {
        let longest = folder.as_os_str().len() + 1 + LONGEST_NAME;
        if longest > LONGEST {
            continue;
        }
        match private(&folder) {
            Ok(()) => return Ok(folder),
            Err(reason) => why = reason,
        }
    }
    Err(why)
}

/// The folder of this user's states: `XDG_STATE_HOME/hebbtop`.
pub fn states() -> Option<PathBuf> {
    of_user("XDG_STATE_HOME", ".local/state")
}

/// The program's folder under the one that a variable names, or under `default` at home.
pub fn of_user(variable: &str, default: &str) -> Option<PathBuf> {
    let absolute = |name: &str| {
        let path = std::env::var_os(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    let home = || Some(absolute("HOME")?.join(default));
    Some(absolute(variable).or_else(home)?.join("hebbtop"))
}

/// The folder of the cards, made where it is not there.
/// # Errors
/// When there is none, or others can enter it.
pub fn cards() -> Result<PathBuf, String> {
    let states = states().ok_or("neither XDG_STATE_HOME nor HOME is set")?;
    let folder = states.join("runs");
    fs::create_dir_all(&states).map_err(|error| format!("{}: {error}", states.display()))?;
    private(&folder)?;
    Ok(folder)
}

/// A new folder for the state of the run `name`; only what it lies in is made.
pub fn kept(name: &str) -> PathBuf {
    let folder = states().unwrap_or_else(std::env::temp_dir).join("kept");
    // Where that fails, so does what is written there, with its reason.
    let _ = fs::create_dir_all(&folder);
    let now = record::now().replace(['-', ':'], "");
    let called = |number: u32| match number {
        1 => folder.join(format!("{name}-{now}")),
        _ => folder.join(format!("{name}-{now}-{number}")),
    };
    let free = (1..).map(called).find(|folder| !folder.exists());
    free.expect("some number is free")
}

/// Makes a folder that only this user can enter, or checks that it is one.
fn private(folder: &Path) -> Result<(), String> {
    let shown = folder.display();
    match DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(format!("{shown}: {error}")),
    }
    // A link could lead anywhere.
    let metadata = fs::symlink_metadata(folder).map_err(|error| format!("{shown}: {error}"))?;
    if !metadata.is_dir() {
        return Err(format!("{shown} is not a folder"));
    }
    if metadata.uid() != geteuid().as_raw() {
        return Err(format!("{shown} belongs to somebody else"));
    }
    if metadata.mode() & 0o077 != 0 {
        return Err(format!(
            "{shown} can be entered by others: chmod 700 {shown} would mend that"
        ));
    }
    Ok(())
}

fn is_mine(folder: &Path) -> bool {
    fs::metadata(folder)
        .is_ok_and(|metadata| metadata.is_dir() && metadata.uid() == geteuid().as_raw())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn a_folder_is_only_used_when_nobody_else_can_enter_it() {
        let outside = tempfile::tempdir().unwrap();
        let folder = outside.path().join("sockets");
        private(&folder).unwrap();
        assert_eq!(fs::metadata(&folder).unwrap().mode() & 0o777, 0o700);
        private(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o750)).unwrap();
        assert!(private(&folder).unwrap_err().contains("chmod 700"));
        let link = outside.path().join("link");
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
        symlink(&folder, &link).unwrap();
        assert!(private(&link).unwrap_err().contains("not a folder"));
    }
}
