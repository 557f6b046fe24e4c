//! The messages at a socket: a length of four bytes, little-endian, and so many bytes of postcard.

use std::io::{self, ErrorKind, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::seats::Company;
use crate::engine::{Command, CommandId, Frame, Request};

/// Raised when a message changes.
pub const PROTOCOL: u32 = 1;

/// The most bytes of a message to a run, and from it: the whole past of a long run is the longest.
pub const MOST_UP: usize = 256 << 10;
pub const MOST_DOWN: usize = 256 << 20;

/// Of the first message, before anybody has said who it is.
pub const MOST_HELLO: usize = 1 << 10;

/// Memory is taken by and by: a length alone must not cost any.
const PIECE: usize = 64 << 10;

/// To a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Up {
    /// The first message.
    Hello {
        magic: [u8; 8],
        protocol: u32,
        version: String,
        /// None of somebody who only looks: he takes no seat and can steer nothing.
        who: Option<String>,
    },
    Do {
        id: CommandId,
        command: Command,
    },
    Ask(Request),
    /// A run beside this one, to be reached by a name of its own.
    Fork {
        lane: String,
    },
    /// Take the wheel.
    Steer,
    /// End the run; its state is kept.
    Stop,
}

/// From a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Down {
    Welcome {
        name: String,
    },
    Refused(String),
    Frame(Box<Frame>),
    Company(Company),
    /// The name of the run that was forked.
    Forked(Result<String, String>),
    Ended(Ending),
}

/// How a run has ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    pub unit: String,
    pub step: u64,
    pub quantum: u64,
    pub digest: String,
    /// The folder from which it can go on.
    pub folder: Option<String>,
    /// What could not be written.
    pub failure: Option<String>,
}

pub const MAGIC: [u8; 8] = *b"HEBBTOP\x1a";

/// Writes a message in one piece.
/// # Errors
/// When the other side has gone, or the message is longer than it would take.
pub fn send(to: &mut impl Write, message: &impl Serialize, most: usize) -> io::Result<()> {
    let bytes = postcard::to_extend(message, vec![0; 4]).map_err(io::Error::other)?;
    send_bytes(to, bytes, most)
}

fn send_bytes(to: &mut impl Write, mut bytes: Vec<u8>, most: usize) -> io::Result<()> {
    let length = bytes.len() - 4;
    if length > most {
        return Err(io::Error::other(format!(
            "a message of {length} bytes is too long"
        )));
    }
    bytes[..4].copy_from_slice(&(length as u32).to_le_bytes());
    to.write_all(&bytes)
}

/// Reads a message; nothing where the other side has ended between two.
/// # Errors
/// When it ends inside one, or sends what is none.
pub fn receive<M: DeserializeOwned>(from: &mut impl Read, most: usize) -> io::Result<Option<M>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let length = u32::from_le_bytes(length) as usize;
    if length > most {
        return Err(io::Error::other("a message is too long"));
    }
    let mut bytes = Vec::with_capacity(length.min(PIECE));
    let read = from.take(length as u64).read_to_end(&mut bytes)?;
    if read < length {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    match postcard::take_from_bytes(&bytes) {
        Ok((message, [])) => Ok(Some(message)),
        Ok(_) => Err(io::Error::other("a message is longer than its content")),
        Err(error) => Err(io::Error::other(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_arrive_whole_or_not_at_all() {
        let mut sent = Vec::new();
        let ask = Up::Ask(Request::default());
        send(&mut sent, &Up::Steer, MOST_UP).unwrap();
        send(&mut sent, &ask, MOST_UP).unwrap();
        let mut from = &sent[..];
        assert_eq!(receive(&mut from, MOST_UP).unwrap(), Some(Up::Steer));
        assert_eq!(receive(&mut from, MOST_UP).unwrap(), Some(ask));
        assert_eq!(receive::<Up>(&mut from, MOST_UP).unwrap(), None);
        for cut in 5..sent.len() {
            let mut from = &sent[5..cut];
            let got = receive::<Up>(&mut from, MOST_UP);
            assert!(cut == 5 || !matches!(got, Ok(Some(_))), "{cut}: {got:?}");
        }
    }

    #[test]
    fn a_length_alone_costs_no_memory() {
        let mut long = &b"\xff\xff\xff\x0fabc"[..];
        assert!(receive::<Down>(&mut long, MOST_DOWN).is_err());
        let mut too_long = &b"\xff\xff\xff\xffabc"[..];
        let refused = receive::<Up>(&mut too_long, MOST_UP).unwrap_err();
        assert!(refused.to_string().contains("too long"));
    }
}
