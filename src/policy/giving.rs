//! Nobody gives more than they have, nor for longer, nor changes the access of who has more.
//!
//! A change is judged by all that its target can have afterwards and does not have now. Only the clusters and projects on which
//! the subject or the target has a grant can matter: on all others both have what their roles give, and a role that includes
//! another gives at least as much.

mod holdings;
mod outlast;

use crate::model::access::{ClusterAccess, OnCluster};
use crate::model::account::AccountKind;
use crate::model::action::Action;
use crate::model::fact::{GrantsFact, MembershipFact, ProjectFact, ResourceFact, TeamFact};
use crate::model::parameter::Update;
use crate::model::project::Visibility;
use crate::model::role::{ProjectRole, RankedPermissions, Role};
use crate::model::time::{Grant, GrantState, Now};
use crate::policy::constraints::Constrained;
use crate::policy::gates::pass_if;
use crate::policy::giving::holdings::{After, Drops, Giver, Present, all_grants, each_place};
use crate::policy::giving::outlast::is_later;
pub(crate) use crate::policy::giving::outlast::outlast;
use crate::policy::inputs::standing;
use crate::policy::reason::Reason;

/// Whether the subject's access to each cluster that the change is about is at least the target's.
pub(crate) fn above<Id: Ord>(question: &Constrained<'_, '_, Id>) -> Result<(), Reason> {
    let (membership, kind) = question.target()?;
    let now = question.now();
    let giver = Giver::of(question);
    // Without a time the membership may not be over, and whatever has an expiry may count.
    let target = After::new(membership.acting(kind), now, Some(membership));
    let check = |cluster: &Id, visibility| {
        let need = if now.after(membership.expires_at()) {
            ClusterAccess::None
        } else {
            most_at_present(&target, cluster, visibility)
        };
        let have = giver.in_organization(cluster, visibility);
        pass_if(have >= need, Reason::Escalation { have, need })
    };
    match question.asked.resource {
        ResourceFact::ClusterMember(cluster, _) => check(cluster.id(), cluster.visibility()),
        ResourceFact::TeamMember(team, _) => team
            .grants()
            .overrides()
            .filter(|(_, _, grant)| !now.after(grant.expires_at()))
            .try_for_each(|(cluster, visibility, _)| check(cluster, visibility)),
        _ => Ok(()),
    }
}

/// The most access that the target can have at present, by the role in the organization: with a time the present one, without
/// the most of the cases.
fn most_at_present<Id: Ord>(target: &After<'_, Id>, cluster: &Id, visibility: Visibility) -> ClusterAccess {
    let level = |granted| ClusterAccess::of(target.role, OnCluster { visibility, granted });
    match target.membership {
        None => ClusterAccess::None,
        Some(membership) if target.now.is_known() => level(membership.cluster_access_at(cluster, target.now)),
        Some(_) => {
            let mut most = ClusterAccess::None;
            target.each_override(cluster, |granted| most = most.max(level(granted)));
            most
        }
    }
}

/// Each role that the target can have at present in a project: with a time the present one, without each of the cases.
pub(crate) fn each_present_standing<Id: Ord>(
    membership: MembershipFact<'_, Id>,
    kind: AccountKind,
    project: ProjectFact<'_, Id>,
    now: Now,
    visit: &mut dyn FnMut(RankedPermissions),
) {
    let role = membership.acting(kind);
    if now.is_known() {
        let present = standing(role, project.visibility(), membership.project_role_at(project.id(), now));
        present.into_iter().for_each(visit);
    } else {
        let target = After::new(role, now, Some(membership));
        target.each_standing(project.id(), project.visibility(), visit);
    }
}

