//! Coupons: codes that credit sales to partners.

mod input;
mod mutation;
mod object;
mod query;

pub use mutation::CouponMutation;
pub use object::{COUPON, Coupon};
pub use query::CouponQuery;
