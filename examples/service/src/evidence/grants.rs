//! What was granted, and what roles bring by themselves.

use std::collections::BTreeMap;
use std::fmt::Display;

use shipgate::query::AccessSource;
use shipgate::{AnyRole, Grant};

use crate::evidence::archive::{Archive, Rows};
use crate::evidence::cell::Cell;
use crate::evidence::history::{Last, since};
use crate::evidence::table::Table;
use crate::evidence::{Error, Export};
use crate::review::role_name;

const GRANTS: Table = Table {
    name: "grants",
    title: "Grants",
    about: "Access to clusters and roles in projects. Own grants are a member's, team grants are for everybody in the team, and \
        role defaults are what members have without a grant, with the number of members.",
    columns: &["origin", "holder", "name", "on", "place", "access", "expires_at", "live", "members", "since", "by"],
};

/// A grant to write.
struct Granted<'a, T> {
    origin: &'static str,
    holder: &'a str,
    on: &'static str,
    place: &'a str,
    grant: Grant<T>,
    members: u64,
    last: Option<&'a Last>,
}

impl Export {
    pub(super) fn grants(&self, archive: &mut Archive) -> Result<(), Error> {
        archive.table(&GRANTS, |rows| {
            self.own_grants(rows)?;
            self.team_grants(rows)?;
            self.defaults(rows)
        })
    }

    fn own_grants(&self, rows: &mut Rows<'_>) -> Result<(), Error> {
        for account in self.directory().members_of(self.organization()) {
            let Some(membership) = account.membership(self.organization()) else { continue };
            let (origin, holder, members) = ("own", account.id().as_str(), 1);
            for (place, _, grant) in membership.cluster_accesses() {
                let last = self.history.of_cluster(holder, place);
                self.grant(rows, &Granted { origin, holder, on: "cluster", place, grant, members, last })?;
            }
            for (place, _, grant) in membership.project_roles() {
                let last = self.history.of_project(holder, place);
                self.grant(rows, &Granted { origin, holder, on: "project", place, grant, members, last })?;
            }
        }
        Ok(())
    }

    fn team_grants(&self, rows: &mut Rows<'_>) -> Result<(), Error> {
        for team in self.directory().teams_of(self.organization()) {
            let (origin, holder, members) = ("team", team.id().as_str(), u64::from(team.members()));
            for (place, _, grant) in team.cluster_accesses() {
                let last = self.history.of_cluster(holder, place);
                self.grant(rows, &Granted { origin, holder, on: "cluster", place, grant, members, last })?;
            }
            for (place, _, grant) in team.project_roles() {
                let last = self.history.of_project(holder, place);
                self.grant(rows, &Granted { origin, holder, on: "project", place, grant, members, last })?;
            }
        }
        Ok(())
    }

    fn grant<T: Copy + Display>(&self, rows: &mut Rows<'_>, granted: &Granted<'_, T>) -> Result<(), Error> {
        let expires_at = granted.grant.expires_at();
        let [since, by] = since(granted.last);
        rows.push(&[
            granted.origin.into(),
            granted.holder.into(),
            self.name(granted.holder).into(),
            granted.on.into(),
            granted.place.into(),
            granted.grant.value().to_string().into(),
            expires_at.into(),
            expires_at.is_none_or(|expiry| self.time < expiry).into(),
            granted.members.into(),
            since,
            by,
        ])
    }

    /// What members have on clusters and in projects by their roles alone.
    fn defaults(&self, rows: &mut Rows<'_>) -> Result<(), Error> {
        let (directory, time) = (self.directory(), Some(self.time));
        for cluster in directory.clusters_of(self.organization()) {
            let mut members = BTreeMap::new();
            for (_, access) in directory.cluster_access(cluster.id().as_str(), time) {
                count(&mut members, access.source(), access.value().as_str());
            }
            default_rows(rows, "cluster", cluster.id(), &members)?;
        }
        for project in directory.projects_of(self.organization()) {
            let mut members = BTreeMap::new();
            for (_, access) in directory.project_access(project.id().as_str(), time) {
                count(&mut members, access.source(), access.value().rank().as_str());
            }
            default_rows(rows, "project", project.id(), &members)?;
        }
        Ok(())
    }
}

/// How many members have an access by a role.
type Counts<'a> = BTreeMap<(&'a str, &'static str), u64>;

fn count<'a>(members: &mut Counts<'a>, source: AccessSource<'a, String>, access: &'static str) {
    if let AccessSource::Role(role) = source {
        let number = members.entry((name(role), access)).or_default();
        *number = number.saturating_add(1);
    }
}

fn name(role: AnyRole<&String>) -> &str {
    role_name(role)
}

fn default_rows(rows: &mut Rows<'_>, on: &'static str, place: &str, members: &Counts<'_>) -> Result<(), Error> {
    for ((role, access), number) in members {
        let nothing = || Cell::Nothing;
        rows.push(&[
            "role default".into(),
            (*role).into(),
            nothing(),
            on.into(),
            place.into(),
            (*access).into(),
            nothing(),
            true.into(),
            (*number).into(),
            nothing(),
            nothing(),
        ])?;
    }
    Ok(())
}
