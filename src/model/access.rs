//! Levels of access to a cluster: what a role gives by default, and how far an override may raise it.

use crate::model::names::names;

names! {
    /// What a member may do on one cluster. A level includes those below it.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{Level, Role};
    ///
    /// assert!(Level::Deploy > Level::View);
    /// assert_eq!(Level::default_of(Role::Developer), Level::Deploy);
    /// assert_eq!(Level::ceiling_of(Role::Developer), Level::Manage);
    /// assert_eq!(Level::ceiling_of(Role::Billing), Level::None);
    /// ```
    #[derive(PartialOrd, Ord)]
    pub enum Level: "cluster level" {
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
