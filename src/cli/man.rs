//! `hebbtop man`: the manual page, in troff.

use std::io::{self, Write};

use clap::Args;
use clap_mangen::Man;

use super::exit::Outcome;
use super::params::{model, model_names};
use crate::models::Family;
use crate::ui::keys::{Binding, TABLE};

const EXIT_STATUS: &str = ".SH \"EXIT STATUS\"\n\
    0 done; 1 a check failed; 2 usage or a bad file; 3 fault of the model; 4 input or output;\n\
    129, 130, 143 ended by SIGHUP, SIGINT, SIGTERM.\n";

#[derive(Args, Debug)]
pub struct Manual {
    /// The page of a model instead, in Markdown: equations, parameters, what to look for
    #[arg(value_parser = model_names())]
    model: Option<String>,
}

/// The page of a model.
fn page_of(family: &Family) -> &'static str {
    match family.id {
        "predictive-coding" => include_str!("../../docs/predictive-coding.md"),
        "feedback-alignment" => include_str!("../../docs/feedback-alignment.md"),
        _ => include_str!("../../docs/balanced.md"),
    }
}

/// # Errors
/// When standard output cannot be written.
pub fn run(args: &Manual) -> Outcome {
    if let Some(family) = args.model.as_deref().and_then(model) {
        io::stdout().lock().write_all(page_of(family).as_bytes())?;
        return Ok(());
    }
    let mut page = Vec::new();
    write(&mut page)?;
    io::stdout().lock().write_all(&page)?;
    Ok(())
}

/// The page of the program, then what each subcommand takes, as one page.
fn write(page: &mut Vec<u8>) -> io::Result<()> {
    let mut command = super::command();
    command.build();
    let main = Man::new(command.clone());
    main.render_title(page)?;
    main.render_name_section(page)?;
    main.render_synopsis_section(page)?;
    main.render_description_section(page)?;
    main.render_options_section(page)?;
    for subcommand in command
        .get_subcommands()
        .filter(|command| command.get_name() != "help" && !command.is_hide_set())
    {
        let man = Man::new(subcommand.clone());
        let mut section = Vec::new();
        man.render_description_section(&mut section)?;
        man.render_synopsis_section(&mut section)?;
        man.render_options_section(&mut section)?;
        writeln!(page, ".SH \"hebbtop {}\"", subcommand.get_name())?;
        // Sections of a subcommand become parts of its own section.
        let parts = String::from_utf8_lossy(&section).replace(".SH ", ".SS ");
        page.write_all(parts.as_bytes())?;
    }
    keys(page)?;
    page.write_all(EXIT_STATUS.as_bytes())
}

/// The table of keys and typed commands, place by place.
fn keys(page: &mut impl Write) -> io::Result<()> {
    writeln!(page, ".SH KEYS")?;
    let mut place = "";
    for row in TABLE.iter() {
        if row.context.title() != place {
            place = row.context.title();
            writeln!(page, ".SS \"{place}\"")?;
        }
        writeln!(page, ".TP\n\\fB{}\\fR", plain(&ways(row)))?;
        writeln!(page, "{}", plain(&row.help.replace(['{', '}'], "")))?;
    }
    Ok(())
}

/// The keys of a row, then the command that can be typed for it.
fn ways(row: &Binding) -> String {
    let typed = format!(":{} {}", row.id, row.argument.usage());
    let mut ways: Vec<&str> = row.keys.to_vec();
    if row.typed {
        ways.push(typed.trim_end());
    }
    ways.join("  ")
}

/// As troff prints it unchanged, at the beginning of a line too.
fn plain(words: &str) -> String {
    let escaped = words.replace('\\', "\\e").replace('-', "\\-");
    format!("\\&{escaped}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_every_subcommand_key_and_typed_command() {
        let mut page = Vec::new();
        write(&mut page).unwrap();
        let page = String::from_utf8(page).unwrap();
        for subcommand in super::super::command()
            .get_subcommands()
            .filter(|command| !command.is_hide_set())
        {
            let heading = format!(".SH \"hebbtop {}\"", subcommand.get_name());
            assert!(page.contains(&heading), "{heading}");
        }
        for row in TABLE.iter() {
            assert!(page.contains(&plain(&ways(row))), "{}", row.id);
        }
        assert!(!page.contains("{unit}"));
    }

    #[test]
    fn every_model_has_its_own_page() {
        for family in crate::models::FAMILIES {
            let command = format!("hebbtop params {} --markdown", family.id);
            assert!(page_of(family).contains(&command), "{}", family.id);
        }
    }

    #[test]
    fn what_troff_would_take_for_a_command_is_escaped() {
        assert_eq!(plain(".x-y"), "\\&.x\\-y");
        assert_eq!(plain("a\\b"), "\\&a\\eb");
    }
}
