//! Rows and questions, drawn from a source of choices: a seed, or bytes. Ids, times and counts are drawn from a handful, so that
//! those of different kinds and organizations meet.

use std::collections::{BTreeMap, BTreeSet};

use shipgate::directory::{Question, Rows};
use shipgate::model::{
    ApprovalFrom, ApprovalId, ApprovalRule, Parameter, ParameterKind, ProtectionLevel, ResourceKind, SelfApproval,
};
use shipgate::{
    AccountKind, Action, ActionKind, ActionSet, ClusterAccess, Grant, ProjectRole, Protection, ResourceId, Role, Time,
    Token, Visibility,
};

use super::oracle::facts::{Account, Cluster, Environment, Given, Membership, Project, World};
use super::oracle::{Id, row};

/// Where choices come from.
pub(crate) trait Source {
    /// A number below `bound`; 0 if there is none.
    fn below(&mut self, bound: usize) -> usize;

    /// One of these; `None` if there are none.
    fn choose<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.below(all.len()))
    }

    /// A number from `least` to `most`.
    fn between(&mut self, least: usize, most: usize) -> usize {
        least.saturating_add(self.below(most.saturating_sub(least).saturating_add(1)))
    }

    /// True once in `times`.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times).saturating_add(1) == times
    }
}

impl<S: Source> Source for &mut S {
    fn below(&mut self, bound: usize) -> usize {
        (**self).below(bound)
    }
}

/// Bytes that are used up, one for each choice; after the last there are zeros.
#[derive(Clone, Debug)]
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl Source for Bytes<'_> {
    fn below(&mut self, bound: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(*first).checked_rem(bound).unwrap_or(0)
    }
}

/// Draws from a source.
#[derive(Clone, Debug)]
pub(crate) struct Draw<S> {
    pub(crate) source: S,
    /// The highest id that is drawn.
    pub(crate) highest: usize,
}

/// The organizations that there are: a question may name one more.
const ORGANIZATIONS: Id = 3;
/// The ids that a fact of any other kind may have.
const IDS: Id = 4;

impl<S: Source> Draw<S> {
    pub(crate) const fn new(source: S) -> Self {
        Self { source, highest: 3 }
    }

    pub(crate) fn one_of<T: Copy>(&mut self, values: &[T], default: T) -> T {
        self.source.choose(values).copied().unwrap_or(default)
    }

    /// A number from 0 to `most`.
    pub(crate) fn up_to(&mut self, most: usize) -> usize {
        self.source.between(0, most)
    }

    /// Draws something once in `times` calls.
    pub(crate) fn once_in<T>(&mut self, times: usize, draw: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.source.once_in(times).then(|| draw(self))
    }

    pub(crate) fn id(&mut self) -> Id {
        Id::try_from(self.up_to(self.highest)).unwrap_or(0)
    }

