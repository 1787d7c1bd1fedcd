//! The endpoints.

use crate::model::names::names;

names! {
    /// An endpoint to which requests are posted.
    pub enum Endpoint: "endpoint" {
        /// One question.
        Evaluation = "evaluation",
        /// Many questions, with what they have in common.
        Evaluations = "evaluations",
        /// Which subjects may perform this action on this resource?
        SubjectSearch = "search/subject",
        /// On which resources may this subject perform this action?
        ResourceSearch = "search/resource",
        /// Which actions may this subject perform on this resource?
        ActionSearch = "search/action",
    }
}

impl Endpoint {
    /// Its default path.
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
