//! Findings: problems that an administrator should look at.

use core::borrow::Borrow;
use core::fmt::{self, Display};
use core::hash::Hash;

use crate::directory::index::{Member, OrganizationIndex};
use crate::directory::store::Directory;
use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::action::Action;
use crate::model::environment::Environment;
use crate::model::escape::Escaped;
use crate::model::names::names;
use crate::model::project::Visibility;
use crate::model::protection::ProtectionLevel;
use crate::model::resource::{ResourceId, ResourceRef};
use crate::model::role::{ProjectRole, Role};
use crate::model::time::{Grant, Now, Time};
use crate::policy::decision::{Decision, MissingApprovals};

names! {
    /// The kind of a finding. The wire names are stable.
    pub enum FindingCode: "finding" {
        /// The organization has no permanent Owner, and no member can appoint one.
        NoOwner = "no_owner",
        /// The organization has only one permanent Owner.
        OneOwner = "one_owner",
        /// No member could deploy to a protected environment, even if everyone who may approve did.
        UnapprovableEnvironment = "unapprovable_environment",
        /// An override is above the ceiling of the member's role, so it does not count in full.
        OverrideAboveCeiling = "override_above_ceiling",
        /// An override equals the default of the member's role, so it has no effect.
        OverrideEqualsDefault = "override_equals_default",
        /// A membership has expired.
        ExpiredMembership = "expired_membership",
        /// An override has expired.
        ExpiredOverride = "expired_override",
        /// A project role has expired.
        ExpiredProjectRole = "expired_project_role",
        /// A project is visible only to its members, and has none.
        PrivateProjectWithoutMembers = "private_project_without_members",
        /// A service account acts as Admin, of the organization or of a project.
        ServiceAccountAdmin = "service_account_admin",
    }
}

impl FindingCode {
    /// What is wrong, and what to do about it.
    const fn advice(self) -> &'static str {
        match self {
            Self::NoOwner => {
                "no member is a permanent owner, and none can appoint one: add an owner to the loaded data"
            }
            Self::OneOwner => "only one member is a permanent owner: appoint a second, who can approve and take over",
            Self::UnapprovableEnvironment => {
                "no member can deploy, even with every possible approval: appoint the members that the protection \
                 requires, or change the protection"
            }
            Self::OverrideAboveCeiling => {
                "the override is above the ceiling of the role: lower it, remove it, or change the role"
            }
            Self::OverrideEqualsDefault => {
                "the override equals the default of the role: remove it, unless it should survive a change of role"
            }
            Self::ExpiredMembership => "the membership has expired: remove it, or set a new expiry",
            Self::ExpiredOverride => "the override has expired, and the default applies: remove it, or set it again",
            Self::ExpiredProjectRole => "the project role has expired: remove it, or set it again",
            Self::PrivateProjectWithoutMembers => {
                "the project is visible only to its members, but has none: give members a role in it, or make it \
                 visible to the organization"
            }
            Self::ServiceAccountAdmin => {
                "a service account has the permissions of an admin: give it a lower role if that suffices"
            }
        }
    }
}

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
    /// A member's own access to a cluster.
    ClusterMember {
        /// The cluster.
        cluster: &'a Id,
        /// The member.
        account: &'a Id,
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
    /// An environment.
    Environment(&'a Id),
}

/// Writes the ids in backticks, and escapes the characters in them that do not show as themselves.
impl<Id: Display> Display for FindingPlace<'_, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = Escaped::in_backticks;
        match *self {
            Self::Organization(organization) => write!(f, "organization {}", id(organization)),
            Self::Member { organization, account } => write!(f, "member {} of {}", id(account), id(organization)),
            Self::ClusterMember { cluster, account } => write!(f, "member {} on cluster {}", id(account), id(cluster)),
            Self::Project(project) => write!(f, "project {}", id(project)),
            Self::ProjectMember { project, account } => write!(f, "member {} of project {}", id(account), id(project)),
            Self::Environment(environment) => write!(f, "environment {}", id(environment)),
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

impl<Id: Hash + Ord> Directory<Id> {
    /// What should an administrator of this organization look at? Lazy, and empty if the organization does not exist.
    ///
    /// `at` is the present time: it decides what has expired.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{Directory, Grant, ClusterAccess, Role, Time};
    /// use shipgate::query::FindingCode;
    ///
    /// let mut rows = Directory::<String>::builder();
    /// rows.organization("acme-corp".into())?;
    /// rows.member("acme-corp", "olivia".into(), Role::Owner, None)?;
    /// rows.member("acme-corp", "victor".into(), Role::Viewer, None)?;
    /// rows.cluster("us-east".into(), "acme-corp")?;
    /// rows.cluster_access("us-east", "victor", Grant::new(ClusterAccess::Manage))?;
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
                .chain(review.overrides())
                .chain(review.project_roles())
                .chain(review.projects())
                .chain(review.environments())
        })
    }
}

/// Looks for findings in an organization.
struct Review<'a, Id> {
    directory: &'a Directory<Id>,
    index: &'a OrganizationIndex<Id>,
    at: Time,
    now: Now,
}

impl<Id> Clone for Review<'_, Id> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Id> Copy for Review<'_, Id> {}

