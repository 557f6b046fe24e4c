//! Going back on the counter, whose level after unit `n` is `5 + 3 n` while nobody changes it.

use super::*;

fn to(step: u64) -> impl Fn(&Frame) -> bool {
    move |frame| frame.state == RunState::Paused && (frame.step, frame.quantum) == (step, 0)
}

fn go(screen: &mut Subscription, units: u64) {
    let count = units;
    let of = StepOf::Unit;
    order(screen, Command::Step { of, count }).0.unwrap();
}

#[test]
fn going_back_and_on_again_gives_the_same_bits_also_through_changes() {
    let engine = start(preset(1000), paused());
    let mut screen = engine.subscribe();
    go(&mut screen, 4);
    until(&mut screen, to(4));
    order(&mut screen, set("gain", 2.0)).0.unwrap();
    let (of, count) = (StepOf::Quantum, 4);
    order(&mut screen, Command::Step { of, count }).0.unwrap();
    until(&mut screen, |frame| (frame.step, frame.quantum) == (5, 1));
    order(&mut screen, set("gain", 7.0)).0.unwrap();
    order(&mut screen, set("bonus", 50.0)).0.unwrap();
    order(&mut screen, Command::Undo).0.unwrap();
    go(&mut screen, 3);
    let first = until(&mut screen, to(8));
    // Before every change, between two of them, and after.
    for back in [7, 6, 5, 2] {
        order(&mut screen, Command::Rewind(Target::Unit(back)))
            .0
            .unwrap();
        let frame = until(&mut screen, to(back));
        assert_eq!(frame.history.samples, back);
        let level = match back {
            7 => first.metrics[0] - 21.0,
            6 => first.metrics[0] - 42.0,
            5 => 5.0 + 12.0 + 6.0,
            _ => 5.0 + 6.0,
        };
        assert_eq!(frame.metrics[0], level, "at {back}");
    }
    // From there nothing of the abandoned future happens by itself.
    go(&mut screen, 6);
    assert_eq!(until(&mut screen, to(8)).metrics[0], 5.0 + 24.0);
    let branch = finish(engine, &mut screen);
    let options = Options {
        attended: false,
        ..Options::default()
    };
    assert_eq!(branch.digest, outlive(start(preset(8), options)).digest);
}

#[test]
fn a_fault_can_be_left_behind() {
    let engine = start(preset(1000), paused());
    let mut screen = engine.subscribe();
    order(&mut screen, set("limit", 30.0)).0.unwrap();
    screen.send(Command::Resume).unwrap();
    let fault = until(&mut screen, |f| matches!(f.state, RunState::Faulted(_)));
    order(&mut screen, Command::Rewind(Target::Back(3)))
        .0
        .unwrap();
    let frame = until(&mut screen, |f| f.state == RunState::Paused);
    assert!(frame.step + 2 <= fault.step);
    order(&mut screen, set("limit", 1e5)).0.unwrap();
    go(&mut screen, 20);
    until(&mut screen, to(frame.step + 20));
    finish(engine, &mut screen);
}

#[test]
fn there_is_no_way_forward_and_none_before_the_first_state() {
    let engine = start(preset(1000), paused());
    let mut screen = engine.subscribe();
    order(&mut screen, Command::Rewind(Target::Back(1)))
        .0
        .unwrap_err();
    go(&mut screen, 3);
    until(&mut screen, to(3));
    order(&mut screen, Command::Rewind(Target::Unit(3)))
        .0
        .unwrap_err();
    order(&mut screen, Command::Rewind(Target::Unit(9)))
        .0
        .unwrap_err();
    order(&mut screen, Command::Rewind(Target::Back(99)))
        .0
        .unwrap();
    assert_eq!(until(&mut screen, to(0)).metrics.len(), 1);
    finish(engine, &mut screen);
}
