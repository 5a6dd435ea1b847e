//! Reads the partners that a replay covers, and the ledger rows that are compared.

use std::collections::{HashMap, HashSet};

use entity::{attribution, backtest, commission, commission_transition, event, event_move, partner};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::super::attribution::in_force_since_recorded;
use super::super::scope::visible;
use super::super::{StoreError, many, row};
use crate::Connection;
use auth::Scope;
use domain::Timestamp;
use domain::backtest::{Backtest, HistoryPosition, HistoryRow};
use domain::commission::{CommissionKind, CommissionStatus};
use domain::id::{CampaignId, CommissionId, EventId, PartnerGroupId, PartnerId, TieredCommissionId};
use domain::partner::PartnerStatus;

/// A partner as it is now.
#[derive(Clone, Copy, Debug)]
pub struct CurrentPartner {
    pub id: PartnerId,
    pub status: PartnerStatus,
    pub group: Option<PartnerGroupId>,
}

/// The kinds of rows that are compared: what rules decide, and what follows from it.
pub(super) const KINDS: [CommissionKind; 3] = [
    CommissionKind::Event,
    CommissionKind::TierAdjustment,
    CommissionKind::Clawback,
];

/// How many events of partners there are in the range.
pub async fn count_events(database: &Connection, scope: &Scope, of: &Backtest) -> Result<i64, StoreError> {
    use attribution::Column;
    let count = visible::<attribution::Entity>(scope)
        .filter(Column::RecordedAt.gte(of.from))
        .filter(in_force_since_recorded(of.to))
        .count(database)
        .await?;
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}

/// The next partners with anything recorded in the range, after the last finished one.
pub async fn partners(
    database: &Connection,
    scope: &Scope,
    of: &Backtest,
    limit: u64,
) -> Result<Vec<CurrentPartner>, StoreError> {
    let after = Query::select()
        .column(backtest::Column::AfterPartner)
        .from(backtest::Entity)
        .and_where(backtest::Column::TenantId.eq(scope.tenant().uuid()))
        .and_where(backtest::Column::Id.eq(of.id.uuid()))
        .take();
    let after = Expr::SubQuery(None, Box::new(after.into())).if_null(Uuid::nil());
    let own = |column: Expr| column.equals(partner::Column::Id.as_column_ref());
    let has_events = Query::select()
        .expr(Expr::val(1))
        .from(attribution::Entity)
        .and_where(attribution::Column::TenantId.eq(scope.tenant().uuid()))
        .and_where(own(Expr::col(attribution::Column::PartnerId.as_column_ref())))
        .and_where(attribution::Column::RecordedAt.gte(of.from))
        .and_where(attribution::Column::RecordedAt.lt(of.to))
        .limit(1)
        .take();
    let has_rows = Query::select()
        .expr(Expr::val(1))
        .from(commission::Entity)
        .and_where(commission::Column::TenantId.eq(scope.tenant().uuid()))
        .and_where(own(Expr::col(commission::Column::PartnerId.as_column_ref())))
        .and_where(commission::Column::AccruedAt.gte(of.from))
        .and_where(commission::Column::AccruedAt.lt(of.to))
        .limit(1)
        .take();
    // As scalar subqueries, which look up each partner by itself: PostgreSQL turns EXISTS into a join with all events.
    let any = |select: SelectStatement| Expr::SubQuery(None, Box::new(select.into())).is_not_null();
    let rows: Vec<(Uuid, String, Option<Uuid>)> = visible::<partner::Entity>(scope)
        .filter(Expr::col(partner::Column::Id.as_column_ref()).gt(after))
        .filter(Condition::any().add(any(has_events)).add(any(has_rows)))
        .order_by_asc(partner::Column::Id)
        .limit(limit)
        .select_only()
        .columns([partner::Column::Id, partner::Column::Status, partner::Column::GroupId])
        .into_tuple()
        .all(database)
        .await?;
    let partners = rows.into_iter().map(|(id, status, group)| {
        Ok(CurrentPartner {
            id: PartnerId::from_uuid(id),
            status: row::text("partner", "status", &status, PartnerStatus::parse)?,
            group: group.map(PartnerGroupId::from_uuid),
        })
    });
    partners.collect()
}

