//! The tests of the library as its callers see it.

mod corpora;
mod exhaustion;
mod explain;
#[cfg(feature = "directory")]
mod filter;
mod ids;
mod laws;
mod matrix;
mod oracle;
mod strategies;
#[cfg(feature = "authzen")]
mod wire;
mod world;
