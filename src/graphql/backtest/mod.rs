//! Backtests: what other rules would have cost, on what really happened.

mod description;
mod difference;
mod event;
mod mutation;
mod object;
mod proposal;
mod query;
mod result;

pub use description::BACKTEST;
pub use mutation::BacktestMutation;
pub use object::Backtest;
pub use query::BacktestQuery;
