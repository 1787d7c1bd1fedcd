//! Levels of access to a cluster.

use crate::model::names::names;

names! {
    /// A member's access to one cluster. Each level includes those before it.
    ///
    /// A role gives a default ([`ClusterAccess::default_of`]). Access that is set for one member and one cluster
    /// *overrides* the default, up or down, but gives no more than the role's ceiling ([`ClusterAccess::ceiling_of`]). It
    /// has no effect on an Owner, who can manage every cluster.
    ///
    /// The rule is in the guide: [cluster access](crate::_guide::policy#cluster-access).
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
        /// No access: the cluster is hidden from the member.
        None = "none",
        /// View the cluster, and the deployments, logs and metrics on it.
        View = "view",
        /// Also deploy to the cluster and restart what runs on it.
        Deploy = "deploy",
        /// Also manage the cluster's nodes, network and storage, and disconnect it.
        Manage = "manage",
    }
}
