//! Searches in a directory: each decides about every candidate.

use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt::Display;
use core::hash::Hash;
use core::str::FromStr;

use crate::authzen::directory::DirectoryPdp;
use crate::authzen::inquiry::Inquiry;
use crate::authzen::pdp::{ActionName, Entity, Found};
use crate::directory::question::Question;
use crate::directory::store::Directory;
use crate::directory::views::{
    AccountRef, ClusterRef, CustomRoleRef, EnvironmentRef, OrganizationRef, ProjectRef, TeamRef,
};
use crate::json::Named;
use crate::json::authzen::asked::{Asked, OfIds};
use crate::json::authzen::question::resource::has_properties;
use crate::model::account::AccountKind;
use crate::model::action::{Action, ActionKind};
use crate::model::fact::{AccountFact, MembershipFact};
use crate::model::resource::{ResourceId, ResourceKey, ResourceKind};
use crate::query::AllowedActions;

/// The names in an inquiry, those that are known.
pub(super) struct Names {
    subject: Option<AccountKind>,
    action: Option<ActionKind>,
    resource: Option<ResourceKind>,
}

impl Names {
    pub(super) fn of(inquiry: &Inquiry) -> Self {
        Self {
            subject: inquiry.subject().r#type().parse().ok(),
            action: inquiry.action().id().parse().ok(),
            resource: inquiry.resource().r#type().parse().ok(),
        }
    }

    pub(super) const fn any_is_unknown(&self) -> bool {
        self.subject.is_none() || self.action.is_none() || self.resource.is_none()
    }
}

/// Stands for what is searched for, where a question is read. No decision reads it.
const WANTED: &str = "?";

type Keys<'a, Id> = ResourceKey<'a, Id, Option<&'a Id>>;

