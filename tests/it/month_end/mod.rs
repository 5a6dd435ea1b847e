//! Closing a month.

mod export;
