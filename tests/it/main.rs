//! Everything a client can observe, through the public API only, on both databases. Without a PostgreSQL server half of
//! it cannot run: `postgres_is_at_hand` then says so.

#![allow(
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is what it is for"
)]

mod architecture;
mod import;
mod paging;
mod response_shapes;
mod schema;
mod seed;
mod statements;
mod support;
mod verify;
mod worked_examples;

mod isolation;
mod mistakes;
mod smoke;
