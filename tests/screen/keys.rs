//! What keys do to the screen and ask of the run.

use hebbtop::engine::{Command, Pace, RunState, StepOf};
use hebbtop::models::table::Value;
use hebbtop::ui::state::dialog::Dialog;
use hebbtop::ui::state::tab::Focus;
use hebbtop::ui::update::Exit;

use crate::fixture::{description, text};
use crate::stage::Stage;

fn set(id: &str, value: Value) -> Command {
    Command::Set {
        id: id.into(),
        value,
    }
}

fn stage() -> Stage {
    Stage::at(200, 120, 40)
}

#[test]
fn space_pauses_and_resumes_and_the_status_line_says_so() {
    let mut stage = stage();
    assert!(stage.text().contains("LIVE"));
    stage.press("space").frames(1);
    assert_eq!(stage.sent, [Command::Pause]);
    assert!(stage.text().contains("PAUSED"));
    stage.press("space").frames(1);
    assert_eq!(stage.sent[1], Command::Resume);
}

#[test]
fn steps_of_both_kinds() {
    let mut stage = stage();
    stage
        .press(". >")
        .enter(":step 12")
        .enter(":step-quantum 3");
    let step = |of, count| Command::Step { of, count };
    let wanted = [
        step(StepOf::Quantum, 1),
        step(StepOf::Unit, 1),
        step(StepOf::Unit, 12),
        step(StepOf::Quantum, 3),
    ];
    assert_eq!(stage.sent, wanted);
}

#[test]
fn a_burst_of_nudges_is_one_command() {
    let mut stage = stage();
    stage.press("right right right right right right right right right right");
    let Command::Set {
        id,
        value: Value::Real(eta),
    } = &stage.sent[0]
    else {
        panic!("{:?}", stage.sent)
    };
    // Ten fine strides are half a decade on a logarithmic scale.
    assert!(id == "eta" && (eta / 0.316 - 1.0).abs() < 0.03, "{eta}");
    assert_eq!(stage.sent.len(), 1);
}

#[test]
fn nudges_go_on_from_what_is_on_its_way() {
    let mut stage = stage();
    stage.press("down right");
    stage.press("right");
    stage.press("L");
    let wanted = [21, 22, 32].map(|n| set("n", Value::Integer(n)));
    assert_eq!(stage.sent, wanted);
}

#[test]
fn a_change_is_shown_as_sent_then_accepted() {
    let mut stage = stage();
    stage.press("right");
    assert!(stage.text().contains("…0.112"), "{}", stage.text());
    stage.frames(1);
    assert!(!stage.text().contains("…0.112"));
    assert!(
        stage.message().starts_with("accepted: eta"),
        "{}",
        stage.message()
    );
    let marks = stage.screen().history.marks();
    assert_eq!(marks.len(), 1, "a mark appears on the charts");
}

#[test]
fn a_refusal_says_why_and_leaves_the_value() {
    let mut stage = stage();
    let delay = description().param("delay").unwrap();
    for _ in 0..delay {
        stage.press("down");
    }
    stage.press("right").frames(1);
    assert!(
        stage.message().contains("takes none now"),
        "{}",
        stage.message()
    );
    assert!(stage.text().contains("2.5 ms"));
}

#[test]
fn restart_parameters_are_marked_and_wait() {
    let mut stage = stage();
    stage.enter(":set batch 32").frames(1);
    let text = stage.text();
    assert!(text.contains("batch*") && text.contains("→32"), "{text}");
    stage.press("r");
    assert_eq!(stage.state.dialog, Some(Dialog::Reset));
    stage.press("r").frames(2);
    assert_eq!(stage.sent.last(), Some(&Command::Reset { seed: None }));
    assert_eq!(stage.screen().history.samples(), 0);
}

#[test]
fn a_typed_value_is_checked_before_it_is_sent() {
    let mut stage = stage();
    stage.press("enter").enter("7");
    assert!(stage.sent.is_empty());
    let text = stage.text();
    assert!(
        text.contains("`eta` cannot be `7`") && text.contains("1e-4"),
        "{text}"
    );
    stage.press("ctrl-u").enter("0.05");
    assert_eq!(stage.sent, [set("eta", Value::Real(0.05))]);
}

