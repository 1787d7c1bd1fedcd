//! Worlds and questions, generated. Ids are drawn from a handful, so that those of different kinds and organizations
//! collide, and times from a handful, so that they meet the expiries.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use shipgate::model::{ApprovalFrom, ApprovalRule, ProtectionLevel, SelfApproval};
use shipgate::{
    AccountKind, Action, ActionKind, ClusterAccess, Grant, ProjectRole, Protection, Role, Time, Visibility,
};

use crate::oracle::{
    Account, Approval, Cluster, Environment, Given, Id, Membership, Project, Question, Resource, Token, World, row,
};
use crate::world::holdable;

/// The ids that a question may name, of every kind.
const IDS: std::ops::Range<Id> = 0..4;
/// The organizations that a world holds: a question may name one more.
const ORGANIZATIONS: std::ops::Range<Id> = 0..3;

pub(crate) fn id() -> impl Strategy<Value = Id> {
    IDS
}

/// Most things belong to the first organization, so that they meet.
fn organization() -> impl Strategy<Value = Id> {
    prop_oneof![6 => Just(0), 1 => ORGANIZATIONS]
}

pub(crate) fn time() -> impl Strategy<Value = Time> {
    prop_oneof![8 => (0..4_i64).prop_map(Time::from_millis), 1 => select(vec![Time::MIN, Time::MAX])]
}

fn expiry() -> impl Strategy<Value = Option<Time>> {
    option::weighted(0.2, time())
}

fn given<T: Copy + std::fmt::Debug>(what: impl Strategy<Value = T>) -> impl Strategy<Value = Given<T>> {
    (what, expiry()).prop_map(|(what, until)| Given { what, until })
}

pub(crate) fn role() -> impl Strategy<Value = Role> {
    select(&Role::ALL[..])
}

pub(crate) fn level() -> impl Strategy<Value = ClusterAccess> {
    select(&ClusterAccess::ALL[..])
}

fn project_role() -> impl Strategy<Value = ProjectRole> {
    select(&ProjectRole::ALL[..])
}

fn rule() -> impl Strategy<Value = ApprovalRule> {
    (select(&ApprovalFrom::ALL[..]), 1..=3_u8, select(&SelfApproval::ALL[..])).prop_map(
        |(from, count, self_approval)| {
            ApprovalRule::new(from).with_count(count).expect("a count from one").with_self_approval(self_approval)
        },
    )
}

/// A level, with the rule where it may have it.
pub(crate) fn protection() -> impl Strategy<Value = Protection> {
    (select(&ProtectionLevel::ALL[..]), option::of(rule())).prop_map(|(level, rule)| {
        let bare = Protection::new(level, None).expect("every level may stand alone");
        Protection::new(level, rule).unwrap_or(bare)
    })
}

fn membership() -> impl Strategy<Value = Membership> {
    // Most protections ask for an Owner or an Admin.
    let role = prop_oneof![1 => role(), 1 => select(vec![Role::Owner, Role::Admin])];
    (given(role), btree_map(id(), given(level()), 0..3), btree_map(id(), given(project_role()), 0..3))
        .prop_map(|(role, overrides, project_roles)| Membership { role, overrides, project_roles })
}

fn account() -> impl Strategy<Value = Account> {
    let kind = prop_oneof![3 => Just(AccountKind::User), 1 => Just(AccountKind::Service)];
    let at_home = option::weighted(0.95, membership());
    // Some are members of organizations that nobody holds: a directory refuses them, and they change nothing.
    (kind, at_home, btree_map(id(), membership(), 0..3)).prop_map(|(kind, at_home, mut memberships)| {
        memberships.extend(at_home.map(|membership| (0, membership)));
        Account { kind, memberships }
    })
}

fn project() -> impl Strategy<Value = Project> {
    (organization(), select(&Visibility::ALL[..]))
        .prop_map(|(organization, visibility)| Project { organization, visibility })
}

fn environment() -> impl Strategy<Value = Environment> {
    (id(), id(), protection()).prop_map(|(project, cluster, protection)| Environment { project, cluster, protection })
}

/// A world as it comes, or one that changes led to.
#[cfg(feature = "directory")]
pub(crate) fn world() -> impl Strategy<Value = World> {
    prop_oneof![2 => any_world(), 1 => crate::changes::reached::reached_world()]
}

/// A world as it comes.
#[cfg(not(feature = "directory"))]
pub(crate) fn world() -> impl Strategy<Value = World> {
    any_world()
}

