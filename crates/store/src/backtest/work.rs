//! Working on a backtest under a lease: only its holder writes, until the lease expires or is renewed. The results of
//! partners are written together with the mark that they are finished, so that each partner is counted once, whichever
//! worker continues.

use entity::backtest::{Column, Entity};
use entity::{backtest_event, backtest_partner, backtest_sum};
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, UpdateMany};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::super::writes::{Conflict, Writes};
use super::super::{StoreError, Transaction, row};
use domain::Timestamp;
use domain::backtest::{BacktestStatus, ChangedEvent, ChangedRow, Difference, Tally};
use domain::id::{BacktestId, CampaignId, PartnerId, TenantId};
use domain::money::Currency;

/// A backtest that a worker has leased.
#[derive(Clone, Copy, Debug)]
pub struct LeasedBacktest {
    pub tenant: TenantId,
    pub id: BacktestId,
    /// The lease's holder: a new id for each lease.
    pub holder: Uuid,
}

/// A batch of partners that are finished together.
#[derive(Debug, Default)]
pub struct FinishedPartners {
    pub partners: Vec<(PartnerId, Vec<(Currency, Difference)>)>,
    pub tally: Tally,
    /// Their events whose sides differ, except those that were written before.
    pub changed: Vec<ChangedEvent>,
    pub events: i64,
    pub is_incomplete: bool,
}

