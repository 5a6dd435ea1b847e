//! The filter of tiered commission lists.

use entity::tiered_commission::{Column, Entity};
use entity::tiered_commission_reference::{self, Column as Reference};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, QueryTrait, Select};
use uuid::Uuid;

use crate::filter::contains;
use crate::scope::visible;
use auth::Scope;
use domain::id::{AdvertiserId, CampaignId, PartnerId};
use domain::tiered::Status;

/// What to list; archived ones never are, and all given conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TieredCommissionFilter {
    /// Part of the name, case-insensitive.
    pub search: Option<String>,
    /// Any of these values; an empty list matches nothing.
    pub status: Option<Vec<Status>>,
    /// Only tiers that apply to this partner.
    pub partner: Option<PartnerId>,
    /// Only tiers that name this campaign.
    pub campaign: Option<CampaignId>,
    pub advertiser: Option<AdvertiserId>,
}

/// Tiers for all partners, and those whose references meet the condition.
pub(super) fn for_partner(scope: &Scope, named: Expr) -> Condition {
    let named = visible::<tiered_commission_reference::Entity>(scope)
        .filter(named)
        .select_only()
        .column(Reference::TierId);
    Condition::any()
        .add(Column::ApplyToAllPartners.eq(true))
        .add(Column::Id.in_subquery(named.into_query()))
}

pub(super) fn in_force(scope: &Scope) -> Select<Entity> {
    visible::<Entity>(scope).filter(Column::ArchivedAt.is_null())
}

pub(super) fn filtered(scope: &Scope, filter: &TieredCommissionFilter) -> Select<Entity> {
    let mut select = in_force(scope);
    if let Some(search) = &filter.search {
        select = select.filter(Column::NameKey.like(contains(search)));
    }
    if let Some(status) = &filter.status {
        select = select.filter(Column::Status.is_in(status.iter().map(|status| status.as_str())));
    }
    if let Some(partner) = filter.partner {
        select = select.filter(for_partner(scope, Reference::PartnerId.eq(partner.uuid())));
    }
    let naming = |column: Reference, id: Uuid| {
        let named = visible::<tiered_commission_reference::Entity>(scope)
            .filter(column.eq(id))
            .select_only()
            .column(Reference::TierId);
        Column::Id.in_subquery(named.into_query())
    };
    if let Some(campaign) = filter.campaign {
        select = select.filter(naming(Reference::CampaignId, campaign.uuid()));
    }
    if let Some(advertiser) = filter.advertiser {
        select = select.filter(naming(Reference::AdvertiserId, advertiser.uuid()));
    }
    select
}
