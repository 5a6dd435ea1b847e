//! Deals, the pipeline that they move through, and the rules that pay for them.

pub mod object;
pub mod pipeline;
pub mod rule;
pub mod simulated_payment;
