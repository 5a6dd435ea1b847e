//! Balances, lifetime values, counters and refunded amounts, added again. What is kept enters the sum with the opposite
//! sign, so that a row that is missing on either side shows, too.

use super::Question;
use super::Subject::{Customer, Event, Partner};

pub const QUESTIONS: &[Question] = &[
    Question {
        what: "the balance in {detail} is not the sum of the partner's rows",
        subjects: &[Partner],
        sql: "SELECT partner_id, currency AS detail FROM (
                SELECT partner_id, currency,
                  CASE WHEN status = 'ACCRUED' THEN amount_minor ELSE 0 END AS accrued,
                  CASE WHEN status = 'APPROVED' THEN amount_minor ELSE 0 END AS approved,
                  CASE WHEN status = 'PAID' THEN amount_minor ELSE 0 END AS paid,
                  CASE WHEN status = 'REVERSED' THEN amount_minor ELSE 0 END AS reversed,
                  CASE WHEN status = 'APPROVED' AND payout_id IS NOT NULL THEN amount_minor ELSE 0 END AS reserved
                FROM commission WHERE tenant_id = $1 AND payment_target = 'PARTNERSHIP'
                UNION ALL
                SELECT partner_id, currency, -accrued_minor, -approved_minor, -paid_minor, -reversed_minor, -reserved_minor
                FROM partner_balance WHERE tenant_id = $1
              ) AS parts GROUP BY partner_id, currency
              HAVING SUM(accrued) <> 0 OR SUM(approved) <> 0 OR SUM(paid) <> 0 OR SUM(reversed) <> 0 OR SUM(reserved) <> 0",
    },
    Question {
        what: "the lifetime value in {detail} is not the sum of the partner's charges less what was taken back",
        subjects: &[Partner],
        sql: "SELECT partner_id, currency AS detail FROM (
                SELECT partner_id, currency, amount_minor FROM event
                WHERE tenant_id = $1 AND kind = 'CHARGE' AND partner_id IS NOT NULL
                UNION ALL
                SELECT charge.partner_id, refund.currency, -refund.amount_minor FROM event AS refund
                JOIN event AS charge ON charge.tenant_id = refund.tenant_id AND charge.id = refund.original_id
                WHERE refund.tenant_id = $1 AND charge.kind = 'CHARGE' AND charge.partner_id IS NOT NULL
                UNION ALL
                SELECT partner_id, currency, -amount_minor FROM partner_lifetime_value WHERE tenant_id = $1
              ) AS parts GROUP BY partner_id, currency HAVING SUM(amount_minor) <> 0",
    },
    Question {
        what: "the count of paid charges is not the number of the customer's charges with the partner",
        subjects: &[Partner, Customer],
        sql: "SELECT partner_id, customer_id, '' AS detail FROM (
                SELECT partner_id, customer_id, 1 AS paid FROM event
                WHERE tenant_id = $1 AND kind = 'CHARGE' AND amount_minor > 0 AND NOT wholly_refunded
                  AND partner_id IS NOT NULL AND customer_id IS NOT NULL
                UNION ALL
                SELECT partner_id, customer_id, -paid_charges FROM partner_customer WHERE tenant_id = $1
              ) AS parts GROUP BY partner_id, customer_id HAVING SUM(paid) <> 0",
    },
    Question {
        what: "the count of qualified customers is not the number of customers with a paid charge",
        subjects: &[Partner],
        sql: "SELECT partner_id, '' AS detail FROM (
                SELECT DISTINCT partner_id, customer_id, 1 AS qualified FROM event
                WHERE tenant_id = $1 AND kind = 'CHARGE' AND amount_minor > 0 AND NOT wholly_refunded
                  AND partner_id IS NOT NULL AND customer_id IS NOT NULL
                UNION ALL
                SELECT partner_id, NULL, -qualified_customers FROM partner_standing WHERE tenant_id = $1
              ) AS parts GROUP BY partner_id HAVING SUM(qualified) <> 0",
    },
    Question {
        what: "what is kept as refunded is not the sum of the event's refunds",
        subjects: &[Event],
        sql: "SELECT id AS event_id, '' AS detail FROM (
                SELECT original.id, original.amount_minor, original.refunded_minor, original.wholly_refunded,
                  COUNT(refund.id) AS refunds, COALESCE(SUM(refund.amount_minor), 0) AS taken
                FROM event AS original
                LEFT JOIN event AS refund ON refund.tenant_id = $1 AND refund.original_id = original.id
                WHERE original.tenant_id = $1
                GROUP BY original.id, original.amount_minor, original.refunded_minor, original.wholly_refunded
              ) AS added
              WHERE taken <> refunded_minor OR taken > COALESCE(amount_minor, 0)
                OR wholly_refunded <> (refunds > 0 AND taken = COALESCE(amount_minor, 0))",
    },
    Question {
        what: "a refund names no charge or conversion, or disagrees with it",
        subjects: &[Event],
        sql: "SELECT refund.id AS event_id, '' AS detail FROM event AS refund
              LEFT JOIN event AS original ON original.tenant_id = $1 AND original.id = refund.original_id
              WHERE refund.tenant_id = $1 AND (
                (refund.kind IN ('REFUND', 'CHARGEBACK')) <> (refund.original_id IS NOT NULL)
                OR (refund.original_id IS NOT NULL AND (
                  original.kind NOT IN ('CHARGE', 'CONVERSION')
                  OR original.currency IS DISTINCT FROM refund.currency
                  OR original.customer_id IS DISTINCT FROM refund.customer_id
                  OR original.partner_id IS DISTINCT FROM refund.partner_id
                  OR original.campaign_id IS DISTINCT FROM refund.campaign_id)))",
    },
];
