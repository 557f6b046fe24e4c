//! The result of a run, or of several seeds, as one JSON object.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Instant;

use serde::Serialize;

use super::headless::{Report, Summary};
use super::process;
use super::several::Seeds;
use crate::engine::isa;
use crate::models::FaultKind;

/// Raised when a key changes its meaning or goes away.
const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Run<'a> {
    schema_version: u32,
    version: &'static str,
    preset: &'a str,
    variant: Option<&'a str>,
    model: &'a str,
    seed: u64,
    unit: &'a str,
    /// Units done.
    steps: u64,
    /// Seconds of simulated time; null for a model without time.
    sim_time_s: Option<f64>,
    /// From reading the preset to the first step.
    setup_s: f64,
    /// From the first step to the end.
    wall_s: f64,
    /// Processor time of the whole process in the same stretch.
    cpu_s: f64,
    peak_rss_bytes: u64,
    isa: String,
    /// Null for a model without images.
    data: Option<Data<'a>>,
    /// Null where there is no finite value.
    metrics: BTreeMap<&'a str, Option<f64>>,
    fault: Option<Fault<'a>>,
    /// The breakpoint that ended the run, with its values.
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped_by: Option<&'a str>,
    /// 16 hexadecimal digits over the state; clocks are no part of it.
    digest: &'a str,
}

#[derive(Serialize)]
struct Data<'a> {
    name: &'a str,
    sha256: &'a str,
}

#[derive(Serialize)]
struct Fault<'a> {
    kind: FaultKind,
    what: &'a str,
    step: u64,
}

/// Several runs of one experiment.
#[derive(Serialize)]
struct Several<'a> {
    schema_version: u32,
    version: &'static str,
    preset: &'a str,
    variant: Option<&'a str>,
    model: &'a str,
    threads: u32,
    /// From reading the preset to the end of the last run.
    wall_s: f64,
    /// Processor time of the whole process.
    cpu_s: f64,
    /// Over all runs; only metrics that all of them have.
    summary: BTreeMap<&'a str, Spread>,
    /// In the order of seeds. Processor time is that of the process while the run went on.
    runs: Vec<Run<'a>>,
}

#[derive(Serialize)]
struct Spread {
    least: f64,
    mean: f64,
    most: f64,
}

pub fn write(out: &mut impl Write, report: &Report) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &of(report))?;
    writeln!(out)
}

pub fn write_all(
    out: &mut impl Write,
    reports: &[Report],
    seeds: Seeds,
    begun: Instant,
) -> io::Result<()> {
    let Some(Report { finished, .. }) = reports.first() else {
        return Ok(());
    };
    let metrics = finished.description.metrics.iter().enumerate();
    let spread = |i: usize| {
        Summary::of(reports.iter().map(|report| report.finished.metrics[i])).map(|all| Spread {
            least: all.least,
            mean: all.mean,
            most: all.most,
        })
    };
    let several = Several {
        schema_version: SCHEMA_VERSION,
        version: env!("CARGO_PKG_VERSION"),
        preset: &finished.preset.name,
        variant: finished.preset.variant.as_deref(),
        model: &finished.preset.model,
        threads: seeds.threads,
        wall_s: begun.elapsed().as_secs_f64(),
        cpu_s: process::cpu_time().as_secs_f64(),
        summary: metrics
            .filter_map(|(i, spec)| Some((spec.id.as_ref(), spread(i)?)))
            .collect(),
        runs: reports.iter().map(of).collect(),
    };
    serde_json::to_writer(&mut *out, &several)?;
    writeln!(out)
}

fn of(report: &Report) -> Run<'_> {
    let finished = &report.finished;
    let description = &finished.description;
    let metrics = description.metrics.iter().zip(&finished.metrics);
    Run {
        schema_version: SCHEMA_VERSION,
        version: env!("CARGO_PKG_VERSION"),
        preset: &finished.preset.name,
        variant: finished.preset.variant.as_deref(),
        model: &finished.preset.model,
        seed: finished.seed,
        unit: &description.unit,
        steps: finished.step,
        sim_time_s: description
            .seconds_per_unit
            .map(|seconds| seconds * finished.step as f64),
        setup_s: report.setup.as_secs_f64(),
        wall_s: finished.wall.as_secs_f64(),
        cpu_s: report.cpu.as_secs_f64(),
        peak_rss_bytes: process::peak_rss_bytes(),
        isa: isa(),
        data: finished
            .data
            .as_ref()
            .map(|(name, sha256)| Data { name, sha256 }),
        metrics: metrics
            .map(|(spec, value)| (spec.id.as_ref(), Some(*value).filter(|x| x.is_finite())))
            .collect(),
        fault: finished.fault().map(|fault| Fault {
            kind: fault.kind,
            what: &fault.what,
            step: finished.step,
        }),
        stopped_by: finished.stopped_by.as_deref(),
        digest: &finished.digest,
    }
}
