//! Previews: how a change would change decisions, without making it.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::cmp::Ordering;
use core::fmt::Display;
use core::hash::Hash;

use crate::change::Change;
use crate::change::edit::Edit;
use crate::change::error::ChangeError;
use crate::change::record::{Cause, Entry};
use crate::directory::index::OrganizationIndex;
use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::model::action::{Action, ActionKind};
use crate::model::custom_role::CustomRole;
use crate::model::resource::{ResourceId, ResourceRef};
use crate::model::token::Token;
use crate::policy::decision::{Decision, Exposure};
use crate::policy::requirement::Requirement;
use crate::query::values;

impl<Id: Hash + Ord + Clone + Display> Directory<Id> {
    /// Shows what a change would do, without making it.
    ///
    /// # Errors
    ///
    /// The errors of [`Directory::change`]: a change that would fail has no preview.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{
    ///     AccountKind, Action, ClusterAccess, Decision, Directory, Grant, Holder, ResourceId, Role, SubjectId, Visibility,
    /// };
    /// use shipgate::change::Change;
    ///
    /// let mut rows = Directory::<String>::builder();
    /// rows.organization("acme-corp".into())?;
    /// rows.member("acme-corp", "olivia".into(), AccountKind::User, Role::Owner, None)?;
    /// rows.member("acme-corp", "victor".into(), AccountKind::User, Role::Viewer, None)?;
    /// rows.cluster("us-east".into(), "acme-corp", Visibility::Organization)?;
    /// let directory = rows.build();
    ///
    /// let none = Some(Grant::new(ClusterAccess::None));
    /// let shut_out = Change::set_cluster_access("us-east", Holder::Account("victor"), none);
    /// let preview = directory.preview(&SubjectId::new("olivia"), shut_out)?;
    /// let diff: Vec<_> = preview.diff().collect();
    /// assert_eq!(diff.len(), 1);
    /// assert_eq!((diff[0].account.as_str(), diff[0].action), ("victor", Action::View));
    /// assert_eq!(diff[0].before, Decision::Allow);
    /// assert!(matches!(diff[0].resource, ResourceId::Cluster(id) if id == "us-east"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn preview<'a, Q>(
        &'a self,
        subject: &SubjectId<'a, Id, Q>,
        change: Change<Id>,
    ) -> Result<Preview<'a, Id>, ChangeError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let entry = self.authorize_and_plan(subject, change)?;
        let organization = self.organization_of(entry.edits());
        let mut after = Self::new();
        if let Some(organization) = &organization {
            // Adding everything again, from the outside in, copies the organization.
            let removal = self.remove_organization_edits(organization);
            let copy: Vec<_> = removal.iter().rev().map(Edit::inverse).collect();
            after.apply_all(&copy);
        }
        after.apply_all(entry.edits());
        let (token, service_token) = (subject.token, subject.service_token);
        Ok(Preview { before: self, after, organization, entry, token, service_token })
    }

    /// The organization that the edits are about. A change is always about one.
    fn organization_of(&self, edits: &[Edit<Id>]) -> Option<Id> {
        edits.iter().find_map(|edit| match edit {
            Edit::Organization { organization, .. } | Edit::Member { organization, .. } => Some(organization.clone()),
            Edit::Role { from, to, .. } => from.as_ref().or(to.as_ref()).map(|state| state.organization.clone()),
            Edit::Team { from, to, .. } => from.as_ref().or(to.as_ref()).map(|state| state.organization.clone()),
            Edit::TeamMember { team, .. } => Some(self.team_state(team)?.organization),
            Edit::ClusterAccess { cluster, .. } => Some(self.cluster_state(cluster)?.organization),
            Edit::ProjectRole { project, .. } => Some(self.project_state(project)?.organization),
            Edit::Project { from, to, .. } => from.as_ref().or(to.as_ref()).map(|state| state.organization.clone()),
            Edit::Cluster { from, to, .. } => from.as_ref().or(to.as_ref()).map(|state| state.organization.clone()),
            Edit::Environment { from, to, .. } => {
                Some(self.project_state(&from.as_ref().or(to.as_ref())?.project)?.organization)
            }
        })
    }
}

