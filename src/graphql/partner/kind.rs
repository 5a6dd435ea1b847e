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
    /// It promotes; the default type of new partners.
    Affiliate,
}

/// The status of a partnership.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "partner::PartnerStatus")]
pub enum PartnerStatus {
    /// It was invited and has not been activated yet. It earns.
    Invited,
    /// It earns.
    Active,
    /// New events earn nothing, payout runs skip it, and its tokens are not accepted.
    Suspended,
    /// New events earn nothing, and its tokens are not accepted.
    Revoked,
}
