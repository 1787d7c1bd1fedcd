//! An input, line by line.

use std::io::{BufRead, BufReader, Read};

use super::console::CommandError;

/// The lines of an input that are not blank.
pub(crate) struct Lines<R> {
    input: BufReader<R>,
    number: u64,
    text: Vec<u8>,
}

/// A line.
pub(crate) struct Line<'a> {
    /// Its number, from 1; blank lines count.
    pub(crate) number: u64,
    /// Its text, or why it has none.
    pub(crate) text: Result<&'a str, String>,
}

impl<R: Read> Lines<R> {
    pub(crate) const fn new(input: BufReader<R>) -> Self {
        Self { input, number: 0, text: Vec::new() }
    }

    /// Whether the next line may have to be waited for.
    pub(crate) fn would_wait(&self) -> bool {
        self.input.buffer().is_empty()
    }

    /// The next line of the input, which is called `name`.
    pub(crate) fn next(&mut self, name: &str) -> Result<Option<Line<'_>>, CommandError> {
        loop {
            self.text.clear();
            let read = self.input.read_until(b'\n', &mut self.text);
            let problem =
                |error: std::io::Error| CommandError::Input { name: name.to_owned(), problem: error.to_string() };
            if read.map_err(problem)? == 0 {
                return Ok(None);
            }
            self.number = self.number.saturating_add(1);
            if !self.text.trim_ascii().is_empty() {
                break;
            }
        }
        let text = str::from_utf8(&self.text).map_err(|error| error.to_string());
        Ok(Some(Line { number: self.number, text }))
    }
}
