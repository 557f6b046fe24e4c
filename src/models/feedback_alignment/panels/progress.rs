//! Where a run stands inside its episode, so that a slow one is visibly alive.

use super::super::episode::Phase;
use super::super::meta::{Meta, Stage};
use super::super::model::{FeedbackAlignment, Run};
use super::super::online::{self, Online};
use super::metric;
use crate::models::panel::{Bar, BarChart, PanelData};

pub fn bars(model: &FeedbackAlignment) -> PanelData {
    match &model.state.run {
        Run::Meta(meta) => of_meta(model, meta),
        Run::Online(online) => of_online(model, online),
    }
}

fn bar(label: &str, (done, all): (usize, usize), marked: bool) -> Bar {
    Bar {
        label: label.into(),
        value: if all == 0 {
            0.0
        } else {
            done as f64 / all as f64
        },
        marked,
    }
}

fn of_meta(model: &FeedbackAlignment, meta: &Meta) -> PanelData {
    let episode = &meta.episode;
    let (steps, judged) = (episode.task().stream.len(), episode.task().query.len());
    let from = episode.outcomes().from;
    let back = steps - from;
    let whole = |done: bool, all: usize| (if done { all } else { 0 }, all);
    // How far each part is, and which is going on.
    let (adapt, query, observe, reverse, now) = match (meta.stage, episode.phase()) {
        (Stage::Draw, _) if meta.number == 0 => (0, 0, 0, 0, "at the start".to_owned()),
        (Stage::Draw, _) => (steps, judged, judged, back, "episode done".to_owned()),
        (_, Phase::Adapt { t }) => (t, 0, 0, 0, format!("online step {} of {steps}", t + 1)),
        (_, Phase::Query { i }) => (steps, i, 0, 0, format!("judging {} of {judged}", i + 1)),
        (_, Phase::Observe { i }) => (
            steps,
            judged,
            i,
            0,
            format!("measuring {} of {judged}", i + 1),
        ),
        (_, Phase::Reverse { t }) => {
            let done = steps - t - 1;
            (
                steps,
                judged,
                judged,
                done,
                format!("reverse step {} of {back}", done + 1),
            )
        }
        (Stage::TestDraw(task) | Stage::Test(task), Phase::Done) => {
            let all = model.settings.test_tasks;
            (
                steps,
                judged,
                judged,
                back,
                format!("meta-test, task {} of {all}", task + 1),
            )
        }
        (Stage::Episode, Phase::Done) => (steps, judged, judged, back, String::new()),
    };
    let phase = episode.phase();
    let live = meta.stage == Stage::Episode;
    let mut bars = vec![
        bar(
            "adapt",
            (adapt, steps),
            live && matches!(phase, Phase::Adapt { .. }),
        ),
        bar(
            "query",
            (query, judged),
            live && matches!(phase, Phase::Query { .. }),
        ),
    ];
    if episode.plan().observe {
        let now = live && matches!(phase, Phase::Observe { .. });
        bars.push(bar("measure", (observe, judged), now));
    }
    if episode.plan().gradient {
        let now = live && matches!(phase, Phase::Reverse { .. });
        bars.push(bar("reverse", (reverse, back), now));
    }
    if model.settings.test_every > 0 {
        let (share, now) = match meta.stage {
            Stage::TestDraw(task) => (task as f64, true),
            Stage::Test(task) => {
                let (done, all) = meta.trial_progress();
                (task as f64 + done as f64 / all.max(1) as f64, true)
            }
            _ => (0.0, false),
        };
        bars.push(Bar {
            label: "meta-test".into(),
            value: match meta.stage {
                Stage::Draw if meta.number.is_multiple_of(model.settings.test_every) => {
                    whole(meta.number > 0, 1).0 as f64
                }
                _ => share / model.settings.test_tasks as f64,
            },
            marked: now,
        });
    }
    let mut caption = vec![format!("episode {}: {now}", meta.number + u64::from(live))];
    let classes: Vec<String> = meta
        .draw
        .classes
        .iter()
        .map(|&class| model.images.set.class_name(class.into()))
        .collect();
    if !classes.is_empty() {
        caption.push(format!("classes {}", classes.join(" ")));
    }
    if from > 0 {
        caption.push(format!(
            "edited: the gradient is over the steps after {from}"
        ));
    }
    if let Some(why) = &meta.why {
        caption.push(format!("skipped: {why}"));
    }
    if meta.skipped > 0 {
        caption.push(format!("{} episodes skipped so far", meta.skipped));
    }
    PanelData::Bars(BarChart {
        caption,
        bars,
        full: Some(1.0),
    })
}

fn of_online(model: &FeedbackAlignment, online: &Online) -> PanelData {
    let (tests, observed) = (model.sources.test.len(), model.sources.observed().count());
    let every = model.settings.test_every;
    let since = online.seen.checked_rem(every).unwrap_or(0);
    let (test, observe, now) = match online.stage {
        online::Stage::Learn => (0, 0, String::new()),
        online::Stage::Test(i) => (i, 0, format!(", testing {} of {tests}", i + 1)),
        online::Stage::Observe(i) => (tests, i, format!(", measuring {} of {observed}", i + 1)),
    };
    let (done, all) = online.epoch();
    let mut bars = vec![bar(
        "epoch",
        (done, all),
        online.stage == online::Stage::Learn,
    )];
    if every > 0 {
        bars.push(bar("next test", (since as usize, every as usize), false));
        let testing = matches!(online.stage, online::Stage::Test(_));
        bars.push(bar("test", (test, tests), testing));
        let observing = matches!(online.stage, online::Stage::Observe(_));
        bars.push(bar("measure", (observe, observed), observing));
    }
    let loss = metric(model, |places| places.train_loss);
    let mut caption = vec![format!("sample {}{now}", online.seen)];
    if loss.is_finite() {
        caption.push(format!("running loss {loss:.3}"));
    }
    PanelData::Bars(BarChart {
        caption,
        bars,
        full: Some(1.0),
    })
}
