//! Applies edits: changes the fact, the facts and counts that depend on it, and the index.
//!
//! Nothing here clones an id, unless other versions have the page or the chunk that is changed, which is copied then. So a clone
//! that panics leaves no change half done: what is not shared clones nothing, and a draft of what is shared is thrown away.

use core::hash::Hash;

use crate::change::edit::step::{NewEnvironment, SetMember, Step};
use crate::directory::entry::{At, Entry};
use crate::directory::environment::EnvironmentRecord;
use crate::directory::index::{ClusterIndex, ProjectIndex, RoleIndex, Stage, TeamIndex};
use crate::directory::members::given::set;
use crate::directory::members::line::Line;
use crate::directory::numbers::{Number, Place, PlaceKind};
use crate::directory::store::Directory;
use crate::directory::team::TeamRecord;
use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::cluster::{Cluster, Orchestrator};
use crate::model::custom_role::{AnyRole, CustomRole, RoleDefinition};
use crate::model::fact::MembershipFact;
use crate::model::grants::Holder;
use crate::model::project::{Project, Visibility};
use crate::model::protection::Protection;
use crate::model::role::{ProjectRole, RankedPermissions, Role};
use crate::model::time::Grant;

impl<Id: Hash + Ord + Clone> Directory<Id> {
    pub(crate) fn take(&mut self, step: Step<Id>) {
        match step {
            Step::AddOrganization(new) => {
                let (organization, index, numbered) = *new;
                if let Some(number) = self.numbers.add_organization(numbered) {
                    drop(self.organizations.insert(Entry { fact: organization, number }));
                    self.index.organizations.add(index);
                }
            }
            Step::RemoveOrganization(id) => {
                let organization = self.organizations.remove(&id);
                organization.and_then(|organization| self.numbers.organizations.remove(organization.number));
                self.index.organizations.remove(&id);
            }
            Step::AddRole(new) => self.add_role(*new),
            Step::UpdateRole { role, definition } => self.update_role(&role, definition),
            Step::RemoveRole(id) => {
                if let Some(role) = self.roles.remove(&id) {
                    self.numbers.roles.remove(role.number);
                    if let Some(of) = self.index.organizations.get_mut(role.organization()) {
                        of.roles.remove(&id);
                    }
                }
                self.index.roles.remove(&id);
            }
            Step::SetMember(member) => self.set_member(*member),
            Step::RemoveMember { organization, account } => self.remove_member(&organization, &account),
            Step::AddTeam(new) => self.add_team(*new),
            Step::RemoveTeam(id) => {
                if let Some(team) = self.teams.remove(&id) {
                    self.numbers.remove_team(team.number());
                    if let Some(of) = self.index.organizations.get_mut(team.organization()) {
                        of.teams.remove(&id);
                    }
                }
                self.index.teams.remove(&id);
            }
            Step::AddTeamMember { team, account } => self.add_team_member(&team, account),
            Step::RemoveTeamMember { team, account } => self.remove_team_member(&team, &account),
            Step::SetClusterAccess { cluster, holder, to } => self.set_cluster_access(&cluster, holder, to),
            Step::SetProjectRole { project, holder, to } => self.set_project_role(&project, holder, to),
            Step::AddProject(new) => self.add_project(*new),
            Step::UpdateProject { project, visibility } => self.update_project(&project, visibility),
            Step::RemoveProject(id) => {
                if let Some(project) = self.projects.remove(&id) {
                    self.numbers.places.remove(project.number.project);
                    if let Some(of) = self.index.organizations.get_mut(project.organization()) {
                        of.projects.remove(&id);
                    }
                }
                self.index.projects.remove(&id);
            }
            Step::AddCluster(new) => self.add_cluster(*new),
            Step::UpdateCluster { cluster, visibility, orchestrator } => {
                self.update_cluster(&cluster, visibility, orchestrator);
            }
            Step::RemoveCluster(id) => {
                if let Some(cluster) = self.clusters.remove(&id) {
                    self.numbers.places.remove(cluster.number.cluster);
                    if let Some(of) = self.index.organizations.get_mut(cluster.organization()) {
                        of.clusters.remove(&id);
                    }
                }
                self.index.clusters.remove(&id);
            }
            Step::SetEnvironment { id, to: Some(new) } if self.is_placed_as(&new) => {
                self.protect(&id, new.stage.protection);
            }
            Step::SetEnvironment { id, to: Some(new) } if self.is_in_project_of(&new) => {
                self.move_environment(&id, *new);
            }
            Step::SetEnvironment { id, to } => {
                self.remove_environment(&id);
                if let Some(new) = to {
                    self.add_environment(*new);
                }
            }
            Step::Each(rows) => rows.into_iter().for_each(|row| self.carry_out(row)),
        }
    }

