//! Runs that are kept in folders: going on bit for bit, repeating a journal, bad files, kill -9.

mod bad_files;
mod folders;
mod kill;
mod repeat;
mod replay;
mod resume;
mod rewind;
mod session;
