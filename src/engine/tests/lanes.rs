//! Forks of the counter, whose level after unit `n` is `5 + 3 n` while nobody changes it.

use super::*;

/// A run beside that of `screen`, in its state.
fn fork(screen: &mut Subscription) -> (Engine, Subscription) {
    let (give, given) = bounded(1);
    let give = Box::new(move |engine| drop(give.send(engine)));
    screen.fork("B".into(), give).unwrap();
    let engine = given.recv().unwrap().unwrap();
    let subscription = engine.subscribe();
    (engine, subscription)
}

fn go(screen: &mut Subscription, of: StepOf, count: u64) {
    order(screen, Command::Step { of, count }).0.unwrap();
}

fn paused_at(screen: &mut Subscription, step: u64, quantum: u64) -> Frame {
    until(screen, |frame| {
        frame.state == RunState::Paused && (frame.step, frame.quantum) == (step, quantum)
    })
}

fn done(screen: &mut Subscription) -> Frame {
    until(screen, |frame| frame.state == RunState::Done)
}

#[test]
fn a_fork_with_nothing_changed_ends_in_the_same_digest_also_from_inside_a_unit() {
    let parent = start(preset(300), paused());
    let mut a = parent.subscribe();
    go(&mut a, StepOf::Quantum, 8);
    paused_at(&mut a, 2, 2);
    order(&mut a, set("bonus", 4.0)).0.unwrap();
    let (child, mut b) = fork(&mut a);
    let frame = paused_at(&mut b, 2, 2);
    assert_eq!(frame.history.samples, 2, "it has the same past");
    assert_eq!(frame.pending, [(1, Value::Real(4.0))], "and what waits");
    for screen in [&mut a, &mut b] {
        screen.send(Command::Resume).unwrap();
    }
    done(&mut a);
    done(&mut b);
    let digest = finish(parent, &mut a).digest;
    assert_eq!(finish(child, &mut b).digest, digest);
}

#[test]
fn what_is_changed_in_a_lane_does_not_touch_the_other() {
    let alone = start(preset(300), Options::default());
    let mut screen = alone.subscribe();
    done(&mut screen);
    let undisturbed = finish(alone, &mut screen).digest;

    let parent = start(preset(300), paused());
    let mut a = parent.subscribe();
    go(&mut a, StepOf::Unit, 50);
    paused_at(&mut a, 50, 0);
    let (child, mut b) = fork(&mut a);
    order(&mut b, set("gain", 2.0)).0.unwrap();
    for screen in [&mut a, &mut b] {
        screen.send(Command::Resume).unwrap();
    }
    done(&mut a);
    assert_eq!(done(&mut b).metrics[0], 5.0 + 150.0 + 250.0 * 6.0);
    assert_ne!(finish(child, &mut b).digest, undisturbed);
    assert_eq!(finish(parent, &mut a).digest, undisturbed);
}

#[test]
fn lanes_in_step_pause_at_the_same_place() {
    // Flat out the counter would be at its limit before the test is over.
    let options = Options {
        pace: Pace::Units(20_000.0),
        ..Options::default()
    };
    let parent = start(preset(100_000_000), options);
    let mut a = parent.subscribe();
    until(&mut a, |frame| frame.step > 10);
    let (child, mut b) = fork(&mut a);
    until(&mut b, |frame| frame.step > 100);
    for _ in 0..20 {
        a.send(Command::Pause).unwrap();
        let here = until(&mut a, |frame| frame.state == RunState::Paused);
        paused_at(&mut b, here.step, here.quantum);
        a.send(Command::Resume).unwrap();
        b.send(Command::Resume).unwrap();
        until(&mut b, |frame| frame.step > here.step + 5);
    }
    finish(child, &mut b);
    finish(parent, &mut a);
}

#[test]
fn a_lane_in_fault_or_gone_holds_nobody_up() {
    let parent = start(preset(100_000_000), Options::default());
    let mut a = parent.subscribe();
    until(&mut a, |frame| frame.step > 10);
    let (child, mut b) = fork(&mut a);
    order(&mut b, set("limit", 0.0)).0.unwrap();
    let fault = until(&mut b, |f| matches!(f.state, RunState::Faulted(_)));
    until(&mut a, |frame| frame.step > fault.step + 100);
    let (third, mut c) = fork(&mut a);
    drop(third);
    let here = until(&mut c, |_| true).step;
    drop(c);
    until(&mut a, |frame| frame.step > here + 1000);
    finish(child, &mut b);
    finish(parent, &mut a);
}

#[test]
fn free_lanes_go_their_own_pace() {
    let parent = start(preset(100_000_000), Options::default());
    let mut a = parent.subscribe();
    let (child, mut b) = fork(&mut a);
    order(&mut b, Command::SetPace(Pace::Units(1.0))).0.unwrap();
    order(&mut b, Command::InStep(false)).0.unwrap();
    let slow = until(&mut b, |_| true).step;
    until(&mut a, |frame| frame.step > slow + 10_000);
    finish(child, &mut b);
    finish(parent, &mut a);
}

#[test]
fn the_journal_says_where_a_lane_was_forked_and_the_lane_has_a_whole_one() {
    let (sender, records) = crossbeam_channel::unbounded();
    let options = Options {
        record: Some(sender),
        ..paused()
    };
    let parent = start(preset(300), options);
    let mut a = parent.subscribe();
    go(&mut a, StepOf::Quantum, 4);
    paused_at(&mut a, 1, 1);
    let (child, mut b) = fork(&mut a);
    finish(child, &mut b);
    finish(parent, &mut a);
    let forks: Vec<Entry> = records
        .try_iter()
        .filter_map(|record| match record {
            Record::Journal(entry) => Some(entry),
            _ => None,
        })
        .collect();
    let lane = "B".to_owned();
    let fork = Entry {
        step: 1,
        quantum: 1,
        event: Event::Fork { lane },
    };
    assert_eq!(forks, [fork]);
}
