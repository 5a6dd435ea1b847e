//! Rows that entered an individual's statement when the individual was named.

use super::Question;
use super::Subject::{Commission, Partner};

pub const QUESTIONS: &[Question] = &[
    Question {
        what: "the row was assigned before it was there or after it left, to nobody, or although it is owed to the partner",
        subjects: &[Commission],
        sql: "SELECT id AS commission_id, '' AS detail FROM commission
              WHERE tenant_id = $1 AND recipient_assigned_at IS NOT NULL
                AND (recipient_assigned_at < accrued_at OR paid_at < recipient_assigned_at
                  OR reversed_at < recipient_assigned_at OR recipient IS NULL OR payment_target <> 'INDIVIDUAL')",
    },
    Question {
        what: "the partner's history ends before a row of it was assigned",
        subjects: &[Partner, Commission],
        sql: "SELECT partner.id AS partner_id, commission.id AS commission_id, '' AS detail FROM commission
              JOIN partner ON partner.tenant_id = $1 AND partner.id = commission.partner_id
              WHERE commission.tenant_id = $1 AND commission.recipient_assigned_at IS NOT NULL
                AND (partner.history_at IS NULL OR partner.history_at < commission.recipient_assigned_at)",
    },
];
