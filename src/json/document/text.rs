//! The document as JSON text.

use alloc::string::String;

use crate::directory::Directory;
use crate::directory::load::LoadError;
use crate::json::document::Document;
use crate::json::text;
use crate::json::text::JsonError;

impl Document {
    /// Reads a document from JSON.
    ///
    /// # Errors
    ///
    /// [`DocumentError::Read`] for what is not JSON, or not the JSON of a document, with the place.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::json::Document;
    ///
    /// let error = Document::from_json(r#"{ "organizations": [{ "id": "acme-corp", "clusters": [{}] }] }"#).unwrap_err();
    /// assert_eq!(error.to_string(), "organizations[0].clusters[0]: missing field `id`");
    /// ```
    pub fn from_json(text: &str) -> Result<Self, DocumentError> {
        Ok(text::read(text)?)
    }
}

impl Directory<String> {
    /// Loads a directory from the JSON text of a [`Document`].
    ///
    /// # Errors
    ///
    /// [`DocumentError::Read`] for what is not the JSON of a document, [`DocumentError::Load`] for a document that does not
    /// hold together; both name the place.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::Directory;
    ///
    /// let text = r#"{ "organizations": [{ "id": "acme-corp", "members": [{ "account": "olivia", "role": "owner" }] }] }"#;
    /// let directory = Directory::from_json(text)?;
    /// assert_eq!(directory.organization("acme-corp").map(|acme| acme.owners()), Some(1));
    ///
    /// let misspelt = Directory::from_json(&text.replace("owner", "ower")).unwrap_err();
    /// assert_eq!(
    ///     misspelt.to_string(),
    ///     "organizations[0].members[0].role: \
    ///      unknown role `ower`: expected owner, admin, developer, billing or viewer",
    /// );
    /// # Ok::<(), shipgate::json::DocumentError>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Self, DocumentError> {
        Ok(Document::from_json(text)?.load()?)
    }
}

/// A text that is not the document of a directory.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] JsonError),
    /// It does not hold together.
    #[error(transparent)]
    Load(#[from] LoadError),
}