    fn add_project(&mut self, (project, index, [listed, numbered]): (Project<Id>, ProjectIndex<Id>, [Id; 2])) {
        let place = Place::new(numbered, project.visibility(), PlaceKind::Project);
        let Some(organization) = self.organizations.get(project.organization()) else { return };
        let Some(project_number) = self.numbers.add_place(place) else { return };
        let number = At { organization: organization.number, project: project_number, ..At::default() };
        if let Some(of) = self.index.organizations.get_mut(project.organization()) {
            of.projects.insert(listed);
        }
        self.index.projects.add(index.numbered(project_number));
        drop(self.projects.insert(Entry::placed(project, number)));
    }

    fn add_cluster(&mut self, (cluster, index, [listed, numbered]): (Cluster<Id>, ClusterIndex<Id>, [Id; 2])) {
        let place = Place::new(numbered, cluster.visibility(), PlaceKind::Cluster);
        let Some(organization) = self.organizations.get(cluster.organization()) else { return };
        let Some(cluster_number) = self.numbers.add_place(place) else { return };
        let number = At { organization: organization.number, cluster: cluster_number, ..At::default() };
        if let Some(of) = self.index.organizations.get_mut(cluster.organization()) {
            of.clusters.insert(listed);
        }
        self.index.clusters.add(index);
        drop(self.clusters.insert(Entry::placed(cluster, number)));
    }

    fn add_role(&mut self, (role, index, [listed, numbered]): (CustomRole<Id>, RoleIndex<Id>, [Id; 2])) {
        let Some(number) = self.numbers.roles.add(numbered) else { return };
        if let Some(of) = self.index.organizations.get_mut(role.organization()) {
            of.roles.insert(listed);
        }
        self.index.roles.add(index);
        drop(self.roles.insert(Entry { fact: role, number }));
    }

    fn add_team(&mut self, (team, index, [listed, numbered]): (TeamRecord<Id>, TeamIndex<Id>, [Id; 2])) {
        let Some(organization) = self.organizations.get(team.organization()) else { return };
        let Some(number) = self.numbers.add_team(numbered, organization.number) else { return };
        if let Some(of) = self.index.organizations.get_mut(team.organization()) {
            of.teams.insert(listed);
        }
        self.index.teams.add(index);
        drop(self.teams.insert(team.numbered(number)));
    }

    fn update_role(&mut self, id: &Id, definition: RoleDefinition) {
        let Some(role) = self.roles.get_mut(id) else { return };
        role.set_definition(definition);
        let (organization, index) = (self.organizations.get(role.organization()), self.index.roles.get(id));
        let listed = self.index.organizations.get_mut(role.organization());
        let (Some(organization), Some(index), Some(listed)) = (organization, index, listed) else { return };
        for holder in &index.holders {
            let member = self.members.change(holder, organization.number, |line| {
                line.role = definition.into();
                line.member()
            });
            if let (Some(member), Some(listed)) = (member, listed.members.get_mut(holder)) {
                *listed = member;
            }
        }
    }

