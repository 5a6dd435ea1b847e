//! Touches: moments at which somebody met a partner's link, coupon or recommendation.

mod input;
mod mutation;
mod object;
mod query;

pub use input::TouchInput;
pub use mutation::TouchMutation;
pub use object::{TOUCH, Touch, TouchKind};
pub use query::TouchQuery;
