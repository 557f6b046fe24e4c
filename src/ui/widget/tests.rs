//! What holds for all widgets: any size, any number, any theme.

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{StatefulWidget, Widget};

use super::testing::{PLAIN, RGB, THEMES, buckets, check_limits, drawn, text};
use super::*;
use crate::engine::history::{Bucket, History, MarkKind};
use crate::models::panel::{
    Bar, BarChart, Cell, Column, Grid, GridStats, Histogram, Picture, Reduce, Row, Table,
    TableCell, Window,
};
use crate::models::table::{Better, Scale};
use crate::ui::theme::{Role, Theme};

/// Numbers of every kind.
fn numbers(most: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(prop::num::f64::ANY, 0..most)
}

fn as_buckets(numbers: &[f64]) -> Vec<Bucket> {
    let triples = numbers.chunks(3).map(|part| {
        let at = |i: usize| part.get(i).copied().unwrap_or(0.5) as f32;
        Bucket {
            min: at(0),
            max: at(1),
            mean: at(2),
            last: at(1),
            count: 1 + (at(0).abs() as u32 % 3),
        }
    });
    triples.collect()
}

fn table() -> Table {
    let words = |words: &str| TableCell::Words(words.into());
    let row = |label: &str, cells| Row {
        label: label.into(),
        cells,
    };
    let column = |label: &str, unit: &str| Column {
        label: label.into(),
        unit: unit.into(),
    };
    Table {
        columns: vec![column("|W|", ""), column("angle", "°"), column("state", "")],
        rows: vec![
            row(
                "layer 1",
                vec![TableCell::Number(1.31), TableCell::Spark(0), words("free")],
            ),
            row(
                "layer 2",
                vec![
                    TableCell::Number(-0.02),
                    TableCell::Spark(0),
                    words("frozen"),
                ],
            ),
            row(
                "layer 3",
                vec![TableCell::Number(f64::NAN), TableCell::Spark(9), words("")],
            ),
        ],
    }
}

fn history() -> History {
    let mut history = History::new(1);
    (0..64).for_each(|i| history.push(&[71.0 - f64::from(i)]));
    history
}

fn bars(values: &[f64]) -> Vec<Bar> {
    let bar = |(i, value): (usize, &f64)| Bar {
        label: format!("class {i}"),
        value: *value,
        marked: i == 1,
    };
    values.iter().enumerate().map(bar).collect()
}

fn grid(size: (u16, u16), values: &[f64], signed: bool) -> Grid {
    let length = usize::from(size.0) * usize::from(size.1);
    let cycle = values.iter().chain([&0.25]).cycle();
    Grid {
        rows: size.0,
        cols: size.1,
        values: cycle.take(length).map(|x| *x as f32).collect(),
        shape: (u32::from(size.0), 77),
        window: Window {
            row: 1,
            col: 2,
            rows: u32::from(size.0) * 3,
            cols: u32::from(size.1),
        },
        reduce: Reduce::MaxAbs,
        signed,
        row_label: "post".into(),
        col_label: "pre".into(),
        unit: "mV".into(),
        stats: GridStats {
            mean: values.first().copied().unwrap_or(0.0),
            sd: values.last().copied().unwrap_or(0.0),
            non_finite: 3,
            zeros: 0.5,
            ..GridStats::default()
        },
        cell: Some(Cell {
            row: 2,
            col: 3,
            value: values.first().copied().unwrap_or(0.0),
        }),
    }
}

