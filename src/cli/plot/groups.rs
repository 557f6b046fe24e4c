//! Which metrics share a chart.

use super::source::Source;
use crate::cli::exit::Failure;
use crate::data::text;
use crate::models::table::{PanelKind, PanelSpec, Text};
use crate::preset::did_you_mean;

/// Metrics that share a chart.
pub struct Group {
    pub label: String,
    pub ids: Vec<String>,
}

impl Group {
    fn of_metric(source: &Source, id: &str) -> Self {
        Self {
            label: source.label(id),
            ids: vec![id.to_owned()],
        }
    }

    fn of_panel(spec: &PanelSpec) -> Option<Self> {
        match &spec.kind {
            PanelKind::History { metrics } => Some(Self {
                label: spec.label.to_string(),
                ids: metrics.iter().map(Text::to_string).collect(),
            }),
            _ => None,
        }
    }
}

/// What was asked for, or the charts of the overview.
/// # Errors
/// When there is no metric or panel of such a name.
pub fn groups(source: &Source, wanted: &[String]) -> Result<Vec<Group>, Failure> {
    if wanted.is_empty() {
        return Ok(overview(source));
    }
    let mut groups: Vec<Group> = Vec::new();
    let mut last = None;
    for id in wanted {
        if let Some(unit) = source.unit(id) {
            let kind = Some((unit, source.spec(id).map(|spec| spec.scale)));
            match groups.last_mut().filter(|_| last == kind) {
                Some(group) => {
                    group.label = format!("{}, {}", group.label, source.label(id));
                    group.ids.push(id.clone());
                }
                None => groups.push(Group::of_metric(source, id)),
            }
            last = kind;
        } else {
            let mut named = source.panels().iter().filter(|panel| panel.id == *id);
            let group = named.find_map(Group::of_panel);
            groups.push(group.ok_or_else(|| unknown(source, id))?);
            last = None;
        }
    }
    Ok(groups)
}

fn overview(source: &Source) -> Vec<Group> {
    let panels = source.panels().iter();
    let mut shown: Vec<&PanelSpec> = panels.filter(|panel| panel.overview > 0).collect();
    shown.sort_by_key(|panel| panel.overview);
    let groups: Vec<Group> = shown.into_iter().filter_map(Group::of_panel).collect();
    match groups.is_empty() {
        true => vec![Group::of_metric(source, &source.course().columns[1].id)],
        false => groups,
    }
}

fn unknown(source: &Source, id: &str) -> Failure {
    let columns = source.course().columns[1..].iter();
    let known: Vec<&str> = columns.map(|column| column.id.as_str()).collect();
    let hint = did_you_mean(id, known.iter().copied());
    Failure::Usage(format!(
        "--metric {}: there is no such metric{hint}; known are {}",
        text::line(id),
        known.join(", ")
    ))
}
