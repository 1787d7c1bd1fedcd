//! Namespaces: where on its cluster an environment runs.

/// The most characters that a namespace can have.
const MOST: usize = 63;

/// A text that cannot be the namespace of an environment.
///
/// A namespace has 1 to 63 characters: ASCII lower-case letters, digits and `-`. It begins and ends with a letter or a digit,
/// and does not begin with `kube-`, which Kubernetes keeps for itself. So two that look alike are the same.
///
/// # Examples
///
/// ```
/// use shipgate::model::check_namespace;
///
/// assert!(check_namespace("shop-production").is_ok());
/// assert!(check_namespace("Shop").is_err());
/// assert!(check_namespace("kube-system").is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a namespace is 1 to 63 lower-case letters, digits and `-`, begins and ends with a letter or a digit, \
     and does not begin with `kube-`"
)]
pub struct NamespaceError;

/// Checks the form of a namespace.
///
/// # Errors
///
/// [`NamespaceError`] if the text has another form.
pub fn check_namespace(namespace: &str) -> Result<(), NamespaceError> {
    let bytes = namespace.as_bytes();
    let is_letter_or_digit = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let fits = bytes.len() <= MOST
        && bytes.first().is_some_and(is_letter_or_digit)
        && bytes.last().is_some_and(is_letter_or_digit)
        && bytes.iter().all(|byte| is_letter_or_digit(byte) || *byte == b'-')
        && !namespace.starts_with("kube-");
    if fits { Ok(()) } else { Err(NamespaceError) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_the_strict_form_are_namespaces() {
        for good in ["a", "7", "shop", "shop-1", "kube", "a--b", &"x".repeat(63)] {
            assert_eq!(check_namespace(good), Ok(()), "{good}");
        }
        for bad in ["", "-", "-a", "a-", "Shop", "shop_1", "a.b", "shöp", "kube-", "kube-system", " a", &"x".repeat(64)]
        {
            assert_eq!(check_namespace(bad), Err(NamespaceError), "{bad}");
        }
    }
}
