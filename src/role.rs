//! Roles: a lattice, not a chain.

use core::cmp::Ordering;

use crate::names::names;

names! {
    /// What a member is in an organization: exactly one role each.
    ///
    /// Roles form a lattice. An Owner includes an Admin, who includes a Developer, who includes a Viewer; an Admin
    /// includes Billing too, but Billing stands beside Developer and Viewer: none of them includes it, and it includes
    /// none of them. So there is no `Ord`, and [`PartialOrd`] answers `None` for incomparable roles: `role >=
    /// Role::Viewer` is false for Billing, as it should be.
    ///
    /// Source: the role hierarchy, "except Billing, which is a separate track".
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::Role;
    ///
    /// assert!(Role::Admin.includes(Role::Developer));
    /// assert!(Role::Admin.includes(Role::Billing));
    /// assert!(!Role::Billing.includes(Role::Viewer));
    /// assert_eq!(Role::Billing.partial_cmp(&Role::Viewer), None);
    /// ```
    pub enum Role: "role" {
        /// Full control of the organization; never lowered by a cluster override.
        Owner = "owner",
        /// Day-to-day operations, up to but not including Owners.
        Admin = "admin",
        /// Deploys applications.
        Developer = "developer",
        /// Invoices and payment, and nothing that runs.
        Billing = "billing",
        /// Reads projects, clusters and deployments.
        Viewer = "viewer",
    }
}

impl Role {
    /// Whether this role may do whatever `other` may: reflexive, transitive, and false for incomparable roles.
    #[must_use]
    #[inline]
    pub const fn includes(self, other: Self) -> bool {
        self.included().has(other)
    }

    /// Whether a role in a project counts in place of this one.
    #[inline]
    pub(crate) const fn yields_to_project_roles(self) -> bool {
        match self {
            Self::Owner | Self::Admin | Self::Billing => false,
            Self::Developer | Self::Viewer => true,
        }
    }

    /// The roles that this one includes.
    const fn included(self) -> RoleSet {
        match self {
            Self::Owner => RoleSet::of(&[Self::Owner, Self::Admin, Self::Developer, Self::Billing, Self::Viewer]),
            Self::Admin => RoleSet::of(&[Self::Admin, Self::Developer, Self::Billing, Self::Viewer]),
            Self::Developer => RoleSet::of(&[Self::Developer, Self::Viewer]),
            Self::Billing => RoleSet::of(&[Self::Billing]),
            Self::Viewer => RoleSet::of(&[Self::Viewer]),
        }
    }
}

impl PartialOrd for Role {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self.includes(*other), other.includes(*self)) {
            (true, true) => Some(Ordering::Equal),
            (true, false) => Some(Ordering::Greater),
            (false, true) => Some(Ordering::Less),
            (false, false) => None,
        }
    }
}

/// A set of roles, one bit each.
#[derive(Clone, Copy)]
struct RoleSet(u8);

impl RoleSet {
    const fn of(roles: &[Role]) -> Self {
        let mut bits = 0;
        let mut rest = roles;
        while let [role, others @ ..] = rest {
            bits |= 1 << role.index();
            rest = others;
        }
        Self(bits)
    }

    const fn has(self, role: Role) -> bool {
        self.0 & (1 << role.index()) != 0
    }
}

names! {
    /// What a member is in one project, in place of the organization role: up or down.
    ///
    /// It counts for Developers and Viewers only. An Owner or Admin keeps the organization role everywhere, and a
    /// Billing member gains nothing from a project role.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{ProjectRole, Role};
    ///
    /// assert_eq!(ProjectRole::Admin.role(), Role::Admin);
    /// assert!("owner".parse::<ProjectRole>().is_err());
    /// ```
    pub enum ProjectRole: "project role" {
        /// Manages the project and its environments.
        Admin = "admin",
        /// Deploys in the project.
        Developer = "developer",
        /// Reads the project.
        Viewer = "viewer",
    }
}

impl ProjectRole {
    /// The role that this one stands for inside the project.
    #[must_use]
    #[inline]
    pub const fn role(self) -> Role {
        match self {
            Self::Admin => Role::Admin,
            Self::Developer => Role::Developer,
            Self::Viewer => Role::Viewer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn includes_is_a_partial_order() {
        for a in Role::ALL {
            assert!(a.includes(a));
            for b in Role::ALL {
                assert!(a == b || !(a.includes(b) && b.includes(a)), "{a} and {b}");
                for c in Role::ALL {
                    assert!(!(a.includes(b) && b.includes(c)) || a.includes(c), "{a}, {b}, {c}");
                }
            }
        }
    }

    #[test]
    fn billing_is_incomparable_with_developer_and_viewer() {
        for other in [Role::Developer, Role::Viewer] {
            assert_eq!(Role::Billing.partial_cmp(&other), None);
            assert_eq!(other.partial_cmp(&Role::Billing), None);
        }
        assert!(Role::Admin > Role::Billing);
    }
}
