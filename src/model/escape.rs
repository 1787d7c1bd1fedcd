//! Text from outside, as a message shows it. The command includes this file too.

use core::fmt::{self, Display, Write};

/// Text that cannot garble the line it is in: what does not show as itself is escaped, as Rust escapes it, and so are the
/// backslash and the delimiter. So two texts never look the same, and an id cannot pass for more of the message.
pub(crate) struct Escaped<'a, T: ?Sized> {
    pub(crate) text: &'a T,
    /// The character before and after the text, if there is one.
    pub(crate) delimiter: Option<char>,
}

impl<'a, T: ?Sized> Escaped<'a, T> {
    /// The text in double quotes.
    pub(crate) const fn in_quotes(text: &'a T) -> Self {
        Self { text, delimiter: Some('"') }
    }

    /// The text in backticks.
    #[cfg(any(feature = "directory", feature = "serde"))]
    pub(crate) const fn in_backticks(text: &'a T) -> Self {
        Self { text, delimiter: Some('`') }
    }
}

impl<T: Display + ?Sized> Display for Escaped<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text, delimiter } = self;
        if let Some(delimiter) = delimiter {
            f.write_char(*delimiter)?;
        }
        write!(Escape { to: f, delimiter: *delimiter }, "{text}")?;
        delimiter.map_or(Ok(()), |delimiter| f.write_char(delimiter))
    }
}

/// Whether a character shows as itself, whatever is around it. Control and format characters (among them those that change
/// the direction of text), spaces other than U+0020, combining marks and fillers do not.
pub(crate) fn is_visible(c: char) -> bool {
    match c {
        // These Rust escapes only because they delimit its literals.
        '"' | '\'' | '\\' => true,
        c => !is_filler(c) && c.escape_debug().len() == 1,
    }
}

/// Writes the escape of a character, such as `\n` or `\u{202e}`.
pub(crate) fn write_escape(to: &mut impl Write, c: char) -> fmt::Result {
    match c {
        '`' => write!(to, "{}", c.escape_unicode()),
        c if is_filler(c) => write!(to, "{}", c.escape_unicode()),
        c => write!(to, "{}", c.escape_debug()),
    }
}

/// Hangul fillers: letters that show nothing, and that Rust does not escape.
const fn is_filler(c: char) -> bool {
    matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

/// Escapes what is written to it.
struct Escape<'a, W> {
    to: &'a mut W,
    delimiter: Option<char>,
}

impl<W: Write> Write for Escape<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|c| {
            if c == '\\' || Some(c) == self.delimiter || !is_visible(c) {
                write_escape(self.to, c)
            } else {
                self.to.write_char(c)
            }
        })
    }
}