/// What a change can alter of what its target has.
enum Alters<'a, Id> {
    /// Everything.
    All,
    /// What the grants of a team are on: access to its clusters, and everything in its projects.
    OfTeam(TeamFact<'a, Id>),
    /// The role in a project, and the access that it gives.
    Project(&'a Id),
    /// The access to a cluster.
    Cluster(&'a Id),
}

impl<Id: Ord> Alters<'_, Id> {
    /// Whether the role in a project can be another one.
    fn standing(&self, project: &Id, now: Now) -> bool {
        match self {
            Self::All => true,
            // A grant that is over gives nothing, and takes nothing away.
            Self::OfTeam(team) => {
                team.grants().project_role(project).is_some_and(|grant| !now.after(grant.expires_at()))
            }
            Self::Project(altered) => *altered == project,
            Self::Cluster(_) => false,
        }
    }

    /// Whether the access to a cluster by the role in the organization can be another one.
    fn access(&self, cluster: &Id, now: Now) -> bool {
        match self {
            Self::All => true,
            Self::OfTeam(team) => {
                team.grants().cluster_access(cluster).is_some_and(|grant| !now.after(grant.expires_at()))
            }
            Self::Project(_) => false,
            Self::Cluster(altered) => *altered == cluster,
        }
    }

    /// Whether the role in the organization can be another one.
    const fn role(&self) -> bool {
        matches!(self, Self::All)
    }
}

/// Whether the subject has all that the change can give.
pub(crate) fn gives<Id: Ord>(question: &Constrained<'_, '_, Id>) -> Result<(), Reason> {
    let now = question.now();
    let action = question.asked.action;
    match (action, question.asked.resource) {
        (Action::CreateRole { role }, _) => question.includes(question.passed.role, role.into()),
        (Action::Update { to }, _) => gives_to_many(question, to),
        (Action::SetProjectRole { to }, ResourceFact::ProjectTeam(..)) => gives_role_to_team(question, to),
        (Action::InviteMember { role, .. }, _) => {
            Gift { after: After::new(role.ranked(), now, None), present: Present::of(None, now), alters: Alters::All }
                .judge(question)
        }
        _ => gives_to_target(question),
    }
}

fn gives_to_target<Id: Ord>(question: &Constrained<'_, '_, Id>) -> Result<(), Reason> {
    let now = question.now();
    let target @ (membership, kind) = question.target()?;
    let present = Present::of(Some(target), now);
    let unchanged = After::new(membership.acting(kind), now, Some(membership));
    let (after, alters) = match (question.asked.action, question.asked.resource) {
        (Action::ChangeRole { to }, _) => {
            let role = match (kind, to.ranked()) {
                (AccountKind::Service, RankedPermissions { rank: Role::Owner, .. }) => Role::Admin.into(),
                (AccountKind::Service | AccountKind::User, role) => role,
            };
            (After { role, drops: Drops::WhatCannotCount, ..unchanged }, Alters::All)
        }
        // An earlier end gives nothing.
        (Action::SetExpiry { to }, _) if is_later(to, membership.expires_at()) => (unchanged, Alters::All),
        (Action::AddToTeam, ResourceFact::TeamMember(team, _)) if !membership.is_in_team(team.id()) => {
            (After { joined: Some(team), ..unchanged }, Alters::OfTeam(team))
        }
        (Action::RemoveFromTeam, ResourceFact::TeamMember(team, _))
            if membership.is_in_team(team.id()) && !now.after(membership.expires_at()) =>
        {
            (After { left: Some(team.id()), ..unchanged }, Alters::OfTeam(team))
        }
        (Action::SetProjectRole { to }, ResourceFact::ProjectMember(project, _)) => {
            (After { project_role: Some((project.id(), to)), ..unchanged }, Alters::Project(project.id()))
        }
        (Action::SetClusterAccess { to }, ResourceFact::ClusterMember(cluster, _)) => {
            (After { access: Some((cluster.id(), to)), ..unchanged }, Alters::Cluster(cluster.id()))
        }
        _ => return Ok(()),
    };
    Gift { after, present, alters }.judge(question)
}

/// What a change can give to its target.
struct Gift<'a, Id> {
    after: After<'a, Id>,
    present: Present<'a, Id>,
    alters: Alters<'a, Id>,
}

