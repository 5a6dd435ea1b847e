//! Tiered commissions, and what they refer to.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use entity::tiered_commission::{self, Column, Entity};
use entity::tiered_commission_reference::{self, Column as Reference};
use entity::{partner, tier_result};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use super::campaign::contains;
use super::order::{Key, SortBy, Sorted};
use super::scope::visible;
use super::{StoreError, Transaction, many, row, view};
use crate::auth::Scope;
use crate::domain::id::{self, AdvertiserId, CampaignId, Id, PartnerId, TenantId, TieredCommissionId};
use crate::domain::text;
use crate::domain::tiered::{Audience, CrossingPolicy, Modifier, Period, Retroactive, Status, Tier, TieredCommission};

const TABLE: &str = "tiered_commission";

/// What to list beside archived ones, which are not; everything given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TieredCommissionFilter {
    /// Part of the name, whatever the case.
    pub search: Option<String>,
    /// One of these; empty matches nothing.
    pub status: Option<Vec<Status>>,
    /// That apply to this partner.
    pub partner: Option<PartnerId>,
    /// That name this campaign.
    pub campaign: Option<CampaignId>,
    pub advertiser: Option<AdvertiserId>,
}

/// What a tier changes, as it is stored.
#[derive(serde::Serialize, serde::Deserialize)]
struct Modifiers {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payout: Option<Modifier>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revenue: Option<Modifier>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retroactive_payout: Option<Retroactive>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retroactive_revenue: Option<Retroactive>,
}

/// The orders in which tiered commissions are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TieredCommissionOrder {
    #[default]
    CreatedAt,
    /// Whatever the case.
    Name,
}

impl SortBy for TieredCommissionOrder {
    fn key(self) -> Option<Key> {
        match self {
            Self::CreatedAt => None,
            Self::Name => Some(Key::text(view::column(Column::NameKey))),
        }
    }

    fn id() -> view::Column {
        view::column(Column::Id)
    }
}

pub async fn find(
    database: &impl ConnectionTrait,
    scope: &Scope,
    id: TieredCommissionId,
) -> Result<Option<TieredCommission>, StoreError> {
    let select = visible::<Entity>(scope).filter(Column::Id.eq(id.uuid()));
    select.one(database).await?.map(from_row).transpose()
}

/// The tier for update: other writers of it wait for this transaction's end. Rows that merely refer to it do not wait,
/// since those who write them hold the locks of partners, which a change of the tier refers to.
pub async fn lock(
    transaction: &impl ConnectionTrait,
    scope: &Scope,
    id: TieredCommissionId,
) -> Result<Option<TieredCommission>, StoreError> {
    let select = visible::<Entity>(scope)
        .filter(Column::Id.eq(id.uuid()))
        .lock(LockType::NoKeyUpdate);
    select.one(transaction).await?.map(from_row).transpose()
}

/// The same, also waiting for those who write what refers to it, who wait for this from then on.
pub async fn lock_exclusive(
    transaction: &impl ConnectionTrait,
    scope: &Scope,
    id: TieredCommissionId,
) -> Result<Option<TieredCommission>, StoreError> {
    let select = visible::<Entity>(scope)
        .filter(Column::Id.eq(id.uuid()))
        .lock_exclusive();
    select.one(transaction).await?.map(from_row).transpose()
}

/// The one in force that another system calls so.
pub async fn find_by_external_id(
    database: &impl ConnectionTrait,
    scope: &Scope,
    external_id: &str,
) -> Result<Option<TieredCommission>, StoreError> {
    let select = in_force(scope).filter(Column::ExternalId.eq(external_id));
    select.one(database).await?.map(from_row).transpose()
}

/// Those in force with this name that another system knows, in no order.
pub async fn imported_as(
    database: &impl ConnectionTrait,
    scope: &Scope,
    name: &str,
) -> Result<Vec<TieredCommission>, StoreError> {
    let select = in_force(scope)
        .filter(Column::ExternalId.is_not_null())
        .filter(Column::Name.eq(name));
    select.all(database).await?.into_iter().map(from_row).collect()
}

