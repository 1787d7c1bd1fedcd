//! A second reading of what changes do: plain maps, and each change written from the text of the policy alone. What is
//! allowed is what the oracle allows on the present facts; where the library does otherwise, one of them is wrong.

mod act;
mod effects;
mod obstacles;

use std::collections::BTreeMap;

use shipgate::change::{Change, ChangeError};
use shipgate::{AccountKind, Decision, Denied};

pub(crate) use act::{Actor, Attempt};

use crate::oracle::{Id, World};

/// Every fact there is, with what no question asks about: the namespaces, and how many changes were made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) world: World,
    /// By environment, of those that have one.
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
        ChangeError::NamespaceTaken { .. } => "namespace_taken",
        ChangeError::AlreadyMember { .. } => "already_member",
        ChangeError::OtherKind { .. } => "other_kind",
        ChangeError::ServiceOwner => "service_owner",
        other => panic!("a refusal without a name: {other:?}"),
    }
}

impl Model {
    pub(crate) fn of(world: World) -> Self {
        Self { world, ..Self::default() }
    }

    /// Whole or not at all; what is made is one revision more.
    pub(crate) fn attempt(&mut self, attempt: &Attempt) -> Result<(), Refused> {
        let mut after = self.clone();
        match attempt {
            Attempt::Founding { organization, owner, kind, .. } => {
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
        let removal = actor.question_of_removal(change, &self.world);
        for question in [actor.question(change)].into_iter().chain(removal) {
            match self.world.decide(&question) {
                Decision::Allow => (),
                decision @ Decision::Deny(_) => {
                    return Err(vec![
                        Denied::new(decision, self.world.exposure(&question)).expect("it is no allow").into(),
                    ]);
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
