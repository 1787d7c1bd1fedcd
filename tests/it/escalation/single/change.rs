//! The changes that can alter what somebody holds, and what each does.

use shipgate::model::Update;
use shipgate::{
    Account, AccountKind, Action, AnyRole, ClusterAccess, CustomRole, Decision, Grant, ProjectRole, Resource, Role,
    RoleDefinition, Subject, Time, Visibility, decide,
};

use super::world::{AnyRoleOf, Facts, Grants, Id, Member, NOW, Things, custom_role, powers};
use crate::escalation::holdings::is_live;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Change {
    Invite {
        role: AnyRoleOf,
        until: Option<Time>,
    },
    Role(AnyRoleOf),
    SetExpiry(Option<Time>),
    Transfer,
    AddToTeam,
    RemoveFromTeam,
    SetLevel(Option<Grant<ClusterAccess>>),
    SetRole(Option<Grant<ProjectRole>>),
    SetLevelOfTeam(Option<Grant<ClusterAccess>>),
    SetRoleOfTeam(Option<Grant<ProjectRole>>),
    ShowProject(Visibility),
    ShowCluster(Visibility),
    /// The custom role that is this: every member who has such a one has it.
    UpdateRole {
        from: RoleDefinition,
        to: RoleDefinition,
    },
}

/// Who acts, on what, and who may gain.
pub(crate) struct Case<'a> {
    pub(crate) facts: &'a Facts,
    pub(crate) maker: &'a (Member, Account<Id>),
    /// None is somebody who is no member. The maker may be the target.
    pub(crate) target: Option<&'a (Member, Account<Id>)>,
    pub(crate) now: Option<Time>,
}

impl Case<'_> {
    /// Whether the library lets the maker make the change.
    pub(crate) fn decide(&self, change: Change) -> Decision {
        let Facts { organization, project, cluster, team, .. } = self.facts;
        let target = self.target.map(|(_, account)| account);
        let member = Resource::Member(organization, target);
        match change {
            Change::Invite { role, until } => {
                let invited = with_role(role, |role| {
                    let invite = Action::InviteMember { role, expires_at: until };
                    self.may(invite, Resource::Organization(organization))
                });
                // Over a membership that is over, only where the maker may also remove it.
                if invited.is_allowed() && target.is_some() { self.may(Action::Remove, member) } else { invited }
            }
            Change::Role(to) => with_role(to, |to| self.may(Action::ChangeRole { to }, member)),
            Change::SetExpiry(to) => self.may(Action::SetExpiry { to }, member),
            Change::Transfer => self.may(Action::TransferOwnership, member),
            Change::AddToTeam => self.may(Action::AddToTeam, Resource::TeamMember(team, target)),
            Change::RemoveFromTeam => self.may(Action::RemoveFromTeam, Resource::TeamMember(team, target)),
            Change::SetLevel(to) => self.may(Action::SetClusterAccess { to }, Resource::ClusterMember(cluster, target)),
            Change::SetRole(to) => self.may(Action::SetProjectRole { to }, Resource::ProjectMember(project, target)),
            Change::SetLevelOfTeam(to) => {
                self.may(Action::SetClusterAccess { to }, Resource::ClusterTeam(cluster, team))
            }
            Change::SetRoleOfTeam(to) => self.may(Action::SetProjectRole { to }, Resource::ProjectTeam(project, team)),
            Change::ShowProject(to) => self.update(Update::Visibility(to), Resource::Project(project)),
            Change::ShowCluster(to) => self.update(Update::Visibility(to), Resource::Cluster(cluster)),
            Change::UpdateRole { from, to } => {
                self.update(Update::Permissions(to.permissions()), Resource::Role(&custom_role(from)))
            }
        }
    }

    fn update(&self, to: Update, resource: Resource<'_, Id>) -> Decision {
        self.may(Action::Update { to }, resource)
    }

    fn may<'a>(&'a self, action: Action<&'a CustomRole<Id>>, resource: Resource<'a, Id>) -> Decision {
        let subject = Subject::new(&self.maker.1);
        let subject = self.now.map_or(subject, |now| subject.at(now));
        decide(subject, action, resource)
    }
}