pub async fn by_ids(
    database: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, TieredCommission>, StoreError> {
    let one_of = many::one_of(database.get_database_backend(), Column::Id.as_column_ref(), ids);
    let rows = visible::<Entity>(scope).filter(one_of).all(database).await?;
    rows.into_iter().map(|row| Ok((row.id, from_row(row)?))).collect()
}

/// The tiers in force, active or not, that are for one of the partners on one of the campaigns or the advertisers', in the
/// order of their making.
pub async fn counting(
    database: &impl ConnectionTrait,
    scope: &Scope,
    partners: &[Uuid],
    campaigns: &[Uuid],
    advertisers: &[Uuid],
) -> Result<Vec<TieredCommission>, StoreError> {
    let select = for_any(database.get_database_backend(), scope, partners, campaigns, advertisers);
    let select = select.order_by_asc(Column::Id);
    select.all(database).await?.into_iter().map(from_row).collect()
}

/// The tiers in force that are for one of the partners on one of the campaigns or the advertisers'.
pub(super) fn for_any(
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

/// The tiers in force, in the order of their making.
pub async fn all_in_force(database: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<TieredCommission>, StoreError> {
    let select = in_force(scope).order_by_asc(Column::Id);
    select.all(database).await?.into_iter().map(from_row).collect()
}

/// Those for all partners, and those whose references meet the condition.
fn for_partner(scope: &Scope, named: Expr) -> Condition {
    let named = visible::<tiered_commission_reference::Entity>(scope)
        .filter(named)
        .select_only()
        .column(Reference::TierId);
    Condition::any()
        .add(Column::ApplyToAllPartners.eq(true))
        .add(Column::Id.in_subquery(named.into_query()))
}

pub async fn count(
    database: &impl ConnectionTrait,
    scope: &Scope,
    filter: &TieredCommissionFilter,
) -> Result<u64, StoreError> {
    Ok(filtered(scope, filter).count(database).await?)
}

/// Those in force that the filter lets through.
pub fn list(filter: Arc<TieredCommissionFilter>, sorted: Sorted<TieredCommissionOrder>) -> view::List {
    let kept = (*filter == TieredCommissionFilter::default()).then(String::new);
    let select = move |_, scope: &Scope, _| filtered(scope, &filter).into_query();
    view::List::new(&view::TIERED_COMMISSION, kept, sorted.into(), select)
}

/// What a row holds whose columns were all read, with names that begin like this.
pub fn whole(row: &view::Row, prefix: &str) -> Result<TieredCommission, StoreError> {
    from_row(view::whole(row, prefix)?)
}

fn in_force(scope: &Scope) -> Select<Entity> {
    visible::<Entity>(scope).filter(Column::ArchivedAt.is_null())
}

fn filtered(scope: &Scope, filter: &TieredCommissionFilter) -> Select<Entity> {
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

/// The partners that tiers name, as a condition on partners.
pub(super) fn partners_of(scope: &Scope, tier: Expr) -> Select<partner::Entity> {
    super::partner::named_by::<tiered_commission_reference::Entity>(
        scope,
        Reference::PartnerId,
        Reference::TierId,
        tier,
    )
}

/// Whether a tier has ever changed an amount.
pub async fn has_paid(
    database: &impl ConnectionTrait,
    scope: &Scope,
    tier: TieredCommissionId,
) -> Result<bool, StoreError> {
    let select = visible::<tier_result::Entity>(scope)
        .filter(tier_result::Column::TierId.eq(tier.uuid()))
        .limit(1);
    Ok(select.one(database).await?.is_some())
}

pub async fn insert(transaction: &Transaction, tenant: TenantId, tier: &TieredCommission) -> Result<(), StoreError> {
    let row = to_row(tenant, tier);
    Entity::insert(row.clone().into_active_model())
        .exec_without_returning(transaction)
        .await?;
    super::tier_version::keep(transaction, &row).await?;
    insert_references(transaction, tenant, tier).await
}

pub async fn update(transaction: &Transaction, tenant: TenantId, tier: &TieredCommission) -> Result<(), StoreError> {
    let row = to_row(tenant, tier);
    row.clone()
        .into_active_model()
        .reset_all()
        .update_without_returning(transaction)
        .await?;
    super::tier_version::keep(transaction, &row).await?;
    delete_references(transaction, tenant, tier.id).await?;
    insert_references(transaction, tenant, tier).await
}

/// Deletes a tier that has never changed an amount, with what it has counted.
pub async fn delete(
    transaction: &impl ConnectionTrait,
    tenant: TenantId,
    id: TieredCommissionId,
) -> Result<(), StoreError> {
    super::tier_counter::delete(transaction, tenant, id).await?;
    super::tier_version::delete(transaction, tenant, id).await?;
    delete_references(transaction, tenant, id).await?;
    Entity::delete_by_id((tenant.uuid(), id.uuid()))
        .exec(transaction)
        .await?;
    Ok(())
}

async fn delete_references(
    transaction: &impl ConnectionTrait,
    tenant: TenantId,
    tier: TieredCommissionId,
) -> Result<(), StoreError> {
    tiered_commission_reference::Entity::delete_many()
        .filter(Reference::TenantId.eq(tenant.uuid()))
        .filter(Reference::TierId.eq(tier.uuid()))
        .exec(transaction)
        .await?;
    Ok(())
}

async fn insert_references(
    transaction: &impl ConnectionTrait,
    tenant: TenantId,
    tier: &TieredCommission,
) -> Result<(), StoreError> {
    let none = || tiered_commission_reference::Model {
        tenant_id: tenant.uuid(),
        id: Id::<id::TieredCommissionReference>::new(tier.updated_at).uuid(),
        tier_id: tier.id.uuid(),
        partner_id: None,
        campaign_id: None,
        advertiser_id: None,
    };
    let mut rows = Vec::new();
    macro_rules! refer {
        ($list:expr, $column:ident) => {
            rows.extend($list.iter().map(|id| tiered_commission_reference::Model {
                $column: Some(id.uuid()),
                ..none()
            }));
        };
    }
    refer!(tier.audience.partner_ids, partner_id);
    refer!(tier.audience.campaign_ids, campaign_id);
    refer!(tier.audience.advertiser_ids, advertiser_id);
    for chunk in rows.chunks(1000) {
        let chunk = chunk.iter().cloned().map(IntoActiveModel::into_active_model);
        tiered_commission_reference::Entity::insert_many(chunk)
            .exec_without_returning(transaction)
            .await?;
    }
    Ok(())
}

pub(super) fn from_row(row: tiered_commission::Model) -> Result<TieredCommission, StoreError> {
    let modifiers: Modifiers = row::json(TABLE, "modifiers", row.modifiers)?;
    let date = |column, text: &str| row::text(TABLE, column, text, |text| text.parse::<NaiveDate>().ok());
    Ok(TieredCommission {
        id: TieredCommissionId::from_uuid(row.id),
        external_id: row.external_id,
        version: row::unsigned(TABLE, "version", row.version)?,
        tier: Tier {
            name: row.name,
            status: row::text(TABLE, "status", &row.status, Status::parse)?,
            start_date: date("start_date", &row.start_date)?,
            end_date: date("end_date", &row.end_date)?,
            period: row::text(TABLE, "period", &row.period, Period::parse)?,
            crossing_policy: row::text(TABLE, "crossing_policy", &row.crossing_policy, CrossingPolicy::parse)?,
            currency: row::currency(TABLE, "currency", &row.currency)?,
            event_type: row.event_type,
            goals: row::json(TABLE, "goals", row.goals)?,
            payout: modifiers.payout,
            revenue: modifiers.revenue,
            retroactive_payout: modifiers.retroactive_payout,
            retroactive_revenue: modifiers.retroactive_revenue,
        },
        notes: row.notes,
        audience: Audience {
            apply_to_all_partners: row.apply_to_all_partners,
            partner_ids: row::json(TABLE, "partner_ids", row.partner_ids)?,
            campaign_ids: row::json(TABLE, "campaign_ids", row.campaign_ids)?,
            advertiser_ids: row::json(TABLE, "advertiser_ids", row.advertiser_ids)?,
        },
        archived_at: row.archived_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// What a row holds that is at hand.
pub fn at_hand(tenant: TenantId, commission: &TieredCommission) -> view::AtHand {
    view::at_hand(to_row(tenant, commission), &[])
}

fn to_row(tenant: TenantId, commission: &TieredCommission) -> tiered_commission::Model {
    let (tier, audience) = (&commission.tier, &commission.audience);
    let modifiers = Modifiers {
        payout: tier.payout,
        revenue: tier.revenue,
        retroactive_payout: tier.retroactive_payout,
        retroactive_revenue: tier.retroactive_revenue,
    };
    tiered_commission::Model {
        tenant_id: tenant.uuid(),
        id: commission.id.uuid(),
        external_id: commission.external_id.clone(),
        version: row::signed(commission.version),
        name: tier.name.clone(),
        name_key: text::sort_key(&tier.name),
        notes: commission.notes.clone(),
        status: tier.status.as_str().to_owned(),
        start_date: tier.start_date.to_string(),
        end_date: tier.end_date.to_string(),
        period: tier.period.as_str().to_owned(),
        crossing_policy: tier.crossing_policy.as_str().to_owned(),
        currency: tier.currency.code().to_owned(),
        event_type: tier.event_type.clone(),
        apply_to_all_partners: audience.apply_to_all_partners,
        partner_ids: row::to_json(&audience.partner_ids),
        campaign_ids: row::to_json(&audience.campaign_ids),
        advertiser_ids: row::to_json(&audience.advertiser_ids),
        goals: row::to_json(&tier.goals),
        modifiers: row::to_json(&modifiers),
        archived_at: commission.archived_at,
        created_at: commission.created_at,
        updated_at: commission.updated_at,
    }
}
