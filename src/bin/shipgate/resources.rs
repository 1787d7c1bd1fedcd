//! Every resource that an organization has, for the commands that ask about all of them.

use std::collections::BTreeSet;

use serde::Serialize;
use shipgate::directory::OrganizationRef;
use shipgate::model::{ApprovalId, ResourceKind};
use shipgate::{Directory, Protection, ResourceId};

use super::escape::Form;

/// Something to ask about.
pub(crate) struct Resource<'a> {
    /// What it is a part of; empty if of nothing.
    pub(crate) scope: &'a str,
    pub(crate) label: Label<'a>,
    /// The member that it is about.
    pub(crate) about: Option<&'a str>,
    asked: Asked<'a>,
}

/// What tells a resource from others of its kind and scope.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Label<'a> {
    /// Its own id.
    Id(&'a str),
    /// The cluster that a proposed environment is to be on.
    On(&'a str),
    /// The cluster that an environment is to move to.
    To(&'a str),
    /// The member who asks.
    Oneself,
    /// A deployment that the member who asks has requested.
    OnesOwn,
    /// A deployment that another account has requested.
    Anothers,
}

impl Label<'_> {
    pub(crate) fn text(self, form: Form) -> String {
        match self {
            Self::Id(id) => form.id(id).to_string(),
            Self::On(cluster) => format!("on {}", form.id(cluster)),
            Self::To(cluster) => format!("to {}", form.id(cluster)),
            Self::Oneself => "oneself".to_owned(),
            Self::OnesOwn => "one's own".to_owned(),
            Self::Anothers => "another's".to_owned(),
        }
    }
}

/// A resource as a directory is asked about it.
pub(crate) type Borrowed<'a> = ResourceId<&'a str, &'a [ApprovalId<String>], &'a str>;

enum Asked<'a> {
    /// The same resource for every account that asks.
    Same(Borrowed<'a>),
    /// The account in it is the one that asks.
    OfAsker(Borrowed<'a>),
    /// The account in it is another than the one that asks.
    OfAnother { environment: &'a str, members: &'a [&'a str] },
}

impl<'a> Resource<'a> {
    /// The resource, if this account asks.
    pub(crate) fn asked_by(&self, asker: &'a str) -> Borrowed<'a> {
        match self.asked {
            Asked::Same(resource) => resource,
            Asked::OfAsker(resource) => of_asker(resource, asker),
            Asked::OfAnother { environment, members } => {
                let another = members.iter().find(|member| **member != asker);
                deployment(environment, another.unwrap_or(&""))
            }
        }
    }

    /// The kind of the resource.
    pub(crate) const fn kind(&self) -> ResourceKind {
        match &self.asked {
            Asked::Same(resource) | Asked::OfAsker(resource) => resource.kind(),
            Asked::OfAnother { .. } => ResourceKind::Deployment,
        }
    }

    fn with_id(id: &'a str, resource: Borrowed<'a>) -> Self {
        Self::within("", id, resource)
    }

    fn within(scope: &'a str, id: &'a str, resource: Borrowed<'a>) -> Self {
        Self { scope, label: Label::Id(id), about: None, asked: Asked::Same(resource) }
    }

    fn proposed(project: &'a str, cluster: &'a str) -> Self {
        // The id decides nothing without a token.
        let proposal = ResourceId::NewEnvironment { id: "new", project, cluster, protection: Protection::NONE };
        Self { scope: project, label: Label::On(cluster), about: None, asked: Asked::Same(proposal) }
    }

    fn moved(environment: &'a str, cluster: &'a str) -> Self {
        let placement = ResourceId::Placement { environment, to: cluster };
        Self { scope: environment, label: Label::To(cluster), about: None, asked: Asked::Same(placement) }
    }
}

/// A deployment without approvals.
const fn deployment<'a>(environment: &'a str, requested_by: &'a str) -> Borrowed<'a> {
    ResourceId::Deployment { environment, requested_by, on_behalf_of: None, release: None, approvals: &[] }
}

fn of_asker<'a>(resource: Borrowed<'a>, asker: &'a str) -> Borrowed<'a> {
    match resource {
        ResourceId::Member { organization, .. } => ResourceId::Member { organization, account: asker },
        ResourceId::TeamMember { team, .. } => ResourceId::TeamMember { team, account: asker },
        ResourceId::ProjectMember { project, .. } => ResourceId::ProjectMember { project, account: asker },
        ResourceId::ClusterMember { cluster, .. } => ResourceId::ClusterMember { cluster, account: asker },
        ResourceId::Deployment { environment, .. } => deployment(environment, asker),
        ResourceId::Organization(_)
        | ResourceId::Role(_)
        | ResourceId::Team(_)
        | ResourceId::Project(_)
        | ResourceId::ProjectTeam { .. }
        | ResourceId::Environment(_)
        | ResourceId::NewEnvironment { .. }
        | ResourceId::Placement { .. }
        | ResourceId::Cluster(_)
        | ResourceId::ClusterTeam { .. } => resource,
    }
}

/// The ids of what an organization has.
pub(crate) struct Ids<'a> {
    organization: &'a str,
    /// The members, in the order in which they are shown.
    pub(crate) members: Vec<&'a str>,
    /// The custom roles.
    pub(crate) roles: Vec<&'a str>,
    teams: Vec<&'a str>,
    projects: Vec<&'a str>,
    clusters: Vec<&'a str>,
    /// The environments, each with the clusters that it is on: one in each directory.
    environments: Vec<(&'a str, Vec<&'a str>)>,
}

impl<'a> Ids<'a> {
    /// What the organization has in these directories, each in the order of its ids.
    pub(crate) fn of(organization: &'a str, directories: &[&'a Directory<String>]) -> Self {
        let directories = || directories.iter().copied();
        let environments = directories().flat_map(|directory| directory.environments_of(organization));
        let clusters_of = |id: &str| {
            sorted(directories().filter_map(|directory| Some(directory.environment(id)?.cluster().as_str())))
        };
        let environments: BTreeSet<&str> = environments.map(|environment| environment.id().as_str()).collect();
        Self {
            organization,
            members: sorted(
                directories()
                    .flat_map(|directory| directory.members_of(organization))
                    .map(|account| account.id().as_str()),
            ),
            roles: sorted(
                directories().flat_map(|directory| directory.roles_of(organization)).map(|role| role.id().as_str()),
            ),
            teams: sorted(
                directories().flat_map(|directory| directory.teams_of(organization)).map(|team| team.id().as_str()),
            ),
            projects: sorted(
                directories()
                    .flat_map(|directory| directory.projects_of(organization))
                    .map(|project| project.id().as_str()),
            ),
            clusters: sorted(
                directories()
                    .flat_map(|directory| directory.clusters_of(organization))
                    .map(|cluster| cluster.id().as_str()),
            ),
            environments: environments.into_iter().map(|id| (id, clusters_of(id))).collect(),
        }
    }

    /// Everything that can be asked about, by kind, with the title of each kind.
    pub(crate) fn resources(&self) -> [(&'static str, Box<dyn Iterator<Item = Resource<'_>> + '_>); 15] {
        let roles = || self.roles.iter().copied();
        let teams = || self.teams.iter().copied();
        let projects = || self.projects.iter().copied();
        let clusters = || self.clusters.iter().copied();
        let environments = || self.environments.iter().map(|(id, _)| *id);
        let organization = self.organization;
        [
            (
                "organization",
                Box::new(std::iter::once(Resource::with_id(organization, ResourceId::Organization(organization)))),
            ),
            ("member", Box::new(self.members_of("", |account| ResourceId::Member { organization, account }))),
            ("role", Box::new(roles().map(|id| Resource::with_id(id, ResourceId::Role(id))))),
            ("team", Box::new(teams().map(|id| Resource::with_id(id, ResourceId::Team(id))))),
            (
                "team_member",
                Box::new(
                    teams().flat_map(|team| {
                        self.members_of(team, move |account| ResourceId::TeamMember { team, account })
                    }),
                ),
            ),
            ("project", Box::new(projects().map(|id| Resource::with_id(id, ResourceId::Project(id))))),
            (
                "project_member",
                Box::new(projects().flat_map(|project| {
                    self.members_of(project, move |account| ResourceId::ProjectMember { project, account })
                })),
            ),
            (
                "project_team",
                Box::new(projects().flat_map(move |project| {
                    let about = move |team| ResourceId::ProjectTeam { project, team };
                    teams().map(move |team| Resource::within(project, team, about(team)))
                })),
            ),
            ("environment", Box::new(environments().map(|id| Resource::with_id(id, ResourceId::Environment(id))))),
            (
                "environment, to be created",
                Box::new(projects().flat_map(move |project| {
                    self.clusters.iter().map(move |cluster| Resource::proposed(project, cluster))
                })),
            ),
            (
                "placement",
                Box::new(self.environments.iter().flat_map(|(environment, on)| {
                    let others = self.clusters.iter().filter(move |cluster| on.as_slice() != [**cluster]);
                    others.map(move |cluster| Resource::moved(environment, cluster))
                })),
            ),
            ("deployment", Box::new(environments().flat_map(|environment| self.deployments(environment)))),
            ("cluster", Box::new(clusters().map(|id| Resource::with_id(id, ResourceId::Cluster(id))))),
            (
                "cluster_member",
                Box::new(clusters().flat_map(|cluster| {
                    self.members_of(cluster, move |account| ResourceId::ClusterMember { cluster, account })
                })),
            ),
            (
                "cluster_team",
                Box::new(clusters().flat_map(move |cluster| {
                    let about = move |team| ResourceId::ClusterTeam { cluster, team };
                    teams().map(move |team| Resource::within(cluster, team, about(team)))
                })),
            ),
        ]
    }

    /// The member who asks, and each member.
    fn members_of<'s>(
        &'s self,
        scope: &'s str,
        named: impl Fn(&'s str) -> Borrowed<'s> + 's,
    ) -> impl Iterator<Item = Resource<'s>> + 's {
        let oneself = Resource { scope, label: Label::Oneself, about: None, asked: Asked::OfAsker(named("")) };
        let each = self.members.iter().map(move |member| Resource {
            scope,
            label: Label::Id(member),
            about: Some(member),
            asked: Asked::Same(named(member)),
        });
        std::iter::once(oneself).chain(each)
    }

    /// A deployment of one's own into an environment, and somebody else's.
    fn deployments<'s>(&'s self, environment: &'s str) -> [Resource<'s>; 2] {
        let resource = |label, asked| Resource { scope: environment, label, about: None, asked };
        [
            resource(Label::OnesOwn, Asked::OfAsker(deployment(environment, ""))),
            resource(Label::Anothers, Asked::OfAnother { environment, members: &self.members }),
        ]
    }
}

fn sorted<'a>(ids: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    ids.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The ids of the organizations of these directories, in their order.
pub(crate) fn organizations<'a>(directories: &[&'a Directory<String>]) -> Vec<&'a str> {
    sorted(
        directories.iter().flat_map(|directory| directory.organizations().map(OrganizationRef::id).map(String::as_str)),
    )
}

