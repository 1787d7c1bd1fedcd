//! The questions of the matrix, and the facts that each is asked on.

use shipgate::model::{ApprovalFrom, ApprovalRule, ProtectionLevel, ResourceKind, SelfApproval};
use shipgate::{
    Account, AccountKind, Action, ActionKind, Approval, Cluster, ClusterAccess, Decision, Deployment, Environment,
    Grant, Membership, NewEnvironment, Organization, Project, ProjectRole, Protection, Resource, Role, Subject, Time,
    Token, Visibility, decide,
};

/// The present.
pub(super) const NOW: Time = Time::from_millis(1_000);
pub(super) const SOON: Time = Time::from_millis(2_000);
const PAST: Time = Time::from_millis(500);

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Member(Role),
    /// A service account whose membership says `owner`.
    Service,
    Stranger,
}

impl Who {
    pub(super) fn all() -> impl Iterator<Item = Self> {
        Role::ALL.into_iter().map(Self::Member).chain([Self::Service, Self::Stranger])
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Member(role) => role.as_str(),
            Self::Service => "service",
            Self::Stranger => "none",
        }
    }

    fn id(self) -> &'static str {
        match self {
            Self::Member(Role::Owner) => "olivia",
            Self::Member(Role::Admin) => "carol",
            Self::Member(Role::Developer) => "alice",
            Self::Member(Role::Billing) => "betty",
            Self::Member(Role::Viewer) => "victor",
            Self::Service => "ci-bot",
            Self::Stranger => "mallory",
        }
    }
}

/// What the rows and cells of a table vary: all of the question that is neither the action nor its scene.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    /// Of the environment; of a project's only environment.
    pub(super) protection: Protection,
    /// The asker's override on the resource's (present) cluster.
    pub(super) level: Option<ClusterAccess>,
    pub(super) visibility: Visibility,
    pub(super) project_role: Option<ProjectRole>,
    pub(super) token: Option<Token<&'static str>>,
    /// Where the asker is a member.
    pub(super) home: &'static str,
    /// Where the resource is.
    pub(super) organization: &'static str,
}

impl Setting {
    pub(super) const PLAIN: Self = Self {
        protection: Protection::NONE,
        level: None,
        visibility: Visibility::Organization,
        project_role: None,
        token: None,
        home: "acme-corp",
        organization: "acme-corp",
    };

    pub(super) fn each_override() -> Vec<Self> {
        overrides().map(|level| Self { level, ..Self::PLAIN }).collect()
    }

    pub(super) fn each_project_role(visibility: Visibility) -> Vec<Self> {
        let roles = [None].into_iter().chain(ProjectRole::ALL.map(Some));
        roles.map(|project_role| Self { visibility, project_role, ..Self::PLAIN }).collect()
    }
}

fn overrides() -> impl Iterator<Item = Option<ClusterAccess>> {
    [None].into_iter().chain(ClusterAccess::ALL.map(Some))
}

/// Every protection that the matrix varies, by the name it has there.
pub(super) fn protections() -> Vec<(&'static str, Protection)> {
    ProtectionLevel::ALL.into_iter().flat_map(protections_of).collect()
}

fn protections_of(level: ProtectionLevel) -> Vec<(&'static str, Protection)> {
    match level {
        ProtectionLevel::None => vec![("none", Protection::NONE)],
        ProtectionLevel::Restricted => {
            let mut restricted = vec![("restricted", Protection::RESTRICTED)];
            restricted.extend(ApprovalFrom::ALL.map(|from| (rule_name(from), restricted_by(from))));
            restricted
        }
        ProtectionLevel::Locked => vec![("locked", Protection::LOCKED), ("locked+self", locked_with_self_approval())],
    }
}

fn rule_name(from: ApprovalFrom) -> &'static str {
    match from {
        ApprovalFrom::Admin => "restricted+admin",
        ApprovalFrom::Owner => "restricted+owner",
    }
}

fn restricted_by(from: ApprovalFrom) -> Protection {
    Protection::restricted(ApprovalRule::new(from))
}

fn locked_with_self_approval() -> Protection {
    let rule = ApprovalRule::new(ApprovalFrom::Owner).with_self_approval(SelfApproval::Allowed);
    Protection::locked(rule).expect("the rule asks for an owner")
}

