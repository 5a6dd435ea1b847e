//! The versions of tiered commissions.

use std::collections::HashMap;

use entity::tiered_commission::{self, Model as Tier};
use entity::tiered_commission_version::{Column, Entity, Model};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel, QueryFilter, QueryOrder, QueryTrait,
};
use uuid::Uuid;

use super::recording::{found, join};
use super::scope::visible;
use super::{Connection, StoreError, Transaction, many, write};
use auth::Scope;
use domain::id::{TenantId, TieredCommissionId};
use domain::tiered::TieredCommission;

/// Stores the content of a tier as of its last change, unless that version is stored already.
pub(super) async fn insert(transaction: &Transaction, tier: &Tier) -> Result<(), StoreError> {
    let tier = tier.clone();
    let version = Model {
        tenant_id: tier.tenant_id,
        tier_id: tier.id,
        version: tier.version,
        begins_at: tier.updated_at,
        name: tier.name,
        status: tier.status,
        start_date: tier.start_date,
        end_date: tier.end_date,
        period: tier.period,
        crossing_policy: tier.crossing_policy,
        currency: tier.currency,
        event_type: tier.event_type,
        apply_to_all_partners: tier.apply_to_all_partners,
        partner_ids: tier.partner_ids,
        campaign_ids: tier.campaign_ids,
        advertiser_ids: tier.advertiser_ids,
        goals: tier.goals,
        modifiers: tier.modifiers,
        audit_entry_id: transaction.audit_entry(),
    };
    let known = OnConflict::columns([Column::TenantId, Column::TierId, Column::Version])
        .do_nothing()
        .to_owned();
    Entity::insert(version.into_active_model())
        .on_conflict(known)
        .exec_without_returning(transaction.connection())
        .await?;
    Ok(())
}

/// All stored versions of tiers, each from its `updated_at` on, in order. Every version of an archived tier says that
/// it is archived.
pub async fn of_tiers(
    database: &Connection,
    scope: &Scope,
    tiers: &[Uuid],
) -> Result<HashMap<TieredCommissionId, Vec<TieredCommission>>, StoreError> {
    let one_of = many::among(database, Column::TierId, tiers);
    let select = visible::<Entity>(scope)
        .filter(one_of)
        .order_by_asc(Column::TierId)
        .order_by_asc(Column::Version);
    let of_tier = Expr::col(tiered_commission::Column::Id.as_column_ref()).equals(Column::TierId.as_column_ref());
    let mut statement = select.into_query();
    join::<tiered_commission::Entity>(&mut statement, scope, of_tier, "tier_");
    let mut versions: HashMap<_, Vec<_>> = HashMap::new();
    for row in database.query_all(&statement).await? {
        let version = Model::from_query_result(&row, "")?;
        // The database ensures that there is one.
        let Some(tier) = found::<tiered_commission::Entity>(&row, "tier_")? else {
            continue;
        };
        let then = super::tiered_commission::from_row(Tier {
            version: version.version,
            name_key: String::new(),
            name: version.name,
            status: version.status,
            start_date: version.start_date,
            end_date: version.end_date,
            period: version.period,
            crossing_policy: version.crossing_policy,
            currency: version.currency,
            event_type: version.event_type,
            apply_to_all_partners: version.apply_to_all_partners,
            partner_ids: version.partner_ids,
            campaign_ids: version.campaign_ids,
            advertiser_ids: version.advertiser_ids,
            goals: version.goals,
            modifiers: version.modifiers,
            updated_at: version.begins_at,
            ..tier
        })?;
        versions.entry(then.id).or_default().push(then);
    }
    Ok(versions)
}

pub(super) async fn delete(
    transaction: &Connection,
    tenant: TenantId,
    tier: TieredCommissionId,
) -> Result<(), StoreError> {
    write::delete::<Entity>(transaction, tenant, Column::TierId.eq(tier.uuid())).await
}