#[test]
fn enter_turns_a_switch_and_arrows_a_choice() {
    let mut stage = stage();
    stage.press("down down down right").press("down enter");
    let wanted = [
        set("method", Value::Choice(text("strict"))),
        set("learn", Value::Switch(false)),
    ];
    assert_eq!(stage.sent, wanted);
}

#[test]
fn d_goes_back_to_the_default() {
    let mut stage = stage();
    stage.enter(":set eta 0.5").frames(1).press("d");
    assert_eq!(stage.sent[1], set("eta", Value::Real(0.1)));
    stage.frames(1).press("d");
    assert_eq!(stage.sent.len(), 2, "nothing to do");
}

#[test]
fn the_pace_goes_flat_out_and_back_to_the_preset_s() {
    let mut stage = stage();
    stage
        .press("p")
        .frames(1)
        .press("p")
        .frames(1)
        .press("P")
        .frames(1)
        .press("P");
    let wanted = [
        Pace::FlatOut,
        Pace::Units(20.0),
        Pace::Quanta(4.0),
        Pace::Units(20.0),
    ];
    assert_eq!(stage.sent, wanted.map(Command::SetPace));
}

#[test]
fn variants_go_round_by_key_and_by_name() {
    let mut stage = stage();
    stage
        .press("v")
        .enter(":variant strict")
        .enter(":variant strikt");
    let wanted = ["paper-digits:slow", "paper-digits:strict"];
    assert_eq!(stage.sent, wanted.map(|name| Command::Preset(name.into())));
    assert!(stage.text().contains("did you mean `strict`"));
}

#[test]
fn freezing_holds_the_picture_while_the_run_goes_on() {
    let mut stage = stage();
    stage.press("f");
    let before = stage.text();
    assert!(before.contains("FROZEN @200"), "{before}");
    stage.run.advance(300);
    stage.frames(2);
    let samples = stage.screen().history.samples();
    assert_eq!(samples, 200, "the copy of the past stands still");
    let chart = |text: &str| text.lines().skip(1).take(27).collect::<String>();
    let during = stage.text();
    assert_eq!(chart(&before), chart(&during));
    assert!(during.contains("500/1 000"), "the step goes on: {during}");
    stage.press("f").frames(2);
    assert_eq!(stage.screen().history.samples(), 500);
    assert!(stage.text().contains("LIVE"));
}

#[test]
fn an_answer_to_a_frozen_question_does_not_tear_the_history() {
    let mut stage = stage();
    stage.press("f");
    let now = stage.state.now;
    let request = stage.screen().request(Vec::new(), now);
    stage.run.advance(50);
    let frame = stage.run.answer(&request);
    stage.press("f");
    stage.screen().take(frame, &request, now);
    stage.frames(1);
    let columns = stage.screen().history.columns(0, 150, 250, 100);
    assert!(columns.iter().all(|bucket| bucket.count == 1));
}

#[test]
fn q_asks_only_when_something_is_at_stake() {
    let mut running = stage();
    running.press("q");
    assert_eq!(
        (running.left, running.state.dialog.clone()),
        (None, Some(Dialog::Quit))
    );
    running.press("esc");
    assert_eq!(running.state.dialog, None);
    running.press("q q");
    assert_eq!(running.left, Some(Exit::Asked));

    let mut paused = stage();
    paused.run.state = RunState::Done;
    paused.frames(1).press("q");
    assert_eq!(paused.left, Some(Exit::Asked));

    let mut edited = stage();
    edited.run.state = RunState::Paused;
    edited.press("right").frames(1).press("q");
    assert_eq!(edited.left, None);
    assert!(edited.text().contains("not saved as a preset"));
    edited.press("s").press("enter").frames(1);
    assert!(matches!(edited.sent.last(), Some(Command::SavePreset(_))));
    edited.press("q");
    assert_eq!(edited.left, Some(Exit::Asked));
}

#[test]
fn interrupting_asks_first_and_leaves_second() {
    let mut stage = stage();
    stage.run.state = RunState::Paused;
    stage.frames(1).press("ctrl-c");
    assert_eq!(stage.left, None);
    stage.press("ctrl-c");
    assert_eq!(stage.left, Some(Exit::Interrupted));
}

