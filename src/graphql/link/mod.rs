//! Links: addresses by which partners lead visitors to the brand's pages.

mod input;
mod mutation;
mod object;
mod performance;
mod query;

pub use mutation::LinkMutation;
pub use object::{LINK, Link};
pub use query::LinkQuery;
