//! `hebbtop man`: the manual page, in troff.

use std::io::{self, Write};

use clap_mangen::Man;

use super::exit::Outcome;

const EXIT_STATUS: &str = ".SH \"EXIT STATUS\"\n\
    0 done; 1 a check failed; 2 usage or a bad file; 3 fault of the model; 4 input or output;\n\
    129, 130, 143 ended by SIGHUP, SIGINT, SIGTERM.\n";

/// # Errors
/// When standard output cannot be written.
pub fn run() -> Outcome {
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
        .filter(|command| command.get_name() != "help")
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
    page.write_all(EXIT_STATUS.as_bytes())
}
