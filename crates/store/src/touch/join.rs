//! Clicks join the visitors that name them.

use std::collections::HashSet;

use sea_orm::sea_query::ArrayType;
use sea_orm::{ConnectionTrait, DbBackend, Value};
use serde_json::{Value as JsonValue, json};

use crate::{Connection, StoreError, raw};
use auth::Scope;
use domain::Timestamp;

/// Gives clicks of nobody that happened at `since` or later to visitors: pairs of the id by which a page names a click, and
/// the visitor. No click may be named twice. Returns the named clicks that are there now, whoever's they are.
pub async fn join(
    transaction: &Connection,
    scope: &Scope,
    joins: &[(String, String)],
    since: Timestamp,
) -> Result<HashSet<String>, StoreError> {
    if joins.is_empty() {
        return Ok(HashSet::new());
    }
    let (given, known) = match transaction.get_database_backend() {
        DbBackend::Postgres => (
            "SELECT * FROM unnest($2::text[], $3::text[])",
            "SELECT click_id FROM touch WHERE tenant_id = $1 AND click_id = ANY ($2::text[])",
        ),
        _ => (
            "SELECT value ->> 0, value ->> 1 FROM json_each($2)",
            "SELECT click_id FROM touch WHERE tenant_id = $1
               AND click_id IN (SELECT value ->> 0 FROM json_each($2))",
        ),
    };
    let tenant = || Value::from(scope.tenant().uuid());
    let parameters = parameters(transaction.get_database_backend(), joins);
    let time = parameters.len() + 2;
    // A row without a salt was erased, and its visitor with it.
    let sql = format!(
        "WITH given (click, visitor) AS ({given})
         UPDATE touch SET visitor_id = given.visitor FROM given
         WHERE touch.tenant_id = $1 AND touch.click_id = given.click AND touch.visitor_id IS NULL
           AND touch.customer_id IS NULL AND touch.occurred_at >= ${time} AND length(touch.salt) > 0"
    );
    let values = [tenant()].into_iter().chain(parameters.clone());
    raw::execute(transaction, &sql, values.chain([since.into()])).await?;
    let values = [tenant()].into_iter().chain(parameters.into_iter().take(1));
    let rows = raw::rows(transaction, known, values).await?;
    let clicks = rows.iter().map(|row| Ok(row.try_get("", "click_id")?));
    clicks.collect()
}

fn parameters(backend: DbBackend, joins: &[(String, String)]) -> Vec<Value> {
    match backend {
        DbBackend::Postgres => {
            let texts = |values: Vec<Value>| Value::Array(ArrayType::String, Some(Box::new(values)));
            vec![
                texts(joins.iter().map(|(click, _)| click.clone().into()).collect()),
                texts(joins.iter().map(|(_, visitor)| visitor.clone().into()).collect()),
            ]
        }
        _ => {
            let pairs = joins.iter().map(|(click, visitor)| json!([click, visitor]));
            vec![JsonValue::from_iter(pairs).to_string().into()]
        }
    }
}
