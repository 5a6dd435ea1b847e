//! Payouts, checked against the runs that created them. The rows that they contain are checked in pages of rows.

use super::Check;
use super::CheckScope::{Partners, Whole};
use super::Subject::{Payout, PayoutRun};

pub const CHECKS: &[Check] = &[
    Check {
        of: Partners,
        what: "the {detail} payout has no time of settlement, or one although it is open",
        subjects: &[Payout],
        sql: "SELECT id AS payout_id, status AS detail FROM payout
              WHERE tenant_id = $1 AND partner_id {mine} AND (status = 'PENDING') <> (settled_at IS NULL)",
    },
    Check {
        of: Partners,
        what: "the {detail} payout has no time of return, or one although nothing came back",
        subjects: &[Payout],
        sql: "SELECT id AS payout_id, status AS detail FROM payout
              WHERE tenant_id = $1 AND partner_id {mine}
                AND ((status = 'RETURNED') <> (returned_at IS NOT NULL) OR returned_at < settled_at)",
    },
    Check {
        of: Partners,
        what: "the {detail} payout and the row by which its amount is owed again disagree, or one of them is missing",
        subjects: &[Payout],
        sql: "SELECT payout.id AS payout_id, payout.status AS detail FROM payout
              LEFT JOIN commission AS owed ON owed.tenant_id = $1 AND owed.returned_payout_id = payout.id
              WHERE payout.tenant_id = $1 AND payout.partner_id {mine}
                AND (payout.status = 'RETURNED' OR owed.id IS NOT NULL)
                AND (payout.status <> 'RETURNED' OR owed.kind IS DISTINCT FROM 'RETURNED'
                OR owed.partner_id IS DISTINCT FROM payout.partner_id
                OR owed.recipient IS DISTINCT FROM payout.recipient
                OR (owed.payment_target = 'INDIVIDUAL') <> (payout.recipient IS NOT NULL)
                OR owed.currency IS DISTINCT FROM payout.currency
                OR owed.amount_minor IS DISTINCT FROM payout.amount_minor
                OR owed.accrued_at IS DISTINCT FROM payout.returned_at)",
    },
    Check {
        of: Partners,
        what: "the bank reference of the payout does not begin with what identifies it",
        subjects: &[Payout],
        sql: "SELECT id AS payout_id, '' AS detail FROM payout
              WHERE tenant_id = $1 AND partner_id {mine} AND bank_reference_start <> substr(bank_reference, 1, 8)",
    },
    Check {
        of: Partners,
        what: "the payout and the line of its run disagree, or it has no line",
        subjects: &[Payout, PayoutRun],
        sql: "SELECT payout.id AS payout_id, payout.run_id, '' AS detail FROM payout
              LEFT JOIN payout_run_line AS line ON line.tenant_id = $1 AND line.payout_id = payout.id
              WHERE payout.tenant_id = $1 AND payout.partner_id {mine} AND (line.run_id IS DISTINCT FROM payout.run_id
                OR line.partner_id IS DISTINCT FROM payout.partner_id
                OR line.recipient IS DISTINCT FROM payout.recipient
                OR line.currency IS DISTINCT FROM payout.currency
                OR line.amount_minor IS DISTINCT FROM payout.amount_minor
                OR line.commission_count IS DISTINCT FROM (SELECT COUNT(*) FROM payout_item AS item
                    WHERE item.tenant_id = $1 AND item.payout_id = payout.id))",
    },
    Check {
        of: Whole,
        what: "the line {detail} of the run says PAID_OUT without a payout, or names one without that",
        subjects: &[PayoutRun],
        sql: "SELECT run_id, CAST(position AS text) AS detail FROM payout_run_line
              WHERE tenant_id = $1 AND (outcome = 'PAID_OUT') <> (payout_id IS NOT NULL)",
    },
    Check {
        of: Whole,
        what: "the lines of the run are not numbered from 1 on",
        subjects: &[PayoutRun],
        sql: "SELECT run_id, '' AS detail FROM payout_run_line WHERE tenant_id = $1
              GROUP BY run_id HAVING MIN(position) <> 1 OR MAX(position) <> COUNT(*)",
    },
];
