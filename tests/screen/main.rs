//! The screen through its public face: keys in, cells out, with a run made of paper behind it.

mod balanced;
mod fixture;
mod keys;
mod live;
mod random;
mod stage;
mod views;
