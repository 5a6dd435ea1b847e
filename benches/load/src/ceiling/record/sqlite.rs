//! One transaction, whose statements are calls within the process. One statement reads everything needed beforehand.

use rust_decimal::Decimal;
use sqlx::SqlitePool;
use tributary::domain::money::{Money, Percentage, parse_decimal};
use uuid::Uuid;

use super::{ACTOR, Charge, Earned, REQUEST_ID, TOKEN_ID};

/// The snapshot, the customer of the charge, and its number of paid charges.
const PREPARE: &str = "
SELECT s.id, s.version, json_extract(s.terms, '$[0].value'), coalesce(s.holdback_days, m.holdback_days), c.id,
  json_array_length(s.terms), p.status, m.status,
  coalesce((SELECT paid_charges FROM partner_customer
            WHERE tenant_id = $1 AND partner_id = $2 AND customer_id = c.id), 0)
FROM partner p, campaign m, customer c, commission_snapshot s
WHERE p.tenant_id = $1 AND p.id = $2 AND p.status IN ('INVITED', 'ACTIVE')
  AND m.tenant_id = $1 AND m.id = $3 AND m.status <> 'PAUSED'
  AND (m.starts_at IS NULL OR m.starts_at <= $5) AND (m.ends_at IS NULL OR m.ends_at > $5)
  AND c.tenant_id = $1 AND c.external_id = $4
  AND s.tenant_id = $1 AND s.id = (
    SELECT id FROM commission_snapshot WHERE tenant_id = $1 AND partner_id = $2 AND (campaign_id = $3 OR campaign_id IS NULL)
    ORDER BY campaign_id IS NULL, version DESC LIMIT 1)";

const EVENT: &str = "
INSERT INTO event (tenant_id, id, external_id, content, kind, base, amount_minor, currency, occurred_at, recorded_at,
  customer_id, primary_attribution_id, refunded_minor, wholly_refunded, audit_entry_id)
VALUES ($1, $2, $3, $4, 'CHARGE', true, $5, $6, $7, $7, $8, $9, 0, false, $10)
ON CONFLICT (tenant_id, external_id) DO NOTHING";

const ATTRIBUTION: &str = "
INSERT INTO attribution (tenant_id, id, event_id, partner_id, campaign_id, via, weight_numerator, weight_denominator,
  share_minor, sequence, customer_id, kind, base, qualifying, has_amount, occurred_at, recorded_at)
VALUES ($1, $2, $3, $4, $5, 'NAMED', 1, 1, $6, $7, $8, 'CHARGE', true, $6 > 0, $6 > 0, $9, $9)";

const MEMBER: &str = "
INSERT INTO campaign_member (tenant_id, campaign_id, partner_id, joined_at) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING";

const VALUE: &str = "
INSERT INTO partner_lifetime_value (tenant_id, partner_id, currency, amount_minor) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant_id, partner_id, currency) DO UPDATE SET amount_minor = amount_minor + excluded.amount_minor";

const PAID: &str = "
INSERT INTO partner_customer (tenant_id, partner_id, customer_id, paid_charges) VALUES ($1, $2, $3, 1)
ON CONFLICT (tenant_id, partner_id, customer_id) DO UPDATE SET paid_charges = paid_charges + 1";

const QUALIFIED: &str = "
INSERT INTO partner_standing (tenant_id, partner_id, qualified_customers) VALUES ($1, $2, 1)
ON CONFLICT (tenant_id, partner_id) DO UPDATE SET qualified_customers = qualified_customers + 1";

const COMMISSION: &str = "
INSERT INTO commission (tenant_id, id, kind, status, amount_minor, currency, payment_target, partner_id, campaign_id,
  event_id, attribution_id, snapshot_id, basis, holdback_days, accrued_at, mature_at, explanation)
VALUES ($1, $2, 'EVENT', 'ACCRUED', $3, $4, 'PARTNERSHIP', $5, $6, $7, $8, $9, 'PERCENT', $10, $11, $12, $13)";

const TRANSITION: &str = "
INSERT INTO commission_transition (tenant_id, id, commission_id, to_status, actor, at, audit_entry_id, sequence)
VALUES ($1, $2, $3, 'ACCRUED', $4, $5, $6, $7)";

/// The next step of the partner's history.
const STEP: &str = "
UPDATE partner SET history_sequence = history_sequence + 1, history_at = max(coalesce(history_at, ''), $3)
WHERE tenant_id = $1 AND id = $2 RETURNING history_sequence";

const OUTBOX: &str = "INSERT INTO outbox (tenant_id, type, object_id, at) VALUES ($1, 'COMMISSION_ACCRUED', $2, $3)";

const AUDIT_ENTRY: &str = "
INSERT INTO audit_entry (tenant_id, id, at, actor, token_id, operation, request_id, count, changes)
VALUES ($1, $2, $3, $4, $5, 'recordEvent', $6, 1, '[]')";

const BALANCE: &str = "
INSERT INTO partner_balance (tenant_id, partner_id, currency, accrued_minor, approved_minor, paid_minor, reversed_minor,
  reserved_minor)
VALUES ($1, $2, $3, $4, 0, 0, 0, 0)
ON CONFLICT (tenant_id, partner_id, currency) DO UPDATE SET accrued_minor = accrued_minor + excluded.accrued_minor";

const DECISION: &str = "
INSERT INTO event_decision (tenant_id, event_id, number, place, attribution_id, components, made_with, decided_at,
  recorded_at, partner_id, campaign_id, amount_minor, currency)
VALUES ($1, $2, 1, 1, $3, $4, $5, $6, $6, $7, $8, $9, $10)";

/// The row that `PREPARE` returns.
type Prepared = (Uuid, i32, String, Option<i32>, Uuid, i64, String, String, i64);

