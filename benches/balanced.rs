//! `cargo bench --bench balanced`: a simulated millisecond of the networks of 5000 that the presets
//! `bench-balanced-static`, `-ei` and `-kohonen` have, by deferred and by direct updates, and the
//! building of the network.

mod timed;

use criterion::{Criterion, criterion_group, criterion_main};
use hebbtop::models::panel::{PanelRequest, Reduce};
use hebbtop::models::table::PanelKind;

const NETWORKS: [(&str, &[&str]); 5] = [
    ("static", &[]),
    ("EI", &["ei_homeo=on"]),
    ("EI direct", &["ei_homeo=on", "updates=direct"]),
    (
        "Kohonen + EI + II",
        &[
            "ee_kohonen=on",
            "ee_kohonen_eta=1e-3",
            "ei_homeo=on",
            "ii_homeo=on",
        ],
    ),
    (
        "Kohonen + EI + II direct",
        &[
            "ee_kohonen=on",
            "ee_kohonen_eta=1e-3",
            "ei_homeo=on",
            "ii_homeo=on",
            "updates=direct",
        ],
    ),
];

fn milliseconds(c: &mut Criterion) {
    let mut group = c.benchmark_group("simulated millisecond");
    group.sample_size(20);
    for (name, settings) in NETWORKS {
        let mut model = timed::build("balanced", settings.iter().copied()).expect("allowed values");
        // Beyond the first transient.
        for _ in 0..200 {
            timed::unit(model.as_mut()).expect("no fault");
        }
        group.bench_function(name, |b| {
            b.iter(|| timed::unit(model.as_mut()).expect("no fault"));
        });
    }
    group.finish();
}

fn building(c: &mut Criterion) {
    let mut group = c.benchmark_group("network of 5000");
    group.sample_size(10);
    group.bench_function("built", |b| {
        b.iter(|| timed::build("balanced", []).expect("allowed values"))
    });
    group.finish();
}

/// Every panel that the model draws, at the size of a large terminal: none may take 10 ms.
fn panels(c: &mut Criterion) {
    let mut group = c.benchmark_group("panel of a network of 5000");
    group.sample_size(10);
    let rules = ["ei_homeo=on", "ii_homeo=on", "ee_kohonen=on"];
    let mut model = timed::build("balanced", rules).expect("allowed values");
    for _ in 0..1500 {
        timed::unit(model.as_mut()).expect("no fault");
    }
    for (number, spec) in model.description().panels.iter().enumerate() {
        if matches!(spec.kind, PanelKind::History { .. }) {
            continue;
        }
        let request = PanelRequest {
            panel: number,
            // The dearest order of the matrix, the longest sweep.
            item: if spec.id == "raster" { 2 } else { 1 },
            rows: 112,
            cols: 224,
            reduce: Reduce::Mean,
            window: None,
            cursor: None,
        };
        group.bench_function(&*spec.id, |b| b.iter(|| model.panel(&request)));
    }
    group.finish();
}

criterion_group!(benches, milliseconds, building, panels);
criterion_main!(benches);
