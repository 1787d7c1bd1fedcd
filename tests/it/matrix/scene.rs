//! Scenes: the resource of a question, with what relates the asker to it.

use shipgate::model::ResourceKind;
use shipgate::{ClusterAccess, ProjectRole, Role};

use super::asker::{Custom, overrides};

/// The resource of a question, with what relates the asker to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scene {
    Organization,
    Member(Target),
    Role(Custom, Contents),
    Team(Contents),
    TeamMember(Crew, Target),
    Project(Contents),
    ProjectMember(Target),
    ProjectTeam(WhoseTeam),
    Environment,
    NewEnvironment(NewCluster),
    Placement(NewCluster),
    Deployment(Requester, Approver),
    Cluster(Contents),
    ClusterMember(Target),
    ClusterTeam(WhoseTeam),
}

/// Whom a question about a member is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Another user of this role.
    Member(Role),
    /// Another user of this custom role.
    Custom(Custom),
    /// Another user of this role, with this override.
    Overridden(Role, ClusterAccess),
    /// A Developer whose override of `none` ends some time.
    ShutOutForATime,
    /// A Developer in a team that may manage the cluster.
    RaisedByATeam,
    /// A Developer with this role in the project.
    InProject(ProjectRole),
    /// A Developer who is in the team that the question is about.
    InTheTeam,
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

/// What the team has that a question about one of its members is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Crew {
    Nothing,
    /// An override on the cluster.
    Override(ClusterAccess),
    /// The same, until some time.
    OverrideForATime(ClusterAccess),
    /// A role in the project.
    ProjectRole(ProjectRole),
}

/// What is in a project or on a cluster; who is in a team or has a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Contents {
    Nothing,
    One,
}

/// The team that a project or a cluster is asked about with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WhoseTeam {
    /// The asker is in it.
    Own,
    Another,
    Foreign,
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

/// Who requested a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Requester {
    Oneself,
    /// Another, on behalf of the asker.
    ForOneself,
    Another,
}

/// Whose approval a deployment has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Approver {
    Nobody,
    /// Another user of this role.
    Member(Role),
    /// Another user of this custom role.
    Custom(Custom),
    /// A service account whose membership says `owner`.
    Service,
    Oneself,
    /// The other account that requested the deployment, an Owner.
    Requester,
    /// An Owner, whose approval has expired.
    Late,
    /// An Owner, who approved another release.
    OfAnotherRelease,
    /// An Owner, who approved the deployment to the cluster that the environment is on.
    OnThisCluster,
    /// An Owner, who approved the deployment to the cluster that the environment was on.
    OnAnotherCluster,
}

/// Scenes by the names they have in the matrix.
pub(super) type Scenes = Vec<(String, Scene)>;

/// Every scene of a kind of resource, by what it has beside the scene: the custom role, the team's grant, who requested.
pub(super) fn scenes(kind: ResourceKind) -> Vec<(String, Scenes)> {
    let scenes = match kind {
        ResourceKind::Organization => vec![(String::new(), Scene::Organization)],
        ResourceKind::Member => of_targets(&targets(), Scene::Member),
        ResourceKind::Role => {
            let held = |custom| {
                vec![
                    ("nobody's".into(), Scene::Role(custom, Contents::Nothing)),
                    ("a member's".into(), Scene::Role(custom, Contents::One)),
                ]
            };
            return Custom::ALL.map(|custom| (custom.name().into(), held(custom))).into();
        }
        ResourceKind::Team => of_contents(["empty", "with a member"], Scene::Team),
        ResourceKind::TeamMember => {
            let targets: Vec<_> = targets().into_iter().chain([("in the team".into(), Target::InTheTeam)]).collect();
            return crews()
                .into_iter()
                .map(|(name, crew)| (name, of_targets(&targets, |target| Scene::TeamMember(crew, target))))
                .collect();
        }
        ResourceKind::Project => of_contents(["empty", "in use"], Scene::Project),
        ResourceKind::ProjectMember => of_targets(&targets(), Scene::ProjectMember),
        ResourceKind::ProjectTeam => of_teams(Scene::ProjectTeam),
        ResourceKind::Environment => vec![
            ("existing".into(), Scene::Environment),
            ("proposed".into(), Scene::NewEnvironment(NewCluster::Same)),
            ("proposed elsewhere".into(), Scene::NewEnvironment(NewCluster::Foreign)),
        ],
        ResourceKind::Placement => overrides()
            .map(|level| (level.map_or("default".into(), |level| level.to_string()), NewCluster::Own(level)))
            .chain([("the same".into(), NewCluster::Same), ("elsewhere".into(), NewCluster::Foreign)])
            .map(|(name, cluster)| (name, Scene::Placement(cluster)))
            .collect(),
        ResourceKind::Deployment => {
            return vec![
                ("oneself".into(), of_approvers(Requester::Oneself)),
                ("for oneself".into(), of_approvers(Requester::ForOneself)),
                ("another".into(), of_approvers(Requester::Another)),
            ];
        }
        ResourceKind::Cluster => of_contents(["empty", "in use"], Scene::Cluster),
        ResourceKind::ClusterMember => of_targets(&targets(), Scene::ClusterMember),
        ResourceKind::ClusterTeam => of_teams(Scene::ClusterTeam),
    };
    vec![(String::new(), scenes)]
}

