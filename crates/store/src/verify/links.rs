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
                SELECT DISTINCT partner_id, campaign_id FROM attribution
                WHERE tenant_id = $1 AND partner_id {mine} AND campaign_id IS NOT NULL AND ended_at IS NULL
              ) AS earned
              LEFT JOIN campaign_member AS member ON member.tenant_id = $1
                AND member.campaign_id = earned.campaign_id AND member.partner_id = earned.partner_id
              WHERE member.partner_id IS NULL",
    },
    Check {
        of: Partners,
        what: "the row disagrees with the attribution that it was made for about partner, campaign or event, or names none",
        subjects: &[Commission, Event],
        // The attribution of a clawback is that of the refund, or of what the adjusted row was made for.
        sql: "SELECT own.id AS commission_id, own.event_id, '' AS detail FROM commission AS own
              LEFT JOIN attribution AS credited ON credited.tenant_id = $1 AND credited.id = own.attribution_id
              WHERE own.tenant_id = $1 AND own.partner_id {mine} AND (
                (own.event_id IS NOT NULL AND own.attribution_id IS NULL)
                OR (own.attribution_id IS NOT NULL AND credited.id IS NULL)
                OR credited.partner_id <> own.partner_id
                OR (credited.id IS NOT NULL AND credited.campaign_id IS DISTINCT FROM own.campaign_id)
                OR (own.kind <> 'CLAWBACK' AND credited.event_id IS DISTINCT FROM own.event_id))",
    },
    Check {
        of: Partners,
        what: "an attribution in force is not the one that its event names, or disagrees with its event",
        subjects: &[Partner, Event],
        sql: "SELECT credited.partner_id, credited.event_id, '' AS detail FROM attribution AS credited
              LEFT JOIN event ON event.tenant_id = $1 AND event.id = credited.event_id
              WHERE credited.tenant_id = $1 AND credited.partner_id {mine} AND credited.ended_at IS NULL AND (
                event.id IS NULL OR event.primary_attribution_id IS DISTINCT FROM credited.id
                OR event.customer_id IS DISTINCT FROM credited.customer_id OR event.kind <> credited.kind
                OR event.type IS DISTINCT FROM credited.type OR event.base <> credited.base
                OR event.occurred_at <> credited.occurred_at OR event.recorded_at <> credited.recorded_at
                OR event.amount_minor IS DISTINCT FROM credited.share_minor
                OR event.revenue_minor IS DISTINCT FROM credited.revenue_share_minor
                OR credited.weight_numerator <> credited.weight_denominator
                OR credited.has_amount <> (COALESCE(event.amount_minor, 0) > 0)
                OR credited.qualifying <> (event.kind = 'CONVERSION'
                  OR (event.kind = 'CHARGE' AND COALESCE(event.amount_minor, 0) > 0)))",
    },
    Check {
        of: Partners,
        what: "an attribution rests on a coupon of another partner or campaign, or on none though it says so",
        subjects: &[Partner, Event],
        sql: "SELECT credited.partner_id, credited.event_id, '' AS detail FROM attribution AS credited
              LEFT JOIN coupon ON coupon.tenant_id = $1 AND coupon.id = credited.coupon_id
              WHERE credited.tenant_id = $1 AND credited.partner_id {mine} AND (
                (credited.via = 'COUPON') <> (credited.coupon_id IS NOT NULL)
                OR (credited.coupon_id IS NOT NULL AND (coupon.id IS NULL OR coupon.partner_id <> credited.partner_id
                  OR coupon.campaign_id IS DISTINCT FROM credited.campaign_id)))",
    },
    Check {
        of: Partners,
        what: "an attribution rests on a link or touch of another partner or campaign, or on none though it says so",
        subjects: &[Partner, Event],
        sql: "SELECT credited.partner_id, credited.event_id, '' AS detail FROM attribution AS credited
              LEFT JOIN link ON link.tenant_id = $1 AND link.id = credited.link_id
              LEFT JOIN touch ON touch.tenant_id = $1 AND touch.id = credited.touch_id
              WHERE credited.tenant_id = $1 AND credited.partner_id {mine} AND (
                (credited.via = 'LINK') <> (credited.link_id IS NOT NULL)
                OR (credited.touched_at IS NULL) <> (credited.model IS NULL)
                OR (credited.via IN ('LINK', 'REFERRAL') AND credited.touched_at IS NULL)
                OR (credited.via IN ('NAMED', 'BINDING') AND credited.touched_at IS NOT NULL)
                OR COALESCE(credited.model, 'LAST') NOT IN ('LAST', 'FIRST', 'LINEAR', 'POSITION')
                OR (credited.link_id IS NOT NULL AND (link.id IS NULL OR link.partner_id <> credited.partner_id
                  OR link.campaign_id IS DISTINCT FROM credited.campaign_id))
                OR (credited.touch_id IS NOT NULL AND (touch.id IS NULL OR touch.partner_id <> credited.partner_id
                  OR touch.campaign_id IS DISTINCT FROM credited.campaign_id
                  OR touch.link_id IS DISTINCT FROM credited.link_id
                  OR touch.coupon_id IS DISTINCT FROM credited.coupon_id
                  OR touch.occurred_at IS DISTINCT FROM credited.touched_at)))",
    },
    Check {
        of: Whole,
        what: "the event names an attribution that is not there, has ended, or is another event's",
        subjects: &[Event],
        // As long as every attribution in force is its event's, counting tells whether any event names another: from
        // indexes, so that the events are only read where something is wrong.
        sql: "SELECT event.id AS event_id, '' AS detail FROM event
              LEFT JOIN attribution AS credited ON credited.tenant_id = $1 AND credited.id = event.primary_attribution_id
              WHERE event.tenant_id = $1 AND event.primary_attribution_id IS NOT NULL
                AND (SELECT COUNT(*) FROM event AS counted WHERE counted.tenant_id = $1)
                  <> (SELECT COUNT(*) FROM event AS counted WHERE counted.tenant_id = $1 AND counted.primary_attribution_id IS NULL)
                   + (SELECT COUNT(*) FROM attribution AS counted WHERE counted.tenant_id = $1 AND counted.ended_at IS NULL)
                AND (credited.id IS NULL OR credited.ended_at IS NOT NULL OR credited.event_id <> event.id)",
    },
    // The first event by time does not matter: any of its events may have bound it.
    Check {
        of: Partners,
        what: "the customer is bound to a partner and campaign that none of its events was attributed to",
        subjects: &[Customer],
        sql: "SELECT customer.id AS customer_id, '' AS detail FROM customer
              WHERE customer.tenant_id = $1 AND customer.partner_id {mine} AND customer.imported_at IS NULL
              AND NOT EXISTS (
                SELECT 1 FROM attribution WHERE attribution.tenant_id = $1 AND attribution.customer_id = customer.id
                AND attribution.kind IN ('CHARGE', 'CONVERSION') AND attribution.partner_id = customer.partner_id
                AND attribution.campaign_id IS NOT DISTINCT FROM customer.campaign_id AND attribution.ended_at IS NULL)
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
                SELECT DISTINCT customer_id FROM attribution
                WHERE tenant_id = $1 AND partner_id {mine} AND customer_id IS NOT NULL AND ended_at IS NULL
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
        what: "the event's partner differs from its latest move",
        subjects: &[Event],
        sql: "SELECT event.id AS event_id, '' AS detail FROM event_move AS moved
              JOIN event ON event.tenant_id = $1 AND event.id = moved.event_id
              LEFT JOIN attribution AS credited ON credited.tenant_id = $1 AND credited.id = event.primary_attribution_id
              WHERE moved.tenant_id = $1
                AND (credited.partner_id IS DISTINCT FROM moved.partner_id
                  OR credited.campaign_id IS DISTINCT FROM moved.campaign_id
                  OR event.primary_attribution_id IS DISTINCT FROM moved.attribution_id)
                AND NOT EXISTS (SELECT 1 FROM event_move AS later WHERE later.tenant_id = $1
                  AND later.event_id = moved.event_id AND later.at > moved.at)",
    },
];
