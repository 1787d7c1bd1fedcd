//! The formats of an output.

use std::time::SystemTime;

use clap::{Args, ValueEnum};
use shipgate::Time;

use super::escape::Form;

/// How the output is written.
#[derive(Args)]
pub(crate) struct Output {
    /// The format of the output.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
    /// The same as `--format markdown`.
    #[arg(long, conflicts_with = "format")]
    markdown: bool,
}

impl Output {
    pub(crate) const fn format(&self) -> Format {
        if self.markdown { Format::Markdown } else { self.format }
    }
}

#[derive(Clone, Copy, Default, ValueEnum)]
pub(crate) enum Format {
    /// Lines for a terminal.
    #[default]
    Text,
    /// Tables for a page.
    Markdown,
    /// For programs.
    Json,
}

impl Format {
    /// The form of text in it; `None` if it is JSON.
    pub(crate) const fn form(self) -> Option<Form> {
        match self {
            Self::Text => Some(Form::Text),
            Self::Markdown => Some(Form::Markdown),
            Self::Json => None,
        }
    }
}

/// Reads a time: of RFC 3339, or `now`.
pub(crate) fn time(text: &str) -> Result<Time, String> {
    match text {
        "now" => Ok(SystemTime::now().into()),
        text => text.parse().map_err(|error: shipgate::json::TimeError| error.to_string()),
    }
}
