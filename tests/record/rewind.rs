//! Law: going back ends in the bits of a run that never went on, whatever was changed before.

use hebbtop::engine::{Command, StepOf, Target};
use hebbtop::models::table::Value;
use hebbtop::preset::catalogue;

use super::session::Session;

/// A preset, a parameter of its model and a value, and units to do.
const RUNS: [(&str, &str, f64, u64); 8] = [
    ("pc-digits", "eta", 0.2, 4),
    ("pc-digits-strict", "eta", 0.2, 3),
    ("pc-digits-bp", "learning_rate", 1e-4, 4),
    ("balanced-ei", "r_x", 12.0, 30),
    ("balanced-kohonen", "r_x", 12.0, 30),
    ("balanced-opto", "r_x", 12.0, 30),
    ("fa-bio", "theta_0", 2e-3, 9),
    ("meta-digits", "theta_0", 2e-3, 2),
];

/// Does `units` units, with a change inside one of them.
fn course(name: &str, id: &str, value: f64, units: u64) -> Session {
    let preset = catalogue::resolve(name).unwrap();
    let mut session = Session::start(preset, None);
    session.step(StepOf::Unit, 1);
    session.quanta(1);
    let change = Command::Set {
        id: id.into(),
        value: Value::Real(value),
    };
    session
        .order(change)
        .unwrap_or_else(|why| panic!("{name}: {why}"));
    while session.step(StepOf::Unit, 1).step < units {}
    session
}

#[test]
fn every_model_goes_back_bit_for_bit() {
    for (name, id, value, units) in RUNS {
        let straight = course(name, id, value, units).end();
        let mut session = course(name, id, value, units);
        session.step(StepOf::Unit, 2);
        session.quanta(1);
        session.does(Command::Rewind(Target::Unit(units)));
        let back = session.end();
        assert_eq!((back.step, back.quantum), (units, 0), "{name}");
        assert_eq!(back.digest, straight.digest, "{name}");
    }
}
