//! Findings: what an administrator should look at.

use core::borrow::Borrow;
use core::fmt::{self, Display};
use core::hash::Hash;

use crate::directory::index::{Member, OrganizationIndex};
use crate::directory::store::Directory;
use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::action::Action;
use crate::model::environment::Environment;
use crate::model::names::names;
use crate::model::project::Visibility;
use crate::model::protection::ProtectionLevel;
use crate::model::resource::{ResourceId, ResourceRef};
use crate::model::role::{ProjectRole, Role};
use crate::model::time::{Grant, Now, Time};
use crate::policy::decision::{Decision, MissingApprovals};

names! {
    /// What was found. The codes are stable.
    pub enum FindingCode: "finding" {
        /// An organization has no permanent Owner: nobody can restore one from within.
        NoOwner = "no_owner",
        /// An organization has one permanent Owner.
        OneOwner = "one_owner",
        /// Nobody could deploy to a protected environment: not even with every approval there can be.
        UnapprovableEnvironment = "unapprovable_environment",
        /// An override is above what the member's role can have.
        OverrideAboveCeiling = "override_above_ceiling",
        /// An override is what the member's role has by default.
        OverrideEqualsDefault = "override_equals_default",
        /// A membership is over.
        ExpiredMembership = "expired_membership",
        /// An override is over.
        ExpiredOverride = "expired_override",
        /// A project role is over.
        ExpiredProjectRole = "expired_project_role",
        /// A project that only its members see has none.
        PrivateProjectWithoutMembers = "private_project_without_members",
        /// A service account acts as Admin, of the organization or of a project.
        ServiceAccountAdmin = "service_account_admin",
    }
}

impl FindingCode {
    const fn what_to_do(self) -> &'static str {
        match self {
            Self::NoOwner => "no member is a permanent owner: load one from outside, for nobody here can appoint one",
            Self::OneOwner => "one member is a permanent owner: appoint a second, who can approve and stand in",
            Self::UnapprovableEnvironment => {
                "nobody could deploy, whoever approves: appoint those whom its protection asks for, or change it"
            }
            Self::OverrideAboveCeiling => {
                "the override is above what the role can have: lower or lift it, or change the role"
            }
            Self::OverrideEqualsDefault => {
                "the override is what the role has anyway: lift it, unless it is to stay when the role changes"
            }
            Self::ExpiredMembership => "the membership is over: remove it, or set another expiry",
            Self::ExpiredOverride => "the override is over, and the default is back: lift it, or set it anew",
            Self::ExpiredProjectRole => "the project role is over: lift it, or set it anew",
            Self::PrivateProjectWithoutMembers => {
                "only its members see the project, and there are none: give roles in it, or let the organization see it"
            }
            Self::ServiceAccountAdmin => "a service account has the rights of an admin: give it the role that it needs",
        }
    }
}

/// Where it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the fields are the ids of what the variant names")]
pub enum FindingPlace<'a, Id> {
    /// An organization.
    Organization(&'a Id),
    /// A member of an organization.
    Member { organization: &'a Id, account: &'a Id },
    /// A member's override on a cluster.
    ClusterMember { cluster: &'a Id, account: &'a Id },
    /// A project.
    Project(&'a Id),
    /// A member's role in a project.
    ProjectMember { project: &'a Id, account: &'a Id },
    /// An environment.
    Environment(&'a Id),
}

impl<Id: Display> Display for FindingPlace<'_, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organization(id) => write!(f, "organization `{id}`"),
            Self::Member { organization, account } => write!(f, "member `{account}` of `{organization}`"),
            Self::ClusterMember { cluster, account } => write!(f, "member `{account}` on cluster `{cluster}`"),
            Self::Project(id) => write!(f, "project `{id}`"),
            Self::ProjectMember { project, account } => write!(f, "member `{account}` of project `{project}`"),
            Self::Environment(id) => write!(f, "environment `{id}`"),
        }
    }
}

/// Something that an administrator should look at: shown, it says where it is, what it is and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding<'a, Id> {
    code: FindingCode,
    place: FindingPlace<'a, Id>,
}

impl<'a, Id> Finding<'a, Id> {
    /// What was found.
    #[must_use]
    pub const fn code(&self) -> FindingCode {
        self.code
    }

    /// Where.
    #[must_use]
    pub const fn place(&self) -> &FindingPlace<'a, Id> {
        &self.place
    }
}

impl<Id: Display> Display for Finding<'_, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.code.what_to_do())
    }
}