    fn set_member(&mut self, member: SetMember<Id>) {
        let SetMember { organization, account: id, role, expires_at, holder, new } = member;
        let (ranked, custom) = match &role {
            AnyRole::BuiltIn(role) => (RankedPermissions::built_in(*role), 0),
            AnyRole::Custom(role) => match self.roles.get(role) {
                Some(role) => (role.definition().into(), role.number),
                None => return,
            },
        };
        self.release_role(&organization, &id);
        let Some(entry) = self.organizations.get(&organization) else { return };
        let set = |line: &mut Line| {
            (line.role, line.custom, line.expires_at) = (ranked, custom, expires_at);
            (line.member(), line.is_permanent_owner())
        };
        let index = self.index.organizations.get_mut(&organization);
        let is_permanent_owner = if let Some((account, kind, listed)) = new {
            let mut line = Line::new(kind);
            let (member, is_permanent_owner) = set(&mut line);
            self.members.join(&id, account, (entry.number, line), &self.numbers);
            if let Some(index) = index {
                index.members.insert(listed, member);
            }
            is_permanent_owner
        } else {
            let Some((member, is_permanent_owner)) = self.members.change(&id, entry.number, set) else {
                return;
            };
            if let Some(listed) = index.and_then(|index| index.members.get_mut(&id)) {
                *listed = member;
            }
            is_permanent_owner
        };
        if let (AnyRole::Custom(role), Some(holder)) = (&role, holder) {
            if let Some(index) = self.index.roles.get_mut(role) {
                index.holders.insert(holder);
            }
            if let Some(role) = self.roles.get_mut(role) {
                role.add_member();
            }
        }
        if is_permanent_owner && let Some(organization) = self.organizations.get_mut(&organization) {
            organization.add_owner();
        }
    }

    /// Takes a member out of the counts that the role belongs to.
    fn release_role(&mut self, organization: &Id, id: &Id) {
        let Some(present) = self.account_fact(id) else { return };
        let Some(membership) = present.membership(organization) else { return };
        let is_owner = is_permanent_owner(present.kind(), membership);
        let custom = membership.role().custom().and_then(|role| self.roles.get(role)).map(|role| role.number);
        // By number, so that no fact is borrowed while another changes.
        if let Some(role) = custom.and_then(|number| self.numbers.roles.get(number)) {
            if let Some(index) = self.index.roles.get_mut(role) {
                index.holders.remove(id);
            }
            if let Some(role) = self.roles.get_mut(role) {
                role.remove_member();
            }
        }
        if is_owner && let Some(organization) = self.organizations.get_mut(organization) {
            organization.remove_owner();
        }
    }

    /// An account without memberships is not kept.
    fn remove_member(&mut self, organization: &Id, id: &Id) {
        self.release_role(organization, id);
        if let Some(index) = self.index.organizations.get_mut(organization) {
            index.members.remove(id);
        }
        if let Some(organization) = self.organizations.get(organization) {
            self.members.leave(id, organization.number);
        }
    }

    fn add_team_member(&mut self, id: &Id, account: Id) {
        let Some(team) = self.teams.get_mut(id) else { return };
        let Some(organization) = self.organizations.get(team.organization()) else { return };
        let numbers = &self.numbers;
        let joined = self.members.change(&account, organization.number, |line| {
            (line.change_teams(|teams| teams.join(team.number(), numbers)), line.member())
        });
        let Some((is_new, member)) = joined else { return };
        if is_new {
            team.add_member();
        }
        let listed = self.index.organizations.get_mut(team.organization());
        if let Some(listed) = listed.and_then(|index| index.members.get_mut(&account)) {
            *listed = member;
        }
        if let Some(index) = self.index.teams.get_mut(id) {
            index.members.insert(account);
        }
    }

    fn remove_team_member(&mut self, id: &Id, account: &Id) {
        let Some(team) = self.teams.get_mut(id) else { return };
        let Some(organization) = self.organizations.get(team.organization()) else { return };
        let numbers = &self.numbers;
        let left = self.members.change(account, organization.number, |line| {
            (line.change_teams(|teams| teams.leave(team.number(), numbers)), line.member())
        });
        let Some((was_in, member)) = left else { return };
        if was_in {
            team.remove_member();
        }
        let listed = self.index.organizations.get_mut(team.organization());
        if let Some(listed) = listed.and_then(|index| index.members.get_mut(account)) {
            *listed = member;
        }
        if let Some(index) = self.index.teams.get_mut(id) {
            index.members.remove(account);
        }
    }

