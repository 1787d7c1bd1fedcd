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

/// Every fact there is, with what no question asks about: the namespaces, and how many changes were made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) world: World,
    /// By environment: each has one.
    pub(crate) namespaces: BTreeMap<Id, String>,
    pub(crate) revision: u64,
}

/// Why a change was not made: any of these may be said.
pub(crate) type Refusals = Vec<ChangeError>;

/// Why an attempt was not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It was decided on another revision.
    Stale,
    /// This change of it was refused: the first, where it is not a batch.
    At(usize, Refusals),
}

impl Refused {
    /// What may be said, in a word each.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        match self {
            Self::Stale => vec!["stale"],
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
        Self { world, namespaces, revision: 0 }
    }

    /// Whole or not at all; what is made is one revision more.
    pub(crate) fn attempt(&mut self, attempt: &Attempt) -> Result<(), Refused> {
        let mut after = self.clone();
        match attempt {
            Attempt::Founding { organization, owner, kind, at } => {
                can_be_written([*at, None]).map_err(|why| Refused::At(0, why))?;
                after.create_organization(*organization, *owner, *kind).map_err(|why| Refused::At(0, why))?;
            }
            Attempt::Change(actor, change) => after.change(actor, change).map_err(|why| Refused::At(0, why))?,
            Attempt::Batch { decided_on, .. } if decided_on.is_some_and(|revision| revision != self.revision) => {
                return Err(Refused::Stale);
            }
            // "a batch is judged change by change, each on what the ones before it left"
            Attempt::Batch { changes, .. } => {
                for (index, (actor, change)) in changes.iter().enumerate() {
                    after.change(actor, change).map_err(|why| Refused::At(index, why))?;
                }
            }
        }
        after.revision += 1;
        *self = after;
        Ok(())
    }

    /// A change that is allowed, and that nothing stands in the way of.
    pub(crate) fn change(&mut self, actor: &Actor, change: &Change<Id>) -> Result<(), Refusals> {
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
        self.apply(actor, change);
        Ok(())
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
