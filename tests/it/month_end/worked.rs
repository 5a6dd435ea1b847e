//! The worked month of docs/month-end.md, sent as it stands there.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{NaiveDateTime, TimeZone};
use serde_json::{Value, json};
use tributary::service::ledger::review::approve_matured;

use crate::support::{TestApp, both_databases};

const PAGE: &str = include_str!("../../../docs/month-end.md");

/// What the page says, in its order.
enum Step {
    /// "1 March, 13:00", in the tenant's time zone.
    At(String),
    Ask(String),
    /// The data of the answer to what was asked last.
    Answer(Value),
}

fn steps() -> Vec<Step> {
    let mut steps = Vec::new();
    let mut block: Option<(&str, String)> = None;
    for line in PAGE.lines() {
        match (&mut block, line.strip_prefix("```"), line.strip_prefix("### ")) {
            (None, Some(language), _) => block = Some((language, String::new())),
            (Some(_), Some(_), _) => {
                steps.extend(match block.take() {
                    Some(("graphql", text)) => Some(Step::Ask(text)),
                    Some(("json", text)) => Some(Step::Answer(serde_json::from_str(&text).expect("JSON"))),
                    _ => None,
                });
            }
            (Some((_, text)), None, _) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None, Some(moment)) => steps.push(Step::At(moment.to_owned())),
            (None, None, None) => {}
        }
    }
    steps
}

/// The first id in an answer.
fn id_in(value: &Value) -> Option<&Value> {
    match value {
        Value::Object(fields) => fields.get("id").or_else(|| fields.values().find_map(id_in)),
        Value::Array(items) => items.iter().find_map(id_in),
        _ => None,
    }
}

fn wait_until(app: &TestApp, moment: &str) {
    let local = NaiveDateTime::parse_from_str(&format!("2026 {moment}"), "%Y %d %B, %H:%M").expect("a moment");
    let moment = chrono_tz::Europe::Berlin.from_local_datetime(&local).unwrap().to_utc();
    let ahead = (moment - app.clock.now()).num_seconds();
    app.clock.advance(Duration::from_secs(
        ahead.try_into().expect("the page goes forward in time"),
    ));
}

async fn replay(app: &TestApp) -> usize {
    let tenant = app.tenant("acme").await;
    let mut admin = app.staff(&tenant, "admin");
    let (mut ids, mut answered, mut compared) = (HashMap::new(), Value::Null, 0);
    for step in steps() {
        match step {
            Step::At(moment) => {
                wait_until(app, &moment);
                // A token is good for an hour.
                admin = app.staff(&tenant, "admin");
            }
            Step::Ask(document) => {
                let wanted = ids
                    .iter()
                    .filter(|(name, _)| document.contains(&format!("${name}: ID!")));
                let variables: serde_json::Map<_, _> = wanted
                    .map(|(name, id): (&String, &Value)| (name.clone(), id.clone()))
                    .collect();
                answered = admin.data_with(&document, json!(variables)).await;
                for (name, value) in answered.as_object().expect("data") {
                    if let Some(id) = id_in(value) {
                        ids.insert(name.clone(), id.clone());
                    }
                }
                // The background job of a gateway.
                approve_matured(&app.app, 100).await.unwrap();
            }
            Step::Answer(expected) => {
                assert_eq!(answered, expected);
                compared += 1;
            }
        }
    }
    compared
}

#[apply(both_databases)]
async fn the_page_says_what_happens(app: TestApp) {
    assert_eq!(replay(&app).await, PAGE.matches("```json").count());
}
