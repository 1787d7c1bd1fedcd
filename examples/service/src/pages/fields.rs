//! What a reader sends: the fields of a form, or those of an address.

use std::convert::Infallible;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;

use crate::api::Failure;
use crate::api::body::too_large;

/// The fields of a form, or of the query of an address.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// A single field.
    pub(crate) fn one(name: &str, value: &str) -> Self {
        Self(vec![(name.to_owned(), value.to_owned())])
    }

    /// From a body or a query. What is no text is replaced, and U+0000, which no database stores, left out.
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(bytes);
        Self(pairs.map(|(name, value)| (name.into_owned(), value.replace('\0', "").trim().to_owned())).collect())
    }

    /// A field, unless it is empty or left out.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// A field as text; empty if it is left out.
    pub(crate) fn text(&self, name: &str) -> String {
        self.get(name).unwrap_or_default().to_owned()
    }

    /// A field that some functions of the API take.
    pub(crate) fn optional(&self, name: &str) -> Option<String> {
        self.get(name).map(ToOwned::to_owned)
    }

    /// All fields of a name that are not empty, of checkboxes for example.
    pub(crate) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(other, value)| other == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// Whether a field was sent, also if it is empty.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(other, _)| other == name)
    }

    /// Each field.
    pub(crate) fn each(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// These fields, with one of them set to another value.
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut fields = self.0.clone();
        fields.retain(|(other, _)| other != name);
        fields.push((name.to_owned(), value.to_owned()));
        Self(fields)
    }

    /// Those of these names that are not empty, once each.
    pub(crate) fn only(&self, names: &[&str]) -> Self {
        let fields = names.iter().filter_map(|name| Some(((*name).to_owned(), self.optional(name)?)));
        Self(fields.collect())
    }

    /// The query of an address with these fields.
    pub(crate) fn to_query(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(self.each()).finish()
    }
}

/// Those of the address.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked(pub(crate) Fields);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Fields::parse(parts.uri.query().unwrap_or_default().as_bytes())))
    }
}

/// Those of the body of a form.
impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let bytes = Bytes::from_request(request, state).await.map_err(|error| too_large(&error))?;
        Ok(Self::parse(&bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::Fields;

    #[test]
    fn fields_are_texts_without_spaces_around_them() {
        let fields = Fields::parse(b"name=+a%00b+&box=1&box=&box=2&empty=");
        assert_eq!(fields.get("name"), Some("ab"));
        assert_eq!(fields.all("box").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!((fields.get("empty"), fields.get("other")), (None, None));
        assert_eq!(Fields::one("next", "/a?b=c&d").to_query(), "next=%2Fa%3Fb%3Dc%26d");
    }
}
