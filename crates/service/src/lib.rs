//! What the program does for callers beyond reading: authorise, load, decide with the domain's pure functions, write in
//! one transaction. Every function reports all problems of its input at once, and then has changed nothing; functions
//! that take a list of independent items report per item instead.

mod aggregate;
pub mod api_key;
pub mod app;
pub mod attribution_simulation;
pub mod audit;
pub mod authentication;
pub mod backtest;
pub mod campaign;
mod campaign_links;
pub mod clock;
pub mod commission_rule;
pub mod coupon;
pub mod custom_field;
pub mod deal;
pub mod deletion;
pub mod erased_again;
mod erased_names;
pub mod erasure;
mod error;
mod external_id;
mod ids;
pub mod imported;
pub mod label;
pub mod ledger;
pub mod link;
pub mod live_tokens;
pub mod moving_in;
pub mod once;
pub mod partner;
pub mod partner_group;
pub mod partnership_request;
pub mod snapshot;
pub mod stage;
mod stored;
pub mod tenant;
pub mod tiered_commission;
pub mod token;
pub mod touch;
pub mod tracking;
pub mod webhook;

pub use error::ServiceError;
use error::require;
