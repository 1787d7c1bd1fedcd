//! shipgate: a directory asked by ids, and the same facts at hand.

use shipgate::{
    decide, Account, Action, Cluster, Decision, Directory, Environment, Grant, Membership, Organization, Project,
    Resource, ResourceId, Subject, SubjectId, Time,
};
use shipgate::change::Change;
use shipgate::model::AccountError;

use crate::engine::{Answer, Answers, Engine};
use crate::question::{Listing, On, Question};
use crate::world::{Access, Id, World, numbered, row};

pub(super) fn load(world: &World) -> Box<dyn Engine> {
    Box::new(ById { directory: directory(world) })
}

/// The directory of a world.
///
/// # Panics
///
/// Where the directory refuses a row: a world has none that it may refuse.
#[must_use]
pub fn directory(world: &World) -> Directory<Id> {
    fill(world).expect("the rows of a world are of one piece")
}

fn fill(world: &World) -> Result<Directory<Id>, shipgate::directory::RowError> {
    let mut rows = Directory::builder();
    for (id, kind) in numbered(&world.accounts) {
        rows.account(id, *kind)?;
    }
    for id in 0..world.organizations {
        rows.organization(id)?;
    }
    for member in &world.members {
        rows.member(&member.organization, member.account, member.role, member.expires_at.map(Time::from_millis))?;
    }
    for (id, cluster) in numbered(&world.clusters) {
        rows.cluster(id, &cluster.organization)?;
    }
    for access in &world.access {
        let grant = Grant::expiring(access.level, access.expires_at.map(Time::from_millis));
        rows.cluster_access(&access.cluster, &access.account, grant)?;
    }
    for (id, project) in numbered(&world.projects) {
        rows.project(id, &project.organization, project.visibility)?;
    }
    for member in &world.project_members {
        let grant = Grant::expiring(member.role, member.expires_at.map(Time::from_millis));
        rows.project_role(&member.project, &member.account, grant)?;
    }
    for (id, environment) in numbered(&world.environments) {
        rows.environment(id, &environment.project, &environment.cluster, None, environment.protection)?;
    }
    Ok(rows.build())
}

/// What the directory decides.
pub fn decide_by_id(directory: &Directory<Id>, question: &Question) -> Decision {
    let subject = SubjectId::new(&question.account);
    let subject = match question.now {
        Some(now) => subject.at(Time::from_millis(now)),
        None => subject,
    };
    let resource = match &question.on {
        On::Organization(id) => ResourceId::Organization(id),
        On::Project(id) => ResourceId::Project(id),
        On::Environment(id) => ResourceId::Environment(id),
        On::Cluster(id) => ResourceId::Cluster(id),
    };
    directory.decide(&subject, question.action, resource)
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

struct ById {
    directory: Directory<Id>,
}

impl ById {
    /// The first who may sets the level.
    fn change(&mut self, changed: &Access) -> Option<()> {
        let Access { cluster, account, level, expires_at } = *changed;
        let to = Some(Grant::expiring(level, expires_at.map(Time::from_millis)));
        let member = ResourceId::ClusterMember { cluster: &cluster, account: &account };
        let (by, _) = self.directory.who_may(Action::SetClusterAccess { to }, member, None).next()?;
        let by = *by;
        self.directory.change(&SubjectId::new(&by), Change::SetClusterAccess { cluster, account, to }).ok().map(drop)
    }
}

impl Engine for ById {
    fn answers(&self) -> Answers {
        Answers::Three
    }

    fn answer(&mut self, question: &Question) -> Answer {
        answer_of(decide_by_id(&self.directory, question))
    }

    fn list(&mut self, listing: &Listing) -> usize {
        let subject = SubjectId::new(&listing.account).at(Time::from_millis(listing.now));
        self.directory.what_may(subject).environments(listing.action, &listing.organization).count()
    }

    /// What nobody may set (a level above the ceiling, or on an Owner) can only be loaded.
    fn set_access(&mut self, world: &World, changed: &Access) {
        if self.change(changed).is_none() {
            self.directory = directory(world);
        }
    }
}

pub(super) fn load_at_hand(world: &World) -> Box<dyn Engine> {
    let facts = directory(world);
    let ids = |rows: usize| 0..Id::try_from(rows).expect("ids are small");
    Box::new(AtHand {
        accounts: ids(world.accounts.len()).filter_map(|id| facts.account(&id).cloned()).collect(),
        organizations: (0..world.organizations).filter_map(|id| facts.organization(&id).cloned()).collect(),
        projects: ids(world.projects.len()).filter_map(|id| facts.project(&id).cloned()).collect(),
        clusters: ids(world.clusters.len()).filter_map(|id| facts.cluster(&id).cloned()).collect(),
        environments: ids(world.environments.len()).filter_map(|id| facts.environment(&id).cloned()).collect(),
    })
}

/// Facts that need no finding: an id is the place in a vector.
struct AtHand {
    accounts: Vec<Account<Id>>,
    organizations: Vec<Organization<Id>>,
    projects: Vec<Project<Id>>,
    clusters: Vec<Cluster<Id>>,
    environments: Vec<Environment<Id>>,
}

impl Engine for AtHand {
    fn answers(&self) -> Answers {
        Answers::Three
    }

    fn answer(&mut self, question: &Question) -> Answer {
        let subject = Subject::new(row(&self.accounts, question.account));
        let subject = match question.now {
            Some(now) => subject.at(Time::from_millis(now)),
            None => subject,
        };
        let resource = match question.on {
            On::Organization(id) => Resource::Organization(row(&self.organizations, id)),
            On::Project(id) => Resource::Project(row(&self.projects, id)),
            On::Environment(id) => Resource::Environment(row(&self.environments, id)),
            On::Cluster(id) => Resource::Cluster(row(&self.clusters, id)),
        };
        answer_of(decide(&subject, question.action, resource))
    }

    /// Makes the facts of the one account anew.
    fn set_access(&mut self, _: &World, changed: &Access) {
        let organization = *row(&self.clusters, changed.cluster).organization();
        let place = usize::try_from(changed.account).expect("ids are small");
        let account = &mut self.accounts[place];
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
            let grant = Grant::expiring(changed.level, changed.expires_at.map(Time::from_millis));
            membership = membership.with_cluster_access(changed.cluster, grant)?;
        }
        for (project, grant) in held.project_roles() {
            membership = membership.with_project_role(*project, grant)?;
        }
        made = made.with(membership)?;
    }
    Ok(made)
}
