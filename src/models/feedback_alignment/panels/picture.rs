//! One image, and what the network makes of it.

use super::super::learner::Workspace;
use super::super::model::{FeedbackAlignment, Run};
use super::super::params::{Mode, Settings};
use super::super::trace::Trace;
use crate::models::grid::{Meaning, pool};
use crate::models::nn::loss::largest;
use crate::models::panel::{Bar, PanelData, PanelRequest, Picture};
use crate::models::table::{Text, text};

/// Images beside the present one that can be leafed through.
const JUDGED: usize = 50;

/// The most classes that have a bar.
const BARS: usize = 10;

/// The present image, then those by which the network is judged.
pub fn items(settings: &Settings) -> Vec<Text> {
    let what = match settings.mode {
        Mode::Meta => "query image",
        Mode::Online => "test image",
    };
    let judged = (1..=JUDGED).map(|i| Text::from(format!("{what} {i}")));
    std::iter::once(text("present image"))
        .chain(judged)
        .collect()
}

pub fn draw(model: &FeedbackAlignment, request: &PanelRequest) -> PanelData {
    let shown = match request.item.checked_sub(1) {
        None => present(model),
        Some(i) => judged(model, i),
    };
    let Some((image, name, probabilities)) = shown else {
        return PanelData::Nothing("no image has been shown yet".into());
    };
    let set = &model.images.set;
    let label = usize::from(model.images.label(image));
    let guess = largest(&probabilities);
    let verdict = if guess == label { "right" } else { "wrong" };
    let bytes = model.images.bytes(image);
    let level = |row: usize, col: usize| f32::from(bytes[row * set.cols + col]) / 255.0;
    let meaning = Meaning {
        row_label: "row",
        col_label: "column",
        unit: "",
        signed: false,
    };
    let called = |class: usize| match class < set.classes {
        true => set.class_name(class),
        false => class.to_string(),
    };
    PanelData::Image(Picture {
        image: pool((set.rows, set.cols), level, request, meaning),
        caption: vec![
            name,
            format!("true class {}", called(label)),
            format!("{verdict}: {} {:.3}", called(guess), probabilities[guess]),
        ],
        bars: classes(model, &probabilities, label)
            .into_iter()
            .map(|class| Bar {
                label: called(class),
                value: probabilities[class].into(),
                marked: class == label,
            })
            .collect(),
    })
}

/// The classes of the task, or else the most probable and the true one; and any that is believed in.
fn classes(model: &FeedbackAlignment, probabilities: &[f32], label: usize) -> Vec<usize> {
    let mut likely: Vec<usize> = (0..probabilities.len()).collect();
    likely.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]));
    let mut chosen: Vec<usize> = match &model.state.run {
        Run::Meta(meta) => meta
            .draw
            .classes
            .iter()
            .map(|&class| class.into())
            .collect(),
        Run::Online(_) => vec![label],
    };
    for class in likely {
        if chosen.len() < BARS && !chosen.contains(&class) {
            chosen.push(class);
        }
    }
    chosen.truncate(BARS.max(model.settings.size.ways));
    chosen.sort_unstable();
    chosen.dedup();
    chosen
}

type Shown = (u32, String, Vec<f32>);

fn present(model: &FeedbackAlignment) -> Option<Shown> {
    match &model.state.run {
        Run::Online(online) => {
            let name = format!("sample {}", online.seen);
            Some((online.image?, name, online.trace.probabilities().to_vec()))
        }
        Run::Meta(meta) => {
            let (step, trace) = meta.last_step()?;
            let image = *meta.draw.shown.get(step)?;
            let name = format!("online step {}", step + 1);
            Some((image, name, trace.probabilities().to_vec()))
        }
    }
}

fn judged(model: &FeedbackAlignment, i: usize) -> Option<Shown> {
    let (image, name) = match &model.state.run {
        Run::Online(_) => {
            let all: Vec<u32> = model.sources.observed().collect();
            (*all.get(i % all.len().max(1))?, "test image")
        }
        Run::Meta(meta) => {
            let all = &meta.draw.judged;
            (*all.get(i % all.len().max(1))?, "query image")
        }
    };
    let mut x = Vec::new();
    model.images.grey(image, &mut x);
    let mut trace = Trace::new(&model.network);
    let mut work = Workspace::new(&model.network);
    model.learner().forward(&x, &mut trace, &mut work);
    let name = format!("{name} {}", i + 1);
    Some((image, name, trace.probabilities().to_vec()))
}
