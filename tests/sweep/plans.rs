//! Plans: what they expand to, what is wrong with them, and that no text harms the program.

use hebbtop::models::Value;
use hebbtop::preset::{PresetError, catalogue};
use hebbtop::sweep::{MOST_POINTS, Plan};
use proptest::prelude::*;

fn parse(plan: &str) -> Result<Plan, PresetError> {
    Plan::parse("plan.toml", plan, &|name| catalogue::resolve(name))
}

fn refused(plan: &str, line: usize, words: &[&str]) {
    let error = parse(plan).unwrap_err();
    let said = error.to_string();
    assert_eq!(error.line, Some(line), "{said}");
    for word in words {
        assert!(said.contains(word), "`{said}` lacks `{word}`");
    }
}

fn reals(plan: &Plan, column: usize) -> Vec<f64> {
    (0..plan.points())
        .map(|index| match plan.point(index).values[column] {
            Some(Value::Real(x)) => x,
            ref other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn lists_ranges_draws_and_seeds_are_combined() {
    let plan = parse(
        "preset = 'pc-digits'\nseeds = [7, 9]\nlength = 5\n\
         [[point]]\nn = 3\n[[point]]\nmethod = 'exact'\n\
         [grid]\neta = { log = [0.01, 1], points = 3 }\nbatch = { linear = [10, 30], points = 3 }\n\
         [random]\npoints = 4\nparameters = { learning_rate = { log = [1e-4, 1e-2] } }\n",
    )
    .unwrap();
    assert_eq!(
        plan.columns(),
        ["n", "method", "eta", "batch", "learning_rate"]
    );
    assert_eq!(plan.points(), 2 * 3 * 3 * 4 * 2);
    let seeds: Vec<u64> = (0..4).map(|index| plan.point(index).seed).collect();
    assert_eq!(seeds, [7, 9, 7, 9]);
    assert_eq!(
        plan.point(0).values[4],
        plan.point(8).values[4],
        "draws repeat in the grid"
    );
    assert_ne!(plan.point(0).values[4], plan.point(2).values[4]);
    let batches: Vec<_> = (0..3)
        .map(|i| plan.point(8 * i).values[3].clone())
        .collect();
    assert_eq!(batches, [10, 20, 30].map(|n| Some(Value::Integer(n))));
    let eta = |index: u64| reals(&plan, 2)[index as usize];
    assert_eq!((eta(0), eta(48)), (0.01, 1.0));
    assert!((eta(24) / 0.1 - 1.0).abs() < 1e-12);
    assert_eq!(plan.point(0).values[0], Some(Value::Integer(3)));
    assert_eq!(plan.point(0).values[1], None);
    assert_eq!(plan.point(72).values[0], None);
    let preset = plan.preset_of(&plan.point(73));
    assert_eq!((preset.seed, preset.length), (9, 5));
    assert_eq!(
        preset.values.given("method"),
        Some(&Value::Choice("exact".into()))
    );
    assert!(reals(&plan, 4).iter().all(|x| (1e-4..=1e-2).contains(x)));
}

#[test]
fn complaints_name_the_line_the_value_and_what_would_be_accepted() {
    let head = "preset = 'pc-digits'\n";
    refused("seeds = 3\n", 1, &["`preset` is missing"]);
    refused("preset = 'pc-digit'\n", 1, &["did you mean `pc-digits`?"]);
    refused(
        &format!("{head}[grid]\nleraning_rate = [1]\n"),
        3,
        &["did you mean `learning_rate`?"],
    );
    refused(
        &format!("{head}[grid]\n\neta = [0.1, 'x']\n"),
        4,
        &["`eta`", "\"x\"", "a number from"],
    );
    refused(
        &format!("{head}[grid]\nmethod = ['strikt']\n"),
        3,
        &["did you mean `strict`?"],
    );
    refused(
        &format!("{head}[grid]\neta = {{ log = [0, 1], points = 3 }}\n"),
        3,
        &["positive"],
    );
    refused(
        &format!("{head}[grid]\neta = {{ log = [0.1, 1] }}\n"),
        3,
        &["`points`"],
    );
    refused(
        &format!("{head}[grid]\nn = {{ log = [1, 4], points = 9 }}\n"),
        3,
        &["`n` would be 1 twice"],
    );
    refused(
        &format!("{head}[grid]\neta = []\n"),
        3,
        &["at least one value"],
    );
    refused(
        &format!("{head}[gird]\n"),
        2,
        &["`gird` is no key", "did you mean `grid`?"],
    );
    refused(&format!("{head}seeds = [1, 1]\n"), 2, &["different ones"]);
    refused(
        &format!("{head}[grid]\neta = 0.1\n[[point]]\neta = 0.2\n"),
        3,
        &["already"],
    );
}

#[test]
fn an_absurd_number_of_points_is_refused_with_the_figure() {
    let plan = "preset = 'pc-digits'\nseeds = 1000000\n[grid]\n\
                eta = { linear = [0.1, 0.2], points = 9000000000000000000 }\n";
    refused(
        plan,
        1,
        &["9000000000000000000000000 points", &MOST_POINTS.to_string()],
    );
    let axis =
        |id: &str| format!("{id} = {{ linear = [0.1, 0.2], points = 9000000000000000000 }}\n");
    let plan = format!(
        "preset = 'pc-digits'\n[grid]\n{}{}{}",
        axis("eta"),
        axis("learning_rate"),
        axis("beta_1")
    );
    if let Err(error) = parse(&plan) {
        assert!(
            error.to_string().contains("more than") || error.to_string().contains("no parameter")
        );
    }
    // The square of the list's own size.
    let rows: String = (1..=1500)
        .map(|i| format!("[[point]]\nfreeze_{i} = true\n"))
        .collect();
    refused(
        &format!("preset = 'pc-digits'\n{rows}"),
        1,
        &["2250000 cells"],
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_text_makes_it_panic(text in "[ -~\n]{0,120}") {
        let _ = parse(&text);
    }

    #[test]
    fn what_looks_like_a_plan_does_not_either(
        seeds in prop_oneof![any::<u64>().prop_map(|n| n.to_string()), "\\[[0-9, ]{0,9}\\]"],
        key in prop_oneof![Just("eta"), Just("n"), Just("method"), Just("freeze_1"), Just("x")],
        kind in prop_oneof![Just("log"), Just("linear"), Just("points")],
        from in any::<f64>(), to in any::<f64>(), points in any::<u64>(), drawn in any::<u64>(),
    ) {
        let text = format!(
            "preset = 'pc-digits'\nseeds = {seeds}\n[grid]\n{key} = {{ {kind} = [{from:?}, {to:?}], \
             points = {points} }}\n[random]\npoints = {drawn}\n\
             parameters = {{ learning_rate = {{ log = [1e-4, 1e-2] }} }}\n"
        );
        let _ = parse(&text);
    }

    #[test]
    fn every_point_of_a_plan_is_one_that_its_model_takes(
        a in 0.001..1.0, b in 0.001..1.0, points in 1u64..20, drawn in 1u64..20, seed in any::<u64>(),
    ) {
        let text = format!(
            "preset = 'pc-digits'\n[grid]\neta = {{ log = [{a}, {b}], points = {points} }}\n[random]\n\
             points = {drawn}\nseed = {}\nparameters = {{ n = {{ linear = [1, 9] }}, learning_rate = \
             {{ log = [1e-4, 1e-2] }} }}\n", seed >> 1
        );
        if let Ok(plan) = parse(&text) {
            prop_assert_eq!(plan.points(), points * drawn);
            let low = f64::min(a, b);
            let high = f64::max(a, b);
            for index in 0..plan.points() {
                let point = plan.point(index);
                let within = |column: usize, low: f64, high: f64| match &point.values[column] {
                    Some(Value::Real(x)) => (low..=high).contains(x),
                    Some(Value::Integer(n)) => (low..=high).contains(&(*n as f64)),
                    _ => false,
                };
                prop_assert!(within(0, low, high) && within(1, 1.0, 9.0) && within(2, 1e-4, 1e-2));
            }
        }
    }
}