/// An action with each parameter that tells something, by the name it has in the matrix.
pub(super) fn parameters(action: ActionKind) -> Vec<(String, Action)> {
    let plain = |action: Action| vec![(String::new(), action)];
    match action {
        ActionKind::View => plain(Action::View),
        ActionKind::Update => plain(Action::Update),
        ActionKind::Delete => plain(Action::Delete),
        ActionKind::CreateProject => plain(Action::CreateProject),
        ActionKind::ConnectCluster => plain(Action::ConnectCluster),
        ActionKind::InviteMember => Role::ALL.map(|role| (role.to_string(), Action::InviteMember { role })).into(),
        ActionKind::ViewInvoices => plain(Action::ViewInvoices),
        ActionKind::ManageBilling => plain(Action::ManageBilling),
        ActionKind::ViewAuditLog => plain(Action::ViewAuditLog),
        ActionKind::ChangeRole => Role::ALL.map(|to| (to.to_string(), Action::ChangeRole { to })).into(),
        ActionKind::SetExpiry => vec![
            ("null".into(), Action::SetExpiry { to: None }),
            ("a time".into(), Action::SetExpiry { to: Some(SOON) }),
        ],
        ActionKind::Remove => plain(Action::Remove),
        ActionKind::TransferOwnership => plain(Action::TransferOwnership),
        ActionKind::ManageBuilds => plain(Action::ManageBuilds),
        ActionKind::ReadVariables => plain(Action::ReadVariables),
        ActionKind::ReadSecrets => plain(Action::ReadSecrets),
        ActionKind::WriteVariables => plain(Action::WriteVariables),
        ActionKind::SetProjectRole => grants(ProjectRole::ALL, |to| Action::SetProjectRole { to }),
        ActionKind::Create => plain(Action::Create),
        ActionKind::SetProtection => {
            let mut to = protections();
            let two = ApprovalRule::new(ApprovalFrom::Admin).with_count(2).expect("a count of 2 is one");
            to.push(("restricted+2 admins", Protection::restricted(two)));
            to.into_iter().map(|(name, to)| (name.into(), Action::SetProtection { to })).collect()
        }
        ActionKind::Retarget => plain(Action::Retarget),
        ActionKind::Restart => plain(Action::Restart),
        ActionKind::Deploy => plain(Action::Deploy),
        ActionKind::Approve => plain(Action::Approve),
        ActionKind::Manage => plain(Action::Manage),
        ActionKind::SetClusterAccess => grants(ClusterAccess::ALL, |to| Action::SetClusterAccess { to }),
    }
}

/// Nothing, each value for good, and each until some time.
fn grants<T: Copy + std::fmt::Display>(
    values: impl IntoIterator<Item = T>,
    action: impl Fn(Option<Grant<T>>) -> Action,
) -> Vec<(String, Action)> {
    let mut grants = vec![("null".into(), action(None))];
    for value in values {
        grants.push((value.to_string(), action(Some(Grant::new(value)))));
        grants.push((format!("{value} for a time"), action(Some(Grant::new(value).until(SOON)))));
    }
    grants
}

/// The resource of a question, with what relates the asker to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scene {
    Organization,
    Member(Target),
    Project(Contents),
    ProjectMember(Target),
    Environment,
    NewEnvironment(NewCluster),
    Placement(NewCluster),
    Deployment(Requester, Approver),
    Cluster(Contents),
    ClusterMember(Target),
}

/// Whom a question about a member is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Another user of this role.
    Member(Role),
    /// Another user, a Developer, with this override.
    Overridden(ClusterAccess),
    /// A service account whose membership says `owner`.
    Service,
    /// A Developer whose membership ends some time.
    Expiring,
    /// A Developer whose membership is over.
    Expired,
    Stranger,
    Oneself,
    /// The asker, where the organization has one permanent Owner.
    OneselfWithOneOwner,
}

/// What is in a project or on a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Contents {
    Nothing,
    OneEnvironment,
}

/// The cluster that an environment is proposed on, or is to move to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NewCluster {
    /// The cluster on which the asker has the setting's override.
    Same,
    /// Another, with this override of the asker.
    Own(Option<ClusterAccess>),
    Foreign,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Requester {
    Oneself,
    Another,
}

/// Whose approval a deployment has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Approver {
    Nobody,
    /// Another user of this role.
    Member(Role),
    /// A service account whose membership says `owner`.
    Service,
    Oneself,
    /// An Owner, whose approval has expired.
    Late,
}

/// Scenes by the names they have in the matrix.
pub(super) type Scenes = Vec<(String, Scene)>;