impl<Id: Hash + Ord> Directory<Id> {
    /// What an administrator of an organization should look at, at a time; nothing of one that is not held. It is lazy.
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
    ///      the override is above what the role can have: lower or lift it, or change the role"
    /// );
    /// # Ok::<(), shipgate::directory::RowError>(())
    /// ```
    pub fn findings<Q>(&self, organization: &Q, at: Time) -> impl Iterator<Item = Finding<'_, Id>> + use<'_, Id, Q>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let of = self.index.organizations.get(organization);
        of.into_iter().flat_map(move |of| {
            let look = Look { directory: self, of, at, now: Now::new(Some(at)) };
            look.at_owners()
                .into_iter()
                .chain(look.at_members())
                .chain(look.at_overrides())
                .chain(look.at_project_roles())
                .chain(look.at_projects())
                .chain(look.at_environments())
        })
    }
}

/// A look at an organization.
struct Look<'a, Id> {
    directory: &'a Directory<Id>,
    of: &'a OrganizationIndex<Id>,
    at: Time,
    now: Now,
}

impl<Id> Clone for Look<'_, Id> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Id> Copy for Look<'_, Id> {}

impl<'a, Id: Hash + Ord> Look<'a, Id> {
    fn at_owners(self) -> Option<Finding<'a, Id>> {
        let organization = self.directory.organizations.get::<Id>(self.of.id())?;
        let code = match organization.owners() {
            0 => FindingCode::NoOwner,
            1 => FindingCode::OneOwner,
            2.. => return None,
        };
        Some(Finding { code, place: FindingPlace::Organization(organization.id()) })
    }

    fn at_members(self) -> impl Iterator<Item = Finding<'a, Id>> {
        self.of.members.iter().filter_map(move |(account, member)| {
            let code = if !member.live(self.now) {
                FindingCode::ExpiredMembership
            } else if is_service_admin(member.value()) {
                FindingCode::ServiceAccountAdmin
            } else {
                return None;
            };
            Some(Finding { code, place: FindingPlace::Member { organization: self.of.id(), account } })
        })
    }

    fn at_overrides(self) -> impl Iterator<Item = Finding<'a, Id>> {
        let clusters = self.of.clusters.iter().filter_map(move |id| self.directory.index.clusters.get::<Id>(id));
        clusters.flat_map(move |cluster| {
            cluster.overrides.iter().filter_map(move |(account, grant)| {
                let code = self.look_at_override(self.of.members.get(account)?.value(), *grant)?;
                Some(Finding { code, place: FindingPlace::ClusterMember { cluster: cluster.id(), account } })
            })
        })
    }

    fn look_at_override(self, member: Member, grant: Grant<ClusterAccess>) -> Option<FindingCode> {
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

    fn at_project_roles(self) -> impl Iterator<Item = Finding<'a, Id>> {
        let projects = self.of.projects.iter().filter_map(move |id| self.directory.index.projects.get::<Id>(id));
        projects.flat_map(move |project| {
            project.roles.iter().filter_map(move |(account, grant)| {
                let member = self.of.members.get(account)?;
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

    /// Whether a role in a project would count for a member: one who is a live Developer or Viewer.
    fn project_role_counts(self, member: Grant<Member>) -> bool {
        member.live(self.now) && member.value().role.yields_to_project_roles()
    }

    fn at_projects(self) -> impl Iterator<Item = Finding<'a, Id>> {
        let projects = self.directory.projects_of::<Id>(self.of.id());
        let private = projects.filter(|project| project.visibility() == Visibility::Members);
        private.filter(move |project| !self.has_members(project.id())).map(|project| Finding {
            code: FindingCode::PrivateProjectWithoutMembers,
            place: FindingPlace::Project(project.id()),
        })
    }

    fn has_members(self, project: &Id) -> bool {
        self.directory.index.projects.get::<Id>(project).is_some_and(|project| {
            project.roles.iter().any(|(account, grant)| {
                let member = self.of.members.get(account);
                grant.live(self.now) && member.is_some_and(|member| self.project_role_counts(*member))
            })
        })
    }

    fn at_environments(self) -> impl Iterator<Item = Finding<'a, Id>> {
        let environments = self.directory.environments_of::<Id>(self.of.id());
        let protected = environments.filter(|held| held.protection().level() != ProtectionLevel::None);
        protected.filter(move |environment| !self.could_be_deployed(environment)).map(|environment| Finding {
            code: FindingCode::UnapprovableEnvironment,
            place: FindingPlace::Environment(environment.id()),
        })
    }

    /// Whether somebody may deploy, or could if everyone approved who may.
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

    /// How many may approve what somebody requests.
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
