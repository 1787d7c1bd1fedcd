//! Every way to ask: the facts at hand, a directory, what each explains, and what finds and filters.

use shipgate::explain::explain;
use shipgate::{Action, Decision, Exposure};

#[cfg(feature = "directory")]
use crate::oracle::{Id, Resource};
use crate::oracle::{Question, World};
use crate::world::Order;
use crate::world::doors::Doors;
#[cfg(feature = "directory")]
use crate::world::doors::UNKNOWN;
#[cfg(feature = "directory")]
use crate::world::held::put;

pub(crate) struct Entries {
    doors: Doors,
}

impl Entries {
    pub(crate) fn of(world: &World) -> Self {
        Self { doors: Doors::of(world) }
    }

    pub(crate) fn in_order(world: &World, order: Order) -> Self {
        Self { doors: Doors::in_order(world, order) }
    }

    /// What each answers: first those with facts at hand.
    pub(crate) fn decide(&self, question: &Question) -> Vec<Decision> {
        self.doors.decide(question)
    }

    /// What each answers with facts at hand.
    pub(crate) fn decide_at_hand(&self, question: &Question) -> [Decision; 3] {
        self.doors.decide_at_hand(question)
    }

    /// What each answers by id.
    #[cfg(feature = "directory")]
    pub(crate) fn decide_by_id(&self, question: &Question) -> Vec<Decision> {
        self.doors.decide_by_id(question)
    }

    /// What each answers, and what is found. A list has no denials, and a filter knows only what is allowed.
    pub(crate) fn find(&self, question: &Question) -> Vec<Decision> {
        #[cfg_attr(not(feature = "directory"), expect(unused_mut, reason = "only a directory finds"))]
        let mut decisions = self.decide(question);
        #[cfg(feature = "directory")]
        {
            decisions.extend(self.among_those_who_may(question));
            decisions.extend(self.among_what_one_may(question));
            decisions.extend(self.among_what_is_selected(question));
        }
        decisions
    }

    /// Whether each allows it, and whether it is found as allowed.
    pub(crate) fn allows(&self, question: &Question) -> Vec<bool> {
        self.find(question).into_iter().map(Decision::is_allowed).collect()
    }

    pub(crate) fn exposure(&self, question: &Question) -> Vec<Exposure> {
        // What the subject may see does not depend on what it does: facts that are not held cannot say what that is.
        let viewing = Question { action: Action::View, ..question.clone() };
        let explained =
            self.doors.facts.put(&viewing, |subject, action, resource| explain(subject, action, resource).exposure());
        vec![
            self.doors.facts.exposure(question).unwrap_or(Exposure::Hidden),
            explained.unwrap_or(Exposure::Hidden),
            #[cfg(feature = "directory")]
            self.doors.held.exposure(question),
            #[cfg(feature = "directory")]
            self.doors.held.explain(&viewing).exposure(),
        ]
    }
}

#[cfg(feature = "directory")]
impl Entries {
    /// Where nothing narrows the account, what the list of those who may says of it.
    fn among_those_who_may(&self, question: &Question) -> Option<Decision> {
        let is_narrowed = question.kind.is_some() || question.token.is_some() || question.service_token.is_some();
        if is_narrowed {
            return None;
        }
        Some(put(question, |_, action, resource| {
            let mut found = self.doors.held.directory().who_may(action, resource, question.time);
            let among = found.find(|(account, _)| **account == question.account);
            among.map_or(UNKNOWN, |(_, decision)| decision)
        }))
    }

    /// Of what is listed, what its list says of it.
    fn among_what_one_may(&self, question: &Question) -> Option<Decision> {
        let organization = self.organization(question);
        put(question, |subject, action, _| {
            let search = self.doors.held.directory().what_may(*subject);
            let among = |found: Option<(&Id, Decision)>| Some(found.map_or(UNKNOWN, |(_, decision)| decision));
            match &question.resource {
                Resource::Organization(id) => among(search.organizations(action).find(is(id))),
                Resource::Member { organization, account } => {
                    among(search.members(action, organization).find(is(account)))
                }
                Resource::Role(id) => among(search.roles(action, &organization?).find(is(id))),
                Resource::Team(id) => among(search.teams(action, &organization?).find(is(id))),
                Resource::TeamMember { team, account } => among(search.team_members(action, team).find(is(account))),
                Resource::Project(id) => among(search.projects(action, &organization?).find(is(id))),
                Resource::ProjectMember { project, account } => {
                    among(search.project_members(action, project).find(is(account)))
                }
                Resource::ProjectTeam { project, team } => among(search.project_teams(action, project).find(is(team))),
                Resource::Environment(id) => among(search.environments(action, &organization?).find(is(id))),
                Resource::Placement { environment, to } => among(search.placements(action, environment).find(is(to))),
                Resource::Cluster(id) => among(search.clusters(action, &organization?).find(is(id))),
                Resource::ClusterMember { cluster, account } => {
                    among(search.cluster_members(action, cluster).find(is(account)))
                }
                Resource::ClusterTeam { cluster, team } => among(search.cluster_teams(action, cluster).find(is(team))),
                Resource::NewEnvironment { .. } | Resource::Deployment { .. } => None,
            }
        })
    }

    /// Of what can be filtered, whether the filter selects it.
    fn among_what_is_selected(&self, question: &Question) -> Option<Decision> {
        let organization = self.organization(question)?;
        let directory = self.doors.held.directory();
        let is_selected = put(question, |subject, action, _| {
            let filter = directory.filter(subject, action, &organization);
            match &question.resource {
                Resource::Cluster(id) => Some(filter.clusters().selection().contains(id)),
                Resource::Project(id) => Some(filter.projects().selection().contains(id)),
                Resource::Environment(id) => Some(
                    directory
                        .environment(id)
                        .is_some_and(|environment| filter.environments().selects(&environment.to_environment())),
                ),
                _ => None,
            }
        })?;
        Some(if is_selected { Decision::Allow } else { UNKNOWN })
    }

    fn organization(&self, question: &Question) -> Option<Id> {
        let directory = self.doors.held.directory();
        match &question.resource {
            Resource::Role(id) => directory.role(id).map(|role| *role.organization()),
            Resource::Team(id) => directory.team(id).map(|team| *team.organization()),
            Resource::Project(id) => directory.project(id).map(|project| *project.organization()),
            Resource::Environment(id) => directory.environment(id).map(|environment| *environment.organization()),
            Resource::Cluster(id) => directory.cluster(id).map(|cluster| *cluster.organization()),
            _ => None,
        }
    }
}

#[cfg(feature = "directory")]
fn is(id: &Id) -> impl Fn(&(&Id, Decision)) -> bool {
    let id = *id;
    move |(found, _)| **found == id
}
