//! Cursors, which only the gateway can create: collected by paging through its list.

use std::collections::HashMap;

use serde_json::{Value, json};
use tributary::domain::id;

use crate::Failure;
use crate::client::{Connection, Request};
use crate::load::NUMBERS;
use crate::operation::Cursors;
use crate::sample::{Sample, Tenant, wire};
use crate::tokens::Tokens;

const DOCUMENT: &str = "query($after: String) { commissions(first: 500, after: $after) {
    edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }";

/// The cursors of each tenant's places, in the order of the places.
pub async fn cursors(sample: &Sample, tokens: &Tokens, connection: &mut Connection) -> Result<Cursors, Failure> {
    let mut all = Vec::new();
    for tenant in &sample.tenants {
        all.push(of_tenant(tenant, tokens, connection).await?);
    }
    Ok(all)
}

async fn of_tenant(tenant: &Tenant, tokens: &Tokens, connection: &mut Connection) -> Result<Vec<String>, Failure> {
    let token = tokens.staff(tenant.id);
    let wanted: Vec<_> = tenant
        .places
        .iter()
        .map(|place| wire::<id::Commission>(place.id))
        .collect();
    let mut found = HashMap::new();
    let mut after = Value::Null;
    loop {
        let body = json!({ "query": DOCUMENT, "variables": { "after": after } });
        let request = Request::post("/graphql", Some(&token), &body);
        let answer = connection.ask_json(&request, &NUMBERS).await?;
        let list = &answer["data"]["commissions"];
        for edge in list["edges"].as_array().ok_or_else(|| format!("no list: {answer}"))? {
            found.insert(edge["node"]["id"].as_str().map(str::to_owned), edge["cursor"].clone());
        }
        let has_all = wanted.last().is_none_or(|last| found.contains_key(&Some(last.clone())));
        if has_all || list["pageInfo"]["hasNextPage"] != true {
            break;
        }
        after = list["pageInfo"]["endCursor"].clone();
    }
    let cursor = |id: String| -> Result<String, Failure> {
        let cursor = found.get(&Some(id)).and_then(Value::as_str);
        Ok(cursor
            .ok_or("a row without a cursor: the data changed meanwhile")?
            .to_owned())
    };
    wanted.into_iter().map(cursor).collect()
}
