//! The lines of a review.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use shipgate::Time;
use utoipa::ToSchema;

use crate::database::{Error, Row, word};

/// Words, as they are stored and sent.
macro_rules! words {
    ($(#[$about:meta])* $name:ident: $what:literal { $($(#[$each:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$each])* $variant),*
        }

        impl $name {
            /// The word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),*
                }
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    _ => Err(format!(concat!("`{}` is not ", $what), text)),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// What a line is about.
    Kind: "the kind of a line" {
        /// A membership, with its role.
        Member = "member",
        /// A place in a team.
        TeamMember = "team_member",
        /// Access to a cluster, of a member or of a team.
        ClusterAccess = "cluster_access",
        /// A role in a project, of a member or of a team.
        ProjectRole = "project_role",
        /// An API token.
        Token = "token",
    }
}

words! {
    /// What is decided of a line.
    Decision: "a decision" {
        /// It stays.
        Keep = "keep",
        /// It goes.
        Remove = "remove",
        /// It becomes another role or level.
        Change = "change",
    }
}

words! {
    /// What became of a decision when the review was closed.
    Outcome: "an outcome" {
        /// It was kept.
        Kept = "kept",
        /// The change was made.
        Made = "made",
        /// There was nothing left to keep or to change.
        Gone = "gone",
        /// The change was denied: the line stays open.
        Denied = "denied",
        /// The access is no longer the one that was decided on: the line stays open.
        Changed = "changed",
    }
}

impl Outcome {
    /// Whether nothing is left to do.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Kept | Self::Made | Self::Gone)
    }
}

/// What a line is about, and what it was when the review was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// What kind of thing.
    pub kind: Kind,
    /// Whether a team has it, and not a member.
    pub of_team: bool,
    /// Who has it: an account or a team.
    pub holder: String,
    /// On what: a cluster, a project, a team or a token; `None` for a membership.
    pub place: Option<String>,
    /// A role, a level, or what a token may do, with its expiry.
    pub access: String,
}

impl Key {
    /// `account` or `team`.
    #[must_use]
    pub const fn holder_kind(&self) -> &'static str {
        if self.of_team { "team" } else { "account" }
    }
}

/// What was decided of a line.
#[derive(Clone, Debug)]
pub struct Decided {
    /// The decision.
    pub decision: Decision,
    /// The new role or level, of a change.
    pub to: Option<String>,
    /// The access as it was then.
    pub on: String,
    /// Who decided.
    pub by: String,
    /// When.
    pub at: Time,
}

/// A line of a review.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its number, from 1.
    pub number: u64,
    /// What it is about.
    pub key: Key,
    /// What was decided.
    pub decided: Option<Decided>,
    /// What became of it.
    pub outcome: Option<Outcome>,
    /// Why it was denied, or what it is now.
    pub detail: Option<String>,
    /// The revision of the change that was made.
    pub revision: Option<u64>,
}

impl Line {
    /// A line of a row.
    ///
    /// # Errors
    ///
    /// [`Error`] if the row is none of a line.
    pub fn of(row: &Row) -> Result<Self, Error> {
        let decision: Option<Decision> = row.optional_text("decision")?.as_deref().map(word).transpose()?;
        let decided = match decision {
            Some(decision) => Some(Decided {
                decision,
                to: row.optional_text("change_to")?,
                on: row.text("decided_on")?,
                by: row.text("decided_by")?,
                at: row.time("decided_at")?,
            }),
            None => None,
        };
        Ok(Self {
            number: row.revision("number")?,
            key: Key {
                kind: word(&row.text("kind")?)?,
                of_team: row.text("holder_kind")? == "team",
                holder: row.text("holder")?,
                place: row.optional_text("place")?,
                access: row.text("access")?,
            },
            decided,
            outcome: row.optional_text("outcome")?.as_deref().map(word).transpose()?,
            detail: row.optional_text("detail")?,
            revision: row.optional_integer("revision")?.and_then(|revision| u64::try_from(revision).ok()),
        })
    }

    /// Whether somebody has still to decide, or a change has still to be made.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.outcome.is_some_and(Outcome::is_final)
    }
}
