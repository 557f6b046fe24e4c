//! The charts: their common stretch of time, their crosshair, their axes.

use crate::models::table::{PanelKind, Scale};
use crate::ui::action::ChartAction;
use crate::ui::state::State;
use crate::ui::state::run::{Run, SMOOTHING, Tone};
use crate::ui::state::tab::Focus;

/// Steps of the crosshair across a chart.
const CROSSHAIR_STEPS: u64 = 100;

pub fn update(state: &mut State, action: ChartAction) {
    let Some(run) = &mut state.run else { return };
    let samples = run.history.samples();
    match action {
        ChartAction::ZoomIn | ChartAction::ZoomOut => {
            let fixed = run.crosshair.map(|step| step.saturating_sub(1));
            run.stretch
                .zoom(action == ChartAction::ZoomIn, samples, fixed);
        }
        ChartAction::Move(by) if run.crosshair.is_some() => move_crosshair(run, by),
        ChartAction::Move(by) => {
            if run.stretch.is_whole() {
                run.say(Tone::Plain, "the whole run is shown: + zooms in");
            }
            run.stretch.pan(by, samples);
        }
        ChartAction::Oldest => match run.crosshair {
            Some(_) => set_crosshair(run, 1),
            None => run.stretch.oldest(samples),
        },
        ChartAction::Newest => match run.crosshair {
            Some(_) => set_crosshair(run, samples),
            None => run.stretch.newest(),
        },
        ChartAction::Live => run.stretch.whole(),
        ChartAction::ToggleLog => toggle_log(run),
        ChartAction::Smoothing => {
            run.smoothing = (run.smoothing + 1) % SMOOTHING.len();
            let words = match SMOOTHING[run.smoothing] {
                0.0 => "no smoothing".to_owned(),
                keep => format!("smoothed: every sample keeps {keep} of the past; raw behind"),
            };
            run.say(Tone::Plain, words);
        }
        ChartAction::Crosshair => toggle_crosshair(run),
    }
}

fn toggle_crosshair(run: &mut Run) {
    if run.crosshair.take().is_some() {
        return;
    }
    let samples = run.history.samples();
    let (from, to) = run.stretch.range(samples, run.planned());
    if samples > 0 {
        run.crosshair = Some((from + to.min(samples)).div_ceil(2).max(1));
        if !focus_is_chart(run)
            && let Some(first) = charts(run).first()
        {
            run.set_focus(Focus::Panel(*first));
        }
    }
}

fn move_crosshair(run: &mut Run, by: i32) {
    let (from, to) = run.stretch.range(run.history.samples(), run.planned());
    let by = i64::from(by) * ((to - from) / CROSSHAIR_STEPS).max(1) as i64;
    let here = run.crosshair.unwrap_or(1);
    set_crosshair(run, here.saturating_add_signed(by));
}

fn set_crosshair(run: &mut Run, step: u64) {
    let samples = run.history.samples();
    let step = step.clamp(1, samples.max(1));
    run.crosshair = Some(step);
    run.stretch.include(step - 1, samples);
}

fn focus_is_chart(run: &Run) -> bool {
    matches!(run.focus(), Focus::Panel(panel) if is_history(run, panel))
}

fn is_history(run: &Run, panel: usize) -> bool {
    matches!(run.panel_kind(panel), Some(PanelKind::History { .. }))
}

/// The charts over time of the present view.
fn charts(run: &Run) -> Vec<usize> {
    let panels = run.tab().map_or(&[][..], |tab| &tab.panels);
    let history = |panel: &usize| is_history(run, *panel);
    panels.iter().copied().filter(history).collect()
}

/// Turns the axis of the chart under focus, or of the first.
fn toggle_log(run: &mut Run) {
    let panels = run.tab().map_or(&[][..], |tab| &tab.panels);
    let drawn_as_chart = |panel: &usize| {
        run.shows_chart(&[*panel]) || matches!(run.panel_kind(*panel), Some(PanelKind::Histogram))
    };
    let target = match run.focus() {
        Focus::Panel(panel) if drawn_as_chart(&panel) => Some(panel),
        _ => panels.iter().copied().find(drawn_as_chart),
    };
    let Some(panel) = target else { return };
    let now_log = is_log(run, panel);
    if let Some(shown) = run.panels.get_mut(panel) {
        shown.log_axis = Some(!now_log);
    }
}

/// Whether the chart of `panel` has a logarithmic axis.
pub fn is_log(run: &Run, panel: usize) -> bool {
    use crate::models::panel::PanelData;
    let Some(shown) = run.panels.get(panel) else {
        return false;
    };
    if let Some(chosen) = shown.log_axis {
        return chosen;
    }
    match run.panel_kind(panel) {
        Some(PanelKind::History { metrics }) => metrics
            .iter()
            .filter_map(|id| run.description()?.metrics.iter().find(|m| m.id == *id))
            .any(|metric| metric.scale == Scale::Log),
        _ => matches!(
            shown.drawn.as_ref().map(|drawn| &drawn.data),
            Some(PanelData::Curves(curves)) if curves.y_scale == Scale::Log
        ),
    }
}
