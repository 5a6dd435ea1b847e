//! Closing a month: what is paid, what was owed and what moved it, and what it all came to; as files, too.

mod export;
pub mod report;
pub mod statements;
mod worked;
