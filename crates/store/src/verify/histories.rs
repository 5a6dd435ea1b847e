//! The order of recording: numbers, and times that follow them.

use super::Check;
use super::CheckScope::{Partners, Whole};
use super::Subject::{Campaign, Partner};

pub const CHECKS: &[Check] = &[
    Check {
        of: Partners,
        what: "the partner's status changes do not follow one another: {detail}",
        subjects: &[Partner],
        sql: "SELECT partner_id, COALESCE(from_status, 'nothing') || ' follows ' || COALESCE(before, 'nothing') AS detail
              FROM (
                SELECT partner_id, from_status, LAG(to_status) OVER (PARTITION BY partner_id ORDER BY sequence) AS before
                FROM partner_transition WHERE tenant_id = $1 AND partner_id {mine}
              ) AS followed
              WHERE from_status IS DISTINCT FROM before",
    },
    Check {
        of: Partners,
        what: "the partner's last status change does not lead to its status: {detail}",
        subjects: &[Partner],
        sql: "SELECT partner.id AS partner_id, partner.status AS detail FROM partner
              LEFT JOIN (
                SELECT partner_id, to_status, ROW_NUMBER() OVER (PARTITION BY partner_id ORDER BY sequence DESC) AS place
                FROM partner_transition WHERE tenant_id = $1 AND partner_id {mine}
              ) AS last ON last.partner_id = partner.id AND last.place = 1
              WHERE partner.tenant_id = $1 AND partner.id {mine}
                AND last.to_status IS DISTINCT FROM partner.status",
    },
    Check {
        of: Partners,
        what: "the versions of the partner's snapshots are not in the order of recording ({detail})",
        subjects: &[Partner],
        sql: "SELECT partner_id, CAST(version AS TEXT) AS detail FROM (
                SELECT partner_id, version, sequence, LAG(version) OVER versions AS former,
                  LAG(sequence) OVER versions AS before
                FROM commission_snapshot WHERE tenant_id = $1 AND partner_id {mine}
                WINDOW versions AS (PARTITION BY partner_id, campaign_id ORDER BY version)
              ) AS followed
              WHERE version <> COALESCE(former, 0) + 1 OR sequence <= before",
    },
    Check {
        of: Whole,
        what: "the reassignment disagrees with the histories of its partners about the number of its step ({detail})",
        subjects: &[Partner],
        // It begins before the first event is credited anew, and by undoing what had been earned.
        sql: "SELECT partner_id, CAST(sequence AS TEXT) AS detail FROM (
                SELECT requested.partner_id, requested.sequence, MIN(credited.sequence) AS first FROM reassignment AS requested
                JOIN event_move AS moved ON moved.tenant_id = $1 AND moved.reassignment_id = requested.id
                JOIN attribution AS credited ON credited.tenant_id = $1 AND credited.id = moved.attribution_id
                WHERE requested.tenant_id = $1 AND requested.at >= $2
                GROUP BY requested.id, requested.partner_id, requested.sequence
              ) AS begun
              WHERE sequence IS DISTINCT FROM first - 1
              UNION ALL SELECT requested.from_partner_id, COALESCE(CAST(requested.from_sequence AS TEXT), 'none')
              FROM reassignment AS requested
              JOIN reassigned_row AS noted ON noted.tenant_id = $1 AND noted.reassignment_id = requested.id
              JOIN commission AS own ON own.tenant_id = $1 AND own.id = noted.before_id
                AND own.partner_id = requested.from_partner_id
              WHERE requested.tenant_id = $1 AND requested.at >= $2
                AND noted.from_sequence IS DISTINCT FROM requested.from_sequence
              UNION ALL SELECT own.partner_id, COALESCE(CAST(noted.sequence AS TEXT), 'none')
              FROM reassignment AS requested
              JOIN reassigned_row AS noted ON noted.tenant_id = $1 AND noted.reassignment_id = requested.id
                AND noted.before_id IS NULL
              JOIN commission AS own ON own.tenant_id = $1 AND own.id = COALESCE(noted.commission_id, noted.clawback_id)
              JOIN commission_transition AS accrued ON accrued.tenant_id = $1 AND accrued.commission_id = own.id
                AND accrued.from_status IS NULL
              WHERE requested.tenant_id = $1 AND requested.at >= $2 AND accrued.sequence IS DISTINCT FROM noted.sequence
              UNION ALL SELECT own.partner_id, COALESCE(CAST(noted.from_sequence AS TEXT), 'none')
              FROM reassignment AS requested
              JOIN reassigned_row AS noted ON noted.tenant_id = $1 AND noted.reassignment_id = requested.id
                AND noted.outcome = 'REVERSED'
              JOIN commission AS own ON own.tenant_id = $1 AND own.id = noted.before_id
              JOIN commission_transition AS ended ON ended.tenant_id = $1 AND ended.commission_id = own.id
                AND ended.to_status = 'REVERSED'
              WHERE requested.tenant_id = $1 AND requested.at >= $2 AND ended.sequence IS DISTINCT FROM noted.from_sequence",
    },
    Check {
        of: Whole,
        what: "the campaign's version {detail} names an entry of the audit log that is not there",
        subjects: &[Campaign],
        sql: "SELECT version.campaign_id, CAST(version.version AS TEXT) AS detail FROM campaign_version AS version
              LEFT JOIN audit_entry AS entry ON entry.tenant_id = $1 AND entry.id = version.audit_entry_id
              WHERE version.tenant_id = $1 AND entry.id IS NULL AND version.audit_entry_id IS NOT NULL",
    },
    Check {
        of: Whole,
        what: "{detail} names an entry of the audit log that is not there",
        subjects: &[],
        sql: "SELECT 'version ' || CAST(version.version AS TEXT) || ' of the group ' || version.name AS detail
              FROM partner_group_version AS version
              LEFT JOIN audit_entry AS entry ON entry.tenant_id = $1 AND entry.id = version.audit_entry_id
              WHERE version.tenant_id = $1 AND entry.id IS NULL AND version.audit_entry_id IS NOT NULL
              UNION ALL SELECT 'version ' || CAST(version.version AS TEXT) || ' of the tiered commission ' || version.name
              FROM tiered_commission_version AS version
              LEFT JOIN audit_entry AS entry ON entry.tenant_id = $1 AND entry.id = version.audit_entry_id
              WHERE version.tenant_id = $1 AND entry.id IS NULL AND version.audit_entry_id IS NOT NULL",
    },
];
