//! What is in force of campaigns, groups and tiers, and the versions that are kept of them.

use super::Check;
use super::CheckScope::Whole;
use super::Subject::{Campaign, Group, Tier};

/// Whether what is in force is the newest version: `$table` has these columns in common with its table of versions, which
/// names it as `$id`.
macro_rules! newest {
    ($subject:ident, $name:literal, $table:literal, $id:literal: $($column:literal)+) => {
        Check {
            of: Whole,
            what: concat!("the ", $name, " is not what its newest version says, or that is not version {detail}"),
            subjects: &[$subject],
            sql: concat!(
                "SELECT now.id AS ", $id, ", CAST(now.version AS TEXT) AS detail FROM ", $table, " AS now
                 LEFT JOIN ", $table, "_version AS kept ON kept.tenant_id = $1 AND kept.", $id, " = now.id
                   AND kept.version = now.version
                 WHERE now.tenant_id = $1 AND (kept.version IS NULL ",
                $("OR now.", $column, " IS DISTINCT FROM kept.", $column, " ",)+
                "OR EXISTS (SELECT 1 FROM ", $table, "_version AS later WHERE later.tenant_id = $1
                   AND later.", $id, " = now.id AND later.version > now.version))",
            ),
        }
    };
}

/// Whether the versions are numbered without gaps, in the order in which they began.
macro_rules! numbered {
    ($subject:ident, $name:literal, $table:literal, $id:literal) => {
        Check {
            of: Whole,
            what: concat!(
                "the versions of the ",
                $name,
                " are not numbered from 1 on, or begin in another order"
            ),
            subjects: &[$subject],
            sql: concat!(
                "SELECT ",
                $id,
                ", '' AS detail FROM (
                   SELECT ",
                $id,
                ", version, begins_at, LAG(version, 1, 0) OVER versions AS former,
                     LAG(begins_at) OVER versions AS former_begins_at
                   FROM ",
                $table,
                "_version WHERE tenant_id = $1
                   WINDOW versions AS (PARTITION BY ",
                $id,
                " ORDER BY version)
                 ) AS followed
                 WHERE version <> former + 1 OR begins_at < former_begins_at",
            ),
        }
    };
}

pub const CHECKS: &[Check] = &[
    newest!(Campaign, "campaign", "campaign", "campaign_id": "terms" "holdback_days" "advertiser_id" "attribution"),
    newest!(Group, "partner group", "partner_group", "group_id": "rules" "currency"),
    newest!(
        Tier, "tiered commission", "tiered_commission", "tier_id":
        "name" "status" "start_date" "end_date" "period" "crossing_policy" "currency" "event_type"
        "apply_to_all_partners" "partner_ids" "campaign_ids" "advertiser_ids" "goals" "modifiers"
    ),
    numbered!(Campaign, "campaign", "campaign", "campaign_id"),
    numbered!(Group, "partner group", "partner_group", "group_id"),
    numbered!(Tier, "tiered commission", "tiered_commission", "tier_id"),
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
];
