//! shipgate: a directory asked by ids, and the same facts at hand.

use shipgate::change::Change;
use shipgate::model::AccountError;
use shipgate::{
    Account, AnyRole, Cluster, CustomRole, Decision, Deployment, Directory, Environment, Grant, Holder, Membership,
    Organization, Project, Resource, ResourceId, Subject, SubjectId, Team, decide,
};

use crate::engine::{Answer, Answers, Engine};
use crate::question::{Listing, Question, unasked};
use crate::rows::{self, Access, ById, Id, Rows};

pub(super) fn load(rows: &Rows) -> Box<dyn Engine> {
    Box::new(InDirectory { directory: directory(rows) })
}

/// The directory of these rows.
///
/// # Panics
///
/// If the directory rejects a row: generated rows have none that it may reject.
#[must_use]
pub fn directory(rows: &Rows) -> Directory<Id> {
    Directory::try_from(rows).expect("the rows load")
}

/// What the directory decides.
pub fn decide_by_id(directory: &Directory<Id>, question: &Question) -> Decision {
    directory.decide(&question.subject(), question.action.as_ref(), question.resource.borrowed::<Id>())
}

/// The answer that a decision is.
#[must_use]
pub fn answer_of(decision: Decision) -> Answer {
    match decision {
        Decision::Allow => Answer::Allow,
        Decision::RequireApproval(_) => Answer::RequireApproval,
        Decision::Deny(_) => Answer::Deny,
    }
}

struct InDirectory {
    directory: Directory<Id>,
}

impl InDirectory {
    /// The first who may sets the level.
    fn change(&mut self, changed: &Access) -> Option<()> {
        let Access { cluster, holder, level, expires_at } = *changed;
        let to = Some(Grant::expiring(level, expires_at));
        let resource = match &holder {
            Holder::Account(account) => ResourceId::ClusterMember { cluster: &cluster, account },
            Holder::Team(team) => ResourceId::ClusterTeam { cluster: &cluster, team },
        };
        let (by, _) = self.directory.who_may(shipgate::Action::SetClusterAccess { to }, resource, None).next()?;
        let by = *by;
        let change = Change::SetClusterAccess { cluster, holder, to };
        // Nobody reads the records: their ids may be the same.
        self.directory.change(Id::default(), &SubjectId::new(&by), change).ok().map(drop)
    }
}

impl Engine for InDirectory {
    fn answers(&self) -> Answers {
        Answers::Three
    }

    fn answer(&mut self, question: &Question) -> Answer {
        answer_of(decide_by_id(&self.directory, question))
    }

    fn list(&mut self, listing: &Listing) -> usize {
        let subject = SubjectId::new(&listing.account).at(listing.now);
        self.directory.what_may(subject).environments(listing.action.as_ref(), &listing.organization).count()
    }

    /// What nobody may set (a level above the ceiling, or on an Owner) can only be loaded.
    fn set_access(&mut self, rows: &Rows, changed: &Access) {
        if self.change(changed).is_none() {
            self.directory = directory(rows);
        }
    }
}

pub(super) fn load_at_hand(rows: &Rows) -> Box<dyn Engine> {
    let facts = directory(rows);
    let held = "the directory has every row";
    let accounts = rows::accounts(rows).into_keys();
    Box::new(AtHand {
        accounts: accounts.map(|id| (id, facts.account(&id).expect(held).clone())).collect(),
        organizations: (rows.organizations.iter())
            .map(|row| (row.id, facts.organization(&row.id).expect(held).clone()))
            .collect(),
        roles: rows.roles.iter().map(|row| (row.id, facts.role(&row.id).expect(held).clone())).collect(),
        teams: rows.teams.iter().map(|row| (row.id, facts.team(&row.id).expect(held).clone())).collect(),
        projects: rows.projects.iter().map(|row| (row.id, facts.project(&row.id).expect(held).clone())).collect(),
        clusters: rows.clusters.iter().map(|row| (row.id, facts.cluster(&row.id).expect(held).clone())).collect(),
        environments: (rows.environments.iter())
            .map(|row| (row.id, facts.environment(&row.id).expect(held).clone()))
            .collect(),
    })
}

/// Facts that need no finding: an id is a place.
struct AtHand {
    accounts: ById<Account<Id>>,
    organizations: ById<Organization<Id>>,
    roles: ById<CustomRole<Id>>,
    teams: ById<Team<Id>>,
    projects: ById<Project<Id>>,
    clusters: ById<Cluster<Id>>,
    environments: ById<Environment<Id>>,
}

