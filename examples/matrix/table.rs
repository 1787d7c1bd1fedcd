//! Tables of answers, as text and as Markdown.

use std::fmt::Write as _;

use shipgate::ActionKind;

/// The widest line of a table in text.
const WIDTH: usize = 120;

/// How a table is written.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    Text,
    Markdown,
}

/// What a cell says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Allow,
    NeedsApproval,
    Denied,
    Hidden,
}

impl Answer {
    pub(crate) const ALL: [Self; 4] = [Self::Allow, Self::NeedsApproval, Self::Denied, Self::Hidden];

    pub(crate) const fn symbol(self) -> char {
        match self {
            Self::Allow => '+',
            Self::NeedsApproval => '?',
            Self::Denied => '-',
            Self::Hidden => '.',
        }
    }

    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::Allow => "allowed",
            Self::NeedsApproval => "needs approval",
            Self::Denied => "denied, and told why",
            Self::Hidden => "denied, as if there were no such thing",
        }
    }
}

/// The answers about resources of one kind.
pub(crate) struct Table<'a> {
    pub(crate) title: &'static str,
    pub(crate) members: &'a [&'a str],
    pub(crate) blocks: Vec<Block<'a>>,
}

/// The answers about resources that answer alike.
pub(crate) struct Block<'a> {
    pub(crate) scope: &'a str,
    pub(crate) names: Vec<String>,
    pub(crate) rows: Vec<Row>,
}

pub(crate) struct Row {
    pub(crate) action: ActionKind,
    pub(crate) parameter: String,
    /// One for each member; empty where the block does not say.
    pub(crate) cells: Vec<Option<Answer>>,
}

/// A row that is written for several parameters of its action.
struct Line<'a> {
    action: ActionKind,
    parameters: Vec<&'a str>,
    cells: &'a [Option<Answer>],
}

impl Block<'_> {
    /// Takes in another block that says nothing else; where one does not say, the other does.
    pub(crate) fn takes_in(&mut self, other: &Self) -> bool {
        let cells = || self.rows.iter().flat_map(|row| &row.cells).zip(other.rows.iter().flat_map(|row| &row.cells));
        let alike = cells().all(|(cell, other)| cell.is_none() || other.is_none() || cell == other);
        if self.scope != other.scope || self.is_of_oneself() || !alike {
            return false;
        }
        for (row, other) in self.rows.iter_mut().zip(&other.rows) {
            for (cell, other) in row.cells.iter_mut().zip(&other.cells) {
                *cell = cell.or(*other);
            }
        }
        self.names.extend(other.names.iter().cloned());
        true
    }

    fn is_of_oneself(&self) -> bool {
        self.names == ["oneself"]
    }

    fn title(&self) -> String {
        let names = self.names.join(", ");
        if self.scope.is_empty() { names } else { format!("{}: {names}", self.scope) }
    }

    /// The rows, those parameters of one action together that answer alike.
    fn lines(&self) -> Vec<Line<'_>> {
        let mut lines: Vec<Line<'_>> = Vec::new();
        for Row { action, parameter, cells } in &self.rows {
            match lines.iter_mut().find(|line| line.action == *action && line.cells == cells) {
                Some(line) => line.parameters.push(parameter),
                None => lines.push(Line { action: *action, parameters: vec![parameter], cells }),
            }
        }
        lines
    }

    /// An action, with the parameters that a row is for: all, these, or all but one.
    fn label(&self, line: &Line<'_>) -> String {
        let Line { action, parameters, .. } = line;
        let all = self.rows.iter().filter(|row| row.action == *action).map(|row| row.parameter.as_str());
        let others: Vec<&str> = all.filter(|parameter| !parameters.contains(parameter)).collect();
        match (others.as_slice(), parameters.as_slice()) {
            ([], _) => action.to_string(),
            ([other], [_, _, ..]) => format!("{action} not {other}"),
            (_, parameters) => format!("{action} {}", parameters.join("|")),
        }
    }
}

impl Table<'_> {
    pub(crate) fn says_anything(&self) -> bool {
        !self.blocks.is_empty() && !self.members.is_empty()
    }

    pub(crate) fn write_text(&self, out: &mut String) {
        let labels =
            self.blocks.iter().flat_map(|block| block.lines().into_iter().map(|line| block.label(&line).len()));
        let label = labels.max().map_or(0, |longest| longest + 2);
        for columns in self.columns_within(WIDTH.saturating_sub(label)) {
            let _ = writeln!(out, "\n{}", self.title.to_uppercase());
            for block in &self.blocks {
                let header = columns.iter().fold(String::new(), |header, i| header + " " + self.members[*i]);
                let title = block.title();
                let _ = if title.chars().count() <= label {
                    write!(out, "\n{title:<label$}{header}\n")
                } else {
                    write!(out, "\n{title}\n{:<label$}{header}\n", "")
                };
                for line in block.lines() {
                    let Line { cells, .. } = line;
                    let mut text = format!("  {:<width$}", block.label(&line), width = label.saturating_sub(2));
                    for i in &columns {
                        let width = self.members[*i].chars().count();
                        let symbol = cells[*i].map_or(' ', Answer::symbol);
                        let _ = write!(text, " {symbol:^width$}");
                    }
                    let _ = writeln!(out, "{}", text.trim_end());
                }
            }
        }
    }

    /// The members in groups that are no wider than this, unless one alone is.
    fn columns_within(&self, width: usize) -> Vec<Vec<usize>> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut taken = 0;
        for (i, member) in self.members.iter().enumerate() {
            let column = member.chars().count() + 1;
            match groups.last_mut() {
                Some(group) if taken + column <= width => {
                    taken += column;
                    group.push(i);
                }
                _ => {
                    taken = column;
                    groups.push(vec![i]);
                }
            }
        }
        groups
    }

    pub(crate) fn write_markdown(&self, out: &mut String) {
        let _ = write!(out, "\n### {}\n\n| | | {} |\n", self.title, self.members.join(" | "));
        let _ = writeln!(out, "|---|---|{}", ":-:|".repeat(self.members.len()));
        for block in &self.blocks {
            let mut title = block.title();
            for line in block.lines() {
                let _ = write!(out, "| {} | {} |", std::mem::take(&mut title), block.label(&line).replace('|', ", "));
                for cell in line.cells {
                    let _ = match cell {
                        Some(answer) => write!(out, " {} |", answer.symbol()),
                        None => write!(out, " |"),
                    };
                }
                out.push('\n');
            }
        }
    }
}

/// Words in lines that fit a terminal.
pub(crate) fn paragraph(words: &[String]) -> String {
    let mut lines = vec![String::new()];
    for (i, word) in words.iter().enumerate() {
        let word = if i + 1 == words.len() { word.clone() } else { format!("{word}, ") };
        match lines.last_mut() {
            Some(line) if line.len() + word.len() <= WIDTH => line.push_str(&word),
            _ => lines.push(word),
        }
    }
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}
