//! What refers to what: rows that adjust others, rows and events, events and customers, changes and the outbox.

use super::Question;
use super::Subject::{Campaign, Commission, Customer, Event, Partner};

pub const QUESTIONS: &[Question] = &[
    Question {
        what: "the row's clawbacks exceed it, or have its sign",
        subjects: &[Commission],
        sql: "SELECT adjusted.id AS commission_id, '' AS detail FROM commission AS clawback
              JOIN commission AS adjusted ON adjusted.tenant_id = $1 AND adjusted.id = clawback.adjusts_id
              WHERE clawback.tenant_id = $1 AND clawback.kind = 'CLAWBACK' AND clawback.status <> 'REVERSED'
              GROUP BY adjusted.id, adjusted.amount_minor
              HAVING (adjusted.amount_minor > 0
                  AND (SUM(clawback.amount_minor) > 0 OR SUM(clawback.amount_minor) + adjusted.amount_minor < 0))
                OR (adjusted.amount_minor < 0
                  AND (SUM(clawback.amount_minor) < 0 OR SUM(clawback.amount_minor) + adjusted.amount_minor > 0))",
    },
    Question {
        what: "the {detail} row disagrees with the row that it adjusts, or names none",
        subjects: &[Commission],
        sql: "SELECT own.id AS commission_id, own.kind AS detail FROM commission AS own
              LEFT JOIN commission AS adjusted ON adjusted.tenant_id = $1 AND adjusted.id = own.adjusts_id
              WHERE own.tenant_id = $1 AND own.kind <> 'EVENT' AND (
                (own.kind = 'CLAWBACK' AND own.adjusts_id IS NULL)
                OR (own.adjusts_id IS NOT NULL AND own.partner_id <> adjusted.partner_id)
                OR (own.adjusts_id IS NOT NULL AND own.kind IN ('CLAWBACK', 'TIER_ADJUSTMENT') AND (
                  own.currency <> adjusted.currency OR own.payment_target <> adjusted.payment_target))
                OR (own.kind = 'CLAWBACK' AND own.mature_at IS DISTINCT FROM adjusted.mature_at))",
    },
    Question {
        what: "the {detail} row disagrees with its event about partner or campaign, or lacks one",
        subjects: &[Commission, Event],
        // What was earned before the event was moved, and what takes that back, stays with whom it was moved away from.
        sql: "SELECT commission.id AS commission_id, commission.event_id, commission.kind AS detail FROM commission
              LEFT JOIN event ON event.tenant_id = $1 AND event.id = commission.event_id
              WHERE commission.tenant_id = $1 AND (
                (commission.kind = 'EVENT' AND event.id IS NULL)
                OR (commission.kind IN ('EVENT', 'OPENING') AND event.id IS NOT NULL
                  AND event.kind NOT IN ('CHARGE', 'CONVERSION'))
                OR (event.id IS NOT NULL AND (event.attributed_at IS NULL OR (commission.kind <> 'CLAWBACK'
                    AND commission.accrued_at >= event.attributed_at))
                  AND NOT EXISTS (SELECT 1 FROM event AS original WHERE original.tenant_id = $1
                    AND original.id = event.original_id AND original.attributed_at IS NOT NULL)
                  AND (event.partner_id IS DISTINCT FROM commission.partner_id
                  OR event.campaign_id IS DISTINCT FROM commission.campaign_id)))",
    },
    Question {
        what: "a part of the event's attribution is missing",
        subjects: &[Event],
        sql: "SELECT id AS event_id, '' AS detail FROM event WHERE tenant_id = $1
              AND ((attribution_id IS NULL) <> (partner_id IS NULL) OR (campaign_id IS NOT NULL AND partner_id IS NULL))",
    },
    Question {
        what: "the partner has events of a campaign to which it does not belong",
        subjects: &[Partner, Campaign],
        sql: "SELECT DISTINCT event.partner_id, event.campaign_id, '' AS detail FROM event
              LEFT JOIN campaign_member AS member ON member.tenant_id = $1
                AND member.campaign_id = event.campaign_id AND member.partner_id = event.partner_id
              WHERE event.tenant_id = $1 AND event.campaign_id IS NOT NULL AND event.partner_id IS NOT NULL
                AND member.partner_id IS NULL",
    },
    // Whose clock was first does not count: any of its events may have bound it.
    Question {
        what: "the customer is bound to a partner and campaign that none of its events was attributed to",
        subjects: &[Customer],
        sql: "SELECT customer.id AS customer_id, '' AS detail FROM customer
              WHERE customer.tenant_id = $1 AND customer.partner_id IS NOT NULL AND customer.imported_at IS NULL
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
    Question {
        what: "the customer has attributed events but is bound to no partner",
        subjects: &[Customer],
        sql: "SELECT DISTINCT customer.id AS customer_id, '' AS detail FROM customer
              JOIN event ON event.tenant_id = $1 AND event.customer_id = customer.id AND event.partner_id IS NOT NULL
              WHERE customer.tenant_id = $1 AND customer.partner_id IS NULL
                AND NOT EXISTS (SELECT 1 FROM reassignment WHERE reassignment.tenant_id = $1
                  AND reassignment.customer_id = customer.id AND reassignment.partner_id IS NULL)",
    },
    // What is older may have been pruned, and nobody is told of what is brought in.
    Question {
        what: "the row's changes of status and those in the outbox differ ({detail})",
        subjects: &[Commission],
        sql: "SELECT commission_id, status AS detail FROM (
                SELECT moved.commission_id, moved.to_status AS status, moved.at, 1 AS noted
                FROM commission_transition AS moved
                JOIN commission AS own ON own.tenant_id = $1 AND own.id = moved.commission_id
                WHERE moved.tenant_id = $1 AND (moved.from_status IS NOT NULL OR own.kind <> 'OPENING')
                UNION ALL
                SELECT COALESCE(object_id, commission_id), COALESCE(SUBSTR(type, 12), status), at, -1 FROM outbox
                WHERE tenant_id = $1 AND (type IS NULL OR SUBSTR(type, 1, 11) = 'COMMISSION_')
              ) AS changes WHERE at >= (SELECT at FROM outbox_mark WHERE name = 'pruned') GROUP BY commission_id, status, at HAVING SUM(noted) <> 0",
    },
    Question {
        what: "the event is not credited to whom it was moved to last",
        subjects: &[Event],
        sql: "SELECT event.id AS event_id, '' AS detail FROM event
              JOIN (SELECT event_id, MAX(at) AS at FROM event_move WHERE tenant_id = $1 GROUP BY event_id) AS last
                ON last.event_id = event.id
              JOIN event_move AS moved ON moved.tenant_id = $1 AND moved.event_id = event.id AND moved.at = last.at
              WHERE event.tenant_id = $1 AND (event.partner_id IS DISTINCT FROM moved.partner_id
                OR event.campaign_id IS DISTINCT FROM moved.campaign_id
                OR event.attribution_id IS DISTINCT FROM moved.attribution_id)",
    },
    Question {
        what: "the event was moved, and no move of it is kept",
        subjects: &[Event],
        sql: "SELECT event.id AS event_id, '' AS detail FROM event WHERE event.tenant_id = $1
              AND event.attributed_at IS NOT NULL AND event.original_id IS NULL
              AND NOT EXISTS (SELECT 1 FROM event_move WHERE event_move.tenant_id = $1 AND event_move.event_id = event.id)",
    },
];
