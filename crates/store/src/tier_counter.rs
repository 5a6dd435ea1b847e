//! What tiers have counted. Every writer holds the lock of the partner concerned.

use std::collections::HashMap;

use entity::tier_counter::{self, Column, Entity};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use super::scope::visible;
use super::writes::{Conflict, Writes};
use super::{Connection, StoreError, many, row, write};
use auth::Scope;
use domain::Timestamp;
use domain::id::{CampaignId, PartnerId, TenantId, TieredCommissionId};
use domain::money::{AmountTooLarge, Currency};
use domain::tiered::{Counters, Fired, Window};

/// Identifies the counters of a tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CounterKey {
    pub tier: TieredCommissionId,
    pub partner: PartnerId,
    pub campaign: CampaignId,
    pub window: Window,
}

/// Counters as they are stored: sums in minor units of the tier's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredCounter {
    /// The version of the tier for which they were counted.
    pub version: u32,
    pub fired: Fired,
    counts: [i64; 2],
    sums_minor: [i64; 3],
}

impl StoredCounter {
    /// The counters of a tier whose currency is `currency`.
    pub fn counters(&self, currency: Currency) -> Counters {
        Counters::stored(currency, self.counts, self.sums_minor)
    }
}

/// Counters to write.
#[derive(Clone, Copy, Debug)]
pub struct NewCounter {
    pub key: CounterKey,
    pub version: u32,
    pub fired: Fired,
    pub conversions: i64,
    pub events: i64,
    /// Sale amount, payout and revenue, in minor units.
    pub sums_minor: [i64; 3],
}

impl NewCounter {
    /// These counters, in the currency of their tier, valid for one version of it.
    pub fn of(
        key: CounterKey,
        version: u32,
        fired: Fired,
        counters: &Counters,
        currency: Currency,
    ) -> Result<Self, AmountTooLarge> {
        Ok(Self {
            key,
            version,
            fired,
            conversions: counters.conversions,
            events: counters.events,
            sums_minor: counters.sums_minor(currency)?,
        })
    }
}

/// The counters of partners on campaigns in the windows that contain any of the moments from `from` to `to`.
pub async fn around(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
    campaigns: &[Uuid],
    (from, to): (Timestamp, Timestamp),
) -> Result<HashMap<CounterKey, StoredCounter>, StoreError> {
    let rows = visible::<Entity>(scope)
        .filter(many::among(database, Column::PartnerId, partners))
        .filter(many::among(database, Column::CampaignId, campaigns))
        .filter(Column::WindowStart.lte(to))
        .filter(Column::WindowEnd.gt(from))
        .all(database)
        .await?;
    rows.into_iter().map(from_row).collect()
}

/// The counters of partners in windows that ended at `now` or before, on all campaigns or on one.
pub async fn over(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
    campaign: Option<CampaignId>,
    now: Timestamp,
) -> Result<HashMap<CounterKey, StoredCounter>, StoreError> {
    let of_partner = many::among(database, Column::PartnerId, partners);
    let mut select = visible::<Entity>(scope)
        .filter(of_partner)
        .filter(Column::WindowEnd.lte(now));
    if let Some(campaign) = campaign {
        select = select.filter(Column::CampaignId.eq(campaign.uuid()));
    }
    select.all(database).await?.into_iter().map(from_row).collect()
}

/// All counters of partners.
pub async fn of_partners(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
) -> Result<HashMap<CounterKey, StoredCounter>, StoreError> {
    let one_of = many::among(database, Column::PartnerId, partners);
    let rows = visible::<Entity>(scope).filter(one_of).all(database).await?;
    rows.into_iter().map(from_row).collect()
}

/// All counters in windows that have not ended at `now`.
pub async fn running(
    database: &Connection,
    scope: &Scope,
    now: Timestamp,
) -> Result<HashMap<CounterKey, StoredCounter>, StoreError> {
    let select = visible::<Entity>(scope).filter(Column::WindowEnd.gt(now));
    select.all(database).await?.into_iter().map(from_row).collect()
}

