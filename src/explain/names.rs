//! The names that an explanation's text uses.

use alloc::string::{String, ToString};
use core::fmt::{self, Display};

use crate::model::escape::Escaped;

/// The names to use in an explanation's text.
///
/// Control characters are not escaped. Escape names that users have chosen before you pass them. Ids that the text takes from
/// the facts, of custom roles, teams, clusters of a project and tokens, are escaped and in quotes, unless you
/// [say otherwise](Names::writing_ids).
///
/// # Examples
///
/// ```
/// use shipgate::explain::{Names, explain};
/// use shipgate::{Account, Action, Cluster, Membership, Role};
///
/// let us_east = Cluster::new(20, 1);
/// let victor = Account::user(7).with(Membership::new(1, Role::Viewer))?;
///
/// let names = Names::new(&"victor", &"us-east").on(&"us-east");
/// assert_eq!(
///     explain(&victor, Action::Manage, &us_east).for_user(&names).to_string(),
///     "You have view on us-east, and need manage to manage us-east"
/// );
/// # Ok::<(), shipgate::model::AccountError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Names<'a> {
    pub(super) subject: &'a dyn Display,
    pub(super) resource: &'a dyn Display,
    pub(super) cluster: &'a dyn Display,
    pub(super) new_cluster: &'a dyn Display,
    pub(super) target: &'a dyn Display,
    write_id: Option<&'a dyn Fn(&str) -> String>,
}

impl<'a> Names<'a> {
    /// Names the subject, as the report calls it, and the resource. The rest is called `the cluster`, `the new cluster` and
    /// `that member`.
    #[must_use]
    pub fn new(subject: &'a dyn Display, resource: &'a dyn Display) -> Self {
        Self {
            subject,
            resource,
            cluster: &"the cluster",
            new_cluster: &"the new cluster",
            target: &"that member",
            write_id: None,
        }
    }

    /// Names the cluster of the resource.
    #[must_use]
    pub fn on(self, cluster: &'a dyn Display) -> Self {
        Self { cluster, ..self }
    }

    /// Names the cluster that a placement moves the environment to.
    #[must_use]
    pub fn moving_to(self, new_cluster: &'a dyn Display) -> Self {
        Self { new_cluster, ..self }
    }

    /// Names the member or the team that the question is about.
    #[must_use]
    pub fn about(self, target: &'a dyn Display) -> Self {
        Self { target, ..self }
    }

    /// Sets how to write an id that the text takes from the facts, for example as the name of a team, or for a page.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::explain::{Names, explain};
    /// use shipgate::{Account, Action, Cluster, ClusterAccess, Membership, Role, Team};
    ///
    /// let us_east = Cluster::new(20, 1);
    /// let on_call = Team::new(30, 1).with_cluster_access(&us_east, ClusterAccess::View)?;
    /// let alice = Account::user(7).with(Membership::new(1, Role::Developer).in_team(&on_call)?)?;
    ///
    /// let name = |id: &str| if id == "30" { "on call".to_string() } else { format!("#{id}") };
    /// let names = Names::new(&"alice", &"us-east").on(&"us-east").writing_ids(&name);
    /// assert_eq!(
    ///     explain(&alice, Action::Deploy, &us_east).for_user(&names).to_string(),
    ///     "You have view on us-east (by the team on call), and need deploy to deploy to us-east"
    /// );
    /// # Ok::<(), shipgate::model::AccountError>(())
    /// ```
    #[must_use]
    pub fn writing_ids(self, write: &'a dyn Fn(&str) -> String) -> Self {
        Self { write_id: Some(write), ..self }
    }

    /// An id that the text takes from the facts.
    pub(super) fn id<'i>(&'i self, id: &'i dyn Display) -> Id<'i> {
        Id { names: self, id }
    }
}

/// An id, as a text writes it.
pub(super) struct Id<'a> {
    names: &'a Names<'a>,
    id: &'a dyn Display,
}

impl Display for Id<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.names.write_id {
            None => Escaped::in_quotes(self.id).fmt(f),
            Some(write) => f.write_str(&write(&self.id.to_string())),
        }
    }
}

impl fmt::Debug for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Names({} to {})", self.subject, self.resource)
    }
}