#[test]
fn views_panels_and_zoom() {
    let mut stage = stage();
    for (key, name, shown) in [
        ("2", "[2 Learning", "errors"),
        ("3", "[3 Weights", "spread"),
        ("4", "[4 Inference", "beliefs"),
        ("5", "[5 Log]", "lines"),
        ("1", "[1 Overview", "angle"),
    ] {
        stage.press(key).frames(2);
        let text = stage.text();
        assert!(
            text.contains(name) && text.contains(shown),
            "{key}:\n{text}"
        );
        assert!(text.contains("parameters"), "the parameters stay in reach");
    }
    stage.press("9");
    assert!(stage.message().contains("views are 1 to 5"));
    stage.press("tab tab");
    assert_eq!(stage.screen().focus(), Focus::Panel(1));
    stage.press("z").frames(1);
    let text = stage.text();
    assert!(
        text.contains("weights W1") && !text.contains("angle"),
        "{text}"
    );
    stage.press("esc");
    assert_eq!(stage.screen().focus(), Focus::Parameters);
    assert!(stage.text().contains("angle"));
}

#[test]
fn only_visible_panels_are_asked_for() {
    let mut stage = stage();
    let wanted = |stage: &Stage| -> Vec<usize> {
        let wanted = hebbtop::ui::view::wanted(&stage.state);
        wanted.iter().map(|request| request.panel).collect()
    };
    assert_eq!(wanted(&stage), [1, 3]);
    stage.press("3");
    assert_eq!(wanted(&stage), [1, 5]);
    stage.press("5");
    assert!(wanted(&stage).is_empty());
    stage.press("3 f");
    let (visible, now) = (hebbtop::ui::view::wanted(&stage.state), stage.state.now);
    let asked = stage.screen().request(visible, now).panels;
    assert!(asked.is_empty(), "a frozen view asks for nothing");
    assert!(stage.text().contains("frozen before this was drawn"));
}

#[test]
fn maps_are_asked_for_less_often_than_frames() {
    let mut stage = stage();
    let mut asked = 0;
    for _ in 0..16 {
        stage.run.advance(1);
        let now = stage.state.now + std::time::Duration::from_millis(125);
        stage.state.now = now;
        let visible = hebbtop::ui::view::wanted(&stage.state);
        let request = stage.screen().request(visible, now);
        asked += request
            .panels
            .iter()
            .filter(|panel| panel.panel == 1)
            .count();
        let frame = stage.run.answer(&request);
        stage.screen().take(frame, &request, now);
    }
    assert!((4..=8).contains(&asked), "{asked} maps in two seconds");
}

#[test]
fn items_of_a_panel_go_round() {
    let mut stage = stage();
    stage.press("tab tab n").frames(1);
    assert!(stage.text().contains("weights W2"));
    stage.press("n").frames(1);
    assert!(stage.text().contains("weights W1"));
    stage.press("N");
    assert_eq!(stage.screen().panels[1].item, 1);
}

#[test]
fn a_heat_map_is_zoomed_moved_and_read() {
    let mut stage = stage();
    stage.press("tab tab + +").frames(1);
    let window = stage.screen().panels[1].window.unwrap();
    assert_eq!((window.rows, window.cols), (12, 16));
    stage.press("left left left left left left left left left left left left left");
    stage
        .press("left left left left left left left left left left left left left")
        .frames(1);
    assert_eq!(stage.screen().panels[1].window.unwrap().col, 0);
    stage.press("c right down b a").frames(1);
    let panel = stage.screen().panels[1].clone();
    assert!(panel.hold && panel.cursor.is_some());
    let (row, col) = panel.cursor.unwrap();
    let text = stage.text();
    assert!(text.contains(&format!("unit {row} input {col}")), "{text}");
    assert!(text.contains("scale frozen"), "{text}");
    stage.press("0");
    assert_eq!(stage.screen().panels[1].window, None);
}

#[test]
fn charts_zoom_and_pan_together_and_are_read_at_the_crosshair() {
    let mut stage = stage();
    stage.press("+ +");
    assert_eq!(stage.text().matches("64 of 200").count(), 0);
    let (from, to) = stage.screen().stretch.range(200, Some(1000));
    assert_eq!(to - from, 50);
    stage.press("tab left left").frames(1);
    assert!(!stage.screen().stretch.is_live());
    stage.press("0 c");
    assert_eq!(stage.screen().focus(), Focus::Panel(0));
    let step = stage.screen().crosshair.unwrap();
    stage.press("right");
    let moved = stage.screen().crosshair.unwrap();
    assert!(moved > step && moved <= 200);
    assert!(stage.text().contains("at step"), "{}", stage.text());
    stage.press("y").frames(1);
    assert!(!stage.text().contains("loss  log y"));
    stage.press("s").frames(1);
    assert!(stage.text().contains("ema 0.8"));
}

