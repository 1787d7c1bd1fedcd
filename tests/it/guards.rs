//! Guards, and the layer that lets no answer pass that no decision allows.

mod facts;
mod layer;
mod problems;
mod service;

use std::sync::Arc;

use shipgate::guard::{Guard, GuardLayer, Identity};
use shipgate::{AccountKind, Action, Directory, ResourceId, Role, Time};

const NOW: Time = Time::from_millis(1_795_219_200_000);
const ACME: u64 = 1;
const ALICE: u64 = 7;

/// acme-corp, of which alice is a Developer: she may view it, and may not create projects.
fn acme() -> Directory<u64> {
    let mut rows = Directory::builder();
    rows.organization(ACME).unwrap();
    rows.member(&ACME, ALICE, AccountKind::User, Role::Developer, None).unwrap();
    rows.build()
}

/// A layer by which alice sends every request.
fn layer() -> GuardLayer<u64> {
    GuardLayer::new(Arc::new(acme()), |_| Ok(Identity::new(ALICE, NOW)))
}

/// A question that is allowed.
fn allowed(guard: &Guard<u64>) -> bool {
    guard.authorize(Action::View, ResourceId::Organization(&ACME)).is_ok()
}

/// A question that is denied.
fn denied(guard: &Guard<u64>) -> bool {
    guard.authorize(Action::CreateProject, ResourceId::Organization(&ACME)).is_err()
}
