//! What a resource is, in facts.

use std::string::String;

use shipgate::model::ApprovalId;
use shipgate::{Action, AnyRole, Protection, ResourceId};

use super::facts::{Id, World};

/// The parts of a resource.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) organization: Id,
    /// The custom role, if it is about one.
    pub(crate) role: Option<Id>,
    pub(crate) team: Option<Id>,
    pub(crate) project: Option<Id>,
    pub(crate) environment: Option<Id>,
    pub(crate) cluster: Option<Id>,
    pub(crate) new_cluster: Option<Id>,
    pub(crate) protection: Option<Protection>,
    /// The target account of a member, team member, project member or cluster member.
    pub(crate) target: Option<Id>,
    pub(crate) requested_by: Option<Id>,
    pub(crate) on_behalf_of: Option<Id>,
    pub(crate) release: Option<&'a String>,
    pub(crate) approvals: &'a [ApprovalId<Id>],
}

impl Place<'_> {
    fn of_organization(organization: Id) -> Self {
        Self {
            organization,
            role: None,
            team: None,
            project: None,
            environment: None,
            cluster: None,
            new_cluster: None,
            protection: None,
            target: None,
            requested_by: None,
            on_behalf_of: None,
            release: None,
            approvals: &[],
        }
    }

    pub(crate) fn clusters(&self) -> impl Iterator<Item = Id> {
        self.cluster.into_iter().chain(self.new_cluster)
    }

    /// Whether this account requested the deployment, or it was requested on its behalf.
    pub(crate) fn is_requested_for(&self, account: Id) -> bool {
        self.requested_by == Some(account) || self.on_behalf_of == Some(account)
    }
}

/// The custom role that an invitation or a change of role names.
pub(crate) fn named_role(action: &Action<Id>) -> Option<Id> {
    match action {
        Action::InviteMember { role: AnyRole::Custom(role), .. } | Action::ChangeRole { to: AnyRole::Custom(role) } => {
            Some(*role)
        }
        _ => None,
    }
}

impl World {
    /// The facts of a resource, or `None` if it or a part of it does not exist. Accounts always exist.
    pub(crate) fn place<'q>(&self, resource: &'q ResourceId<Id>) -> Option<Place<'q>> {
        match resource {
            ResourceId::Organization(organization) => self.place_of_organization(*organization),
            ResourceId::Member { organization, account } => {
                Some(Place { target: Some(*account), ..self.place_of_organization(*organization)? })
            }
            ResourceId::Role(role) => {
                let organization = self.organization_of_role(*role)?;
                Some(Place { role: Some(*role), ..self.place_of_organization(organization)? })
            }
            ResourceId::Team(team) => self.place_of_team(*team),
            ResourceId::TeamMember { team, account } => {
                Some(Place { target: Some(*account), ..self.place_of_team(*team)? })
            }
            ResourceId::Project(project) => self.place_of_project(*project),
            ResourceId::ProjectMember { project, account } => {
                Some(Place { target: Some(*account), ..self.place_of_project(*project)? })
            }
            ResourceId::ProjectTeam { project, team } => {
                self.teams.get(team)?;
                Some(Place { team: Some(*team), ..self.place_of_project(*project)? })
            }
            ResourceId::Environment(environment) => self.place_of_environment(*environment),
            ResourceId::NewEnvironment { id, project, cluster, protection } => {
                self.clusters.get(cluster)?;
                Some(Place {
                    environment: Some(*id),
                    cluster: Some(*cluster),
                    protection: Some(*protection),
                    ..self.place_of_project(*project)?
                })
            }
            ResourceId::Placement { environment, to: cluster } => {
                self.clusters.get(cluster)?;
                Some(Place { new_cluster: Some(*cluster), ..self.place_of_environment(*environment)? })
            }
            ResourceId::Deployment { environment, requested_by, on_behalf_of, release, approvals } => Some(Place {
                requested_by: Some(*requested_by),
                on_behalf_of: *on_behalf_of,
                release: release.as_ref(),
                approvals,
                ..self.place_of_environment(*environment)?
            }),
            ResourceId::Cluster(cluster) => self.place_of_cluster(*cluster),
            ResourceId::ClusterMember { cluster, account } => {
                Some(Place { target: Some(*account), ..self.place_of_cluster(*cluster)? })
            }
            ResourceId::ClusterTeam { cluster, team } => {
                self.teams.get(team)?;
                Some(Place { team: Some(*team), ..self.place_of_cluster(*cluster)? })
            }
        }
    }

    fn place_of_organization<'q>(&self, organization: Id) -> Option<Place<'q>> {
        self.organizations.contains(&organization).then(|| Place::of_organization(organization))
    }

    fn place_of_team<'q>(&self, team: Id) -> Option<Place<'q>> {
        let organization = self.organization_of_team(team)?;
        Some(Place { team: Some(team), ..self.place_of_organization(organization)? })
    }

    fn place_of_project<'q>(&self, project: Id) -> Option<Place<'q>> {
        let organization = self.projects.get(&project)?.organization;
        Some(Place { project: Some(project), ..self.place_of_organization(organization)? })
    }

    fn place_of_cluster<'q>(&self, cluster: Id) -> Option<Place<'q>> {
        let organization = self.organization_of_cluster(cluster)?;
        Some(Place { cluster: Some(cluster), ..self.place_of_organization(organization)? })
    }

    fn place_of_environment<'q>(&self, environment: Id) -> Option<Place<'q>> {
        let facts = self.environments.get(&environment)?;
        self.clusters.get(&facts.cluster)?;
        Some(Place {
            environment: Some(environment),
            cluster: Some(facts.cluster),
            protection: Some(facts.protection),
            ..self.place_of_project(facts.project)?
        })
    }

    /// Whether every part of a resource, and the custom role that an action names, is of the resource's organization.
    pub(crate) fn is_of_one_organization(&self, action: &Action<Id>, place: &Place<'_>) -> bool {
        let organization = Some(place.organization);
        place.clusters().all(|cluster| self.organization_of_cluster(cluster) == organization)
            && place.team.is_none_or(|team| self.organization_of_team(team) == organization)
            && named_role(action).is_none_or(|role| self.organization_of_role(role) == organization)
    }
}