impl<'a, Id: Hash + Ord> Review<'a, Id> {
    fn owners(self) -> Option<Finding<'a, Id>> {
        let organization = self.directory.organizations.get::<Id>(self.index.id())?;
        let code = match organization.owners() {
            0 => FindingCode::NoOwner,
            1 => FindingCode::OneOwner,
            2.. => return None,
        };
        Some(Finding { code, place: FindingPlace::Organization(organization.id()) })
    }

    fn members(self) -> impl Iterator<Item = Finding<'a, Id>> {
        self.index.members.iter().filter_map(move |(account, member)| {
            let code = if !member.live(self.now) {
                FindingCode::ExpiredMembership
            } else if is_service_admin(member.value()) {
                FindingCode::ServiceAccountAdmin
            } else {
                return None;
            };
            Some(Finding { code, place: FindingPlace::Member { organization: self.index.id(), account } })
        })
    }

    fn overrides(self) -> impl Iterator<Item = Finding<'a, Id>> {
        let clusters = self.index.clusters.iter().filter_map(move |id| self.directory.index.clusters.get::<Id>(id));
        clusters.flat_map(move |cluster| {
            cluster.overrides.iter().filter_map(move |(account, grant)| {
                let code = self.override_code(self.index.members.get(account)?.value(), *grant)?;
                Some(Finding { code, place: FindingPlace::ClusterMember { cluster: cluster.id(), account } })
            })
        })
    }

    fn override_code(self, member: Member, grant: Grant<ClusterAccess>) -> Option<FindingCode> {
        let role = member.kind.acting(member.role);
        if !grant.live(self.now) {
            Some(FindingCode::ExpiredOverride)
        } else if grant.value() > ClusterAccess::ceiling_of(role) {
            Some(FindingCode::OverrideAboveCeiling)
        } else if grant.value() == ClusterAccess::default_of(role) {
            Some(FindingCode::OverrideEqualsDefault)
        } else {
            None
        }
    }

    fn project_roles(self) -> impl Iterator<Item = Finding<'a, Id>> {
        let projects = self.index.projects.iter().filter_map(move |id| self.directory.index.projects.get::<Id>(id));
        projects.flat_map(move |project| {
            project.roles.iter().filter_map(move |(account, grant)| {
                let member = self.index.members.get(account)?;
                let code = if !grant.live(self.now) {
                    FindingCode::ExpiredProjectRole
                } else if self.is_project_admin(*member, *grant) {
                    FindingCode::ServiceAccountAdmin
                } else {
                    return None;
                };
                Some(Finding { code, place: FindingPlace::ProjectMember { project: project.id(), account } })
            })
        })
    }

    /// Whether a service account acts as the Admin of a project by its role there.
    fn is_project_admin(self, member: Grant<Member>, grant: Grant<ProjectRole>) -> bool {
        member.value().kind == AccountKind::Service
            && grant.value() == ProjectRole::Admin
            && self.project_role_counts(member)
    }

    /// Whether a project role would count for a member.
    fn project_role_counts(self, member: Grant<Member>) -> bool {
        member.live(self.now) && member.value().role.yields_to_project_roles()
    }

    fn projects(self) -> impl Iterator<Item = Finding<'a, Id>> {
        let projects = self.directory.projects_of::<Id>(self.index.id());
        let private = projects.filter(|project| project.visibility() == Visibility::Members);
        private.filter(move |project| !self.has_members(project.id())).map(|project| Finding {
            code: FindingCode::PrivateProjectWithoutMembers,
            place: FindingPlace::Project(project.id()),
        })
    }

    fn has_members(self, project: &Id) -> bool {
        self.directory.index.projects.get::<Id>(project).is_some_and(|project| {
            project.roles.iter().any(|(account, grant)| {
                let member = self.index.members.get(account);
                grant.live(self.now) && member.is_some_and(|member| self.project_role_counts(*member))
            })
        })
    }

    fn environments(self) -> impl Iterator<Item = Finding<'a, Id>> {
        let environments = self.directory.environments_of::<Id>(self.index.id());
        let protected = environments.filter(|environment| environment.protection().level() != ProtectionLevel::None);
        protected.filter(move |environment| !self.could_be_deployed(environment)).map(|environment| Finding {
            code: FindingCode::UnapprovableEnvironment,
            place: FindingPlace::Environment(environment.id()),
        })
    }

    /// Whether a member may deploy, or could if everyone who may approve did.
    fn could_be_deployed(self, environment: &'a Environment<Id>) -> bool {
        let resource = ResourceId::Environment(environment.id());
        let mut deployers = self.directory.who_may(Action::Deploy, resource, Some(self.at));
        deployers.any(|(requester, decision)| match decision {
            Decision::Allow => true,
            Decision::RequireApproval(MissingApprovals { missing, .. }) => {
                self.approvers(environment, requester) >= usize::from(missing)
            }
            Decision::Deny(_) => false,
        })
    }

    /// The number of accounts that may approve a deployment requested by this account.
    fn approvers(self, environment: &'a Environment<Id>, requested_by: &'a Id) -> usize {
        let requested: ResourceRef<'_, Id, Id> =
            ResourceId::Deployment { environment: environment.id(), requested_by, approvals: &[] };
        self.directory.who_may(Action::Approve, requested, Some(self.at)).count()
    }
}

/// Whether a service account acts as Admin.
fn is_service_admin(Member { kind, role }: Member) -> bool {
    kind == AccountKind::Service && kind.acting(role) == Role::Admin
}
