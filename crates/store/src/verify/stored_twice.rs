//! What is stored twice: decisions and the rows that they led to, present objects and their newest version, counts of the
//! audit log and what they count, tiers that have fired and what they adjusted, payouts and their rows.

use super::Check;
use super::CheckScope::{Partners, Whole};
use super::Subject::{Campaign, Commission, Entry, Event, Group, Partner, Payout, Tier};

pub const CHECKS: &[Check] = &[
    Check {
        of: Partners,
        what: "the decision about the event and the EVENT rows written with it differ by {detail}",
        subjects: &[Event],
        sql: "SELECT event_id, CAST(minor AS TEXT) || ' ' || currency AS detail FROM (
                SELECT decided.event_id, decided.decided_at AS at, part.value ->> 'currency' AS currency,
                  CAST(part.value ->> 'minor' AS BIGINT) AS minor, 1 AS noted
                FROM event_decision AS decided, {each}(decided.components) AS part
                WHERE decided.tenant_id = $1 AND decided.partner_id {mine} AND part.value ->> 'reason' IS NULL
                UNION ALL
                SELECT event_id, accrued_at, currency, amount_minor, -1 FROM commission
                WHERE tenant_id = $1 AND partner_id {mine} AND kind = 'EVENT' AND EXISTS (
                  SELECT 1 FROM event_decision AS decided
                  WHERE decided.tenant_id = $1 AND decided.event_id = commission.event_id)
              ) AS both_sides
              GROUP BY event_id, at, currency, minor HAVING SUM(noted) <> 0",
    },
    Check {
        of: Partners,
        what: "the decision about the event gives the reason {detail}, which its components contradict",
        subjects: &[Event],
        sql: "SELECT decided.event_id, COALESCE(decided.reason, 'none') AS detail FROM event_decision AS decided
              WHERE decided.tenant_id = $1 AND decided.partner_id {mine}
                AND (decided.reason IS NULL) <> EXISTS (
                  SELECT 1 FROM {each}(decided.components) AS part WHERE part.value ->> 'reason' IS NULL)",
    },
    Check {
        of: Partners,
        what: "the decision about the event disagrees with it about its amount, its currency or its time",
        subjects: &[Event],
        sql: "SELECT decided.event_id, '' AS detail FROM event_decision AS decided
              JOIN event ON event.tenant_id = $1 AND event.id = decided.event_id
              WHERE decided.tenant_id = $1 AND decided.partner_id {mine}
                AND (decided.amount_minor IS DISTINCT FROM event.amount_minor
                  OR decided.currency IS DISTINCT FROM event.currency OR decided.recorded_at <> event.recorded_at)",
    },
    Check {
        of: Partners,
        what: "the decisions about the event are not numbered from 1 on",
        subjects: &[Event],
        sql: "SELECT event_id, '' AS detail FROM event_decision
              WHERE tenant_id = $1 AND event_id IN (
                SELECT event_id FROM event_decision WHERE tenant_id = $1 AND partner_id {mine})
              GROUP BY event_id HAVING MIN(number) <> 1 OR MAX(number) <> COUNT(*)",
    },
    Check {
        of: Partners,
        what: "the explanation of the {detail} row is not the one of the decision about its event",
        subjects: &[Commission, Event],
        sql: "SELECT own.id AS commission_id, own.event_id, own.basis AS detail FROM commission AS own
              JOIN event_decision AS decided ON decided.tenant_id = $1 AND decided.event_id = own.event_id
                AND decided.decided_at = own.accrued_at
              WHERE own.tenant_id = $1 AND own.partner_id {mine} AND own.kind = 'EVENT'
                AND own.basis IN ('PERCENT', 'FIXED')
                AND NOT EXISTS (
                  SELECT 1 FROM {each}(own.explanation) AS step, {each}(decided.components) AS part
                  WHERE part.value ->> 'reason' IS NULL AND part.value ->> 'detail' = step.value ->> 'detail')",
    },
    Check {
        of: Whole,
        what: "the campaign is not what its newest version says, or that is not version {detail}",
        subjects: &[Campaign],
        sql: "SELECT now.id AS campaign_id, CAST(now.version AS TEXT) AS detail FROM campaign AS now
              LEFT JOIN campaign_version AS kept ON kept.tenant_id = $1 AND kept.campaign_id = now.id
                AND kept.version = now.version
              WHERE now.tenant_id = $1 AND (kept.version IS NULL OR now.terms IS DISTINCT FROM kept.terms
                OR now.holdback_days IS DISTINCT FROM kept.holdback_days
                OR now.advertiser_id IS DISTINCT FROM kept.advertiser_id
                OR EXISTS (SELECT 1 FROM campaign_version AS later WHERE later.tenant_id = $1
                  AND later.campaign_id = now.id AND later.version > now.version))",
    },
    Check {
        of: Whole,
        what: "the partner group is not what its newest version says, or that is not version {detail}",
        subjects: &[Group],
        sql: "SELECT now.id AS group_id, CAST(now.version AS TEXT) AS detail FROM partner_group AS now
              LEFT JOIN partner_group_version AS kept ON kept.tenant_id = $1 AND kept.group_id = now.id
                AND kept.version = now.version
              WHERE now.tenant_id = $1 AND (kept.version IS NULL OR now.rules IS DISTINCT FROM kept.rules
                OR now.currency IS DISTINCT FROM kept.currency
                OR EXISTS (SELECT 1 FROM partner_group_version AS later WHERE later.tenant_id = $1
                  AND later.group_id = now.id AND later.version > now.version))",
    },
    Check {
        of: Whole,
        what: "the tiered commission is not what its newest version says, or that is not version {detail}",
        subjects: &[Tier],
        sql: "SELECT now.id AS tier_id, CAST(now.version AS TEXT) AS detail FROM tiered_commission AS now
              LEFT JOIN tiered_commission_version AS kept ON kept.tenant_id = $1 AND kept.tier_id = now.id
                AND kept.version = now.version
              WHERE now.tenant_id = $1 AND (kept.version IS NULL
                OR now.name IS DISTINCT FROM kept.name
                OR now.status IS DISTINCT FROM kept.status
                OR now.start_date IS DISTINCT FROM kept.start_date
                OR now.end_date IS DISTINCT FROM kept.end_date
                OR now.period IS DISTINCT FROM kept.period
                OR now.crossing_policy IS DISTINCT FROM kept.crossing_policy
                OR now.currency IS DISTINCT FROM kept.currency
                OR now.event_type IS DISTINCT FROM kept.event_type
                OR now.apply_to_all_partners IS DISTINCT FROM kept.apply_to_all_partners
                OR now.partner_ids IS DISTINCT FROM kept.partner_ids
                OR now.campaign_ids IS DISTINCT FROM kept.campaign_ids
                OR now.advertiser_ids IS DISTINCT FROM kept.advertiser_ids
                OR now.goals IS DISTINCT FROM kept.goals
                OR now.modifiers IS DISTINCT FROM kept.modifiers
                OR EXISTS (SELECT 1 FROM tiered_commission_version AS later WHERE later.tenant_id = $1
                  AND later.tier_id = now.id AND later.version > now.version))",
    },
    Check {
        of: Whole,
        what: "the versions of the campaign are not numbered from 1 on, or begin in another order",
        subjects: &[Campaign],
        sql: "SELECT campaign_id, '' AS detail FROM (
                SELECT campaign_id, version, begins_at, LAG(version, 1, 0) OVER versions AS former,
                  LAG(begins_at) OVER versions AS former_begins_at
                FROM campaign_version WHERE tenant_id = $1
                WINDOW versions AS (PARTITION BY campaign_id ORDER BY version)
              ) AS followed
              WHERE version <> former + 1 OR begins_at < former_begins_at",
    },
    Check {
        of: Whole,
        what: "the versions of the partner group are not numbered from 1 on, or begin in another order",
        subjects: &[Group],
        sql: "SELECT group_id, '' AS detail FROM (
                SELECT group_id, version, begins_at, LAG(version, 1, 0) OVER versions AS former,
                  LAG(begins_at) OVER versions AS former_begins_at
                FROM partner_group_version WHERE tenant_id = $1
                WINDOW versions AS (PARTITION BY group_id ORDER BY version)
              ) AS followed
              WHERE version <> former + 1 OR begins_at < former_begins_at",
    },
    Check {
        of: Whole,
        what: "the versions of the tiered commission are not numbered from 1 on, or begin in another order",
        subjects: &[Tier],
        sql: "SELECT tier_id, '' AS detail FROM (
                SELECT tier_id, version, begins_at, LAG(version, 1, 0) OVER versions AS former,
                  LAG(begins_at) OVER versions AS former_begins_at
                FROM tiered_commission_version WHERE tenant_id = $1
                WINDOW versions AS (PARTITION BY tier_id ORDER BY version)
              ) AS followed
              WHERE version <> former + 1 OR begins_at < former_begins_at",
    },
    Check {
        of: Whole,
        what: "the default group is not the one that was made it last",
        subjects: &[Group],
        sql: "SELECT latest.group_id, '' AS detail FROM (
                SELECT group_id, ROW_NUMBER() OVER (ORDER BY begins_at DESC) AS place
                FROM default_group_version WHERE tenant_id = $1
              ) AS latest
              LEFT JOIN partner_group AS now ON now.tenant_id = $1 AND now.is_default
              WHERE latest.place = 1 AND now.id IS DISTINCT FROM latest.group_id AND NOT (
                now.id IS NULL AND NOT EXISTS (
                  SELECT 1 FROM partner_group WHERE tenant_id = $1 AND partner_group.id = latest.group_id))",
    },
    Check {
        of: Whole,
        what: "the audit entry of {detail} counts other events than name it",
        subjects: &[Entry],
        sql: "SELECT entry.id AS entry_id, entry.operation AS detail FROM audit_entry AS entry
              LEFT JOIN (
                SELECT audit_entry_id, COUNT(*) AS counted FROM event
                WHERE tenant_id = $1 AND audit_entry_id IS NOT NULL GROUP BY audit_entry_id
              ) AS named ON named.audit_entry_id = entry.id
              WHERE entry.tenant_id = $1 AND entry.at >= $2 AND entry.operation IN ('recordEvent', 'recordEvents')
                AND COALESCE(entry.count, 0) <> COALESCE(named.counted, 0)",
    },
    Check {
        of: Whole,
        what: "the audit entry of {detail} counts other payouts than were settled with it",
        subjects: &[Entry],
        sql: "SELECT entry.id AS entry_id, entry.operation AS detail FROM audit_entry AS entry
              LEFT JOIN (
                SELECT settled_audit_entry_id, COUNT(*) AS counted FROM payout
                WHERE tenant_id = $1 AND settled_audit_entry_id IS NOT NULL GROUP BY settled_audit_entry_id
              ) AS named ON named.settled_audit_entry_id = entry.id
              WHERE entry.tenant_id = $1 AND entry.at >= $2 AND entry.operation IN ('settlePayout', 'settlePayouts')
                AND COALESCE(entry.count, 0) <> COALESCE(named.counted, 0)",
    },
    Check {
        of: Whole,
        what: "the audit entry of {detail} counts another number of payouts than its run has",
        subjects: &[Entry],
        sql: "SELECT entry.id AS entry_id, entry.operation AS detail FROM audit_entry AS entry
              JOIN payout_run AS run ON run.tenant_id = $1 AND run.audit_entry_id = entry.id
              WHERE entry.tenant_id = $1 AND entry.at >= $2 AND COALESCE(entry.count, 0) <> 1 + (
                SELECT COUNT(*) FROM payout WHERE payout.tenant_id = $1 AND payout.run_id = run.id)",
    },
    Check {
        of: Partners,
        what: "a tier has adjusted the event, but is not noted as fired in its window",
        subjects: &[Event, Partner],
        sql: "SELECT done.event_id, own.partner_id, '' AS detail FROM commission AS own
              JOIN tier_result AS done ON done.tenant_id = $1 AND done.commission_id = own.id AND done.kind = 'ADJUSTMENT'
              JOIN event ON event.tenant_id = $1 AND event.id = own.event_id
              WHERE own.tenant_id = $1 AND own.partner_id {mine} AND own.kind = 'TIER_ADJUSTMENT' AND NOT EXISTS (
                SELECT 1 FROM tier_counter AS counter WHERE counter.tenant_id = $1
                  AND counter.partner_id = own.partner_id AND counter.campaign_id = own.campaign_id
                  AND counter.tier_id = done.tier_id AND counter.payout_fired
                  AND counter.window_start <= event.occurred_at AND counter.window_end > event.occurred_at)",
    },
    Check {
        of: Partners,
        what: "the payout was not paid when its rows were",
        subjects: &[Payout, Commission],
        sql: "SELECT payout.id AS payout_id, own.id AS commission_id, '' AS detail FROM commission AS own
              JOIN payout ON payout.tenant_id = $1 AND payout.id = own.payout_id
              WHERE own.tenant_id = $1 AND own.partner_id {mine} AND own.status = 'PAID'
                AND own.paid_at IS DISTINCT FROM payout.settled_at",
    },
    Check {
        of: Partners,
        what: "the payout was made before its run, or settled before it was made",
        subjects: &[Payout],
        sql: "SELECT payout.id AS payout_id, '' AS detail FROM payout
              JOIN payout_run AS run ON run.tenant_id = $1 AND run.id = payout.run_id
              WHERE payout.tenant_id = $1 AND payout.partner_id {mine}
                AND (payout.created_at < run.created_at OR payout.settled_at < payout.created_at)",
    },
    // The audit log says of what the command line does that it did it.
    Check {
        of: Partners,
        what: "the payout names another maker than the audit entry of its run",
        subjects: &[Payout],
        sql: "SELECT payout.id AS payout_id, '' AS detail FROM payout
              JOIN payout_run AS run ON run.tenant_id = $1 AND run.id = payout.run_id
              JOIN audit_entry AS entry ON entry.tenant_id = $1 AND entry.id = run.audit_entry_id
              WHERE payout.tenant_id = $1 AND payout.partner_id {mine}
                AND (entry.actor NOT IN (payout.created_by, 'cli:' || payout.created_by)
                  OR entry.actor NOT IN (run.created_by, 'cli:' || run.created_by))",
    },
    Check {
        of: Partners,
        what: "the payout was settled by somebody else than the actor of its audit entry",
        subjects: &[Payout],
        sql: "SELECT payout.id AS payout_id, '' AS detail FROM payout
              JOIN audit_entry AS entry ON entry.tenant_id = $1 AND entry.id = payout.settled_audit_entry_id
              WHERE payout.tenant_id = $1 AND payout.partner_id {mine} AND payout.settled_by IS DISTINCT FROM entry.actor
                AND ('cli:' || payout.settled_by) IS DISTINCT FROM entry.actor",
    },
    // Whatever changes a partner changes its time, so that the present values are those of the payout.
    Check {
        of: Partners,
        what: "the payout is addressed to another payee than its partner was at that time",
        subjects: &[Payout],
        sql: "SELECT payout.id AS payout_id, '' AS detail FROM payout
              JOIN partner ON partner.tenant_id = $1 AND partner.id = payout.partner_id
              WHERE payout.tenant_id = $1 AND payout.partner_id {mine} AND payout.recipient IS NULL
                AND payout.payout_reference IS NOT NULL AND partner.updated_at < payout.created_at
                AND payout.payout_reference <> COALESCE(partner.payout_reference, partner.email)",
    },
];
