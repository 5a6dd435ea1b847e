//! What recording writes: the same rows, except for ids, times and the text of the explanation, and the same additions
//! to sums.

use serde_json::{Value, json};

use super::Both;
use crate::Failure;
use crate::client::Request;
use crate::database::{Database, Sql, rows};
use crate::load::NUMBERS;
use crate::operation::Case;

/// Each selects the rows of one table by $1, the event's external id, which is unique.
const ROWS: [(&str, Sql); 6] = [
    (
        "event",
        Sql {
            postgres: "SELECT kind || coalesce(type, '-') || base || amount_minor || currency
                || coalesce(revenue_minor::text, '-') || customer_id || (primary_attribution_id IS NOT NULL) || length(content) || ' ' || refunded_minor || wholly_refunded
                || coalesce(metadata::text, '-') || (occurred_at = recorded_at)
              FROM event WHERE external_id = $1",
            sqlite: "SELECT kind || coalesce(type, '-') || base || amount_minor || currency
                || coalesce(revenue_minor, '-') || hex(customer_id) || (primary_attribution_id IS NOT NULL) || length(content) || ' ' || refunded_minor || wholly_refunded
                || coalesce(metadata, '-') || (occurred_at = recorded_at)
              FROM event WHERE external_id = $1",
        },
    ),
    (
        "attribution",
        Sql {
            postgres: "SELECT a.via || a.partner_id || a.campaign_id || a.customer_id || a.weight_numerator || '/'
                || a.weight_denominator || a.share_minor || a.kind || a.base || a.qualifying || a.has_amount
                || (a.occurred_at = e.occurred_at) || (a.recorded_at = e.recorded_at)
              FROM event e JOIN attribution a ON a.tenant_id = e.tenant_id AND a.id = e.primary_attribution_id
                AND a.event_id = e.id AND a.ended_at IS NULL WHERE e.external_id = $1",
            sqlite: "SELECT a.via || hex(a.partner_id) || hex(a.campaign_id) || hex(a.customer_id) || a.weight_numerator
                || '/' || a.weight_denominator || a.share_minor || a.kind || a.base || a.qualifying || a.has_amount
                || (a.occurred_at = e.occurred_at) || (a.recorded_at = e.recorded_at)
              FROM event e JOIN attribution a ON a.tenant_id = e.tenant_id AND a.id = e.primary_attribution_id
                AND a.event_id = e.id AND a.ended_at IS NULL WHERE e.external_id = $1",
        },
    ),
    (
        "commission",
        Sql {
            postgres: "SELECT kind || status || amount_minor || currency || payment_target || coalesce(recipient, '-')
                || partner_id || coalesce(campaign_id::text, '-') || coalesce(snapshot_id::text, '-')
                || coalesce(adjusts_id::text, '-') || coalesce(basis, '-') || coalesce(holdback_days::text, '-') || ' '
                || coalesce((mature_at - accrued_at)::text, '-') || jsonb_array_length(explanation)
              FROM commission WHERE event_id IN (SELECT id FROM event WHERE external_id = $1)",
            sqlite: "SELECT kind || status || amount_minor || currency || payment_target || coalesce(recipient, '-')
                || hex(partner_id) || coalesce(hex(campaign_id), '-') || coalesce(hex(snapshot_id), '-')
                || coalesce(hex(adjusts_id), '-') || coalesce(basis, '-') || coalesce(holdback_days, '-') || ' '
                || coalesce(round(julianday(mature_at) - julianday(accrued_at), 6), '-') || json_array_length(explanation)
              FROM commission WHERE event_id IN (SELECT id FROM event WHERE external_id = $1)",
        },
    ),
    (
        "commission_transition",
        Sql::of(
            "SELECT coalesce(t.from_status, '-') || t.to_status || t.actor || coalesce(t.reason, '-')
               || CAST(t.at = c.accrued_at AS text) || CAST(t.audit_entry_id = e.audit_entry_id AS text)
             FROM commission_transition t JOIN commission c ON c.tenant_id = t.tenant_id AND c.id = t.commission_id
             JOIN event e ON e.tenant_id = c.tenant_id AND e.id = c.event_id WHERE e.external_id = $1",
        ),
    ),
    (
        "outbox",
        Sql::of(
            "SELECT o.type || coalesce(CAST(o.detail AS text), '-') || CAST(o.at = c.accrued_at AS text)
             FROM outbox o JOIN commission c ON c.tenant_id = o.tenant_id AND c.id = o.object_id
             WHERE c.event_id IN (SELECT id FROM event WHERE external_id = $1)",
        ),
    ),
    (
        "audit_entry",
        Sql::of(
            "SELECT a.actor || coalesce(CAST(a.api_key_id AS text), '-') || length(a.token_id)
               || coalesce(CAST(a.partner_id AS text), '-') || a.operation || length(a.request_id)
               || coalesce(CAST(a.count AS text), '-') || CAST(a.changes AS text)
             FROM audit_entry a JOIN event e ON e.tenant_id = a.tenant_id AND e.audit_entry_id = a.id
             WHERE e.external_id = $1",
        ),
    ),
];

