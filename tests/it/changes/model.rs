//! A second reading of what changes do: plain maps, and each change written from the text of the policy alone. What is
//! allowed is what the oracle allows on the present facts; where the library does otherwise, one of them is wrong.

mod act;
mod effects;
mod obstacles;

use std::collections::BTreeMap;

use shipgate::change::{Change, ChangeError};
use shipgate::{AccountKind, Decision, Denied, Exposure, Reason, Time};

pub(crate) use act::{Actor, Attempt};

use crate::oracle::{Id, World};

/// Every fact there is, with what no question asks about: the namespaces, and where each organization is in its records.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) world: World,
    /// By environment: each has one.
    pub(crate) namespaces: BTreeMap<Id, String>,
    /// By organization: its revision and the id of its last record. One at revision 0 is not there.
    pub(crate) streams: BTreeMap<Id, (u64, Id)>,
}

/// Why a change was not made: any of these may be said.
pub(crate) type Refusals = Vec<ChangeError>;

/// Why an attempt was not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It was decided on another revision.
    Stale,
    /// This change of it is in another organization than the first.
    SeveralOrganizations(usize),
    /// This change of it has another time than the first.
    SeveralTimes(usize),
    /// This change of it was refused: the first, where it is not a batch.
    At(usize, Refusals),
}

impl Refused {
    /// What may be said, in a word each.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        match self {
            Self::Stale => vec!["stale"],
            Self::SeveralOrganizations(_) => vec!["several_organizations"],
            Self::SeveralTimes(_) => vec!["several_times"],
            Self::At(_, refusals) => refusals.iter().map(name).collect(),
        }
    }
}

fn name(refusal: &ChangeError) -> &'static str {
    match refusal {
        ChangeError::Denied(denied) => denied.reason().expect("no change waits for approval").code().as_str(),
        ChangeError::Taken { .. } => "taken",
        ChangeError::Namespace(_) => "namespace",
        ChangeError::NamespaceTaken { .. } => "namespace_taken",
        ChangeError::AlreadyMember { .. } => "already_member",
        ChangeError::AlreadyInTeam { .. } => "already_in_team",
        ChangeError::NotInTeam { .. } => "not_in_team",
        ChangeError::OtherKind { .. } => "other_kind",
        ChangeError::ServiceOwner => "service_owner",
        ChangeError::Time => "time",
        other => panic!("a refusal without a name: {other:?}"),
    }
}

impl Model {
    /// A world as a directory holds it: nobody who is a member nowhere, and each environment in a namespace.
    pub(crate) fn of(world: World) -> Self {
        let mut world = World { counted: None, ..world.only_consistent() };
        world.accounts.retain(|_, account| !account.memberships.is_empty());
        let environments = world.rows().environments.into_iter();
        let namespaces = environments.map(|environment| (environment.id, environment.namespace)).collect();
        Self { world, namespaces, streams: BTreeMap::new() }
    }

    /// The same, where each organization is at a revision of its own, from this one on.
    pub(crate) fn at_revisions_from(self, revision: u64) -> Self {
        let at = (revision..).zip(&self.world.organizations).filter(|(revision, _)| *revision > 0);
        let streams = at.map(|(revision, organization)| (*organization, (revision, 100 + organization))).collect();
        Self { streams, ..self }
    }

    /// The same, where an organization is at this revision, after this record.
    pub(crate) fn at_record(mut self, organization: Id, revision: u64, last: Option<Id>) -> Self {
        match last.filter(|_| self.world.organizations.contains(&organization)) {
            Some(last) => self.streams.insert(organization, (revision, last)),
            None => self.streams.remove(&organization),
        };
        self
    }

    /// The revision of an organization, which is there.
    pub(crate) fn revision(&self, organization: Id) -> u64 {
        self.streams.get(&organization).map_or(0, |(revision, _)| *revision)
    }

    /// Whole or not at all; what is made is one revision more of its organization, and `record` is the last of its records.
    pub(crate) fn attempt(&mut self, attempt: &Attempt, record: Id) -> Result<(), Refused> {
        let mut after = self.clone();
        let organization = match attempt {
            Attempt::Founding { organization, owner, kind, at } => {
                can_be_written([*at, None]).map_err(|why| Refused::At(0, why))?;
                after.create_organization(*organization, *owner, *kind).map_err(|why| Refused::At(0, why))?;
                *organization
            }
            Attempt::Change(actor, change) => after.change(actor, change).map_err(|why| Refused::At(0, why))?,
            Attempt::Batch { changes, decided_on } => after.batch(changes, *decided_on)?,
        };
        let revision = self.revision(organization) + 1;
        *self = after.at_record(organization, revision, Some(record));
        Ok(())
    }

    /// "a batch is judged change by change, each on what the ones before it left". It is in one organization, at one time.
    fn batch(&mut self, changes: &[(Actor, Change<Id>)], decided_on: Option<u64>) -> Result<Id, Refused> {
        let mut organization = None;
        for (index, (actor, change)) in changes.iter().enumerate() {
            if actor.now != changes[0].0.now {
                return Err(Refused::SeveralTimes(index));
            }
            let here = self.change(actor, change).map_err(|why| Refused::At(index, why))?;
            if *organization.get_or_insert(here) != here {
                return Err(Refused::SeveralOrganizations(index));
            }
            // Who may not make even the first change is not told of revisions.
            if decided_on.is_some_and(|revision| revision != self.revision(here)) {
                return Err(Refused::Stale);
            }
        }
        Ok(organization.expect("a batch has changes"))
    }

    /// A change that is allowed, and that nothing stands in the way of. Returns the organization that it is in.
    pub(crate) fn change(&mut self, actor: &Actor, change: &Change<Id>) -> Result<Id, Refusals> {
        can_be_written([actor.now, act::time_of(change)])?;
        let removal = actor.question_of_removal(change, &self.world);
        for question in [actor.question(change)].into_iter().chain(removal) {
            match self.world.decide(&question) {
                Decision::Allow => (),
                decision @ Decision::Deny(_) => {
                    let exposure = match decision {
                        // "and, from a directory only, `unknown_resource` (hidden)"
                        Decision::Deny(Reason::UnknownResource) => Exposure::Hidden,
                        _ => self.world.exposure(&question),
                    };
                    return Err(vec![Denied::new(decision, exposure).expect("it is no allow").into()]);
                }
                Decision::RequireApproval(_) => panic!("approval is for deployments, not for {change:?}"),
            }
        }
        unhindered(self.obstacles(actor, change))?;
        let place = self.world.place(&actor.question(change).resource).map(|place| place.organization);
        self.apply(actor, change);
        Ok(place.expect("what may be changed is there"))
    }

    /// A new organization, which nobody decides.
    fn create_organization(&mut self, organization: Id, owner: Id, kind: AccountKind) -> Result<(), Refusals> {
        unhindered(self.obstacles_to_organization(organization, owner, kind))?;
        self.found(organization, owner, kind);
        Ok(())
    }
}

fn unhindered(obstacles: Refusals) -> Result<(), Refusals> {
    if obstacles.is_empty() { Ok(()) } else { Err(obstacles) }
}

/// A record says its times as text, which has no years beyond these.
fn can_be_written(times: [Option<Time>; 2]) -> Result<(), Refusals> {
    let years = Time::from_millis(-62_167_219_200_000)..=Time::from_millis(253_402_300_799_999);
    if times.into_iter().flatten().all(|time| years.contains(&time)) { Ok(()) } else { Err(vec![ChangeError::Time]) }
}
