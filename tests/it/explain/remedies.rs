//! Changes to what a subject holds, made to the facts themselves and asked again.

use std::collections::BTreeMap;

use shipgate::explain::Remedy;
use shipgate::policy::ClusterOf;
use shipgate::{AccountKind, ClusterAccess, Decision, MissingApprovals, ProjectRole, Role};

use super::decided;
use crate::oracle::{Account, Approval, Environment, Given, Id, Membership, Question, Resource, World};

/// What an [`Remedy`] says, to be made true.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Change {
    role: Option<Role>,
    project_role: Option<ProjectRole>,
    level: Option<ClusterAccess>,
    new_level: Option<ClusterAccess>,
    approvals: Option<MissingApprovals>,
}

impl Change {
    pub(super) fn of(remedy: Remedy) -> Self {
        Self {
            role: remedy.role(),
            project_role: remedy.project_role(),
            level: remedy.level(ClusterOf::Present),
            new_level: remedy.level(ClusterOf::New),
            approvals: remedy.approvals(),
        }
    }

    pub(super) fn to_role(role: Role) -> Self {
        Self { role: Some(role), project_role: None, level: None, new_level: None, approvals: None }
    }

    /// Everything that could be given to the subject of a question, but for a role that its own includes.
    pub(super) fn all(world: &World, question: &Question) -> Vec<Self> {
        let place = Place::of(world, question);
        let present = Self::acting_role(world, question);
        let mut changes = Vec::new();
        for role in or_nothing(&Role::ALL) {
            if present.zip(role).is_some_and(|(present, role)| present.includes(role)) {
                continue;
            }
            for project_role in or_nothing_where(place.project.is_some(), &ProjectRole::ALL) {
                for level in or_nothing_where(place.cluster.is_some(), &ClusterAccess::ALL) {
                    for new_level in or_nothing_where(place.new_cluster.is_some(), &ClusterAccess::ALL) {
                        changes.push(Self { role, project_role, level, new_level, approvals: None });
                    }
                }
            }
        }
        changes
    }

    /// The role that counts of the subject's live membership.
    pub(super) fn acting_role(world: &World, question: &Question) -> Option<Role> {
        let account = world.accounts.get(&question.account)?;
        let membership = account.memberships.get(&Place::of(world, question).organization)?;
        let role = match (account.kind, membership.role.what) {
            (AccountKind::Service, Role::Owner) => Role::Admin,
            (AccountKind::Service | AccountKind::User, role) => role,
        };
        is_live(membership, question).then_some(role)
    }

    /// The change, with the approvals that it then takes, if it suffices. They are given and asked about as well, and one
    /// fewer of them.
    pub(super) fn sufficing(self, world: &World, question: &Question) -> Option<Self> {
        let changed = self.apply(world, question);
        match decided(&changed, question) {
            Decision::Allow => Some(self),
            Decision::Deny(_) => None,
            Decision::RequireApproval(approvals) => {
                let given = |count| {
                    let (world, question) = approved(&changed, question, count);
                    decided(&world, &question)
                };
                assert_eq!(given(approvals.missing), Decision::Allow, "{self:?} with {approvals:?}");
                let last = MissingApprovals { missing: 1, ..approvals };
                assert_eq!(given(approvals.missing - 1), Decision::RequireApproval(last), "{self:?} with one fewer");
                Some(Self { approvals: Some(approvals), ..self })
            }
        }
    }

    /// The world in which the subject holds this.
    pub(super) fn apply(self, world: &World, question: &Question) -> World {
        let mut world = world.clone();
        let place = Place::of(&world, question);
        let account = world.accounts.entry(question.account);
        let account = account.or_insert(Account { kind: AccountKind::User, memberships: BTreeMap::new() });
        if let Some(role) = self.role {
            let invited =
                || Membership { role: for_good(role), overrides: BTreeMap::new(), project_roles: BTreeMap::new() };
            let membership = account.memberships.entry(place.organization).or_insert_with(invited);
            if is_live(membership, question) {
                membership.role.what = role;
            } else {
                *membership = invited();
            }
        }
        if let Some(membership) = account.memberships.get_mut(&place.organization) {
            let levels = [(place.cluster, self.level), (place.new_cluster, self.new_level)];
            for (cluster, level) in levels.into_iter().filter_map(|(cluster, level)| cluster.zip(level)) {
                membership.overrides.insert(cluster, for_good(level));
            }
            if let Some((project, role)) = place.project.zip(self.project_role) {
                membership.project_roles.insert(project, for_good(role));
            }
        }
        world
    }

    /// Whether it asks for less than another in some respect, and for more in none.
    pub(super) fn is_less_than(self, other: Self) -> bool {
        self != other
            && no_more(self.role, other.role, |a, b| b.includes(a))
            && no_more(self.project_role, other.project_role, |a, b| b.role().includes(a.role()))
            && no_more(self.level, other.level, |a, b| a <= b)
            && no_more(self.new_level, other.new_level, |a, b| a <= b)
            && no_more(self.approvals, other.approvals, |a, b| a.missing <= b.missing)
    }
}

fn no_more<T>(a: Option<T>, b: Option<T>, at_most: fn(T, T) -> bool) -> bool {
    a.is_none_or(|a| b.is_some_and(|b| at_most(a, b)))
}

fn or_nothing<T: Copy>(values: &[T]) -> Vec<Option<T>> {
    std::iter::once(None).chain(values.iter().copied().map(Some)).collect()
}

fn or_nothing_where<T: Copy>(there: bool, values: &[T]) -> Vec<Option<T>> {
    or_nothing(if there { values } else { &[] })
}

/// Where the resource of a question is, as far as its subject can hold something there.
struct Place {
    organization: Id,
    project: Option<Id>,
    cluster: Option<Id>,
    new_cluster: Option<Id>,
}

impl Place {
    fn of(world: &World, question: &Question) -> Self {
        let place = world.place(&question.resource).expect("it is held");
        Self {
            organization: place.organization,
            project: place.project,
            cluster: place.cluster,
            // Where an environment stays on its cluster there is no other.
            new_cluster: place.new_cluster.filter(|new| Some(*new) != place.cluster),
        }
    }
}

fn for_good<T>(what: T) -> Given<T> {
    Given { what, until: None }
}

fn is_live(membership: &Membership, question: &Question) -> bool {
    membership.role.until.is_none_or(|until| question.time.is_some_and(|now| now < until))
}

/// The same world and question, with so many Owners more who approve.
fn approved(world: &World, question: &Question, count: u8) -> (World, Question) {
    let (mut world, mut question) = (world.clone(), question.clone());
    let organization = Place::of(&world, &question).organization;
    let owners = 1_000..1_000 + Id::from(count);
    for owner in owners.clone() {
        let membership =
            Membership { role: for_good(Role::Owner), overrides: BTreeMap::new(), project_roles: BTreeMap::new() };
        let memberships = BTreeMap::from([(organization, membership)]);
        world.accounts.insert(owner, Account { kind: AccountKind::User, memberships });
    }
    // What is proposed is there by then.
    if let Resource::NewEnvironment { id, project, cluster, protection } = question.resource {
        world.environments.insert(id, Environment { project, cluster, protection });
        question.resource = Resource::Environment(id);
    }
    // Deploying into an environment needs what a deployment that one requested oneself needs: only that is approved.
    if let Resource::Environment(environment) = question.resource {
        let requested_by = question.account;
        question.resource = Resource::Deployment { environment, requested_by, approvals: Vec::new() };
    }
    if let Resource::Deployment { approvals, .. } = &mut question.resource {
        approvals.extend(owners.map(Approval::new));
    }
    (world, question)
}
