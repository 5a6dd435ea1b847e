//! References: rows that adjust others, rows and events, events and customers, status changes and the outbox.

use super::Check;
use super::CheckScope::{Partners, Whole};
use super::Subject::{Campaign, Commission, Customer, Event, Partner};

pub const CHECKS: &[Check] = &[
    Check {
        of: Partners,
        what: "the row's clawbacks exceed it, or have its sign",
        subjects: &[Commission],
        sql: "SELECT adjusted.id AS commission_id, '' AS detail FROM commission AS clawback
              JOIN commission AS adjusted ON adjusted.tenant_id = $1 AND adjusted.id = clawback.adjusts_id
              WHERE clawback.tenant_id = $1 AND clawback.partner_id {mine} AND clawback.kind = 'CLAWBACK' AND clawback.status <> 'REVERSED'
              GROUP BY adjusted.id, adjusted.amount_minor
              HAVING (adjusted.amount_minor > 0
                  AND (SUM(clawback.amount_minor) > 0 OR SUM(clawback.amount_minor) + adjusted.amount_minor < 0))
                OR (adjusted.amount_minor < 0
                  AND (SUM(clawback.amount_minor) < 0 OR SUM(clawback.amount_minor) + adjusted.amount_minor > 0))",
    },
    Check {
        of: Partners,
        what: "the {detail} row disagrees with the row that it adjusts, or names none",
        subjects: &[Commission],
        sql: "SELECT own.id AS commission_id, own.kind AS detail FROM commission AS own
              LEFT JOIN commission AS adjusted ON adjusted.tenant_id = $1 AND adjusted.id = own.adjusts_id
              WHERE own.tenant_id = $1 AND own.partner_id {mine} AND own.kind <> 'EVENT' AND (
                (own.kind = 'CLAWBACK' AND own.adjusts_id IS NULL)
                OR (own.adjusts_id IS NOT NULL AND own.partner_id <> adjusted.partner_id)
                OR (own.adjusts_id IS NOT NULL AND own.kind IN ('CLAWBACK', 'TIER_ADJUSTMENT') AND (
                  own.currency <> adjusted.currency OR own.payment_target <> adjusted.payment_target))
                OR (own.kind = 'CLAWBACK' AND own.mature_at IS DISTINCT FROM adjusted.mature_at))",
    },
    Check {
        of: Partners,
        what: "the partner has events of a campaign to which it does not belong",
        subjects: &[Partner, Campaign],
        sql: "SELECT earned.partner_id, earned.campaign_id, '' AS detail FROM (
                SELECT DISTINCT partner_id, campaign_id FROM event
                WHERE tenant_id = $1 AND partner_id {mine} AND campaign_id IS NOT NULL
              ) AS earned
              LEFT JOIN campaign_member AS member ON member.tenant_id = $1
                AND member.campaign_id = earned.campaign_id AND member.partner_id = earned.partner_id
              WHERE member.partner_id IS NULL",
    },
    // The first event by time does not matter: any of its events may have bound it.
    Check {
        of: Partners,
        what: "the customer is bound to a partner and campaign that none of its events was attributed to",
        subjects: &[Customer],
        sql: "SELECT customer.id AS customer_id, '' AS detail FROM customer
              WHERE customer.tenant_id = $1 AND customer.partner_id {mine} AND customer.imported_at IS NULL
              AND NOT EXISTS (
                SELECT 1 FROM event WHERE event.tenant_id = $1 AND event.customer_id = customer.id
                AND event.kind IN ('CHARGE', 'CONVERSION') AND event.partner_id = customer.partner_id
                AND event.campaign_id IS NOT DISTINCT FROM customer.campaign_id)
              AND NOT EXISTS (SELECT 1 FROM reassignment WHERE reassignment.tenant_id = $1
                AND reassignment.customer_id = customer.id AND reassignment.partner_id = customer.partner_id
                AND reassignment.campaign_id IS NOT DISTINCT FROM customer.campaign_id)
              AND NOT EXISTS (SELECT 1 FROM event_move JOIN event ON event.tenant_id = $1 AND event.id = event_move.event_id
                WHERE event_move.tenant_id = $1 AND event.customer_id = customer.id
                AND event_move.from_partner_id = customer.partner_id)",
    },
    Check {
        of: Partners,
        what: "the customer has attributed events but is bound to no partner",
        subjects: &[Customer],
        sql: "SELECT customer.id AS customer_id, '' AS detail FROM (
                SELECT DISTINCT customer_id FROM event
                WHERE tenant_id = $1 AND partner_id {mine} AND customer_id IS NOT NULL
              ) AS buying
              JOIN customer ON customer.tenant_id = $1 AND customer.id = buying.customer_id
              WHERE customer.partner_id IS NULL
                AND NOT EXISTS (SELECT 1 FROM reassignment WHERE reassignment.tenant_id = $1
                  AND reassignment.customer_id = customer.id AND reassignment.partner_id IS NULL)",
    },
    // Older changes may have been pruned, and imports are not announced.
    Check {
        of: Whole,
        what: "the row's changes of status and those in the outbox differ ({detail})",
        subjects: &[Commission],
        sql: "SELECT commission_id, status AS detail FROM (
                SELECT moved.commission_id, moved.to_status AS status, moved.at, 1 AS noted
                FROM commission_transition AS moved
                JOIN commission AS own ON own.tenant_id = $1 AND own.id = moved.commission_id
                WHERE moved.tenant_id = $1 AND (moved.from_status IS NOT NULL OR own.kind <> 'OPENING')
                UNION ALL
                SELECT object_id, SUBSTR(type, 12), at, -1 FROM outbox
                WHERE tenant_id = $1 AND SUBSTR(type, 1, 11) = 'COMMISSION_'
              ) AS changes
              WHERE at >= (SELECT at FROM outbox_mark WHERE name = 'pruned') AND at >= $2
              GROUP BY commission_id, status, at HAVING SUM(noted) <> 0",
    },
    Check {
        of: Whole,
        what: "the event is not credited to whom it was moved to last",
        subjects: &[Event],
        sql: "SELECT event.id AS event_id, '' AS detail FROM event_move AS moved
              JOIN event ON event.tenant_id = $1 AND event.id = moved.event_id
              WHERE moved.tenant_id = $1
                AND (event.partner_id IS DISTINCT FROM moved.partner_id
                  OR event.campaign_id IS DISTINCT FROM moved.campaign_id
                  OR event.attribution_id IS DISTINCT FROM moved.attribution_id)
                AND NOT EXISTS (SELECT 1 FROM event_move AS later WHERE later.tenant_id = $1
                  AND later.event_id = moved.event_id AND later.at > moved.at)",
    },
];
