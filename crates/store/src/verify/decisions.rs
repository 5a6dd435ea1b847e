//! Decisions about events, the events, and the rows that they led to.

use super::Check;
use super::CheckScope::{Events, Partners};
use super::Subject::{Commission, Event};

pub const CHECKS: &[Check] = &[
    Check {
        of: Partners,
        what: "the decision about the event and the EVENT rows written with it differ by {detail}",
        subjects: &[Event],
        sql: "SELECT event_id, CAST(minor AS TEXT) || ' ' || currency AS detail FROM (
                SELECT decided.event_id, decided.decided_at AS at, part.value ->> 'currency' AS currency,
                  CAST(part.value ->> 'minor' AS BIGINT) AS minor, 1 AS noted
                FROM event_decision AS decided, {each}(decided.components) AS part
                WHERE decided.tenant_id = $1 AND decided.partner_id {mine} AND part.value ->> 'reason' IS NULL
                UNION ALL
                SELECT event_id, accrued_at, currency, amount_minor, -1 FROM commission
                WHERE tenant_id = $1 AND partner_id {mine} AND kind = 'EVENT' AND EXISTS (
                  SELECT 1 FROM event_decision AS decided
                  WHERE decided.tenant_id = $1 AND decided.event_id = commission.event_id)
              ) AS both_sides
              GROUP BY event_id, at, currency, minor HAVING SUM(noted) <> 0",
    },
    Check {
        of: Events,
        what: "the decision about the event gives the reason {detail}, which its components contradict",
        subjects: &[Event],
        sql: "SELECT decided.event_id, COALESCE(decided.reason, 'none') AS detail FROM event_decision AS decided
              WHERE decided.tenant_id = $1 AND decided.event_id IN ({events})
                AND (decided.reason IS NULL) <> EXISTS (
                  SELECT 1 FROM {each}(decided.components) AS part WHERE part.value ->> 'reason' IS NULL)",
    },
    Check {
        of: Events,
        what: "the decision about the event disagrees with it about its amount, its currency or its time",
        subjects: &[Event],
        sql: "SELECT decided.event_id, '' AS detail FROM event_decision AS decided
              JOIN event ON event.tenant_id = $1 AND event.id = decided.event_id
              WHERE decided.tenant_id = $1 AND decided.event_id IN ({events})
                AND (decided.amount_minor IS DISTINCT FROM event.amount_minor
                  OR decided.currency IS DISTINCT FROM event.currency OR decided.recorded_at <> event.recorded_at)",
    },
    Check {
        of: Events,
        what: "the decisions about the event are not numbered from 1 on",
        subjects: &[Event],
        sql: "SELECT event_id, '' AS detail FROM event_decision
              WHERE tenant_id = $1 AND event_id IN ({events})
              GROUP BY event_id HAVING MIN(number) <> 1 OR MAX(number) <> COUNT(*)",
    },
    Check {
        of: Partners,
        what: "the explanation of the {detail} row is not the one of the decision about its event",
        subjects: &[Commission, Event],
        sql: "SELECT own.id AS commission_id, own.event_id, own.basis AS detail FROM commission AS own
              JOIN event_decision AS decided ON decided.tenant_id = $1 AND decided.event_id = own.event_id
                AND decided.decided_at = own.accrued_at
              WHERE own.tenant_id = $1 AND own.partner_id {mine} AND own.kind = 'EVENT'
                AND own.basis IN ('PERCENT', 'FIXED')
                AND NOT EXISTS (
                  SELECT 1 FROM {each}(own.explanation) AS step, {each}(decided.components) AS part
                  WHERE part.value ->> 'reason' IS NULL AND part.value ->> 'detail' = step.value ->> 'detail')",
    },
    Check {
        of: Events,
        what: "a decision about the event is not for an attribution of it, or disagrees with that about partner or campaign",
        subjects: &[Event],
        sql: "SELECT decided.event_id, '' AS detail FROM event_decision AS decided
              LEFT JOIN attribution AS credited ON credited.tenant_id = $1 AND credited.id = decided.attribution_id
              WHERE decided.tenant_id = $1 AND decided.event_id IN ({events})
                AND ((decided.attribution_id IS NOT NULL AND credited.event_id IS DISTINCT FROM decided.event_id)
                  OR credited.partner_id IS DISTINCT FROM decided.partner_id
                  OR credited.campaign_id IS DISTINCT FROM decided.campaign_id)",
    },
    Check {
        of: Events,
        what: "the last decision about the event is not for whom it is credited to",
        subjects: &[Event],
        sql: "SELECT decided.event_id, '' AS detail FROM event_decision AS decided
              JOIN event ON event.tenant_id = $1 AND event.id = decided.event_id
              WHERE decided.tenant_id = $1 AND decided.event_id IN ({events})
                AND decided.attribution_id IS DISTINCT FROM event.primary_attribution_id
                AND NOT EXISTS (SELECT 1 FROM event_decision AS later WHERE later.tenant_id = $1
                  AND later.event_id = decided.event_id AND later.number > decided.number)",
    },
    Check {
        of: Events,
        what: "an event that is credited to nobody has earned, or gives the reason {detail}",
        subjects: &[Event],
        sql: "SELECT event_id, COALESCE(reason, 'none') AS detail FROM event_decision
              WHERE tenant_id = $1 AND event_id IN ({events}) AND attribution_id IS NULL
                AND COALESCE(reason, '') NOT IN ('UNATTRIBUTED', 'IMPORTED', 'COUPON_INVALID', 'OUTSIDE_WINDOW')",
    },
    Check {
        of: Events,
        what: "the decision about the event does not say why its coupon or touches do not count, or says so though they do",
        subjects: &[Event],
        sql: "SELECT event_id, '' AS detail FROM event_decision
              WHERE tenant_id = $1 AND event_id IN ({events})
                AND CASE WHEN reason IN ('COUPON_INVALID', 'OUTSIDE_WINDOW') AND attribution_id IS NULL THEN detail IS NULL
                  AND NOT EXISTS (SELECT 1 FROM erasure WHERE tenant_id = $1)
                  ELSE COALESCE(detail, '') NOT IN ('', 'the visitor is tied to another customer') END",
    },
];
