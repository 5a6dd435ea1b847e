//! Everything a client can observe, through the public API only, on both databases. Without a PostgreSQL server half of
//! it cannot run: `postgres_is_at_hand` then says so.

#![allow(
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is what it is for"
)]
// The roots of the schema are nested types, one within the other, and so are the futures that resolve them.
#![recursion_limit = "256"]

#[macro_use(apply)]
extern crate macro_rules_attribute;

mod architecture;
mod attribution;
mod audit;
mod backtest;
mod circles;
mod citus;
mod command_line;
mod connections;
mod coupons;
mod deals;
mod decisions;
mod demo;
mod documentation;
mod dropped_fields;
mod example_portal;
mod federation;
mod filters;
mod gateway;
mod histories;
mod idempotency;
mod import;
mod import_everflow;
mod import_journeybee;
mod ledger;
mod month_end;
mod moving_in;
mod openapi;
mod operations;
mod orders;
mod outages;
mod paging;
mod payout_runs;
mod plans;
mod privacy;
mod reassignment;
mod replicas;
mod response_shapes;
mod schema;
mod secrets;
mod seed;
mod statements;
mod straight;
mod subscriptions;
mod support;
mod telemetry;
mod terms;
mod texts;
mod tier_ledger;
mod tiered;
mod tracking;
mod verify;
mod webhooks;
mod worked_examples;

mod append_only;
mod isolation;
mod ledger_access;
mod ledger_faults;
mod ledger_property;
mod ledger_races;
mod links;
mod lock_order;
mod mistakes;
mod races;
mod round_trip;
mod smoke;
mod snapshots;
mod sqlite;
