//! Breakpoints on the counter: after unit `n` its level is `5 + 3 n`.

use super::*;

fn hit(frame: &Frame) -> bool {
    frame.state == RunState::Paused && frame.step > 0
}

#[test]
fn a_hit_pauses_at_that_very_unit_and_leaves_a_mark_and_words() {
    let engine = start(preset(1000), paused());
    let mut screen = engine.subscribe();
    order(&mut screen, Command::Break("level > 30".into()))
        .0
        .unwrap();
    screen.send(Command::Resume).unwrap();
    let frame = until(&mut screen, hit);
    assert_eq!(frame.step, 9);
    assert_eq!(frame.metrics[0], 32.0);
    let mark = &frame.history.marks[0];
    assert_eq!((mark.step, mark.kind), (9, MarkKind::Break));
    assert!(
        mark.words.contains("level > 30 (level = 32)"),
        "{}",
        mark.words
    );
    assert_eq!(frame.breakpoints[0].hits, 1);
    // It holds on, and must come true anew to be hit again.
    order(
        &mut screen,
        Command::Step {
            of: StepOf::Unit,
            count: 5,
        },
    )
    .0
    .unwrap();
    let frame = until(&mut screen, |frame| frame.step == 14);
    assert_eq!(frame.breakpoints[0].hits, 1);
    finish(engine, &mut screen);
}

#[test]
fn a_breakpoint_can_be_for_once_switched_off_and_removed() {
    let engine = start(preset(1000), paused());
    let mut screen = engine.subscribe();
    for condition in ["once level >= 8", "level >= 11", "step == 3"] {
        order(&mut screen, Command::Break(condition.into()))
            .0
            .unwrap();
    }
    order(&mut screen, Command::Break("step == 3".into()))
        .0
        .unwrap_err();
    order(&mut screen, Command::SwitchBreakpoint(2)).0.unwrap();
    order(&mut screen, Command::SwitchBreakpoint(4))
        .0
        .unwrap_err();
    screen.send(Command::Resume).unwrap();
    let frame = until(&mut screen, hit);
    assert_eq!((frame.step, frame.breakpoints.len()), (1, 2));
    screen.send(Command::Resume).unwrap();
    let frame = until(&mut screen, |frame| hit(frame) && frame.step > 1);
    assert_eq!(frame.step, 3);
    order(&mut screen, Command::Unbreak(Some(3))).0.unwrap_err();
    order(&mut screen, Command::Unbreak(Some(2))).0.unwrap();
    let (said, frame) = order(&mut screen, Command::Unbreak(None));
    said.unwrap();
    assert!(frame.breakpoints.is_empty());
    finish(engine, &mut screen);
}

#[test]
fn until_pauses_once_where_the_condition_holds() {
    let engine = start(preset(1000), paused());
    let mut screen = engine.subscribe();
    order(&mut screen, Command::Until("12".into())).0.unwrap();
    assert_eq!(until(&mut screen, hit).step, 12);
    order(&mut screen, Command::Until("12".into()))
        .0
        .unwrap_err();
    order(&mut screen, Command::Until("level > 60 for 2 steps".into()))
        .0
        .unwrap();
    assert_eq!(until(&mut screen, |f| hit(f) && f.step > 12).step, 20);
    finish(engine, &mut screen);
}

#[test]
fn a_reset_keeps_breakpoints_and_forgets_what_they_counted() {
    let engine = start(preset(1000), paused());
    let mut screen = engine.subscribe();
    order(&mut screen, Command::Break("level > 10 for 3 steps".into()))
        .0
        .unwrap();
    for _ in 0..2 {
        screen.send(Command::Resume).unwrap();
        assert_eq!(until(&mut screen, hit).step, 4);
        order(&mut screen, Command::Reset { seed: None }).0.unwrap();
    }
    finish(engine, &mut screen);
}

#[test]
fn with_nobody_there_a_hit_ends_the_run_with_the_state_of_that_unit() {
    let watched = Preset {
        breakpoints: vec!["level > 30".into()],
        ..preset(1000)
    };
    let options = || Options {
        attended: false,
        ..Options::default()
    };
    let stopped = outlive(start(watched, options()));
    assert_eq!(stopped.step, 9);
    assert!(stopped.stopped_by.unwrap().contains("level > 30"));
    assert_eq!(stopped.digest, outlive(start(preset(9), options())).digest);
}
