//! Decision records: an event of each decision that is enforced or asked for.

use alloc::string::{String, ToString};
use core::borrow::Borrow;
use core::fmt::Display;
use core::hash::Hash;

use tracing::Level;

use crate::directory::key::Key;
use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::model::account::AccountKind;
use crate::model::action::Action;
use crate::model::resource::{ResourceId, ResourceKey, ResourceRef};
use crate::model::time::Time;
use crate::model::token::Token;
use crate::policy;
use crate::policy::decision::{Decision, Denied, Exposure};

/// The target of the events. The guide says it, and the names of the fields.
const TARGET: &str = "shipgate::decision";

/// What a decision is for.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    /// The caller acts on it.
    Enforced,
    /// The caller passes it on, or only wants to know.
    Asked,
}

/// Where a decision was made: an organization, and its revision.
pub(crate) struct Place {
    organization: String,
    revision: Option<u64>,
}

impl<Id: Hash + Ord> Directory<Id> {
    /// Records a decision of this directory.
    pub(crate) fn record<Q>(
        &self,
        purpose: Purpose,
        subject: &SubjectId<'_, Id, Q>,
        action: Action<&Q>,
        resource: ResourceRef<'_, Id, Q>,
        answer: Result<(), Denied>,
    ) where
        Id: Borrow<Q>,
        Q: Hash + Ord + Display + ?Sized,
    {
        let place = || Place::of(self, [subject.token, subject.service_token], resource);
        write(purpose, subject, &action, &resource, answer, place);
    }
}

impl Place {
    /// Where a directory decides about a resource, if it has that.
    pub(crate) fn of<Id, K>(
        directory: &Directory<Id>,
        tokens: [Option<&Token<Id>>; 2],
        resource: ResourceKey<'_, Id, K>,
    ) -> Option<Self>
    where
        Id: Hash + Ord + Borrow<K::Id>,
        K: Key<Id: Hash + Ord + Display>,
    {
        directory.with_resource(tokens, resource, |resource| {
            let organization: &K::Id = resource.organization().borrow();
            Self { organization: organization.to_string(), revision: directory.revision(organization) }
        })
    }
}

/// Writes the event of a decision, if a subscriber wants it. Only then are the ids written and is the place looked for.
///
/// Texts are strings, and not written as they display, so that a subscriber that writes lines quotes them: an id comes from
/// outside.
pub(crate) fn write<T: Ord, Q: Display + ?Sized, C, I: Display, A, S: AsRef<str>>(
    purpose: Purpose,
    subject: &SubjectId<'_, T, Q>,
    action: &Action<C>,
    resource: &ResourceId<I, A, S>,
    answer: Result<(), Denied>,
    place: impl FnOnce() -> Option<Place>,
) {
    if !tracing::event_enabled!(target: TARGET, Level::INFO) {
        return;
    }
    let token = |token: Option<&Token<T>>| token.and_then(|token| token.id().map(String::from));
    let (token, service_token) = (token(subject.token), token(subject.service_token));
    let named = Named::of(resource);
    let (organization, revision) =
        place().map_or((named.organization, None), |place| (Some(place.organization), place.revision));
    let decision = answer.map_or_else(|denied| denied.decision(), |()| Decision::Allow);
    let (outcome, reason, hidden) = match decision {
        Decision::Allow => ("allow", None, None),
        Decision::RequireApproval(_) => ("require_approval", None, None),
        Decision::Deny(reason) => {
            let is_hidden = answer.is_err_and(|denied| denied.exposure() == Exposure::Hidden);
            ("deny", Some(reason.code().as_str()), Some(is_hidden))
        }
    };
    tracing::event!(
        name: "decision",
        target: TARGET,
        Level::INFO,
        enforced = matches!(purpose, Purpose::Enforced),
        account = subject.id.to_string(),
        account_kind = subject.kind.map(AccountKind::as_str),
        token,
        service_token,
        action = action.kind().as_str(),
        resource_type = resource.kind().as_str(),
        resource_id = named.id,
        organization,
        team = named.team,
        project = named.project,
        cluster = named.cluster,
        requested_by = named.requested_by,
        on_behalf_of = named.on_behalf_of,
        release = named.release,
        outcome,
        reason,
        hidden,
        revision,
        policy = policy::VERSION,
        time = subject.now.map(Time::as_millis),
        "{decision}"
    );
}

/// The ids of a resource, by the names that they have in the JSON of a question.
#[derive(Default)]
struct Named {
    id: String,
    organization: Option<String>,
    team: Option<String>,
    project: Option<String>,
    cluster: Option<String>,
    requested_by: Option<String>,
    on_behalf_of: Option<String>,
    release: Option<String>,
}

impl Named {
    fn of<I: Display, A, S: AsRef<str>>(resource: &ResourceId<I, A, S>) -> Self {
        let text = |id: &I| Some(id.to_string());
        let just = |id: &I| Self { id: id.to_string(), ..Self::default() };
        match resource {
            ResourceId::Organization(id) => Self { organization: text(id), ..just(id) },
            ResourceId::Role(id)
            | ResourceId::Team(id)
            | ResourceId::Project(id)
            | ResourceId::Environment(id)
            | ResourceId::Cluster(id) => just(id),
            ResourceId::Member { organization, account } => Self { organization: text(organization), ..just(account) },
            ResourceId::TeamMember { team, account } => Self { team: text(team), ..just(account) },
            ResourceId::ProjectMember { project, account: id } | ResourceId::ProjectTeam { project, team: id } => {
                Self { project: text(project), ..just(id) }
            }
            ResourceId::ClusterMember { cluster, account: id } | ResourceId::ClusterTeam { cluster, team: id } => {
                Self { cluster: text(cluster), ..just(id) }
            }
            ResourceId::NewEnvironment { id, project, cluster, protection: _ } => {
                Self { project: text(project), cluster: text(cluster), ..just(id) }
            }
            ResourceId::Placement { environment, to } => Self { cluster: text(to), ..just(environment) },
            ResourceId::Deployment { environment, requested_by, on_behalf_of, release, approvals: _ } => Self {
                requested_by: text(requested_by),
                on_behalf_of: on_behalf_of.as_ref().and_then(text),
                release: release.as_ref().map(|release| release.as_ref().to_string()),
                ..just(environment)
            },
        }
    }
}
