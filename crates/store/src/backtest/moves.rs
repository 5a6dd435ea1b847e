//! Reads the events that were moved between partners: for each partner the steps by which they came and went, and the
//! rows that are as recorded on both sides.

use std::collections::{HashMap, HashSet};

use entity::attribution::{Column, Entity};
use entity::commission;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::super::scope::visible;
use super::super::{StoreError, event, event_decision as decisions, load, many};
use super::history::read_rows;
use super::recorded::{acquired_at, rated, results, tiers_of_adjustments};
use crate::Connection;
use crate::attribution::{from_row, moved_before};
use crate::tier_result::TierResult;
use auth::Scope;
use domain::Timestamp;
use domain::accrual::CustomerStage;
use domain::backtest::{Backtest, HistoryDecision, HistoryEvent, HistoryRow, Passage};
use domain::event::{Attribution, Event, EventKind};
use domain::personal::Content;

/// What moves left in the history of a partner.
#[derive(Debug, Default)]
pub struct PartnerMoves {
    pub passages: Vec<Passage>,
    /// The rows of events that were moved before the range ended, and of their refunds.
    pub rows: Vec<HistoryRow>,
}

/// An attribution that a move began or ended before the range ended, and when one ended it.
type Stay = (Attribution, Option<Timestamp>);

/// The moves from and to these partners before the range ended, by partner. One statement if there were none, else eight.
pub async fn moves(
    database: &Connection,
    scope: &Scope,
    of: &Backtest,
    partners: &[Uuid],
) -> Result<HashMap<Uuid, PartnerMoves>, StoreError> {
    let ids = moved_events(database, scope, of, partners).await?;
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut events: Vec<_> = event::by_ids(database, scope, &ids).await?.into_values().collect();
    let mut refunds = event::refunds_of(database, scope, &ids).await?;
    events.retain(|event| event.recorded_at < of.to);
    let customers = many::distinct(events.iter().filter_map(|event| Some(event.customer_id?.uuid())));
    let acquired = acquired_at(database, scope, &customers).await?;
    let decisions = decisions::of_attributions(database, scope, &ids).await?;
    let results = results(database, scope, &ids).await?;
    let of_refunds = refunds.values().flatten().map(|refund| refund.id.uuid());
    let with_refunds = many::distinct(ids.iter().copied().chain(of_refunds));
    let mut stays = stays(database, scope, of, &with_refunds).await?;
    let named = many::among(database, commission::Column::EventId, &with_refunds);
    let select = visible::<commission::Entity>(scope).filter(named);
    let mut rows: HashMap<Uuid, Vec<(Uuid, HistoryRow)>> = HashMap::new();
    for (partner, row) in read_rows(database, scope, of, select, &tiers_of_adjustments(&results)).await? {
        rows.entry(row.event.uuid()).or_default().push((partner, row));
    }
    let mut moves: HashMap<Uuid, PartnerMoves> = HashMap::new();
    for event in events {
        let refunds = refunds.remove(&event.id.uuid()).unwrap_or_default();
        let own = stays.remove(&event.id.uuid()).unwrap_or_default();
        let moved = MovedEvent {
            acquired_at: event.customer_id.and_then(|id| acquired.get(&id.uuid())).copied(),
            results: results.iter().filter(|result| result.event == event.id).collect(),
            rows: rows.get(&event.id.uuid()).map_or(&[][..], Vec::as_slice),
            decisions: &decisions,
            event: &event,
        };
        for (credited, until) in own {
            let passages = &mut moves.entry(credited.partner_id.uuid()).or_default().passages;
            passages.push(Passage::Came(moved.during(credited, until)));
            passages.extend(until.map(|until| Passage::Left(event.id, until)));
        }
        for refund in &refunds {
            let rows_of_refund = rows.get(&refund.id.uuid()).map_or(&[][..], Vec::as_slice);
            for (credited, _) in stays.remove(&refund.id.uuid()).unwrap_or_default() {
                let partner = credited.partner_id.uuid();
                let own = rows_of_refund.iter().filter(|(of, _)| *of == partner);
                let came = HistoryEvent {
                    event: credited_so(refund, credited),
                    acquired_at: None,
                    customer_stage: CustomerStage::default(),
                    decision: None,
                    rows: own.map(|(_, row)| row.clone()).collect(),
                    rated: Vec::new(),
                    had_since: credited.moved_at,
                };
                moves.entry(partner).or_default().passages.push(Passage::Came(came));
            }
        }
        let all = std::iter::once(&event).chain(&refunds);
        for (partner, row) in all.filter_map(|event| rows.get(&event.id.uuid())).flatten() {
            moves.entry(*partner).or_default().rows.push(row.clone());
        }
    }
    let asked: HashSet<_> = partners.iter().collect();
    moves.retain(|partner, _| asked.contains(partner));
    Ok(moves)
}

