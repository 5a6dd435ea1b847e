//! Tiered commissions by their ids and names, and those that count for partners and campaigns.

use entity::tier_result;
use entity::tiered_commission::{Column, Entity};
use entity::tiered_commission_reference::{self, Column as Reference};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use super::filter::{for_partner, in_force};
use super::rows::from_row;
use crate::scope::visible;
use crate::table_functions::table_functions;
use crate::{Connection, StoreError, load, many};
use auth::Scope;
use domain::id::TieredCommissionId;
use domain::tiered::TieredCommission;

table_functions!(TieredCommission, TieredCommissionId: find, by_ids, lock);

/// The tier in force with this external id.
pub async fn find_by_external_id(
    database: &Connection,
    scope: &Scope,
    external_id: &str,
) -> Result<Option<TieredCommission>, StoreError> {
    let select = in_force(scope).filter(Column::ExternalId.eq(external_id));
    load::one(database, select, from_row).await
}

/// The tiers in force with this name and an external id, in no particular order.
pub async fn imported_as(
    database: &Connection,
    scope: &Scope,
    name: &str,
) -> Result<Vec<TieredCommission>, StoreError> {
    let select = in_force(scope)
        .filter(Column::ExternalId.is_not_null())
        .filter(Column::Name.eq(name));
    load::all(database, select, from_row).await
}

/// The tiers in force, active or not, that apply to one of the partners on one of the campaigns or of the advertisers,
/// in the order of creation.
pub async fn counting(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
    campaigns: &[Uuid],
    advertisers: &[Uuid],
) -> Result<Vec<TieredCommission>, StoreError> {
    let select = for_any(database.get_database_backend(), scope, partners, campaigns, advertisers);
    let select = select.order_by_asc(Column::Id);
    load::all(database, select, from_row).await
}

/// The tiers in force that apply to one of the partners on one of the campaigns or of the advertisers.
pub(crate) fn for_any(
    backend: DbBackend,
    scope: &Scope,
    partners: &[Uuid],
    campaigns: &[Uuid],
    advertisers: &[Uuid],
) -> Select<Entity> {
    let one_of = |column: Reference, ids| many::one_of(backend, column.as_column_ref(), ids);
    let mut promoted = Condition::any().add(one_of(Reference::CampaignId, campaigns));
    if !advertisers.is_empty() {
        promoted = promoted.add(one_of(Reference::AdvertiserId, advertisers));
    }
    let of_campaign = visible::<tiered_commission_reference::Entity>(scope)
        .filter(promoted)
        .select_only()
        .column(Reference::TierId);
    in_force(scope)
        .filter(Column::Id.in_subquery(of_campaign.into_query()))
        .filter(for_partner(scope, one_of(Reference::PartnerId, partners)))
}

/// The tiers in force, in the order of creation.
pub async fn all_in_force(database: &Connection, scope: &Scope) -> Result<Vec<TieredCommission>, StoreError> {
    let select = in_force(scope).order_by_asc(Column::Id);
    load::all(database, select, from_row).await
}

/// Whether a tier has ever changed an amount.
pub async fn has_paid(database: &Connection, scope: &Scope, tier: TieredCommissionId) -> Result<bool, StoreError> {
    let select = visible::<tier_result::Entity>(scope)
        .filter(tier_result::Column::TierId.eq(tier.uuid()))
        .limit(1);
    Ok(select.one(database).await?.is_some())
}