impl<Id: Ord> Gift<'_, Id> {
    /// The role in the organization is judged first, then the roles in projects, then the access to clusters.
    fn judge(&self, question: &Constrained<'_, '_, Id>) -> Result<(), Reason> {
        let giver = Giver::of(question);
        self.judge_role(question)?;
        self.judge_project_roles(question)?;
        self.judge_access(&giver, question)?;
        self.each_project(question, |project, visibility| {
            self.judge_access_in_project(&giver, question, project, visibility)
        })
    }

    fn judge_role(&self, question: &Constrained<'_, '_, Id>) -> Result<(), Reason> {
        let is_present = self.present.role().is_some_and(|present| present.includes(self.after.role));
        if !self.alters.role() || is_present {
            return Ok(());
        }
        question.includes(question.passed.role, self.after.role)
    }

    fn judge_project_roles(&self, question: &Constrained<'_, '_, Id>) -> Result<(), Reason> {
        self.each_project(question, |project, visibility| {
            if !self.alters.standing(project, self.after.now) {
                return Ok(());
            }
            let present = self.present.standing(project, visibility);
            let mut result = Ok(());
            self.after.each_standing(project, visibility, |standing| {
                if result.is_ok() && !present.is_some_and(|present| present.includes(standing)) {
                    result = question.includes(question.passed.standing, standing);
                }
            });
            result
        })
    }

    fn judge_access(&self, giver: &Giver<'_, Id>, question: &Constrained<'_, '_, Id>) -> Result<(), Reason> {
        self.each_cluster(giver, question, |cluster, visibility| {
            if !self.alters.access(cluster, self.after.now) {
                return Ok(());
            }
            let mut need = ClusterAccess::None;
            self.after.each_override(cluster, |granted| {
                need = need.max(ClusterAccess::of(self.after.role, OnCluster { visibility, granted }));
            });
            if need <= self.present.highest(None, cluster, visibility) {
                return Ok(());
            }
            giver.require(need, giver.on(cluster, visibility))
        })
    }

    fn judge_access_in_project(
        &self,
        giver: &Giver<'_, Id>,
        question: &Constrained<'_, '_, Id>,
        project: &Id,
        project_visibility: Visibility,
    ) -> Result<(), Reason> {
        let present = self.present.standing(project, project_visibility);
        self.each_cluster(giver, question, |cluster, visibility| {
            if !self.alters.standing(project, self.after.now) && !self.alters.access(cluster, self.after.now) {
                return Ok(());
            }
            let mut need = ClusterAccess::None;
            self.after.each_standing(project, project_visibility, |standing| {
                self.after.each_override(cluster, |granted| {
                    let on = OnCluster { visibility, granted };
                    need = need.max(ClusterAccess::in_project(self.after.role.rank, standing, on));
                });
            });
            if need <= self.present.highest(present, cluster, visibility) {
                return Ok(());
            }
            giver.require(need, giver.on(cluster, visibility))
        })
    }

    /// The projects in which the target has a role, or is to have one.
    fn each_project(
        &self,
        question: &Constrained<'_, '_, Id>,
        mut visit: impl FnMut(&Id, Visibility) -> Result<(), Reason>,
    ) -> Result<(), Reason> {
        // A change in one project is about that project alone, whether the target has a role in it or not.
        if let ResourceFact::ProjectMember(project, _) = question.asked.resource {
            return visit(project.id(), project.visibility());
        }
        each_place(|| self.after.grants(), GrantsFact::next_project_role, visit)
    }

    /// The clusters on which the subject or the target has an override, or is to have one.
    fn each_cluster(
        &self,
        giver: &Giver<'_, Id>,
        question: &Constrained<'_, '_, Id>,
        mut visit: impl FnMut(&Id, Visibility) -> Result<(), Reason>,
    ) -> Result<(), Reason> {
        if let ResourceFact::ClusterMember(cluster, _) = question.asked.resource {
            return visit(cluster.id(), cluster.visibility());
        }
        let grants = || self.after.grants().chain(all_grants(giver.membership, None));
        each_place(grants, GrantsFact::next_override, visit)
    }
}

/// An update that many members gain by: the most that it can bring is judged.
fn gives_to_many<Id: Ord>(question: &Constrained<'_, '_, Id>, update: Update) -> Result<(), Reason> {
    let giver = Giver::of(question);
    match (update, question.asked.resource) {
        (Update::Permissions(permissions), ResourceFact::Role(role)) => {
            let present = RankedPermissions::from(role.definition());
            let after = RankedPermissions { permissions: permissions.permissions(), ..present };
            question.includes(question.passed.role, after)?;
            let default = |role| ClusterAccess::default_for(role, Visibility::Organization);
            if role.members() > 0 && default(after) > default(present) {
                giver.require_everywhere(default(after))?;
            }
            Ok(())
        }
        (Update::Visibility(Visibility::Organization), ResourceFact::Project(_)) if is_hidden(question) => {
            question.includes(question.passed.standing, Role::Admin.into())?;
            giver.require_everywhere(ClusterAccess::default_of(Role::Developer))
        }
        _ => Ok(()),
    }
}

/// A role in a project for a team, whose members may be anybody.
fn gives_role_to_team<Id: Ord>(
    question: &Constrained<'_, '_, Id>,
    to: Option<Grant<ProjectRole>>,
) -> Result<(), Reason> {
    let giver = Giver::of(question);
    // Where the role ends, what comes back may be any other role.
    let lasting = to.filter(|grant| grant.expires_at().is_none());
    let role = lasting.map_or(ProjectRole::Admin, |grant| grant.value());
    question.includes(question.passed.standing, role.into())?;
    let need = ClusterAccess::default_of(role.role());
    giver.require_everywhere(need)?;
    // A member of the team may have an override on a hidden cluster that counts only with this role.
    if need > ClusterAccess::View {
        giver.require(need, OnCluster { visibility: Visibility::Members, granted: GrantState::Nothing })?;
    }
    Ok(())
}

/// Whether the project or cluster is visible to its members only.
fn is_hidden<Id>(question: &Constrained<'_, '_, Id>) -> bool {
    let visibility = match question.asked.resource {
        ResourceFact::Project(project) => project.visibility(),
        ResourceFact::Cluster(cluster) => cluster.visibility(),
        _ => Visibility::Organization,
    };
    visibility == Visibility::Members
}
