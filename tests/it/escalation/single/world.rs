//! The small worlds: one organization with one project, one cluster and one team; who makes a change, and who may gain by it.

use shipgate::{
    Account, AccountKind, AnyRole, Cluster, ClusterAccess, CustomRole, Grant, Membership, Organization, Project,
    ProjectRole, RoleDefinition, Team, Time, Visibility,
};

use crate::escalation::holdings::{self, Granted, Held, Powers};

/// The times at which who holds what is judged; a change is made at the first. The last one is after every expiry.
pub(crate) const TIMES: [Time; 3] = [NOW, LATER, LATEST];
pub(crate) const BEFORE: Time = Time::from_millis(1);
pub(crate) const NOW: Time = Time::from_millis(2);
pub(crate) const LATER: Time = Time::from_millis(3);
pub(crate) const LATEST: Time = Time::from_millis(4);

pub(crate) type Id = u64;

pub(crate) const ACME: Id = 0;
pub(crate) const CLUSTER: Id = 0;
pub(crate) const PROJECT: Id = 0;
pub(crate) const TEAM: Id = 0;
pub(crate) const MAKER: Id = 0;
pub(crate) const TARGET: Id = 1;
/// The team that one member is in alone, and a custom role: each has the id of its member.
pub(crate) const ALONE: Id = 10;
const ROLE: Id = 20;

/// A role by what it is, not by its id.
pub(crate) type AnyRoleOf = AnyRole<RoleDefinition>;

/// What is granted on the cluster and in the project.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Grants {
    pub(crate) level: Option<Grant<ClusterAccess>>,
    pub(crate) role: Option<Grant<ProjectRole>>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    pub(crate) kind: AccountKind,
    pub(crate) role: AnyRoleOf,
    pub(crate) until: Option<Time>,
    pub(crate) own: Grants,
    /// The grants of a team that only this member is in: the highest of all its other teams.
    pub(crate) alone: Grants,
    pub(crate) in_team: bool,
}

impl Member {
    pub(crate) fn with_role(role: AnyRoleOf) -> Self {
        Self {
            kind: AccountKind::User,
            role,
            until: None,
            own: Grants::default(),
            alone: Grants::default(),
            in_team: false,
        }
    }

    pub(crate) fn powers(&self) -> Powers {
        powers(self.role).acting(self.kind)
    }

    /// The same, for ever: nothing of it expires.
    pub(crate) fn for_good(self) -> Self {
        Self { until: None, own: self.own.for_good(), alone: self.alone.for_good(), ..self }
    }
}

impl Grants {
    /// The same grants without their expiries; one that is over is none.
    pub(crate) fn for_good(self) -> Self {
        Self { level: for_good(self.level), role: for_good(self.role) }
    }
}

pub(crate) fn for_good<T: Copy>(grant: Option<Grant<T>>) -> Option<Grant<T>> {
    grant.filter(|grant| holdings::is_live(grant.expires_at(), NOW)).map(|grant| Grant::new(grant.value()))
}

pub(crate) fn powers(role: AnyRoleOf) -> Powers {
    match role {
        AnyRole::BuiltIn(role) => Powers::built_in(role),
        AnyRole::Custom(role) => Powers { rank: role.rank(), permissions: role.permissions().permissions() },
    }
}

/// What members share: who sees the project and the cluster, and the grants of the team.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Things {
    pub(crate) project: Visibility,
    pub(crate) cluster: Visibility,
    pub(crate) team: Grants,
}

impl Things {
    /// What a member holds at each of the times.
    pub(crate) fn course(&self, member: Option<&Member>) -> [Held; TIMES.len()] {
        let Some(member) = member else { return [Held::NOTHING; TIMES.len()] };
        let team = if member.in_team { self.team } else { Grants::default() };
        let (own, alone) = (member.own, member.alone);
        let member = holdings::Member {
            role: member.powers(),
            until: member.until,
            project: self.project,
            in_project: Granted { own: own.role, teams: [team.role, alone.role] },
            cluster: self.cluster,
            on_cluster: Granted { own: own.level, teams: [team.level, alone.level] },
        };
        TIMES.map(|time| member.held(time))
    }
}

/// The same as facts of the library.
pub(crate) struct Facts {
    pub(crate) things: Things,
    pub(crate) organization: Organization<Id>,
    pub(crate) project: Project<Id>,
    pub(crate) cluster: Cluster<Id>,
    pub(crate) team: Team<Id>,
}

impl Facts {
    pub(crate) fn of(things: Things) -> Self {
        let project = Project::new(PROJECT, ACME).with_visibility(things.project);
        let cluster = Cluster::new(CLUSTER, ACME).with_visibility(things.cluster);
        let team = team(TEAM, things.team, &project, &cluster);
        // Another permanent Owner there always is: law 8 is searched by itself.
        Self { things, organization: Organization::new(ACME, 2), project, cluster, team }
    }

    pub(crate) fn maker(&self, member: &Member) -> Account<Id> {
        self.account(MAKER, member)
    }

    pub(crate) fn target(&self, member: &Member) -> Account<Id> {
        self.account(TARGET, member)
    }

    fn account(&self, id: Id, member: &Member) -> Account<Id> {
        let mut membership = match member.role {
            AnyRole::BuiltIn(role) => Membership::new(ACME, role),
            AnyRole::Custom(definition) => Membership::custom(&custom_role(definition)),
        };
        if let Some(expiry) = member.until {
            membership = membership.until(expiry);
        }
        let Grants { level, role } = member.own;
        if let Some(grant) = level {
            membership = membership.with_cluster_access(&self.cluster, grant).expect("one override");
        }
        if let Some(grant) = role {
            membership = membership.with_project_role(&self.project, grant).expect("one project role");
        }
        if member.in_team {
            membership = membership.in_team(&self.team).expect("one place in the team");
        }
        if member.alone != Grants::default() {
            let alone = team(ALONE + id, member.alone, &self.project, &self.cluster);
            membership = membership.in_team(&alone).expect("one place in its own team");
        }
        Account::new(id, member.kind).with(membership).expect("one membership")
    }
}

pub(crate) fn custom_role(definition: RoleDefinition) -> CustomRole<Id> {
    CustomRole::new(ROLE, ACME, definition).with_members(1)
}

fn team(id: Id, grants: Grants, project: &Project<Id>, cluster: &Cluster<Id>) -> Team<Id> {
    let mut team = Team::new(id, ACME).with_members(1);
    if let Some(grant) = grants.level {
        team = team.with_cluster_access(cluster, grant).expect("one override");
    }
    if let Some(grant) = grants.role {
        team = team.with_project_role(project, grant).expect("one project role");
    }
    team
}
