//! Previews: how a change would change decisions, without making it.

use alloc::collections::BTreeSet;
use alloc::vec;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::cmp::Ordering;
use core::fmt::Display;
use core::hash::Hash;

use crate::change::Change;
use crate::change::apply::ApplyError;
use crate::change::edit::Removed;
use crate::change::error::ChangeError;
use crate::change::plan::removal::inverse;
use crate::change::record::{Entry, Record};
use crate::directory::index::OrganizationIndex;
use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::model::action::{Action, ActionKind};
use crate::model::custom_role::CustomRole;
use crate::model::resource::{ResourceId, ResourceRef};
use crate::model::time::Time;
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
        let (organization, entry) = self.authorize_and_plan(subject, change)?;
        let mut after = self.alone(&organization);
        after.apply_all(entry.edits());
        Ok(self.preview_of(organization, after, vec![entry], subject))
    }

    /// Shows what a proposed record would do, of a batch or a new organization for example, as far as the subject may see it.
    ///
    /// # Errors
    ///
    /// The errors of [`Directory::apply`].
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{AccountKind, Directory, SubjectId};
    ///
    /// let directory = Directory::<String>::new();
    /// let (acme, olivia) = ("acme-corp".to_owned(), "olivia".to_owned());
    /// let record = directory.propose_organization("record-1".into(), acme, olivia, AccountKind::User, None)?;
    /// let preview = directory.preview_record(&SubjectId::new("olivia"), &record)?;
    /// assert!(preview.diff().all(|diff| diff.account == "olivia" && diff.after.is_allowed()));
    /// assert!(preview.diff().count() > 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn preview_record<'a, Q>(
        &'a self,
        subject: &SubjectId<'a, Id, Q>,
        record: &Record<Id>,
    ) -> Result<Preview<'a, Id>, ApplyError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let organization = record.organization().clone();
        let mut after = self.alone(&organization);
        after.apply(record)?;
        let subject = match record.time() {
            Some(time) => subject.at(time),
            None => *subject,
        };
        Ok(self.preview_of(organization, after, record.entries().to_vec(), &subject))
    }

    /// A directory with one organization of this one.
    fn alone(&self, organization: &Id) -> Self {
        let mut alone = Self::new();
        // Adding everything again, from the outside in, copies the organization.
        alone.apply_all(&inverse(&self.rows_of_removal(organization, &Removed::Organization)));
        if let Some(stream) = self.streams.get::<Id>(organization) {
            alone.streams.set(stream.clone());
        }
        alone
    }

    fn preview_of<'a, Q>(
        &'a self,
        organization: Id,
        after: Self,
        entries: Vec<Entry<Id>>,
        subject: &SubjectId<'a, Id, Q>,
    ) -> Preview<'a, Id>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let viewer = self
            .accounts
            .get(subject.id())
            .or_else(|| after.accounts.get(subject.id()))
            .map(|account| account.id().clone());
        let (token, service_token) = (subject.token, subject.service_token);
        Preview { before: self, after, organization, entries, at: subject.now(), viewer, token, service_token }
    }
}

/// What a change would do: see [`Directory::preview`].
#[derive(Clone, Debug)]
pub struct Preview<'a, Id> {
    before: &'a Directory<Id>,
    /// Contains only the organization that would change.
    after: Directory<Id>,
    organization: Id,
    entries: Vec<Entry<Id>>,
    at: Option<Time>,
    /// Who sees the preview; `None` for an account without memberships before and after.
    viewer: Option<Id>,
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
    /// The changes and their edits, as they would be recorded.
    #[must_use]
    pub fn entries(&self) -> &[Entry<Id>] {
        &self.entries
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
        let at = self.at;
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
        let subject = SubjectId::new(account).at_if(self.at);
        let before = self.before.decide(&subject, action, resource);
        let after = self.after.decide(&subject, action, resource);
        (before.rank() != after.rank()).then_some(DecisionChange { account, action, resource, before, after })
    }

    /// Whether the subject of the change may view a resource now or, if it does not exist now, after the change.
    fn is_shown(&self, resource: ResourceRef<'_, Id, Id>) -> bool {
        let Some(viewer) = &self.viewer else { return false };
        let mut subject = SubjectId::new(viewer).at_if(self.at);
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
        [self.before, &self.after].map(|directory| directory.index.organizations.get(&self.organization))
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
        let organization = &self.organization;
        let differs = |id: &&Id| self.before.membership(organization, id) != self.after.membership(organization, id);
        self.members().into_iter().filter(differs).collect()
    }

    /// The resources whose facts would change, and the others, of those that are shown.
    fn resources(&self) -> (Resources<'_, Id>, Resources<'_, Id>) {
        let (before, after) = (self.before, &self.after);
        let organization = &self.organization;
        let definition = |directory: &Directory<Id>, id| directory.roles.get::<Id>(id).map(CustomRole::definition);
        let roles = self.each(|index| &index.roles);
        // Who may invite with a custom role, or give one to a member, depends on what the role is.
        let itself = before.organizations.get::<Id>(organization) != after.organizations.get::<Id>(organization)
            || roles.iter().any(|id| definition(before, id) != definition(after, id));
        let changed = self.accounts();
        let member = |account| ResourceId::Member { organization, account };

        let mut all: Vec<(ResourceRef<'_, Id, Id>, bool)> = [(ResourceId::Organization(organization), itself)].into();
        all.extend(self.members().into_iter().map(|id| (member(id), itself || changed.contains(id))));
        all.extend(
            roles.into_iter().map(|id| (ResourceId::Role(id), before.roles.get::<Id>(id) != after.roles.get::<Id>(id))),
        );
        let teams = self.each(|index| &index.teams).into_iter();
        all.extend(teams.map(|id| (ResourceId::Team(id), before.teams.get::<Id>(id) != after.teams.get::<Id>(id))));
        let projects = self.each(|index| &index.projects).into_iter();
        all.extend(
            projects.map(|id| (ResourceId::Project(id), before.projects.get::<Id>(id) != after.projects.get::<Id>(id))),
        );
        let clusters = self.each(|index| &index.clusters).into_iter();
        all.extend(
            clusters.map(|id| (ResourceId::Cluster(id), before.clusters.get::<Id>(id) != after.clusters.get::<Id>(id))),
        );
        let environments = self.each(|index| &index.environments).into_iter();
        all.extend(environments.map(|id| {
            (ResourceId::Environment(id), before.environments.get::<Id>(id) != after.environments.get::<Id>(id))
        }));

        all.retain(|(resource, _)| self.is_shown(*resource));
        let (touched, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, changed)| *changed);
        let ids = |resources: Vec<(_, _)>| resources.into_iter().map(|(id, _)| id).collect();
        (ids(touched), ids(others))
    }
}

type Resources<'a, Id> = Vec<ResourceRef<'a, Id, Id>>;
