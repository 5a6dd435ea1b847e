//! Partnership requests: partners ask to join campaigns.

mod input;
mod mutation;
mod object;
mod query;

pub use mutation::PartnershipRequestMutation;
pub use object::{PARTNERSHIP_REQUEST, PartnershipRequest};
pub use query::PartnershipRequestQuery;