/// The clawbacks that name no event, each with the event of the row that it adjusts.
#[derive(Debug, Default)]
pub struct LooseRows {
    pub replayed: Vec<HistoryRow>,
    /// Those of events that were moved before the range ended, and those that take back from imported commissions.
    pub as_recorded: Vec<HistoryRow>,
}

/// The clawbacks of each partner that name no event.
pub async fn loose(
    database: &Connection,
    scope: &Scope,
    of: &Backtest,
    partners: &[Uuid],
) -> Result<HashMap<Uuid, LooseRows>, StoreError> {
    let select = visible::<commission::Entity>(scope)
        .filter(many::among(database, commission::Column::PartnerId, partners))
        .filter(commission::Column::Kind.eq(CommissionKind::Clawback.as_str()))
        .filter(commission::Column::EventId.is_null());
    let mut rows = read_rows(database, scope, of, select, &HashMap::new()).await?;
    // Clawbacks may adjust each other.
    let unknown = many::distinct(rows.iter().filter_map(|(_, row)| Some(row.adjusts?.uuid())));
    if unknown.is_empty() {
        return Ok(HashMap::new());
    }
    let one_of = many::among(database, commission::Column::Id, &unknown);
    let above: Vec<(Uuid, String, Option<Uuid>, Option<Uuid>)> = visible::<commission::Entity>(scope)
        .filter(one_of)
        .select_only()
        .columns([
            commission::Column::Id,
            commission::Column::Kind,
            commission::Column::EventId,
            commission::Column::AdjustsId,
        ])
        .into_tuple()
        .all(database)
        .await?;
    let above: HashMap<_, _> = above
        .into_iter()
        .map(|(id, kind, event, adjusts)| (id, (kind, event, adjusts)))
        .collect();
    let mut imported = HashSet::new();
    rows.retain_mut(|(_, row)| {
        let mut adjusted = row.adjusts.map(|id| id.uuid());
        while let Some((kind, event, next)) = adjusted.and_then(|id| above.get(&id)) {
            if let Some(event) = event {
                row.event = EventId::from_uuid(*event);
                if kind == CommissionKind::Opening.as_str() {
                    imported.insert(row.id);
                }
                return true;
            }
            adjusted = *next;
        }
        // It adjusts a row that no event earned.
        false
    });
    let events = many::distinct(rows.iter().map(|(_, row)| row.event.uuid()));
    let moved = moved_before(database, scope, of, &events).await?;
    let mut of_partner: HashMap<_, LooseRows> = HashMap::new();
    for (partner, row) in rows {
        let rows: &mut LooseRows = of_partner.entry(partner).or_default();
        match moved.contains(&row.event.uuid()) || imported.contains(&row.id) {
            true => rows.as_recorded.push(row),
            false => rows.replayed.push(row),
        }
    }
    Ok(of_partner)
}

/// Those of the events, or of the events that they take back, that were moved before the range ended.
async fn moved_before(
    database: &Connection,
    scope: &Scope,
    of: &Backtest,
    events: &[Uuid],
) -> Result<HashSet<Uuid>, StoreError> {
    let refunds: Vec<(Uuid, Option<Uuid>)> = visible::<event::Entity>(scope)
        .filter(many::among(database, event::Column::Id, events))
        .select_only()
        .columns([event::Column::Id, event::Column::OriginalId])
        .into_tuple()
        .all(database)
        .await?;
    let original: HashMap<_, _> = refunds
        .into_iter()
        .map(|(id, original)| (id, original.unwrap_or(id)))
        .collect();
    let originals = many::distinct(original.values().copied());
    let moved: Vec<Uuid> = visible::<event_move::Entity>(scope)
        .filter(many::among(database, event_move::Column::EventId, &originals))
        .filter(event_move::Column::At.lt(of.to))
        .select_only()
        .column(event_move::Column::EventId)
        .into_tuple()
        .all(database)
        .await?;
    let moved: HashSet<_> = moved.into_iter().collect();
    let concerned = original.into_iter().filter(|(_, original)| moved.contains(original));
    Ok(concerned.map(|(id, _)| id).collect())
}

