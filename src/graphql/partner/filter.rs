//! The filter and the order of lists of partners.

use std::sync::Arc;

use async_graphql::{Enum, ID, InputObject};

use super::kind::{PartnerStatus, PartnerType};
use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use crate::graphql::input::each;
use crate::graphql::lookup::{id, ids, search, search_texts};
use crate::graphql::order::OrderDirection;
use crate::graphql::scalar::{CurrencyCode, DateTime};
use auth::{Caller, Denied, Resource, Scope};
use store::order::Sorted;
use store::partner::PartnerOrder as StoreOrder;

/// A filter for partners; all given conditions must hold.
#[derive(Default, InputObject)]
pub struct PartnerFilter {
    /// Part of the name, the e-mail address or the external id, case-insensitive.
    pub search: Option<String>,
    /// In this group.
    pub group_id: Option<ID>,
    /// In this tier.
    pub tier_id: Option<ID>,
    /// In this category.
    pub category_id: Option<ID>,
    /// Belonging to this campaign.
    pub campaign_id: Option<ID>,
    /// Of one of these types.
    #[graphql(name = "type")]
    pub types: Option<Vec<PartnerType>>,
    /// With one of these statuses.
    pub status: Option<Vec<PartnerStatus>>,
    /// With exactly this tag.
    pub tag: Option<String>,
    /// In one of these groups.
    pub group_ids: Option<Vec<ID>>,
    /// In one of these tiers. Not allowed with a partner's token.
    pub tier_ids: Option<Vec<ID>>,
    /// In one of these categories. Not allowed with a partner's token.
    pub category_ids: Option<Vec<ID>>,
    /// Belonging to one of these campaigns.
    pub campaign_ids: Option<Vec<ID>>,
    /// With at least one of these tags, compared exactly. Not allowed with a partner's token.
    pub tags: Option<Vec<String>>,
    /// With exactly one of these external ids.
    pub external_ids: Option<Vec<String>>,
    /// Created at this moment or later.
    pub created_from: Option<DateTime>,
    /// Created before this moment.
    pub created_to: Option<DateTime>,
}

impl PartnerFilter {
    pub(super) fn read(self) -> Result<store::partner::PartnerFilter, ApiError> {
        Ok(store::partner::PartnerFilter {
            search: search("search", self.search)?,
            group: id("filter.groupId", self.group_id)?,
            tier: id("filter.tierId", self.tier_id)?,
            category: id("filter.categoryId", self.category_id)?,
            campaign: id("filter.campaignId", self.campaign_id)?,
            types: self.types.map(each),
            status: self.status.map(each),
            tag: search("tag", self.tag)?,
            groups: ids("filter.groupIds", self.group_ids)?,
            tiers: ids("filter.tierIds", self.tier_ids)?,
            categories: ids("filter.categoryIds", self.category_ids)?,
            campaigns: ids("filter.campaignIds", self.campaign_ids)?,
            tags: search_texts("filter.tags", self.tags)?,
            external_ids: search_texts("filter.externalIds", self.external_ids)?,
            created_from: self.created_from.map(Into::into),
            created_to: self.created_to.map(Into::into),
        })
    }

    /// Whether it filters by something that partners may not see of themselves.
    fn is_for_staff(&self) -> bool {
        let one = self.tier_id.is_some() || self.category_id.is_some() || self.tag.is_some();
        one || self.tier_ids.is_some() || self.category_ids.is_some() || self.tags.is_some()
    }
}

/// The order of partners.
#[derive(Clone, Copy, InputObject)]
pub struct PartnerOrder {
    /// The field to sort by.
    #[graphql(default_with = "PartnerOrderField::CreatedAt")]
    pub field: PartnerOrderField,
    /// The direction.
    #[graphql(default_with = "OrderDirection::Desc")]
    pub direction: OrderDirection,
    /// The currency for LIFETIME_VALUE and PAYABLE, where it is required: amounts in different currencies cannot be
    /// compared.
    pub currency: Option<CurrencyCode>,
}

/// The fields by which partners can be sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum PartnerOrderField {
    /// The time of creation.
    CreatedAt,
    /// The name, case-insensitive.
    Name,
    /// The lifetime value in `currency`; 0 for partners without one. Needs `commissions:read`.
    LifetimeValue,
    /// The payable amount in `currency`: approved, and in no open payout; 0 for partners without one. Needs
    /// `commissions:read`.
    Payable,
}

/// The filter and the order of a list of partners.
pub struct PartnerSelection {
    pub filter: Arc<store::partner::PartnerFilter>,
    pub sorted: Sorted<StoreOrder>,
}

impl PartnerSelection {
    pub fn read(
        caller: &Caller,
        filter: Option<PartnerFilter>,
        order_by: Option<PartnerOrder>,
    ) -> Result<Self, ApiError> {
        let filter = filter.unwrap_or_default();
        if caller.partner().is_some() && filter.is_for_staff() {
            return Err(Denied::NotForPartners.into());
        }
        let currency = |name: &str| {
            caller.read(Resource::Commissions)?;
            let currency = order_by.and_then(|order| order.currency).map(Into::into);
            currency.ok_or_else(|| ApiError::bad_user_input(format!("to sort by {name} give orderBy.currency")))
        };
        let by = match order_by.map(|order| order.field) {
            None | Some(PartnerOrderField::CreatedAt) => StoreOrder::CreatedAt,
            Some(PartnerOrderField::Name) => StoreOrder::Name,
            Some(PartnerOrderField::LifetimeValue) => StoreOrder::LifetimeValue(currency("LIFETIME_VALUE")?),
            Some(PartnerOrderField::Payable) => StoreOrder::Payable(currency("PAYABLE")?),
        };
        let descending = order_by.is_none_or(|order| order.direction == OrderDirection::Desc);
        Ok(Self {
            filter: Arc::new(filter.read()?),
            sorted: Sorted { by, descending },
        })
    }

    pub fn cursors(&self, scope: Scope) -> Cursors {
        let Sorted { by, descending } = self.sorted;
        Cursors::of((scope, "partners", &self.filter, by, descending)).sorted_by(self.sorted.example())
    }
}
