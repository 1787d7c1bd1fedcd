//! Nobody gives more than they have.

use std::collections::{BTreeMap, BTreeSet};

use shipgate::model::{ResourceKind, Update};
use shipgate::{AccountKind, Action, AnyRole, ClusterAccess, Grant, Reason, Role, Time, Visibility};

use super::facts::{Given, Id, Membership};
use super::gates::{Gates, Passed, deny, pass_if};
use super::grants::{Member, live};
use super::outcomes::{Alters, Change};
use super::roles::{Height, Powers, built_in, ceiling, default_level};

impl Gates<'_> {
    pub(crate) fn gives(&self) -> Passed {
        match self.action {
            Action::InviteMember { role, expires_at } => self.invites(role, expires_at),
            Action::CreateRole { role } => self.gives_role(&Powers::custom(role)),
            Action::Update { to: Update::Permissions(_) } => self.widens_role(),
            Action::Update { to: Update::Visibility(Visibility::Organization) } if self.is_hidden() => {
                self.gives_role(&Powers::built_in(Role::Admin))?;
                self.gives_everywhere(ClusterAccess::Deploy)
            }
            Action::SetProjectRole { to } if self.question.resource.kind() == ResourceKind::ProjectTeam => {
                let lasting = to.filter(|grant| grant.expires_at().is_none());
                let role = Powers::built_in(lasting.map_or(Role::Admin, |grant| built_in(grant.value())));
                self.gives_role(&role)?;
                self.gives_everywhere(default_level(&role, Visibility::Organization))
            }
            _ => self.changes_membership(),
        }
    }

    /// The subject's role includes it: in a project the effective role.
    fn gives_role(&self, role: &Powers) -> Passed {
        self.rank(&self.standing, role)
    }

    /// The role as it would be, and its default level if that rises for somebody.
    fn widens_role(&self) -> Passed {
        let (Action::Update { to: Update::Permissions(permissions) }, Some(definition), Some(id)) =
            (self.action, self.definition(), self.place.role)
        else {
            return Ok(());
        };
        let wide = Powers::with_permissions(definition.rank(), permissions);
        self.gives_role(&wide)?;
        let [old, new] = [Powers::custom(definition), wide].map(|role| default_level(&role, Visibility::Organization));
        let rises = !old.is_at_least(new);
        if rises && self.world.holders_of_role(id) > 0 { self.gives_everywhere(new) } else { Ok(()) }
    }

    /// A level that many may gain: on each cluster on which the subject has an override, then on one without that only its
    /// members see. There, who may gain no more than to view gains nothing.
    fn gives_everywhere(&self, need: ClusterAccess) -> Passed {
        for cluster in self.subject.overridden_clusters() {
            let have = self.level_here(self.place.project, cluster);
            pass_if(have.is_at_least(need), Reason::Escalation { have, need })?;
        }
        let [there, in_organization] =
            [self.standing, self.subject.role()].map(|role| default_level(&role, Visibility::Members));
        let have = there.higher(in_organization);
        pass_if(have.is_at_least(need) || need == ClusterAccess::View, Reason::Escalation { have, need })
    }

    /// The subject's level, in a project or in the organization.
    fn level_here(&self, project: Option<Id>, cluster: Id) -> ClusterAccess {
        let now = self.question.time;
        self.subject.level_at(None, cluster, now).higher(self.subject.level_at(project, cluster, now))
    }

    /// A membership that no one has yet.
    fn invites(&self, role: AnyRole<Id>, expires_at: Option<Time>) -> Passed {
        let membership = Membership::with_role(Given { what: role, until: expires_at });
        let with = Member { world: self.world, account: 0, kind: AccountKind::User, membership: &membership };
        self.brings(&Change { now: self.question.time, present: None, with, alters: Alters::Everything })
    }

    fn changes_membership(&self) -> Passed {
        let (Some(target), now) = (self.target(), self.question.time) else { return Ok(()) };
        let until = target.membership.role.until;
        // Without a time, who has an expiry is no live member now, and may be one afterwards.
        let (is_live, is_over) = (live(until, now), now.is_some() && !live(until, now));
        let mut membership = target.membership.clone();
        let alters = match self.action {
            Action::ChangeRole { to } => {
                membership.role.what = to;
                drop_what_cannot_count(&mut membership, &self.world.powers(target.kind, to));
                Alters::Everything
            }
            Action::SetExpiry { to } if self.prolongs(to) => {
                membership.role.until = to;
                Alters::Everything
            }
            Action::AddToTeam if !self.place.team.is_some_and(|team| membership.teams.contains(&team)) => {
                membership.teams.extend(self.place.team);
                self.grants_of_team()
            }
            Action::RemoveFromTeam
                if !is_over && self.place.team.is_some_and(|team| membership.teams.remove(&team)) =>
            {
                self.grants_of_team()
            }
            Action::SetProjectRole { to } => {
                let Some(project) = self.place.project else { return Ok(()) };
                set(&mut membership.project_roles, project, to);
                Alters::Some { projects: BTreeSet::from([project]), clusters: BTreeSet::new() }
            }
            Action::SetClusterAccess { to } => {
                let Some(cluster) = self.place.cluster else { return Ok(()) };
                set(&mut membership.overrides, cluster, to);
                Alters::Some { projects: BTreeSet::new(), clusters: BTreeSet::from([cluster]) }
            }
            _ => return Ok(()),
        };
        let with = Member { membership: &membership, ..target };
        self.brings(&Change { now, present: is_live.then_some(target), with, alters })
    }

    /// What a place in the team alters: where it has grants that are not over.
    fn grants_of_team(&self) -> Alters {
        let team = self.place.team.and_then(|team| self.world.teams.get(&team));
        let roles = team.into_iter().flat_map(|team| &team.project_roles);
        let projects = roles.filter(|(_, given)| self.may_be_live(given.until)).map(|(project, _)| *project).collect();
        Alters::Some { projects, clusters: self.clusters_of_team().collect() }
    }

    /// The organization role, the effective roles in projects, the levels in the organization and those in projects.
    fn brings(&self, change: &Change<'_>) -> Passed {
        if let Some(role) = change.role() {
            self.gives_role(&role)?;
        }
        let projects = self.world.projects_of(self.place.organization);
        for project in &projects {
            for standing in change.standings(*project) {
                self.gives_role(&standing)?;
            }
        }
        let clusters = self.world.clusters_of(self.place.organization);
        for place in [None].into_iter().chain(projects.into_iter().map(Some)) {
            for cluster in &clusters {
                let have = self.level_here(place, *cluster);
                let above = change.levels(place, *cluster).into_iter().filter(|level| !have.is_at_least(*level));
                if let Some(need) = above.reduce(Height::higher) {
                    return deny(Reason::Escalation { have, need });
                }
            }
        }
        Ok(())
    }
}

fn set<T: Copy>(grants: &mut BTreeMap<Id, Given<T>>, on: Id, to: Option<Grant<T>>) {
    grants.remove(&on);
    grants.extend(to.map(|grant| (on, Given { what: grant.value(), until: grant.expires_at() })));
}

/// What a change of role drops: own overrides above the new ceiling, all of an Owner, and own project roles unless they count.
fn drop_what_cannot_count(membership: &mut Membership, role: &Powers) {
    let most = ceiling(role.rank());
    membership.overrides.retain(|_, given| role.rank() != Role::Owner && most.is_at_least(given.what));
    if !matches!(role.rank(), Role::Developer | Role::Viewer) {
        membership.project_roles.clear();
    }
}
