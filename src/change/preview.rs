//! Previews: how a change would change decisions, without making it.

mod audience;
mod group;
mod members;
mod places;
mod question;
mod set;

use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::fmt::Display;
use core::hash::Hash;

use crate::change::Change;
use crate::change::apply::ApplyError;
use crate::change::error::ChangeError;
use crate::change::record::{Entry, Record};
use crate::directory::index::OrganizationIndex;
use crate::directory::set::Set;
use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::directory::version::Sharing;
use crate::model::action::{Action, ActionKind};
use crate::model::fact::{ResourceFact, RoleFact, SubjectFact};
use crate::model::resource::{ResourceId, ResourceKind, ResourceRef};
use crate::model::time::{Now, Time};
use crate::model::token::Token;
use crate::policy::decide::exposure_of;
use crate::policy::decision::{Decision, Exposure};
use crate::policy::requirement::Requirement;
use crate::query::values;
use audience::Audience;
pub use group::DecisionChanges;
use members::Members;
use places::{Asked, Spot};
use question::{Person, facts};

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
    /// let changes: Vec<_> = preview.changes().collect();
    /// assert_eq!(changes.len(), 1);
    /// assert_eq!((changes[0].account.as_str(), changes[0].action), ("victor", Action::View));
    /// assert_eq!(changes[0].before, Decision::Allow);
    /// assert!(matches!(changes[0].resource, ResourceId::Cluster(id) if id == "us-east"));
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
        let mut after = self.draft_of(&organization);
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
    /// assert!(preview.diff().all(|group| group.accounts().eq([&"olivia"]) && group.after().is_allowed()));
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
        let mut after = self.draft_of(&organization);
        after.apply(record)?;
        let subject = match record.time() {
            Some(time) => subject.at(time),
            None => *subject,
        };
        Ok(self.preview_of(organization, after, record.entries().to_vec(), &subject))
    }

    /// What the change is tried on: the next version where that shares what does not change, and otherwise a copy of one
    /// organization.
    fn draft_of(&self, organization: &Id) -> Self {
        match self.sharing {
            Sharing::Version => self.draft(),
            Sharing::Alone | Sharing::Draft => self.alone(organization),
        }
    }

    /// A draft with one organization of this directory.
    fn alone(&self, organization: &Id) -> Self {
        let mut alone = Self { sharing: Sharing::Draft, ..Self::new() };
        if let Some(stream) = self.streams.get::<Id>(organization) {
            alone.streams.set(stream.clone());
        }
        alone.copy_organization(self, organization);
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
            .account_fact(subject.id())
            .or_else(|| after.account_fact(subject.id()))
            .map(|account| account.id().clone());
        let (token, service_token) = (subject.token, subject.service_token);
        Preview { before: self, after, organization, entries, at: subject.now(), viewer, token, service_token }
    }
}