/// Sums over all partners: an event adds to those of one.
const SUMS: [Sql; 4] = [
    Sql::of("SELECT CAST(sum(accrued_minor) AS bigint) FROM partner_balance"),
    Sql::of("SELECT CAST(sum(amount_minor) AS bigint) FROM partner_lifetime_value"),
    Sql::of("SELECT CAST(sum(paid_charges) AS bigint) FROM partner_customer"),
    Sql::of("SELECT CAST(sum(qualified_customers) AS bigint) FROM partner_standing"),
];

/// What the gateway returns for an event that either server recorded, which shows that it can be read back.
const DOCUMENT: &str = "query($externalId: String!) { event(externalId: $externalId) {
    kind type base amount { amount currency } refundedAmount { amount } metadata
    decision { earned reason components { term reason detail amount { amount currency } } }
    customer { id externalId } attribution { partner { id } campaign { id } }
    commissions { nodes { kind status amount { amount currency } paymentTarget recipient holdbackDays snapshot { id }
      explanation { outcome detail amount } transitions { from to actor reason } } } } }";

pub async fn check(cases: &[Case], both: &mut Both, database: &Database) -> Result<(), Failure> {
    for case in cases {
        compare(case, both, database).await?;
    }
    Ok(())
}

async fn compare(case: &Case, both: &mut Both, database: &Database) -> Result<(), Failure> {
    let before = sums(database).await?;
    let mut gateway = both.gateway.ask_json(&case.gateway, &NUMBERS).await?;
    let between = sums(database).await?;
    let mut ceiling = both.ceiling.ask_json(&case.ceiling, &NUMBERS).await?;
    let after = sums(database).await?;
    let mut gateway = gateway["data"].take();
    let external_id = |answer: &Value| answer["recordEvent"]["event"]["externalId"].as_str().map(str::to_owned);
    let (Some(first), Some(second)) = (external_id(&gateway), external_id(&ceiling)) else {
        return Err(format!("M1 was not recorded.\ngateway: {gateway}\nceiling: {ceiling}").into());
    };
    without_ids(&mut gateway);
    without_ids(&mut ceiling);
    if gateway != ceiling
        || gateway["recordEvent"]["commissions"]
            .as_array()
            .is_none_or(|rows| rows.len() != 1)
    {
        return Err(format!("M1 differs.\ngateway: {gateway}\nceiling: {ceiling}").into());
    }
    let (of_gateway, of_ceiling) = (read(case, both, &first).await?, read(case, both, &second).await?);
    if of_gateway != of_ceiling {
        return Err(format!("M1 reads otherwise.\ngateway's: {of_gateway}\nceiling's: {of_ceiling}").into());
    }
    for (table, sql) in ROWS {
        let (of_gateway, of_ceiling) = (
            written(database, sql, &first).await?,
            written(database, sql, &second).await?,
        );
        if of_gateway.len() != 1 || of_gateway != of_ceiling {
            return Err(
                format!("M1 writes other rows of {table}.\ngateway: {of_gateway:?}\nceiling: {of_ceiling:?}").into(),
            );
        }
    }
    let added = |to: &[i64], from: &[i64]| -> Vec<_> { to.iter().zip(from).map(|(to, from)| to - from).collect() };
    let (by_gateway, by_ceiling) = (added(&between, &before), added(&after, &between));
    if by_gateway != by_ceiling {
        return Err(format!("M1 adds other sums.\ngateway: {by_gateway:?}\nceiling: {by_ceiling:?}").into());
    }
    Ok(())
}

async fn read(case: &Case, both: &mut Both, external_id: &str) -> Result<Value, Failure> {
    let body = json!({ "query": DOCUMENT, "variables": { "externalId": external_id } });
    let request = Request::post("/graphql", Some(&case.token), &body);
    let mut answer = both.gateway.ask_json(&request, &NUMBERS).await?;
    if answer.get("errors").is_some() || answer["data"]["event"].is_null() {
        return Err(format!("the gateway does not find {external_id}: {answer}").into());
    }
    Ok(answer["data"].take())
}

async fn sums(database: &Database) -> Result<Vec<i64>, Failure> {
    let mut sums = Vec::new();
    for sql in SUMS {
        let found: Vec<(Option<i64>,)> = rows!(database, sql)?;
        sums.push(found.first().and_then(|sum| sum.0).unwrap_or(0));
    }
    Ok(sums)
}

async fn written(database: &Database, sql: Sql, external_id: &str) -> Result<Vec<String>, Failure> {
    let found: Vec<(String,)> = rows!(database, sql, external_id)?;
    Ok(found.into_iter().map(|row| row.0).collect())
}

/// Removes what cannot be equal in two recordings.
fn without_ids(answer: &mut Value) {
    match answer {
        Value::Object(members) => {
            for name in ["id", "externalId", "matureAt"] {
                members.remove(name);
            }
            members.values_mut().for_each(without_ids);
        }
        Value::Array(items) => items.iter_mut().for_each(without_ids),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
