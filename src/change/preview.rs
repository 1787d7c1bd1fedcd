//! Previews: how a change would change decisions, without making it.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::cmp::Ordering;
use core::fmt::Display;
use core::hash::Hash;

use crate::change::Change;
use crate::change::apply::ChangeError;
use crate::change::edit::Edit;
use crate::change::record::Entry;
use crate::directory::index::OrganizationIndex;
use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::model::account::Account;
use crate::model::action::{Action, ActionKind};
use crate::model::resource::{ResourceId, ResourceRef};
use crate::policy::decision::Decision;
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
    /// use shipgate::{Action, Decision, Directory, Grant, ClusterAccess, ResourceId, Role, SubjectId};
    /// use shipgate::change::Change;
    ///
    /// let mut rows = Directory::<String>::builder();
    /// rows.organization("acme-corp".into())?;
    /// rows.member("acme-corp", "olivia".into(), Role::Owner, None)?;
    /// rows.member("acme-corp", "victor".into(), Role::Viewer, None)?;
    /// rows.cluster("us-east".into(), "acme-corp")?;
    /// let directory = rows.build();
    ///
    /// let shut_out = Change::SetClusterAccess {
    ///     cluster: "us-east".to_string(),
    ///     account: "victor".to_string(),
    ///     to: Some(Grant::new(ClusterAccess::None)),
    /// };
    /// let preview = directory.preview(&SubjectId::new("olivia"), shut_out)?;
    /// let diff: Vec<_> = preview.diff().collect();
    /// assert_eq!(diff.len(), 1);
    /// assert_eq!((diff[0].account.as_str(), diff[0].action), ("victor", Action::View));
    /// assert_eq!(diff[0].before, Decision::Allow);
    /// assert!(matches!(diff[0].resource, ResourceId::Cluster(id) if id == "us-east"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn preview<Q>(&self, subject: &SubjectId<'_, Id, Q>, change: Change<Id>) -> Result<Preview<'_, Id>, ChangeError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let entry = self.authorize_and_plan(subject, change)?;
        let organization = self.organization_of(entry.edits());
        let mut after = Self::new();
        if let Some(organization) = &organization {
            after.copy_organization(self, organization, entry.edits());
        }
        after.apply_all(entry.edits());
        Ok(Preview { before: self, after, organization, entry })
    }

    /// The organization that the edits are about. A change is always about one.
    fn organization_of(&self, edits: &[Edit<Id>]) -> Option<Id> {
        edits.iter().find_map(|edit| match edit {
            Edit::Account { .. } => None,
            Edit::Organization { organization, .. }
            | Edit::Membership { organization, .. }
            | Edit::Role { organization, .. } => Some(organization.clone()),
            Edit::ClusterAccess { cluster, .. } => Some(self.cluster_state(cluster)?.organization),
            Edit::ProjectRole { project, .. } => Some(self.project_state(project)?.organization),
            Edit::Project { from, to, .. } => from.as_ref().or(to.as_ref()).map(|state| state.organization.clone()),
            Edit::Cluster { from, to, .. } => from.as_ref().or(to.as_ref()).map(|state| state.organization.clone()),
            Edit::Environment { from, to, .. } => {
                Some(self.project_state(&from.as_ref().or(to.as_ref())?.project)?.organization)
            }
        })
    }

    /// Copies one organization from another directory, and the accounts that the edits name.
    fn copy_organization(&mut self, from: &Self, organization: &Id, edits: &[Edit<Id>]) {
        let members = from.members_of::<Id>(organization).map(Account::id);
        let named = edits.iter().filter_map(|edit| match edit {
            Edit::Membership { account, .. } => Some(account),
            Edit::Account { .. }
            | Edit::Organization { .. }
            | Edit::Role { .. }
            | Edit::ClusterAccess { .. }
            | Edit::ProjectRole { .. }
            | Edit::Project { .. }
            | Edit::Cluster { .. }
            | Edit::Environment { .. } => None,
        });
        for account in members.chain(named) {
            if let Some(kind) = from.account_kind(account) {
                self.accounts.get_or_insert(Account::new(account.clone(), kind));
            }
        }
        self.undo(from.remove_organization(organization).iter());
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
}

