//! `cargo bench --bench predictive_coding`: training steps of 784-300-100-10 with batches of 300, as
//! preset `bench-pc-mlp` has them, and the matrix products that they spend their time in.

mod timed;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hebbtop::models::nn::matmul::{Packed, product, transposed_product};

const NETWORK: [&str; 4] = [
    "network=300 + relu / 100 + relu / 10",
    "batch=300",
    "compare_every=0",
    "test_every=0",
];

fn steps(c: &mut Criterion) {
    let mut group = c.benchmark_group("training step");
    group.sample_size(20);
    let methods: [(&str, &[&str]); 5] = [
        ("backprop", &["method=backprop"]),
        ("Exact", &["method=exact"]),
        (
            "FixedPred closed form",
            &["method=fixedpred", "closed_form=on"],
        ),
        ("FixedPred 0.1 x 20", &["method=fixedpred"]),
        ("Strict 0.1 x 20", &["method=strict"]),
    ];
    for (name, method) in methods {
        let settings = NETWORK.into_iter().chain(method.iter().copied());
        let mut model = timed::build("predictive-coding", settings).expect("allowed values");
        group.bench_function(name, |b| {
            b.iter(|| timed::unit(model.as_mut()).expect("no fault"));
        });
    }
    group.finish();
}

/// Floating-point operations a second are what `elements` counts.
fn products(c: &mut Criterion) {
    let mut group = c.benchmark_group("matrix product");
    for (m, k, n) in [(300, 784, 300), (300, 300, 100), (300, 100, 10)] {
        let a: Vec<f32> = (0..m * k).map(|i| (i as f32).sin()).collect();
        let b: Vec<f32> = (0..k * n).map(|i| (i as f32).cos()).collect();
        let mut c = vec![0.0; m * n];
        let mut packed = Packed::default();
        packed.set(k, n, &b);
        group.throughput(Throughput::Elements(2 * (m * k * n) as u64));
        group.bench_function(format!("{m}x{k} {k}x{n}"), |bencher| {
            bencher.iter(|| product(black_box(&a), &packed, &mut c, false));
        });
        // The gradient of the weights: [k, m] x [m, n], where the batch is the inner dimension.
        let errors: Vec<f32> = (0..m * n).map(|i| (i as f32).cos()).collect();
        let mut gradient = vec![0.0; k * n];
        packed.set(m, n, &errors);
        group.bench_function(format!("{m}x{k} transposed, {m}x{n}"), |bencher| {
            bencher.iter(|| transposed_product(black_box(&a), &packed, &mut gradient, false));
        });
    }
    group.finish();
}

criterion_group!(benches, steps, products);
criterion_main!(benches);
