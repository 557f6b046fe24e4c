//! The panel under focus as a file: a figure, numbers, or the cells of the screen.

use std::fmt::Write as _;
use std::fs::Permissions;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use ratatui::buffer::Buffer;

use super::state::State;
use super::state::run::Run;
use super::state::tab::Focus;
use super::theme::{Background, Depth, Theme};
use super::update::chart::is_log;
use super::view::layout::{Slot, places};
use super::view::{Memory, history, panel};
use crate::data::text::csv_cell;
use crate::figure::plot::{Chart, Curve, Plot};
use crate::figure::sheet::Sheet;
use crate::figure::{map, plot, raster, svg};
use crate::models::panel::{PanelData, TableCell};
use crate::models::table::{PanelKind, Scale};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Svg,
    Csv,
    Text,
}

impl Form {
    fn extension(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Csv => "csv",
            Self::Text => "txt",
        }
    }
}

/// Writes the panel under focus into the folder of the recording, or else into the working folder;
/// gives the path.
/// # Errors
/// Says why there is nothing to write, or what the system refused.
pub fn export(state: &State, form: Form) -> Result<String, String> {
    let run = state.run.as_ref().ok_or("nothing is running")?;
    let Focus::Panel(number) = run.focus() else {
        return Err("no panel has the focus: tab goes to one".into());
    };
    let spec = run.description().and_then(|table| table.panels.get(number));
    let spec = spec.ok_or("the tables are not here yet")?;
    let content = match form {
        Form::Svg => figure(run, number)?,
        Form::Csv => table(run, number)?,
        Form::Text => cells(state, run, number)?,
    };
    let folder = run.frame.as_ref().and_then(|frame| frame.recording.clone());
    let folder = folder.map_or(PathBuf::from("."), PathBuf::from);
    let stem = format!("{}-{}", spec.id, run.shown_step());
    let path = put(&folder, &stem, form.extension(), content.as_bytes());
    let path = path.map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(path.display().to_string())
}

/// A new file, whole or not at all; where there is one of that name a number is added to the name.
fn put(folder: &Path, stem: &str, extension: &str, content: &[u8]) -> io::Result<PathBuf> {
    let mut file = tempfile::Builder::new()
        .prefix(".hebbtop-")
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder)?;
    file.write_all(content)?;
    let mut name = format!("{stem}.{extension}");
    let mut number = 1;
    loop {
        let path = folder.join(&name);
        file = match file.persist_noclobber(&path) {
            Ok(_) => return Ok(path),
            Err(refused) if refused.error.kind() == io::ErrorKind::AlreadyExists => refused.file,
            Err(refused) => return Err(refused.error),
        };
        number += 1;
        name = format!("{stem}-{number}.{extension}");
    }
}

fn data(run: &Run, number: usize) -> Result<&PanelData, String> {
    let drawn = run
        .panels
        .get(number)
        .and_then(|panel| panel.drawn.as_ref());
    match drawn.map(|drawn| &drawn.data) {
        Some(PanelData::Nothing(why)) => Err(why.clone()),
        Some(data) => Ok(data),
        None => Err("the panel is not drawn yet".into()),
    }
}

fn is_history(run: &Run, number: usize) -> bool {
    matches!(run.panel_kind(number), Some(PanelKind::History { .. }))
}

/// Curves that are no metrics: label of x, then the chart.
fn curves(run: &Run, number: usize, data: &PanelData) -> Option<(String, Chart)> {
    let scale = if is_log(run, number) {
        Scale::Log
    } else {
        Scale::Linear
    };
    match data {
        PanelData::Curves(curves) => {
            let curve = |series: &crate::models::panel::Series| Curve {
                label: series.label.clone(),
                look: series.group.into(),
                theory: series.theory,
                points: series.points.clone(),
            };
            let chart = Chart {
                label: curves.y_label.clone(),
                scale,
                curves: curves.series.iter().map(curve).collect(),
            };
            Some((curves.x_label.clone(), chart))
        }
        PanelData::Histogram(histogram) => {
            let bins = histogram.edges.windows(2).zip(&histogram.counts);
            let stairs = bins.flat_map(|(edges, count)| {
                let count = *count as f64;
                [(edges[0], count), (edges[1], count)]
            });
            let chart = Chart {
                label: "count".into(),
                scale,
                curves: vec![Curve {
                    label: histogram.label.clone(),
                    look: 0,
                    theory: false,
                    points: stairs.collect(),
                }],
            };
            Some((format!("{} {}", histogram.label, histogram.unit), chart))
        }
        _ => None,
    }
}

fn figure(run: &Run, number: usize) -> Result<String, String> {
    let title = panel_title(run, number);
    let mut sheet = Sheet::new(&title);
    let page = if is_history(run, number) {
        Some(history::page(run, number).ok_or("nothing was measured yet")?)
    } else {
        let of_curves = curves(run, number, data(run, number)?);
        of_curves.map(|(x_label, chart)| {
            let xs = || {
                chart
                    .curves
                    .iter()
                    .flat_map(|curve| &curve.points)
                    .map(|point| point.0)
            };
            let (from, to) = (xs().fold(f64::MAX, f64::min), xs().fold(f64::MIN, f64::max));
            Plot {
                x_label,
                from,
                to,
                charts: vec![chart],
                marks: Vec::new(),
            }
        })
    };
    if let Some(page) = page {
        if !page.from.is_finite() || page.from >= page.to {
            return Err("there is no curve yet".into());
        }
        plot::draw(&page, &mut sheet);
        return Ok(svg::write(&sheet.end()));
    }
    match data(run, number)? {
        PanelData::HeatMap(grid) => map::draw("", grid, &mut sheet),
        PanelData::Image(picture) => map::draw("", &picture.image, &mut sheet),
        PanelData::Raster(data) => {
            let per_unit = run.description().and_then(|table| table.seconds_per_unit);
            let now = run.shown_step() as f64 * per_unit.unwrap_or(1.0);
            raster::draw(data, now, &mut sheet);
        }
        _ => {
            return Err(
                "of this panel there is no figure: c writes its numbers, t its text".into(),
            );
        }
    }
    Ok(svg::write(&sheet.end()))
}

