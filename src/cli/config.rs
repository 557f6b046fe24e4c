//! `hebbtop config`: a person's own settings and keys, in `XDG_CONFIG_HOME/hebbtop/config.toml`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use toml::{Table, Value};

use super::exit::{Failure, Outcome};
use super::look::{BackgroundChoice, GlyphChoice, budget};
use super::screen::Hangup;
use crate::data::text;
use crate::preset::did_you_mean;
use crate::remote::place;
use crate::ui::keys::{KeyMap, TABLE};
use crate::ui::theme::{ColorChoice, Palette};

/// Nobody has written more by hand.
const LONGEST: u64 = 1 << 20;

#[derive(Args, Debug)]
pub struct Config {
    /// Write the file with all settings and keys as they are without one
    #[arg(long)]
    init: bool,
    /// Print where the file is
    #[arg(long, conflicts_with = "init")]
    path: bool,
}

/// What the file says.
#[derive(Debug, Default, PartialEq)]
pub struct Settings {
    pub color: Option<ColorChoice>,
    pub background: Option<BackgroundChoice>,
    pub palette: Option<Palette>,
    pub glyphs: Option<GlyphChoice>,
    pub budget: Option<u32>,
    pub mouse: bool,
    pub hangup: Option<Hangup>,
    /// Keys by the name of what they do.
    pub keys: BTreeMap<String, Vec<String>>,
    file: String,
}

/// The settings of the screen: name, default, meaning.
const SCREEN: [(&str, &str, &str); 7] = [
    ("color", "\"auto\"", "auto, 24bit, 256, 16 or none"),
    (
        "background",
        "\"auto\"",
        "auto (the terminal is asked), dark or light",
    ),
    (
        "palette",
        "\"standard\"",
        "standard, contrast or colour-blind",
    ),
    ("glyphs", "\"auto\"", "auto, braille, block or ascii"),
    (
        "budget",
        "\"none\"",
        "most bytes a second to the terminal, e.g. \"20k\"; none",
    ),
    (
        "mouse",
        "false",
        "whether the mouse is used from the beginning; M switches it",
    ),
    (
        "hangup",
        "\"keep\"",
        "when the terminal has gone, the run goes on (keep) or ends (end)",
    ),
];

/// # Errors
/// When the file is there already, or cannot be written.
pub fn run(args: &Config) -> Outcome {
    let file = file().ok_or_else(|| {
        Failure::Usage("neither XDG_CONFIG_HOME nor HOME says where settings are".to_owned())
    })?;
    let shown = text::line(&file.display().to_string());
    let mut out = io::stdout().lock();
    if args.path {
        writeln!(out, "{shown}")?;
        return Ok(());
    }
    if !args.init {
        // Whatever is wrong with the file is said here too.
        Settings::read()?;
        write!(out, "{}", documented())?;
        return Ok(());
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    match File::create_new(&file) {
        Ok(mut new) => new.write_all(documented().as_bytes())?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            return Err(Failure::Usage(format!("{shown} is there already")));
        }
        Err(error) => return Err(Failure::Io(format!("{shown}: {error}"))),
    }
    writeln!(
        out,
        "{shown} has all settings, each as it is without the file"
    )?;
    Ok(())
}

/// Where the settings are.
fn file() -> Option<PathBuf> {
    let folder = place::of_user("XDG_CONFIG_HOME", ".config")?;
    Some(folder.join("config.toml"))
}

/// All settings with their defaults, as a file that changes nothing.
fn documented() -> String {
    let mut out = String::from(
        "# Settings of hebbtop. What begins with # is as it is without this file.\n\n[screen]\n",
    );
    for (name, default, meaning) in SCREEN {
        // Writing to a string does not fail.
        let _ = writeln!(out, "# {meaning}\n# {name} = {default}");
    }
    out.push_str("\n# Which keys do what; an empty list takes the keys away.\n[keys]\n");
    let standard = KeyMap::standard();
    for row in TABLE.iter() {
        let keys = standard.keys(row).iter().map(|key| format!("\"{key}\""));
        let keys = keys.collect::<Vec<_>>().join(", ");
        let _ = writeln!(
            out,
            "# {}: {}\n# {} = [{keys}]",
            row.context.title(),
            row.help.replace(['{', '}'], ""),
            row.id
        );
    }
    out
}

