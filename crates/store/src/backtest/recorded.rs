//! Reads what a replay works through: the events of partners, each partner's in the order of recording, with the rows
//! and decisions that they left. They are cut into stretches of about equal length, so that many partners with few
//! events are read as fast as few partners with many.

use std::collections::HashMap;
use std::mem;

use entity::attribution::{self, Column, Entity};
use entity::{commission, customer, tier_result};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Query, WindowStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::super::attribution::{in_force_since_recorded, with_each};
use super::super::scope::visible;
use super::super::tier_result::{ResultKind, TierResult};
use super::super::{StoreError, event, event_decision as decisions, many};
use super::history::read_rows;
use crate::Connection;
use auth::Scope;
use domain::Timestamp;
use domain::backtest::{Backtest, HistoryEvent, HistoryRow, Rated};
use domain::id::{CommissionId, EventId, TieredCommissionId};
use domain::money::Money;
use domain::personal::Content;
use domain::tiered::Side;

/// Events to read at once: all events of some partners, or some events of one partner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRange {
    partners: Vec<Uuid>,
    /// For one partner: the event before the first.
    after: Uuid,
    /// For one partner: the last event.
    until: Uuid,
}

/// Cuts the events of these partners into stretches of at most `size` events, by partner and in the order of recording.
/// Events that were moved away or recorded later are counted, too, since no stretch may be without an event that a move
/// takes away meanwhile. One statement, which reads only an index.
pub async fn event_ranges(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
    size: u32,
) -> Result<Vec<EventRange>, StoreError> {
    let name = Alias::new;
    let number = || Expr::col(name("number"));
    let of_partner = || WindowStatement::partition_by(Column::PartnerId.as_column_ref());
    let in_order = of_partner()
        .order_by(Column::EventId.as_column_ref(), sea_orm::Order::Asc)
        .take();
    let one_of = many::among(database, Column::PartnerId, partners);
    let mut numbered = visible::<Entity>(scope)
        .filter(one_of)
        .select_only()
        .columns([Column::PartnerId, Column::EventId])
        .into_query();
    numbered
        .expr_window_as(Func::cust("ROW_NUMBER"), in_order, name("number"))
        .expr_window_as(Expr::cust("COUNT(*)"), of_partner(), name("events"));
    let ends = Query::select()
        .columns(["partner_id", "event_id", "number"].map(name))
        .from_subquery(numbered, name("numbered"))
        .and_where(
            number()
                .modulo(i64::from(size))
                .eq(0)
                .or(number().eq(Expr::col(name("events")))),
        )
        .order_by(name("partner_id"), sea_orm::Order::Asc)
        .order_by(name("number"), sea_orm::Order::Asc)
        .take();
    let mut packing = Packing::new(u64::from(size));
    for row in database.query_all(&ends).await? {
        let number: i64 = row.try_get("", "number")?;
        packing.end(
            row.try_get("", "partner_id")?,
            row.try_get("", "event_id")?,
            number.unsigned_abs(),
        );
    }
    Ok(packing.finish())
}

/// Packs partners with few events together.
struct Packing {
    size: u64,
    ranges: Vec<EventRange>,
    /// Partners to read completely, and how many events they have together.
    whole: (Vec<Uuid>, u64),
    /// The partner whose events are being cut, and the event after which its next stretch begins.
    cut: Option<(Uuid, Uuid)>,
}

impl Packing {
    fn new(size: u64) -> Self {
        Self {
            size,
            ranges: Vec::new(),
            whole: (Vec::new(), 0),
            cut: None,
        }
    }

    /// Takes an event after which a stretch may end, and its number among the partner's events; the last event of each
    /// partner is always given.
    fn end(&mut self, partner: Uuid, event: Uuid, number: u64) {
        let after = self.cut.filter(|(cut, _)| *cut == partner).map(|(_, after)| after);
        if after.is_none() && number < self.size {
            if self.whole.1 + number > self.size {
                self.pack();
            }
            self.whole.0.push(partner);
            self.whole.1 += number;
            return;
        }
        self.pack();
        self.ranges.push(EventRange {
            partners: vec![partner],
            after: after.unwrap_or_else(Uuid::nil),
            until: event,
        });
        self.cut = Some((partner, event));
    }

    fn pack(&mut self) {
        let (partners, _) = mem::take(&mut self.whole);
        if !partners.is_empty() {
            self.ranges.push(EventRange {
                partners,
                after: Uuid::nil(),
                until: Uuid::max(),
            });
        }
    }

    fn finish(mut self) -> Vec<EventRange> {
        self.pack();
        self.ranges
    }
}

