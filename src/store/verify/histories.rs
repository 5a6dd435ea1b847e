//! The order of recording: numbers, and times that follow them. What was written before there were numbers is not held
//! to an order that nobody kept.

use super::Question;
use super::Subject::{Campaign, Commission, Event, Partner};

/// Every numbered step of every partner.
macro_rules! steps {
    () => {
        "SELECT partner_id, sequence, COALESCE(attributed_at, recorded_at) AS at FROM event WHERE tenant_id = $1 AND sequence IS NOT NULL
         UNION ALL SELECT partner_id, sequence, at FROM partner_transition WHERE tenant_id = $1 AND sequence IS NOT NULL
         UNION ALL SELECT partner_id, sequence, created_at FROM commission_snapshot
         WHERE tenant_id = $1 AND sequence IS NOT NULL
         UNION ALL SELECT commission.partner_id, moved.sequence, moved.at FROM commission_transition AS moved
         JOIN commission ON commission.tenant_id = $1 AND commission.id = moved.commission_id
         WHERE moved.tenant_id = $1 AND moved.sequence IS NOT NULL"
    };
}

pub const QUESTIONS: &[Question] = &[
    Question {
        what: "the times of the partner's history go back {detail} times",
        subjects: &[Partner],
        sql: concat!(
            "SELECT partner_id, CAST(COUNT(*) AS TEXT) AS detail FROM (
               SELECT partner_id, at, LAG(at) OVER (PARTITION BY partner_id ORDER BY sequence, at) AS before FROM (",
            steps!(),
            ") AS steps) AS followed WHERE at < before GROUP BY partner_id"
        ),
    },
    Question {
        what: "the partner's history has gone further than its row says: a number would be given twice",
        subjects: &[Partner],
        sql: concat!(
            "SELECT partner.id AS partner_id, '' AS detail FROM partner
             JOIN (SELECT partner_id, MAX(sequence) AS sequence, MAX(at) AS at FROM (",
            steps!(),
            ") AS steps GROUP BY partner_id) AS last ON last.partner_id = partner.id
             WHERE partner.tenant_id = $1
               AND (partner.history_sequence < last.sequence OR partner.history_at IS NULL OR partner.history_at < last.at)"
        ),
    },
    Question {
        what: "the partner's changes of status are no chain: {detail}",
        subjects: &[Partner],
        sql: "SELECT partner_id, COALESCE(from_status, 'nothing') || ' follows ' || COALESCE(before, 'nothing') AS detail
              FROM (
                SELECT partner_id, from_status, sequence,
                  LAG(to_status) OVER history AS before, LAG(sequence) OVER history AS former,
                  ROW_NUMBER() OVER history AS place
                FROM partner_transition WHERE tenant_id = $1
                WINDOW history AS (PARTITION BY partner_id ORDER BY COALESCE(sequence, 0), id)
              ) AS followed
              WHERE sequence IS NOT NULL AND (former IS NOT NULL OR place = 1) AND from_status IS DISTINCT FROM before",
    },
    Question {
        what: "the partner's changes of status do not end where it stands: {detail}",
        subjects: &[Partner],
        sql: "SELECT partner.id AS partner_id, partner.status AS detail FROM partner
              LEFT JOIN (
                SELECT partner_id, to_status, sequence,
                  ROW_NUMBER() OVER (PARTITION BY partner_id ORDER BY COALESCE(sequence, 0) DESC, id DESC) AS place
                FROM partner_transition WHERE tenant_id = $1
              ) AS last ON last.partner_id = partner.id AND last.place = 1
              WHERE partner.tenant_id = $1
                AND (last.to_status IS NULL OR (last.sequence IS NOT NULL AND last.to_status <> partner.status))",
    },
    Question {
        what: "the versions of the partner's snapshots are not in the order of recording ({detail})",
        subjects: &[Partner],
        sql: "SELECT partner_id, CAST(version AS TEXT) AS detail FROM (
                SELECT partner_id, version, sequence, LAG(version) OVER versions AS former,
                  LAG(sequence) OVER versions AS before
                FROM commission_snapshot WHERE tenant_id = $1
                WINDOW versions AS (PARTITION BY partner_id, campaign_id ORDER BY version)
              ) AS followed
              WHERE version <> COALESCE(former, 0) + 1 OR (before IS NOT NULL AND (sequence IS NULL OR sequence <= before))",
    },
    // A log that was taken away with its migration and begun anew has nothing of what was before.
    Question {
        what: "the campaign's version {detail} names an entry of the audit log that is not there",
        subjects: &[Campaign],
        sql: "SELECT version.campaign_id, CAST(version.version AS TEXT) AS detail FROM campaign_version AS version
              LEFT JOIN audit_entry AS entry ON entry.tenant_id = $1 AND entry.id = version.audit_entry_id
              WHERE version.tenant_id = $1 AND entry.id IS NULL
                AND version.audit_entry_id > (SELECT id FROM audit_entry WHERE tenant_id = $1 ORDER BY id LIMIT 1)",
    },
    Question {
        what: "{detail} names an entry of the audit log that is not there",
        subjects: &[],
        sql: "SELECT 'version ' || CAST(version.version AS TEXT) || ' of the group ' || version.name AS detail
              FROM partner_group_version AS version
              LEFT JOIN audit_entry AS entry ON entry.tenant_id = $1 AND entry.id = version.audit_entry_id
              WHERE version.tenant_id = $1 AND entry.id IS NULL
                AND version.audit_entry_id > (SELECT id FROM audit_entry WHERE tenant_id = $1 ORDER BY id LIMIT 1)
              UNION ALL SELECT 'version ' || CAST(version.version AS TEXT) || ' of the tiered commission ' || version.name
              FROM tiered_commission_version AS version
              LEFT JOIN audit_entry AS entry ON entry.tenant_id = $1 AND entry.id = version.audit_entry_id
              WHERE version.tenant_id = $1 AND entry.id IS NULL
                AND version.audit_entry_id > (SELECT id FROM audit_entry WHERE tenant_id = $1 ORDER BY id LIMIT 1)",
    },
    Question {
        what: "the move of a row to {detail} names an entry of the audit log that is not there",
        subjects: &[Commission],
        sql: "SELECT moved.commission_id, moved.to_status AS detail FROM commission_transition AS moved
              LEFT JOIN audit_entry AS entry ON entry.tenant_id = $1 AND entry.id = moved.audit_entry_id
              WHERE moved.tenant_id = $1 AND entry.id IS NULL
                AND moved.audit_entry_id > (SELECT id FROM audit_entry WHERE tenant_id = $1 ORDER BY id LIMIT 1)",
    },
    Question {
        what: "the event names an entry of the audit log that is not there",
        subjects: &[Event],
        sql: "SELECT event.id AS event_id, '' AS detail FROM event
              LEFT JOIN audit_entry AS entry ON entry.tenant_id = $1 AND entry.id = event.audit_entry_id
              WHERE event.tenant_id = $1 AND entry.id IS NULL
                AND event.audit_entry_id > (SELECT id FROM audit_entry WHERE tenant_id = $1 ORDER BY id LIMIT 1)",
    },
    Question {
        what: "the row was not paid by the snapshot that was the newest when its event was recorded",
        subjects: &[Commission, Event],
        sql: "SELECT own.id AS commission_id, event.id AS event_id, '' AS detail FROM commission AS own
              JOIN event ON event.tenant_id = $1 AND event.id = own.event_id
              WHERE own.tenant_id = $1 AND own.kind = 'EVENT' AND event.sequence IS NOT NULL
                AND (event.attributed_at IS NULL OR own.accrued_at >= event.attributed_at)
                AND own.snapshot_id IS DISTINCT FROM COALESCE(
                  (SELECT newest.id FROM commission_snapshot AS newest
                   WHERE newest.tenant_id = $1 AND newest.partner_id = own.partner_id
                     AND newest.campaign_id = own.campaign_id AND COALESCE(newest.sequence, 0) < event.sequence
                   ORDER BY newest.version DESC LIMIT 1),
                  (SELECT newest.id FROM commission_snapshot AS newest
                   WHERE newest.tenant_id = $1 AND newest.partner_id = own.partner_id
                     AND newest.campaign_id IS NULL AND COALESCE(newest.sequence, 0) < event.sequence
                   ORDER BY newest.version DESC LIMIT 1))",
    },
];
