//! Files must not drive the terminal: their control characters never reach it.

use crate::pty::Pty;
use crate::{hebbtop, preset_file};

/// What the strings of the file below would do: set the title, clear, colour, ring, turn the writing
/// round. Every one is told apart from what the program writes itself.
const PRESET: &str = r#"title = "tit\u001b]0;OWNED\u0007le \u009b31;44mC1 \u202egnp.exe"
about = """
About \u001b[2J\u001b[5;31mblinking\u0007 \u0090q\u009c \u2066isolated\u2069
"""
model = "predictive-coding"
data = "digits"
length = 40
pace = 20

[parameters]
network = "20 + tanh / 10"
eta = 0.1

[[at]]
step = 2
set = { eta = 0.2 }

[[expect]]
metric = "test_accuracy"
at_least = 0.1
source = "a \u001b]52;c;T1dORUQ=\u0007book\u001bc"
"#;

fn assert_clean(pty: &Pty) {
    let output = pty.output(0);
    let text = String::from_utf8_lossy(&output).into_owned();
    for hostile in ["\x1b]0;", "\x1b]52", "\x1b[5;31m", "\x1bc", "\x07"] {
        let found = text.find(hostile);
        assert_eq!(found, None, "{:?} is written", hostile);
    }
    let strange: String = text
        .chars()
        .filter(|&c| {
            ('\u{80}'..='\u{9f}').contains(&c)
                || matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
        .collect();
    assert_eq!(strange.escape_unicode().to_string(), "");
}

#[test]
fn a_preset_says_its_words_and_nothing_else() {
    // The name of the file is as bad as what is in it.
    let (_folder, path) = preset_file("na\x1b]0;OWNED\x07me.toml", PRESET);
    let mut pty = hebbtop(&["run", path.to_str().unwrap()]).start(120, 40);
    pty.wait_for("LIVE");
    pty.wait_for("C1 gnp.exe");
    pty.keys("5");
    pty.wait_for("[5 Log]");
    pty.wait_for("eta 0.1 -> 0.2");
    pty.keys("2");
    pty.wait_for("[2 Learning");
    pty.keys("?");
    pty.wait_for("blinking");
    pty.keys("\x1b");
    pty.wait_for("q quit");
    pty.keys(":");
    pty.wait_for("enter do it");
    pty.keys("\x1b");
    pty.wait_for("q quit");
    pty.keys("\x03");
    pty.wait_for("leave?");
    pty.keys("y");
    pty.assert_exit(0);
    assert!(pty.text().contains("again: hebbtop run"), "{}", pty.text());
    assert_clean(&pty);
}

#[test]
fn a_complaint_about_a_file_is_clean_too() {
    let bad =
        format!("{PRESET}\n[variants.\"x\\u001b[2J\"]\nbanana = \"\\u001b]0;OWNED\\u0007\"\n");
    let (_folder, path) = preset_file("bad.toml", &bad);
    let mut pty = hebbtop(&["run", path.to_str().unwrap()]).start(120, 40);
    pty.assert_exit(2);
    assert!(pty.text().contains("bad.toml"), "{}", pty.text());
    assert_clean(&pty);
}

#[test]
fn what_is_typed_on_the_command_line_is_clean_too() {
    for args in [
        &["run", "\x1b]0;OWNED\x07"][..],
        &["run", "pc-digits", "--set", "eta\x1b]0;OWNED\x07=3"],
    ] {
        let mut pty = hebbtop(args).start(120, 40);
        pty.assert_exit(2);
        assert_clean(&pty);
    }
}
