//! shipgate: a directory asked by ids, and the same facts at hand.

use shipgate::change::Change;
use shipgate::model::AccountError;
use shipgate::{
    Account, Action, Cluster, Decision, Directory, Environment, Grant, Membership, Organization, Project, Resource,
    ResourceId, Subject, SubjectId, decide,
};

use crate::engine::{Answer, Answers, Engine};
use crate::question::{Listing, Question, unasked};
use crate::rows::{Access, ById, Id, Rows};

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
    directory.decide(&question.subject(), question.action, question.resource.borrowed::<Id>())
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
        let Access { cluster, account, level, expires_at } = *changed;
        let to = Some(Grant::expiring(level, expires_at));
        let member = ResourceId::ClusterMember { cluster: &cluster, account: &account };
        let (by, _) = self.directory.who_may(Action::SetClusterAccess { to }, member, None).next()?;
        let by = *by;
        self.directory.change(&SubjectId::new(&by), Change::SetClusterAccess { cluster, account, to }).ok().map(drop)
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
        self.directory.what_may(subject).environments(listing.action, &listing.organization).count()
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
    let held = "the directory holds every row";
    Box::new(AtHand {
        accounts: rows.accounts.iter().map(|row| (row.id, facts.account(&row.id).expect(held).clone())).collect(),
        organizations: (rows.organizations.iter())
            .map(|row| (row.id, facts.organization(&row.id).expect(held).clone()))
            .collect(),
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
        let resource = match question.resource {
            ResourceId::Organization(id) => Resource::Organization(&self.organizations[id]),
            ResourceId::Project(id) => Resource::Project(&self.projects[id]),
            ResourceId::Environment(id) => Resource::Environment(&self.environments[id]),
            ResourceId::Cluster(id) => Resource::Cluster(&self.clusters[id]),
            ref other => unasked(other),
        };
        answer_of(decide(subject, question.action, resource))
    }

    /// Makes the facts of the one account anew.
    fn set_access(&mut self, _: &Rows, changed: &Access) {
        let organization = *self.clusters[changed.cluster].organization();
        let account = &mut self.accounts[changed.account];
        *account = with_access(account, organization, changed).expect("each fact is there once");
    }
}

fn with_access(account: &Account<Id>, organization: Id, changed: &Access) -> Result<Account<Id>, AccountError> {
    let mut made = Account::new(*account.id(), account.kind());
    for held in account.memberships() {
        let mut membership = Membership::new(*held.organization(), held.role());
        if let Some(expiry) = held.expires_at() {
            membership = membership.until(expiry);
        }
        for (cluster, grant) in held.cluster_accesses().filter(|(cluster, _)| **cluster != changed.cluster) {
            membership = membership.with_cluster_access(*cluster, grant)?;
        }
        if *held.organization() == organization {
            let grant = Grant::expiring(changed.level, changed.expires_at);
            membership = membership.with_cluster_access(changed.cluster, grant)?;
        }
        for (project, grant) in held.project_roles() {
            membership = membership.with_project_role(*project, grant)?;
        }
        made = made.with(membership)?;
    }
    Ok(made)
}
