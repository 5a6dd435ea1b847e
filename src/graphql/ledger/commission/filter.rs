//! The filter and the order of lists of commissions.

use async_graphql::{Enum, ID, InputObject};

use super::object::{CommissionKind, CommissionStatus};
use crate::graphql::error::ApiError;
use crate::graphql::input::each;
use crate::graphql::lookup::{amount_bounds, id, ids, search, search_texts};
use crate::graphql::scalar::{CurrencyCode, DateTime, Decimal};
use store::commission::{CommissionFilter as StoreFilter, CommissionOrder as StoreOrder};

/// A filter for commissions; all given conditions must hold.
#[derive(Default, InputObject)]
pub struct CommissionFilter {
    /// With one of these statuses.
    pub status: Option<Vec<CommissionStatus>>,
    /// Of one of these kinds.
    pub kind: Option<Vec<CommissionKind>>,
    /// Of this partner.
    pub partner_id: Option<ID>,
    /// Of this campaign.
    pub campaign_id: Option<ID>,
    /// Owed to exactly this individual.
    pub recipient: Option<String>,
    /// In this currency.
    pub currency: Option<CurrencyCode>,
    /// Accrued at this moment or later.
    pub accrued_from: Option<DateTime>,
    /// Accrued before this moment.
    pub accrued_to: Option<DateTime>,
    /// With this amount or more, in units of `currency`, which is then required: amounts in different currencies cannot
    /// be compared. Rows that take back have negative amounts.
    pub min_amount: Option<Decimal>,
    /// With this amount or less, in units of `currency`, which is then required.
    pub max_amount: Option<Decimal>,
    /// Maturing at this moment or later.
    pub mature_from: Option<DateTime>,
    /// Maturing before this moment.
    pub mature_before: Option<DateTime>,
    /// Approved at this moment or later, whatever their present status.
    pub approved_from: Option<DateTime>,
    /// Approved before this moment.
    pub approved_to: Option<DateTime>,
    /// Paid at this moment or later; an imported commission in the other system, if that is known.
    pub paid_from: Option<DateTime>,
    /// Paid before this moment; an imported commission in the other system, if that is known.
    pub paid_to: Option<DateTime>,
    /// Of this event: what it earned or, for a refund, what it clawed back.
    pub event_id: Option<ID>,
    /// Of this deal.
    pub deal_id: Option<ID>,
    /// In this payout, pending or paid; not those that a failed or canceled payout released.
    pub payout_id: Option<ID>,
    /// Of one of these partners.
    pub partner_ids: Option<Vec<ID>>,
    /// Of one of these campaigns.
    pub campaign_ids: Option<Vec<ID>>,
    /// Owed to one of these individuals, compared exactly.
    pub recipients: Option<Vec<String>>,
}

impl CommissionFilter {
    pub fn read(self) -> Result<StoreFilter, ApiError> {
        let currency = self.currency.map(Into::into);
        let (least, most) = (
            ("filter.minAmount", self.min_amount),
            ("filter.maxAmount", self.max_amount),
        );
        let (least_minor, most_minor) = amount_bounds(least, most, currency)?;
        Ok(StoreFilter {
            status: self.status.map(each),
            kinds: self.kind.map(each),
            partner: id("filter.partnerId", self.partner_id)?,
            campaign: id("filter.campaignId", self.campaign_id)?,
            recipient: search("filter.recipient", self.recipient)?,
            currency,
            accrued_from: self.accrued_from.map(Into::into),
            accrued_to: self.accrued_to.map(Into::into),
            least_minor,
            most_minor,
            mature_from: self.mature_from.map(Into::into),
            mature_before: self.mature_before.map(Into::into),
            approved_from: self.approved_from.map(Into::into),
            approved_to: self.approved_to.map(Into::into),
            paid_from: self.paid_from.map(Into::into),
            paid_to: self.paid_to.map(Into::into),
            event: id("filter.eventId", self.event_id)?,
            deal: id("filter.dealId", self.deal_id)?,
            payout: id("filter.payoutId", self.payout_id)?,
            partners: ids("filter.partnerIds", self.partner_ids)?,
            campaigns: ids("filter.campaignIds", self.campaign_ids)?,
            recipients: search_texts("filter.recipients", self.recipients)?,
        })
    }
}

/// The fields by which commissions can be sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "StoreOrder")]
pub enum CommissionOrderField {
    /// The time of accrual.
    #[default]
    AccruedAt,
    /// The amount. Needs `filter.currency`: amounts in different currencies cannot be compared.
    Amount,
}