/// A decision that a change would change.
#[derive(Clone, Copy, Debug)]
pub struct DecisionChange<'a, Id> {
    /// The account that asks.
    pub account: &'a Id,
    /// The action.
    pub action: Action,
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
    /// The decisions that would change between allowed, waiting for approval and denied.
    ///
    /// This covers every account that is a member before or after the change, without a token and at the time of the change;
    /// the organization and its members, projects, clusters and environments; and every action, with enough values of its
    /// parameter to show each difference. It leaves out resources that relate two of these, such as a member with regard to a
    /// cluster.
    ///
    /// The iterator is lazy and only examines what the change affects.
    pub fn diff(&self) -> impl Iterator<Item = DecisionChange<'_, Id>> {
        let (touched, others) = self.resources();
        let by_resource = touched.into_iter().flat_map(|resource| self.changes_about(resource));
        let by_subject = self.accounts().into_iter().flat_map(move |account| {
            let others = others.clone().into_iter();
            others.flat_map(move |resource| {
                actions_on(resource).filter_map(move |action| self.decision_change(account, action, resource))
            })
        });
        by_resource.chain(by_subject)
    }

    /// The decisions about a resource that would change, for every account.
    fn changes_about<'a>(&'a self, resource: ResourceRef<'a, Id, Id>) -> impl Iterator<Item = DecisionChange<'a, Id>> {
        let at = self.entry.at();
        actions_on(resource).flat_map(move |action| {
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
        action: Action,
        resource: ResourceRef<'a, Id, Id>,
    ) -> Option<DecisionChange<'a, Id>> {
        let subject = SubjectId::new(account).at_if(self.entry.at());
        let before = self.before.decide(&subject, action, resource);
        let after = self.after.decide(&subject, action, resource);
        (before.rank() != after.rank()).then_some(DecisionChange { account, action, resource, before, after })
    }

    fn organization_before_and_after(&self) -> [Option<&OrganizationIndex<Id>>; 2] {
        [self.before, &self.after].map(|directory| directory.index.organizations.get(self.organization.as_ref()?))
    }

    /// The accounts whose membership would change.
    fn accounts(&self) -> BTreeSet<&Id> {
        let Some(organization) = &self.organization else { return BTreeSet::new() };
        let indexes = self.organization_before_and_after();
        let members = indexes.into_iter().flatten().flat_map(|index| index.members.keys());
        members
            .filter(|id| self.before.membership(organization, id) != self.after.membership(organization, id))
            .collect()
    }

    /// The resources whose facts would change, and the others.
    fn resources(&self) -> (Resources<'_, Id>, Resources<'_, Id>) {
        let (before, after) = (self.before, &self.after);
        let mut all: Vec<(ResourceRef<'_, Id, Id>, bool)> = Vec::new();
        let Some(organization) = &self.organization else { return (Vec::new(), Vec::new()) };
        let itself = before.organization::<Id>(organization) != after.organization::<Id>(organization);
        all.push((ResourceId::Organization(organization), itself));

        let indexes = self.organization_before_and_after();
        let each = |ids: fn(&OrganizationIndex<Id>) -> &BTreeSet<Id>| {
            indexes.into_iter().flatten().flat_map(ids).collect::<BTreeSet<_>>()
        };
        let changed = self.accounts();
        let members: BTreeSet<_> = indexes.into_iter().flatten().flat_map(|index| index.members.keys()).collect();
        all.extend(
            members
                .into_iter()
                .map(|account| (ResourceId::Member { organization, account }, itself || changed.contains(account))),
        );
        all.extend(
            each(|index| &index.projects)
                .into_iter()
                .map(|id| (ResourceId::Project(id), before.project::<Id>(id) != after.project::<Id>(id))),
        );
        all.extend(
            each(|index| &index.clusters)
                .into_iter()
                .map(|id| (ResourceId::Cluster(id), before.cluster::<Id>(id) != after.cluster::<Id>(id))),
        );
        all.extend(
            each(|index| &index.environments)
                .into_iter()
                .map(|id| (ResourceId::Environment(id), before.environment::<Id>(id) != after.environment::<Id>(id))),
        );
        let (touched, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, changed)| *changed);
        let ids = |resources: Vec<(_, _)>| resources.into_iter().map(|(id, _)| id).collect();
        (ids(touched), ids(others))
    }
}

type Resources<'a, Id> = Vec<ResourceRef<'a, Id, Id>>;

/// Every action that applies to a resource of this kind, with values of its parameter.
fn actions_on<Id>(resource: ResourceRef<'_, Id, Id>) -> impl Iterator<Item = Action> + use<Id> {
    let kind = resource.kind();
    ActionKind::ALL.into_iter().filter(move |name| Requirement::for_action(*name, kind).is_some()).flat_map(values)
}
