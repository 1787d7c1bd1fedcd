//! Findings: problems that an administrator should look at.

mod approvals;
mod code;
mod grants;
mod likeness;
mod review;

use core::borrow::Borrow;
use core::fmt::{self, Display};
use core::hash::Hash;

pub use code::FindingCode;

use crate::directory::error::EntityKind;
use crate::directory::store::Directory;
use crate::model::escape::Escaped;
use crate::model::time::{Now, Time};
use review::Review;

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingPlace<'a, Id> {
    /// An organization.
    Organization(&'a Id),
    /// A member of an organization.
    Member {
        /// The organization.
        organization: &'a Id,
        /// The member.
        account: &'a Id,
    },
    /// A custom role.
    Role(&'a Id),
    /// A team.
    Team(&'a Id),
    /// A member's own access to a cluster.
    ClusterMember {
        /// The cluster.
        cluster: &'a Id,
        /// The member.
        account: &'a Id,
    },
    /// A team's access to a cluster.
    ClusterTeam {
        /// The cluster.
        cluster: &'a Id,
        /// The team.
        team: &'a Id,
    },
    /// A project.
    Project(&'a Id),
    /// A member's role in a project.
    ProjectMember {
        /// The project.
        project: &'a Id,
        /// The member.
        account: &'a Id,
    },
    /// A team's role in a project.
    ProjectTeam {
        /// The project.
        project: &'a Id,
        /// The team.
        team: &'a Id,
    },
    /// An environment.
    Environment(&'a Id),
    /// Two things of a kind in one organization.
    Pair {
        /// What they are.
        kind: EntityKind,
        /// The first, by their order.
        id: &'a Id,
        /// The second.
        other: &'a Id,
    },
}

/// Writes the ids in backticks, and escapes the characters in them that do not show as themselves.
impl<Id: Display> Display for FindingPlace<'_, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = Escaped::in_backticks;
        match *self {
            Self::Organization(organization) => write!(f, "organization {}", id(organization)),
            Self::Member { organization, account } => write!(f, "member {} of {}", id(account), id(organization)),
            Self::Role(role) => write!(f, "role {}", id(role)),
            Self::Team(team) => write!(f, "team {}", id(team)),
            Self::ClusterMember { cluster, account } => write!(f, "member {} on cluster {}", id(account), id(cluster)),
            Self::ClusterTeam { cluster, team } => write!(f, "team {} on cluster {}", id(team), id(cluster)),
            Self::Project(project) => write!(f, "project {}", id(project)),
            Self::ProjectMember { project, account } => write!(f, "member {} of project {}", id(account), id(project)),
            Self::ProjectTeam { project, team } => write!(f, "team {} of project {}", id(team), id(project)),
            Self::Environment(environment) => write!(f, "environment {}", id(environment)),
            Self::Pair { kind, id: first, other } => write!(f, "{kind} {} and {kind} {}", id(first), id(other)),
        }
    }
}

/// A problem that an administrator should look at. Displayed, it says where it is, what is wrong and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding<'a, Id> {
    code: FindingCode,
    place: FindingPlace<'a, Id>,
}

impl<'a, Id> Finding<'a, Id> {
    const fn new(code: FindingCode, place: FindingPlace<'a, Id>) -> Self {
        Self { code, place }
    }

    /// The kind of the finding.
    #[must_use]
    pub const fn code(&self) -> FindingCode {
        self.code
    }

    /// What the finding is about.
    #[must_use]
    pub const fn place(&self) -> &FindingPlace<'a, Id> {
        &self.place
    }
}

impl<Id: Display> Display for Finding<'_, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.code.advice())
    }
}

impl<Id: Hash + Ord + Display> Directory<Id> {
    /// What should an administrator of this organization look at? Lazy, and empty if the organization does not exist.
    ///
    /// `at` is the present time: it decides what has expired.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{AccountKind, ClusterAccess, Directory, Grant, Holder, Role, Time, Visibility};
    /// use shipgate::query::FindingCode;
    ///
    /// let mut rows = Directory::<String>::builder();
    /// rows.organization("acme-corp".into())?;
    /// rows.member("acme-corp", "olivia".into(), AccountKind::User, Role::Owner, None)?;
    /// rows.member("acme-corp", "victor".into(), AccountKind::User, Role::Viewer, None)?;
    /// rows.cluster("us-east".into(), "acme-corp", Visibility::Organization)?;
    /// rows.cluster_access("us-east", Holder::Account("victor"), Grant::new(ClusterAccess::Manage))?;
    /// let directory = rows.build();
    ///
    /// let findings: Vec<_> = directory.findings("acme-corp", Time::from_millis(1_795_219_200_000)).collect();
    /// assert_eq!(findings[0].code(), FindingCode::OneOwner);
    /// assert_eq!(
    ///     findings[1].to_string(),
    ///     "member `victor` on cluster `us-east`: \
    ///      the override is above the ceiling of the role: lower it, remove it, or change the role"
    /// );
    /// # Ok::<(), shipgate::directory::RowError>(())
    /// ```
    pub fn findings<Q>(&self, organization: &Q, at: Time) -> impl Iterator<Item = Finding<'_, Id>> + use<'_, Id, Q>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let index = self.index.organizations.get(organization);
        index.into_iter().flat_map(move |index| {
            let review = Review { directory: self, index, at, now: Now::new(Some(at)) };
            review
                .owners()
                .into_iter()
                .chain(review.members())
                .chain(review.roles())
                .chain(review.teams())
                .chain(review.overrides())
                .chain(review.project_roles())
                .chain(review.projects())
                .chain(review.environments())
                .chain(review.pairs())
        })
    }
}