impl<Id: Hash + Ord + Clone + Display + FromStr<Err: Display>> DirectoryPdp<'_, Id> {
    pub(super) fn subjects(&self, inquiry: &Inquiry) -> Found<Entity> {
        self.found(&inquiry.with_subject_id(WANTED), |question| {
            let of_ids = OfIds::new(question);
            let asked = of_ids.ask(self.directory, question);
            let directory = self.directory;
            let organization = directory.with_resource([None, None], asked.resource, |resource| {
                Some(directory.organization::<Id>(resource.organization())?.id())
            });
            let members = organization.flatten().into_iter().flat_map(|id| directory.members_of::<Id>(id));
            let of_kind = members.filter(|account| question.kind.is_none_or(|kind| kind == account.kind()));
            let allowed = of_kind.filter(|account| asked.by(account.0).decide().is_allowed());
            allowed.map(|account| Entity::new(account.kind().as_str(), account.id().to_string())).collect()
        })
    }

    pub(super) fn resources(&self, inquiry: &Inquiry) -> Found<Entity> {
        self.found(&inquiry.with_resource_id(WANTED), |question| {
            let of_ids = OfIds::new(question);
            let asked = of_ids.ask(self.directory, question);
            let candidates = candidates(self.directory, asked.subject.account, asked.resource);
            let allowed = candidates.into_iter().filter(|(_, resource)| asked.about(*resource).decide().is_allowed());
            let properties = inquiry.resource().properties().filter(|_| has_properties(&question.resource));
            let properties = properties.cloned().unwrap_or_default();
            let r#type = question.resource.kind().as_str();
            allowed
                .map(|(id, _)| Entity { properties: properties.clone(), ..Entity::new(r#type, id.to_string()) })
                .collect()
        })
    }

    pub(super) fn actions(&self, inquiry: &Inquiry) -> Found<ActionName> {
        // An environment is one that there is, as no one asks to create it.
        self.found(&inquiry.with_action(ActionKind::View.as_str()), |question| {
            let of_ids = OfIds::new(question);
            let asked = of_ids.ask(self.directory, question);
            let roles: Vec<_> = self.directory.roles_to_give(asked.resource).map(Some).collect();
            let decide = |action| asked.doing(action).decide();
            let actions = AllowedActions::as_decided(asked.resource.kind(), &roles, decide);
            actions.allowed().iter().map(|action| ActionName::new(action.as_str())).collect()
        })
    }

    /// What is found of a question, unless one of its names is not known.
    fn found<T>(&self, inquiry: &Inquiry, find: impl FnOnce(&Question<Named<Id>>) -> Vec<T>) -> Found<T> {
        if Names::of(inquiry).any_is_unknown() {
            return Found::Results(Vec::new());
        }
        match self.question(inquiry) {
            Ok(question) => Found::Results(find(&question)),
            Err(error) => Found::Malformed(error),
        }
    }
}

impl<'a, Id, K: Copy> Asked<'a, Id, K> {
    /// The same of another account.
    fn by(&self, account: AccountFact<'a, Id>) -> Self {
        let mut subject = self.subject;
        subject.account = Some(account);
        Self { directory: self.directory, subject, action: self.action, resource: self.resource }
    }

    /// The same, but for another action.
    const fn doing(&self, action: Action<K>) -> Self {
        Self { directory: self.directory, subject: self.subject, action, resource: self.resource }
    }

    /// The same about another resource.
    const fn about(&self, resource: ResourceKey<'a, Id, K>) -> Self {
        Self { directory: self.directory, subject: self.subject, action: self.action, resource }
    }
}

/// The resources of the kind of this one among which it may be found, with their ids: those that belong to what it names, or
/// to the organizations of the account, as no one is ever allowed anything elsewhere.
fn candidates<'a, Id: Hash + Ord>(
    directory: &'a Directory<Id>,
    account: Option<AccountFact<'a, Id>>,
    resource: Keys<'a, Id>,
) -> Vec<(&'a Id, Keys<'a, Id>)> {
    let organizations = account.into_iter().flat_map(AccountFact::memberships).map(MembershipFact::organization);
    let members = |organization: Option<&'a Id>, resource: &dyn Fn(&'a Id) -> Keys<'a, Id>| {
        let members = organization.into_iter().flat_map(|id| directory.members_of::<Id>(id)).map(AccountRef::id);
        members.map(|id| (id, resource(id))).collect()
    };
    let teams = |organization: Option<&'a Id>, resource: &dyn Fn(&'a Id) -> Keys<'a, Id>| {
        let teams = organization.into_iter().flat_map(|id| directory.teams_of::<Id>(id)).map(TeamRef::id);
        teams.map(|id| (id, resource(id))).collect()
    };
    let of_project = |project: Option<&Id>| Some(directory.project::<Id>(project?)?.organization());
    let of_cluster = |cluster: Option<&Id>| Some(directory.cluster::<Id>(cluster?)?.organization());
    let with = |resource: fn(Option<&'a Id>) -> Keys<'a, Id>| move |id: &'a Id| (id, resource(Some(id)));
    match resource {
        ResourceId::Organization(_) => {
            let held = organizations.filter_map(|id| directory.organization::<Id>(id)).map(OrganizationRef::id);
            held.map(with(ResourceId::Organization)).collect()
        }
        ResourceId::Role(_) => {
            let held = organizations.flat_map(|id| directory.roles_of::<Id>(id)).map(CustomRoleRef::id);
            held.map(with(ResourceId::Role)).collect()
        }
        ResourceId::Team(_) => {
            let held = organizations.flat_map(|id| directory.teams_of::<Id>(id)).map(TeamRef::id);
            held.map(with(ResourceId::Team)).collect()
        }
        ResourceId::Project(_) => {
            let held = organizations.flat_map(|id| directory.projects_of::<Id>(id)).map(ProjectRef::id);
            held.map(with(ResourceId::Project)).collect()
        }
        ResourceId::Cluster(_) => {
            let held = organizations.flat_map(|id| directory.clusters_of::<Id>(id)).map(ClusterRef::id);
            held.map(with(ResourceId::Cluster)).collect()
        }
        ResourceId::Environment(_) => {
            let held = organizations.flat_map(|id| directory.environments_of::<Id>(id)).map(EnvironmentRef::id);
            held.map(with(ResourceId::Environment)).collect()
        }
        ResourceId::Placement { to, .. } => {
            let held = of_cluster(to).into_iter().flat_map(|id| directory.environments_of::<Id>(id));
            held.map(EnvironmentRef::id).map(|id| (id, ResourceId::Placement { environment: Some(id), to })).collect()
        }
        ResourceId::Member { organization, .. } => {
            members(organization, &|id| ResourceId::Member { organization, account: Some(id) })
        }
        ResourceId::TeamMember { team, .. } => {
            let organization = team.and_then(|id| directory.team::<Id>(id)).map(TeamRef::organization);
            members(organization, &|id| ResourceId::TeamMember { team, account: Some(id) })
        }
        ResourceId::ProjectMember { project, .. } => {
            members(of_project(project), &|id| ResourceId::ProjectMember { project, account: Some(id) })
        }
        ResourceId::ClusterMember { cluster, .. } => {
            members(of_cluster(cluster), &|id| ResourceId::ClusterMember { cluster, account: Some(id) })
        }
        ResourceId::ProjectTeam { project, .. } => {
            teams(of_project(project), &|id| ResourceId::ProjectTeam { project, team: Some(id) })
        }
        ResourceId::ClusterTeam { cluster, .. } => {
            teams(of_cluster(cluster), &|id| ResourceId::ClusterTeam { cluster, team: Some(id) })
        }
        // Their ids are free.
        ResourceId::NewEnvironment { .. } | ResourceId::Deployment { .. } => Vec::new(),
    }
}
