use ratatui::style::Modifier;

use super::super::testing::{RGB, buckets, changed, drawn, text};
use super::*;
use crate::engine::history::History;
use crate::ui::theme::Glyphs;

const UNITS: XKind<'static> = XKind::Units("step");

fn axis(to: f64, now: f64) -> XAxis<'static> {
    XAxis {
        from: 0.0,
        to,
        now,
        kind: UNITS,
    }
}

fn line<'a>(label: &'a str, group: usize, buckets: &'a [Bucket], to: f64) -> Line<'a> {
    Line {
        label,
        group,
        theory: false,
        better: Better::Lower,
        data: Data::Buckets {
            from: 0.0,
            to,
            buckets,
        },
    }
}

fn render(chart: &Chart<'_>, width: u16, height: u16) -> Buffer {
    let draw = |area, buf: &mut Buffer| {
        chart.clone().render(area, buf, &mut ChartState::default());
    };
    drawn(width, height, draw)
}

/// Column of the first cell of `row` that holds `symbol`.
fn find(buf: &Buffer, row: u16, symbol: &str) -> Option<u16> {
    (0..buf.area.width).find(|x| buf[(*x, row)].symbol() == symbol)
}

fn falling(n: usize) -> Vec<f32> {
    (0..n).map(|i| 3.0 * (-(i as f32) / 40.0).exp()).collect()
}

#[test]
fn looks_as_it_should_at_any_size() {
    let train = buckets(&falling(160));
    let mut other = falling(160);
    other[60..66].fill(f32::NAN);
    let test = buckets(&other.iter().map(|x| x * 0.5 + 0.4).collect::<Vec<_>>());
    let lines = [
        line("train", 0, &train, 200.0),
        line("test", 1, &test, 200.0),
    ];
    let marks = [ChartMark {
        x: 100.0,
        kind: MarkKind::Edit,
        words: "eta 0.1→0.05",
    }];
    let targets = [Target {
        label: "expected",
        value: 2.0,
        tolerance: 0.5,
    }];
    let chart = Chart {
        window: "last 160",
        y_scale: Scale::Log,
        marks: &marks,
        targets: &targets,
        ..Chart::new(RGB, "loss", axis(200.0, 160.0), &lines)
    };
    for (width, height) in [(60, 18), (40, 10), (20, 6), (12, 3), (9, 1)] {
        let name = format!("chart_{width}x{height}");
        insta::assert_snapshot!(name, text(&render(&chart, width, height)));
    }
    let glyphs = |glyphs| Theme { glyphs, ..RGB };
    for (name, theme) in [
        ("block", glyphs(Glyphs::Block)),
        ("ascii", glyphs(Glyphs::Ascii)),
    ] {
        let chart = Chart {
            theme,
            ..chart.clone()
        };
        insta::assert_snapshot!(format!("chart_{name}"), text(&render(&chart, 60, 18)));
    }
}

#[test]
fn theory_and_measurement_share_a_colour() {
    let points = |shift: f64| -> Vec<(f64, f64)> {
        (0..=40)
            .map(|i| (f64::from(i), shift * (-0.1 * f64::from(i)).exp()))
            .collect()
    };
    let (measured, predicted) = (points(1.0), points(4.0));
    let line = |label, theory, data| Line {
        label,
        group: 2,
        theory,
        better: Better::Neither,
        data: Data::Points(data),
    };
    let lines = [
        line("measured", false, &measured),
        line("predicted", true, &predicted),
    ];
    let x = XAxis::around(&lines, "sweep");
    let chart = Chart::new(RGB, "relative error", x, &lines);
    let buf = render(&chart, 50, 14);
    let color = RGB.series(2).style.fg;
    let braille = buf
        .content
        .iter()
        .filter(|cell| ("⠁"..="⣿").contains(&cell.symbol()));
    assert!(braille.clone().count() > 40);
    assert!(braille.clone().all(|cell| Some(cell.fg) == color));
    insta::assert_snapshot!("chart_theory", text(&buf));
}

