//! Everything a client can observe, through the public API only, on both databases. Without a PostgreSQL server half of
//! it cannot run: `postgres_is_at_hand` then says so.

mod support;

mod smoke;
