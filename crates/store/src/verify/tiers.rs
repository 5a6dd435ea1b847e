//! What tiers did, and the rows that it produced. Their counters are recomputed by the service (`ledger::tiers`).

use super::Check;
use super::CheckScope::{Events, Partners};
use super::Subject::{Commission, Event};

pub const CHECKS: &[Check] = &[
    Check {
        of: Partners,
        what: "the {detail} row and what tiers did disagree: a TIER_ADJUSTMENT row has one adjustment, others have none",
        subjects: &[Commission],
        sql: "SELECT own.id AS commission_id, own.kind AS detail FROM commission AS own
              LEFT JOIN tier_result ON tier_result.tenant_id = $1 AND tier_result.commission_id = own.id
                AND tier_result.kind = 'ADJUSTMENT'
              WHERE own.tenant_id = $1 AND own.partner_id {mine} AND (own.kind = 'TIER_ADJUSTMENT') <> (tier_result.id IS NOT NULL)",
    },
    Check {
        of: Partners,
        what: "the row disagrees with the tier that made it about its event, its amount or its currency",
        subjects: &[Commission, Event],
        sql: "SELECT own.id AS commission_id, tier_result.event_id, '' AS detail FROM commission AS own
              JOIN tier_result ON tier_result.tenant_id = $1 AND tier_result.commission_id = own.id
              WHERE own.tenant_id = $1 AND own.partner_id {mine} AND (own.event_id IS DISTINCT FROM tier_result.event_id
                OR own.amount_minor <> tier_result.amount_minor OR own.currency <> tier_result.currency
                OR tier_result.side <> 'payout')",
    },
    Check {
        of: Events,
        what: "a tier's adjustment of a payout has no row, or one of revenue has one",
        subjects: &[Event],
        sql: "SELECT event_id, '' AS detail FROM tier_result
              WHERE tenant_id = $1 AND event_id IN ({events}) AND kind = 'ADJUSTMENT' AND (side = 'payout') <> (commission_id IS NOT NULL)",
    },
    Check {
        of: Partners,
        what: "tiers changed the same amount of the event twice",
        subjects: &[Event],
        // Once before it was moved and once after is right.
        sql: "SELECT tier_result.event_id, '' AS detail FROM attribution AS credited
              JOIN tier_result ON tier_result.tenant_id = $1 AND tier_result.event_id = credited.event_id
                AND (credited.moved_at IS NULL OR tier_result.at >= credited.moved_at)
              WHERE credited.tenant_id = $1 AND credited.partner_id {mine} AND credited.ended_at IS NULL
                AND tier_result.kind = 'RATE'
              GROUP BY tier_result.event_id, side, tier_result.currency HAVING COUNT(DISTINCT tier_id) > 1",
    },
    Check {
        of: Partners,
        what: "the adjustment adjusts a row of another event",
        subjects: &[Commission, Event],
        sql: "SELECT own.id AS commission_id, own.event_id, '' AS detail FROM commission AS own
              JOIN commission AS adjusted ON adjusted.tenant_id = $1 AND adjusted.id = own.adjusts_id
              WHERE own.tenant_id = $1 AND own.partner_id {mine} AND own.kind = 'TIER_ADJUSTMENT'
                AND own.event_id IS DISTINCT FROM adjusted.event_id",
    },
];
