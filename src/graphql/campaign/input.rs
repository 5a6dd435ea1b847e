//! Inputs that create and change campaigns.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::attribution::CampaignAttributionInput;
use super::object::CampaignStatus;
use crate::graphql::input::{each, patch, patch_each};
use crate::graphql::scalar::DateTime;
use crate::graphql::terms::CommissionTermInput;
use service::campaign::{CampaignChange, NewCampaign};

/// A new campaign.
#[derive(InputObject)]
pub struct CreateCampaignInput {
    /// Its name.
    pub name: String,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: Option<String>,
    /// Its status; ACTIVE by default. ENDED ends its window now.
    pub status: Option<CampaignStatus>,
    /// At most 10 components; if absent or empty, the rules of the partner's group pay.
    pub terms: Option<Vec<CommissionTermInput>>,
    /// How many days a commission waits before it may be approved, 0 to 365; if absent, it is approved by hand only.
    pub holdback_days: Option<i32>,
    /// When its events start to earn.
    pub starts_at: Option<DateTime>,
    /// When its events stop earning, exclusive; after `startsAt`.
    pub ends_at: Option<DateTime>,
    /// The advertiser that owns it.
    pub advertiser_id: Option<ID>,
    /// Where its links lead that have no destination of their own: an https address (http outside production) without
    /// user name and password, of one of `linkHosts`, if there are any.
    pub destination_url: Option<String>,
    /// The hosts where its links may lead, compared exactly, such as "shop.example"; at most 50. By default only that of
    /// `destinationUrl`.
    pub link_hosts: Option<Vec<String>>,
    /// How touches and coupons credit events to partners.
    pub attribution: Option<CampaignAttributionInput>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// Changes to a campaign. Absent fields stay as they are; null clears. Past commissions and existing snapshots do not
/// change.
#[derive(InputObject)]
pub struct UpdateCampaignInput {
    /// The campaign.
    pub id: ID,
    /// Its name.
    pub name: MaybeUndefined<String>,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: MaybeUndefined<String>,
    /// Its status. ENDED ends its window now. To reopen an ended campaign, also give a later `endsAt`, or null.
    pub status: MaybeUndefined<CampaignStatus>,
    /// At most 10 components; they replace the existing ones.
    pub terms: MaybeUndefined<Vec<CommissionTermInput>>,
    /// How many days a commission waits before it may be approved, 0 to 365.
    pub holdback_days: MaybeUndefined<i32>,
    /// When its events start to earn.
    pub starts_at: MaybeUndefined<DateTime>,
    /// When its events stop earning, exclusive; after `startsAt`.
    pub ends_at: MaybeUndefined<DateTime>,
    /// The advertiser that owns it.
    pub advertiser_id: MaybeUndefined<ID>,
    /// Where its links lead that have no destination of their own: an https address (http outside production) without
    /// user name and password, of one of `linkHosts`, if there are any.
    pub destination_url: MaybeUndefined<String>,
    /// The hosts where its links may lead, compared exactly, such as "shop.example"; at most 50. By default only that of
    /// `destinationUrl`.
    pub link_hosts: MaybeUndefined<Vec<String>>,
    /// How touches and coupons credit events to partners, as a whole; null: the defaults. It applies to events that are
    /// recorded from now on.
    pub attribution: MaybeUndefined<CampaignAttributionInput>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

impl From<CreateCampaignInput> for NewCampaign {
    fn from(input: CreateCampaignInput) -> Self {
        Self {
            name: input.name,
            external_id: input.external_id,
            status: input.status.map(Into::into),
            terms: each(input.terms.unwrap_or_default()),
            holdback_days: input.holdback_days,
            starts_at: input.starts_at.map(Into::into),
            ends_at: input.ends_at.map(Into::into),
            advertiser_id: input.advertiser_id.map(Into::into),
            destination_url: input.destination_url,
            link_hosts: input.link_hosts.unwrap_or_default(),
            attribution: input.attribution.map(Into::into).unwrap_or_default(),
        }
    }
}

impl From<UpdateCampaignInput> for CampaignChange {
    fn from(input: UpdateCampaignInput) -> Self {
        Self {
            id: input.id.into(),
            name: patch(input.name),
            external_id: patch(input.external_id),
            status: patch(input.status),
            terms: patch_each(input.terms),
            holdback_days: patch(input.holdback_days),
            starts_at: patch(input.starts_at),
            ends_at: patch(input.ends_at),
            advertiser_id: patch(input.advertiser_id),
            destination_url: patch(input.destination_url),
            link_hosts: patch(input.link_hosts),
            attribution: patch(input.attribution),
        }
    }
}