impl Settings {
    /// What the file says, or nothing where there is none.
    /// # Errors
    /// When it is there and cannot be read; names what is wrong in it.
    pub fn read() -> Result<Self, Failure> {
        let Some(file) = file() else {
            return Ok(Self::default());
        };
        let shown = text::line(&file.display().to_string());
        let fault = |what: String| Failure::Usage(format!("{shown}: {what}"));
        let metadata = match fs::metadata(&file) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Failure::Io(format!("{shown}: {error}"))),
        };
        if !metadata.is_file() || metadata.len() > LONGEST {
            return Err(fault("is no file of settings".to_owned()));
        }
        let content = fs::read_to_string(&file).map_err(|error| fault(error.to_string()))?;
        let settings = Self::parse(&content).map_err(fault)?;
        Ok(Self {
            file: shown,
            ..settings
        })
    }

    /// What is wrong with the file.
    pub fn fault(&self, why: &str) -> Failure {
        Failure::Usage(format!("{}: keys: {why}", self.file))
    }

    fn parse(content: &str) -> Result<Self, String> {
        let table: Table = content.parse().map_err(|error: toml::de::Error| {
            text::paragraph(&error.to_string()).trim_end().to_owned()
        })?;
        let mut settings = Self::default();
        for (section, value) in &table {
            let Value::Table(rows) = value else {
                return Err(format!("`{}` belongs under [screen]", text::line(section)));
            };
            match section.as_str() {
                "screen" => {
                    for (name, value) in rows {
                        settings.set(name, value)?;
                    }
                }
                "keys" => {
                    for (id, value) in rows {
                        settings.keys.insert(id.clone(), keys(id, value)?);
                    }
                }
                other => {
                    let hint = did_you_mean(other, ["screen", "keys"]);
                    return Err(format!("[{}] is no section{hint}", text::line(other)));
                }
            }
        }
        Ok(settings)
    }

    fn set(&mut self, name: &str, value: &Value) -> Result<(), String> {
        let word = value.as_str();
        match name {
            "color" => self.color = Some(one_of(name, value)?),
            "background" => self.background = Some(one_of(name, value)?),
            "palette" => self.palette = Some(one_of(name, value)?),
            "glyphs" => self.glyphs = Some(one_of(name, value)?),
            "hangup" => self.hangup = Some(one_of(name, value)?),
            "budget" if word == Some("none") => self.budget = None,
            "budget" => {
                let typed = word.map_or_else(|| value.to_string(), str::to_owned);
                self.budget = Some(budget(&typed).map_err(|why| format!("budget: {why}"))?);
            }
            "mouse" => {
                let on = value.as_bool();
                self.mouse = on.ok_or("mouse is true or false")?;
            }
            other => {
                let hint = did_you_mean(other, SCREEN.iter().map(|(name, ..)| *name));
                return Err(format!("`{}` is no setting{hint}", text::line(other)));
            }
        }
        Ok(())
    }
}

fn one_of<T: ValueEnum>(name: &str, value: &Value) -> Result<T, String> {
    let word = value.as_str().unwrap_or_default();
    T::from_str(word, false).map_err(|_| {
        let all = T::value_variants()
            .iter()
            .filter_map(ValueEnum::to_possible_value);
        let names: Vec<String> = all.map(|value| value.get_name().to_owned()).collect();
        let known = names.join(", ");
        format!(
            "{name} is one of {known}, not {}",
            text::line(&value.to_string())
        )
    })
}

fn keys(id: &str, value: &Value) -> Result<Vec<String>, String> {
    let wrong = || format!("keys: {} takes a list such as [\"f5\"]", text::line(id));
    let list = value.as_array().ok_or_else(wrong)?;
    let name = |value: &Value| value.as_str().map(str::to_owned).ok_or_else(wrong);
    list.iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_file_changes_nothing_and_names_everything() {
        let documented = documented();
        assert_eq!(Settings::parse(&documented), Ok(Settings::default()));
        // Without the signs of comment before them the lines are those defaults.
        let all: String = documented
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(row) if row.contains(" = ") => format!("{row}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        let settings = Settings::parse(&all).unwrap();
        assert_eq!(settings.keys.len(), TABLE.len());
        assert_eq!(settings.hangup, Some(Hangup::Keep));
        KeyMap::standard().with(&settings.keys).unwrap();
    }

    #[test]
    fn what_is_unknown_is_refused_with_the_nearest_name() {
        for (content, expected) in [
            ("[screen]\ncolour = \"256\"", "did you mean `color`"),
            ("[screen]\ncolor = 7", "color is one of auto, 24bit"),
            ("[screen]\nbudget = \"much\"", "budget: it takes bytes"),
            ("[screen]\nmouse = \"on\"", "true or false"),
            ("[kezs]\n", "did you mean `keys`"),
            ("[keys]\npause = \"f5\"", "takes a list"),
            ("color = \"256\"", "under [screen]"),
            ("[screen\n", "TOML parse error"),
        ] {
            let refused = Settings::parse(content).unwrap_err();
            assert!(refused.contains(expected), "{content:?}: {refused}");
        }
    }
}
