//! Entries of the audit log count the rows that name them. Rows of the past are not read for the entries of today: the ids
//! of both begin with the time (`$3` is the first id of that period).

use super::Check;
use super::CheckScope::Whole;
use super::Subject::Entry;

/// Whether entries of these operations count as many rows as `$rows` selects with their id, as `entry_id`.
macro_rules! counted {
    ($what:literal, $operations:literal, $rows:literal) => {
        Check {
            of: Whole,
            what: concat!("the audit entry of {detail} counts ", $what),
            subjects: &[Entry],
            sql: concat!(
                "SELECT entry.id AS entry_id, entry.operation AS detail FROM audit_entry AS entry
                 LEFT JOIN (
                   SELECT entry_id, COUNT(*) AS counted FROM (",
                $rows,
                ") AS written GROUP BY entry_id
                 ) AS named ON named.entry_id = entry.id
                 WHERE entry.tenant_id = $1 AND entry.at >= $2 AND entry.id >= $3 AND entry.operation IN (",
                $operations,
                ")
                   AND COALESCE(entry.count, 0) <> COALESCE(named.counted, 0)",
            ),
        }
    };
}

pub const CHECKS: &[Check] = &[
    counted!(
        "other events than name it",
        "'recordEvent', 'recordEvents', 'import events'",
        "SELECT audit_entry_id AS entry_id FROM event WHERE tenant_id = $1 AND id >= $3 AND audit_entry_id IS NOT NULL"
    ),
    counted!(
        "other rows than were approved with it",
        "'approveCommissions', 'approveMatchingCommissions', 'approve_matured'",
        "SELECT audit_entry_id AS entry_id FROM commission_transition
         WHERE tenant_id = $1 AND id >= $3 AND from_status = 'ACCRUED' AND to_status = 'APPROVED'"
    ),
    counted!(
        "other rows than were reversed with it",
        "'reverseCommissions'",
        "SELECT audit_entry_id AS entry_id FROM commission_transition
         WHERE tenant_id = $1 AND id >= $3 AND from_status IS NOT NULL AND to_status = 'REVERSED'"
    ),
    counted!(
        "other rows than were brought in with it",
        "'import commissions'",
        "SELECT moved.audit_entry_id AS entry_id FROM commission_transition AS moved
         JOIN commission AS own ON own.tenant_id = $1 AND own.id = moved.commission_id AND own.kind = 'OPENING'
         WHERE moved.tenant_id = $1 AND moved.id >= $3 AND moved.from_status IS NULL"
    ),
    // One of the moves is the reassignment itself.
    counted!(
        "other moves, or rows of them, than name it",
        "'reassignCustomer', 'attributeEvent', 'reassign'",
        "SELECT audit_entry_id AS entry_id FROM reassignment WHERE tenant_id = $1 AND id >= $3
         UNION ALL SELECT requested.audit_entry_id FROM event_move AS moved
         JOIN reassignment AS requested ON requested.tenant_id = $1 AND requested.id = moved.reassignment_id
         WHERE moved.tenant_id = $1 AND requested.id >= $3
         UNION ALL SELECT requested.audit_entry_id FROM reassigned_row AS moved
         JOIN reassignment AS requested ON requested.tenant_id = $1 AND requested.id = moved.reassignment_id
         WHERE moved.tenant_id = $1 AND requested.id >= $3"
    ),
    // Payouts are settled long after they were made, and are few.
    counted!(
        "other payouts than were settled with it",
        "'settlePayout', 'settlePayouts', 'import settlements'",
        "SELECT settled_audit_entry_id AS entry_id FROM payout WHERE tenant_id = $1
         UNION ALL SELECT returned_audit_entry_id FROM payout WHERE tenant_id = $1"
    ),
    Check {
        of: Whole,
        what: "the audit entry of {detail} counts another number of payouts than its run has",
        subjects: &[Entry],
        sql: "SELECT entry.id AS entry_id, entry.operation AS detail FROM audit_entry AS entry
              JOIN payout_run AS run ON run.tenant_id = $1 AND run.audit_entry_id = entry.id
              WHERE entry.tenant_id = $1 AND entry.at >= $2
                AND COALESCE(entry.count, 0) <> 1 + (
                SELECT COUNT(*) FROM payout WHERE payout.tenant_id = $1 AND payout.run_id = run.id)",
    },
];
