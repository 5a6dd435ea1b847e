//! The schema of the database, one file per part of the domain. A migration is plain SQL with a few placeholders for what
//! the two engines spell differently ([`dialect`]), so that a reader sees the actual tables, indexes and triggers.
//!
//! Until the first release a change of the schema edits these files; afterwards it is a file of its own.

pub use sea_orm_migration::prelude::async_trait;
pub use sea_orm_migration::{MigrationName, MigrationStatus, MigrationTrait, MigratorTrait, SchemaManager};

mod dialect;
pub mod distribution;
mod erasable;
mod m0001_programme;
mod m0002_partners;
mod m0003_events;
mod m0004_payouts;
mod m0005_commissions;
mod m0006_deals;
mod m0007_tiers;
mod m0008_reassignments;
mod m0009_backtests;
mod m0010_outbox;
mod m0011_webhooks;
mod m0012_audit;
mod m0013_idempotency;
mod m0014_api_keys;

/// The migrations, in the order in which they are applied.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_programme::Migration),
            Box::new(m0002_partners::Migration),
            Box::new(m0003_events::Migration),
            Box::new(m0004_payouts::Migration),
            Box::new(m0005_commissions::Migration),
            Box::new(m0006_deals::Migration),
            Box::new(m0007_tiers::Migration),
            Box::new(m0008_reassignments::Migration),
            Box::new(m0009_backtests::Migration),
            Box::new(m0010_outbox::Migration),
            Box::new(m0011_webhooks::Migration),
            Box::new(m0012_audit::Migration),
            Box::new(m0013_idempotency::Migration),
            Box::new(m0014_api_keys::Migration),
        ]
    }
}