impl Engine for AtHand {
    fn answers(&self) -> Answers {
        Answers::Three
    }

    fn answer(&mut self, question: &Question) -> Answer {
        let subject = Subject::new(&self.accounts[question.account]);
        let subject = match question.time {
            Some(now) => subject.at(now),
            None => subject,
        };
        // Without the custom role that is to be given there is no question.
        if question.action.custom_role().is_some_and(|id| self.roles.get(id).is_none()) {
            return Answer::Deny;
        }
        let action = question.action.map(|id| &self.roles[id]);
        let resource = match question.resource {
            ResourceId::Organization(id) => Resource::Organization(&self.organizations[id]),
            ResourceId::Role(id) => Resource::Role(&self.roles[id]),
            ResourceId::Team(id) => Resource::Team(&self.teams[id]),
            ResourceId::Project(id) => Resource::Project(&self.projects[id]),
            ResourceId::Environment(id) => Resource::Environment(&self.environments[id]),
            ResourceId::Cluster(id) => Resource::Cluster(&self.clusters[id]),
            ResourceId::Deployment { environment, ref requested_by, ref on_behalf_of, .. } => {
                let deployment = Deployment::new(&self.environments[environment], requested_by, &[]);
                let deployment = match on_behalf_of {
                    Some(account) => deployment.on_behalf_of(account),
                    None => deployment,
                };
                return answer_of(decide(subject, action, Resource::Deployment(&deployment)));
            }
            ref other => unasked(other),
        };
        answer_of(decide(subject, action, resource))
    }

    /// Makes the facts of the account anew, or of the team and of each who is in it.
    fn set_access(&mut self, rows: &Rows, changed: &Access) {
        let once = "each fact is there once";
        match changed.holder {
            Holder::Account(account) => {
                let made = self.with_access(&self.accounts[account], Some(changed));
                self.accounts[account] = made.expect(once);
            }
            Holder::Team(team) => {
                self.teams[team] = self.team_with_access(&self.teams[team], changed).expect(once);
                for row in rows.team_members.iter().filter(|row| row.team == team) {
                    self.accounts[row.account] = self.with_access(&self.accounts[row.account], None).expect(once);
                }
            }
        }
    }
}

impl AtHand {
    /// The account with the present facts of its teams, and a changed override.
    fn with_access(&self, account: &Account<Id>, changed: Option<&Access>) -> Result<Account<Id>, AccountError> {
        let mut made = Account::new(*account.id(), account.kind());
        for held in account.memberships() {
            let mut membership = match held.role() {
                AnyRole::BuiltIn(role) => Membership::new(*held.organization(), role),
                AnyRole::Custom(id) => Membership::custom(&self.roles[*id]),
            };
            if let Some(expiry) = held.expires_at() {
                membership = membership.until(expiry);
            }
            for team in held.teams() {
                membership = membership.in_team(&self.teams[*team])?;
            }
            let replaced = changed.map(|changed| changed.cluster);
            for (cluster, _, grant) in held.cluster_accesses().filter(|(cluster, ..)| Some(**cluster) != replaced) {
                membership = membership.with_cluster_access(&self.clusters[*cluster], grant)?;
            }
            for (project, _, grant) in held.project_roles() {
                membership = membership.with_project_role(&self.projects[*project], grant)?;
            }
            if let Some(changed) = changed {
                let cluster = &self.clusters[changed.cluster];
                if cluster.organization() == held.organization() {
                    let grant = Grant::expiring(changed.level, changed.expires_at);
                    membership = membership.with_cluster_access(cluster, grant)?;
                }
            }
            made = made.with(membership)?;
        }
        Ok(made)
    }

    fn team_with_access(&self, team: &Team<Id>, changed: &Access) -> Result<Team<Id>, AccountError> {
        let mut made = Team::new(*team.id(), *team.organization()).with_members(team.members());
        for (cluster, _, grant) in team.cluster_accesses().filter(|(cluster, ..)| **cluster != changed.cluster) {
            made = made.with_cluster_access(&self.clusters[*cluster], grant)?;
        }
        for (project, _, grant) in team.project_roles() {
            made = made.with_project_role(&self.projects[*project], grant)?;
        }
        let grant = Grant::expiring(changed.level, changed.expires_at);
        made.with_cluster_access(&self.clusters[changed.cluster], grant)
    }
}
