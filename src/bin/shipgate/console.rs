//! What a command reads from and writes to, how it looks there, and how it ends.

use std::fmt::{self, Display};
use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use clap::builder::StyledStr;
use clap::builder::styling::{AnsiColor, Style};
use shipgate::Directory;

use super::progress;

/// The streams of a run.
pub(crate) struct Console<'a> {
    pub(crate) input: &'a mut dyn Read,
    pub(crate) source: Source,
    pub(crate) output: &'a mut dyn Write,
    pub(crate) output_styles: Styles,
    pub(crate) errors: &'a mut (dyn Write + Send),
    pub(crate) error_styles: Styles,
    /// How long a task takes before its progress is shown.
    pub(crate) patience: Duration,
}

impl Console<'_> {
    pub(crate) const PATIENCE: Duration = Duration::from_secs(1);

    /// Loads a directory document.
    pub(crate) fn load(&mut self, path: &Path) -> Result<Directory<String>, CommandError> {
        let problem = |problem: String| CommandError::Input { name: path.display().to_string(), problem };
        let task = |_: &progress::Counter| {
            let text = fs::read_to_string(path).map_err(|error| problem(error.to_string()))?;
            Directory::<String>::from_json(&text).map_err(|error| problem(error.to_string()))
        };
        progress::watched(self.errors, self.patience, |_| format!("reading {}", path.display()), task)
    }
}

/// Where the input comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// A person types it.
    Typed,
    /// A file or another program.
    Piped,
}

/// How a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// It did what it was told.
    Done,
    /// The arguments are wrong, or an input could not be read.
    Failed,
    /// A line was malformed, or answers differ.
    Differs,
}

impl Status {
    /// [`Status::Differs`] if any of these were found.
    pub(crate) const fn of_differences(found: u64) -> Self {
        if found == 0 { Self::Done } else { Self::Differs }
    }
}

impl From<Status> for u8 {
    fn from(status: Status) -> Self {
        match status {
            Status::Done => 0,
            Status::Failed => 1,
            Status::Differs => 2,
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(u8::from(status))
    }
}

/// Why a command did not finish.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// An input that cannot be read.
    #[error("{name}: {problem}")]
    Input { name: String, problem: String },
    /// Arguments that do not fit together.
    #[error("{0}")]
    Usage(String),
    /// An output that cannot be written.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// How text looks.
#[derive(Clone, Copy)]
pub(crate) struct Styles {
    help: Help,
    pub(crate) heading: Style,
    pub(crate) good: Style,
    pub(crate) waiting: Style,
    pub(crate) bad: Style,
    pub(crate) faint: Style,
}

/// How clap's help is shown.
#[derive(Clone, Copy)]
enum Help {
    Plain,
    Styled,
}

impl Styles {
    /// For files, other programs, and people who want no colours.
    pub(crate) const PLAIN: Self = Self {
        help: Help::Plain,
        heading: Style::new(),
        good: Style::new(),
        waiting: Style::new(),
        bad: Style::new(),
        faint: Style::new(),
    };
    /// For a terminal.
    pub(crate) const COLOURED: Self = Self {
        help: Help::Styled,
        heading: Style::new().bold(),
        good: AnsiColor::Green.on_default(),
        waiting: AnsiColor::Yellow.on_default(),
        bad: AnsiColor::Red.on_default().bold(),
        faint: Style::new().dimmed(),
    };

    /// Clap's help in this style.
    pub(crate) fn of_help(self, help: &StyledStr) -> String {
        match self.help {
            Help::Plain => help.to_string(),
            Help::Styled => help.ansi().to_string(),
        }
    }
}

/// Text in a style.
pub(crate) struct Painted<T> {
    pub(crate) style: Style,
    pub(crate) text: T,
}

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { style, text } = self;
        write!(f, "{style}{text}{style:#}")
    }
}
