//! The tests of the library as its callers see it.

#[cfg(feature = "directory")]
mod attacks;
mod corpora;
#[cfg(feature = "directory")]
mod escalation;
mod exhaustion;
mod explain;
#[cfg(feature = "directory")]
mod filter;
#[cfg(feature = "directory")]
mod findings;
mod ids;
mod laws;
mod matrix;
mod oracle;
#[cfg(feature = "directory")]
mod preview;
#[cfg(feature = "directory")]
mod search;
#[cfg(feature = "shared")]
mod shared;
mod strategies;
#[cfg(feature = "authzen")]
mod wire;
mod world;