/// Every scene of a kind of resource; those of a deployment by who requested it.
pub(super) fn scenes(kind: ResourceKind) -> Vec<(String, Scenes)> {
    let scenes = match kind {
        ResourceKind::Organization => vec![(String::new(), Scene::Organization)],
        ResourceKind::Member => of_targets(Scene::Member),
        ResourceKind::Project => of_contents(Scene::Project),
        ResourceKind::ProjectMember => of_targets(Scene::ProjectMember),
        ResourceKind::Environment => vec![
            ("held".into(), Scene::Environment),
            ("proposed".into(), Scene::NewEnvironment(NewCluster::Same)),
            ("proposed elsewhere".into(), Scene::NewEnvironment(NewCluster::Foreign)),
        ],
        ResourceKind::Placement => overrides()
            .map(|level| (level.map_or("default".into(), |level| level.to_string()), NewCluster::Own(level)))
            .chain([("elsewhere".into(), NewCluster::Foreign)])
            .map(|(name, cluster)| (name, Scene::Placement(cluster)))
            .collect(),
        ResourceKind::Deployment => {
            return vec![
                ("oneself".into(), of_approvers(Requester::Oneself)),
                ("another".into(), of_approvers(Requester::Another)),
            ];
        }
        ResourceKind::Cluster => of_contents(Scene::Cluster),
        ResourceKind::ClusterMember => of_targets(Scene::ClusterMember),
    };
    vec![(String::new(), scenes)]
}

fn of_targets(scene: impl Fn(Target) -> Scene) -> Scenes {
    let mut targets: Vec<_> = Role::ALL.map(|role| (role.to_string(), Target::Member(role))).into();
    targets.extend(ClusterAccess::ALL.map(|level| (format!("developer@{level}"), Target::Overridden(level))));
    targets.extend([
        ("service".into(), Target::Service),
        ("expiring".into(), Target::Expiring),
        ("expired".into(), Target::Expired),
        ("none".into(), Target::Stranger),
        ("oneself".into(), Target::Oneself),
        ("last owner".into(), Target::OneselfWithOneOwner),
    ]);
    targets.into_iter().map(|(name, target)| (name, scene(target))).collect()
}

fn of_contents(scene: impl Fn(Contents) -> Scene) -> Scenes {
    vec![("empty".into(), scene(Contents::Nothing)), ("in use".into(), scene(Contents::OneEnvironment))]
}

fn of_approvers(requester: Requester) -> Scenes {
    let mut approvers = vec![("nobody".into(), Approver::Nobody)];
    approvers.extend(Role::ALL.map(|role| (role.to_string(), Approver::Member(role))));
    approvers.extend([
        ("service".into(), Approver::Service),
        ("oneself".into(), Approver::Oneself),
        ("expired owner".into(), Approver::Late),
    ]);
    approvers.into_iter().map(|(name, approver)| (name, Scene::Deployment(requester, approver))).collect()
}

/// Asks.
pub(super) fn ask(who: Who, action: Action, scene: Scene, setting: &Setting) -> Decision {
    let home = setting.organization;
    let asker = asker(who, scene, setting);
    let mut subject = match who {
        Who::Member(_) | Who::Service => Subject::new(&asker),
        Who::Stranger => Subject::unknown(),
    }
    .at(NOW);
    if let Some(token) = &setting.token {
        subject = subject.with_token(token);
    }

    let shop = Project::new("shop", home).with_visibility(setting.visibility);
    let us_east = Cluster::new("us-east", home);
    let eu_west = Cluster::new("eu-west", home);
    let foreign = Cluster::new("ap-south", "initech");
    let production =
        Environment::new("shop-production", &shop, &us_east, setting.protection).expect("one organization");

    let chosen = |cluster| match cluster {
        NewCluster::Same => &us_east,
        NewCluster::Own(_) => &eu_west,
        NewCluster::Foreign => &foreign,
    };
    let answer = |resource: Resource<'_, &'static str>| decide(subject, action, resource);
    match scene {
        Scene::Organization => answer(Resource::Organization(&Organization::new(home, 2))),
        Scene::Member(target) => {
            let owners = if target == Target::OneselfWithOneOwner { 1 } else { 2 };
            let acme = Organization::new(home, owners);
            about(target, &asker, home, |target| answer(Resource::Member(&acme, target)))
        }
        Scene::Project(Contents::Nothing) => answer(Resource::Project(&shop)),
        Scene::Project(Contents::OneEnvironment) => {
            answer(Resource::Project(&shop.with_environments([setting.protection])))
        }
        Scene::ProjectMember(target) => {
            let shop = shop.with_environments([setting.protection]);
            about(target, &asker, home, |target| answer(Resource::ProjectMember(&shop, target)))
        }
        Scene::Environment => answer(Resource::Environment(&production)),
        Scene::NewEnvironment(cluster) => {
            let id = "shop-production";
            answer(Resource::NewEnvironment(NewEnvironment::new(Some(&id), &shop, chosen(cluster), setting.protection)))
        }
        Scene::Placement(cluster) => answer(Resource::Placement { environment: &production, to: chosen(cluster) }),
        Scene::Deployment(requester, approver) => {
            let requested_by = match requester {
                Requester::Oneself => *asker.id(),
                Requester::Another => "bob",
            };
            approved(approver, &asker, home, |approvals| {
                answer(Resource::Deployment(&Deployment::new(&production, &requested_by, approvals)))
            })
        }
        Scene::Cluster(Contents::Nothing) => answer(Resource::Cluster(&us_east)),
        Scene::Cluster(Contents::OneEnvironment) => answer(Resource::Cluster(&us_east.with_environments(1))),
        Scene::ClusterMember(target) => {
            about(target, &asker, home, |target| answer(Resource::ClusterMember(&us_east, target)))
        }
    }
}

