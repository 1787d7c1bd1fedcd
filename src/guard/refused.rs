//! What a guard answers in place of an allowance.

use crate::change::follow::Unusable;
use crate::policy::decision::Denied;

/// A question to a guard was not allowed. It converts into a [`Problem`](crate::guard::Problem) and into a response.
///
/// Its text is for your log. What may be shown is the problem's.
///
/// # Examples
///
/// ```
/// use shipgate::change::Unusable;
/// use shipgate::guard::{Problem, Refused};
/// use shipgate::{Decision, Denied, Exposure, Reason};
///
/// let denied = Denied::new(Decision::Deny(Reason::LastOwner), Exposure::Visible).unwrap();
/// assert_eq!(Problem::from(Refused::from(denied)).status(), 403);
/// assert_eq!(Problem::from(Refused::from(Unusable::NotNamed)).status(), 503);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// The decision is not to allow.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Nothing can be decided now.
    #[error(transparent)]
    Unusable(#[from] Unusable),
}
