//! Payouts against the rows that they hold, and runs against the payouts that they made.

use super::Of::{Partners, Whole};
use super::Question;
use super::Subject::{Commission, Payout, PayoutRun};

pub const QUESTIONS: &[Question] = &[
    Question {
        of: Partners,
        what: "the payout's amount is not the sum of its items",
        subjects: &[Payout],
        sql: "SELECT payout.id AS payout_id, '' AS detail FROM payout
              LEFT JOIN payout_item AS item ON item.tenant_id = $1 AND item.payout_id = payout.id
              LEFT JOIN commission ON commission.tenant_id = $1 AND commission.id = item.commission_id
              WHERE payout.tenant_id = $1 AND payout.partner_id {mine} GROUP BY payout.id, payout.amount_minor
              HAVING SUM(commission.amount_minor) IS DISTINCT FROM payout.amount_minor",
    },
    Question {
        of: Partners,
        what: "the payout holds a row of another payee or currency",
        subjects: &[Payout, Commission],
        sql: "SELECT payout.id AS payout_id, commission.id AS commission_id, '' AS detail FROM payout_item AS item
              JOIN payout ON payout.tenant_id = $1 AND payout.id = item.payout_id
              JOIN commission ON commission.tenant_id = $1 AND commission.id = item.commission_id
              WHERE item.tenant_id = $1 AND payout.partner_id {mine} AND (commission.partner_id <> payout.partner_id
                OR commission.currency <> payout.currency OR commission.recipient IS DISTINCT FROM payout.recipient)",
    },
    Question {
        of: Partners,
        what: "the {detail} payout and its row disagree: PAID holds paid rows, PENDING approved ones, others none",
        subjects: &[Payout, Commission],
        sql: "SELECT payout.id AS payout_id, commission.id AS commission_id, payout.status AS detail
              FROM payout_item AS item
              JOIN payout ON payout.tenant_id = $1 AND payout.id = item.payout_id
              JOIN commission ON commission.tenant_id = $1 AND commission.id = item.commission_id
              WHERE item.tenant_id = $1 AND payout.partner_id {mine} AND NOT CASE payout.status
                WHEN 'PAID' THEN commission.status = 'PAID' AND commission.payout_id IS NOT DISTINCT FROM payout.id
                WHEN 'PENDING' THEN commission.status = 'APPROVED' AND commission.payout_id IS NOT DISTINCT FROM payout.id
                ELSE commission.payout_id IS DISTINCT FROM payout.id END",
    },
    Question {
        of: Partners,
        what: "the {detail} row names a payout of which it is no item, or one that is neither pending nor paid, or lacks one",
        subjects: &[Commission, Payout],
        sql: "SELECT commission.id AS commission_id, commission.payout_id, commission.status AS detail FROM commission
              LEFT JOIN payout ON payout.tenant_id = $1 AND payout.id = commission.payout_id
              LEFT JOIN payout_item AS item ON item.tenant_id = $1 AND item.payout_id = commission.payout_id
                AND item.commission_id = commission.id
              WHERE commission.tenant_id = $1 AND commission.partner_id {mine} AND NOT CASE
                WHEN commission.payout_id IS NULL THEN commission.status <> 'PAID' OR commission.kind = 'OPENING'
                WHEN item.id IS NULL THEN 1 = 0
                ELSE (commission.status = 'PAID' AND payout.status = 'PAID')
                  OR (commission.status = 'APPROVED' AND payout.status = 'PENDING') END",
    },
    Question {
        of: Partners,
        what: "the row is in several payouts that are pending or paid",
        subjects: &[Commission],
        sql: "SELECT item.commission_id, '' AS detail FROM payout_item AS item
              JOIN payout ON payout.tenant_id = $1 AND payout.id = item.payout_id
              WHERE item.tenant_id = $1 AND payout.partner_id {mine} AND payout.status IN ('PENDING', 'PAID')
              GROUP BY item.commission_id HAVING COUNT(*) > 1",
    },
    Question {
        of: Partners,
        what: "the {detail} payout has no time of settlement, or one although it is open",
        subjects: &[Payout],
        sql: "SELECT id AS payout_id, status AS detail FROM payout
              WHERE tenant_id = $1 AND partner_id {mine} AND (status = 'PENDING') <> (settled_at IS NULL)",
    },
    Question {
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
    Question {
        of: Whole,
        what: "the line {detail} of the run says PAID_OUT without a payout, or names one without that",
        subjects: &[PayoutRun],
        sql: "SELECT run_id, CAST(position AS text) AS detail FROM payout_run_line
              WHERE tenant_id = $1 AND (outcome = 'PAID_OUT') <> (payout_id IS NOT NULL)",
    },
    Question {
        of: Whole,
        what: "the lines of the run are not numbered from 1 on",
        subjects: &[PayoutRun],
        sql: "SELECT run_id, '' AS detail FROM payout_run_line WHERE tenant_id = $1
              GROUP BY run_id HAVING MIN(position) <> 1 OR MAX(position) <> COUNT(*)",
    },
];