fn targets() -> Vec<(String, Target)> {
    let mut targets: Vec<_> = Role::ALL.map(|role| (role.to_string(), Target::Member(role))).into();
    let custom = [Custom::Deputy, Custom::Manager, Custom::Auditor];
    targets.extend(custom.map(|custom| (custom.name().into(), Target::Custom(custom))));
    let overridden = |role, level| (format!("{role}@{level}"), Target::Overridden(role, level));
    targets.extend(ClusterAccess::ALL.map(|level| overridden(Role::Developer, level)));
    targets.extend([
        overridden(Role::Viewer, ClusterAccess::Manage),
        ("developer@none for a time".into(), Target::ShutOutForATime),
        ("developer@manage by a team".into(), Target::RaisedByATeam),
    ]);
    let in_project = |role: ProjectRole| (format!("developer/{role}"), Target::InProject(role));
    targets.extend([in_project(ProjectRole::Admin), in_project(ProjectRole::Viewer)]);
    targets.extend([
        ("service".into(), Target::Service),
        ("expiring".into(), Target::Expiring),
        ("expired".into(), Target::Expired),
        ("none".into(), Target::Stranger),
        ("oneself".into(), Target::Oneself),
        ("last owner".into(), Target::OneselfWithOneOwner),
    ]);
    targets
}

fn crews() -> Vec<(String, Crew)> {
    vec![
        ("nothing".into(), Crew::Nothing),
        ("none".into(), Crew::Override(ClusterAccess::None)),
        ("deploy".into(), Crew::Override(ClusterAccess::Deploy)),
        ("manage".into(), Crew::Override(ClusterAccess::Manage)),
        ("manage for a time".into(), Crew::OverrideForATime(ClusterAccess::Manage)),
        ("project viewer".into(), Crew::ProjectRole(ProjectRole::Viewer)),
        ("project admin".into(), Crew::ProjectRole(ProjectRole::Admin)),
    ]
}

fn of_targets(targets: &[(String, Target)], scene: impl Fn(Target) -> Scene) -> Scenes {
    targets.iter().map(|(name, target)| (name.clone(), scene(*target))).collect()
}

fn of_contents([nothing, one]: [&str; 2], scene: impl Fn(Contents) -> Scene) -> Scenes {
    vec![(nothing.into(), scene(Contents::Nothing)), (one.into(), scene(Contents::One))]
}

fn of_teams(scene: impl Fn(WhoseTeam) -> Scene) -> Scenes {
    let teams = [("one's own", WhoseTeam::Own), ("another", WhoseTeam::Another), ("foreign", WhoseTeam::Foreign)];
    teams.map(|(name, team)| (name.into(), scene(team))).into()
}

fn of_approvers(requester: Requester) -> Scenes {
    let mut approvers = vec![("nobody".into(), Approver::Nobody)];
    approvers.extend(Role::ALL.map(|role| (role.to_string(), Approver::Member(role))));
    approvers.extend(Custom::ALL.map(|custom| (custom.name().into(), Approver::Custom(custom))));
    approvers.extend([
        ("service".into(), Approver::Service),
        ("oneself".into(), Approver::Oneself),
        ("requester".into(), Approver::Requester),
        ("expired owner".into(), Approver::Late),
        ("owner, another release".into(), Approver::OfAnotherRelease),
        ("owner, this cluster".into(), Approver::OnThisCluster),
        ("owner, another cluster".into(), Approver::OnAnotherCluster),
    ]);
    approvers.into_iter().map(|(name, approver)| (name, Scene::Deployment(requester, approver))).collect()
}
