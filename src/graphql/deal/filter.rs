//! The filter and the order of lists of deals.

use async_graphql::{Enum, ID, InputObject};

use crate::graphql::deal::pipeline::StageOutcome;
use crate::graphql::error::ApiError;
use crate::graphql::lookup::{amount_bounds, ids, search_text, search_texts};
use crate::graphql::scalar::{CurrencyCode, DateTime, Decimal};
use domain::deal;
use store::deal::{DealFilter as StoreFilter, DealOrder};

/// Which deals to list; everything given must hold.
#[derive(Default, InputObject)]
pub struct DealFilter {
    /// Part of the name or of the external id, whatever the case; at most 200 characters.
    pub search: Option<String>,
    /// Of this partner.
    pub partner_id: Option<ID>,
    /// Standing in this stage.
    pub stage_id: Option<ID>,
    /// Standing in a stage of one of these outcomes.
    pub outcome: Option<Vec<StageOutcome>>,
    /// Worth something in this currency.
    pub currency: Option<CurrencyCode>,
    /// Of one of these partners.
    pub partner_ids: Option<Vec<ID>>,
    /// Standing in one of these stages.
    pub stage_ids: Option<Vec<ID>>,
    /// With exactly one of these external ids.
    pub external_ids: Option<Vec<String>>,
    /// Worth this much or more, in units of `currency`, which must be given.
    pub min_value: Option<Decimal>,
    /// Worth this much or less, in units of `currency`, which must be given.
    pub max_value: Option<Decimal>,
    /// Created at this moment or later.
    pub created_from: Option<DateTime>,
    /// Created before this moment.
    pub created_to: Option<DateTime>,
}

impl DealFilter {
    pub(super) fn read(self) -> Result<StoreFilter, ApiError> {
        let currency = self.currency.map(|code| code.0);
        let (least, most) = (("filter.minValue", self.min_value), ("filter.maxValue", self.max_value));
        let (least_minor, most_minor) = amount_bounds(least, most, currency)?;
        Ok(StoreFilter {
            search: self.search.map(|text| search_text("filter.search", text)).transpose()?,
            partner: self.partner_id.map(|id| id.parse()).transpose()?,
            stage: self.stage_id.map(|id| id.parse()).transpose()?,
            outcome: self
                .outcome
                .map(|list| list.into_iter().map(deal::StageOutcome::from).collect()),
            currency,
            partners: ids(self.partner_ids)?,
            stages: ids(self.stage_ids)?,
            external_ids: search_texts("filter.externalIds", self.external_ids)?,
            least_minor,
            most_minor,
            created_from: self.created_from.map(|moment| moment.0),
            created_to: self.created_to.map(|moment| moment.0),
        })
    }
}

/// What deals are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "DealOrder")]
pub enum DealOrderField {
    /// When they were created.
    #[default]
    CreatedAt,
    /// Their name, whatever the case.
    Name,
    /// What they are worth. Needs `filter.currency`: amounts of different currencies have no order.
    Value,
}