/// The facts of who asks. Of a stranger, only the id is read.
fn asker(who: Who, scene: Scene, setting: &Setting) -> Account<&'static str> {
    let (kind, role) = match who {
        Who::Member(role) => (AccountKind::User, role),
        Who::Service => (AccountKind::Service, Role::Owner),
        Who::Stranger => return Account::user(who.id()),
    };
    let mut membership = Membership::new(setting.home, role);
    if let Some(level) = setting.level {
        membership = membership.with_cluster_access("us-east", Grant::new(level)).expect("the first on this cluster");
    }
    if let Scene::Placement(NewCluster::Own(Some(level))) = scene {
        membership = membership.with_cluster_access("eu-west", Grant::new(level)).expect("the first on this cluster");
    }
    if let Some(role) = setting.project_role {
        membership = membership.with_project_role("shop", Grant::new(role)).expect("the first in this project");
    }
    Account::new(who.id(), kind).with(membership).expect("the first membership")
}

fn about(
    target: Target,
    asker: &Account<&'static str>,
    home: &'static str,
    answer: impl FnOnce(Option<&Account<&'static str>>) -> Decision,
) -> Decision {
    let developer = Membership::new(home, Role::Developer);
    match target {
        Target::Member(role) => answer(Some(&member("oscar", AccountKind::User, Membership::new(home, role)))),
        Target::Overridden(level) => {
            let overridden = developer.with_cluster_access("us-east", Grant::new(level)).expect("the first override");
            answer(Some(&member("bob", AccountKind::User, overridden)))
        }
        Target::Service => {
            answer(Some(&member("deploy-bot", AccountKind::Service, Membership::new(home, Role::Owner))))
        }
        Target::Expiring => answer(Some(&member("bob", AccountKind::User, developer.until(SOON)))),
        Target::Expired => answer(Some(&member("bob", AccountKind::User, developer.until(PAST)))),
        Target::Stranger => answer(None),
        Target::Oneself | Target::OneselfWithOneOwner => answer(Some(asker)),
    }
}

fn approved(
    approver: Approver,
    asker: &Account<&'static str>,
    home: &'static str,
    answer: impl FnOnce(&[Approval<'_, &'static str>]) -> Decision,
) -> Decision {
    match approver {
        Approver::Nobody => answer(&[]),
        Approver::Member(role) => {
            answer(&[Approval::new(&member("oscar", AccountKind::User, Membership::new(home, role)))])
        }
        Approver::Service => {
            answer(&[Approval::new(&member("deploy-bot", AccountKind::Service, Membership::new(home, Role::Owner)))])
        }
        Approver::Oneself => answer(&[Approval::new(asker)]),
        Approver::Late => {
            answer(
                &[Approval::new(&member("oscar", AccountKind::User, Membership::new(home, Role::Owner))).until(PAST)],
            )
        }
    }
}

fn member(id: &'static str, kind: AccountKind, membership: Membership<&'static str>) -> Account<&'static str> {
    Account::new(id, kind).with(membership).expect("the first membership")
}