/// The charges and conversions that were moved from or to these partners before the range ended.
async fn moved_events(
    database: &Connection,
    scope: &Scope,
    of: &Backtest,
    partners: &[Uuid],
) -> Result<Vec<Uuid>, StoreError> {
    let earning = [EventKind::Charge, EventKind::Conversion].map(EventKind::as_str);
    let ids: Vec<Uuid> = visible::<Entity>(scope)
        .filter(many::among(database, Column::PartnerId, partners))
        .filter(moved_before(of.to))
        .filter(Column::Kind.is_in(earning))
        .select_only()
        .column(Column::EventId)
        .into_tuple()
        .all(database)
        .await?;
    Ok(many::distinct(ids.into_iter()))
}

/// The attributions of these events that a move began or ended before the range ends, by event. The others of that time
/// are read with the events of their partners.
async fn stays(
    database: &Connection,
    scope: &Scope,
    of: &Backtest,
    events: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Stay>>, StoreError> {
    let select = visible::<Entity>(scope)
        .filter(many::among(database, Column::EventId, events))
        .filter(Column::RecordedAt.lt(of.to))
        .filter(moved_before(of.to))
        .order_by_asc(Column::Id);
    let to_stay = |row: entity::attribution::Model| {
        let until = row.ended_at.filter(|until| *until < of.to);
        Ok((from_row(row)?, until))
    };
    load::grouped(
        database,
        select,
        |row: &entity::attribution::Model| row.event_id,
        to_stay,
    )
    .await
}

struct MovedEvent<'a> {
    event: &'a Event,
    acquired_at: Option<Timestamp>,
    results: Vec<&'a TierResult>,
    /// Its rows, each with its partner.
    rows: &'a [(Uuid, HistoryRow)],
    /// By attribution.
    decisions: &'a HashMap<Uuid, HistoryDecision>,
}

impl MovedEvent<'_> {
    /// The event during a stay, with the rows that it earned meanwhile.
    fn during(&self, credited: Attribution, until: Option<Timestamp>) -> HistoryEvent {
        let since = credited.moved_at.unwrap_or(self.event.recorded_at);
        let is_of = |at: Timestamp| at >= since && until.is_none_or(|until| at < until);
        let own = self
            .rows
            .iter()
            .filter(|(partner, _)| *partner == credited.partner_id.uuid());
        let results = self.results.iter().copied().filter(|result| is_of(result.at));
        HistoryEvent {
            event: credited_so(self.event, credited),
            acquired_at: self.acquired_at,
            // Its rows are as recorded, whatever the terms.
            customer_stage: CustomerStage::default(),
            decision: self.decisions.get(&credited.id.uuid()).cloned(),
            rows: own
                .filter(|(_, row)| is_of(row.accrued_at))
                .map(|(_, row)| row.clone())
                .collect(),
            rated: results.filter_map(rated).collect(),
            had_since: Some(since),
        }
    }
}

/// The event as it was credited during a stay.
fn credited_so(event: &Event, credited: Attribution) -> Event {
    Event {
        attribution: Some(credited),
        content: Content::Given(Vec::new()),
        metadata: None,
        ..event.clone()
    }
}