/// A spike of one sample in a run of thousands reaches the top of the chart.
#[test]
fn a_spike_survives_in_the_envelope() {
    let mut history = History::new(1);
    for i in 0..50_000u32 {
        history.push(&[if i == 31_000 { 10.0 } else { 1.0 }]);
    }
    let columns = history.columns(0, 0, 50_000, 80);
    let lines = [line("loss", 0, &columns, 50_000.0)];
    let chart = Chart::new(RGB, "loss", axis(50_000.0, 50_000.0), &lines);
    let buf = render(&chart, 60, 16);
    let top = (8..59).find(|x| buf[(*x, 1)].symbol() != " ");
    let x = top.expect("something reaches the top row");
    assert_eq!(Some(buf[(x, 1)].fg), RGB.style(Role::Envelope).fg);
    let share = f64::from(x - 8) / 51.0;
    assert!(
        (share - 31.0 / 50.0).abs() < 0.03,
        "the spike stands at {share}"
    );
}

#[test]
fn what_is_not_finite_is_a_gap_with_a_tick() {
    let mut numbers = vec![1.0f32; 100];
    numbers[40..60].fill(f32::NAN);
    let columns = buckets(&numbers);
    let lines = [line("loss", 0, &columns, 100.0)];
    let buf = render(&Chart::new(RGB, "loss", axis(100.0, 100.0), &lines), 60, 12);
    let ticks: Vec<u16> = (0..60).filter(|x| buf[(*x, 8)].symbol() == "×").collect();
    assert!((9..=12).contains(&ticks.len()), "ticks at {ticks:?}");
    for x in &ticks {
        assert_eq!(Some(buf[(*x, 8)].fg), RGB.style(Role::Bad).fg);
    }
    let inside = ticks[1]..ticks[ticks.len() - 1];
    for x in inside {
        let column: String = (1..8).map(|y| buf[(x, y)].symbol()).collect();
        assert_eq!(column.trim(), "", "column {x} is empty");
    }
}

#[test]
fn a_log_axis_shows_what_is_not_positive_on_its_edge() {
    let mut numbers = vec![1.0f32; 50];
    numbers[10] = 100.0;
    numbers[25] = -3.0;
    numbers[26] = 0.0;
    let columns = buckets(&numbers);
    let lines = [line("loss", 0, &columns, 50.0)];
    let chart = Chart {
        y_scale: Scale::Log,
        ..Chart::new(RGB, "loss", axis(50.0, 50.0), &lines)
    };
    let buf = render(&chart, 60, 12);
    let x = find(&buf, 7, "▾").expect("a tick on the bottom edge");
    let share = f64::from(x - 8) / 51.0;
    assert!((share - 0.5).abs() < 0.04, "the tick stands at {share}");
    assert!(text(&buf).contains("100┤"), "{}", text(&buf));
}

/// Charts of different ranges have the same step in the same column, and so their marks.
#[test]
fn marks_stand_in_the_same_column_of_all_charts() {
    let marks = [ChartMark {
        x: 120.0,
        kind: MarkKind::Edit,
        words: "",
    }];
    let columns: Vec<Option<u16>> = [1e-9f32, 1.0, 54_321.0, -7e20]
        .iter()
        .map(|size| {
            let columns = buckets(&falling(200).iter().map(|x| x * size).collect::<Vec<_>>());
            let lines = [line("x", 0, &columns, 200.0)];
            let chart = Chart {
                marks: &marks,
                ..Chart::new(RGB, "x", axis(200.0, 200.0), &lines)
            };
            let buf = render(&chart, 60, 14);
            (1..10).find_map(|row| find(&buf, row, "┊"))
        })
        .collect();
    assert!(columns[0].is_some());
    assert!(
        columns.iter().all(|column| *column == columns[0]),
        "{columns:?}"
    );
}

#[test]
fn the_crosshair_reads_the_values_under_it() {
    let numbers: Vec<f32> = (0..100).map(|i| i as f32).collect();
    let columns = buckets(&numbers);
    let lines = [line("loss", 0, &columns, 100.0)];
    let chart = Chart {
        crosshair: Some(37.2),
        ..Chart::new(RGB, "loss", axis(100.0, 100.0), &lines)
    };
    let shown = text(&render(&chart, 60, 12));
    assert!(shown.contains("at step 37"), "{shown}");
    assert!(shown.contains("loss     37.0"), "{shown}");
    let last = Chart {
        crosshair: None,
        ..chart
    };
    assert!(text(&render(&last, 60, 12)).contains("loss     99.0"));
}

