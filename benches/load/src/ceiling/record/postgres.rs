//! A single statement, in one round trip, which is its own transaction.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use super::{ACTOR, Charge, Earned, REQUEST_ID, TOKEN_ID};

/// The partner's row is locked as in the gateway, so that concurrent additions to sums are serialised; a repeated
/// external id writes nothing.
const RECORD: &str = "
WITH locked AS (
  SELECT id, history_sequence + 1 AS step FROM partner
  WHERE tenant_id = $1 AND id = $2 AND status IN ('INVITED', 'ACTIVE') FOR NO KEY UPDATE
), promised AS (
  SELECT s.id AS snapshot_id, s.version, s.terms -> 0 ->> 'value' AS percent,
    trim_scale($15::numeric * (s.terms -> 0 ->> 'value')::numeric * 0.01) AS exact,
    round($15::numeric * (s.terms -> 0 ->> 'value')::numeric * 0.01, $16) AS rounded,
    coalesce(s.holdback_days, m.holdback_days) AS holdback_days,
    jsonb_array_length(s.terms) AS components, p.status AS partner_status, m.status AS campaign_status
  FROM locked JOIN partner p ON p.tenant_id = $1 AND p.id = locked.id, campaign m, LATERAL (
    SELECT id, version, terms, holdback_days FROM commission_snapshot
    WHERE tenant_id = $1 AND partner_id = locked.id AND (campaign_id = $3 OR campaign_id IS NULL)
    ORDER BY campaign_id NULLS LAST, version DESC LIMIT 1
  ) AS s
  WHERE m.tenant_id = $1 AND m.id = $3 AND m.status <> 'PAUSED'
    AND (m.starts_at IS NULL OR m.starts_at <= $9) AND (m.ends_at IS NULL OR m.ends_at > $9)
), recorded AS (
  INSERT INTO event (tenant_id, id, external_id, content, kind, base, amount_minor, currency, occurred_at, recorded_at,
    customer_id, primary_attribution_id, refunded_minor, wholly_refunded, audit_entry_id)
  SELECT $1, $5, $6, $7, 'CHARGE', true, $8, $10, $9, $9, c.id, $11, 0, false, $17
  FROM locked, promised, customer c WHERE c.tenant_id = $1 AND c.external_id = $4
  ON CONFLICT (tenant_id, external_id) DO NOTHING
  RETURNING id, customer_id, (SELECT step FROM locked) AS sequence
), credited AS (
  INSERT INTO attribution (tenant_id, id, event_id, partner_id, campaign_id, via, weight_numerator, weight_denominator,
    share_minor, sequence, customer_id, kind, base, qualifying, has_amount, occurred_at, recorded_at)
  SELECT $1, $11, id, $2, $3, 'NAMED', 1, 1, $8, sequence, customer_id, 'CHARGE', true, $8 > 0, $8 > 0, $9, $9
  FROM recorded
), stepped AS (
  UPDATE partner SET history_sequence = recorded.sequence, history_at = greatest(partner.history_at, $9)
  FROM recorded WHERE partner.tenant_id = $1 AND partner.id = $2
), joined AS (
  INSERT INTO campaign_member (tenant_id, campaign_id, partner_id, joined_at)
  SELECT $1, $3, $2, $9 FROM recorded ON CONFLICT DO NOTHING
), valued AS (
  INSERT INTO partner_lifetime_value AS v (tenant_id, partner_id, currency, amount_minor)
  SELECT $1, $2, $10, $8 FROM recorded
  ON CONFLICT (tenant_id, partner_id, currency) DO UPDATE SET amount_minor = v.amount_minor + excluded.amount_minor
), paid AS (
  INSERT INTO partner_customer AS p (tenant_id, partner_id, customer_id, paid_charges)
  SELECT $1, $2, customer_id, 1 FROM recorded
  ON CONFLICT (tenant_id, partner_id, customer_id) DO UPDATE SET paid_charges = p.paid_charges + 1
  RETURNING paid_charges
), qualified AS (
  INSERT INTO partner_standing AS s (tenant_id, partner_id, qualified_customers)
  SELECT $1, $2, 1 FROM paid WHERE paid_charges = 1
  ON CONFLICT (tenant_id, partner_id) DO UPDATE SET qualified_customers = s.qualified_customers + 1
), earned AS (
  INSERT INTO commission (tenant_id, id, kind, status, amount_minor, currency, payment_target, partner_id, campaign_id,
    event_id, attribution_id, snapshot_id, basis, holdback_days, accrued_at, mature_at, explanation)
  SELECT $1, $12, 'EVENT', 'ACCRUED', (rounded * 10 ^ $16)::bigint, $10, 'PARTNERSHIP', $2, $3, recorded.id,
    $11, snapshot_id, 'PERCENT', holdback_days, $9, $9 + make_interval(hours => 24 * holdback_days),
    jsonb_build_array(
      jsonb_build_object('source', format('snapshot %s version %s', snapshot_id, version), 'outcome', 'Applied',
        'detail', format('component 1 of %s', components)),
      jsonb_build_object('source', 'terms.0 PERCENT', 'outcome', 'Applied', 'detail',
        format('%s %% of %s %s', percent, $15, $10), 'amount', exact::text),
      jsonb_build_object('source', 'rounding', 'outcome', 'Applied', 'detail',
        CASE WHEN exact = rounded THEN format('%s %s needs no rounding', rounded, $10)
          ELSE format('%s %s to %s %s, half away from zero', exact, $10, rounded, $10) END,
        'amount', trim_scale(rounded - exact)::text))
  FROM recorded, promised
  RETURNING id, amount_minor, mature_at
), decided AS (
  INSERT INTO event_decision (tenant_id, event_id, number, place, attribution_id, components, made_with, decided_at,
    recorded_at, partner_id, campaign_id, amount_minor, currency)
  SELECT $1, recorded.id, 1, 1, $11,
    jsonb_build_array(jsonb_build_object('term', 0, 'minor', earned.amount_minor, 'currency', $10,
      'detail', format('%s %% of %s %s', percent, $15, $10))),
    jsonb_build_object('partnerStatus', partner_status, 'campaignStatus', campaign_status, 'source', 'PARTNER_SNAPSHOT',
      'snapshot', snapshot_id, 'group', NULL, 'tiers', '[]'::jsonb),
    $9, $9, $2, $3, $8, $10
  FROM recorded, promised, earned
), moved AS (
  INSERT INTO commission_transition (tenant_id, id, commission_id, to_status, actor, at, audit_entry_id, sequence)
  SELECT $1, $13, earned.id, 'ACCRUED', $14, $9, $17, recorded.sequence FROM earned, recorded
), told AS (
  INSERT INTO outbox (tenant_id, type, object_id, at) SELECT $1, 'COMMISSION_ACCRUED', id, $9 FROM earned
), noted AS (
  INSERT INTO audit_entry (tenant_id, id, at, actor, token_id, operation, request_id, count, changes)
  SELECT $1, $17, $9, $14, $18, 'recordEvent', $19, 1, '[]' FROM recorded
), balanced AS (
  INSERT INTO partner_balance AS b (tenant_id, partner_id, currency, accrued_minor, approved_minor, paid_minor,
    reversed_minor, reserved_minor)
  SELECT $1, $2, $10, amount_minor, 0, 0, 0, 0 FROM earned
  ON CONFLICT (tenant_id, partner_id, currency) DO UPDATE SET accrued_minor = b.accrued_minor + excluded.accrued_minor
)
SELECT amount_minor, mature_at FROM earned";

/// `None`: nothing was written, because the external id is known or nothing would be earned.
pub(super) async fn record(pool: &PgPool, charge: &Charge) -> Result<Option<Earned>, sqlx::Error> {
    let earned: Option<(i64, Option<DateTime<Utc>>)> = sqlx::query_as(RECORD)
        .bind(charge.tenant)
        .bind(charge.partner)
        .bind(charge.campaign)
        .bind(&charge.customer_external_id)
        .bind(charge.event)
        .bind(&charge.external_id)
        .bind(&charge.content)
        .bind(charge.charged.minor())
        .bind(charge.now)
        .bind(charge.charged.currency().code())
        .bind(charge.attribution)
        .bind(charge.commission)
        .bind(charge.transition)
        .bind(ACTOR)
        .bind(charge.charged.amount().to_string())
        .bind(charge.charged.currency().exponent().cast_signed())
        .bind(charge.audit_entry)
        .bind(TOKEN_ID)
        .bind(REQUEST_ID)
        .fetch_optional(pool)
        .await?;
    Ok(earned.map(|(minor, mature_at)| Earned { minor, mature_at }))
}
