//! A panel under focus as a file.

use std::fs;
use std::path::Path;

use hebbtop::models::panel::PanelData;
use hebbtop::ui::state::tab::Focus;
use hebbtop::ui::{Form, export};
use tempfile::TempDir;

use crate::stage::Stage;

/// A screen whose run is recorded in a folder.
fn recorded() -> (Stage, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = Stage::at(640, 120, 40);
    stage.run.recording = Some(folder.path().display().to_string());
    stage.frames(1);
    (stage, folder)
}

fn written(stage: &Stage, form: Form) -> Result<String, String> {
    export(&stage.state, form).map(|path| fs::read_to_string(path).unwrap())
}

fn files(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

#[test]
fn the_form_is_asked_for() {
    let (mut stage, folder) = recorded();
    stage.press("tab e");
    let text = stage.text();
    assert!(text.contains("write this panel to a file?"), "{text}");
    let name = folder.path().file_name().unwrap().to_str().unwrap();
    assert!(text.contains(name), "{text}");
    stage.press("esc");
    assert_eq!(stage.exported, None);
    for (key, form) in [("s", Form::Svg), ("c", Form::Csv), ("t", Form::Text)] {
        stage.press("e").press(key);
        assert_eq!(stage.exported, Some(form));
        assert!(!stage.text().contains("write this panel"));
    }
}

#[test]
fn without_a_focus_nothing_is_written() {
    let (stage, folder) = recorded();
    assert!(written(&stage, Form::Text).unwrap_err().contains("focus"));
    assert_eq!(files(folder.path()), 0);
}

#[test]
fn every_kind_of_panel_becomes_files() {
    let (mut stage, folder) = recorded();
    let mut seen = 0;
    for view in ["1", "2", "3", "4", "5"] {
        stage.press(view).frames(2);
        loop {
            stage.press("tab").frames(2);
            let Focus::Panel(number) = stage.screen().focus() else {
                break;
            };
            seen += 1;
            let panel = &stage.screen().panels[number];
            let data = panel.drawn.as_ref().map(|drawn| drawn.data.clone());
            let table = matches!(data, Some(PanelData::Table(_)));
            match written(&stage, Form::Svg) {
                Ok(svg) => {
                    assert!(
                        svg.starts_with("<?xml ") && svg.ends_with("</svg>\n"),
                        "{svg}"
                    );
                    assert!(svg.matches("<text").count() == svg.matches("</text>").count());
                }
                Err(why) => assert!(table && why.contains("no figure"), "{number}: {why}"),
            }
            let csv = written(&stage, Form::Csv).unwrap();
            assert!(csv.lines().count() > 1, "{number}: {csv}");
            if let Some(PanelData::HeatMap(grid)) = data {
                let cells = csv.lines().flat_map(|line| line.split(','));
                // Bit for bit: a cell without a value is NaN.
                let bits = |value: f32| value.to_bits();
                let values: Vec<u32> = cells.map(|cell| bits(cell.parse().unwrap())).collect();
                let shown: Vec<u32> = grid.values.iter().copied().map(bits).collect();
                assert_eq!(values, shown);
            }
            let text = written(&stage, Form::Text).unwrap();
            let title = text.lines().next().unwrap().to_owned();
            assert!(stage.text().contains(title.trim()), "{title}");
        }
    }
    assert!(seen >= 9, "{seen}");
    assert!(files(folder.path()) > 2 * seen);
}

#[test]
fn the_numbers_of_a_chart_are_those_of_its_history() {
    let (mut stage, _folder) = recorded();
    stage.press("2 tab").frames(2);
    let csv = written(&stage, Form::Csv).unwrap();
    assert_eq!(csv.lines().next(), Some("series,step,value"));
    let rows: Vec<Vec<&str>> = csv
        .lines()
        .skip(1)
        .map(|row| row.split(',').collect())
        .collect();
    let last = rows.iter().rfind(|row| row[0] == "loss").unwrap();
    let newest = f64::from(stage.screen().shown_metrics()[0] as f32);
    let value: f64 = last[2].parse().unwrap();
    // A stretch of a few steps has one mean.
    assert!((value / newest - 1.0).abs() < 0.05, "{value} {newest}");
}
