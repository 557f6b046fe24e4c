//! What a screen costs on a slow line.

use std::time::{Duration, Instant};

use crate::pty::cpu_time;
use crate::{digits, paused};

/// The overview may take 30 kB a second at eight frames a second.
const FRAME: usize = 30_000 / 8;

/// A frame in which everything changes: less than six bytes a cell.
const WHOLE_FRAME: usize = 6 * 120 * 40;

#[test]
fn a_paused_screen_writes_nothing() {
    let mut pty = paused(120, 40);
    pty.wait_for_silence(Duration::from_millis(400));
    let (bytes, cpu, start) = (pty.bytes(), cpu_time(pty.pid()), Instant::now());
    pty.wait_for_silence(Duration::from_secs(2));
    assert_eq!(pty.bytes(), bytes);
    assert!(start.elapsed() >= Duration::from_secs(2));
    if let (Some(before), Some(after)) = (cpu, cpu_time(pty.pid())) {
        let used = after - before;
        assert!(used < start.elapsed() / 20, "{used:?} for nothing");
    }
    pty.keys("q");
    pty.assert_exit(0);
}

#[test]
fn frames_stay_within_their_budget() {
    let mut pty = digits(120, 40);
    let from = pty.bytes();
    let first = pty.frame_lengths(0);
    let largest = first.iter().max().expect("a first frame");
    assert!(*largest < WHOLE_FRAME, "{first:?}");
    pty.wait_until("a hundred steps", |screen| step(&screen.contents()) >= 100);
    let lengths = pty.frame_lengths(from);
    let mean = lengths.iter().sum::<usize>() / lengths.len();
    assert!(lengths.len() >= 20, "{lengths:?}");
    assert!(mean < FRAME, "{mean} bytes a frame: {lengths:?}");
    assert!(lengths.iter().all(|&length| length < WHOLE_FRAME));
    pty.keys("\x03\x03");
    pty.assert_exit(130);
}

fn step(text: &str) -> u64 {
    let (_, rest) = text.split_once("  step ").unwrap_or_default();
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_default()
}

/// Everything outside a frame is entering, the question for the background, and leaving.
#[test]
fn every_byte_of_a_picture_is_inside_a_synchronized_update() {
    let mut pty = digits(80, 24);
    pty.keys("2");
    pty.wait_for("[2 Learning");
    let framed: usize = pty.frame_lengths(0).iter().sum();
    let outside = pty.bytes() - framed;
    pty.keys("\x03\x03");
    pty.assert_exit(130);
    assert!(outside < 60, "{outside} bytes outside of frames");
}
