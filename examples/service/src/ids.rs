//! Ids, which the service makes: a client cannot choose one, so that an id which is taken tells nothing.

use std::fmt::Write;

use rand::RngExt;

/// A new id, such as `cluster_5f0c…`: the kind, and 128 random bits.
#[must_use]
pub fn new(kind: &str) -> String {
    let mut id = format!("{kind}_");
    for byte in rand::rng().random::<[u8; 16]>() {
        // Writing into a text cannot fail.
        let _ = write!(id, "{byte:02x}");
    }
    id
}

#[cfg(test)]
mod tests {
    use super::new;

    #[test]
    fn an_id_says_its_kind_and_is_new() {
        let (one, other) = (new("cluster"), new("cluster"));
        assert!(one.starts_with("cluster_") && one.len() == "cluster_".len() + 32, "{one}");
        assert_ne!(one, other);
    }
}
