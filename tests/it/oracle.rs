//! The kit's oracle, asked about numbers.

use shipgate::ResourceId;
use shipgate::model::ApprovalId;

pub(crate) use crate::testing::oracle::facts::{Account, Cluster, Environment, Given, Membership, Project};
pub(crate) use crate::testing::oracle::protection::loosens;
pub(crate) use crate::testing::oracle::roles::{higher_or_equal, includes};
pub(crate) use crate::testing::oracle::{Id, World, row};

pub(crate) type Question = shipgate::directory::Question<Id>;
pub(crate) type Resource = ResourceId<Id>;
pub(crate) type Approval = ApprovalId<Id>;
pub(crate) type Token = shipgate::Token<Id>;
