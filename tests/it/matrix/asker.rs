//! Who asks, and what of the asker and of the resource a table varies.

use std::sync::LazyLock;

use shipgate::model::Permission;
use shipgate::{
    Account, AccountKind, Cluster, ClusterAccess, CustomRole, Membership, Project, ProjectRole, Protection, Role,
    RoleDefinition, RolePermissions, Team, Time, Token, Visibility,
};

/// The present.
pub(super) const NOW: Time = Time::from_millis(1_000);
pub(super) const PAST: Time = Time::from_millis(500);
/// When what is given for a time ends.
pub(super) const SOON: Time = Time::from_millis(2_000);
/// When the memberships end that will end.
pub(super) const LATER: Time = Time::from_millis(3_000);
/// After those.
pub(super) const LATE: Time = Time::from_millis(4_000);

/// A custom role of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Custom {
    /// An Admin's rank and permissions.
    Deputy,
    /// A release manager: an Admin by rank, who deploys and approves and does nothing else.
    Manager,
    /// A Developer who approves, too.
    Lead,
    /// A Developer by rank who may do nothing without a project role.
    Guest,
    /// A Viewer who reads the audit log, too.
    Auditor,
}

impl Custom {
    pub(super) const ALL: [Self; 5] = [Self::Deputy, Self::Manager, Self::Lead, Self::Guest, Self::Auditor];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Deputy => "deputy",
            Self::Manager => "manager",
            Self::Lead => "lead",
            Self::Guest => "guest",
            Self::Auditor => "auditor",
        }
    }

    fn rank(self) -> Role {
        match self {
            Self::Deputy | Self::Manager => Role::Admin,
            Self::Lead | Self::Guest => Role::Developer,
            Self::Auditor => Role::Viewer,
        }
    }

    pub(super) fn permissions(self) -> RolePermissions {
        use Permission::{Approve, Deploy, View, ViewAuditLog, ViewLogs};
        let of = |rank: Role, more: &[Permission]| {
            RolePermissions::new(rank.permissions().iter().chain(more.iter().copied()))
        };
        let permissions = match self {
            Self::Deputy => of(Role::Admin, &[]),
            Self::Manager => RolePermissions::new([View, ViewLogs, Deploy, Approve]),
            Self::Lead => of(Role::Developer, &[Approve]),
            Self::Guest => RolePermissions::new([]),
            Self::Auditor => of(Role::Viewer, &[ViewAuditLog]),
        };
        permissions.expect("a custom role may have these")
    }

    pub(super) fn definition(self) -> RoleDefinition {
        RoleDefinition::new(self.rank(), self.permissions()).expect("the rank suffices")
    }

    pub(super) fn of(self, organization: &'static str) -> CustomRole<&'static str> {
        CustomRole::new(self.name(), organization, self.definition())
    }

    /// This role of acme-corp.
    pub(super) fn of_acme(self) -> &'static CustomRole<&'static str> {
        static ROLES: LazyLock<Vec<CustomRole<&'static str>>> =
            LazyLock::new(|| Custom::ALL.map(|custom| custom.of("acme-corp")).into());
        let place = Self::ALL.iter().position(|custom| *custom == self).expect("it is one of all");
        &ROLES[place]
    }
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Member(Role),
    /// A member whose membership will end.
    Passing(Role),
    Custom(Custom),
    /// A member with a custom role of an Admin's rank.
    AdminByRank(RoleDefinition),
    /// A service account whose membership says `owner`.
    Service,
    Stranger,
}

