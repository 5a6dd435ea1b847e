//! Deals, the pipeline that they move through, and the rules that pay for them.

mod description;
mod filter;
mod input;
mod mutation;
mod object;
mod payload;
pub mod pipeline;
mod query;
pub mod rule;
mod simulated_payment;

pub use description::DEAL;
pub use filter::DealOrderField;
pub use input::CustomFieldValueInput;
pub use mutation::DealMutation;
pub use object::Deal;
pub use query::DealQuery;
pub use simulated_payment::SimulatedPayment;
