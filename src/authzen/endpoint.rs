//! The endpoints.

use crate::model::names::names;

names! {
    /// An endpoint to which requests are posted.
    pub enum Endpoint: "endpoint" {
        /// One question.
        Evaluation = "evaluation",
        /// Many questions, with what they have in common.
        Evaluations = "evaluations",
        /// Who may do this to that?
        SubjectSearch = "search/subject",
        /// To what may they do this?
        ResourceSearch = "search/resource",
        /// What may they do to this?
        ActionSearch = "search/action",
    }
}

impl Endpoint {
    /// The path that the standard gives it by default.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Evaluation => "/access/v1/evaluation",
            Self::Evaluations => "/access/v1/evaluations",
            Self::SubjectSearch => "/access/v1/search/subject",
            Self::ResourceSearch => "/access/v1/search/resource",
            Self::ActionSearch => "/access/v1/search/action",
        }
    }

    /// The endpoint of a path, if it is one.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::authzen::Endpoint;
    ///
    /// assert_eq!(Endpoint::at("/access/v1/search/action"), Some(Endpoint::ActionSearch));
    /// assert_eq!(Endpoint::at("/access/v2/evaluation"), None);
    /// ```
    #[must_use]
    pub fn at(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|endpoint| endpoint.path() == path)
    }
}
