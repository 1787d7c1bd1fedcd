//! The kit's oracle, asked about numbers.

use shipgate::model::ApprovalId;
use shipgate::{ClusterAccess, ResourceId};

pub(crate) use crate::testing::oracle::facts::{
    Account, Cluster, CustomRole, Environment, Given, Membership, Project, Team,
};
pub(crate) use crate::testing::oracle::protection::loosens;
pub(crate) use crate::testing::oracle::roles::{Height, includes};
pub(crate) use crate::testing::oracle::{Id, World, row};

pub(crate) type Question = shipgate::directory::Question<Id>;
pub(crate) type Resource = ResourceId<Id>;
pub(crate) type Approval = ApprovalId<Id>;
pub(crate) type Token = shipgate::Token<Id>;

/// A level includes those below it.
pub(crate) fn higher_or_equal(a: ClusterAccess, b: ClusterAccess) -> bool {
    a.is_at_least(b)
}

impl<T> Given<T> {
    pub(crate) fn for_good(what: T) -> Self {
        Self { what, until: None }
    }
}