fn with_role(role: AnyRoleOf, ask: impl FnOnce(AnyRole<&CustomRole<Id>>) -> Decision) -> Decision {
    match role {
        AnyRole::BuiltIn(role) => ask(role.into()),
        AnyRole::Custom(definition) => ask(AnyRole::Custom(&custom_role(definition))),
    }
}

/// What is there after a change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct After {
    pub(crate) things: Things,
    pub(crate) maker: Member,
    pub(crate) target: Option<Member>,
}

impl Change {
    /// Makes the change. Where the maker is the target, it is the target that changes.
    pub(crate) fn make(self, things: Things, maker: Member, target: Option<Member>) -> After {
        let mut after = After { things, maker, target };
        match self {
            Self::Invite { role, until } => {
                after.target = Some(Member {
                    until,
                    kind: target.map_or(AccountKind::User, |m| m.kind),
                    ..Member::with_role(role)
                });
            }
            Self::Role(to) => after.alter(|target| become_a(target, to)),
            Self::SetExpiry(to) => after.alter(|target| target.until = to),
            Self::Transfer => {
                become_a(&mut after.maker, Role::Admin.into());
                after.alter(|target| become_a(target, Role::Owner.into()));
            }
            Self::AddToTeam => after.alter(|target| target.in_team = true),
            Self::RemoveFromTeam => after.alter(|target| target.in_team = false),
            Self::SetLevel(to) => after.alter(|target| target.own.level = to),
            Self::SetRole(to) => after.alter(|target| target.own.role = to),
            Self::SetLevelOfTeam(to) => after.things.team.level = to,
            Self::SetRoleOfTeam(to) => after.things.team.role = to,
            Self::ShowProject(to) => after.things.project = to,
            Self::ShowCluster(to) => after.things.cluster = to,
            Self::UpdateRole { from, to } => {
                let has_it = |member: &&mut Member| member.role == AnyRole::Custom(from);
                for member in [Some(&mut after.maker), after.target.as_mut()].into_iter().flatten().filter(has_it) {
                    member.role = AnyRole::Custom(to);
                }
            }
        }
        after
    }

    /// Whether the answer depends on who the target is.
    pub(crate) const fn is_about_the_target(self) -> bool {
        match self {
            Self::Invite { .. }
            | Self::Role(_)
            | Self::SetExpiry(_)
            | Self::Transfer
            | Self::AddToTeam
            | Self::RemoveFromTeam
            | Self::SetLevel(_)
            | Self::SetRole(_) => true,
            Self::SetLevelOfTeam(_)
            | Self::SetRoleOfTeam(_)
            | Self::ShowProject(_)
            | Self::ShowCluster(_)
            | Self::UpdateRole { .. } => false,
        }
    }

    /// The same change without the expiry of what it grants.
    pub(crate) fn for_good(self) -> Self {
        let level = |to: Option<Grant<_>>| to.map(|grant| Grant::new(grant.value()));
        let role = |to: Option<Grant<_>>| to.map(|grant| Grant::new(grant.value()));
        match self {
            Self::SetLevel(to) => Self::SetLevel(level(to)),
            Self::SetLevelOfTeam(to) => Self::SetLevelOfTeam(level(to)),
            Self::SetRole(to) => Self::SetRole(role(to)),
            Self::SetRoleOfTeam(to) => Self::SetRoleOfTeam(role(to)),
            other => other,
        }
    }
}

impl After {
    fn alter(&mut self, alter: impl FnOnce(&mut Member)) {
        if let Some(target) = &mut self.target {
            alter(target);
        }
    }
}

/// Another role: what can no longer count of the member's own grants is dropped.
fn become_a(member: &mut Member, role: AnyRoleOf) {
    member.role = role;
    let rank = powers(role).rank;
    let Grants { level, role } = &mut member.own;
    *level = level.filter(|grant| match rank {
        Role::Owner | Role::Billing => rank == Role::Billing && grant.value() == ClusterAccess::None,
        Role::Viewer => grant.value() <= ClusterAccess::View,
        Role::Admin | Role::Developer => true,
    });
    if !matches!(rank, Role::Developer | Role::Viewer) {
        *role = None;
    }
}

/// Whether somebody is a member at the time of the change.
pub(crate) fn is_member(target: Option<&Member>) -> bool {
    target.is_some_and(|target| is_live(target.until, NOW))
}
