//! One organization: its members, and the answers to all that they can ask about what it has.

use std::io::{self, Write};

use serde::Serialize;
use shipgate::{AnyRole, Decision, Directory, Exposure, SubjectId, Time};

use super::super::ask::{Request, applies, requests};
use super::super::console::{Painted, Styles};
use super::super::escape::Form;
use super::super::progress::Counter;
use super::super::resources::{Ids, Resource};
use super::super::words;
use super::table::{Answer, Block, Row, Table, WIDTH};

/// An organization, with the members who ask.
pub(super) struct Organization<'a> {
    directory: &'a Directory<String>,
    id: &'a str,
    ids: Ids<'a>,
    now: Option<Time>,
    counter: &'a Counter,
}

/// An organization in JSON.
#[derive(Serialize)]
pub(super) struct Data<'a> {
    id: &'a str,
    members: Vec<Member<'a>>,
    tables: Vec<Table<'a>>,
}

#[derive(Serialize)]
pub(super) struct Member<'a> {
    account: &'a str,
    /// The role's name, or the id of a custom one.
    role: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
}

impl<'a> Organization<'a> {
    pub(super) fn of(directory: &'a Directory<String>, id: &'a str, now: Option<Time>, counter: &'a Counter) -> Self {
        let mut ids = Ids::of(id, &[directory]);
        let role = |member: &&str| {
            let membership = directory.account(*member)?.membership(id)?;
            Some((membership.rank().index(), membership.role().custom()))
        };
        // Those of one role stay in the order of their ids.
        ids.members.sort_by_key(role);
        Self { directory, id, ids, now, counter }
    }

    pub(super) fn write(&self, out: &mut impl Write, form: Form, styles: Styles) -> io::Result<()> {
        let id = form.id(self.id).to_string();
        match form {
            Form::Text => {
                let (line, title) = ("=".repeat(id.chars().count()), Painted { style: styles.heading, text: &id });
                writeln!(out, "\n{title}\n{line}\n{}", self.roles(form))?;
            }
            Form::Markdown => writeln!(out, "\n## {id}\n\n{}", self.roles(form))?,
        }
        self.tables().try_for_each(|table| match form {
            Form::Text => out.write_all(table.text(styles).as_bytes()),
            Form::Markdown => out.write_all(table.markdown().as_bytes()),
        })
    }

    pub(super) fn data(&self) -> Data<'_> {
        Data { id: self.id, members: self.members().collect(), tables: self.tables().collect() }
    }

    fn members(&self) -> impl Iterator<Item = Member<'_>> {
        self.ids.members.iter().filter_map(|account| {
            let membership = self.directory.account(*account)?.membership(self.id)?;
            let role = membership.role().map(String::as_str);
            Some(Member { account, role: name(role), expires_at: membership.expires_at() })
        })
    }

    /// Each member with the role, and its end if it has one.
    fn roles(&self, form: Form) -> String {
        let roles = self.members().map(|Member { account, role, expires_at }| {
            let until = expires_at.map_or_else(String::new, |expiry| format!(" until {}", words::time(expiry)));
            format!("{} {}{until}", form.id(account), form.id(role))
        });
        match self.ids.members.as_slice() {
            [] => "no members".to_owned(),
            [_, ..] => words::paragraph(&roles.collect::<Vec<_>>(), WIDTH),
        }
    }

    /// The tables that are not empty.
    fn tables(&self) -> impl Iterator<Item = Table<'_>> {
        let tables = self.ids.resources().into_iter().map(|(title, resources)| self.table(title, resources));
        tables.filter(Table::is_not_empty)
    }

    fn table<'s>(&'s self, title: &'static str, resources: impl Iterator<Item = Resource<'s>>) -> Table<'s> {
        let mut blocks: Vec<Block<'_>> = Vec::new();
        for resource in resources {
            let block = self.block(&resource);
            self.counter.count();
            if !blocks.iter_mut().any(|other| other.merges(&block)) {
                blocks.push(block);
            }
        }
        Table { title, members: &self.ids.members, blocks }
    }

    fn block<'s>(&'s self, resource: &Resource<'s>) -> Block<'s> {
        let requests = requests(resource.kind(), &self.ids.roles, self.now);
        let requests = requests.filter(|request| applies(request, resource, self.directory));
        let rows = requests.map(|request| Row {
            action: request.action.kind(),
            answers: self.ids.members.iter().map(|member| self.cell(member, &request, resource)).collect(),
            parameter: request.parameter,
            for_a_time: request.for_a_time,
        });
        Block { scope: resource.scope, resources: vec![resource.label], rows: rows.collect() }
    }

    /// Empty if the member is asked about itself: the block `oneself` answers that.
    fn cell<'s>(&'s self, member: &'s str, request: &Request<'_>, resource: &Resource<'s>) -> Option<Answer> {
        (resource.about != Some(member)).then(|| self.answer(member, request, resource))
    }

    fn answer<'s>(&'s self, member: &'s str, request: &Request<'_>, resource: &Resource<'s>) -> Answer {
        let mut subject = SubjectId::new(member);
        if let Some(now) = self.now {
            subject = subject.at(now);
        }
        let asked = resource.asked_by(member);
        match self.directory.decide(&subject, request.action, asked) {
            Decision::Allow => Answer::Allow,
            Decision::RequireApproval(_) => Answer::RequireApproval,
            Decision::Deny(_) => match self.directory.exposure(&subject, asked) {
                Exposure::Visible => Answer::Deny,
                Exposure::Hidden => Answer::Hidden,
            },
        }
    }
}

/// A role by its name, or by its id if it is a custom one.
const fn name(role: AnyRole<&str>) -> &str {
    match role {
        AnyRole::BuiltIn(role) => role.as_str(),
        AnyRole::Custom(id) => id,
    }
}
