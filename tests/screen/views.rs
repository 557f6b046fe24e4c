//! What each view looks like at the sizes that matter. `INSTA_UPDATE=always cargo test --test screen`
//! takes a changed picture over; look at it first.

use crate::stage::Stage;

const SIZES: [(u16, u16); 4] = [(120, 40), (80, 24), (40, 10), (1, 1)];

/// Every size of what `prepare` leads to.
fn pictures(name: &str, prepare: impl Fn(&mut Stage)) {
    for (width, height) in SIZES {
        let mut stage = Stage::at(640, width, height);
        stage.press("right").frames(1);
        prepare(&mut stage);
        stage.frames(2);
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), stage.text());
    }
}

#[test]
fn overview() {
    pictures("overview", |_| {});
}

#[test]
fn learning() {
    pictures("learning", |stage| {
        stage.press("2 + c");
    });
}

#[test]
fn weights() {
    pictures("weights", |stage| {
        stage.press("3 tab n + c");
    });
}

#[test]
fn inference() {
    pictures("inference", |stage| {
        stage.press("4");
    });
}

#[test]
fn log() {
    pictures("log", |stage| {
        stage.press("5");
    });
}

#[test]
fn parameters_alone() {
    pictures("parameters", |stage| {
        stage.press("z down");
    });
}

#[test]
fn help() {
    pictures("help", |stage| {
        stage.press("?");
    });
}

#[test]
fn command_line() {
    pictures("command_line", |stage| {
        stage.press(": s e t space p");
    });
}

#[test]
fn leaving() {
    pictures("leaving", |stage| {
        stage.press("q");
    });
}

#[test]
fn start_screen() {
    for (width, height) in SIZES {
        let mut stage = Stage::choosing(width, height);
        stage.press("down right");
        insta::assert_snapshot!(format!("start_{width}x{height}"), stage.text());
    }
}

/// Below the least size there is one paragraph, and nothing at all on no terminal.
#[test]
fn every_size_down_to_nothing_is_drawn() {
    for width in 0..130 {
        for height in [0, 1, 2, 3, 5, 8, 9, 16, 21, 22, 33, 34, 39] {
            let mut stage = Stage::at(20, width, height);
            for keys in ["", "tab z", "2", "5", "?", "esc :", "esc esc q"] {
                stage.press(keys).draw();
            }
        }
    }
}

/// Gone back, the charts keep what was there, dashed, until the run is built anew.
#[test]
fn an_abandoned_future_stays_in_sight() {
    let mut stage = Stage::at(640, 120, 40);
    stage.press("2").frames(2);
    let held = stage.screen().history.samples();
    assert_eq!(held, 640);
    // Ten steps back, thirty times: it is still the first future.
    stage.press(&"< ".repeat(30)).frames(2);
    assert_eq!(stage.screen().history.samples(), 340);
    let abandoned = stage.screen().abandoned.as_ref().expect("a future");
    assert_eq!((abandoned.from, abandoned.history.samples()), (340, 640));
    stage.run.advance(100);
    stage.frames(2);
    insta::assert_snapshot!("abandoned_120x40", stage.text());
    stage.press("r enter").frames(2);
    assert!(stage.screen().abandoned.is_none());
    assert!(!stage.text().contains("abandoned"));
}