/// What a change would do: see [`Directory::preview`].
#[derive(Clone, Debug)]
pub struct Preview<'a, Id> {
    before: &'a Directory<Id>,
    /// Of the other organizations, it has what it shares with the first one, or nothing.
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
    /// Decisions that change alike come in groups. Each decision is in one group, and [`changes`](Self::changes) has them one by
    /// one. The iterator is lazy and only examines what the change affects: what it takes depends on how many roles, projects,
    /// clusters and grants there are, not on how many members and environments. Gifts are an exception: who may give a member
    /// a role or a later expiry depends on all grants of both, so where the change affects many members, and many who manage
    /// members have overrides, each pair of them is decided. These come last; the order of the groups is not specified otherwise.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::change::Change;
    /// use shipgate::{AccountKind, Action, Decision, Directory, Protection, Role, SubjectId, Visibility};
    ///
    /// let mut rows = Directory::<String>::builder();
    /// rows.organization("acme-corp".into())?;
    /// rows.member("acme-corp", "olivia".into(), AccountKind::User, Role::Owner, None)?;
    /// for developer in ["alice", "bob"] {
    ///     rows.member("acme-corp", developer.into(), AccountKind::User, Role::Developer, None)?;
    /// }
    /// rows.cluster("us-east".into(), "acme-corp", Visibility::Organization)?;
    /// rows.project("shop".into(), "acme-corp", Visibility::Organization)?;
    /// for environment in ["shop-dev", "shop-staging", "shop-production"] {
    ///     rows.environment(environment.into(), "shop", "us-east", environment, Protection::NONE)?;
    /// }
    /// let directory = rows.build();
    ///
    /// let hide = Change::update_project("shop", Some(Visibility::Members));
    /// let preview = directory.preview(&SubjectId::new("olivia"), hide)?;
    /// let deploy = preview.diff().find(|group| group.action() == Action::Deploy).expect("Developers lose it");
    /// assert_eq!((deploy.accounts().count(), deploy.resources().count(), deploy.count()), (2, 3, 6));
    /// assert_eq!(deploy.before(), Decision::Allow);
    /// assert!(deploy.changes().all(|change| change.account == "alice" || change.account == "bob"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn diff(&self) -> impl Iterator<Item = DecisionChanges<'_, Id>> {
        let people: Arc<[_]> = self.members().into_iter().map(|id| Person::of(id, self)).collect();
        let (touched, others) = self.resources();
        let by_resource = self.places(touched, &people, Asked::Everyone);
        let by_account = self.places(others, &people, Asked::WhoDiffers);
        by_resource.chain(by_account).chain(Members::new(self, &people).changes())
    }

    /// The decisions of [`Self::diff`], one by one. The iterator is lazy. There can be very many: a thousand environments that
    /// are hidden from a thousand members are a million decisions for each action.
    pub fn changes(&self) -> impl Iterator<Item = DecisionChange<'_, Id>> {
        self.diff().flat_map(|group| group.changes())
    }

    /// The decisions about these resources that would change.
    fn places<'a>(
        &'a self,
        resources: Resources<'a, Id>,
        people: &Arc<[Person<'a, Id>]>,
        asked: Asked,
    ) -> impl Iterator<Item = DecisionChanges<'a, Id>> + use<'a, Id> {
        let is_asked = |person: &Person<'_, Id>| asked == Asked::Everyone || person.differs;
        let places: Vec<_> = (0..).zip(people.iter()).filter(|(_, it)| is_asked(it)).map(|(place, _)| place).collect();
        let resources = if places.is_empty() { Vec::new() } else { resources };
        let audience = (!resources.is_empty()).then(|| Audience::of(people, places, Now::new(self.at)));
        let spots = audience.as_ref().map(|audience| Spot::each(self, resources, audience)).unwrap_or_default();
        let people = Arc::clone(people);
        spots.into_iter().flat_map(move |spot| {
            let changes = audience.as_ref().map(|audience| spot.changes(self, &people, audience, asked));
            changes.unwrap_or_default()
        })
    }

    /// Whether the subject of the change may view a resource now or, if it does not exist now, after the change.
    fn is_shown(&self, resource: ResourceRef<'_, Id, Id>) -> bool {
        let [before, after] = self.both().map(|directory| facts(directory, resource));
        self.shows(before.is_some(), [before, after])
    }

    /// Whether the subject of the change may view a resource with these facts, if it exists now, and otherwise those.
    fn shows(&self, exists: bool, [before, after]: [Option<ResourceFact<'_, Id>>; 2]) -> bool {
        let Some(viewer) = &self.viewer else { return false };
        let (directory, resource) = if exists { (self.before, before) } else { (&self.after, after) };
        let (token, service_token) = (self.token, self.service_token);
        let subject = SubjectFact { account: directory.account_fact::<Id>(viewer), token, service_token, now: self.at };
        resource.is_some_and(|resource| exposure_of(subject, resource) == Exposure::Visible)
    }

    /// Every action that applies to a kind of resource, with values of its parameter.
    fn actions_on(&self, kind: ResourceKind) -> impl Iterator<Item = Action<&Id>> {
        let roles: Vec<&Id> = self.each(|index| &index.roles).into_iter().collect();
        let applicable = ActionKind::ALL.into_iter().filter(move |name| Requirement::for_action(*name, kind).is_some());
        applicable.flat_map(move |name| values(name, kind, &roles))
    }

    const fn both(&self) -> [&Directory<Id>; 2] {
        [self.before, &self.after]
    }

    fn organization_before_and_after(&self) -> [Option<&OrganizationIndex<Id>>; 2] {
        self.both().map(|directory| directory.index.organizations.get(&self.organization))
    }

    /// What the organization has before or after the change.
    fn each(&self, ids: fn(&OrganizationIndex<Id>) -> &Set<Id>) -> BTreeSet<&Id> {
        self.organization_before_and_after().into_iter().flatten().flat_map(ids).collect()
    }

    /// The members before or after the change.
    fn members(&self) -> BTreeSet<&Id> {
        let indexes = self.organization_before_and_after().into_iter().flatten();
        indexes.flat_map(|index| index.members.keys()).collect()
    }

    /// The resources but members whose facts would change, and the others, of those that are shown.
    fn resources(&self) -> (Resources<'_, Id>, Resources<'_, Id>) {
        let (before, after) = (self.before, &self.after);
        let organization = &self.organization;
        let definition = |directory: &Directory<Id>, id| directory.role_fact::<Id>(id).map(RoleFact::definition);
        let roles = self.each(|index| &index.roles);
        // Who may invite with a custom role depends on what the role is.
        let itself = before.organization_fact::<Id>(organization) != after.organization_fact::<Id>(organization)
            || roles.iter().any(|id| definition(before, id) != definition(after, id));

        let mut all: Vec<(ResourceRef<'_, Id, Id>, bool)> = [(ResourceId::Organization(organization), itself)].into();
        all.extend(
            roles.into_iter().map(|id| (ResourceId::Role(id), before.role_fact::<Id>(id) != after.role_fact::<Id>(id))),
        );
        let teams = self.each(|index| &index.teams).into_iter();
        all.extend(teams.map(|id| (ResourceId::Team(id), before.team_fact::<Id>(id) != after.team_fact::<Id>(id))));
        let projects = self.each(|index| &index.projects).into_iter();
        all.extend(
            projects.map(|id| (ResourceId::Project(id), before.project_fact::<Id>(id) != after.project_fact::<Id>(id))),
        );
        let clusters = self.each(|index| &index.clusters).into_iter();
        all.extend(
            clusters.map(|id| (ResourceId::Cluster(id), before.cluster_fact::<Id>(id) != after.cluster_fact::<Id>(id))),
        );
        let environments = self.each(|index| &index.environments).into_iter();
        all.extend(environments.map(|id| {
            (ResourceId::Environment(id), before.environment_fact::<Id>(id) != after.environment_fact::<Id>(id))
        }));

        all.retain(|(resource, _)| self.is_shown(*resource));
        let (touched, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, changed)| *changed);
        let ids = |resources: Vec<(_, _)>| resources.into_iter().map(|(id, _)| id).collect();
        (ids(touched), ids(others))
    }
}

type Resources<'a, Id> = Vec<ResourceRef<'a, Id, Id>>;
