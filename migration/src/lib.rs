//! The schema of the database, one file per change. A migration is plain SQL with a few placeholders for what the two
//! engines spell differently ([`dialect`]), so that a reader sees the actual tables, indexes and triggers.

use sea_orm_migration::prelude::*;
pub use sea_orm_migration::{MigrationStatus, MigratorTrait};

mod dialect;
pub mod distribution;
mod m0001_programme;
mod m0002_ledger;
mod m0003_deals;
mod m0004_tiers;
mod m0005_api_keys;
mod m0006_histories;
mod m0007_outbox_transactions;
mod m0008_idempotency_subjects;
mod m0009_sums;
mod m0010_decisions;
mod m0011_tier_versions;
mod m0012_payout_runs;
mod m0013_statements;
mod m0014_versions;
mod m0015_backtests;
mod m0016_outbox_events;
mod m0017_webhooks;
mod m0018_audit;
mod m0019_imports;
mod m0020_reassignments;
mod m0021_audit_of_rows;
mod m0022_orders;

/// The migrations, in the order in which they are applied.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_programme::Migration),
            Box::new(m0002_ledger::Migration),
            Box::new(m0003_deals::Migration),
            Box::new(m0004_tiers::Migration),
            Box::new(m0005_api_keys::Migration),
            Box::new(m0006_histories::Migration),
            Box::new(m0007_outbox_transactions::Migration),
            Box::new(m0008_idempotency_subjects::Migration),
            Box::new(m0009_sums::Migration),
            Box::new(m0010_decisions::Migration),
            Box::new(m0011_tier_versions::Migration),
            Box::new(m0012_payout_runs::Migration),
            Box::new(m0013_statements::Migration),
            Box::new(m0014_versions::Migration),
            Box::new(m0015_backtests::Migration),
            Box::new(m0016_outbox_events::Migration),
            Box::new(m0017_webhooks::Migration),
            Box::new(m0018_audit::Migration),
            Box::new(m0019_imports::Migration),
            Box::new(m0020_reassignments::Migration),
            Box::new(m0021_audit_of_rows::Migration),
            Box::new(m0022_orders::Migration),
        ]
    }
}
