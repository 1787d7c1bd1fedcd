//! The tests of the library as its callers see it.

#[cfg(feature = "directory")]
mod changes;
mod corpora;
mod exhaustion;
mod explain;
mod ids;
mod laws;
mod matrix;
mod oracle;
mod strategies;
#[cfg(feature = "authzen")]
mod wire;
mod world;
