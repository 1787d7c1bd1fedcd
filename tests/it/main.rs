//! The tests of the library as its callers see it.

mod exhaustion;
mod matrix;
mod oracle;
mod world;
