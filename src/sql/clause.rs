//! Writes conditions as SQL.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use crate::model::protection::{Bypass, SelfApproval};
use crate::query::condition::{Alternative, Condition, EnvironmentCondition};
use crate::query::protections::{EVERY_COUNT, Product, Protections, Rules};
use crate::query::selection::Selection;
use crate::sql::column::{Column, Columns, EnvironmentColumns};
use crate::sql::dialect::Dialect;
use crate::sql::parameter::Parameter;
use crate::sql::text::placeholder;

/// A condition as SQL, in parentheses. Put it after `WHERE`, alone or combined with other conditions.
///
/// The text contains no values, so nothing can be injected through ids: only the names of your columns come from outside,
/// and those are checked and quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause<'a, Id> {
    text: String,
    parameters: Vec<Parameter<'a, Id>>,
}

impl<'a, Id> Clause<'a, Id> {
    /// The SQL text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The values to bind to the placeholders, in order. A list is one parameter, however long it is.
    #[must_use]
    pub fn parameters(&self) -> &[Parameter<'a, Id>] {
        &self.parameters
    }
}

impl<Id> Condition<Id> {
    /// Writes the condition as SQL.
    ///
    /// `offset` is the number of parameters already in the statement: with 2, placeholders start at `$3` or `?3`.
    #[must_use]
    pub fn sql(&self, dialect: Dialect, columns: &Columns, offset: u16) -> Clause<'_, Id> {
        let mut writer = Writer { dialect, offset, parameters: Vec::new() };
        let Some(organization) = self.organization().filter(|_| !matches!(self.selection(), Selection::None)) else {
            return writer.nothing();
        };
        let organization = writer.equals(&columns.organization, organization);
        let selection = writer.selection(&columns.id, self.selection());
        writer.clause(&[organization, selection])
    }
}

impl<Id> EnvironmentCondition<Id> {
    /// Writes the condition as SQL. Its length does not depend on the number of environments.
    ///
    /// `offset` is the number of parameters already in the statement: with 2, placeholders start at `$3` or `?3`.
    #[must_use]
    pub fn sql(&self, dialect: Dialect, columns: &EnvironmentColumns, offset: u16) -> Clause<'_, Id> {
        let mut writer = Writer { dialect, offset, parameters: Vec::new() };
        let Some(organization) = self.organization().filter(|_| !self.alternatives().is_empty()) else {
            return writer.nothing();
        };
        let organization = writer.equals(&columns.organization, organization);
        let environments = writer.selection(&columns.id, self.environments());
        let alternatives: Vec<_> =
            self.alternatives().iter().map(|alternative| writer.alternative(columns, alternative)).collect();
        writer.clause(&[organization, environments, any(&alternatives)])
    }
}

/// Writes conditions and collects their parameters.
struct Writer<'a, Id> {
    dialect: Dialect,
    offset: u16,
    parameters: Vec<Parameter<'a, Id>>,
}

impl<'a, Id> Writer<'a, Id> {
    fn clause(self, conditions: &[String]) -> Clause<'a, Id> {
        Clause { text: format!("({})", conditions.join(" AND ")), parameters: self.parameters }
    }

    fn nothing(self) -> Clause<'a, Id> {
        self.clause(&["FALSE".to_string()])
    }

    fn alternative(&mut self, columns: &EnvironmentColumns, alternative: &'a Alternative<Id>) -> String {
        let projects = self.selection(&columns.project, alternative.projects());
        let clusters = self.selection(&columns.cluster, alternative.clusters());
        let protections = self.protections(columns, alternative.protections());
        [projects, clusters, protections].join(" AND ")
    }

    fn selection(&mut self, column: &Column, selection: &'a Selection<Id>) -> String {
        match selection {
            Selection::All => self.is(column, "IS NOT NULL"),
            Selection::None => "FALSE".to_string(),
            Selection::Only(ids) => self.listed(column, ids),
            Selection::Except(ids) => self.not_listed(column, ids),
        }
    }

    fn listed(&mut self, column: &Column, ids: &'a [Id]) -> String {
        let list = self.bind(Parameter::Ids(ids));
        match self.dialect {
            Dialect::Postgres => self.is(column, &format!("= ANY({list})")),
            Dialect::Sqlite => self.is(column, &format!("IN (SELECT value FROM json_each({list}))")),
        }
    }

    fn not_listed(&mut self, column: &Column, ids: &'a [Id]) -> String {
        let list = self.bind(Parameter::Ids(ids));
        match self.dialect {
            Dialect::Postgres => self.is(column, &format!("<> ALL({list})")),
            Dialect::Sqlite => self.is(column, &format!("NOT IN (SELECT value FROM json_each({list}))")),
        }
    }

    fn protections(&mut self, columns: &EnvironmentColumns, protections: &Protections) -> String {
        let products: Vec<_> = protections.products().iter().map(|product| self.product(columns, product)).collect();
        any(&products)
    }

    fn product(&mut self, columns: &EnvironmentColumns, product: &Product) -> String {
        let levels = self.one_of(&columns.protection, product.levels.iter().map(|level| word(level.as_str())));
        let rules = match &product.rules {
            None => self.is(&columns.approval_from, "IS NULL"),
            Some(rules) => self.rules(columns, rules),
        };
        [levels, rules].join(" AND ")
    }

    fn rules(&mut self, columns: &EnvironmentColumns, rules: &Rules) -> String {
        let from = self.one_of(&columns.approval_from, rules.from.iter().map(|from| word(from.as_str())));
        let self_approval = self.one_of(&columns.self_approval, rules.self_approval.iter().copied().map(truth));
        let bypass = self.one_of(&columns.bypass, rules.bypass.iter().copied().map(Bypass::as_str).map(word));
        let counts = self.between(&columns.approval_count, &rules.counts);
        [from, self_approval, bypass, counts].join(" AND ")
    }

    fn between(&mut self, column: &Column, counts: &RangeInclusive<u8>) -> String {
        if *counts == EVERY_COUNT {
            return self.is(column, "BETWEEN 1 AND 255");
        }
        let least = self.bind(Parameter::SmallInt((*counts.start()).into()));
        let most = self.bind(Parameter::SmallInt((*counts.end()).into()));
        self.is(column, &format!("BETWEEN {least} AND {most}"))
    }

    fn equals(&mut self, column: &Column, id: &'a Id) -> String {
        let id = self.bind(Parameter::Id(id));
        self.is(column, &format!("= {id}"))
    }

    fn one_of(&self, column: &Column, values: impl Iterator<Item = String>) -> String {
        self.is(column, &format!("IN ({})", values.collect::<Vec<_>>().join(", ")))
    }

    fn is(&self, column: &Column, what: &str) -> String {
        format!("{} {what}", column.quoted(self.dialect))
    }

    /// Adds a parameter and returns its placeholder.
    fn bind(&mut self, parameter: Parameter<'a, Id>) -> String {
        self.parameters.push(parameter);
        let number = usize::from(self.offset).saturating_add(self.parameters.len());
        placeholder(self.dialect, number)
    }
}

/// Joins conditions of which one must hold.
fn any(conditions: &[String]) -> String {
    format!("({})", conditions.join(" OR "))
}

/// A wire name as a string literal. Wire names contain no quotes.
fn word(name: &'static str) -> String {
    format!("'{name}'")
}

fn truth(self_approval: SelfApproval) -> String {
    match self_approval {
        SelfApproval::Forbidden => "FALSE",
        SelfApproval::Allowed => "TRUE",
    }
    .to_string()
}
