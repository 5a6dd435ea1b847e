//! Inputs that create and change campaigns.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::object::CampaignStatus;
use crate::graphql::scalar::DateTime;
use crate::graphql::terms::CommissionTermInput;

/// A new campaign.
#[derive(InputObject)]
pub struct CreateCampaignInput {
    /// Its name.
    pub name: String,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: Option<String>,
    /// ACTIVE by default. ENDED ends its window now.
    pub status: Option<CampaignStatus>,
    /// At most 10 components; none: the rules of the partner's group pay.
    pub terms: Option<Vec<CommissionTermInput>>,
    /// How many days a commission waits before it may be approved, 0 to 365; none: it is approved by hand only.
    pub holdback_days: Option<i32>,
    /// From when on events earn.
    pub starts_at: Option<DateTime>,
    /// From when on events earn no more; after `startsAt`.
    pub ends_at: Option<DateTime>,
    /// Who owns it.
    pub advertiser_id: Option<ID>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Changes of a campaign. Absent fields stay as they are; null clears. Past commissions and the terms stamped for
/// partners do not change.
#[derive(InputObject)]
pub struct UpdateCampaignInput {
    /// Which campaign.
    pub id: ID,
    /// Its name.
    pub name: MaybeUndefined<String>,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: MaybeUndefined<String>,
    /// ENDED ends its window now. To reopen an ended campaign give a later `endsAt`, or null, too.
    pub status: MaybeUndefined<CampaignStatus>,
    /// At most 10 components: they replace the former ones.
    pub terms: MaybeUndefined<Vec<CommissionTermInput>>,
    /// How many days a commission waits before it may be approved, 0 to 365.
    pub holdback_days: MaybeUndefined<i32>,
    /// From when on events earn.
    pub starts_at: MaybeUndefined<DateTime>,
    /// From when on events earn no more; after `startsAt`.
    pub ends_at: MaybeUndefined<DateTime>,
    /// Who owns it.
    pub advertiser_id: MaybeUndefined<ID>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}