#[derive(FromQueryResult)]
struct LedgerColumns {
    id: Uuid,
    partner_id: Uuid,
    kind: String,
    amount_minor: i64,
    currency: String,
    campaign_id: Option<Uuid>,
    event_id: Option<Uuid>,
    adjusts_id: Option<Uuid>,
    basis: Option<String>,
    sight: Option<String>,
    accrued_at: Timestamp,
    reversed_at: Option<Timestamp>,
}

/// Rows, each with its partner's id.
pub(super) async fn read_rows(
    database: &Connection,
    scope: &Scope,
    of: &Backtest,
    select: sea_orm::Select<commission::Entity>,
    tiers: &HashMap<CommissionId, TieredCommissionId>,
) -> Result<Vec<(Uuid, HistoryRow)>, StoreError> {
    const TABLE: &str = "commission";
    use commission::Column;
    let found = select
        .filter(Column::Kind.is_in(KINDS.map(CommissionKind::as_str)))
        .filter(Column::AccruedAt.lt(of.to))
        .order_by_asc(Column::Id)
        .select_only()
        .columns([
            Column::Id,
            Column::PartnerId,
            Column::Kind,
            Column::AmountMinor,
            Column::Currency,
            Column::CampaignId,
            Column::EventId,
            Column::AdjustsId,
            Column::Basis,
            Column::Sight,
            Column::AccruedAt,
            Column::ReversedAt,
        ])
        .into_model::<LedgerColumns>()
        .all(database)
        .await?;
    let reversed = found.iter().filter(|row| row.reversed_at.is_some_and(|at| at < of.to));
    let reversed: Vec<Uuid> = reversed.map(|row| row.id).collect();
    let mut places = reversals(database, scope, &reversed).await?;
    let rows = found.into_iter().map(|row| {
        let currency = row::currency(TABLE, "currency", &row.currency)?;
        let id = CommissionId::from_uuid(row.id);
        let at = row.reversed_at.filter(|at| *at < of.to);
        let read = HistoryRow {
            id,
            kind: row::text(TABLE, "kind", &row.kind, CommissionKind::parse)?,
            amount: row::money(TABLE, "amount_minor", row.amount_minor, currency)?,
            sight: row::sight(TABLE, row.basis.as_deref(), row.sight.as_deref())?,
            event: EventId::from_uuid(row.event_id.unwrap_or_default()),
            campaign: row.campaign_id.map(CampaignId::from_uuid),
            adjusts: row.adjusts_id.map(CommissionId::from_uuid),
            tier: tiers.get(&id).copied(),
            accrued_at: row.accrued_at,
            reversed: at.zip(places.remove(&row.id)).map(|(at, sequence)| HistoryPosition {
                at,
                sequence: Some(sequence),
            }),
        };
        Ok((row.partner_id, read))
    });
    rows.collect()
}

/// The sequence numbers of the transitions that reversed these rows.
async fn reversals(database: &Connection, scope: &Scope, rows: &[Uuid]) -> Result<HashMap<Uuid, i64>, StoreError> {
    use commission_transition::Column;
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let one_of = many::among(database, Column::CommissionId, rows);
    let found: Vec<(Uuid, i64)> = visible::<commission_transition::Entity>(scope)
        .filter(one_of)
        .filter(Column::ToStatus.eq(CommissionStatus::Reversed.as_str()))
        .select_only()
        .columns([Column::CommissionId, Column::Sequence])
        .into_tuple()
        .all(database)
        .await?;
    Ok(found.into_iter().collect())
}
