//! Law 7, of accounts that act together in a world of any size.

use std::fmt::{Debug, Display};
use std::hash::Hash;

use shipgate::directory::EnvironmentRef;
use shipgate::{Directory, Protection, Time};

use super::holdings::{Held, Member, covers, gain};
use crate::oracle::loosens;
use crate::testing::oracle::protection::custodian;

/// No member is in more teams.
const TEAMS: usize = 6;

/// What some accounts hold at the start, and would hold later without any change.
pub(crate) struct Law<Id> {
    organization: Id,
    times: Vec<Time>,
    places: Vec<Place<Id>>,
    /// The environments that none of them is the custodian of, and how they are protected.
    guarded: Vec<(Id, Protection)>,
}

/// A project and a cluster, and what each account holds of them at each time.
struct Place<Id> {
    project: Id,
    cluster: Id,
    courses: Vec<Vec<Held>>,
}

impl<Id: Hash + Ord + Copy + Debug + Display> Law<Id> {
    /// The law for these accounts, judged at these times, of which the first is the start.
    pub(crate) fn of(world: &Directory<Id>, organization: Id, accounts: &[Id], times: &[Time]) -> Self {
        let mut law = Self { organization, times: times.to_vec(), places: Vec::new(), guarded: Vec::new() };
        for project in world.projects_of(&organization) {
            for cluster in world.clusters_of(&organization) {
                let (project, cluster) = (*project.id(), *cluster.id());
                let courses = accounts.iter().map(|account| law.course(world, *account, project, cluster)).collect();
                law.places.push(Place { project, cluster, courses });
            }
        }
        let environments = world.environments_of(&organization);
        let guarded = environments.filter(|environment| !law.guards(*environment));
        let guarded = guarded.map(|environment| (*environment.id(), environment.protection())).collect();
        Self { guarded, ..law }
    }

    /// Whether one of the accounts is the custodian of an environment at the start, or becomes it by itself.
    fn guards(&self, environment: EnvironmentRef<'_, Id>) -> bool {
        let of_project = self.places.iter().filter(|place| place.project == *environment.project());
        let mut held = of_project.flat_map(|place| &place.courses).flatten();
        held.any(|held| {
            held.standing.is_some_and(|standing| standing.rank.includes(custodian(environment.protection())))
        })
    }

    fn course(&self, world: &Directory<Id>, account: Id, project: Id, cluster: Id) -> Vec<Held> {
        let member: Option<Member<TEAMS>> = Member::read(world, account, self.organization, project, cluster);
        self.times.iter().map(|time| member.map_or(Held::NOTHING, |member| member.held(*time))).collect()
    }

    /// What these accounts have gained, if anything: from a time on, after which the changes were made.
    pub(crate) fn judge(&self, world: &Directory<Id>, accounts: &[Id], from: usize) -> Result<(), String> {
        for (environment, protection) in &self.guarded {
            let present = world.environment(environment).map(EnvironmentRef::protection);
            if present.is_none_or(|present| loosens(present, *protection)) {
                return Err(format!("{environment} is {present:?}"));
            }
        }
        for Place { project, cluster, courses } in &self.places {
            for account in accounts {
                let after = self.course(world, *account, *project, *cluster);
                for (at, (held, time)) in after.iter().zip(&self.times).enumerate().skip(from) {
                    if let Some(gain) = gained(courses, held, at) {
                        return Err(format!("{account}: {gain}, {held:?} in {project} on {cluster} at {time:?}"));
                    }
                }
            }
        }
        Ok(())
    }
}

/// What an account holds that none of the accounts has held up to a time, or when none of them holds it any more.
fn gained(before: &[Vec<Held>], after: &Held, at: usize) -> Option<String> {
    if let Some(kind) = gain(&before.iter().flat_map(|course| &course[..=at]), after) {
        return Some(format!("{kind:?}"));
    }
    if !before.iter().any(|course| covers(course[at].role, after.role)) {
        return Some("Role for longer".into());
    }
    let stands = before.iter().flat_map(|course| &course[at..]).any(|held| held.standing.is_some());
    (after.standing.is_some() && !stands).then(|| "Standing for longer".into())
}
