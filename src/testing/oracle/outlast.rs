//! What is given ends no later than what gives it.

use shipgate::model::Update;
use shipgate::{Action, ClusterAccess, Reason, Time, Visibility};

use super::facts::Id;
use super::gates::{Gates, Passed, pass_if};
use super::grants::present;
use super::roles::{Height, Powers};

/// When something ends; `None` if it does not.
type End = Option<Time>;

fn ends_no_later(end: End, maker: End) -> bool {
    match (end, maker) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(end), Some(last)) => end <= last,
    }
}

fn must_last(end: End, maker: End) -> Passed {
    pass_if(ends_no_later(end, maker), Reason::Outlasts)
}

impl Gates<'_> {
    pub(crate) fn outlast(&self) -> Passed {
        let Some(end) = self.given() else { return Ok(()) };
        must_last(end, self.subject.membership.role.until)?;
        match (self.place.project, self.place.cluster) {
            (Some(project), _) => self.outlast_project_role(project, end),
            (None, Some(cluster)) => self.outlast_override(cluster, end),
            (None, None) => Ok(()),
        }
    }

    /// The end of what is given, if anything is.
    fn given(&self) -> Option<End> {
        match self.action {
            Action::InviteMember { expires_at, .. } => Some(expires_at),
            Action::SetExpiry { to } => self.prolongs(to).then_some(to),
            Action::SetProjectRole { to } => to.map(|grant| grant.expires_at()),
            Action::SetClusterAccess { to } => to.map(|grant| grant.expires_at()),
            Action::AddToTeam => Some(None),
            Action::ChangeRole { to } => {
                let target = self.target()?;
                let includes_it = target.role().includes(&self.world.powers(target.kind, to));
                (!includes_it).then_some(target.membership.role.until)
            }
            Action::Update { to: Update::Permissions(permissions) } => {
                let definition = self.definition()?;
                let added = Powers::with_permissions(definition.rank(), permissions);
                Powers::custom(definition).first_lacking(&added).map(|_| None)
            }
            Action::Update { to: Update::Visibility(Visibility::Organization) } => self.is_hidden().then_some(None),
            _ => None,
        }
    }

    /// Whether an expiry is later than the target's present one.
    pub(crate) fn prolongs(&self, to: End) -> bool {
        self.target().is_some_and(|target| !ends_no_later(to, target.membership.role.until))
    }

    /// Whether the project or the cluster is visible to its members only.
    pub(crate) fn is_hidden(&self) -> bool {
        let visibility = match (self.place.project, self.place.cluster) {
            (Some(project), _) => self.world.projects.get(&project).map(|project| project.visibility),
            (None, Some(cluster)) => self.world.clusters.get(&cluster).map(|cluster| cluster.visibility),
            (None, None) => None,
        };
        visibility == Some(Visibility::Members)
    }

    /// The project role that makes the subject's effective role, in each case.
    fn outlast_project_role(&self, project: Id, end: End) -> Passed {
        for case in present(&self.subject.grants_in(project), self.question.time) {
            if let Some((_, maker)) = self.subject.made_standing(project, &case) {
                must_last(end, maker.end(&self.subject, project, &case))?;
            }
        }
        Ok(())
    }

    /// The overrides that make the subject's level, in each case, where more is given than the level without them.
    fn outlast_override(&self, cluster: Id, end: End) -> Passed {
        let given = match self.action {
            Action::SetClusterAccess { to: Some(grant) } => grant.value(),
            _ => ClusterAccess::Deploy,
        };
        for case in present(&self.subject.grants_on(cluster), self.question.time) {
            if let Some((maker, without)) = self.subject.made_level(cluster, &case)
                && !without.is_at_least(given)
            {
                must_last(end, maker)?;
            }
        }
        Ok(())
    }
}