/// What a change would do: see [`Directory::preview`].
#[derive(Clone, Debug)]
pub struct Preview<'a, Id> {
    before: &'a Directory<Id>,
    /// Contains only the organization that would change.
    after: Directory<Id>,
    organization: Option<Id>,
    entry: Entry<Id>,
    token: Option<&'a Token<Id>>,
    service_token: Option<&'a Token<Id>>,
}

/// A decision that a change would change.
#[derive(Clone, Copy, Debug)]
pub struct DecisionChange<'a, Id> {
    /// The account that asks.
    pub account: &'a Id,
    /// The action.
    pub action: Action<&'a Id>,
    /// The resource.
    pub resource: ResourceRef<'a, Id, Id>,
    /// The decision now.
    pub before: Decision,
    /// The decision after the change.
    pub after: Decision,
}

impl<Id> Preview<'_, Id> {
    /// The change and its edits, as they would be recorded.
    #[must_use]
    pub const fn entry(&self) -> &Entry<Id> {
        &self.entry
    }
}

impl<Id: Hash + Ord> Preview<'_, Id> {
    /// The decisions that would change between allowed, waiting for approval and denied, as far as the subject of the change
    /// may see them: those about what the subject may view now or, if it does not exist now, after the change.
    ///
    /// This covers every account that is a member before or after the change, without a token and at the time of the change;
    /// the organization and its members, custom roles, teams, projects, clusters and environments; and every action, with
    /// enough values of its parameter to show each difference. It leaves out resources that relate two of these, such as a
    /// member with regard to a cluster.
    ///
    /// The iterator is lazy and only examines what the change affects.
    pub fn diff(&self) -> impl Iterator<Item = DecisionChange<'_, Id>> {
        let (touched, others) = self.resources();
        let by_resource = touched.into_iter().flat_map(|resource| self.changes_about(resource));
        let by_subject = self.accounts().into_iter().flat_map(move |account| {
            let others = others.clone().into_iter();
            others.flat_map(move |resource| {
                let actions = self.actions_on(resource);
                actions.filter_map(move |action| self.decision_change(account, action, resource))
            })
        });
        by_resource.chain(by_subject)
    }

    /// The decisions about a resource that would change, for every account.
    fn changes_about<'a>(&'a self, resource: ResourceRef<'a, Id, Id>) -> impl Iterator<Item = DecisionChange<'a, Id>> {
        let at = self.entry.at();
        self.actions_on(resource).flat_map(move |action| {
            let mut before = self.before.who_may(action, resource, at).peekable();
            let mut after = self.after.who_may(action, resource, at).peekable();
            core::iter::from_fn(move || {
                let order = match (before.peek(), after.peek()) {
                    (None, None) => return None,
                    (Some(_), None) => Ordering::Less,
                    (None, Some(_)) => Ordering::Greater,
                    (Some((before, _)), Some((after, _))) => before.cmp(after),
                };
                // An account that is denied before and after is in neither list, and its decision does not change.
                let item = if order.is_gt() { after.next() } else { before.next() };
                if order.is_eq() {
                    after.next();
                }
                item.map(|(account, _)| self.decision_change(account, action, resource))
            })
            .flatten()
        })
    }

    fn decision_change<'a>(
        &'a self,
        account: &'a Id,
        action: Action<&'a Id>,
        resource: ResourceRef<'a, Id, Id>,
    ) -> Option<DecisionChange<'a, Id>> {
        let subject = SubjectId::new(account).at_if(self.entry.at());
        let before = self.before.decide(&subject, action, resource);
        let after = self.after.decide(&subject, action, resource);
        (before.rank() != after.rank()).then_some(DecisionChange { account, action, resource, before, after })
    }

    /// Whether the subject of the change may view a resource now or, if it does not exist now, after the change.
    fn is_shown(&self, resource: ResourceRef<'_, Id, Id>) -> bool {
        let Cause::Change { by, .. } = self.entry.cause() else { return false };
        let mut subject = SubjectId::new(by).at_if(self.entry.at());
        (subject.token, subject.service_token) = (self.token, self.service_token);
        let exists = match resource {
            ResourceId::Member { organization, account } => self.before.membership(organization, account).is_some(),
            resource => self.before.with_resource([None, None], resource, |_| ()).is_some(),
        };
        let directory = if exists { self.before } else { &self.after };
        directory.exposure(&subject, resource) == Exposure::Visible
    }

    /// Every action that applies to a resource of this kind, with values of its parameter.
    fn actions_on<'a>(
        &'a self,
        resource: ResourceRef<'a, Id, Id>,
    ) -> impl Iterator<Item = Action<&'a Id>> + use<'a, Id> {
        let kind = resource.kind();
        let roles: Vec<&Id> = self.each(|index| &index.roles).into_iter().collect();
        let applicable = ActionKind::ALL.into_iter().filter(move |name| Requirement::for_action(*name, kind).is_some());
        applicable.flat_map(move |name| values(name, kind, &roles))
    }

    fn organization_before_and_after(&self) -> [Option<&OrganizationIndex<Id>>; 2] {
        [self.before, &self.after].map(|directory| directory.index.organizations.get(self.organization.as_ref()?))
    }

    /// What the organization has before or after the change.
    fn each(&self, ids: fn(&OrganizationIndex<Id>) -> &BTreeSet<Id>) -> BTreeSet<&Id> {
        self.organization_before_and_after().into_iter().flatten().flat_map(ids).collect()
    }

    /// The members before or after the change.
    fn members(&self) -> BTreeSet<&Id> {
        let indexes = self.organization_before_and_after().into_iter().flatten();
        indexes.flat_map(|index| index.members.keys()).collect()
    }

    /// The accounts whose membership would change.
    fn accounts(&self) -> BTreeSet<&Id> {
        let Some(organization) = &self.organization else { return BTreeSet::new() };
        let differs = |id: &&Id| self.before.membership(organization, id) != self.after.membership(organization, id);
        self.members().into_iter().filter(differs).collect()
    }

    /// The resources whose facts would change, and the others, of those that are shown.
    fn resources(&self) -> (Resources<'_, Id>, Resources<'_, Id>) {
        let (before, after) = (self.before, &self.after);
        let Some(organization) = &self.organization else { return (Vec::new(), Vec::new()) };
        let definition = |directory: &Directory<Id>, id| directory.roles.get::<Id>(id).map(CustomRole::definition);
        let roles = self.each(|index| &index.roles);
        // Who may invite with a custom role, or give one to a member, depends on what the role is.
        let itself = before.organization::<Id>(organization) != after.organization::<Id>(organization)
            || roles.iter().any(|id| definition(before, id) != definition(after, id));
        let changed = self.accounts();
        let member = |account| ResourceId::Member { organization, account };

        let mut all: Vec<(ResourceRef<'_, Id, Id>, bool)> = [(ResourceId::Organization(organization), itself)].into();
        all.extend(self.members().into_iter().map(|id| (member(id), itself || changed.contains(id))));
        all.extend(roles.into_iter().map(|id| (ResourceId::Role(id), before.role::<Id>(id) != after.role::<Id>(id))));
        let teams = self.each(|index| &index.teams).into_iter();
        all.extend(teams.map(|id| (ResourceId::Team(id), before.team::<Id>(id) != after.team::<Id>(id))));
        let projects = self.each(|index| &index.projects).into_iter();
        all.extend(projects.map(|id| (ResourceId::Project(id), before.project::<Id>(id) != after.project::<Id>(id))));
        let clusters = self.each(|index| &index.clusters).into_iter();
        all.extend(clusters.map(|id| (ResourceId::Cluster(id), before.cluster::<Id>(id) != after.cluster::<Id>(id))));
        let environments = self.each(|index| &index.environments).into_iter();
        all.extend(
            environments
                .map(|id| (ResourceId::Environment(id), before.environment::<Id>(id) != after.environment::<Id>(id))),
        );

        all.retain(|(resource, _)| self.is_shown(*resource));
        let (touched, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, changed)| *changed);
        let ids = |resources: Vec<(_, _)>| resources.into_iter().map(|(id, _)| id).collect();
        (ids(touched), ids(others))
    }
}

type Resources<'a, Id> = Vec<ResourceRef<'a, Id, Id>>;
