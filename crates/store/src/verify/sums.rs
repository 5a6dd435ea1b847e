//! Stored sums: whether anything can be added to them. They are recomputed in pages of rows and events.

use super::Check;
use super::CheckScope::{Events, Partners};
use super::Subject::{Commission, Event, Partner};

/// `$which` of the columns of a partner's balance.
macro_rules! of_balance {
    ($which:ident) => {
        $which!(
            "accrued_minor",
            "approved_minor",
            "paid_minor",
            "reversed_minor",
            "reserved_minor"
        )
    };
}

/// `$which` of the columns of a tier's counter.
macro_rules! of_counter {
    ($which:ident) => {
        $which!(
            "conversions",
            "events",
            "sale_amount_minor",
            "payout_minor",
            "revenue_minor"
        )
    };
}

/// Whether any of these columns exceeds the bounds of sums.
macro_rules! beyond {
    ($first:literal $(, $column:literal)*) => {
        concat!(
            $first, " NOT BETWEEN -1000000000000000000 AND 1000000000000000000"
            $(, " OR ", $column, " NOT BETWEEN -1000000000000000000 AND 1000000000000000000")*
        )
    };
}

/// Whether any of these columns holds something other than an integer, as SQLite stores for sums beyond 64 bits.
macro_rules! broken {
    ($first:literal $(, $column:literal)*) => {
        concat!("typeof(", $first, ") <> 'integer'" $(, " OR typeof(", $column, ") <> 'integer'")*)
    };
}

/// Violations that are possible on SQLite only.
pub const SQLITE: &[Check] = &[
    Check {
        of: Partners,
        what: "{detail} of the partner is not a whole number",
        subjects: &[Partner],
        sql: concat!(
            "SELECT partner_id, 'the balance in ' || currency AS detail FROM partner_balance
             WHERE tenant_id = $1 AND partner_id {mine} AND (",
            of_balance!(broken),
            ") UNION ALL SELECT partner_id, 'the lifetime value in ' || currency FROM partner_lifetime_value
             WHERE tenant_id = $1 AND partner_id {mine} AND (",
            broken!("amount_minor"),
            ") UNION ALL SELECT partner_id, 'the count of customers' FROM partner_standing
             WHERE tenant_id = $1 AND partner_id {mine} AND (",
            broken!("qualified_customers"),
            ") UNION ALL SELECT partner_id, 'a count of paid charges' FROM partner_customer
             WHERE tenant_id = $1 AND partner_id {mine} AND (",
            broken!("paid_charges"),
            ") UNION ALL SELECT partner_id, 'what a tier counts' FROM tier_counter
             WHERE tenant_id = $1 AND partner_id {mine} AND (",
            of_counter!(broken),
            ") UNION ALL SELECT id, 'the length of the history' FROM partner
             WHERE tenant_id = $1 AND id {mine} AND (",
            broken!("history_sequence"),
            ")"
        ),
    },
    Check {
        of: Partners,
        what: "the amount of the row is not a whole number",
        subjects: &[Commission],
        sql: "SELECT id AS commission_id, '' AS detail FROM commission
              WHERE tenant_id = $1 AND partner_id {mine} AND typeof(amount_minor) <> 'integer'",
    },
    Check {
        of: Events,
        what: "the amount of the event is not a whole number",
        subjects: &[Event],
        sql: "SELECT id AS event_id, '' AS detail FROM event
              WHERE tenant_id = $1 AND id IN ({events}) AND (typeof(amount_minor) NOT IN ('integer', 'null')
                OR typeof(revenue_minor) NOT IN ('integer', 'null') OR typeof(refunded_minor) <> 'integer')",
    },
];

pub const CHECKS: &[Check] = &[Check {
    of: Partners,
    what: "{detail} of the partner is beyond 10^18 minor units: nothing more can be added to it",
    subjects: &[Partner],
    sql: concat!(
        "SELECT partner_id, 'the balance in ' || currency AS detail FROM partner_balance
             WHERE tenant_id = $1 AND partner_id {mine} AND (",
        of_balance!(beyond),
        ") UNION ALL SELECT partner_id, 'the lifetime value in ' || currency FROM partner_lifetime_value
             WHERE tenant_id = $1 AND partner_id {mine} AND (",
        beyond!("amount_minor"),
        ") UNION ALL SELECT partner_id, 'what a tier counts' FROM tier_counter
             WHERE tenant_id = $1 AND partner_id {mine} AND (",
        of_counter!(beyond),
        ")"
    ),
}];