/// `None`: nothing was written, because the external id is known or nothing would be earned.
pub(super) async fn record(pool: &SqlitePool, charge: &Charge) -> Result<Option<Earned>, sqlx::Error> {
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    let (tenant, partner, campaign, now) = (charge.tenant, charge.partner, charge.campaign, charge.now);
    let (minor, currency) = (charge.charged.minor(), charge.charged.currency().code());
    let found: Option<Prepared> = sqlx::query_as(PREPARE)
        .bind(tenant)
        .bind(partner)
        .bind(campaign)
        .bind(&charge.customer_external_id)
        .bind(now)
        .fetch_optional(&mut *transaction)
        .await?;
    let Some((snapshot, version, percent, holdback_days, customer, components, status, campaign_status, paid_charges)) =
        found
    else {
        return Ok(None);
    };
    let step = sqlx::query_scalar(STEP).bind(tenant).bind(partner).bind(now);
    let step: i64 = step.fetch_one(&mut *transaction).await?;
    let recorded = sqlx::query(EVENT)
        .bind(tenant)
        .bind(charge.event)
        .bind(&charge.external_id)
        .bind(&charge.content)
        .bind(minor)
        .bind(currency)
        .bind(now)
        .bind(customer)
        .bind(charge.attribution)
        .bind(charge.audit_entry)
        .execute(&mut *transaction)
        .await?;
    if recorded.rows_affected() == 0 {
        return Ok(None);
    }
    sqlx::query(ATTRIBUTION)
        .bind(tenant)
        .bind(charge.attribution)
        .bind(charge.event)
        .bind(partner)
        .bind(campaign)
        .bind(minor)
        .bind(step)
        .bind(customer)
        .bind(now)
        .execute(&mut *transaction)
        .await?;
    let member = sqlx::query(MEMBER).bind(tenant).bind(campaign).bind(partner).bind(now);
    member.execute(&mut *transaction).await?;
    let value = sqlx::query(VALUE).bind(tenant).bind(partner).bind(currency).bind(minor);
    value.execute(&mut *transaction).await?;
    let paid = sqlx::query(PAID).bind(tenant).bind(partner).bind(customer);
    paid.execute(&mut *transaction).await?;
    if paid_charges == 0 {
        let qualified = sqlx::query(QUALIFIED).bind(tenant).bind(partner);
        qualified.execute(&mut *transaction).await?;
    }
    let (exact, rounded) = share(&percent, charge.charged)?;
    let earned = Earned {
        minor: rounded.minor(),
        mature_at: holdback_days.map(|days| now + chrono::TimeDelta::days(i64::from(days))),
    };
    let rounding = match rounded.amount() == exact {
        true => format!("{rounded} needs no rounding"),
        false => format!("{exact} {currency} to {rounded}, half away from zero"),
    };
    let detail = format!("{percent} % of {}", charge.charged);
    let explanation = serde_json::json!([
        { "source": format!("snapshot {snapshot} version {version}"), "outcome": "Applied",
          "detail": format!("component 1 of {components}") },
        { "source": "terms.0 PERCENT", "outcome": "Applied", "detail": detail,
          "amount": exact.to_string() },
        { "source": "rounding", "outcome": "Applied", "detail": rounding,
          "amount": (rounded.amount() - exact).normalize().to_string() },
    ]);
    sqlx::query(COMMISSION)
        .bind(tenant)
        .bind(charge.commission)
        .bind(earned.minor)
        .bind(currency)
        .bind(partner)
        .bind(campaign)
        .bind(charge.event)
        .bind(charge.attribution)
        .bind(snapshot)
        .bind(holdback_days)
        .bind(now)
        .bind(earned.mature_at)
        .bind(explanation.to_string())
        .execute(&mut *transaction)
        .await?;
    sqlx::query(TRANSITION)
        .bind(tenant)
        .bind(charge.transition)
        .bind(charge.commission)
        .bind(ACTOR)
        .bind(now)
        .bind(charge.audit_entry)
        .bind(step)
        .execute(&mut *transaction)
        .await?;
    sqlx::query(AUDIT_ENTRY)
        .bind(tenant)
        .bind(charge.audit_entry)
        .bind(now)
        .bind(ACTOR)
        .bind(TOKEN_ID)
        .bind(REQUEST_ID)
        .execute(&mut *transaction)
        .await?;
    let components = serde_json::json!([{ "term": 0, "minor": earned.minor, "currency": currency, "detail": detail }]);
    let made_with = serde_json::json!({
        "partnerStatus": status, "campaignStatus": campaign_status, "source": "PARTNER_SNAPSHOT",
        "snapshot": snapshot.to_string(), "group": null, "tiers": [],
    });
    sqlx::query(DECISION)
        .bind(tenant)
        .bind(charge.event)
        .bind(charge.attribution)
        .bind(components.to_string())
        .bind(made_with.to_string())
        .bind(now)
        .bind(partner)
        .bind(campaign)
        .bind(minor)
        .bind(currency)
        .execute(&mut *transaction)
        .await?;
    let told = sqlx::query(OUTBOX).bind(tenant).bind(charge.commission).bind(now);
    told.execute(&mut *transaction).await?;
    let balance = sqlx::query(BALANCE).bind(tenant).bind(partner).bind(currency);
    balance.bind(earned.minor).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(Some(earned))
}

/// A percentage of an amount: exact, and rounded.
fn share(percent: &str, charged: Money) -> Result<(Decimal, Money), sqlx::Error> {
    let percent = parse_decimal(percent).and_then(Percentage::new);
    let percent = percent.map_err(|fault| sqlx::Error::Decode(fault.1.into()))?;
    let exact = percent.of(charged.amount());
    let rounded = Money::round(exact, charged.currency()).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    Ok((exact.normalize(), rounded))
}
