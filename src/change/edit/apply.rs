//! Applies edits: changes the fact, the facts and counts that depend on it, and the index.
//!
//! Nothing here clones an id, unless other versions have the page or the chunk that is changed, which is copied then. So a clone
//! that panics leaves no change half done: what is not shared clones nothing, and a draft of what is shared is thrown away.

use alloc::sync::Arc;
use core::hash::Hash;

use crate::change::edit::step::{NewEnvironment, SetMember, Step};
use crate::directory::index::Member;
use crate::directory::store::Directory;
use crate::model::access::ClusterAccess;
use crate::model::account::{Account, AccountKind};
use crate::model::cluster::Orchestrator;
use crate::model::custom_role::{AnyRole, RoleDefinition};
use crate::model::environment::Environment;
use crate::model::fact::MembershipFact;
use crate::model::grants::{Grants, Holder};
use crate::model::membership::Membership;
use crate::model::project::{Project, Visibility};
use crate::model::protection::Protection;
use crate::model::role::{ProjectRole, RankedPermissions, Role};
use crate::model::time::Grant;

impl<Id: Hash + Ord + Clone> Directory<Id> {
    pub(crate) fn take(&mut self, step: Step<Id>) {
        match step {
            Step::AddOrganization(new) => {
                let (organization, index) = *new;
                drop(self.organizations.insert(organization));
                self.index.organizations.add(index);
            }
            Step::RemoveOrganization(id) => {
                self.organizations.remove(&id);
                self.index.organizations.remove(&id);
            }
            Step::AddRole(new) => {
                let (role, index, listed) = *new;
                if let Some(of) = self.index.organizations.get_mut(role.organization()) {
                    of.roles.insert(listed);
                }
                self.index.roles.add(index);
                drop(self.roles.insert(role));
            }
            Step::UpdateRole { role, definition } => self.update_role(&role, definition),
            Step::RemoveRole(id) => {
                let role = self.roles.remove(&id);
                if let Some(of) = role.and_then(|role| self.index.organizations.get_mut(role.organization())) {
                    of.roles.remove(&id);
                }
                self.index.roles.remove(&id);
            }
            Step::SetMember(member) => self.set_member(*member),
            Step::RemoveMember { organization, account } => self.remove_member(&organization, &account),
            Step::AddTeam(new) => {
                let (team, index, listed) = *new;
                if let Some(of) = self.index.organizations.get_mut(team.organization()) {
                    of.teams.insert(listed);
                }
                self.index.teams.add(index);
                drop(self.teams.insert(team));
            }
            Step::RemoveTeam(id) => {
                let team = self.teams.remove(&id);
                if let Some(of) = team.and_then(|team| self.index.organizations.get_mut(team.organization())) {
                    of.teams.remove(&id);
                }
                self.index.teams.remove(&id);
            }
            Step::AddTeamMember { team, account } => self.add_team_member(team, account),
            Step::RemoveTeamMember { team, account } => self.remove_team_member(&team, &account),
            Step::SetClusterAccess { cluster, holder, to } => self.set_cluster_access(cluster, holder, to),
            Step::SetProjectRole { project, holder, to } => self.set_project_role(project, holder, to),
            Step::AddProject(new) => {
                let (project, index, listed) = *new;
                if let Some(of) = self.index.organizations.get_mut(project.organization()) {
                    of.projects.insert(listed);
                }
                self.index.projects.add(index);
                drop(self.projects.insert(project));
            }
            Step::UpdateProject { project, visibility } => self.update_project(&project, visibility),
            Step::RemoveProject(id) => {
                let project = self.projects.remove(&id);
                if let Some(of) = project.and_then(|project| self.index.organizations.get_mut(project.organization())) {
                    of.projects.remove(&id);
                }
                self.index.projects.remove(&id);
            }
            Step::AddCluster(new) => {
                let (cluster, index, listed) = *new;
                if let Some(of) = self.index.organizations.get_mut(cluster.organization()) {
                    of.clusters.insert(listed);
                }
                self.index.clusters.add(index);
                drop(self.clusters.insert(cluster));
            }
            Step::UpdateCluster { cluster, visibility, orchestrator } => {
                self.update_cluster(&cluster, visibility, orchestrator);
            }
            Step::RemoveCluster(id) => {
                let cluster = self.clusters.remove(&id);
                if let Some(of) = cluster.and_then(|cluster| self.index.organizations.get_mut(cluster.organization())) {
                    of.clusters.remove(&id);
                }
                self.index.clusters.remove(&id);
            }
            Step::SetEnvironment { id, to: Some(new) } if self.is_placed_as(&new) => {
                self.protect(&id, new.stage.protection);
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

    /// Gives a team and its members these grants.
    pub(crate) fn share_grants(&mut self, team: &Id, grants: Arc<Grants<Id>>) {
        let Some(team) = self.teams.get_mut(team) else { return };
        team.set_grants(grants);
        if let Some(index) = self.index.teams.get(team.id()) {
            team.share_grants(&mut self.accounts, &index.members);
        }
    }

    fn update_role(&mut self, id: &Id, definition: RoleDefinition) {
        let Some(role) = self.roles.get_mut(id) else { return };
        role.set_definition(definition);
        let organization = self.index.organizations.get_mut(role.organization());
        let (Some(organization), Some(index)) = (organization, self.index.roles.get(id)) else { return };
        for holder in &index.holders {
            let account = self.accounts.get_mut(holder);
            if let Some((kind, membership)) = account.and_then(|account| membership_in(account, role.organization())) {
                membership.update_role(definition.into());
                if let Some(listed) = organization.members.get_mut(holder) {
                    *listed = Member::of(kind, membership);
                }
            }
        }
    }

    fn set_member(&mut self, member: SetMember<Id>) {
        let SetMember { organization, account: id, role, expires_at, holder, new } = member;
        let ranked = match &role {
            AnyRole::BuiltIn(role) => RankedPermissions::built_in(*role),
            AnyRole::Custom(role) => match self.roles.get(role) {
                Some(role) => role.definition().into(),
                None => return,
            },
        };
        if let Some((account, membership, listed)) = new {
            if let Some(index) = self.index.organizations.get_mut(&organization) {
                index.members.insert(listed, Member::of(account.kind(), &membership));
            }
            self.accounts.insert_and_change(account, |account| account.replace(membership));
        }
        self.release_role(&organization, &id);
        if let (AnyRole::Custom(role), Some(holder)) = (&role, holder) {
            if let Some(index) = self.index.roles.get_mut(role) {
                index.holders.insert(holder);
            }
            if let Some(role) = self.roles.get_mut(role) {
                role.add_member();
            }
        }
        let account = self.accounts.get_mut(&id);
        let Some((kind, membership)) = account.and_then(|account| membership_in(account, &organization)) else {
            return;
        };
        membership.set_role(ranked, role.custom());
        membership.set_expiry(expires_at);
        if is_permanent_owner(kind, MembershipFact::of(membership))
            && let Some(organization) = self.organizations.get_mut(&organization)
        {
            organization.add_owner();
        }
        let index = self.index.organizations.get_mut(&organization);
        if let Some(listed) = index.and_then(|index| index.members.get_mut(&id)) {
            *listed = Member::of(kind, membership);
        }
    }

    /// Takes a member out of the counts that the role belongs to.
    fn release_role(&mut self, organization: &Id, id: &Id) {
        let account = self.accounts.get_mut(id);
        let Some((kind, membership)) = account.and_then(|account| membership_in(account, organization)) else { return };
        if let AnyRole::Custom(role) = membership.role() {
            if let Some(index) = self.index.roles.get_mut(role) {
                index.holders.remove(id);
            }
            if let Some(role) = self.roles.get_mut(role) {
                role.remove_member();
            }
        }
        if is_permanent_owner(kind, MembershipFact::of(membership))
            && let Some(organization) = self.organizations.get_mut(organization)
        {
            organization.remove_owner();
        }
    }

    /// An account without memberships is not kept.
    fn remove_member(&mut self, organization: &Id, id: &Id) {
        self.release_role(organization, id);
        if let Some(index) = self.index.organizations.get_mut(organization) {
            index.members.remove(id);
        }
        let Some(account) = self.accounts.get_mut(id) else { return };
        account.leave(organization);
        if account.memberships().len() == 0 {
            self.accounts.remove(id);
        }
    }

    fn add_team_member(&mut self, id: Id, account: Id) {
        let Some(team) = self.teams.get_mut(&id) else { return };
        let found = self.accounts.get_mut(&account).and_then(|account| membership_in(account, team.organization()));
        let Some((kind, membership)) = found else { return };
        let listed = self.index.organizations.get_mut(team.organization());
        let index = self.index.teams.get_mut(&id);
        if membership.join_team(id, Arc::clone(team.grants())).is_ok() {
            team.add_member();
        }
        if let Some(listed) = listed.and_then(|index| index.members.get_mut(&account)) {
            *listed = Member::of(kind, membership);
        }
        if let Some(index) = index {
            index.members.insert(account);
        }
    }

    fn remove_team_member(&mut self, id: &Id, account: &Id) {
        let Some(team) = self.teams.get_mut(id) else { return };
        let found = self.accounts.get_mut(account).and_then(|account| membership_in(account, team.organization()));
        let Some((kind, membership)) = found else { return };
        if membership.is_in_team(id) {
            team.remove_member();
        }
        membership.leave_team(id);
        let listed = self.index.organizations.get_mut(team.organization());
        if let Some(listed) = listed.and_then(|index| index.members.get_mut(account)) {
            *listed = Member::of(kind, membership);
        }
        if let Some(index) = self.index.teams.get_mut(id) {
            index.members.remove(account);
        }
    }

    fn set_cluster_access(&mut self, id: Id, holder: Holder<Id>, to: Option<Grant<ClusterAccess>>) {
        let (Some(cluster), Some(index)) = (self.clusters.get(&id), self.index.clusters.get_mut(&id)) else { return };
        let (grants, holder) = match holder {
            Holder::Account(account) => {
                let found =
                    self.accounts.get_mut(&account).and_then(|found| membership_in(found, cluster.organization()));
                if let Some((_, membership)) = found {
                    membership.replace_cluster_access(id, cluster.visibility(), to);
                }
                (&mut index.overrides, account)
            }
            Holder::Team(team) => (&mut index.team_overrides, team),
        };
        match to {
            Some(grant) => drop(grants.insert(holder, grant)),
            None => drop(grants.remove(&holder)),
        }
    }

    fn set_project_role(&mut self, id: Id, holder: Holder<Id>, to: Option<Grant<ProjectRole>>) {
        let (Some(project), Some(index)) = (self.projects.get(&id), self.index.projects.get_mut(&id)) else { return };
        let (grants, holder) = match holder {
            Holder::Account(account) => {
                let found =
                    self.accounts.get_mut(&account).and_then(|found| membership_in(found, project.organization()));
                if let Some((_, membership)) = found {
                    membership.replace_project_role(id, project.visibility(), to);
                }
                (&mut index.roles, account)
            }
            Holder::Team(team) => (&mut index.team_roles, team),
        };
        match to {
            Some(grant) => drop(grants.insert(holder, grant)),
            None => drop(grants.remove(&holder)),
        }
    }

    /// The roles of teams follow with [`Self::share_grants`].
    fn update_project(&mut self, id: &Id, visibility: Visibility) {
        let (Some(project), Some(index)) = (self.projects.get_mut(id), self.index.projects.get(id)) else { return };
        project.set_visibility(visibility);
        for environment in index.environments.keys() {
            if let Some(environment) = self.environments.get_mut(environment) {
                environment.set_visibility(visibility);
            }
        }
        for account in index.roles.keys() {
            let found = self.accounts.get_mut(account).and_then(|found| membership_in(found, project.organization()));
            if let Some((_, membership)) = found {
                membership.set_project_visibility(id, visibility);
            }
        }
    }

    /// The overrides of teams follow with [`Self::share_grants`].
    fn update_cluster(&mut self, id: &Id, visibility: Visibility, orchestrator: Option<Orchestrator>) {
        let (Some(cluster), Some(index)) = (self.clusters.get_mut(id), self.index.clusters.get_mut(id)) else { return };
        cluster.set_visibility(visibility);
        index.orchestrator = orchestrator;
        for environment in index.namespaces.values() {
            let Some(environment) = self.environments.get_mut(environment) else { continue };
            environment.set_cluster_visibility(visibility);
            if let Some(project) = self.projects.get_mut(environment.project()) {
                project.set_cluster_visibility(id, visibility);
            }
        }
        for account in index.overrides.keys() {
            let found = self.accounts.get_mut(account).and_then(|found| membership_in(found, cluster.organization()));
            if let Some((_, membership)) = found {
                membership.set_cluster_visibility(id, visibility);
            }
        }
    }

    /// Whether the environment is there, and stays in its project, on its cluster and in its namespace.
    fn is_placed_as(&self, new: &NewEnvironment<Id>) -> bool {
        let [id, _, project, cluster] = &new.ids;
        let present = self.index.projects.get(project).and_then(|index| index.environments.get(id));
        present.is_some_and(|present| present.cluster == *cluster && present.namespace == new.stage.namespace)
    }

    fn protect(&mut self, id: &Id, protection: Protection) {
        let Some(environment) = self.environments.get_mut(id) else { return };
        environment.set_protection(protection);
        let Some(counts) = self.index.protect(id, environment.project(), protection) else { return };
        let (id, safeguard) = (environment.project(), counts.safeguard());
        // A page is copied only for what is different.
        if self.projects.get(id).map(Project::safeguard) != Some(safeguard)
            && let Some(project) = self.projects.get_mut(id)
        {
            project.set_safeguard(safeguard);
        }
    }

    fn add_environment(&mut self, new: NewEnvironment<Id>) {
        let NewEnvironment { ids, listed, cluster: in_project, stage } = new;
        let [_, organization, project, cluster] = &ids;
        let (Some(project), Some(cluster)) = (self.projects.get_mut(project), self.clusters.get_mut(cluster)) else {
            return;
        };
        cluster.add_environment();
        project.add_environment((in_project, cluster.visibility()), stage.protection);
        let (visibility, protection) = ([project.visibility(), cluster.visibility()], stage.protection);
        self.index.add_environment(listed, organization, project.id(), stage);
        drop(self.environments.insert(Environment::from_ids(ids, visibility, protection)));
    }

    fn remove_environment(&mut self, id: &Id) {
        let Some(present) = self.environments.remove(id) else { return };
        if let Some(cluster) = self.clusters.get_mut(present.cluster()) {
            cluster.remove_environment();
        }
        let others = self.index.remove_environment(id, present.organization(), present.project());
        if let (Some(project), Some(others)) = (self.projects.get_mut(present.project()), others) {
            let unused = Some(present.cluster()).filter(|cluster| !others.is_used(cluster));
            project.remove_environment(others.safeguard(), unused);
        }
    }
}

fn membership_in<'a, Id: Ord>(
    account: &'a mut Account<Id>,
    organization: &Id,
) -> Option<(AccountKind, &'a mut Membership<Id>)> {
    let kind = account.kind();
    Some((kind, account.membership_mut(organization)?))
}

pub(crate) fn is_permanent_owner<Id>(kind: AccountKind, membership: MembershipFact<'_, Id>) -> bool {
    kind.acting(membership.rank()) == Role::Owner && membership.expires_at().is_none()
}
