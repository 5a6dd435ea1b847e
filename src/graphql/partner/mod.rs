//! Partners.

mod balance;
mod description;
mod filter;
mod input;
mod kind;
mod mutation;
mod object;
mod query;
mod status_input;
mod transition;

#[cfg(test)]
pub use balance::PARTNER_BALANCE;
pub use description::PARTNER;
#[cfg(test)]
pub use input::UpdatePartnerInput;
pub use kind::PartnerType;
#[cfg(test)]
pub use mutation::IssuePartnerTokenInput;
pub use mutation::PartnerMutation;
pub use object::Partner;
pub use query::PartnerQuery;
#[cfg(test)]
pub use transition::PARTNER_TRANSITION;