/// Draws every widget with these numbers into `area`.
fn draw_all(
    theme: Theme,
    area: Rect,
    numbers: &[f64],
    flag: bool,
    mut check: impl FnMut(&str, &dyn Fn(&mut Buffer)),
) {
    let at = |i: usize| numbers.get(i).copied().unwrap_or(1.0);
    let columns = as_buckets(numbers);
    let points: Vec<(f64, f64)> = numbers.chunks_exact(2).map(|xy| (xy[0], xy[1])).collect();
    let line = |label, theory, data| Line {
        label,
        group: 9,
        theory,
        better: Better::Higher,
        data,
    };
    let from_buckets = Data::Buckets {
        from: at(0),
        to: at(1),
        buckets: &columns,
    };
    let unit = Data::Buckets {
        from: 0.0,
        to: 9.0,
        buckets: &columns,
    };
    let lines = [
        line("one", false, from_buckets),
        line("two \u{1b}[31m", false, unit),
        line("three", true, Data::Points(&points)),
    ];
    let targets = [Target {
        label: "expected",
        value: at(2),
        tolerance: at(3),
    }];
    let marks = [MarkKind::Edit, MarkKind::Fault, MarkKind::Note].map(|kind| ChartMark {
        x: at(4),
        kind,
        words: "eta 0.1→0.2",
    });
    for x in [
        XAxis::units(0, 9, 7, "step"),
        XAxis {
            from: at(5),
            to: at(6),
            now: at(7),
            kind: XKind::Seconds { per_unit: at(8) },
        },
        XAxis::around(&lines, "sweep"),
    ] {
        let chart = Chart {
            y_scale: if flag { Scale::Log } else { Scale::Linear },
            targets: &targets,
            marks: &marks,
            crosshair: Some(at(9)).filter(|_| flag),
            smoothing: Some(at(10)).filter(|_| flag),
            chosen: flag.then_some(2),
            ..Chart::new(theme, "loss", x, &lines)
        };
        check("chart", &|buf| {
            chart.clone().render(area, buf, &mut ChartState::default());
        });
    }
    let size = (numbers.len() as u16 % 13, area.width % 11);
    let grid = grid(size, numbers, flag);
    check("heat map", &|buf| {
        let map = HeatMap {
            theme,
            title: "W",
            grid: &grid,
            cursor: Some((2, 3)),
            focused: flag,
        };
        map.render(area, buf, &mut HeatMapState::default());
    });
    let picture = Picture {
        image: grid.clone(),
        caption: vec!["says 3".into(), "is 5".into()],
        bars: bars(numbers),
    };
    check("picture", &|buf| {
        let view = PictureView {
            theme,
            title: "input",
            picture: &picture,
            focused: flag,
        };
        view.render(area, buf);
    });
    check("bars", &|buf| {
        let bars = Bars {
            theme,
            bars: &picture.bars,
            full: Some(at(1)).filter(|_| flag),
            is_answer: !flag,
        };
        bars.render(area, buf);
    });
    let bar_chart = BarChart {
        caption: vec!["a caption that is longer than a narrow panel".into()],
        bars: picture.bars.clone(),
        full: Some(at(1)).filter(|_| flag),
    };
    check("bars with words", &|buf| {
        let view = BarsView {
            theme,
            title: "rule",
            chart: &bar_chart,
            focused: flag,
        };
        view.render(area, buf);
    });
    let histogram = Histogram {
        label: "weight".into(),
        unit: "mV".into(),
        edges: numbers.to_vec(),
        counts: numbers.iter().map(|x| x.to_bits() >> 7).collect(),
    };
    check("histogram", &|buf| {
        let view = HistogramView {
            theme,
            title: "weights",
            histogram: &histogram,
            log: flag,
            focused: flag,
        };
        view.render(area, buf);
    });
    let (table, history) = (table(), history());
    check("table", &|buf| {
        let view = TableView {
            theme,
            title: "layers",
            table: &table,
            history: &history,
            from: 0,
            to: 80,
            scroll: numbers.len(),
            selected: Some(1),
            focused: flag,
        };
        view.render(area, buf);
    });
    check("sparkline", &|buf| {
        let line = Sparkline {
            theme,
            values: numbers,
            range: Some((at(0), at(1))).filter(|_| flag),
            style: theme.style(Role::Bar),
        };
        line.render(area, buf);
    });
    check("slider", &|buf| {
        let slider = Slider {
            theme,
            position: Some(at(0)),
            default: Some(at(1)),
            pending: Some(at(2)).filter(|_| flag),
            low: "1e-4",
            high: "2",
            log: flag,
            focused: flag,
        };
        slider.render(area, buf);
    });
    check("gauge", &|buf| {
        let gauge = Gauge {
            theme,
            label: "sweep",
            done: at(0).to_bits(),
            of: at(1).to_bits() * u64::from(flag),
        };
        gauge.render(area, buf);
    });
    check("text input", &|buf| {
        let input = TextInput {
            theme,
            prompt: ":",
            text: "set η 0.05 and much more",
            cursor: numbers.len(),
            hint: "1e-4 to 2",
        };
        input.render(area, buf);
    });
    check("color bar", &|buf| {
        let bar = ColorBar {
            theme,
            signed: flag,
            limit: at(0) as f32,
            levels: &[],
        };
        bar.render(area, buf);
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn any_size_and_any_numbers(
        (x, y, width, height) in (0u16..6, 0u16..4, 0u16..70, 0u16..26),
        numbers in numbers(40), theme in 0usize..5, flag in any::<bool>(),
    ) {
        let (theme, area) = (THEMES[theme], Rect::new(x, y, width, height));
        // The screen may be smaller than the area that was meant for the widget.
        let screen = Rect::new(0, 0, 60, 22);
        let mut failed = None;
        draw_all(theme, area, &numbers, flag, |name, draw| {
            let mut first = Buffer::empty(screen);
            draw(&mut first);
            let mut second = Buffer::empty(screen);
            draw(&mut second);
            if first != second {
                failed = Some(format!("{name} is drawn differently the second time"));
            }
            if let Err(why) = check_limits(theme, area, &first) {
                failed = Some(format!("{name}: {why}"));
            }
        });
        prop_assert_eq!(failed, None);
    }
}

#[test]
fn the_smallest_screens_of_all() {
    for theme in THEMES {
        for (width, height) in [(0, 0), (1, 1), (1, 40), (120, 1), (2, 2), (3, 3)] {
            let area = Rect::new(0, 0, width, height);
            draw_all(theme, area, &[1.0, f64::NAN, -2.0], true, |_, draw| {
                draw(&mut Buffer::empty(area));
            });
        }
    }
}

#[test]
fn a_table_has_numbers_dashes_and_sparklines() {
    let (table, history) = (table(), history());
    for (width, height) in [(60, 7), (40, 4)] {
        let view = TableView {
            theme: RGB,
            title: "layers",
            table: &table,
            history: &history,
            from: 0,
            to: 64,
            scroll: 1,
            selected: Some(1),
            focused: false,
        };
        let buf = drawn(width, height, |area, buf| view.render(area, buf));
        insta::assert_snapshot!(format!("table_{width}x{height}"), text(&buf));
    }
}

#[test]
fn a_picture_shows_what_is_seen_and_what_it_is_taken_for() {
    let mut image = grid((8, 8), &[0.0, 3.0, 9.0, 16.0, 4.0], false);
    image.unit = String::new();
    let picture = Picture {
        image,
        caption: vec!["says 2 (61%)".into(), "is 1".into()],
        bars: bars(&[0.02, 0.3, 0.61, 0.000_1, 0.07]),
    };
    for (name, theme, (width, height)) in [
        ("wide", PLAIN, (60, 12)),
        ("narrow", PLAIN, (24, 18)),
        ("half_blocks", RGB, (60, 8)),
    ] {
        let view = PictureView {
            theme,
            title: "input",
            picture: &picture,
            focused: false,
        };
        let buf = drawn(width, height, |area, buf| view.render(area, buf));
        insta::assert_snapshot!(format!("picture_{name}"), text(&buf));
    }
}

#[test]
fn bars_grow_from_zero_to_both_sides() {
    let bars = bars(&[0.41, 0.10, -0.33, -0.02, f64::NAN]);
    let buf = drawn(50, 5, |area, buf| {
        let bars = Bars {
            theme: RGB,
            bars: &bars,
            full: None,
            is_answer: true,
        };
        bars.render(area, buf);
    });
    insta::assert_snapshot!("bars_signed", text(&buf));
    // The largest is not the marked one: it stands out as the wrong answer.
    let zero = (0..50).find(|x| buf[(*x, 0)].symbol() == "│").unwrap();
    assert_eq!(Some(buf[(zero + 1, 0)].fg), RGB.style(Role::Warn).fg);
    assert_eq!(Some(buf[(zero + 1, 1)].fg), RGB.style(Role::Good).fg);
    assert!((1..4).all(|y| buf[(zero, y)].symbol() == "│"));
}

#[test]
fn a_histogram_keeps_single_counts_visible() {
    let histogram = Histogram {
        label: "weight".into(),
        unit: "mV".into(),
        edges: (0..=10).map(|i| -0.5 + f64::from(i) / 10.0).collect(),
        counts: vec![0, 1, 50, 400, 2000, 1500, 300, 20, 1, 0],
    };
    let view = |log| HistogramView {
        theme: RGB,
        title: "W1",
        histogram: &histogram,
        log,
        focused: false,
    };
    let linear = drawn(36, 9, |area, buf| view(false).render(area, buf));
    let log = drawn(36, 9, |area, buf| view(true).render(area, buf));
    insta::assert_snapshot!("histogram_linear", text(&linear));
    insta::assert_snapshot!("histogram_log", text(&log));
}

#[test]
fn sliders_gauges_and_inputs_in_one_row() {
    let mut rows = String::new();
    for width in [50, 30, 12, 4] {
        let slider = Slider {
            theme: RGB,
            position: Some(0.5),
            default: Some(0.25),
            pending: Some(0.9),
            low: "1e-4",
            high: "2",
            log: true,
            focused: true,
        };
        let gauge = Gauge {
            theme: RGB,
            label: "sweep",
            done: 7,
            of: 20,
        };
        let input = TextInput {
            theme: RGB,
            prompt: ":",
            text: "set eta 0.05 in layer 2",
            cursor: 23,
            hint: "1e-4 to 2",
        };
        rows += &text(&drawn(width, 1, |area, buf| slider.render(area, buf)));
        rows += &text(&drawn(width, 1, |area, buf| gauge.render(area, buf)));
        rows += &text(&drawn(width, 1, |area, buf| input.render(area, buf)));
    }
    insta::assert_snapshot!("single_rows", rows);
}

/// What a name from a file may hold does not reach the terminal.
#[test]
fn control_characters_are_not_drawn() {
    let columns = buckets(&[1.0, 2.0]);
    let lines = [Line {
        label: "\u{1b}[31mred\u{7}",
        group: 0,
        theory: false,
        better: Better::Neither,
        data: Data::Buckets {
            from: 0.0,
            to: 2.0,
            buckets: &columns,
        },
    }];
    let chart = Chart::new(
        RGB,
        "a\u{9b}b\u{1b}c",
        XAxis::units(0, 2, 2, "step"),
        &lines,
    );
    let buf = drawn(60, 12, |area, buf| {
        chart.render(area, buf, &mut ChartState::default());
    });
    let symbols = buf.content.iter().map(|cell| cell.symbol());
    assert!(symbols.flat_map(str::chars).all(|c| !c.is_control()));
}

#[test]
fn a_panel_of_bars_cuts_its_words_before_a_bar() {
    let chart = BarChart {
        caption: vec!["dW = 0.014 F0 - 0.058 F2 + 0.010 F9, in words that need three lines".into()],
        bars: ["F0", "F2", "F9", "off"]
            .iter()
            .zip([14.0, -57.9, 9.8, 0.0])
            .map(|(label, value)| Bar {
                label: (*label).into(),
                value,
                marked: *label != "off",
            })
            .collect(),
        full: None,
    };
    let view = BarsView {
        theme: RGB,
        title: "rule",
        chart: &chart,
        focused: false,
    };
    let roomy = drawn(36, 12, |area, buf| view.clone().render(area, buf));
    let tight = drawn(36, 7, |area, buf| view.clone().render(area, buf));
    insta::assert_snapshot!("bars_view_36x12", text(&roomy));
    insta::assert_snapshot!("bars_view_36x7", text(&tight));
}
