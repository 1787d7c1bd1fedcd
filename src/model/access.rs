//! Levels of access to a cluster: what a role gives by default, and how far an override may raise it.

use crate::model::names::names;

names! {
    /// What a member may do on one cluster. A level includes those below it.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{ClusterAccess, Role};
    ///
    /// assert!(ClusterAccess::Deploy > ClusterAccess::View);
    /// assert_eq!(ClusterAccess::default_of(Role::Developer), ClusterAccess::Deploy);
    /// assert_eq!(ClusterAccess::ceiling_of(Role::Developer), ClusterAccess::Manage);
    /// assert_eq!(ClusterAccess::ceiling_of(Role::Billing), ClusterAccess::None);
    /// ```
    #[derive(PartialOrd, Ord)]
    pub enum ClusterAccess: "cluster level" {
        /// Shut out.
        None = "none",
        /// Deployments, logs and metrics, read only.
        View = "view",
        /// Deploy and restart as well.
        Deploy = "deploy",
        /// Nodes, network, storage and names as well.
        Manage = "manage",
    }
}
