//! Types and statuses of partners.

use async_graphql::Enum;

use domain::partner;

/// How a partner brings customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "partner::PartnerType")]
pub enum PartnerType {
    /// It refers customers.
    Referral,
    /// It resells.
    Reseller,
    /// It supplies resellers.
    Distributor,
    /// It promotes; the type of new partners where nothing else is said.
    Affiliate,
}

/// Where a partnership stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "partner::PartnerStatus")]
pub enum PartnerStatus {
    /// It was invited, and has not been activated. It earns.
    Invited,
    /// It earns.
    Active,
    /// New events earn nothing, payouts pass it over, and its tokens are dead.
    Suspended,
    /// New events earn nothing, and its tokens are dead.
    Revoked,
}
