//! Instances of the service, without their server.

use std::sync::Arc;
use std::time::Duration;

use shipgate::change::{Change, Follower, Platform};
use shipgate::{Action, Decision, Directory, ResourceId, Role, SubjectId, Time};
use shipgate_service::clock::Clock;
use shipgate_service::database::Database;
use shipgate_service::organizations::{Error, Following, Organizations, Proposed};

/// How often the log is read where nothing is announced.
pub(crate) const POLL: Duration = Duration::from_secs(1);

pub(crate) fn instance(database: &Database, memory: Option<usize>, notify: bool) -> Arc<Organizations> {
    let following = Following { poll: POLL, stale_after: Duration::from_mins(10), memory, notify };
    Arc::new(Organizations::new(database.clone(), Arc::new(Clock::default()), following))
}

/// Asks whether a member may deploy to a cluster.
pub(crate) fn deploys(directory: &Directory<String>, account: &str, cluster: &str, now: Time) -> Decision {
    let subject = SubjectId::<String, str>::new(account).at(now);
    directory.decide(&subject, Action::Deploy, ResourceId::Cluster(cluster))
}

/// Makes a change on behalf of the platform.
pub(crate) async fn change(
    organizations: &Organizations,
    organization: &str,
    change: Change<String>,
) -> Result<(), Error> {
    let propose = |follower: &Follower<String>, now: Time, id: String| {
        let platform = Platform::new("measure", now);
        let record =
            follower.propose_as_platform(&organization.to_owned(), id, change.clone(), platform, "measured")?;
        Ok(Proposed { record, beside: vec![] })
    };
    organizations.change(organization, propose).await.map(drop)
}

/// A change of a role, there and back.
pub(crate) fn role_change(organization: &str, account: String, turn: u32) -> Change<String> {
    Change::change_role(organization, account, if turn.is_multiple_of(2) { Role::Viewer } else { Role::Developer })
}
