//! Records and rows in real databases: SQLite in memory, and PostgreSQL if `DATABASE_URL` names one.

mod database;
mod guide;
mod instances;
mod keys;
mod native;
mod random;
mod sequences;
