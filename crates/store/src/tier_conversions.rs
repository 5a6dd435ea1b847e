//! Charges and conversions as tiers see them: with their rows and tier results. Three statements, however many events
//! there are.

use std::collections::HashMap;

use entity::{attribution, commission, event, tier_result};
use sea_orm::sea_query::SelectStatement;
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::attribution::in_force;
use super::scope::visible;
use super::tier_result::TierResult;
use super::{Connection, StoreError, many, row};
use auth::Scope;
use domain::Timestamp;
use domain::commission::{Commission, CommissionKind, CommissionStatus};
use domain::event::{Event, EventKind};
use domain::id::{CommissionId, SnapshotId};
use domain::items::Sight;
use domain::money::Money;
use domain::tiered::Window;

/// An event with everything that it earned.
#[derive(Clone, Debug)]
pub struct RecordedConversion {
    pub event: Event,
    /// Its EVENT and TIER_ADJUSTMENT rows since its present attribution, in the order of writing.
    pub rows: Vec<RecordedConversionRow>,
    /// In the order in which they were applied.
    pub results: Vec<TierResult>,
}

/// What matters to tiers about a row of the ledger.
#[derive(Clone, Copy, Debug)]
pub struct RecordedConversionRow {
    pub id: CommissionId,
    pub kind: CommissionKind,
    pub status: CommissionStatus,
    pub amount: Money,
    pub sight: Sight,
    pub snapshot_id: Option<SnapshotId>,
    pub holdback_days: Option<u32>,
    pub mature_at: Option<Timestamp>,
    pub accrued_at: Timestamp,
}

impl From<&Commission> for RecordedConversionRow {
    fn from(row: &Commission) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            status: row.status,
            amount: row.amount,
            sight: row.sight,
            snapshot_id: row.snapshot_id,
            holdback_days: row.holdback_days,
            mature_at: row.mature_at,
            accrued_at: row.accrued_at,
        }
    }
}

#[derive(FromQueryResult)]
struct ConversionColumns {
    id: Uuid,
    event_id: Uuid,
    kind: String,
    status: String,
    amount_minor: i64,
    currency: String,
    basis: Option<String>,
    sight: Option<String>,
    snapshot_id: Option<Uuid>,
    holdback_days: Option<i32>,
    mature_at: Option<Timestamp>,
    accrued_at: Timestamp,
}

/// The charges and conversions of these partners on these campaigns in a window, in the order of recording.
pub async fn in_window(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
    campaigns: &[Uuid],
    window: Window,
) -> Result<Vec<RecordedConversion>, StoreError> {
    let earning = [EventKind::Charge, EventKind::Conversion].map(EventKind::as_str);
    use attribution::Column;
    let ids = visible::<attribution::Entity>(scope)
        .filter(many::among(database, Column::PartnerId, partners))
        .filter(many::among(database, Column::CampaignId, campaigns))
        .filter(Column::OccurredAt.gte(window.start))
        .filter(Column::OccurredAt.lt(window.end))
        .filter(Column::Kind.is_in(earning))
        .filter(in_force())
        .select_only()
        .column(Column::EventId);
    read(database, scope, ids.into_query()).await
}

/// These events, in the order of recording.
pub async fn of_events(
    database: &Connection,
    scope: &Scope,
    ids: &[Uuid],
) -> Result<Vec<RecordedConversion>, StoreError> {
    let one_of = many::among(database, event::Column::Id, ids);
    let ids = visible::<event::Entity>(scope)
        .filter(one_of)
        .select_only()
        .column(event::Column::Id);
    read(database, scope, ids.into_query()).await
}

/// The events with the selected ids. Each statement looks for the ids by itself: joining events to attributions by
/// other columns than their keys, PostgreSQL compares all with all while it has no statistics of new tables.
async fn read(
    database: &Connection,
    scope: &Scope,
    ids: SelectStatement,
) -> Result<Vec<RecordedConversion>, StoreError> {
    let select = visible::<event::Entity>(scope)
        .filter(event::Column::Id.in_subquery(ids.clone()))
        .order_by_asc(event::Column::Id);
    let events = super::event::all(database, scope, select).await?;
    let mut rows = rows(database, scope, ids.clone()).await?;
    let results = visible::<tier_result::Entity>(scope)
        .filter(tier_result::Column::EventId.in_subquery(ids))
        .order_by_asc(tier_result::Column::Id);
    let mut done: HashMap<Uuid, Vec<TierResult>> = HashMap::new();
    for result in results.all(database).await? {
        done.entry(result.event_id)
            .or_default()
            .push(super::tier_result::from_row(result)?);
    }
    let past = events.into_iter().map(|event| {
        let (mut rows, mut results) = (
            rows.remove(&event.id.uuid()).unwrap_or_default(),
            done.remove(&event.id.uuid()).unwrap_or_default(),
        );
        // What was done before the event was moved does not count for the partner to whom it is credited now.
        rows.retain(|row| event.was_credited_so(row.accrued_at));
        results.retain(|result| event.was_credited_so(result.at));
        RecordedConversion { event, rows, results }
    });
    Ok(past.collect())
}

async fn rows(
    database: &Connection,
    scope: &Scope,
    events: SelectStatement,
) -> Result<HashMap<Uuid, Vec<RecordedConversionRow>>, StoreError> {
    use commission::Column;
    let kinds = [CommissionKind::Event, CommissionKind::TierAdjustment].map(CommissionKind::as_str);
    let select = visible::<commission::Entity>(scope)
        .filter(Column::EventId.in_subquery(events))
        .filter(Column::Kind.is_in(kinds))
        .order_by_asc(Column::Id)
        .select_only()
        .columns([
            Column::Id,
            Column::EventId,
            Column::Kind,
            Column::Status,
            Column::AmountMinor,
            Column::Currency,
            Column::Basis,
            Column::Sight,
            Column::SnapshotId,
            Column::HoldbackDays,
            Column::MatureAt,
            Column::AccruedAt,
        ]);
    let mut rows: HashMap<Uuid, Vec<RecordedConversionRow>> = HashMap::new();
    for columns in select.into_model::<ConversionColumns>().all(database).await? {
        rows.entry(columns.event_id).or_default().push(from_columns(columns)?);
    }
    Ok(rows)
}

fn from_columns(columns: ConversionColumns) -> Result<RecordedConversionRow, StoreError> {
    const TABLE: &str = "commission";
    let currency = row::currency(TABLE, "currency", &columns.currency)?;
    let holdback = columns.holdback_days;
    Ok(RecordedConversionRow {
        id: CommissionId::from_uuid(columns.id),
        kind: row::text(TABLE, "kind", &columns.kind, CommissionKind::parse)?,
        status: row::text(TABLE, "status", &columns.status, CommissionStatus::parse)?,
        amount: row::money(TABLE, "amount_minor", columns.amount_minor, currency)?,
        sight: row::sight(TABLE, columns.basis.as_deref(), columns.sight.as_deref())?,
        snapshot_id: columns.snapshot_id.map(SnapshotId::from_uuid),
        holdback_days: holdback
            .map(|days| row::unsigned(TABLE, "holdback_days", days))
            .transpose()?,
        mature_at: columns.mature_at,
        accrued_at: columns.accrued_at,
    })
}
