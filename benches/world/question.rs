//! Questions of the kind that a platform asks all day.

use shipgate::directory::{Question, Rows};
use shipgate::model::ApprovalId;
use shipgate::{Action, ResourceId};

use crate::testing::{Mix, questions};

/// This many questions: distinct ones, up to forty for each membership, and then as many others, some of which were asked
/// before.
pub(crate) fn many(rows: &Rows<u64>, count: usize, seed: u64) -> impl Iterator<Item = Question<u64>> {
    let distinct = rows.members.len() * 40;
    (seed..).flat_map(move |seed| questions(rows, Mix::PLATFORM, seed).take(distinct)).take(count)
}

/// A question in a quarter of its memory, so that reading it takes little of the time that is measured: the questions of
/// [`Mix::PLATFORM`] are all asked at one time, without a token, and about organizations, clusters and environments.
#[derive(Clone, Copy)]
pub(crate) struct Packed<Id> {
    pub(crate) account: Id,
    pub(crate) action: Action,
    pub(crate) resource: ResourceId<Id, ()>,
}

impl<Id: Copy> Packed<Id> {
    pub(crate) fn of(question: &Question<Id>) -> Self {
        let resource = match question.resource {
            ResourceId::Organization(id) => ResourceId::Organization(id),
            ResourceId::Cluster(id) => ResourceId::Cluster(id),
            ResourceId::Environment(id) => ResourceId::Environment(id),
            ref other => unreachable!("no question is about a {}", other.kind()),
        };
        Self { account: question.account, action: question.action, resource }
    }
}

impl<Id> Packed<Id> {
    /// Replaces each id by what `id` makes of it, the account's first.
    pub(crate) fn map_ids<J>(&self, mut id: impl FnMut(&Id) -> J) -> Packed<J> {
        let account = id(&self.account);
        let resource = match &self.resource {
            ResourceId::Organization(it) => ResourceId::Organization(id(it)),
            ResourceId::Cluster(it) => ResourceId::Cluster(id(it)),
            ResourceId::Environment(it) => ResourceId::Environment(id(it)),
            other => unreachable!("no question is about a {}", other.kind()),
        };
        Packed { account, action: self.action, resource }
    }

    /// The resource, as a directory is asked about it.
    #[inline]
    pub(crate) fn resource<'q, Held, Q: ?Sized>(
        &'q self,
        id: impl Fn(&'q Id) -> &'q Q,
    ) -> ResourceId<&'q Q, &'q [ApprovalId<Held>]> {
        match &self.resource {
            ResourceId::Organization(it) => ResourceId::Organization(id(it)),
            ResourceId::Cluster(it) => ResourceId::Cluster(id(it)),
            ResourceId::Environment(it) => ResourceId::Environment(id(it)),
            other => unreachable!("no question is about a {}", other.kind()),
        }
    }
}
