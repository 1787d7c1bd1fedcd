//! Access lists, as they are and as they were: of what is there, and of what was deleted since.

use shipgate::directory::EntityKind;
use shipgate::{Action, Directory, ResourceId};

use crate::api::Failure;
use crate::api::asking::{AsOf, Asking, Resource};
use crate::api::caller::Caller;

/// Whose access list, and as of when.
pub(crate) struct Which<'a> {
    pub(crate) thing: Thing<'a>,
    /// The organization, which is found unless it is said. What was deleted since is found by it alone.
    pub(crate) organization: Option<&'a str>,
    /// A past revision or time.
    pub(crate) at: Option<&'a str>,
}

/// What has an access list.
#[derive(Clone, Copy)]
pub(crate) enum Thing<'a> {
    Cluster(&'a str),
    Project(&'a str),
    Environment(&'a str),
}

impl<'a> Thing<'a> {
    fn named(self) -> (EntityKind, &'a str) {
        match self {
            Self::Cluster(id) => (EntityKind::Cluster, id),
            Self::Project(id) => (EntityKind::Project, id),
            Self::Environment(id) => (EntityKind::Environment, id),
        }
    }

    fn resource(self) -> Resource<'a> {
        match self {
            Self::Cluster(id) => ResourceId::Cluster(id),
            Self::Project(id) => ResourceId::Project(id),
            Self::Environment(id) => ResourceId::Environment(id),
        }
    }

    fn is_in(self, directory: &Directory<String>) -> bool {
        match self {
            Self::Cluster(id) => directory.cluster(id).is_some(),
            Self::Project(id) => directory.project(id).is_some(),
            Self::Environment(id) => directory.environment(id).is_some(),
        }
    }
}

impl Caller {
    /// Asks about what an access list is of. The caller may view it or, if it was deleted since, read the audit log.
    pub(crate) async fn access_of(self, which: &Which<'_>) -> Result<Asking, Failure> {
        let (kind, id) = which.thing.named();
        let asking = match which.organization {
            Some(organization) => self.of(organization).await?,
            None => self.whose(kind, id).await?,
        };
        let may_be_deleted = which.at.is_some() && which.organization.is_some();
        if !may_be_deleted || which.thing.is_in(asking.directory()?) {
            asking.authorize(Action::View, which.thing.resource())?;
        }
        Ok(asking)
    }
}

impl Asking {
    /// The organization as of then, in which the thing was.
    pub(crate) async fn access_as_of(&self, which: &Which<'_>) -> Result<AsOf<'_>, Failure> {
        let as_of = self.as_of(which.at).await?;
        if which.thing.is_in(as_of.directory()) { Ok(as_of) } else { Err(Failure::not_found()) }
    }
}
