//! What happens at the same moment. On PostgreSQL the writers really overlap; on SQLite they queue.

mod partners;
mod uniques;

use futures::future::join_all;
use serde_json::Value;

use crate::support::Client;

/// Runs all of them at once, each in its own task.
async fn at_once(client: &Client, mutations: Vec<(&'static str, Value, &'static str)>) -> Vec<Value> {
    let tasks = mutations.into_iter().map(|(mutation, input, selection)| {
        let client = client.clone();
        tokio::spawn(async move { client.mutate(mutation, input, selection).await })
    });
    let answers = join_all(tasks.collect::<Vec<_>>()).await;
    answers
        .into_iter()
        .map(|answer| answer.expect("no task panics"))
        .collect()
}

/// The codes of the problems of each answer; none for those that did what they were asked.
fn codes(answers: &[Value]) -> Vec<Vec<&str>> {
    let errors = answers
        .iter()
        .map(|answer| answer["userErrors"].as_array().expect("a list"));
    errors
        .map(|errors| {
            errors
                .iter()
                .map(|error| error["code"].as_str().expect("a code"))
                .collect()
        })
        .collect()
}

/// Exactly one did it; the others got this code.
fn one_winner(answers: &[Value], losers: &str) {
    let codes = codes(answers);
    let won = codes.iter().filter(|codes| codes.is_empty()).count();
    assert_eq!(won, 1, "{answers:?}");
    assert!(
        codes.iter().all(|codes| codes.is_empty() || codes == &[losers]),
        "{answers:?}"
    );
}
