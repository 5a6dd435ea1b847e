//! The filter and the order of lists of deals.

use async_graphql::{Enum, ID, InputObject};

use crate::graphql::deal::pipeline::StageOutcome;
use crate::graphql::error::ApiError;
use crate::graphql::input::each;
use crate::graphql::lookup::{amount_bounds, id, ids, search, search_texts};
use crate::graphql::scalar::{CurrencyCode, DateTime, Decimal};
use store::deal::{DealFilter as StoreFilter, DealOrder};

/// A filter for deals; all given conditions must hold.
#[derive(Default, InputObject)]
pub struct DealFilter {
    /// Part of the name or the external id, case-insensitive; at most 200 characters.
    pub search: Option<String>,
    /// Of this partner.
    pub partner_id: Option<ID>,
    /// In this stage.
    pub stage_id: Option<ID>,
    /// In a stage with one of these outcomes.
    pub outcome: Option<Vec<StageOutcome>>,
    /// With a value in this currency.
    pub currency: Option<CurrencyCode>,
    /// Of one of these partners.
    pub partner_ids: Option<Vec<ID>>,
    /// In one of these stages.
    pub stage_ids: Option<Vec<ID>>,
    /// With exactly one of these external ids.
    pub external_ids: Option<Vec<String>>,
    /// With this value or more, in units of `currency`, which is then required.
    pub min_value: Option<Decimal>,
    /// With this value or less, in units of `currency`, which is then required.
    pub max_value: Option<Decimal>,
    /// Created at this moment or later.
    pub created_from: Option<DateTime>,
    /// Created before this moment.
    pub created_to: Option<DateTime>,
}

impl DealFilter {
    pub(super) fn read(self) -> Result<StoreFilter, ApiError> {
        let currency = self.currency.map(Into::into);
        let (least, most) = (("filter.minValue", self.min_value), ("filter.maxValue", self.max_value));
        let (least_minor, most_minor) = amount_bounds(least, most, currency)?;
        Ok(StoreFilter {
            search: search("filter.search", self.search)?,
            partner: id("filter.partnerId", self.partner_id)?,
            stage: id("filter.stageId", self.stage_id)?,
            outcome: self.outcome.map(each),
            currency,
            partners: ids("filter.partnerIds", self.partner_ids)?,
            stages: ids("filter.stageIds", self.stage_ids)?,
            external_ids: search_texts("filter.externalIds", self.external_ids)?,
            least_minor,
            most_minor,
            created_from: self.created_from.map(Into::into),
            created_to: self.created_to.map(Into::into),
        })
    }
}

/// The fields by which deals can be sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "DealOrder")]
pub enum DealOrderField {
    /// The time of creation.
    #[default]
    CreatedAt,
    /// The name, case-insensitive.
    Name,
    /// The value. Needs `filter.currency`: amounts in different currencies cannot be compared.
    Value,
}