/// The smoothed curve is bright, the raw one faint behind it, and the factor is printed.
#[test]
fn smoothing_leaves_the_raw_curve_behind() {
    let numbers: Vec<f32> = (0..100)
        .map(|i| if i % 2 == 0 { 1.0 } else { 3.0 })
        .collect();
    let columns = buckets(&numbers);
    let lines = [line("loss", 0, &columns, 100.0)];
    let chart = Chart {
        smoothing: Some(0.95),
        ..Chart::new(RGB, "loss", axis(100.0, 100.0), &lines)
    };
    let buf = render(&chart, 70, 20);
    let shown = text(&buf);
    assert!(shown.contains("ema 0.95"), "{shown}");
    let rows_in = |style: ratatui::style::Style| {
        // The first samples move the mean most.
        let has = |y: u16| (20..69).any(|x| Some(buf[(x, y)].fg) == style.fg);
        (1..15).filter(|y| has(*y)).count()
    };
    let (raw, smooth) = (
        rows_in(RGB.style(Role::Envelope)),
        rows_in(RGB.series(0).style),
    );
    assert!(raw >= 9, "the raw curve fills {raw} rows");
    assert!((1..=4).contains(&smooth), "the smooth one {smooth}");
}

#[test]
fn without_news_no_cell_changes_and_a_sample_changes_few() {
    let draw = |samples: u64, state: &mut ChartState| {
        let mut history = History::new(1);
        for i in 0..samples {
            history.push(&[2.3 * (-(i as f64) / 300.0).exp() + 0.1 * (i as f64).sin()]);
        }
        let columns = history.columns(0, 0, 2000, 200);
        let lines = [line("loss", 0, &columns, 2000.0)];
        let chart = Chart::new(RGB, "loss", axis(2000.0, samples as f64), &lines);
        drawn(80, 20, |area, buf| chart.render(area, buf, state))
    };
    let mut state = ChartState::default();
    let first = draw(1000, &mut state);
    let again = draw(1000, &mut state);
    assert_eq!(changed(&first, &again), 0);
    let next = draw(1001, &mut state);
    let cells = changed(&first, &next);
    assert!((1..=24).contains(&cells), "{cells} cells for one sample");
}

#[test]
fn the_chosen_line_is_in_front() {
    let columns = buckets(&[1.0; 50]);
    let lines = [line("a", 0, &columns, 50.0), line("b", 1, &columns, 50.0)];
    let front = |chosen| {
        let chart = Chart {
            chosen,
            ..Chart::new(RGB, "loss", axis(50.0, 50.0), &lines)
        };
        let buf = render(&chart, 60, 12);
        let cells = (1..8).flat_map(|y| (9..55).map(move |x| (x, y)));
        let mut colors: Vec<_> = cells
            .filter(|place| buf[*place].symbol() != " ")
            .map(|place| buf[place].fg)
            .collect();
        colors.dedup();
        colors
    };
    assert_eq!(front(None), [RGB.series(1).style.fg.unwrap()]);
    assert_eq!(front(Some(0)), [RGB.series(0).style.fg.unwrap()]);
}

#[test]
fn a_focused_chart_has_another_border() {
    let chart = Chart::new(RGB, "loss", axis(10.0, 0.0), &[]);
    let focused = Chart {
        focused: true,
        ..chart.clone()
    };
    let (plain, focused) = (render(&chart, 40, 10), render(&focused, 40, 10));
    assert_ne!(plain[(0, 0)].symbol(), focused[(0, 0)].symbol());
    assert!(!plain[(0, 0)].modifier.contains(Modifier::BOLD));
}

/// Four layers fit into a small chart: what their labels share is in the title anyway.
#[test]
fn a_legend_says_as_much_as_fits() {
    let columns = buckets(&[0.625; 30]);
    let labels = [
        "rel. error 1",
        "rel. error 2",
        "rel. error 3",
        "rel. error 4",
    ];
    let lines: Vec<Line<'_>> = (0..4).map(|i| line(labels[i], i, &columns, 30.0)).collect();
    let chart = Chart::new(RGB, "relative error", axis(30.0, 30.0), &lines);
    let wide = text(&render(&chart, 120, 10));
    assert_eq!(wide.matches("rel. error").count(), 4, "{wide}");
    let narrow = text(&render(&chart, 52, 9));
    assert!(narrow.contains("▪1    0.625  ▴2    0.625  ◦3"), "{narrow}");
    let brief = text(&render(&chart, 46, 8));
    assert!(brief.contains("▪1   0.62  ▴2   0.62  ◦3   0.62"), "{brief}");
    let tiny = text(&render(&chart, 24, 6));
    assert!(tiny.contains("+2"), "{tiny}");
}
