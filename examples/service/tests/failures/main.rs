//! What happens when something fails: instances that are killed, a database that goes away or goes back, clocks that are wrong,
//! announcements that are lost, a provider of identities that is not honest, and a collector that hears of all.
//!
//! The instances are processes. It needs all features, and `.ci/run` starts what else it needs.

mod checker;
mod clocks;
mod connections;
mod killed;
mod lost;
mod oidc;
#[path = "../it/place.rs"]
mod place;
mod process;
mod restored;
mod telemetry;