/// The first number of the line that holds `words`, behind them.
fn number_behind(text: &str, words: &str) -> f64 {
    let line = text.lines().find_map(|line| line.split_once(words));
    let (_, rest) = line.unwrap_or_else(|| panic!("no {words:?} in\n{text}"));
    let number = rest.split_whitespace().next().unwrap();
    number.parse().unwrap_or_else(|_| panic!("{number:?}"))
}

/// What was before the chart's left edge is part of the average at its edge.
#[test]
fn a_smoothed_value_does_not_depend_on_the_zoom() {
    let mut stage = stage();
    stage.press("tab c s s").frames(1);
    assert!(stage.text().contains("ema 0.95"), "{}", stage.text());
    let whole = number_behind(&stage.text(), "▪ loss");
    for _ in 0..2 {
        stage.press("+").frames(1);
        let zoomed = number_behind(&stage.text(), "▪ loss");
        assert!((zoomed / whole - 1.0).abs() < 0.02, "{zoomed} for {whole}");
    }
}

#[test]
fn the_log_scrolls_and_is_filtered() {
    let mut stage = stage();
    stage.press("5");
    for i in 0..60 {
        let words = format!("line number {i}");
        stage.run.say(hebbtop::engine::LogKind::Info, &words);
    }
    stage.frames(1);
    assert!(stage.text().contains("line number 59"));
    stage.press("pageup pageup");
    let text = stage.text();
    assert!(
        !text.contains("line number 59") && text.contains("below"),
        "{text}"
    );
    stage.press("end / 4 2");
    let text = stage.text();
    assert!(
        text.contains("line number 42") && !text.contains("line number 41"),
        "{text}"
    );
    stage.press("enter");
    assert!(stage.text().contains("2 of 61 lines with `42`"));
    stage.press("/ esc");
    assert!(stage.text().contains("line number 59"));
}

#[test]
fn the_command_line_completes_recalls_and_corrects() {
    let mut stage = stage();
    stage.press(": s e t space m o m tab");
    let Some(Dialog::Palette(palette)) = &stage.state.dialog else {
        panic!("the command line is open")
    };
    assert_eq!(palette.field.text(), "set momentum ");
    let text = stage.text();
    assert!(
        text.contains("0.9") && text.contains("present and default"),
        "{text}"
    );
    stage.enter("0.5");
    assert_eq!(stage.sent, [set("momentum", Value::Real(0.5))]);
    stage.press(": up");
    assert!(stage.text().contains(":set momentum 0.5"));
    stage.press("esc").enter(":sett eta 1");
    assert!(
        stage.text().contains("did you mean `set`"),
        "{}",
        stage.text()
    );
    stage.press("esc").enter(":set etta 1");
    assert!(stage.text().contains("did you mean `eta`"));
    stage
        .press("esc")
        .enter(":preset other-quick")
        .enter(":seed 7")
        .enter(":save mine.toml");
    let last = &stage.sent[1..];
    let wanted = [
        Command::Preset("other-quick".into()),
        Command::Reset { seed: Some(7) },
        Command::SavePreset("mine.toml".into()),
    ];
    assert_eq!(last, wanted);
}

#[test]
fn commands_without_a_key_can_be_typed() {
    let mut stage = stage();
    stage
        .enter(":mark before the change")
        .enter(":pace 5")
        .enter(":pace max")
        .enter(":view log");
    let wanted = [
        Command::Mark("before the change".into()),
        Command::SetPace(Pace::Units(5.0)),
        Command::SetPace(Pace::FlatOut),
    ];
    assert_eq!(stage.sent, wanted);
    assert!(stage.text().contains("[5 Log]"));
    stage.enter(":save mine").press("enter");
    assert!(stage.text().contains("ends in .toml"));
    stage.press("ctrl-u").enter("quit");
    assert_eq!(
        stage.state.dialog,
        Some(Dialog::Quit),
        "a running run is at stake"
    );
}