    fn set_cluster_access(&mut self, id: &Id, holder: Holder<Id>, to: Option<Grant<ClusterAccess>>) {
        let (Some(cluster), Some(index)) = (self.clusters.get(id), self.index.clusters.get_mut(id)) else { return };
        let At { organization, cluster: place, .. } = cluster.number;
        let (grants, holder) = match holder {
            Holder::Account(account) => {
                let numbers = &self.numbers;
                self.members.change(&account, organization, |line| {
                    line.change_own(numbers, |held| set(&mut held.overrides, place, to, &numbers.places));
                });
                (&mut index.overrides, account)
            }
            Holder::Team(team) => {
                self.numbers.set_team_access(self.teams.get(&team).map_or(0, TeamRecord::number), place, to);
                (&mut index.team_overrides, team)
            }
        };
        match to {
            Some(grant) => drop(grants.insert(holder, grant)),
            None => drop(grants.remove(&holder)),
        }
    }

    fn set_project_role(&mut self, id: &Id, holder: Holder<Id>, to: Option<Grant<ProjectRole>>) {
        let (Some(project), Some(index)) = (self.projects.get(id), self.index.projects.get_mut(id)) else { return };
        let At { organization, project: place, .. } = project.number;
        let (grants, holder) = match holder {
            Holder::Account(account) => {
                let numbers = &self.numbers;
                self.members.change(&account, organization, |line| {
                    line.change_own(numbers, |held| set(&mut held.project_roles, place, to, &numbers.places));
                });
                (&mut index.roles, account)
            }
            Holder::Team(team) => {
                self.numbers.set_team_role(self.teams.get(&team).map_or(0, TeamRecord::number), place, to);
                (&mut index.team_roles, team)
            }
        };
        match to {
            Some(grant) => drop(grants.insert(holder, grant)),
            None => drop(grants.remove(&holder)),
        }
    }

    fn update_project(&mut self, id: &Id, visibility: Visibility) {
        let Some(project) = self.projects.get_mut(id) else { return };
        project.change(|project| project.set_visibility(visibility));
        self.numbers.set_visibility(project.number.project, visibility);
    }

    fn update_cluster(&mut self, id: &Id, visibility: Visibility, orchestrator: Option<Orchestrator>) {
        let (Some(cluster), Some(index)) = (self.clusters.get_mut(id), self.index.clusters.get_mut(id)) else { return };
        cluster.change(|cluster| cluster.set_visibility(visibility));
        self.numbers.set_visibility(cluster.number.cluster, visibility);
        index.orchestrator = orchestrator;
        for environment in index.namespaces.values() {
            let Some(environment) = self.environments.get_mut(environment) else { continue };
            environment.set_cluster_visibility(visibility);
            let project = self.numbers.places.get(environment.at().project);
            if let Some(project) = project.and_then(|place| self.projects.get_mut(place.id())) {
                project.change(|project| project.set_cluster_visibility(id, visibility));
            }
        }
    }

    /// Whether the environment is there, and stays in its project, on its cluster and in its namespace.
    fn is_placed_as(&self, new: &NewEnvironment<Id>) -> bool {
        let [id, _, project, cluster] = &new.ids;
        let stage = self.index.projects.get(project).and_then(|index| index.environments.get(id));
        stage.is_some_and(|stage| stage.namespace == new.stage.namespace)
            && self.environment_fact(id).is_some_and(|present| present.cluster() == cluster)
    }

    /// Whether the environment is there, and stays in its project.
    fn is_in_project_of(&self, new: &NewEnvironment<Id>) -> bool {
        let [id, _, project, _] = &new.ids;
        self.environment_fact(id).is_some_and(|present| present.project() == project)
    }