/// A world that can be held. What cannot be was refused on the way.
pub(crate) fn any_world() -> impl Strategy<Value = World> {
    (
        btree_map(id(), account(), 3..=4),
        btree_map(id(), project(), 3..=4),
        btree_map(id(), organization().prop_map(|organization| Cluster { organization }), 3..=4),
        btree_map(id(), environment(), 2..=4),
    )
        .prop_map(|(accounts, projects, clusters, environments)| {
            holdable(World { organizations: ORGANIZATIONS.collect(), accounts, projects, clusters, environments })
        })
}

/// A world that holds more environments than any token names.
#[cfg(feature = "directory")]
pub(crate) fn populous_world() -> impl Strategy<Value = World> {
    (world(), btree_map(10..30_u64, environment(), 10..20)).prop_map(|(mut world, environments)| {
        world.environments.extend(environments);
        holdable(world)
    })
}

/// Every action, each with some parameters.
#[cfg(feature = "directory")]
pub(crate) fn every_action() -> impl Strategy<Value = Vec<Action>> {
    parameters().prop_map(|parameters| ActionKind::ALL.iter().map(|name| action(*name, &parameters)).collect())
}

/// A handful of questions about one world.
pub(crate) fn questions() -> impl Strategy<Value = Vec<Question>> {
    vec(question(), 12..=24)
}

pub(crate) fn question() -> impl Strategy<Value = Question> {
    let kind = option::weighted(0.05, select(&AccountKind::ALL[..]));
    (
        id(),
        kind,
        option::weighted(0.25, token()),
        option::weighted(0.8, time()),
        resource(),
        parameters(),
        any::<Index>(),
    )
        .prop_map(|(account, kind, token, now, resource, parameters, index)| {
            let action = action(parameters.name_for(&resource, index), &parameters);
            Question { account, kind, token, now, action, resource }
        })
}

/// A question about a deployment.
pub(crate) fn question_of_deployment() -> impl Strategy<Value = Question> {
    (question(), deployment(), select(vec![Action::Deploy, Action::Approve, Action::Manage, Action::View]))
        .prop_map(|(question, resource, action)| Question { action, resource, ..question })
}

fn token() -> impl Strategy<Value = Token> {
    let actions = prop_oneof![
        2 => Just(ActionKind::ALL.to_vec()),
        1 => proptest::sample::subsequence(ActionKind::ALL.to_vec(), 0..=ActionKind::ALL.len()),
    ];
    (actions, ids(), ids(), ids(), ids(), expiry()).prop_map(
        |(actions, organizations, projects, environments, clusters, until)| Token {
            actions,
            organizations,
            projects,
            environments,
            clusters,
            until,
        },
    )
}

fn ids() -> impl Strategy<Value = Option<BTreeSet<Id>>> {
    option::weighted(0.25, btree_set(id(), 0..=4))
}

pub(crate) fn resource() -> impl Strategy<Value = Resource> {
    // Most questions are about what the first organization holds.
    let organization = || prop_oneof![5 => Just(0), 1 => id()];
    prop_oneof![
        1 => organization().prop_map(Resource::Organization),
        3 => (organization(), id()).prop_map(|(organization, account)| Resource::Member { organization, account }),
        1 => id().prop_map(Resource::Project),
        2 => (id(), id()).prop_map(|(project, account)| Resource::ProjectMember { project, account }),
        2 => id().prop_map(Resource::Environment),
        1 => (id(), id(), id(), protection())
            .prop_map(|(id, project, cluster, protection)| Resource::NewEnvironment { id, project, cluster, protection }),
        2 => (id(), id()).prop_map(|(environment, cluster)| Resource::Placement { environment, to: cluster }),
        5 => deployment(),
        1 => id().prop_map(Resource::Cluster),
        2 => (id(), id()).prop_map(|(cluster, account)| Resource::ClusterMember { cluster, account }),
    ]
}

fn deployment() -> impl Strategy<Value = Resource> {
    (id(), id(), approvals()).prop_map(|(environment, requested_by, approvals)| Resource::Deployment {
        environment,
        requested_by,
        approvals,
    })
}

fn approvals() -> impl Strategy<Value = Vec<Approval>> {
    vec((id(), expiry()).prop_map(|(by, until)| Approval { by, until }), 0..=5)
}

/// Everything that an action may ask for, and whether it should mean something.
#[derive(Clone, Debug)]
struct Parameters {
    role: Role,
    time: Option<Time>,
    project_role: Option<Grant<ProjectRole>>,
    protection: Protection,
    level: Option<Grant<ClusterAccess>>,
    with_row: bool,
}

