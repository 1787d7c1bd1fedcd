//! Changes to what a subject holds, made to the facts themselves and asked again.

use std::collections::BTreeMap;

use shipgate::explain::Remedy;
use shipgate::policy::ClusterOf;
use shipgate::{AccountKind, Action, AnyRole, ClusterAccess, Decision, MissingApprovals, ProjectRole, Role};

use super::decided;
use crate::oracle::{Account, Approval, Environment, Given, Id, Membership, Question, Resource, World, includes, row};
use crate::testing::oracle::roles::Powers;

/// What a [`Remedy`] says, to be made true.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Change {
    later_expiry: bool,
    role: Option<Role>,
    project_role: Option<ProjectRole>,
    level: Option<ClusterAccess>,
    new_level: Option<ClusterAccess>,
    level_on_each: Option<ClusterAccess>,
    approvals: Option<MissingApprovals>,
}

impl Change {
    pub(super) fn of(remedy: Remedy) -> Self {
        Self {
            later_expiry: remedy.later_expiry(),
            role: remedy.role(),
            project_role: remedy.project_role(),
            level: remedy.level(ClusterOf::Present),
            new_level: remedy.level(ClusterOf::New),
            level_on_each: remedy.level(ClusterOf::OfProject(0)),
            approvals: remedy.approvals(),
        }
    }

    pub(super) fn to_role(role: Role) -> Self {
        Self { role: Some(role), ..Self::default() }
    }

    /// Everything that could be given to the subject of a question, but for a role that its own includes. A membership that is
    /// over is renewed first.
    pub(super) fn all(world: &World, question: &Question) -> Vec<Self> {
        let place = Place::of(world, question);
        let present = Self::role_of_membership(world, question);
        let membership = world.membership(question.account, place.organization);
        let expiries: &[bool] = match membership {
            Some(membership) if !is_live(membership, question) => &[true],
            Some(membership) if membership.role.until.is_some() => &[false, true],
            Some(_) | None => &[false],
        };
        let needs_each = row(question.action.kind(), question.resource.kind()).is_some_and(|_| {
            matches!(question.action, Action::ReadSecrets | Action::WriteVariables) && place.is_project
        });
        let mut changes = Vec::new();
        for later_expiry in expiries.iter().copied() {
            for role in or_nothing(&Role::ALL) {
                if present.zip(role).is_some_and(|(present, role)| present.includes(&Powers::built_in(role))) {
                    continue;
                }
                for project_role in or_nothing_where(place.project.is_some(), &ProjectRole::ALL) {
                    for level in or_nothing_where(place.cluster.is_some(), &ClusterAccess::ALL) {
                        for new_level in or_nothing_where(place.new_cluster.is_some(), &ClusterAccess::ALL) {
                            for level_on_each in or_nothing_where(needs_each, &ClusterAccess::ALL) {
                                changes.push(Self {
                                    later_expiry,
                                    role,
                                    project_role,
                                    level,
                                    new_level,
                                    level_on_each,
                                    approvals: None,
                                });
                            }
                        }
                    }
                }
            }
        }
        changes
    }

    /// What the subject's membership gives, live or not.
    fn role_of_membership(world: &World, question: &Question) -> Option<Powers> {
        let account = world.accounts.get(&question.account)?;
        let membership = account.memberships.get(&Place::of(world, question).organization)?;
        Some(world.powers(account.kind, membership.role.what))
    }

    /// What the subject's live membership gives.
    pub(super) fn acting_role(world: &World, question: &Question) -> Option<Powers> {
        let membership = world.membership(question.account, Place::of(world, question).organization)?;
        Self::role_of_membership(world, question).filter(|_| is_live(membership, question))
    }

    /// Whether the question is about the custom role that the subject has.
    pub(super) fn is_about_own_role(world: &World, question: &Question) -> bool {
        let membership = world.membership(question.account, Place::of(world, question).organization);
        let Resource::Role(role) = question.resource else { return false };
        membership.is_some_and(|membership| membership.role.what == AnyRole::Custom(role))
    }

    /// Whether the subject has a role in the project of the resource, of its own or of a team.
    pub(super) fn has_project_role(world: &World, question: &Question) -> bool {
        let place = Place::of(world, question);
        let (Some(project), Some(membership)) = (place.project, world.membership(question.account, place.organization))
        else {
            return false;
        };
        let mut teams = membership.teams.iter().filter_map(|team| world.teams.get(team));
        membership.project_roles.contains_key(&project) || teams.any(|team| team.project_roles.contains_key(&project))
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
        let clusters = place.project.map(|project| world.clusters_of_project(project)).unwrap_or_default();
        let account = world.accounts.entry(question.account);
        let account = account.or_insert(Account { kind: AccountKind::User, memberships: BTreeMap::new() });
        if let Some(role) = self.role {
            let role = AnyRole::BuiltIn(role);
            let invited = || Membership::with_role(Given::for_good(role));
            account.memberships.entry(place.organization).or_insert_with(invited).role.what = role;
        }
        if let Some(membership) = account.memberships.get_mut(&place.organization) {
            if self.later_expiry {
                membership.role.until = None;
            }
            let levels = [(place.cluster, self.level), (place.new_cluster, self.new_level)];
            for (cluster, level) in levels.into_iter().filter_map(|(cluster, level)| cluster.zip(level)) {
                membership.overrides.insert(cluster, Given::for_good(level));
            }
            if let Some(level) = self.level_on_each {
                membership.overrides.extend(clusters.into_iter().map(|cluster| (cluster, Given::for_good(level))));
            }
            if let Some((project, role)) = place.project.zip(self.project_role) {
                membership.project_roles.insert(project, Given::for_good(role));
            }
        }
        world
    }

    /// Whether it asks for less than another in some respect, and for more in none.
    pub(super) fn is_less_than(self, other: Self) -> bool {
        self != other
            && self.later_expiry <= other.later_expiry
            && no_more(self.role, other.role, |a, b| includes(b, a))
            && no_more(self.project_role, other.project_role, |a, b| b.role().includes(a.role()))
            && no_more(self.level, other.level, |a, b| a <= b)
            && no_more(self.new_level, other.new_level, |a, b| a <= b)
            && no_more(self.level_on_each, other.level_on_each, |a, b| a <= b)
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
    is_project: bool,
}

impl Place {
    fn of(world: &World, question: &Question) -> Self {
        let place = world.place(&question.resource).expect("it is held");
        // Nobody is given anything on another organization's cluster.
        let own = |cluster: &Id| world.organization_of_cluster(*cluster) == Some(place.organization);
        Self {
            organization: place.organization,
            project: place.project,
            cluster: place.cluster.filter(own),
            // Where an environment stays on its cluster there is no other.
            new_cluster: place.new_cluster.filter(|new| Some(*new) != place.cluster).filter(own),
            is_project: matches!(question.resource, Resource::Project(_)),
        }
    }
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
        let membership = Membership::with_role(Given::for_good(Role::Owner.into()));
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
        question.resource = Resource::Deployment {
            environment,
            requested_by,
            on_behalf_of: None,
            release: None,
            approvals: Vec::new(),
        };
    }
    if let Resource::Deployment { approvals, release, .. } = &mut question.resource {
        let approval = |by| Approval { release: release.clone(), ..Approval::new(by) };
        approvals.extend(owners.map(approval));
    }
    (world, question)
}
