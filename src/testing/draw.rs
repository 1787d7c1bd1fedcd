//! Rows and questions, drawn from a source of choices: a seed, or bytes. Ids, times and counts are drawn from a handful, so that
//! those of different kinds and organizations meet.

#[path = "draw/world.rs"]
mod world;

use std::collections::BTreeSet;
use std::string::String;

use shipgate::directory::Question;
use shipgate::model::{
    ApprovalFrom, ApprovalId, ApprovalRule, Bypass, Parameter, ParameterKind, ProtectionLevel, ResourceKind,
    SelfApproval,
};
use shipgate::{
    AccountKind, Action, ActionKind, ActionSet, AnyRole, ClusterAccess, Grant, ProjectRole, Protection, ResourceId,
    Role, Time, Token,
};

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

    /// One of a few times, or the first or the last that can be written.
    pub(crate) fn time(&mut self) -> Time {
        const FIRST: i64 = -62_167_219_200_000;
        const LAST: i64 = 253_402_300_799_999;
        Time::from_millis(self.one_of(&[0, 1, 2, 3, FIRST, LAST], 0))
    }

    /// A present time, if it is known: now and then the first or the last that there is.
    pub(crate) fn now(&mut self) -> Option<Time> {
        match self.up_to(15) {
            0 => Some(Time::MIN),
            1 => Some(Time::MAX),
            2..6 => None,
            _ => Some(self.time()),
        }
    }

    fn expiry(&mut self) -> Option<Time> {
        self.once_in(6, Self::time)
    }

    pub(crate) fn role(&mut self) -> Role {
        self.one_of(&Role::ALL, Role::Viewer)
    }

    /// Mostly a built-in role; one role in four is custom, if there is one of this id.
    pub(crate) fn any_role(&mut self) -> AnyRole<Id> {
        match self.once_in(4, Self::id) {
            Some(id) => AnyRole::Custom(id),
            None => AnyRole::BuiltIn(self.role()),
        }
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
            let bypass = draw.one_of(&Bypass::ALL, Bypass::None);
            rule.with_count(count).unwrap_or(rule).with_self_approval(self_approval).with_bypass(bypass)
        });
        let ruled = Protection::new(level, rule);
        ruled.or_else(|_| Protection::new(level, None)).unwrap_or(Protection::NONE)
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
        if self.source.once_in(8) {
            token = token.named("ci");
        }
        match self.once_in(4, Self::time) {
            Some(expiry) => token.until(expiry),
            None => token,
        }
    }

    fn ids(&mut self) -> BTreeSet<Id> {
        self.map(4, |_| ()).into_keys().collect()
    }

    /// Mostly none.
    pub(crate) fn release(&mut self) -> Option<String> {
        self.once_in(3, |draw| String::from(draw.one_of(&["v1", "v2"], "v1")))
    }

    fn approval(&mut self) -> ApprovalId<Id> {
        ApprovalId {
            by: self.id(),
            release: self.release(),
            cluster: self.once_in(4, Self::id),
            expires_at: self.once_in(4, Self::time),
        }
    }

    pub(crate) fn deployment(&mut self) -> ResourceId<Id> {
        ResourceId::Deployment {
            environment: self.id(),
            requested_by: self.id(),
            on_behalf_of: self.once_in(4, Self::id),
            release: self.release(),
            approvals: (0..self.up_to(4)).map(|_| self.approval()).collect(),
        }
    }

    pub(crate) fn resource(&mut self) -> ResourceId<Id> {
        match self.up_to(14) {
            0 => ResourceId::Organization(self.organization()),
            1 => ResourceId::Member { organization: self.organization(), account: self.id() },
            2 => ResourceId::Role(self.id()),
            3 => ResourceId::Team(self.id()),
            4 => ResourceId::TeamMember { team: self.id(), account: self.id() },
            5 => ResourceId::Project(self.id()),
            6 => ResourceId::ProjectMember { project: self.id(), account: self.id() },
            7 => ResourceId::ProjectTeam { project: self.id(), team: self.id() },
            8 => ResourceId::Environment(self.id()),
            9 => ResourceId::NewEnvironment {
                id: self.id(),
                project: self.id(),
                cluster: self.id(),
                protection: self.protection(),
            },
            10 => ResourceId::Placement { environment: self.id(), to: self.id() },
            11 => ResourceId::Cluster(self.id()),
            12 => ResourceId::ClusterMember { cluster: self.id(), account: self.id() },
            13 => ResourceId::ClusterTeam { cluster: self.id(), team: self.id() },
            _ => self.deployment(),
        }
    }

    /// An action, mostly one that applies to this kind of resource.
    pub(crate) fn action(&mut self, on: ResourceKind) -> Action<Id> {
        let mut kinds = ActionKind::ALL.to_vec();
        if !self.source.once_in(16) {
            kinds.retain(|kind| row(*kind, on).is_some());
        }
        let kind = self.one_of(&kinds, ActionKind::View);
        // Now and then an update of another kind of resource.
        let on = self.once_in(16, |draw| draw.one_of(&ResourceKind::ALL, on)).unwrap_or(on);
        self.with_parameter(kind, on)
    }

    /// An action of this kind, with some parameter that it takes on this kind of resource.
    pub(crate) fn with_parameter(&mut self, kind: ActionKind, on: ResourceKind) -> Action<Id> {
        let parameter = match kind.parameter(on) {
            ParameterKind::None => Parameter::None,
            ParameterKind::Invitation => {
                Parameter::Invitation { role: self.any_role(), expires_at: self.once_in(2, Self::time) }
            }
            ParameterKind::Role => Parameter::Role(self.any_role()),
            ParameterKind::Definition => self.definition().map_or(Parameter::None, Parameter::Definition),
            ParameterKind::Permissions => self.permissions().map_or(Parameter::None, Parameter::Permissions),
            ParameterKind::Visibility => Parameter::Visibility(self.once_in(2, Self::visibility)),
            ParameterKind::Expiry => Parameter::Expiry(self.once_in(2, Self::time)),
            ParameterKind::ProjectRole => Parameter::ProjectRole(self.once_in(2, Self::project_role)),
            ParameterKind::ClusterAccess => Parameter::ClusterAccess(self.once_in(2, Self::access)),
            ParameterKind::Protection => Parameter::Protection(self.protection()),
        };
        kind.with(on, parameter).unwrap_or(Action::View)
    }

    pub(crate) fn question(&mut self) -> Question<Id> {
        let resource = self.resource();
        let account = self.id();
        let kind = self.once_in(16, |draw| draw.one_of(&AccountKind::ALL, AccountKind::User));
        let token = self.once_in(4, Self::token);
        let service_token = self.once_in(16, Self::token);
        let time = self.now();
        let action = self.action(resource.kind());
        Question { account, kind, token, service_token, time, action, resource }
    }
}
