//! A second reading of the policy: slow, plain, and written from its text alone. It shares the library's words and
//! none of its judgement; where the two disagree, one of them is wrong.
//!
//! It needs nothing but `std` and the words, so that a fuzz target may include it by path as well.

#[path = "oracle/facts.rs"]
mod facts;
#[path = "oracle/gates.rs"]
mod gates;
#[path = "oracle/protection.rs"]
mod protection;
#[path = "oracle/relations.rs"]
mod relations;
#[path = "oracle/roles.rs"]
mod roles;
#[path = "oracle/rows.rs"]
mod rows;

use shipgate::{Action, Decision, Exposure, Reason};

pub(crate) use facts::{
    Account, Approval, Cluster, Environment, Given, Id, Membership, Project, Question, Resource, Token, World,
};
pub(crate) use protection::loosens;
pub(crate) use roles::{higher_or_equal, includes};
pub(crate) use rows::row;

use gates::Judged;

impl World {
    /// What a directory that holds this world answers.
    pub(crate) fn decide(&self, question: &Question) -> Decision {
        // "answered before any gate where the resource or a part of it is not held"
        let Some(place) = self.place(&question.resource) else {
            return Decision::Deny(Reason::UnknownResource);
        };
        // "and also where the cluster named by a `create` or a placement is another organization's"
        if place.clusters().any(|cluster| self.organization_of_cluster(cluster) != Some(place.organization)) {
            return Decision::Deny(Reason::UnknownResource);
        }
        self.judge(question, question.action, Judged::WholeToken)
    }

    /// What the facts alone answer; `None` where the world does not hold them all.
    pub(crate) fn decide_on_facts(&self, question: &Question) -> Option<Decision> {
        self.place(&question.resource)?;
        Some(self.judge(question, question.action, Judged::WholeToken))
    }

    /// "A denial is hidden when the subject may not `view` the resource (judged without the token's action set and
    /// expiry), and visible otherwise". What is not held is hidden too.
    pub(crate) fn exposure(&self, question: &Question) -> Exposure {
        if self.place(&question.resource).is_none() {
            return Exposure::Hidden;
        }
        match self.judge(question, Action::View, Judged::RestrictionsOnly) {
            Decision::Allow => Exposure::Visible,
            Decision::RequireApproval(_) | Decision::Deny(_) => Exposure::Hidden,
        }
    }
}