/// The same resource, with ids of its own.
pub(crate) fn owned(resource: Borrowed<'_>) -> ResourceId<String> {
    let own = |id: &str| id.to_owned();
    match resource {
        ResourceId::Organization(id) => ResourceId::Organization(own(id)),
        ResourceId::Member { organization, account } => {
            ResourceId::Member { organization: own(organization), account: own(account) }
        }
        ResourceId::Role(id) => ResourceId::Role(own(id)),
        ResourceId::Team(id) => ResourceId::Team(own(id)),
        ResourceId::TeamMember { team, account } => ResourceId::TeamMember { team: own(team), account: own(account) },
        ResourceId::Project(id) => ResourceId::Project(own(id)),
        ResourceId::ProjectMember { project, account } => {
            ResourceId::ProjectMember { project: own(project), account: own(account) }
        }
        ResourceId::ProjectTeam { project, team } => ResourceId::ProjectTeam { project: own(project), team: own(team) },
        ResourceId::Environment(id) => ResourceId::Environment(own(id)),
        ResourceId::NewEnvironment { id, project, cluster, protection } => {
            ResourceId::NewEnvironment { id: own(id), project: own(project), cluster: own(cluster), protection }
        }
        ResourceId::Placement { environment, to } => {
            ResourceId::Placement { environment: own(environment), to: own(to) }
        }
        ResourceId::Deployment { environment, requested_by, on_behalf_of, release, approvals } => {
            ResourceId::Deployment {
                environment: own(environment),
                requested_by: own(requested_by),
                on_behalf_of: on_behalf_of.map(own),
                release: release.map(own),
                approvals: approvals.to_vec(),
            }
        }
        ResourceId::Cluster(id) => ResourceId::Cluster(own(id)),
        ResourceId::ClusterMember { cluster, account } => {
            ResourceId::ClusterMember { cluster: own(cluster), account: own(account) }
        }
        ResourceId::ClusterTeam { cluster, team } => ResourceId::ClusterTeam { cluster: own(cluster), team: own(team) },
    }
}
