//! What is stored twice: tiers that have fired and what they adjusted, payouts and their rows, runs and partners.

use super::Check;
use super::CheckScope::Partners;
use super::Subject::{Commission, Event, Partner, Payout};

pub const CHECKS: &[Check] = &[
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
        what: "a tier has adjusted the revenue of the event, but is not noted as fired in its window",
        subjects: &[Event, Partner],
        // What a tier did before the event was moved is noted with its former partner.
        sql: "SELECT credited.event_id, credited.partner_id, '' AS detail FROM attribution AS credited
              JOIN tier_result AS done ON done.tenant_id = $1 AND done.event_id = credited.event_id
                AND done.kind = 'ADJUSTMENT' AND done.side = 'revenue'
                AND (credited.moved_at IS NULL OR done.at >= credited.moved_at)
              WHERE credited.tenant_id = $1 AND credited.partner_id {mine} AND credited.ended_at IS NULL AND NOT EXISTS (
                SELECT 1 FROM tier_counter AS counter WHERE counter.tenant_id = $1
                  AND counter.partner_id = credited.partner_id AND counter.campaign_id = credited.campaign_id
                  AND counter.tier_id = done.tier_id AND counter.revenue_fired
                  AND counter.window_start <= credited.occurred_at AND counter.window_end > credited.occurred_at)",
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
    // What a command did names the command, which staff may be called like: then the erasure of staff takes it, too.
    Check {
        of: Partners,
        what: "the payout names another maker than the audit entry of its run",
        subjects: &[Payout],
        sql: "SELECT payout.id AS payout_id, '' AS detail FROM payout
              JOIN payout_run AS run ON run.tenant_id = $1 AND run.id = payout.run_id
              JOIN audit_entry AS entry ON entry.tenant_id = $1 AND entry.id = run.audit_entry_id
              WHERE payout.tenant_id = $1 AND payout.partner_id {mine}
                AND (entry.actor NOT IN (payout.created_by, 'cli:' || payout.created_by)
                  OR entry.actor NOT IN (run.created_by, 'cli:' || run.created_by))
                AND NOT (entry.actor LIKE 'cli:%' AND run.created_by LIKE 'erased %')",
    },
    Check {
        of: Partners,
        what: "the payout was settled by somebody else than the actor of its audit entry",
        subjects: &[Payout],
        sql: "SELECT payout.id AS payout_id, '' AS detail FROM payout
              JOIN audit_entry AS entry ON entry.tenant_id = $1 AND entry.id = payout.settled_audit_entry_id
              WHERE payout.tenant_id = $1 AND payout.partner_id {mine} AND payout.settled_by IS DISTINCT FROM entry.actor
                AND ('cli:' || payout.settled_by) IS DISTINCT FROM entry.actor
                AND NOT (entry.actor LIKE 'cli:%' AND payout.settled_by LIKE 'erased %')",
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
