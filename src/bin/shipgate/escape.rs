//! What came from a document, a question or an argument, as it is shown: no control, bidirectional or zero-width character
//! reaches a terminal, and nothing breaks a line or a table.

// The library escapes the ids in its messages with the same file.
#[path = "../../model/escape.rs"]
#[expect(dead_code, reason = "the library uses the rest")]
mod text;

use std::fmt::{self, Display, Write as _};
use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use text::{Escaped, is_visible, write_escape};

/// A form of text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Markdown,
}

impl Form {
    /// An id in this form. A backslash is escaped too, so that no two ids look the same.
    pub(crate) const fn id(self, id: &str) -> Shown<'_> {
        Shown { form: self, id }
    }

    /// An id in this form and in quotes, as part of a sentence.
    pub(crate) fn quoted(self, id: &str) -> String {
        let text = Escaped::in_quotes(id).to_string();
        match self {
            Self::Text => text,
            Self::Markdown => markdown(&text),
        }
    }
}

/// An id, as it is shown.
#[derive(Clone, Copy)]
pub(crate) struct Shown<'a> {
    form: Form,
    id: &'a str,
}

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let visible = Escaped { text: self.id, delimiter: None };
        match self.form {
            // An empty column would look like a mistake.
            Form::Text | Form::Markdown if self.id.is_empty() => f.write_str("\"\""),
            Form::Text => visible.fmt(f),
            Form::Markdown => f.write_str(&markdown(&visible.to_string())),
        }
    }
}

/// A message, which may hold text from outside: on one line, with what does not show as itself escaped. What the library has
/// escaped already stays as it is.
pub(crate) fn message(text: &str) -> impl Display + '_ {
    struct Message<'a>(&'a str);

    impl Display for Message<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.chars().try_for_each(|c| if is_visible(c) { f.write_char(c) } else { write_escape(f, c) })
        }
    }

    Message(text)
}

/// Visible text in Markdown: a backslash before each character that Markdown could take for its own.
pub(crate) fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before: Option<char> = None;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let next = rest.clone().next();
        let is_in_a_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let is_special = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '|' | '#' | '&' | '~' | '!' | '$' => true,
            '_' => !is_in_a_word(before) || !is_in_a_word(next),
            // What would begin a list or underline a heading.
            '-' | '+' | '=' => before.is_none(),
            '.' | ')' => next.is_none_or(char::is_whitespace),
            _ => false,
        };
        if is_special {
            out.push('\\');
        }
        out.push(c);
        before = Some(c);
    }
    out
}

/// Writes JSON in one line, without the end of the line. What does not show as itself is escaped as JSON does it, which
/// changes nothing for those who parse it.
pub(crate) fn write_json(to: impl Write, value: &impl Serialize) -> io::Result<()> {
    Ok(value.serialize(&mut Serializer::with_formatter(to, VisibleJson))?)
}

/// JSON in one line.
pub(crate) fn json(value: &impl Serialize) -> io::Result<String> {
    let mut text = Vec::new();
    write_json(&mut text, value)?;
    String::from_utf8(text).map_err(io::Error::other)
}

/// A JSON text that was read, in one line, as [`write_json`] would write its strings.
pub(crate) fn json_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            // Between tokens: in a string they would have been refused.
            '\t' | '\n' | '\r' => line.push(' '),
            c if is_visible(c) => line.push(c),
            c => line.push_str(&json_escape(c)),
        }
    }
    line
}

/// Compact JSON.
struct VisibleJson;

impl Formatter for VisibleJson {
    fn write_string_fragment<W: Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if fragment.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return writer.write_all(fragment.as_bytes());
        }
        fragment.chars().try_for_each(|c| {
            if is_visible(c) { write!(writer, "{c}") } else { writer.write_all(json_escape(c).as_bytes()) }
        })
    }

    fn write_raw_fragment<W: Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        writer.write_all(json_line(fragment).as_bytes())
    }
}

fn json_escape(c: char) -> String {
    c.encode_utf16(&mut [0; 2]).iter().fold(String::new(), |mut escape, unit| {
        let _ = write!(escape, "\\u{unit:04x}");
        escape
    })
}
