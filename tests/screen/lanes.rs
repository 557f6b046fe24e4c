//! Several lanes on one screen.

use hebbtop::engine::Command;
use hebbtop::models::table::Value;

use crate::stage::Stage;

/// A run with a fork that has the keys, another eta, and gone a little further.
fn forked(width: u16, height: u16) -> Stage {
    let mut stage = Stage::at(640, width, height);
    stage.press("F").frames(2).press("]").frames(1);
    stage.press(":").enter("set eta 0.2").frames(1);
    stage.run.advance(60);
    stage.beside[0].1.advance(20);
    stage.frames(3);
    stage
}

fn pictures(name: &str, keys: &str) {
    for (width, height) in [(120, 40), (80, 24)] {
        let mut stage = forked(width, height);
        stage.press(keys).frames(3);
        insta::assert_snapshot!(format!("lanes_{name}_{width}x{height}"), stage.text());
    }
}

#[test]
fn curves_lie_over_each_other() {
    pictures("learning", "2");
}

#[test]
fn a_table_compares() {
    pictures("compare", "C");
}

#[test]
fn heat_maps_show_the_difference() {
    pictures("difference", "3 tab d");
}

#[test]
fn a_median_stands_for_all() {
    let mut stage = forked(120, 40);
    stage.press("2 :").enter("fold").frames(2);
    let text = stage.text();
    assert!(text.contains("median loss"), "{text}");
}

#[test]
fn keys_act_on_the_lane_under_focus_alone() {
    let mut stage = forked(120, 40);
    assert_eq!(stage.lane, 1);
    assert_eq!(stage.run.values[0], Value::Real(0.2));
    assert_eq!(stage.beside[0].1.values[0], Value::Real(0.1));
    stage.press("[").frames(2);
    assert_eq!(stage.lane, 0);
    assert!(stage.text().contains("[▪A]"), "{}", stage.text());
}

#[test]
fn the_view_stays_where_it_is_when_the_lane_changes() {
    let mut stage = forked(120, 40);
    stage.press("3 tab [").frames(2);
    assert_eq!(stage.screen().tab, 2);
    assert!(stage.text().contains("[3 Weights"), "{}", stage.text());
}

#[test]
fn lanes_end_and_the_main_one_does_not() {
    let mut stage = forked(120, 40);
    stage.press(":").enter("kill A");
    let text = stage.text();
    assert!(text.contains("A is the main run"), "{text}");
    stage.press("esc : ").enter("kill").frames(1);
    assert_eq!(stage.lane, 0);
    assert!(stage.state.lanes.is_alone() && stage.beside.is_empty());
    stage.press("]");
    assert!(stage.message().contains("F forks"), "{}", stage.message());
    stage.press("F").frames(1).press("] :").enter("promote");
    assert_eq!(stage.lane, 1);
    assert!(stage.state.lanes.is_alone());
    stage.press(":").enter("kill");
    assert!(stage.message().contains("B is the main run"));
}

#[test]
fn there_are_four_lanes_at_most() {
    let mut stage = Stage::at(100, 120, 40);
    for _ in 0..3 {
        stage.press("F").frames(1);
    }
    stage.press("F");
    let message = stage.message();
    assert!(message.contains("there are 4 lanes"), "{message}");
    assert_eq!(stage.beside.len(), 3);
}

#[test]
fn lanes_run_in_step_or_freely() {
    let mut stage = forked(120, 40);
    stage.press(":").enter("lanes free").frames(1);
    assert_eq!(stage.sent.last(), Some(&Command::InStep(false)));
    assert!(stage.text().contains("free"));
    stage.press(":").enter("lanes step");
    assert_eq!(stage.sent.last(), Some(&Command::InStep(true)));
    stage.press(":").enter("lanes sideways");
    assert!(stage.text().contains("lanes takes step or free"));
}