    /// Mostly the first organization.
    fn organization(&mut self) -> Id {
        self.one_of(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2], 0)
    }

    pub(crate) fn time(&mut self) -> Time {
        Time::from_millis(self.one_of(&[0, 1, 2, 3, i64::MIN, i64::MAX], 0))
    }

    fn expiry(&mut self) -> Option<Time> {
        self.once_in(6, Self::time)
    }

    pub(crate) fn role(&mut self) -> Role {
        self.one_of(&Role::ALL, Role::Viewer)
    }

    pub(crate) fn grant<T: Copy>(&mut self, values: &[T], default: T) -> Grant<T> {
        let given = self.given(values, default);
        Grant::expiring(given.what, given.until)
    }

    pub(crate) fn access(&mut self) -> Grant<ClusterAccess> {
        self.grant(&ClusterAccess::ALL, ClusterAccess::None)
    }

    pub(crate) fn project_role(&mut self) -> Grant<ProjectRole> {
        self.grant(&ProjectRole::ALL, ProjectRole::Viewer)
    }

    /// A level, with a rule if it may have that.
    pub(crate) fn protection(&mut self) -> Protection {
        let level = self.one_of(&ProtectionLevel::ALL, ProtectionLevel::None);
        let rule = self.once_in(2, |draw| {
            let rule = ApprovalRule::new(draw.one_of(&ApprovalFrom::ALL, ApprovalFrom::Admin));
            let count = u8::try_from(draw.up_to(2).saturating_add(1)).unwrap_or(1);
            let self_approval = draw.one_of(&SelfApproval::ALL, SelfApproval::Forbidden);
            rule.with_count(count).unwrap_or(rule).with_self_approval(self_approval)
        });
        let ruled = Protection::new(level, rule);
        ruled.or_else(|_| Protection::new(level, None)).unwrap_or(Protection::NONE)
    }

    /// The facts of the first few ids; one in eight is not there.
    fn facts<T>(&mut self, mut draw: impl FnMut(&mut Self) -> T) -> BTreeMap<Id, T> {
        let mut facts = BTreeMap::new();
        for id in 0..IDS {
            if self.up_to(7) < 7 {
                facts.insert(id, draw(self));
            }
        }
        facts
    }

    fn map<T>(&mut self, most: usize, mut draw: impl FnMut(&mut Self) -> T) -> BTreeMap<Id, T> {
        (0..self.up_to(most)).map(|_| (self.id(), draw(self))).collect()
    }

    /// Rows that load, with few ids.
    pub(crate) fn rows(&mut self) -> Rows<Id> {
        self.world().rows()
    }

    /// Facts with few ids. Among them are some that a directory rejects, and that change no answer.
    pub(crate) fn world(&mut self) -> World {
        let accounts = self.facts(Self::account);
        let projects = self.facts(|draw| Project {
            organization: draw.organization(),
            visibility: draw.one_of(&Visibility::ALL, Visibility::Organization),
        });
        let clusters = self.facts(|draw| Cluster { organization: draw.organization() });
        let environments =
            self.facts(|draw| Environment { project: draw.id(), cluster: draw.id(), protection: draw.protection() });
        let organizations = (0..ORGANIZATIONS).collect();
        World { organizations, accounts, projects, clusters, environments, ..World::default() }
    }

    fn account(&mut self) -> Account {
        let kind = self.one_of(&[AccountKind::User, AccountKind::User, AccountKind::Service], AccountKind::User);
        let mut memberships = BTreeMap::from([(0, self.membership())]);
        if let Some((organization, membership)) = self.once_in(4, |draw| (draw.organization(), draw.membership())) {
            memberships.insert(organization, membership);
        }
        if self.source.once_in(8) {
            memberships.remove(&0);
        }
        Account { kind, memberships }
    }

    fn membership(&mut self) -> Membership {
        Membership {
            role: self.given(&Role::ALL, Role::Viewer),
            overrides: self.map(2, |draw| draw.given(&ClusterAccess::ALL, ClusterAccess::None)),
            project_roles: self.map(2, |draw| draw.given(&ProjectRole::ALL, ProjectRole::Viewer)),
        }
    }

    fn given<T: Copy>(&mut self, values: &[T], default: T) -> Given<T> {
        Given { what: self.one_of(values, default), until: self.expiry() }
    }

    pub(crate) fn token(&mut self) -> Token<Id> {
        let mut actions = ActionKind::ALL.to_vec();
        if let Some(kept) = self.once_in(3, |draw| draw.source.below(256)) {
            actions.retain(|action| action.index() % 8 == kept % 8);
        }
        let mut token = Token::new(actions.into_iter().collect::<ActionSet>());
        if let Some(ids) = self.once_in(4, Self::ids) {
            token = token.for_organizations(ids);
        }
        if let Some(ids) = self.once_in(4, Self::ids) {
            token = token.for_projects(ids);
        }
        if let Some(ids) = self.once_in(4, Self::ids) {
            token = token.for_environments(ids);
        }
        if let Some(ids) = self.once_in(4, Self::ids) {
            token = token.for_clusters(ids);
        }
        match self.once_in(4, Self::time) {
            Some(expiry) => token.until(expiry),
            None => token,
        }
    }

    fn ids(&mut self) -> BTreeSet<Id> {
        self.map(4, |_| ()).into_keys().collect()
    }

    fn approval(&mut self) -> ApprovalId<Id> {
        ApprovalId { by: self.id(), expires_at: self.once_in(4, Self::time) }
    }

    pub(crate) fn deployment(&mut self) -> ResourceId<Id> {
        ResourceId::Deployment {
            environment: self.id(),
            requested_by: self.id(),
            approvals: (0..self.up_to(4)).map(|_| self.approval()).collect(),
        }
    }

    pub(crate) fn resource(&mut self) -> ResourceId<Id> {
        match self.up_to(9) {
            0 => ResourceId::Organization(self.organization()),
            1 => ResourceId::Member { organization: self.organization(), account: self.id() },
            2 => ResourceId::Project(self.id()),
            3 => ResourceId::ProjectMember { project: self.id(), account: self.id() },
            4 => ResourceId::Environment(self.id()),
            5 => ResourceId::NewEnvironment {
                id: self.id(),
                project: self.id(),
                cluster: self.id(),
                protection: self.protection(),
            },
            6 => ResourceId::Placement { environment: self.id(), to: self.id() },
            7 => ResourceId::Cluster(self.id()),
            8 => ResourceId::ClusterMember { cluster: self.id(), account: self.id() },
            _ => self.deployment(),
        }
    }

    /// An action, mostly one that applies to this kind of resource.
    pub(crate) fn action(&mut self, on: ResourceKind) -> Action {
        let mut kinds = ActionKind::ALL.to_vec();
        if !self.source.once_in(16) {
            kinds.retain(|kind| row(*kind, on).is_some());
        }
        let kind = self.one_of(&kinds, ActionKind::View);
        self.with_parameter(kind)
    }

    /// An action of this kind, with some parameter.
    pub(crate) fn with_parameter(&mut self, kind: ActionKind) -> Action {
        let parameter = match kind.parameter() {
            ParameterKind::None => Parameter::None,
            ParameterKind::Role => Parameter::Role(self.role()),
            ParameterKind::Expiry => Parameter::Expiry(self.once_in(2, Self::time)),
            ParameterKind::ProjectRole => Parameter::ProjectRole(self.once_in(2, Self::project_role)),
            ParameterKind::ClusterAccess => Parameter::ClusterAccess(self.once_in(2, Self::access)),
            ParameterKind::Protection => Parameter::Protection(self.protection()),
        };
        kind.with(parameter).unwrap_or(Action::View)
    }

    pub(crate) fn question(&mut self) -> Question<Id> {
        let resource = self.resource();
        let account = self.id();
        let kind = self.once_in(16, |draw| draw.one_of(&AccountKind::ALL, AccountKind::User));
        let token = self.once_in(4, Self::token);
        let time = if self.source.once_in(4) { None } else { Some(self.time()) };
        let action = self.action(resource.kind());
        Question { account, kind, token, time, action, resource }
    }
}
