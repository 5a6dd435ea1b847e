//! Balances, lifetime values, counters and refunded amounts, added again. What is kept enters the sum with the opposite
//! sign, so that a row that is missing on either side shows, too.

use super::Question;
use super::Subject::{Commission, Customer, Event, Partner};

/// A sum that does not fail where SQLite's would need more than 64 bits: of both halves of the numbers.
macro_rules! sum {
    ($column:literal) => {
        concat!(
            "(SUM(",
            $column,
            " >> 32) * 4294967296 + SUM(",
            $column,
            " & 4294967295))"
        )
    };
}

/// Whether any of these columns is beyond the bounds of sums.
macro_rules! beyond {
    ($first:literal $(, $column:literal)*) => {
        concat!(
            $first, " NOT BETWEEN -1000000000000000000 AND 1000000000000000000"
            $(, " OR ", $column, " NOT BETWEEN -1000000000000000000 AND 1000000000000000000")*
        )
    };
}

/// Whether any of these columns holds no whole number, which SQLite makes of sums that need more than 64 bits.
macro_rules! broken {
    ($first:literal $(, $column:literal)*) => {
        concat!("typeof(", $first, ") <> 'integer'" $(, " OR typeof(", $column, ") <> 'integer'")*)
    };
}

/// What only SQLite can hold.
pub const SQLITE: &[Question] = &[
    Question {
        what: "{detail} of the partner holds no whole number",
        subjects: &[Partner],
        sql: concat!(
            "SELECT partner_id, 'the balance in ' || currency AS detail FROM partner_balance
             WHERE tenant_id = $1 AND (",
            broken!(
                "accrued_minor",
                "approved_minor",
                "paid_minor",
                "reversed_minor",
                "reserved_minor"
            ),
            ") UNION ALL SELECT partner_id, 'the lifetime value in ' || currency FROM partner_lifetime_value
             WHERE tenant_id = $1 AND (",
            broken!("amount_minor"),
            ") UNION ALL SELECT partner_id, 'the count of customers' FROM partner_standing WHERE tenant_id = $1 AND (",
            broken!("qualified_customers"),
            ") UNION ALL SELECT partner_id, 'a count of paid charges' FROM partner_customer WHERE tenant_id = $1 AND (",
            broken!("paid_charges"),
            ") UNION ALL SELECT partner_id, 'what a tier counts' FROM tier_counter WHERE tenant_id = $1 AND (",
            broken!(
                "conversions",
                "events",
                "sale_amount_minor",
                "payout_minor",
                "revenue_minor"
            ),
            ") UNION ALL SELECT id, 'the length of the history' FROM partner WHERE tenant_id = $1 AND (",
            broken!("history_sequence"),
            ")"
        ),
    },
    Question {
        what: "the amount of the row is no whole number",
        subjects: &[Commission],
        sql: "SELECT id AS commission_id, '' AS detail FROM commission
              WHERE tenant_id = $1 AND typeof(amount_minor) <> 'integer'",
    },
    Question {
        what: "the amount of the event is no whole number",
        subjects: &[Event],
        sql: "SELECT id AS event_id, '' AS detail FROM event
              WHERE tenant_id = $1 AND (typeof(amount_minor) NOT IN ('integer', 'null')
                OR typeof(revenue_minor) NOT IN ('integer', 'null') OR typeof(refunded_minor) <> 'integer')",
    },
];

pub const QUESTIONS: &[Question] = &[
    Question {
        what: "{detail} of the partner is beyond 10^18 minor units: nothing more can be added to it",
        subjects: &[Partner],
        sql: concat!(
            "SELECT partner_id, 'the balance in ' || currency AS detail FROM partner_balance WHERE tenant_id = $1 AND (",
            beyond!("accrued_minor", "approved_minor", "paid_minor", "reversed_minor", "reserved_minor"),
            ") UNION ALL SELECT partner_id, 'the lifetime value in ' || currency FROM partner_lifetime_value
             WHERE tenant_id = $1 AND (",
            beyond!("amount_minor"),
            ") UNION ALL SELECT partner_id, 'what a tier counts' FROM tier_counter WHERE tenant_id = $1 AND (",
            beyond!("conversions", "events", "sale_amount_minor", "payout_minor", "revenue_minor"),
            ")"
        ),
    },
    Question {
        what: "the balance in {detail} is not the sum of the partner's rows",
        subjects: &[Partner],
        sql: concat!(
            "SELECT partner_id, currency AS detail FROM (
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
              HAVING ",
            sum!("accrued"), " <> 0 OR ", sum!("approved"), " <> 0 OR ", sum!("paid"), " <> 0 OR ",
            sum!("reversed"), " <> 0 OR ", sum!("reserved"), " <> 0"
        ),
    },
    Question {
        what: "the partner's statement in {detail} does not close with what is accrued and approved",
        subjects: &[Partner],
        sql: concat!(
            "SELECT partner_id, currency AS detail FROM (
                SELECT partner_id, currency, amount_minor AS minor FROM commission
                WHERE tenant_id = $1 AND payment_target = 'PARTNERSHIP'
                UNION ALL
                SELECT partner_id, currency, -amount_minor FROM commission
                WHERE tenant_id = $1 AND payment_target = 'PARTNERSHIP' AND reversed_at IS NOT NULL
                UNION ALL
                SELECT partner_id, currency, -amount_minor FROM commission
                WHERE tenant_id = $1 AND payment_target = 'PARTNERSHIP' AND paid_at IS NOT NULL
                UNION ALL
                SELECT partner_id, currency, -accrued_minor FROM partner_balance WHERE tenant_id = $1
                UNION ALL
                SELECT partner_id, currency, -approved_minor FROM partner_balance WHERE tenant_id = $1
              ) AS moved GROUP BY partner_id, currency HAVING ",
            sum!("minor"), " <> 0"
        ),
    },
    Question {
        what: "the lifetime value in {detail} is not the sum of the partner's charges less what was taken back",
        subjects: &[Partner],
        sql: concat!(
            "SELECT partner_id, currency AS detail FROM (
                SELECT partner_id, currency, amount_minor FROM event
                WHERE tenant_id = $1 AND kind = 'CHARGE' AND partner_id IS NOT NULL
                UNION ALL
                SELECT charge.partner_id, refund.currency, -refund.amount_minor FROM event AS refund
                JOIN event AS charge ON charge.tenant_id = refund.tenant_id AND charge.id = refund.original_id
                WHERE refund.tenant_id = $1 AND charge.kind = 'CHARGE' AND charge.partner_id IS NOT NULL
                UNION ALL
                SELECT partner_id, currency, -amount_minor FROM partner_lifetime_value WHERE tenant_id = $1
              ) AS parts GROUP BY partner_id, currency HAVING ",
            sum!("amount_minor"), " <> 0"
        ),
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
