//! Facts as the policy reads them, wherever they are stored: `Copy` handles with what is read of each.
//!
//! Judging, explaining and listing name no fact by reference, so that a store may keep facts in a form of its own.

mod deployment;
mod grants;
mod member;
mod place;
mod question;
#[cfg(feature = "directory")]
mod stored;

#[cfg(feature = "directory")]
pub(crate) use deployment::LookUpApprovals;
pub(crate) use deployment::{ApprovalFact, ApprovalSource, DeploymentFact};
pub(crate) use grants::{GrantsFact, RoleFact, TeamFact};
pub(crate) use member::{AccountFact, MembershipFact};
pub(crate) use place::{ClusterFact, EnvironmentFact, OrganizationFact, ProjectFact};
#[cfg(feature = "directory")]
pub(crate) use question::NewEnvironmentFact;
pub(crate) use question::{ResourceFact, SubjectFact};
#[cfg(feature = "directory")]
pub(crate) use stored::{StoredAccount, StoredTeam};

/// Declares the handle of a kind of fact.
macro_rules! handle {
    ($(#[$docs:meta])* $name:ident of $fact:ident) => {
        $(#[$docs])*
        #[derive(PartialEq, Eq, Hash)]
        pub(crate) struct $name<'a, Id>(&'a $fact<Id>);

        crate::model::names::copy!($name);

        impl<Id: core::fmt::Debug> core::fmt::Debug for $name<'_, Id> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl<'a, Id> $name<'a, Id> {
            #[inline]
            pub(crate) const fn of(fact: &'a $fact<Id>) -> Self {
                Self(fact)
            }
        }

        impl<'a, Id> From<&'a $fact<Id>> for $name<'a, Id> {
            #[inline]
            fn from(fact: &'a $fact<Id>) -> Self {
                Self::of(fact)
            }
        }
    };
}
use handle;

/// Items of a model fact.
#[cfg(feature = "directory")]
const fn model<M, S>(items: M) -> stored::Either<M, S> {
    stored::Either::Model(items)
}

#[cfg(not(feature = "directory"))]
const fn model<M>(items: M) -> M {
    items
}
