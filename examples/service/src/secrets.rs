//! Secrets: random texts, of which the database has the hashes only.

use std::fmt::Write;

use rand::RngExt;
use sha2::{Digest, Sha256};

/// A new secret, such as `token_9b1d…`. It has 256 random bits, so its hash needs no salt and cannot be guessed.
#[must_use]
pub fn new(kind: &str) -> String {
    format!("{kind}_{}", hexadecimal(&rand::rng().random::<[u8; 32]>()))
}

/// What is stored of a secret, and looked up.
#[must_use]
pub fn hash(secret: &str) -> String {
    hexadecimal(&Sha256::digest(secret.as_bytes()))
}

/// A text that only those who know the secret can tell, for a purpose. It reveals nothing of the secret.
#[must_use]
pub fn derived(secret: &str, purpose: &str) -> String {
    hash(&format!("{purpose}\n{secret}"))
}

/// Whether two texts are the same. How long it takes tells nothing of where they differ.
#[must_use]
pub fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |differing, (a, b)| differing | (a ^ b)) == 0
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_sha_256_and_not_the_secret() {
        assert_eq!(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let secret = new("token");
        assert!(!hash(&secret).contains(&secret) && secret.starts_with("token_"));
        assert_ne!(derived(&secret, "csrf"), hash(&secret));
    }

    #[test]
    fn texts_are_compared_as_a_whole() {
        assert!(same("abc", "abc"));
        for other in ["", "ab", "abd", "abcd", "bbc"] {
            assert!(!same("abc", other), "{other}");
        }
    }
}
