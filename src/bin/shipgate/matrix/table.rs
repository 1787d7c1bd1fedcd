//! Tables of answers.

use std::fmt::Write as _;

use serde::Serialize;
use shipgate::ActionKind;

use super::super::console::{Painted, Styles};
use super::super::escape::Form;
use super::super::resources::Label;

/// The widest line of a table in text.
pub(super) const WIDTH: usize = 120;

/// The answer in a cell.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Answer {
    Allow,
    RequireApproval,
    Deny,
    Hidden,
}

impl Answer {
    pub(super) const ALL: [Self; 4] = [Self::Allow, Self::RequireApproval, Self::Deny, Self::Hidden];

    pub(super) const fn symbol(self) -> char {
        match self {
            Self::Allow => '+',
            Self::RequireApproval => '?',
            Self::Deny => '-',
            Self::Hidden => '.',
        }
    }

    pub(super) const fn meaning(self) -> &'static str {
        match self {
            Self::Allow => "allowed",
            Self::RequireApproval => "needs approval",
            Self::Deny => "denied, and told why",
            Self::Hidden => "denied, as if there were no such thing",
        }
    }

    pub(super) const fn painted(self, styles: Styles) -> Painted<char> {
        let style = match self {
            Self::Allow => styles.good,
            Self::RequireApproval => styles.waiting,
            Self::Deny => styles.bad,
            Self::Hidden => styles.faint,
        };
        Painted { style, text: self.symbol() }
    }
}

/// The answers about resources of one kind.
#[derive(Serialize)]
pub(super) struct Table<'a> {
    pub(super) title: &'static str,
    #[serde(skip)]
    pub(super) members: &'a [&'a str],
    pub(super) blocks: Vec<Block<'a>>,
}

/// The answers about resources that answer alike.
#[derive(Serialize)]
pub(super) struct Block<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) scope: &'a str,
    pub(super) resources: Vec<Label<'a>>,
    pub(super) rows: Vec<Row>,
}

#[derive(Serialize)]
pub(super) struct Row {
    pub(super) action: ActionKind,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) parameter: String,
    /// Whether what is given has an end.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) for_a_time: bool,
    /// One for each member; empty if the block does not answer for that member.
    pub(super) answers: Vec<Option<Answer>>,
}

/// A row for one or more parameters of an action.
struct Line<'a> {
    action: ActionKind,
    for_a_time: bool,
    parameters: Vec<&'a str>,
    answers: &'a [Option<Answer>],
}

impl Block<'_> {
    /// Merges another block if it gives the same answers. A cell that is empty in one block is filled from the other.
    pub(super) fn merges(&mut self, other: &Self) -> bool {
        let answers =
            || self.rows.iter().flat_map(|row| &row.answers).zip(other.rows.iter().flat_map(|row| &row.answers));
        let alike = answers().all(|(answer, other)| answer.is_none() || other.is_none() || answer == other);
        if self.scope != other.scope || self.resources == [Label::Oneself] || !alike {
            return false;
        }
        for (row, other) in self.rows.iter_mut().zip(&other.rows) {
            for (answer, other) in row.answers.iter_mut().zip(&other.answers) {
                *answer = answer.or(*other);
            }
        }
        self.resources.extend(&other.resources);
        true
    }

    fn title(&self, form: Form) -> String {
        let names = self.resources.iter().map(|label| label.text(form)).collect::<Vec<_>>().join(", ");
        if self.scope.is_empty() { names } else { format!("{}: {names}", form.id(self.scope)) }
    }

    /// The rows. Parameters of an action that have the same answers share a row.
    fn lines(&self) -> Vec<Line<'_>> {
        let mut lines: Vec<Line<'_>> = Vec::new();
        for Row { action, parameter, for_a_time, answers } in &self.rows {
            let is_alike = |line: &&mut Line<'_>| {
                line.action == *action && line.for_a_time == *for_a_time && line.answers == answers
            };
            if let Some(line) = lines.iter_mut().find(is_alike) {
                line.parameters.push(parameter);
            } else {
                let (action, for_a_time, parameters) = (*action, *for_a_time, vec![parameter.as_str()]);
                lines.push(Line { action, for_a_time, parameters, answers });
            }
        }
        lines
    }

    /// An action, with the parameters that a row is for: all, these, or all but one.
    fn label(&self, line: &Line<'_>, form: Form) -> String {
        let Line { action, for_a_time, parameters, .. } = line;
        let is_of_line = |row: &&Row| row.action == *action && row.for_a_time == *for_a_time;
        let all = self.rows.iter().filter(is_of_line).map(|row| row.parameter.as_str());
        let action = if *for_a_time { format!("{action} for a time") } else { action.to_string() };
        let others: Vec<&str> = all.filter(|parameter| !parameters.contains(parameter)).collect();
        match (others.as_slice(), parameters.as_slice()) {
            ([], _) => action,
            ([other], [_, _, ..]) => format!("{action} not {}", form.id(other)),
            (_, parameters) => {
                let separator = match form {
                    Form::Text => "|",
                    Form::Markdown => ", ",
                };
                let names: Vec<String> = parameters.iter().map(|name| form.id(name).to_string()).collect();
                format!("{action} {}", names.join(separator))
            }
        }
    }
}