/// The events of a stretch that were credited to its partners from their recording until the range ends; those that were
/// moved before are what [`moves`](super::moves) reads. A move that is made meanwhile changes neither. Seven statements.
pub async fn recorded(
    database: &Connection,
    scope: &Scope,
    of: &Backtest,
    range: &EventRange,
) -> Result<Vec<HistoryEvent>, StoreError> {
    let events = with_each(scope, in_force_since_recorded(of.to))
        .filter(many::among(database, Column::PartnerId, &range.partners))
        .filter(Column::EventId.gt(range.after))
        .filter(Column::EventId.lte(range.until))
        .order_by_asc(Column::PartnerId)
        .order_by_asc(Column::EventId)
        .select_also(attribution::Entity)
        .all(database)
        .await?;
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = events.iter().map(|(event, _)| event.id).collect();
    let ended: HashMap<Uuid, Timestamp> = events
        .iter()
        .filter_map(|(event, credited)| Some((event.id, credited.as_ref()?.ended_at?)))
        .collect();
    let customers = many::distinct(events.iter().filter_map(|(event, _)| event.customer_id));
    let acquired = acquired_at(database, scope, &customers).await?;
    let stages = super::super::event::customer_stages(database, scope, &ids).await?;
    let mut decided = decisions::of_attributions(database, scope, &ids).await?;
    let mut results = results(database, scope, &ids).await?;
    // What tiers did for whom an event was moved to later is none of this.
    results.retain(|result| ended.get(&result.event.uuid()).is_none_or(|ended| result.at < *ended));
    let of_row = tiers_of_adjustments(&results);
    let select = visible::<commission::Entity>(scope).filter(many::among(database, commission::Column::EventId, &ids));
    let mut rows: HashMap<(Uuid, EventId), Vec<HistoryRow>> = HashMap::new();
    for (partner, row) in read_rows(database, scope, of, select, &of_row).await? {
        rows.entry((partner, row.event)).or_default().push(row);
    }
    let mut rated_of: HashMap<EventId, Vec<Rated>> = HashMap::new();
    for result in &results {
        rated_of.entry(result.event).or_default().extend(rated(result));
    }
    let recorded = events.into_iter().map(|row| {
        let acquired_at = row.0.customer_id.and_then(|id| acquired.get(&id)).copied();
        let mut event = event::from_joined(row)?;
        (event.content, event.metadata) = (Content::Given(Vec::new()), None);
        let credited = event.attribution;
        let whose = credited.map(|credited| (credited.partner_id.uuid(), event.id));
        let decision = credited.and_then(|credited| decided.remove(&credited.id.uuid()));
        // As it was decided, or else as it is recorded.
        let kept = decision.as_ref().and_then(|decision| decision.made_with.customer_stage);
        let customer_stage = kept.or_else(|| stages.get(&event.id.uuid()).copied());
        Ok(HistoryEvent {
            acquired_at,
            customer_stage: customer_stage.unwrap_or_default(),
            decision,
            rows: whose.and_then(|whose| rows.remove(&whose)).unwrap_or_default(),
            rated: rated_of.remove(&event.id).unwrap_or_default(),
            had_since: None,
            event,
        })
    });
    recorded.collect()
}

/// The amount to which a rate was applied, if the result is one of a rate.
pub(super) fn rated(result: &TierResult) -> Option<Rated> {
    let base = Money::from_minor(result.base_minor?, result.amount.currency()).ok()?;
    let row = result.commission;
    Some(Rated { row, base })
}

/// Which tier wrote each adjustment.
pub(super) fn tiers_of_adjustments(results: &[TierResult]) -> HashMap<CommissionId, TieredCommissionId> {
    let adjustments = results.iter().filter(|result| result.kind == ResultKind::Adjustment);
    adjustments
        .filter_map(|result| Some((result.commission?, result.tier)))
        .collect()
}

/// When these customers were acquired.
pub(super) async fn acquired_at(
    database: &Connection,
    scope: &Scope,
    customers: &[Uuid],
) -> Result<HashMap<Uuid, Timestamp>, StoreError> {
    use customer::Column;
    if customers.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<(Uuid, Timestamp)> = visible::<customer::Entity>(scope)
        .filter(many::among(database, Column::Id, customers))
        .select_only()
        .columns([Column::Id, Column::AcquiredAt])
        .into_tuple()
        .all(database)
        .await?;
    Ok(found.into_iter().collect())
}

/// How tiers changed what these events pay.
pub(super) async fn results(
    database: &Connection,
    scope: &Scope,
    events: &[Uuid],
) -> Result<Vec<TierResult>, StoreError> {
    use tier_result::Column;
    let one_of = many::among(database, Column::EventId, events);
    let found = visible::<tier_result::Entity>(scope)
        .filter(one_of)
        .filter(Column::Side.eq(Side::Payout.as_str()))
        .order_by_asc(Column::Id)
        .all(database)
        .await?;
    found.into_iter().map(super::super::tier_result::from_row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn whole(partners: &[u128]) -> EventRange {
        EventRange {
            partners: partners.iter().copied().map(id).collect(),
            after: Uuid::nil(),
            until: Uuid::max(),
        }
    }

    fn part(partner: u128, after: u128, until: u128) -> EventRange {
        EventRange {
            partners: vec![id(partner)],
            after: id(after),
            until: id(until),
        }
    }

    /// The stretches of at most 10 events, given the ends: partner, event, number.
    fn packed(ends: &[(u128, u128, u64)]) -> Vec<EventRange> {
        let mut packing = Packing::new(10);
        for (partner, event, number) in ends {
            packing.end(id(*partner), id(*event), *number);
        }
        packing.finish()
    }

    #[test]
    fn small_partners_are_read_together_up_to_the_size() {
        assert_eq!(
            packed(&[(1, 90, 4), (2, 91, 6), (3, 92, 1)]),
            [whole(&[1, 2]), whole(&[3])]
        );
        assert_eq!(packed(&[]), []);
    }

    #[test]
    fn a_large_partner_is_cut_and_read_in_its_place() {
        let ends = [
            (1, 90, 4),
            (2, 50, 10),
            (2, 60, 20),
            (2, 65, 25),
            (3, 92, 9),
            (4, 93, 10),
            (5, 94, 2),
        ];
        let expected = [
            whole(&[1]),
            part(2, 0, 50),
            part(2, 50, 60),
            part(2, 60, 65),
            whole(&[3]),
            part(4, 0, 93),
            whole(&[5]),
        ];
        assert_eq!(packed(&ends), expected);
    }
}
