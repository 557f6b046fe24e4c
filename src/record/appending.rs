//! A file that only grows. What cannot be written yet is kept, and a line is never half there for
//! long: after a failure the file is cut back to what was whole.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

pub struct Appending {
    path: PathBuf,
    /// Opened at the first write.
    file: Option<File>,
    /// Whether it must not exist before.
    fresh: bool,
    /// What is written, and what waits.
    length: u64,
    waiting: Vec<u8>,
    /// What stands at its beginning, for a length; it counts what is behind it.
    head: Option<fn(u64) -> Vec<u8>>,
}

impl Appending {
    /// A new file.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            file: None,
            fresh: true,
            length: 0,
            waiting: Vec::new(),
            head: None,
        }
    }

    /// Begins with `head`, which gets the length of the file and gives always as many bytes. It is
    /// written anew behind what it counts, so that the file can be read at any time.
    pub fn headed(mut self, head: fn(u64) -> Vec<u8>) -> Self {
        if self.fresh {
            self.waiting = head(0);
        }
        self.head = Some(head);
        self
    }

    /// A file of which the first `length` bytes stay.
    pub fn after(path: PathBuf, length: u64) -> Self {
        Self {
            fresh: false,
            length,
            ..Self::new(path)
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The bytes to append to.
    pub fn waiting(&mut self) -> &mut Vec<u8> {
        &mut self.waiting
    }

    pub fn waits(&self) -> usize {
        self.waiting.len()
    }

    /// What has been written.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Writes what waits.
    /// # Errors
    /// When the system cannot; then everything still waits.
    pub fn flush(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                let file = OpenOptions::new()
                    .write(true)
                    .create_new(self.fresh)
                    .custom_flags(nix::libc::O_NOFOLLOW)
                    .open(&self.path)?;
                if let Some(head) = self.head.filter(|_| !self.fresh) {
                    file.write_all_at(&head(self.length), 0)?;
                }
                file.set_len(self.length)?;
                self.file.insert(file)
            }
        };
        if let Err(error) = file.write_all_at(&self.waiting, self.length) {
            // Should that fail too, the next attempt writes over the rest.
            let _ = file.set_len(self.length);
            return Err(error);
        }
        let more = !self.waiting.is_empty();
        self.length += self.waiting.len() as u64;
        self.waiting.clear();
        match self.head {
            Some(head) if more => file.write_all_at(&head(self.length), 0),
            _ => Ok(()),
        }
    }

    /// Makes sure that what is written survives a crash of the machine.
    /// # Errors
    /// When the system cannot.
    pub fn sync(&self) -> io::Result<()> {
        self.file.as_ref().map_or(Ok(()), File::sync_data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stood_behind_the_kept_length_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows");
        std::fs::write(&path, "one\ntwo\nthree\n").unwrap();
        let mut file = Appending::after(path.clone(), 4);
        file.waiting().extend(b"2\n");
        file.flush().unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one\n2\n");
        assert_eq!(file.length(), 6);
    }

    #[test]
    fn what_cannot_be_written_waits() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sub/rows");
        let mut file = Appending::new(path.clone());
        file.waiting().extend(b"one\n");
        assert!(file.flush().is_err());
        file.waiting().extend(b"two\n");
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        file.flush().unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one\ntwo\n");
    }
}