impl Table<'_> {
    pub(super) fn is_not_empty(&self) -> bool {
        !self.blocks.is_empty() && !self.members.is_empty()
    }

    pub(super) fn text(&self, styles: Styles) -> String {
        let mut out = String::new();
        let labels = self
            .blocks
            .iter()
            .flat_map(|block| block.lines().into_iter().map(|line| block.label(&line, Form::Text).chars().count()));
        let width = labels.max().map_or(0, |longest| longest + 2);
        let members: Vec<String> = self.members.iter().map(|member| Form::Text.id(member).to_string()).collect();
        for columns in columns_within(&members, WIDTH.saturating_sub(width)) {
            let title = Painted { style: styles.heading, text: self.title.to_uppercase() };
            let _ = writeln!(out, "\n{title}");
            for block in &self.blocks {
                write_block(&mut out, block, width, &columns, styles);
            }
        }
        out
    }

    pub(super) fn markdown(&self) -> String {
        let members: Vec<String> = self.members.iter().map(|member| Form::Markdown.id(member).to_string()).collect();
        let mut out = format!("\n### {}\n\n| | | {} |\n", self.title, members.join(" | "));
        let _ = writeln!(out, "|---|---|{}", ":-:|".repeat(members.len()));
        for block in &self.blocks {
            let mut title = block.title(Form::Markdown);
            for line in block.lines() {
                let _ = write!(out, "| {} | {} |", std::mem::take(&mut title), block.label(&line, Form::Markdown));
                for answer in line.answers {
                    let _ = match answer {
                        Some(answer) => write!(out, " {} |", answer.symbol()),
                        None => write!(out, " |"),
                    };
                }
                out.push('\n');
            }
        }
        out
    }
}

/// A member's place, and what it is called.
type Column<'a> = (usize, &'a str);

/// The members in groups that are no wider than this, unless one alone is.
fn columns_within(members: &[String], width: usize) -> Vec<Vec<Column<'_>>> {
    let mut groups: Vec<Vec<Column<'_>>> = Vec::new();
    let mut taken = 0;
    for (i, member) in members.iter().enumerate() {
        let column = member.chars().count() + 1;
        match groups.last_mut() {
            Some(group) if taken + column <= width => {
                taken += column;
                group.push((i, member));
            }
            _ => {
                taken = column;
                groups.push(vec![(i, member)]);
            }
        }
    }
    groups
}

fn write_block(out: &mut String, block: &Block<'_>, width: usize, columns: &[Column<'_>], styles: Styles) {
    let header = columns.iter().fold(String::new(), |header, (_, member)| header + " " + member);
    let title = block.title(Form::Text);
    let _ = if title.chars().count() <= width {
        write!(out, "\n{title:<width$}{header}\n")
    } else {
        write!(out, "\n{title}\n{:<width$}{header}\n", "")
    };
    for line in block.lines() {
        let label = format!("  {}", block.label(&line, Form::Text));
        out.push_str(&label);
        // Spaces are written once a symbol follows.
        let mut gap = width.saturating_sub(label.chars().count());
        for (i, member) in columns {
            let width = member.chars().count();
            let before = width.saturating_sub(1) / 2;
            gap += 1 + before;
            match line.answers.get(*i).copied().flatten() {
                Some(answer) => {
                    let _ = write!(out, "{:gap$}{}", "", answer.painted(styles));
                    gap = width.saturating_sub(1 + before);
                }
                None => gap += width.saturating_sub(before),
            }
        }
        out.push('\n');
    }
}
