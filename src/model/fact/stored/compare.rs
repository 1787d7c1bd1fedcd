//! Handles are equal if they show the same.

use core::hash::{Hash, Hasher};

use crate::model::fact::{AccountFact, GrantsFact, MembershipFact, TeamFact};

impl<Id: PartialEq> PartialEq for AccountFact<'_, Id> {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id() && self.kind() == other.kind() && self.memberships().eq(other.memberships())
    }
}

impl<Id: Eq> Eq for AccountFact<'_, Id> {}

impl<Id: Hash> Hash for AccountFact<'_, Id> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id().hash(state);
        self.kind().hash(state);
        self.memberships().for_each(|membership| membership.hash(state));
    }
}

impl<Id: PartialEq> PartialEq for MembershipFact<'_, Id> {
    fn eq(&self, other: &Self) -> bool {
        let shown = |membership: Self| (membership.rank(), membership.permissions(), membership.expires_at());
        self.organization() == other.organization()
            && self.role() == other.role()
            && shown(*self) == shown(*other)
            && self.cluster_accesses().eq(other.cluster_accesses())
            && self.project_roles().eq(other.project_roles())
            && self.team_grants().eq(other.team_grants())
    }
}

impl<Id: Eq> Eq for MembershipFact<'_, Id> {}

impl<Id: Hash> Hash for MembershipFact<'_, Id> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.organization().hash(state);
        self.role().hash(state);
        self.permissions().hash(state);
        self.expires_at().hash(state);
        self.cluster_accesses().for_each(|granted| granted.hash(state));
        self.project_roles().for_each(|granted| granted.hash(state));
        self.teams().for_each(|team| team.hash(state));
    }
}

impl<Id: PartialEq> PartialEq for GrantsFact<'_, Id> {
    fn eq(&self, other: &Self) -> bool {
        self.overrides().eq(other.overrides()) && self.project_roles().eq(other.project_roles())
    }
}

impl<Id: PartialEq> PartialEq for TeamFact<'_, Id> {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
            && self.organization() == other.organization()
            && self.members() == other.members()
            && self.grants() == other.grants()
    }
}

impl<Id: Eq> Eq for TeamFact<'_, Id> {}

impl<Id: Hash> Hash for TeamFact<'_, Id> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id().hash(state);
        self.organization().hash(state);
        self.members().hash(state);
        self.cluster_accesses().for_each(|granted| granted.hash(state));
        self.project_roles().for_each(|granted| granted.hash(state));
    }
}