fn parameters() -> impl Strategy<Value = Parameters> {
    let project_role = option::weighted(0.8, given(project_role()));
    let level = option::weighted(0.8, given(level()));
    (role(), expiry(), project_role, protection(), level, prop::bool::weighted(0.9)).prop_map(
        |(role, time, project_role, protection, level, with_row)| Parameters {
            role,
            time,
            project_role: project_role.map(|given| Grant::expiring(given.what, given.until)),
            protection,
            level: level.map(|given| Grant::expiring(given.what, given.until)),
            with_row,
        },
    )
}

impl Parameters {
    fn name_for(&self, resource: &Resource, index: Index) -> ActionKind {
        let mut names = ActionKind::ALL.to_vec();
        if self.with_row {
            names.retain(|name| row(*name, resource.kind()).is_some());
        }
        *index.get(&names)
    }
}

fn action(name: ActionKind, with: &Parameters) -> Action {
    match name {
        ActionKind::View => Action::View,
        ActionKind::Update => Action::Update,
        ActionKind::Delete => Action::Delete,
        ActionKind::CreateProject => Action::CreateProject,
        ActionKind::ConnectCluster => Action::ConnectCluster,
        ActionKind::InviteMember => Action::InviteMember { role: with.role },
        ActionKind::ViewInvoices => Action::ViewInvoices,
        ActionKind::ManageBilling => Action::ManageBilling,
        ActionKind::ViewAuditLog => Action::ViewAuditLog,
        ActionKind::ChangeRole => Action::ChangeRole { to: with.role },
        ActionKind::SetExpiry => Action::SetExpiry { to: with.time },
        ActionKind::Remove => Action::Remove,
        ActionKind::TransferOwnership => Action::TransferOwnership,
        ActionKind::ManageBuilds => Action::ManageBuilds,
        ActionKind::ReadVariables => Action::ReadVariables,
        ActionKind::ReadSecrets => Action::ReadSecrets,
        ActionKind::WriteVariables => Action::WriteVariables,
        ActionKind::SetProjectRole => Action::SetProjectRole { to: with.project_role },
        ActionKind::Create => Action::Create,
        ActionKind::SetProtection => Action::SetProtection { to: with.protection },
        ActionKind::Retarget => Action::Retarget,
        ActionKind::Restart => Action::Restart,
        ActionKind::Deploy => Action::Deploy,
        ActionKind::Approve => Action::Approve,
        ActionKind::Manage => Action::Manage,
        ActionKind::SetClusterAccess => Action::SetClusterAccess { to: with.level },
    }
}

/// Two worlds, of which the second is like the first in what an organization holds, and otherwise another.
pub(crate) fn worlds_alike_in(organization: Id) -> impl Strategy<Value = (World, World)> {
    (world(), world()).prop_map(move |(world, other)| {
        let grafted = graft(&world, other, organization);
        (world, grafted)
    })
}

/// `other`, with everything that `organization` holds taken from `world` instead.
fn graft(world: &World, other: World, organization: Id) -> World {
    let of_world = world.organizations.iter().filter(|id| **id == organization);
    let of_other = other.organizations.iter().filter(|id| **id != organization);
    let mut grafted = World {
        organizations: of_world.chain(of_other).copied().collect(),
        accounts: world.accounts.clone(),
        projects: world.projects.clone(),
        clusters: world.clusters.clone(),
        environments: world.environments.clone(),
    };
    grafted.projects.retain(|_, project| project.organization == organization);
    grafted.clusters.retain(|_, cluster| cluster.organization == organization);
    grafted.environments.retain(|_, environment| grafted.projects.contains_key(&environment.project));
    add_missing(&mut grafted.projects, other.projects, |project| project.organization != organization);
    add_missing(&mut grafted.clusters, other.clusters, |cluster| cluster.organization != organization);
    let foreign = |environment: &Environment, projects: &BTreeMap<Id, Project>| {
        projects.get(&environment.project).is_some_and(|project| project.organization != organization)
    };
    let projects = grafted.projects.clone();
    add_missing(&mut grafted.environments, other.environments, |environment| foreign(environment, &projects));

    for account in grafted.accounts.values_mut() {
        account.memberships.retain(|of, _| *of == organization);
    }
    for (id, account) in other.accounts {
        let memberships = account.memberships.into_iter().filter(|(of, _)| *of != organization);
        let kind = account.kind;
        let held = grafted.accounts.entry(id).or_insert(Account { kind, memberships: BTreeMap::new() });
        held.memberships.extend(memberships);
    }
    holdable(grafted)
}

fn add_missing<T>(held: &mut BTreeMap<Id, T>, others: BTreeMap<Id, T>, wanted: impl Fn(&T) -> bool) {
    for (id, other) in others {
        if wanted(&other) {
            held.entry(id).or_insert(other);
        }
    }
}
