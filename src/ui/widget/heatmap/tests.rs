use super::super::testing::{PLAIN, RGB, changed, drawn, text};
use super::*;
use crate::models::panel::{Cell, GridStats, Reduce};

fn grid(rows: u16, cols: u16, value: impl Fn(u16, u16) -> f32) -> Grid {
    let places = (0..rows).flat_map(|row| (0..cols).map(move |col| (row, col)));
    Grid {
        rows,
        cols,
        values: places.map(|(row, col)| value(row, col)).collect(),
        shape: (u32::from(rows), u32::from(cols)),
        window: Window {
            row: 0,
            col: 0,
            rows: u32::from(rows),
            cols: u32::from(cols),
        },
        reduce: Reduce::Mean,
        signed: true,
        row_label: "post".into(),
        col_label: "pre".into(),
        unit: String::new(),
        stats: GridStats {
            sd: 0.25,
            ..GridStats::default()
        },
        cell: None,
    }
}

fn wave(row: u16, col: u16) -> f32 {
    (f32::from(row) / 3.0).sin() * (f32::from(col) / 5.0).cos()
}

fn render(map: &HeatMap<'_>, width: u16, height: u16, state: &mut HeatMapState) -> Buffer {
    drawn(width, height, |area, buf| {
        map.clone().render(area, buf, state)
    })
}

fn map(theme: Theme, grid: &Grid) -> HeatMap<'_> {
    HeatMap {
        theme,
        title: "W2",
        grid,
        cursor: None,
        focused: false,
    }
}

#[test]
fn looks_as_it_should_at_any_size() {
    for (width, height) in [(70, 16), (40, 10), (20, 6), (10, 3), (4, 1)] {
        let area = Rect::new(0, 0, width, height);
        let (rows, cols) = HeatMap::capacity(PLAIN, area);
        let mut grid = grid(rows.min(20), cols.min(30), wave);
        grid.shape = (60, 90);
        (grid.window.row, grid.window.rows, grid.window.cols) = (20, 40, 90);
        grid.cell = Some(Cell {
            row: 25,
            col: 7,
            value: -0.0214,
        });
        let map = HeatMap {
            cursor: Some((25, 7)),
            ..map(PLAIN, &grid)
        };
        let buf = render(&map, width, height, &mut HeatMapState::default());
        insta::assert_snapshot!(format!("heatmap_{width}x{height}"), text(&buf));
    }
}

/// Values in reading order, two to a cell, in the colours of their levels.
#[test]
fn every_value_is_where_it_belongs() {
    let grid = grid(4, 3, |row, col| match (row, col) {
        (0, 0) => 1.0,
        (1, 0) => -1.0,
        (3, 2) => 0.5,
        _ => 0.0,
    });
    let levels: Vec<Level> = grid.values.iter().map(|x| Level::signed(*x, 1.0)).collect();
    let area = Rect::new(0, 0, 3, 2);
    let buf = drawn(3, 2, |_, buf| {
        Pixels::new(RGB, &grid, &levels, area, false).draw(buf);
    });
    for (place, upper, lower) in [((0, 0), 8, -8), ((2, 1), 0, 4), ((1, 0), 0, 0)] {
        let (glyph, style) = RGB.heat_cell(Level::Signed(upper), Level::Signed(lower));
        let cell = &buf[place];
        assert_eq!(cell.symbol(), glyph.to_string());
        assert_eq!(style.fg.unwrap_or_default(), cell.fg);
        assert_eq!(style.bg.unwrap_or_default(), cell.bg);
    }
}

/// A small matrix is enlarged, all values by the same whole factor.
#[test]
fn values_have_equal_size() {
    let grid = grid(3, 4, |row, col| f32::from(row * 4 + col) - 6.0);
    let levels: Vec<Level> = grid.values.iter().map(|x| Level::signed(*x, 8.0)).collect();
    let area = Rect::new(0, 0, 11, 8);
    let pixels = Pixels::new(PLAIN, &grid, &levels, area, false);
    assert_eq!(pixels.area(), Rect::new(0, 0, 8, 6));
    assert_eq!(pixels.cell_of(2, 3), Some(Rect::new(7, 5, 1, 1)));
    let square = Pixels::new(RGB, &grid, &levels, area, true);
    assert_eq!(square.area(), Rect::new(0, 0, 8, 3));
}

#[test]
fn a_drift_below_a_quarter_level_changes_no_cell() {
    let mut state = HeatMapState::default();
    // The limit is 0.8: levels are 0.1 apart, and these lie close to an edge.
    let values = |shift: f32| {
        move |row: u16, col: u16| match (row, col) {
            (0, 0) => 0.8,
            _ => 0.149 + shift,
        }
    };
    let first = grid(6, 6, values(0.0));
    let before = render(&map(RGB, &first), 30, 10, &mut state);
    let drifted = grid(6, 6, values(0.02));
    let after = render(&map(RGB, &drifted), 30, 10, &mut state);
    assert_eq!(changed(&before, &after), 0);
    let moved = grid(6, 6, values(0.03));
    let moved = render(&map(RGB, &moved), 30, 10, &mut state);
    assert!(
        changed(&before, &moved) >= 17,
        "every cell follows past a quarter"
    );
}

