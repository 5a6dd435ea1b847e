//! Copies a seeded tenant's ledger with set-based statements: the same rows again with other ids and times. Balances
//! are recomputed from the rows; customers and payouts are not copied, but referred to.

use sqlx::{Connection, PgPool};
use uuid::Uuid;

use crate::Failure;
use crate::scale::Growth;

/// The id of a row's n-th copy: the number replaces its last 24 bits, which are random, and the version becomes 8,
/// which no seeded id has.
const COPY: &str = "CREATE OR REPLACE FUNCTION bench_copy(id uuid, number integer) RETURNS uuid LANGUAGE sql IMMUTABLE
  RETURN overlay(overlay(id::text placing lpad(to_hex(number), 6, '0') from 31) placing '8' from 15)::uuid";

/// The rows to copy, kept apart from the copies: the seeded events, their commissions, and the history of these. In the
/// order of ids, which is nearly that of time, so that copies fill indexes from one end to the other.
const ORIGINALS: [&str; 4] = [
    "CREATE TEMPORARY TABLE original_event AS SELECT * FROM event
     WHERE tenant_id = $1 AND external_id NOT LIKE '%-copy-%' AND external_id NOT LIKE 'bench-%' ORDER BY id",
    "CREATE TEMPORARY TABLE original_attribution AS SELECT a.* FROM attribution a
     WHERE a.tenant_id = $1 AND a.event_id IN (SELECT id FROM original_event) ORDER BY a.id",
    "CREATE TEMPORARY TABLE original_commission AS SELECT c.* FROM commission c
     WHERE c.tenant_id = $1 AND c.event_id IN (SELECT id FROM original_event) ORDER BY c.id",
    "CREATE TEMPORARY TABLE original_transition AS SELECT t.* FROM commission_transition t
     WHERE t.tenant_id = $1 AND t.commission_id IN (SELECT id FROM original_commission) ORDER BY t.id",
];

/// $1 is the number of the copy, $2 the partner that all rows are given to, or null.
const EVENTS: &str = "
INSERT INTO event (tenant_id, id, external_id, content, kind, type, base, amount_minor, currency, revenue_minor,
  revenue_currency, occurred_at, recorded_at, customer_id, primary_attribution_id, original_id, metadata,
  refunded_minor, wholly_refunded)
SELECT tenant_id, bench_copy(id, $1), external_id || '-copy-' || $1, content, kind, type, base, amount_minor, currency,
  revenue_minor, revenue_currency, occurred_at - $1 * interval '97 seconds', recorded_at - $1 * interval '97 seconds',
  customer_id, bench_copy(primary_attribution_id, $1), bench_copy(original_id, $1), metadata, refunded_minor,
  wholly_refunded
FROM original_event";

const ATTRIBUTIONS: &str = "
INSERT INTO attribution (tenant_id, id, event_id, partner_id, campaign_id, via, weight_numerator, weight_denominator,
  share_minor, revenue_share_minor, sequence, moved_at, ended_at, customer_id, kind, type, base, qualifying, has_amount,
  occurred_at, recorded_at)
SELECT tenant_id, bench_copy(id, $1), bench_copy(event_id, $1), coalesce($2, partner_id), campaign_id, via,
  weight_numerator, weight_denominator, share_minor, revenue_share_minor, sequence, moved_at, ended_at, customer_id, kind,
  type, base, qualifying, has_amount, occurred_at - $1 * interval '97 seconds', recorded_at - $1 * interval '97 seconds'
FROM original_attribution";

const COMMISSIONS: &str = "
INSERT INTO commission (tenant_id, id, kind, status, amount_minor, currency, payment_target, recipient, partner_id,
  campaign_id, event_id, attribution_id, snapshot_id, adjusts_id, basis, holdback_days, accrued_at, mature_at, approved_at, paid_at,
  reversed_at, payout_id, explanation)
SELECT tenant_id, bench_copy(id, $1), kind, status, amount_minor, currency, payment_target, recipient,
  coalesce($2, partner_id), campaign_id, bench_copy(event_id, $1), bench_copy(attribution_id, $1), snapshot_id,
  bench_copy(adjusts_id, $1), basis,
  holdback_days, accrued_at - $1 * interval '97 seconds', mature_at, approved_at, paid_at, reversed_at, payout_id,
  explanation
FROM original_commission";

const TRANSITIONS: &str = "
INSERT INTO commission_transition (tenant_id, id, commission_id, from_status, to_status, actor, reason, at, sequence)
SELECT tenant_id, bench_copy(id, $1), bench_copy(commission_id, $1), from_status, to_status, actor, reason, at, sequence
FROM original_transition";

const FORGET_BALANCES: &str = "DELETE FROM partner_balance WHERE tenant_id = $1";

