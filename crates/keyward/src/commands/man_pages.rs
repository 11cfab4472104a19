//! `keyward man-pages`: one page for each command.

use std::io::{self, Write};
use std::path::Path;

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use crate::cli::Cli;
use crate::failure::Failure;

pub(super) fn run(folder: &Path) -> Result<(), Failure> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    write(&command, folder).map_err(Failure::io(format!(
        "can't write man pages to {}",
        folder.display()
    )))
}

fn write(command: &Command, folder: &Path) -> io::Result<()> {
    for subcommand in command.get_subcommands() {
        write(subcommand, folder)?;
    }
    let man = Man::new(command.clone())
        .source(concat!("keyward ", env!("CARGO_PKG_VERSION")))
        .manual("Keyward")
        // An empty date would be left out, and the rest would move to its place.
        .date(" ");
    let mut page = Vec::new();
    render(command, &man, &mut page)?;
    std::fs::write(folder.join(man.get_filename()), page)
}

/// Like [`Man::render`], but the lines of examples and tables stay lines.
fn render(command: &Command, man: &Man, page: &mut dyn Write) -> io::Result<()> {
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(page)?;
    }
    let Some(notes) = command.get_after_help() else {
        return Ok(());
    };
    let mut roff = Roff::new();
    roff.control("SH", ["NOTES"]);
    roff.control("nf", []);
    for line in notes.to_string().lines() {
        if line.is_empty() {
            roff.control("sp", []);
        } else {
            roff.text([roman(line)]);
        }
    }
    roff.control("fi", []);
    roff.to_writer(page)
}
