//! Which colours and which characters are written, by option and by environment.

use crate::pty::{Program, Pty};
use crate::{hebbtop, preset_file};

/// Shows every view, the help, the command line and the question, then leaves.
fn tour(program: Program) -> Pty {
    let mut pty = program.start(120, 40);
    pty.wait_for("[1 Overview");
    pty.wait_for("eta            0.1 ");
    for (key, words) in [
        ("2", "[2 Learning"),
        ("3", "[3 Weights"),
        ("4", "[4 Inference"),
        ("5", "[5 Log]"),
        ("1", "[1 Overview"),
        ("?", "Watch: the loss"),
        ("\x1b", "q quit"),
        (":", "enter do it"),
        ("\x1b", "q quit"),
        ("\x1b[C", "accepted: eta"),
        (" ", "PAUSED"),
        ("q", "leave?"),
    ] {
        pty.keys(key);
        pty.wait_for(words);
    }
    pty.keys("y");
    pty.assert_exit(0);
    pty
}

/// The numbers of every SGR sequence in the output.
fn looks(output: &[u8]) -> Vec<u16> {
    let text = String::from_utf8_lossy(output);
    let mut looks = Vec::new();
    for sequence in text.split("\x1b[").skip(1) {
        let end = sequence.find(|c: char| !(c.is_ascii_digit() || c == ';' || c == ':'));
        if let Some(end) = end.filter(|&end| sequence[end..].starts_with('m')) {
            let numbers = sequence[..end].split([';', ':']);
            looks.extend(numbers.map(|number| number.parse().unwrap_or(0)));
        }
    }
    looks
}

/// Neither a colour of the text nor one of the background.
fn is_colourless(look: u16) -> bool {
    !(30..=49).contains(&look) && !(90..=107).contains(&look) && !(58..=59).contains(&look)
}

fn digits() -> Program {
    hebbtop(&["run", "pc-digits"])
}

#[test]
fn what_the_environment_or_the_option_forbids_is_not_coloured() {
    let forbidden = [
        digits().env("NO_COLOR", "1"),
        digits().args(["--color", "none"]),
    ];
    for program in forbidden {
        let looks = looks(&tour(program).output(0));
        assert!(looks.contains(&1), "headings are bold all the same");
        let colours: Vec<_> = looks.iter().filter(|&&look| !is_colourless(look)).collect();
        assert!(colours.is_empty(), "{colours:?}");
    }
}

#[test]
fn sixteen_colours_are_the_terminals_own() {
    let looks = looks(&tour(digits().args(["--color", "16"])).output(0));
    let known = |look: u16| match look {
        30..=37 | 40..=47 | 90..=97 | 100..=107 | 39 | 49 => true,
        look => is_colourless(look),
    };
    let strange: Vec<_> = looks.iter().filter(|&&look| !known(look)).collect();
    assert!(strange.is_empty(), "{strange:?}");
    assert!(looks.iter().any(|look| (30..=37).contains(look)));
    assert!(looks.iter().any(|look| (90..=97).contains(look)));
}

#[test]
fn more_colours_are_written_where_the_terminal_has_them() {
    for (program, after) in [
        (digits().args(["--color", "256"]), 5),
        (digits().args(["--color", "24bit"]), 2),
        (digits(), 5),
        (digits().env("COLORTERM", "truecolor"), 2),
    ] {
        let mut pty = program.start(80, 24);
        pty.wait_for("▸eta");
        let looks = looks(&pty.output(0));
        let kinds: Vec<u16> = looks
            .windows(2)
            .filter(|pair| pair[0] == 38 && [2, 5].contains(&pair[1]))
            .map(|pair| pair[1])
            .collect();
        assert!(!kinds.is_empty());
        assert!(
            kinds.iter().all(|&kind| kind == after),
            "{kinds:?}, not {after}"
        );
        pty.keys("\x03\x03");
        pty.assert_exit(130);
    }
}

#[test]
fn ascii_means_ascii() {
    for program in [
        digits().args(["--ascii"]),
        digits().env("LANG", "C").env("LC_ALL", "C"),
    ] {
        let pty = tour(program);
        let output = pty.output(0);
        let strange = output.iter().position(|byte| !byte.is_ascii());
        let around = strange.map(|at| {
            let from = at.saturating_sub(60);
            String::from_utf8_lossy(&output[from..(at + 60).min(output.len())]).into_owned()
        });
        assert_eq!(around, None);
    }
}

#[test]
fn ascii_holds_for_the_words_of_a_preset_too() {
    let preset = r#"title = "Erdős–Rényi 自己 η"
model = "predictive-coding"
data = "digits"
length = 50
pace = 20

[parameters]
network = "20 + tanh / 10"
"#;
    let (_folder, path) = preset_file("η.toml", preset);
    let mut pty = hebbtop(&["run", path.to_str().unwrap(), "--ascii"]).start(120, 40);
    pty.wait_for("LIVE");
    pty.keys("5");
    pty.wait_for("[5 Log]");
    pty.keys("?");
    pty.wait_for("help");
    let output = String::from_utf8_lossy(&pty.output(0)).into_owned();
    let strange: String = output.chars().filter(|c| !c.is_ascii()).collect();
    assert_eq!(strange, "");
    pty.keys("\x03\x03");
    pty.assert_exit(130);
}
