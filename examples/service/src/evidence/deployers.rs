//! Environments, who may deploy to them, and who may approve.

use shipgate::model::{ProtectionLevel, SelfApproval};
use shipgate::query::{AccessSource, EnvironmentAccess};
use shipgate::{Decision, Holder};

use crate::evidence::archive::{Archive, Rows};
use crate::evidence::groups::Groups;
use crate::evidence::history::since;
use crate::evidence::table::Table;
use crate::evidence::{Error, Export};
use crate::review::role_name;

const ENVIRONMENTS: Table = Table {
    name: "environments",
    title: "Environments",
    about: "How each environment is protected, and since when. A rule says who approves, and how many.",
    columns: &[
        "environment",
        "project",
        "cluster",
        "namespace",
        "protection",
        "approval_from",
        "approvals",
        "self_approval",
        "bypass",
        "since",
        "by",
    ],
};

const DEPLOYERS: Table = Table {
    name: "deployers",
    title: "Who can deploy, and who can approve",
    about: "Of a protected environment by name; of one without protection by role and team, with exceptions by name. What it \
        says, the policy decides for the moment of this archive; since when, and who allowed it, is by the change that last \
        set what is named as the reason.",
    columns: &["environment", "protected", "what", "who", "name", "members", "may", "why", "until", "since", "by"],
};

impl Export {
    pub(super) fn environments(&self, archive: &mut Archive) -> Result<(), Error> {
        archive.table(&ENVIRONMENTS, |rows| {
            for environment in self.directory().environments_of(self.organization()) {
                let (id, protection) = (environment.id(), environment.protection());
                let rule = protection.rule();
                let [since, by] = since(self.history.of_environment(id));
                rows.push(&[
                    id.into(),
                    environment.project().into(),
                    environment.cluster().into(),
                    self.directory().namespace(id.as_str()).unwrap_or_default().into(),
                    protection.level().as_str().into(),
                    rule.map(|rule| rule.from().as_str()).into(),
                    rule.map(|rule| u64::from(rule.count())).into(),
                    rule.map(|rule| rule.self_approval() == SelfApproval::Allowed).into(),
                    rule.map(|rule| rule.bypass().as_str()).into(),
                    since,
                    by,
                ])?;
            }
            Ok(())
        })
    }

    pub(super) fn deployers(&self, archive: &mut Archive) -> Result<(), Error> {
        archive.table(&DEPLOYERS, |rows| {
            let mut groups = Groups::new(self);
            for environment in self.directory().environments_of(self.organization()) {
                if environment.protection().level() == ProtectionLevel::None {
                    groups.write(rows, environment)?;
                } else {
                    self.named(rows, environment.id())?;
                }
            }
            Ok(())
        })
    }

    /// Who may deploy to a protected environment, and who may approve, by name.
    fn named(&self, rows: &mut Rows<'_>, environment: &str) -> Result<(), Error> {
        let (directory, time) = (self.directory(), Some(self.time));
        // Both lists are in the order of ids, and whoever may deploy has access.
        let mut access = directory.environment_access(environment, time);
        for (account, decision) in directory.deployers(environment, time) {
            let Some((_, access)) = access.find(|(id, _)| *id == account) else { continue };
            self.person(rows, environment, account, may(decision), Some(access))?;
        }
        let mut access = directory.environment_access(environment, time);
        for account in directory.approvers(environment, time) {
            let Some((_, access)) = access.find(|(id, _)| *id == account) else { continue };
            self.person(rows, environment, account, "approves", Some(access))?;
        }
        Ok(())
    }

    /// A person by name.
    pub(super) fn person(
        &self,
        rows: &mut Rows<'_>,
        environment: &str,
        account: &str,
        may: &'static str,
        access: Option<EnvironmentAccess<'_, String>>,
    ) -> Result<(), Error> {
        let [since, by] = since(access.and_then(|access| self.last(environment, account, access)));
        let protection = self.directory().environment(environment).map(|environment| environment.protection().level());
        rows.push(&[
            environment.into(),
            (protection != Some(ProtectionLevel::None)).into(),
            "person".into(),
            account.into(),
            self.name(account).into(),
            1_u64.into(),
            may.into(),
            access.map(why).into(),
            access.and_then(|access| access.until()).into(),
            since,
            by,
        ])
    }

    /// The last change of what gives a member access to an environment: of what counts for the level, else of the role.
    fn last(
        &self,
        environment: &str,
        account: &str,
        access: EnvironmentAccess<'_, String>,
    ) -> Option<&super::history::Last> {
        let facts = self.directory().environment(environment)?;
        let project = |holder: &str| self.history.of_project(holder, facts.project());
        match access.level().source() {
            AccessSource::ClusterAccess(holder) => self.history.of_cluster(holder.id(), facts.cluster()),
            AccessSource::ProjectRole(holder) => project(holder.id()),
            AccessSource::Role(_) => match access.role().source() {
                AccessSource::ProjectRole(holder) => project(holder.id()),
                AccessSource::Role(_) | AccessSource::ClusterAccess(_) => self.history.of_member(account),
            },
        }
    }
}

/// What a decision lets somebody do.
pub(super) fn may(decision: Decision) -> &'static str {
    match decision {
        Decision::Allow => "deploys",
        Decision::RequireApproval(_) => "deploys after approval",
        Decision::Deny(_) => "may not deploy",
    }
}

/// Where access comes from, in words.
pub(super) fn why(access: EnvironmentAccess<'_, String>) -> String {
    let (role, level) = (access.role(), access.level());
    format!(
        "acts as {} by {}; has {} on the cluster by {}",
        role.value().rank(),
        source(role.source()),
        level.value(),
        source(level.source())
    )
}

pub(super) fn source(source: AccessSource<'_, String>) -> String {
    match source {
        AccessSource::Role(role) => format!("the role {}", role_name(role)),
        AccessSource::ProjectRole(Holder::Account(_)) => "an own role in the project".to_owned(),
        AccessSource::ProjectRole(Holder::Team(team)) => format!("the role of team {team} in the project"),
        AccessSource::ClusterAccess(Holder::Account(_)) => "an own grant".to_owned(),
        AccessSource::ClusterAccess(Holder::Team(team)) => format!("the grant of team {team}"),
    }
}