#[test]
fn a_paste_goes_into_a_line_and_nowhere_else() {
    let mut stage = stage();
    let now = stage.state.now;
    hebbtop::ui::update::paste(&mut stage.state, "q\nq\n", now);
    assert!(stage.left.is_none() && stage.state.dialog.is_none());
    stage.press("enter");
    hebbtop::ui::update::paste(&mut stage.state, "0.25\nq", now);
    stage.press("enter");
    assert_eq!(stage.sent, [set("eta", Value::Real(0.25))]);
}

#[test]
fn the_start_screen_filters_and_opens() {
    let mut stage = Stage::choosing(120, 40);
    let text = stage.text();
    for part in [
        "Paper rule",
        "Other rule",
        "paper-mnist",
        "needs --data: MNIST",
    ] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    stage.press("right enter");
    assert_eq!(stage.opened.as_deref(), Some("paper-digits:slow"));
    stage.press("d i v");
    let text = stage.text();
    assert!(
        text.contains("paper-diverges") && !text.contains("paper-mnist"),
        "{text}"
    );
    stage.press("enter");
    assert_eq!(stage.opened.as_deref(), Some("paper-diverges"));
    stage.press("esc down down").press("enter");
    assert_eq!(stage.opened.as_deref(), Some("paper-mnist"));
    stage.press("/ q");
    assert_eq!(stage.left, None, "q is a letter in the filter");
    stage.press("esc q");
    assert_eq!(stage.left, Some(Exit::Asked));
}

#[test]
fn help_explains_the_view_and_every_key() {
    let mut stage = Stage::at(200, 120, 200);
    stage.press("?");
    let text = stage.text();
    let said = [
        "Watch the loss fall.",
        "What weights shows and what to look for in it.",
        "pause or resume the simulation",
        "do one sweep, or N of them, then pause",
        "(:set PARAMETER VALUE)",
        "heat map under focus",
        "test_loss at the end: 0.250 +- 0.0500",
    ];
    for part in said {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    stage.press("q");
    assert_eq!(stage.state.dialog, None);
    assert_eq!(stage.left, None);
}

#[test]
fn a_fault_is_said_and_the_run_can_go_on() {
    use hebbtop::models::{Fault, FaultKind};
    let mut stage = stage();
    let what = "the energy has risen to 12 times F_0 at sweep 7: lower eta";
    stage.run.state = RunState::Faulted(Fault {
        kind: FaultKind::Divergence,
        what: what.into(),
    });
    stage.frames(1);
    let text = stage.text();
    assert!(text.contains("FAULT") && text.contains(what), "{text}");
    stage.press("left").press("space");
    assert_eq!(stage.sent.last(), Some(&Command::Resume));
}

#[test]
fn the_list_of_breakpoints_adds_switches_and_removes() {
    let mut stage = stage();
    stage.press("B").frames(1);
    assert!(stage.text().contains("No breakpoint yet"));
    stage.press("a");
    stage.enter("loss > 3").frames(1);
    stage.enter(":break nan").frames(1);
    stage.press("B").frames(1);
    insta::assert_snapshot!(stage.text());
    stage.press("down space d up").frames(1);
    let wanted = [
        Command::Break("loss > 3".into()),
        Command::Break("nan".into()),
        Command::SwitchBreakpoint(2),
        Command::Unbreak(Some(2)),
    ];
    assert_eq!(stage.sent, wanted);
    stage.press("esc").enter(":until 500").enter(":unbreak all");
    let wanted = [Command::Until("500".into()), Command::Unbreak(None)];
    assert_eq!(stage.sent[4..], wanted);
}

#[test]
fn the_help_and_the_parameters_are_searched() {
    let mut stage = Stage::at(300, 120, 40);
    stage.press("? /").enter("redo");
    let text = stage.text();
    assert!(text.contains("make the change again"), "{text}");
    assert!(!text.contains("half the pace"), "{text}");
    stage.press("esc ?");
    assert!(
        !stage.text().contains("with `redo`"),
        "the whole help is back"
    );
    stage.press("esc /").enter("eta");
    let selected = stage.screen().params.selected;
    let spec = stage.screen().spec(selected).unwrap();
    assert_eq!(spec.id, "eta");
}
