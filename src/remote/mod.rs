//! Runs that can be reached from another terminal of this machine.
//!
//! A run listens at a Unix socket that only its owner can open ([`place`]), and leaves a card that
//! says where it is and what it does ([`card`]). Whoever connects ([`Client`]) sends the messages of
//! [`wire`] and gets frames, at its own speed and never more than one on the way; one of all that
//! watch steers ([`Seats`]). There is no TCP: another machine is reached by ssh.

pub mod card;
mod client;
pub mod place;
mod seats;
mod server;
pub mod wire;

pub use card::Card;
pub use client::{Client, ConnectError};
pub use seats::{Company, Seat, Seats};
pub use server::{Adopt, Published, Server};
pub use wire::Ending;

/// Letters of what somebody who watches is called.
const NAME: usize = 60;