const BALANCES: &str = "
INSERT INTO partner_balance (tenant_id, partner_id, currency, accrued_minor, approved_minor, paid_minor, reversed_minor,
  reserved_minor)
SELECT tenant_id, partner_id, currency,
  coalesce(sum(amount_minor) FILTER (WHERE status = 'ACCRUED'), 0)::bigint,
  coalesce(sum(amount_minor) FILTER (WHERE status = 'APPROVED'), 0)::bigint,
  coalesce(sum(amount_minor) FILTER (WHERE status = 'PAID'), 0)::bigint,
  coalesce(sum(amount_minor) FILTER (WHERE status = 'REVERSED'), 0)::bigint,
  coalesce(sum(amount_minor) FILTER (WHERE status = 'APPROVED' AND payout_id IS NOT NULL), 0)::bigint
FROM commission WHERE tenant_id = $1 AND payment_target = 'PARTNERSHIP' GROUP BY tenant_id, partner_id, currency";

/// The indexes that no constraint needs, with their definitions.
const INDEXES: &str = "
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
WHERE i.indrelid IN ('event'::regclass, 'attribution'::regclass, 'commission'::regclass, 'commission_transition'::regclass)
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)";

/// Copies until there are enough commissions, in one transaction; returns whether anything was done.
pub async fn grow(pool: &PgPool, slug: &str, growth: Growth) -> Result<bool, Failure> {
    let (tenant,): (Uuid,) = sqlx::query_as("SELECT id FROM tenant WHERE slug = $1")
        .bind(slug)
        .fetch_one(pool)
        .await?;
    let mut there = count(pool, tenant).await?;
    if there >= growth.commissions {
        return Ok(false);
    }
    sqlx::query(COPY).execute(pool).await?;
    let mut connection = pool.acquire().await?;
    // Copies refer to each other as the originals do, and checking every reference again would take hours.
    for setting in [
        "SET session_replication_role = replica",
        "SET maintenance_work_mem = '1GB'",
    ] {
        sqlx::query(setting).execute(&mut *connection).await?;
    }
    for statement in ORIGINALS {
        sqlx::query(statement).bind(tenant).execute(&mut *connection).await?;
    }
    let (largest,): (Uuid,) =
        sqlx::query_as("SELECT id FROM partner WHERE tenant_id = $1 AND status = 'ACTIVE' ORDER BY id LIMIT 1")
            .bind(tenant)
            .fetch_one(pool)
            .await?;
    let (mut number,): (i32,) = sqlx::query_as(
        "SELECT coalesce(max(substring(external_id from '-copy-([0-9]+)$')::integer), 0) FROM event
         WHERE tenant_id = $1 AND external_id LIKE '%-copy-%'",
    )
    .bind(tenant)
    .fetch_one(pool)
    .await?;
    let mut transaction = connection.begin().await?;
    // Building an index row by row takes many times as long as building it from all rows at once.
    let indexes: Vec<(String, String)> = sqlx::query_as(INDEXES).fetch_all(&mut *transaction).await?;
    for (name, _) in &indexes {
        let drop = sqlx::AssertSqlSafe(format!("DROP INDEX {name}"));
        sqlx::query(drop).execute(&mut *transaction).await?;
    }
    while there < growth.commissions {
        number += 1;
        // The last copies all belong to one partner.
        let partner = (there >= growth.commissions - growth.of_one_partner).then_some(largest);
        let events = sqlx::query(EVENTS).bind(number).bind(partner);
        events.execute(&mut *transaction).await?;
        let attributions = sqlx::query(ATTRIBUTIONS).bind(number).bind(partner);
        attributions.execute(&mut *transaction).await?;
        let commissions = sqlx::query(COMMISSIONS).bind(number).bind(partner);
        let copied = commissions.execute(&mut *transaction).await?.rows_affected();
        let transitions = sqlx::query(TRANSITIONS).bind(number);
        transitions.execute(&mut *transaction).await?;
        if copied == 0 {
            return Err("there is nothing to copy".into());
        }
        there += i64::try_from(copied)?;
        eprintln!("{there} commissions after copy {number}");
    }
    for (name, create) in indexes {
        sqlx::query(sqlx::AssertSqlSafe(create))
            .execute(&mut *transaction)
            .await?;
        eprintln!("index {name} is there again");
    }
    transaction.commit().await?;
    // The settings and the temporary tables end with the connection.
    connection.close().await?;
    let mut transaction = pool.begin().await?;
    for statement in [FORGET_BALANCES, BALANCES] {
        sqlx::query(statement).bind(tenant).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(true)
}

async fn count(pool: &PgPool, tenant: Uuid) -> Result<i64, Failure> {
    let (count,): (i64,) = sqlx::query_as("SELECT count(*) FROM commission WHERE tenant_id = $1")
        .bind(tenant)
        .fetch_one(pool)
        .await?;
    Ok(count)
}
