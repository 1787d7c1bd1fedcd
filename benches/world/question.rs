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
/// [`Mix::PLATFORM`] are all asked at one time, without a token, about organizations, clusters and environments, and no action
/// names a custom role. `R` is what would name one.
#[derive(Clone, Copy)]
pub(crate) struct Packed<Id, R = &'static u64> {
    pub(crate) account: Id,
    pub(crate) action: Action<R>,
    pub(crate) resource: ResourceId<Id, (), ()>,
}

impl Packed<u64> {
    pub(crate) fn of(question: &Question<u64>) -> Self {
        let resource = match question.resource {
            ResourceId::Organization(id) => ResourceId::Organization(id),
            ResourceId::Cluster(id) => ResourceId::Cluster(id),
            ResourceId::Environment(id) => ResourceId::Environment(id),
            ref other => unreachable!("no question is about a {}", other.kind()),
        };
        Self { account: question.account, action: question.action.map(|_| unreachable!("{NO_ROLE}")), resource }
    }
}

const NO_ROLE: &str = "no question names a custom role";

impl<Id, R: Copy> Packed<Id, R> {
    /// Replaces each id by what `id` makes of it, the account's first.
    pub(crate) fn map_ids<J, S>(&self, mut id: impl FnMut(&Id) -> J) -> Packed<J, S> {
        let account = id(&self.account);
        let resource = match &self.resource {
            ResourceId::Organization(it) => ResourceId::Organization(id(it)),
            ResourceId::Cluster(it) => ResourceId::Cluster(id(it)),
            ResourceId::Environment(it) => ResourceId::Environment(id(it)),
            other => unreachable!("no question is about a {}", other.kind()),
        };
        Packed { account, action: self.action.map(|_| unreachable!("{NO_ROLE}")), resource }
    }

    /// The resource, as a directory is asked about it.
    #[inline]
    pub(crate) fn resource<'q, Held, Q: ?Sized>(
        &'q self,
        id: impl Fn(&'q Id) -> &'q Q,
    ) -> ResourceId<&'q Q, &'q [ApprovalId<Held>], &'q str> {
        match &self.resource {
            ResourceId::Organization(it) => ResourceId::Organization(id(it)),
            ResourceId::Cluster(it) => ResourceId::Cluster(id(it)),
            ResourceId::Environment(it) => ResourceId::Environment(id(it)),
            other => unreachable!("no question is about a {}", other.kind()),
        }
    }
}