fn panel_title(run: &Run, number: usize) -> String {
    let spec = run.description().and_then(|table| table.panels.get(number));
    spec.map_or(String::new(), |spec| panel::title(run, number, spec))
}

fn table(run: &Run, number: usize) -> Result<String, String> {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let series = |out: &mut String, x: &str, curves: &[Curve]| {
        let _ = writeln!(out, "series,{},value", csv_cell(x));
        for curve in curves {
            for (x, y) in curve.points.iter().filter(|point| point.1.is_finite()) {
                let _ = writeln!(out, "{},{x},{y}", csv_cell(&curve.label));
            }
        }
    };
    if is_history(run, number) {
        let page = history::page(run, number).ok_or("nothing was measured yet")?;
        series(&mut out, &page.x_label, &page.charts[0].curves);
        return Ok(out);
    }
    let data = data(run, number)?;
    if let Some((x, chart)) = curves(run, number, data) {
        series(&mut out, &x, &chart.curves);
        return Ok(out);
    }
    match data {
        PanelData::HeatMap(grid) => matrix(grid, &mut out),
        PanelData::Image(picture) => matrix(&picture.image, &mut out),
        PanelData::Raster(raster) => {
            out.push_str("cells,cell,seconds\n");
            for band in &raster.bands {
                for (col, row) in &band.dots {
                    let age = (raster.now + raster.cols - col) % raster.cols.max(1);
                    let before = -f64::from(age) / f64::from(raster.cols.max(1)) * raster.sweep;
                    let cell = band.ids.get(usize::from(*row)).copied().unwrap_or_default();
                    let _ = writeln!(out, "{},{cell},{before}", csv_cell(&band.label));
                }
            }
        }
        PanelData::Bars(chart) => {
            out.push_str("name,value\n");
            for bar in &chart.bars {
                let _ = writeln!(out, "{},{}", csv_cell(&bar.label), bar.value);
            }
        }
        PanelData::Table(table) => {
            for column in &table.columns {
                let head = format!("{} [{}]", column.label, column.unit);
                let _ = write!(out, ",{}", csv_cell(head.trim_end_matches(" []")));
            }
            out.push('\n');
            for row in &table.rows {
                out.push_str(&csv_cell(&row.label));
                for cell in &row.cells {
                    let words = match cell {
                        TableCell::Words(words) => csv_cell(words).into_owned(),
                        TableCell::Number(x) if x.is_nan() => String::new(),
                        TableCell::Number(x) => x.to_string(),
                        TableCell::Spark(metric) => {
                            let last = run.shown_metrics().get(*metric).filter(|x| !x.is_nan());
                            last.map_or(String::new(), f64::to_string)
                        }
                    };
                    let _ = write!(out, ",{words}");
                }
                out.push('\n');
            }
        }
        PanelData::Curves(_) | PanelData::Histogram(_) | PanelData::Nothing(_) => {}
    }
    Ok(out)
}

/// The values as they are shown, a line for each row.
fn matrix(grid: &crate::models::panel::Grid, out: &mut String) {
    for row in grid.values.chunks(usize::from(grid.cols.max(1))) {
        let cells: Vec<String> = row.iter().map(f32::to_string).collect();
        out.push_str(&cells.join(","));
        out.push('\n');
    }
}

/// The panel as it stands on the screen, without colour.
fn cells(state: &State, run: &Run, number: usize) -> Result<String, String> {
    let area = ratatui::layout::Rect::new(0, 0, state.size.width, state.size.height);
    let slots = places(run, area).slots;
    let slot = slots.into_iter().find(|slot| slot.panel == number);
    let area = slot.ok_or("the panel is not on the screen")?.area;
    let mut buffer = Buffer::empty(area);
    let theme = Theme::new(Depth::None, Background::Light, state.theme.glyphs);
    let slot = Slot {
        panel: number,
        area,
    };
    let memory = &mut Memory::default();
    panel::draw(run, &state.lanes, theme, slot, memory, &mut buffer);
    let mut out = String::new();
    for y in area.top()..area.bottom() {
        let row: String = (area.left()..area.right())
            .map(|x| buffer[(x, y)].symbol())
            .collect();
        out.push_str(row.trim_end());
        out.push('\n');
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["loss-7.csv", "loss-7-2.csv", "loss-7-3.csv"];
        for (i, name) in names.iter().enumerate() {
            let path = put(folder.path(), "loss-7", "csv", i.to_string().as_bytes()).unwrap();
            assert_eq!(path, folder.path().join(name));
        }
        for (i, name) in names.iter().enumerate() {
            let content = std::fs::read_to_string(folder.path().join(name)).unwrap();
            assert_eq!(content, i.to_string());
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
    }
}