/// Writes counters, replacing the stored ones.
pub fn put(writes: &mut Writes, tenant: TenantId, counters: &[NewCounter]) {
    let rows = counters.iter().map(|counter| {
        let NewCounter { key, fired, .. } = counter;
        let [sale_amount_minor, payout_minor, revenue_minor] = counter.sums_minor;
        let row = tier_counter::Model {
            tenant_id: tenant.uuid(),
            partner_id: key.partner.uuid(),
            campaign_id: key.campaign.uuid(),
            tier_id: key.tier.uuid(),
            window_start: key.window.start,
            window_end: key.window.end,
            version: row::signed(counter.version),
            conversions: counter.conversions,
            events: counter.events,
            sale_amount_minor,
            payout_minor,
            revenue_minor,
            payout_fired: fired.payout,
            revenue_fired: fired.revenue,
        };
        row.into_active_model()
    });
    writes.add(rows, Conflict::Replace);
}

/// Invalidates the counters of a campaign, since tiers of other advertisers count it from now on. What has fired stays.
pub async fn forget(transaction: &Connection, tenant: TenantId, campaign: CampaignId) -> Result<(), StoreError> {
    let of_campaign = Column::CampaignId.eq(campaign.uuid());
    forget_those(transaction, tenant, Condition::all().add(of_campaign)).await
}

/// Invalidates the counters of these pairs, since events have left the partners; all of their campaigns must be named.
pub async fn forget_of(
    transaction: &Connection,
    tenant: TenantId,
    pairs: impl IntoIterator<Item = (PartnerId, CampaignId)>,
) -> Result<(), StoreError> {
    let mut any = Condition::any();
    for (partner, campaign) in pairs {
        let of_partner = Column::PartnerId.eq(partner.uuid());
        any = any.add(of_partner.and(Column::CampaignId.eq(campaign.uuid())));
    }
    match any.is_empty() {
        true => Ok(()),
        false => forget_those(transaction, tenant, any).await,
    }
}

/// Invalidates all counters of the tenant. What has fired stays.
pub async fn forget_all(transaction: &Connection, tenant: TenantId) -> Result<(), StoreError> {
    forget_those(transaction, tenant, Condition::all()).await
}

/// Deletes the counters in windows that have not ended at `now`.
pub async fn delete_running(transaction: &Connection, tenant: TenantId, now: Timestamp) -> Result<(), StoreError> {
    write::delete::<Entity>(transaction, tenant, Column::WindowEnd.gt(now)).await
}

async fn forget_those(transaction: &Connection, tenant: TenantId, which: Condition) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::Version, Expr::value(0))
        .filter(Column::TenantId.eq(tenant.uuid()))
        .filter(which)
        .exec(transaction)
        .await?;
    Ok(())
}

pub(super) async fn delete(
    transaction: &Connection,
    tenant: TenantId,
    tier: TieredCommissionId,
) -> Result<(), StoreError> {
    write::delete::<Entity>(transaction, tenant, Column::TierId.eq(tier.uuid())).await
}

pub(super) fn from_row(row: tier_counter::Model) -> Result<(CounterKey, StoredCounter), StoreError> {
    let key = CounterKey {
        tier: TieredCommissionId::from_uuid(row.tier_id),
        partner: PartnerId::from_uuid(row.partner_id),
        campaign: CampaignId::from_uuid(row.campaign_id),
        window: Window {
            start: row.window_start,
            end: row.window_end,
        },
    };
    let stored = StoredCounter {
        version: row::unsigned("tier_counter", "version", row.version)?,
        fired: Fired {
            payout: row.payout_fired,
            revenue: row.revenue_fired,
        },
        counts: [row.conversions, row.events],
        sums_minor: [row.sale_amount_minor, row.payout_minor, row.revenue_minor],
    };
    Ok((key, stored))
}
