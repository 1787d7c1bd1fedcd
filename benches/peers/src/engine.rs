//! What an engine does here: load rows, answer questions, take a changed grant.

use crate::question::{Listing, Question};
use crate::rows::{Access, Rows};

/// The answer to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Allow,
    RequireApproval,
    Deny,
}

/// How many answers an engine tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// Allowed, allowed once it is approved, denied.
    Three,
    /// Allowed (now or once it is approved), denied.
    Two,
}

impl Answers {
    /// Whether an answer says what it should, as far as these answers can.
    #[must_use]
    pub fn agree(self, expected: Answer, got: Answer) -> bool {
        match self {
            Self::Three => expected == got,
            Self::Two => (expected == Answer::Deny) == (got == Answer::Deny),
        }
    }
}

/// An engine that is loaded. A server has it on a thread of its own.
pub trait Engine: Send {
    fn answers(&self) -> Answers;

    /// Whether this question can be put faithfully.
    fn can_be_asked(&self, _: &Question) -> bool {
        true
    }

    fn answer(&mut self, question: &Question) -> Answer;

    /// How many environments of a listing are not denied: found by asking of each, where the engine has no other way.
    fn list(&mut self, listing: &Listing) -> usize {
        listing.questions().filter(|question| self.answer(question) != Answer::Deny).count()
    }

    /// Takes a changed override, which is in the rows already. The next answer sees it.
    fn set_access(&mut self, rows: &Rows, changed: &Access);
}

/// An engine that can be loaded.
#[derive(Clone, Copy)]
pub struct Peer {
    pub name: &'static str,
    pub load: fn(&Rows) -> Box<dyn Engine>,
}