    /// Moves an environment to another cluster or namespace. A page is copied only for what is different.
    fn move_environment(&mut self, id: &Id, new: NewEnvironment<Id>) {
        let NewEnvironment { ids, listed: [_, _, in_cluster, counted], cluster: in_project, stage } = new;
        let ([_, _, project, cluster], protection) = (&ids, stage.protection);
        let (Some(present), Some(entered)) = (self.environments.get(id), self.clusters.get(cluster)) else { return };
        let Some(from) = self.numbers.places.get(present.at().cluster).map(Place::id) else { return };
        let is_elsewhere = from != cluster;
        let is_same = !is_elsewhere && present.protection() == protection;
        let stage = Stage { cluster: Number(entered.number.cluster), ..stage };
        let counts = self.index.move_environment([id, project, from], [in_cluster, counted], stage);
        let Some(counts) = counts.filter(|_| !is_same) else { return };
        if is_elsewhere {
            if let Some(left) = self.clusters.get_mut(from) {
                left.change(Cluster::remove_environment);
            }
            if let Some(entered) = self.clusters.get_mut(cluster) {
                entered.change(Cluster::add_environment);
            }
        }
        let (Some(project), Some(cluster)) = (self.projects.get_mut(project), self.clusters.get(cluster)) else {
            return;
        };
        let unused = Some(from).filter(|cluster| !counts.is_used(cluster));
        project.change(|project| {
            project.remove_environment(counts.safeguard(), unused);
            project.add_environment((in_project, cluster.visibility()), protection);
        });
        let (number, visibility) = (At { cluster: cluster.number.cluster, ..project.number }, cluster.visibility());
        let [id, ..] = ids;
        self.environments.set(EnvironmentRecord::new(id, number, visibility, protection));
    }

    fn protect(&mut self, id: &Id, protection: Protection) {
        let Some(environment) = self.environments.get_mut(id) else { return };
        environment.set_protection(protection);
        let Some(project) = self.numbers.places.get(environment.at().project).map(Place::id) else { return };
        let Some(counts) = self.index.protect(id, project, protection) else { return };
        let safeguard = counts.safeguard();
        // A page is copied only for what is different.
        if self.projects.get(project).map(|project| project.safeguard()) != Some(safeguard)
            && let Some(project) = self.projects.get_mut(project)
        {
            project.change(|project| project.set_safeguard(safeguard));
        }
    }

    fn add_environment(&mut self, new: NewEnvironment<Id>) {
        let NewEnvironment { ids, listed, cluster: in_project, stage } = new;
        let [_, organization, project, cluster] = &ids;
        let (Some(project), Some(cluster)) = (self.projects.get_mut(project), self.clusters.get_mut(cluster)) else {
            return;
        };
        cluster.change(Cluster::add_environment);
        project.change(|project| project.add_environment((in_project, cluster.visibility()), stage.protection));
        let (visibility, protection) = (cluster.visibility(), stage.protection);
        let number = At { cluster: cluster.number.cluster, ..project.number };
        let stage = Stage { cluster: Number(number.cluster), ..stage };
        self.index.add_environment(listed, organization, project.id(), stage);
        let [id, ..] = ids;
        drop(self.environments.insert(EnvironmentRecord::new(id, number, visibility, protection)));
    }

    fn remove_environment(&mut self, id: &Id) {
        let Some(removed) = self.environments.remove(id) else { return };
        let Some(present) = removed.fact(&self.numbers) else { return };
        if let Some(cluster) = self.clusters.get_mut(present.cluster()) {
            cluster.change(Cluster::remove_environment);
        }
        let others = self.index.remove_environment(present);
        if let (Some(project), Some(others)) = (self.projects.get_mut(present.project()), others) {
            let unused = Some(present.cluster()).filter(|cluster| !others.is_used(cluster));
            project.change(|project| project.remove_environment(others.safeguard(), unused));
        }
    }
}

pub(crate) fn is_permanent_owner<Id>(kind: AccountKind, membership: MembershipFact<'_, Id>) -> bool {
    kind.acting(membership.rank()) == Role::Owner && membership.expires_at().is_none()
}
