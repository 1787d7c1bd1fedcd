//! The command `shipgate`: reads a directory document and answers questions about it.
#![forbid(unsafe_code)]
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::todo,
    clippy::unimplemented,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::as_conversions,
    clippy::print_stdout,
    clippy::print_stderr
)]

// With its path, so that the modules inside are found beside it here and in the tests, which include it too.
#[path = "command.rs"]
mod command;

use std::env;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};

use command::console::{Console, Source, Styles};

fn main() -> ExitCode {
    let (mut input, mut output, mut errors) = (io::stdin().lock(), io::stdout().lock(), io::stderr());
    // `choice` looks at the terminal, `NO_COLOR` and their like.
    let (output_styles, error_styles) = (styles(AutoStream::choice(&output)), styles(AutoStream::choice(&errors)));
    let source = if input.is_terminal() { Source::Typed } else { Source::Piped };
    let mut console = Console {
        input: &mut input,
        source,
        output: &mut output,
        output_styles,
        errors: &mut errors,
        error_styles,
        patience: Console::PATIENCE,
    };
    command::run(env::args_os(), &mut console).into()
}

fn styles(choice: ColorChoice) -> Styles {
    match choice {
        ColorChoice::Auto | ColorChoice::Never => Styles::PLAIN,
        ColorChoice::AlwaysAnsi | ColorChoice::Always => Styles::COLOURED,
    }
}
