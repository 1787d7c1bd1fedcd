//! The service as its clients see it: over HTTP, on SQLite, and on PostgreSQL where `DATABASE_URL` names a server.

mod attacks;
mod authzen;
mod deployments;
mod described;
mod documented;
mod evidence;
mod fixtures;
mod harness;
mod idempotency;
mod instances;
mod invitations;
mod lists;
mod pages;
mod place;
mod review;
mod sessions;
mod strangers;
mod tokens;