impl Who {
    /// A deputy is left out: that it answers as an Admin is a test of its own.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        use Role::{Admin, Billing, Developer, Owner, Viewer};
        [
            Self::Member(Owner),
            Self::Passing(Owner),
            Self::Member(Admin),
            Self::Passing(Admin),
            Self::Custom(Custom::Manager),
            Self::Member(Developer),
            Self::Custom(Custom::Lead),
            Self::Custom(Custom::Guest),
            Self::Member(Billing),
            Self::Member(Viewer),
            Self::Custom(Custom::Auditor),
            Self::Service,
            Self::Stranger,
        ]
        .into_iter()
    }

    pub(super) fn name(self) -> String {
        match self {
            Self::Member(role) => role.to_string(),
            Self::Passing(role) => format!("{role}~"),
            Self::Custom(custom) => custom.name().into(),
            Self::AdminByRank(_) => "admin by rank".into(),
            Self::Service => "service".into(),
            Self::Stranger => "none".into(),
        }
    }

    fn id(self) -> &'static str {
        match self {
            Self::Member(Role::Owner) => "olivia",
            Self::Member(Role::Admin) => "carol",
            Self::Member(Role::Developer) => "alice",
            Self::Member(Role::Billing) => "betty",
            Self::Member(Role::Viewer) => "victor",
            Self::Passing(_) => "dana",
            Self::Custom(custom) => custom.name(),
            Self::AdminByRank(_) => "ada",
            Self::Service => "ci-bot",
            Self::Stranger => "mallory",
        }
    }

    fn membership(self, organization: &'static str) -> Option<(AccountKind, Membership<&'static str>)> {
        let user = |membership| Some((AccountKind::User, membership));
        match self {
            Self::Member(role) => user(Membership::new(organization, role)),
            Self::Passing(role) => user(Membership::new(organization, role).until(LATER)),
            Self::Custom(custom) => user(Membership::custom(&custom.of(organization))),
            Self::AdminByRank(definition) => {
                user(Membership::custom(&CustomRole::new("admin-by-rank", organization, definition)))
            }
            Self::Service => Some((AccountKind::Service, Membership::new(organization, Role::Owner))),
            Self::Stranger => None,
        }
    }

    /// The facts of the asker, who has this override on the other cluster and is in these teams as well. Of a stranger, only the
    /// id is read.
    pub(super) fn account(
        self,
        setting: &Setting,
        on_new: Option<ClusterAccess>,
        crews: &[&Team<&'static str>],
    ) -> Account<&'static str> {
        let Some((kind, mut membership)) = self.membership(setting.home) else { return Account::user(self.id()) };
        // Across the wall, these are grants on what has the same ids.
        let (us_east, shop) = (setting.us_east(setting.home), setting.shop(setting.home));
        match setting.through {
            Through::Oneself => {
                if let Some(level) = setting.level {
                    membership = membership.with_cluster_access(&us_east, level).expect("the first on this cluster");
                }
                if let Some(role) = setting.project_role {
                    membership = membership.with_project_role(&shop, role).expect("the first in this project");
                }
            }
            Through::Team => {
                let mut team = Team::new("on-call", setting.home);
                if let Some(level) = setting.level {
                    team = team.with_cluster_access(&us_east, level).expect("the first on this cluster");
                }
                if let Some(role) = setting.project_role {
                    team = team.with_project_role(&shop, role).expect("the first in this project");
                }
                membership = membership.in_team(&team).expect("the first place in this team");
            }
        }
        if let Some(level) = on_new {
            membership =
                membership.with_cluster_access(&eu_west(setting.home), level).expect("the first on this cluster");
        }
        for crew in crews {
            membership = membership.in_team(crew).expect("the first place in this team");
        }
        Account::new(self.id(), kind).with(membership).expect("the first membership")
    }
}

/// What the rows and cells of a table vary: all of the question that is neither the action nor its scene.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    /// Of the environment; of a project's only environment.
    pub(super) protection: Protection,
    /// The asker's override on the resource's (present) cluster.
    pub(super) level: Option<ClusterAccess>,
    pub(super) project_role: Option<ProjectRole>,
    /// Whose grants these are.
    pub(super) through: Through,
    /// Of the project.
    pub(super) visibility: Visibility,
    /// Of the present cluster.
    pub(super) cluster_visibility: Visibility,
    pub(super) token: Option<Token<&'static str>>,
    /// Where the asker is a member.
    pub(super) home: &'static str,
    /// Where the resource is.
    pub(super) organization: &'static str,
}

/// Whose the asker's grants are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Through {
    Oneself,
    /// A team that the asker is in.
    Team,
}

impl Setting {
    pub(super) const PLAIN: Self = Self {
        protection: Protection::NONE,
        level: None,
        project_role: None,
        through: Through::Oneself,
        visibility: Visibility::Organization,
        cluster_visibility: Visibility::Organization,
        token: None,
        home: "acme-corp",
        organization: "acme-corp",
    };

    /// Each override of the asker's own, on a cluster that the organization sees.
    pub(super) fn each_override() -> Vec<Self> {
        overrides().map(|level| Self { level, ..Self::PLAIN }).collect()
    }

    /// Each override of a team, on a cluster that its members see.
    pub(super) fn each_override_of_a_team() -> Vec<Self> {
        let cluster_visibility = Visibility::Members;
        overrides().map(|level| Self { level, through: Through::Team, cluster_visibility, ..Self::PLAIN }).collect()
    }

    /// Each project role: the asker's own where all is visible to the organization, a team's where project and cluster are
    /// visible to their members.
    pub(super) fn each_project_role(visibility: Visibility) -> Vec<Self> {
        let through = match visibility {
            Visibility::Organization => Through::Oneself,
            Visibility::Members => Through::Team,
        };
        let with =
            |project_role| Self { visibility, cluster_visibility: visibility, project_role, through, ..Self::PLAIN };
        [None].into_iter().chain(ProjectRole::ALL.map(Some)).map(with).collect()
    }

    pub(super) fn us_east(&self, organization: &'static str) -> Cluster<&'static str> {
        Cluster::new("us-east", organization).with_visibility(self.cluster_visibility)
    }

    pub(super) fn shop(&self, organization: &'static str) -> Project<&'static str> {
        Project::new("shop", organization).with_visibility(self.visibility)
    }
}

pub(super) fn eu_west(organization: &'static str) -> Cluster<&'static str> {
    Cluster::new("eu-west", organization)
}

pub(super) fn overrides() -> impl Iterator<Item = Option<ClusterAccess>> {
    [None].into_iter().chain(ClusterAccess::ALL.map(Some))
}