#[test]
fn the_scale_is_printed_held_and_frozen() {
    let mut state = HeatMapState::default();
    let shown = |size: f32, title: &str, state: &mut HeatMapState| {
        let grid = grid(8, 8, |row, col| {
            size * if (row + col) % 2 == 0 { 1.0 } else { -1.0 }
        });
        let map = HeatMap {
            title,
            ..map(PLAIN, &grid)
        };
        text(&render(&map, 50, 12, state))
    };
    assert!(shown(0.5, "W", &mut state).contains("+-0.5 "));
    assert!(shown(0.55, "W", &mut state).contains("+-0.5 "));
    assert!(shown(0.7, "W", &mut state).contains("+-0.7 "));
    state.scale.freeze(true);
    let frozen = shown(7.0, "W", &mut state);
    assert!(frozen.contains("+-0.7  scale frozen"), "{frozen}");
    assert!(frozen.contains("sat  100%"), "{frozen}");
    // Another matrix is not measured with this one's scale.
    assert!(shown(7.0, "B", &mut state).contains("+-7 "));
}

#[test]
fn numbers_that_are_not_finite_are_shown_and_counted() {
    let mut grid = grid(6, 6, |row, _| if row == 2 { f32::NAN } else { 0.1 });
    grid.stats.non_finite = 12;
    let buf = render(&map(RGB, &grid), 60, 12, &mut HeatMapState::default());
    let crosses = buf.content.iter().filter(|cell| cell.symbol() == "×");
    let reversed = crosses.filter(|cell| cell.modifier.contains(Modifier::REVERSED));
    assert!(reversed.count() >= 6);
    assert!(text(&buf).contains("not finite 12"));
}

#[test]
fn the_cursor_points_and_reads() {
    let mut grid = grid(8, 8, wave);
    grid.shape = (800, 800);
    grid.window = Window {
        row: 80,
        col: 160,
        rows: 80,
        cols: 80,
    };
    grid.cell = Some(Cell {
        row: 124,
        col: 239,
        value: 0.0214,
    });
    let map = HeatMap {
        cursor: Some((124, 239)),
        ..map(RGB, &grid)
    };
    let buf = render(&map, 60, 12, &mut HeatMapState::default());
    let shown = text(&buf);
    assert!(shown.contains("post 124 pre 239   +0.0214"), "{shown}");
    assert!(shown.contains("mean of 10×10"), "{shown}");
    assert!(shown.contains("rows 80–159 of 800"), "{shown}");
    let pointers = buf
        .content
        .iter()
        .filter(|cell| cell.symbol() == "o" && cell.modifier.contains(Modifier::REVERSED));
    assert_eq!(pointers.count(), 1);
    // The answer to the last key may not be there yet: no number is better than a wrong one.
    let waiting = HeatMap {
        cursor: Some((125, 239)),
        ..map
    };
    let shown = text(&render(&waiting, 60, 12, &mut HeatMapState::default()));
    assert!(!shown.contains("0.0214"), "{shown}");
}

/// The pointer stands on the block that the model has put the element into.
#[test]
fn an_element_is_found_in_the_block_that_holds_it() {
    use crate::models::grid::{Meaning, pool};
    use crate::models::panel::PanelRequest;
    let request = PanelRequest {
        panel: 0,
        item: 0,
        rows: 7,
        cols: 9,
        reduce: Reduce::MaxAbs,
        window: Some(Window {
            row: 3,
            col: 5,
            rows: 23,
            cols: 31,
        }),
        cursor: None,
    };
    let meaning = Meaning {
        row_label: "post",
        col_label: "pre",
        unit: "",
        signed: true,
    };
    for element in [(3, 5), (6, 8), (7, 13), (14, 20), (25, 35)] {
        let lit = |row, col| f32::from((row, col) == element);
        let grid = pool((40, 50), lit, &request, meaning);
        let bright = grid
            .values
            .iter()
            .position(|x| *x > 0.0)
            .expect("one block");
        let expected = ((bright / 9) as u16, (bright % 9) as u16);
        let element = (element.0 as u32, element.1 as u32);
        assert_eq!(map(RGB, &grid).grid_place(element), Some(expected));
    }
    let grid = pool((40, 50), |_, _| 0.0, &request, meaning);
    assert_eq!(map(RGB, &grid).grid_place((2, 9)), None);
    assert_eq!(map(RGB, &grid).grid_place((26, 9)), None);
}