/// Leases a backtest that no worker holds, or whose lease has expired; `false`: another worker was faster, or it has
/// ended.
pub async fn claim(
    transaction: &Transaction,
    held: LeasedBacktest,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, StoreError> {
    let free = Condition::any()
        .add(Column::HeldUntil.is_null())
        .add(Column::HeldUntil.lte(now));
    let open = [BacktestStatus::Queued, BacktestStatus::Running].map(BacktestStatus::as_str);
    let started = Expr::col(Column::StartedAt).if_null(now);
    let claimed = Entity::update_many()
        .col_expr(Column::Status, Expr::value(BacktestStatus::Running.as_str()))
        .col_expr(Column::StartedAt, started)
        .col_expr(Column::Holder, Expr::value(held.holder))
        .col_expr(Column::HeldUntil, Expr::value(until))
        .filter(Column::TenantId.eq(held.tenant.uuid()))
        .filter(Column::Id.eq(held.id.uuid()))
        .filter(Column::Status.is_in(open))
        .filter(free)
        .exec(transaction.connection())
        .await?;
    Ok(claimed.rows_affected == 1)
}

/// The row, if it is still leased by this holder and has not ended.
fn own(held: LeasedBacktest) -> UpdateMany<Entity> {
    Entity::update_many()
        .filter(Column::TenantId.eq(held.tenant.uuid()))
        .filter(Column::Id.eq(held.id.uuid()))
        .filter(Column::Holder.eq(held.holder))
        .filter(Column::Status.eq(BacktestStatus::Running.as_str()))
}

/// Extends the lease until `until`, or releases it; `of_events`: how many events there are in all, if that is known by
/// now. Returns whether the lease was still held.
pub async fn renew(
    transaction: &Transaction,
    held: LeasedBacktest,
    until: Timestamp,
    of_events: Option<i64>,
) -> Result<bool, StoreError> {
    let mut update = own(held).col_expr(Column::HeldUntil, Expr::value(until));
    if let Some(count) = of_events {
        update = update.col_expr(Column::OfEvents, Expr::value(count));
    }
    Ok(update.exec(transaction.connection()).await?.rows_affected == 1)
}

/// Writes the results of partners, and that they are finished. Returns whether the lease was still held; if not, the
/// caller rolls this back.
pub async fn advance(
    transaction: &Transaction,
    held: LeasedBacktest,
    after: PartnerId,
    batch: &FinishedPartners,
    until: Timestamp,
) -> Result<bool, StoreError> {
    let incomplete = Expr::col(Column::IncompleteHistory).or(Expr::value(batch.is_incomplete));
    let update = own(held)
        .col_expr(Column::HeldUntil, Expr::value(until))
        .col_expr(Column::AfterPartner, Expr::value(after.uuid()))
        .col_expr(Column::Events, Expr::col(Column::Events).add(batch.events))
        .col_expr(Column::IncompleteHistory, incomplete);
    if update.exec(transaction.connection()).await?.rows_affected != 1 {
        return Ok(false);
    }
    let mut writes = Writes::default();
    writes.add(sums(held, &batch.tally), Conflict::Add);
    let partners = batch.partners.iter().flat_map(|(partner, sums)| {
        sums.iter()
            .map(|(currency, difference)| partner_row(held, *partner, *currency, difference))
    });
    writes.add(partners.map(IntoActiveModel::into_active_model), Conflict::Replace);
    add_changed(&mut writes, held, &batch.changed);
    transaction.run(writes).await?;
    Ok(true)
}

/// Writes events whose sides differ, replacing what an earlier holder may have written of them. Returns whether the
/// lease was still held.
pub async fn keep_changed(
    transaction: &Transaction,
    held: LeasedBacktest,
    changed: &[ChangedEvent],
    until: Timestamp,
) -> Result<bool, StoreError> {
    if !renew(transaction, held, until, None).await? {
        return Ok(false);
    }
    transaction.write(|writes| add_changed(writes, held, changed)).await?;
    Ok(true)
}

fn add_changed(writes: &mut Writes, held: LeasedBacktest, changed: &[ChangedEvent]) {
    let rows = changed.iter().map(|changed| {
        let row = backtest_event::Model {
            tenant_id: held.tenant.uuid(),
            backtest_id: held.id.uuid(),
            event_id: changed.event.uuid(),
            proposed: Json::Array(changed.rows.iter().map(to_json).collect()),
        };
        row.into_active_model()
    });
    writes.add(rows, Conflict::Replace);
}

/// Ends the backtest. Returns whether the lease was still held.
pub async fn end(
    transaction: &Transaction,
    held: LeasedBacktest,
    status: BacktestStatus,
    failure: Option<&str>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let update = own(held)
        .col_expr(Column::Status, Expr::value(status.as_str()))
        .col_expr(Column::FinishedAt, Expr::value(now))
        .col_expr(Column::Failure, Expr::value(failure.map(str::to_owned)))
        .col_expr(Column::HeldUntil, Expr::value(None::<Timestamp>));
    Ok(update.exec(transaction.connection()).await?.rows_affected == 1)
}

fn to_json(row: &ChangedRow) -> Json {
    let steps = match &row.steps {
        Ok(steps) => row::to_json(steps),
        // The steps of the ledger's row with this id.
        Err(id) => json!(id.to_string()),
    };
    json!({
        "kind": row.kind.as_str(),
        "term": row.term,
        "minor": row.amount.minor(),
        "currency": row.amount.currency().code(),
        "steps": steps,
    })
}

/// The month of a sum that has none.
pub(super) fn no_month() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

fn sums(held: LeasedBacktest, tally: &Tally) -> Vec<backtest_sum::ActiveModel> {
    let row = |dimension: &str, currency: Currency, campaign: Option<CampaignId>, month, sum: &Difference| {
        let row = backtest_sum::Model {
            tenant_id: held.tenant.uuid(),
            backtest_id: held.id.uuid(),
            dimension: dimension.to_owned(),
            currency: currency.code().to_owned(),
            campaign_id: campaign.map_or_else(Uuid::nil, |id| id.uuid()),
            month_start: month,
            actual_minor: sum.actual_minor,
            proposed_minor: sum.proposed_minor,
            appeared: sum.appeared,
            disappeared: sum.disappeared,
            rose: sum.rose,
            fell: sum.fell,
            unchanged: sum.unchanged,
        };
        row.into_active_model()
    };
    let total = tally
        .total
        .iter()
        .map(|(currency, sum)| row("TOTAL", *currency, None, no_month(), sum));
    let months = tally
        .months
        .iter()
        .map(|((month, currency), sum)| row("MONTH", *currency, None, *month, sum));
    let campaigns = tally
        .campaigns
        .iter()
        .map(|((campaign, currency), sum)| row("CAMPAIGN", *currency, *campaign, no_month(), sum));
    total.chain(months).chain(campaigns).collect()
}

fn partner_row(
    held: LeasedBacktest,
    partner: PartnerId,
    currency: Currency,
    sum: &Difference,
) -> backtest_partner::Model {
    let difference = sum.minor().unwrap_or(0);
    backtest_partner::Model {
        tenant_id: held.tenant.uuid(),
        backtest_id: held.id.uuid(),
        currency: currency.code().to_owned(),
        partner_id: partner.uuid(),
        actual_minor: sum.actual_minor,
        proposed_minor: sum.proposed_minor,
        difference_minor: difference,
        magnitude_minor: difference.abs(),
        appeared: sum.appeared,
        disappeared: sum.disappeared,
        rose: sum.rose,
        fell: sum.fell,
        unchanged: sum.unchanged,
    }
}
