//! Worlds and questions, read from bytes: any bytes are some. Ids, times and counts are drawn from a handful, so that they
//! meet.

use std::collections::{BTreeMap, BTreeSet};

use shipgate::model::{ApprovalFrom, ApprovalRule, ProtectionLevel, SelfApproval};
use shipgate::{
    AccountKind, Action, ActionKind, ClusterAccess, Grant, ProjectRole, Protection, Role, Time, Visibility,
};

use crate::oracle::{
    Account, Approval, Cluster, Environment, Given, Id, Membership, Project, Question, Resource, Token, World, row,
};
use crate::world::holdable;

/// Bytes that are used up; after the last there are zeros.
pub(crate) struct Bytes<'a> {
    left: &'a [u8],
    /// The highest id that is drawn.
    highest: u8,
}

impl<'a> Bytes<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { left: bytes, highest: 3 }
    }

    /// The same bytes, from which ids as high as this are drawn.
    #[cfg(feature = "directory")]
    pub(crate) fn up_to_id(self, highest: u8) -> Self {
        Self { highest, ..self }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    fn next(&mut self) -> u8 {
        let Some((first, rest)) = self.left.split_first() else { return 0 };
        self.left = rest;
        *first
    }

    pub(super) fn one_of<T: Copy>(&mut self, values: &[T]) -> T {
        values[usize::from(self.next()) % values.len()]
    }

    pub(super) fn up_to(&mut self, most: u8) -> u8 {
        self.next() % (most + 1)
    }

    /// Something, once in so many times.
    pub(super) fn once_in<T>(&mut self, times: u8, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.next() % times == times - 1).then(|| read(self))
    }

    fn map<T>(&mut self, most: u8, mut read: impl FnMut(&mut Self) -> T) -> BTreeMap<Id, T> {
        (0..self.up_to(most)).map(|_| (self.id(), read(self))).collect()
    }

    /// The facts of the first few ids; one in eight is not there.
    fn facts<T>(&mut self, mut read: impl FnMut(&mut Self) -> T) -> BTreeMap<Id, T> {
        let mut facts = BTreeMap::new();
        for id in 0..4 {
            if self.up_to(7) < 7 {
                facts.insert(id, read(self));
            }
        }
        facts
    }

    pub(super) fn id(&mut self) -> Id {
        self.up_to(self.highest).into()
    }

    /// Mostly the first organization.
    fn organization(&mut self) -> Id {
        self.one_of(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2])
    }

    fn time(&mut self) -> Time {
        let times = [0, 1, 2, 3, i64::MIN, i64::MAX];
        Time::from_millis(self.one_of(&times))
    }

    fn given<T: Copy>(&mut self, values: &[T]) -> Given<T> {
        Given { what: self.one_of(values), until: self.once_in(6, Self::time) }
    }

    fn grant<T: Copy>(&mut self, values: &[T]) -> Grant<T> {
        let given = self.given(values);
        Grant::expiring(given.what, given.until)
    }

    pub(super) fn protection(&mut self) -> Protection {
        let level = self.one_of(&ProtectionLevel::ALL);
        let rule = self.once_in(2, |bytes| {
            ApprovalRule::new(bytes.one_of(&ApprovalFrom::ALL))
                .with_count(1 + bytes.up_to(2))
                .expect("a count from one")
                .with_self_approval(bytes.one_of(&SelfApproval::ALL))
        });
        let bare = Protection::new(level, None).expect("every level may stand alone");
        Protection::new(level, rule).unwrap_or(bare)
    }

    fn membership(&mut self) -> Membership {
        Membership {
            role: self.given(&Role::ALL),
            overrides: self.map(2, |bytes| bytes.given(&ClusterAccess::ALL)),
            project_roles: self.map(2, |bytes| bytes.given(&ProjectRole::ALL)),
        }
    }

    fn account(&mut self) -> Account {
        let kind = self.one_of(&[AccountKind::User, AccountKind::User, AccountKind::Service]);
        let mut memberships = BTreeMap::from([(0, self.membership())]);
        if let Some(elsewhere) = self.once_in(4, |bytes| (bytes.organization(), bytes.membership())) {
            memberships.extend([elsewhere]);
        }
        if self.once_in(8, |_| ()).is_some() {
            memberships.remove(&0);
        }
        Account { kind, memberships }
    }

    pub(crate) fn world(&mut self) -> World {
        holdable(World {
            organizations: (0..3).collect(),
            accounts: self.facts(Self::account),
            projects: self.facts(|bytes| Project {
                organization: bytes.organization(),
                visibility: bytes.one_of(&Visibility::ALL),
            }),
            clusters: self.facts(|bytes| Cluster { organization: bytes.organization() }),
            environments: self.facts(|bytes| Environment {
                project: bytes.id(),
                cluster: bytes.id(),
                protection: bytes.protection(),
            }),
        })
    }

    pub(super) fn token(&mut self) -> Token {
        let mut actions = ActionKind::ALL.to_vec();
        if let Some(kept) = self.once_in(3, Self::next) {
            actions.retain(|action| *action as u8 % 8 == kept % 8);
        }
        Token {
            actions,
            organizations: self.once_in(4, Self::ids),
            projects: self.once_in(4, Self::ids),
            environments: self.once_in(4, Self::ids),
            clusters: self.once_in(4, Self::ids),
            until: self.once_in(4, Self::time),
        }
    }

    fn ids(&mut self) -> BTreeSet<Id> {
        self.map(4, |_| ()).into_keys().collect()
    }

    fn approval(&mut self) -> Approval {
        Approval { by: self.id(), until: self.once_in(4, Self::time) }
    }

    fn resource(&mut self) -> Resource {
        match self.up_to(9) {
            0 => Resource::Organization(self.organization()),
            1 => Resource::Member { organization: self.organization(), account: self.id() },
            2 => Resource::Project(self.id()),
            3 => Resource::ProjectMember { project: self.id(), account: self.id() },
            4 => Resource::Environment(self.id()),
            5 => Resource::NewEnvironment {
                id: self.id(),
                project: self.id(),
                cluster: self.id(),
                protection: self.protection(),
            },
            6 => Resource::Placement { environment: self.id(), to: self.id() },
            7 => Resource::Cluster(self.id()),
            8 => Resource::ClusterMember { cluster: self.id(), account: self.id() },
            _ => Resource::Deployment {
                environment: self.id(),
                requested_by: self.id(),
                approvals: (0..self.up_to(4)).map(|_| self.approval()).collect(),
            },
        }
    }

    /// Mostly one that means something for the resource.
    fn action(&mut self, on: &Resource) -> Action {
        let mut names = ActionKind::ALL.to_vec();
        if self.once_in(16, |_| ()).is_none() {
            names.retain(|name| row(*name, on.kind()).is_some());
        }
        match self.one_of(&names) {
            ActionKind::View => Action::View,
            ActionKind::Update => Action::Update,
            ActionKind::Delete => Action::Delete,
            ActionKind::CreateProject => Action::CreateProject,
            ActionKind::ConnectCluster => Action::ConnectCluster,
            ActionKind::InviteMember => Action::InviteMember { role: self.one_of(&Role::ALL) },
            ActionKind::ViewInvoices => Action::ViewInvoices,
            ActionKind::ManageBilling => Action::ManageBilling,
            ActionKind::ViewAuditLog => Action::ViewAuditLog,
            ActionKind::ChangeRole => Action::ChangeRole { to: self.one_of(&Role::ALL) },
            ActionKind::SetExpiry => Action::SetExpiry { to: self.once_in(2, Self::time) },
            ActionKind::Remove => Action::Remove,
            ActionKind::TransferOwnership => Action::TransferOwnership,
            ActionKind::ManageBuilds => Action::ManageBuilds,
            ActionKind::ReadVariables => Action::ReadVariables,
            ActionKind::ReadSecrets => Action::ReadSecrets,
            ActionKind::WriteVariables => Action::WriteVariables,
            ActionKind::SetProjectRole => {
                Action::SetProjectRole { to: self.once_in(2, |bytes| bytes.grant(&ProjectRole::ALL)) }
            }
            ActionKind::Create => Action::Create,
            ActionKind::SetProtection => Action::SetProtection { to: self.protection() },
            ActionKind::Retarget => Action::Retarget,
            ActionKind::Restart => Action::Restart,
            ActionKind::Deploy => Action::Deploy,
            ActionKind::Approve => Action::Approve,
            ActionKind::Manage => Action::Manage,
            ActionKind::SetClusterAccess => {
                Action::SetClusterAccess { to: self.once_in(2, |bytes| bytes.grant(&ClusterAccess::ALL)) }
            }
        }
    }

    pub(crate) fn question(&mut self) -> Question {
        let resource = self.resource();
        Question {
            account: self.id(),
            kind: self.once_in(16, |bytes| bytes.one_of(&AccountKind::ALL)),
            token: self.once_in(4, Self::token),
            now: if self.once_in(4, |_| ()).is_some() { None } else { Some(self.time()) },
            action: self.action(&resource),
            resource,
        }
    }
}
