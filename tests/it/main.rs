//! The tests of the library as its callers see it.

#[cfg(feature = "directory")]
mod access;
#[cfg(feature = "directory")]
mod asked;
#[cfg(feature = "directory")]
mod attacks;
#[cfg(feature = "authzen")]
mod authzen;
#[cfg(any(feature = "tower", all(feature = "authzen", feature = "tracing")))]
mod captured;
#[cfg(feature = "directory")]
mod changes;
#[cfg(feature = "authzen")]
mod command;
mod corpora;
#[cfg(feature = "directory")]
mod escalation;
#[cfg(all(feature = "authzen", feature = "tracing"))]
mod events;
mod every_row;
mod exhaustion;
mod explain;
#[cfg(feature = "directory")]
mod filter;
#[cfg(feature = "directory")]
mod findings;
#[cfg(feature = "shared")]
mod follow;
#[cfg(feature = "tower")]
mod guards;
mod guide;
mod ids;
#[cfg(not(feature = "proptest"))]
#[cfg_attr(not(feature = "directory"), expect(dead_code, reason = "rows are for directories"))]
#[expect(unreachable_pub, reason = "the kit is included by path")]
#[path = "../../src/testing/strategy.rs"]
mod kit;
mod laws;
mod matrix;
mod oracle;
#[cfg(feature = "directory")]
mod preview;
#[cfg(feature = "authzen")]
mod recipes;
#[cfg(feature = "directory")]
mod rows;
#[cfg(feature = "directory")]
mod search;
#[cfg(feature = "shared")]
mod shared;
mod strategies;
#[cfg_attr(not(feature = "directory"), expect(unused_imports, reason = "the tests of the kit need a directory"))]
#[expect(dead_code, unreachable_pub, reason = "the tests use a part of the kit, by path")]
#[path = "../../src/testing.rs"]
mod testing;
#[cfg(feature = "directory")]
mod testing_kit;
#[cfg(feature = "authzen")]
mod wire;
mod world;

#[cfg(feature = "proptest")]
use testing::strategy as kit;
