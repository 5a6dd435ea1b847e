//! Backtests: what other rules would have cost, computed from real events.

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
