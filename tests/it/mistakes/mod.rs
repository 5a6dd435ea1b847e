//! Wrong input of every mutation: a user error with code and path, and nothing changes.

mod amounts;
mod backtests;
mod coupons;
mod deals;
mod keys;
mod links;
mod moves;
mod names;
mod rules;
mod scalars;
mod states;
mod texts;
mod tiers;
mod times;
mod webhooks;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::programme::{LEDGER, Programme, made_by};
use crate::support::{Sdl, TestApp, both_databases};

/// A wrong input: a valid one with some fields replaced, and what must be said of it: "CODE path".
pub struct Case {
    mutation: &'static str,
    changes: Value,
    problems: Vec<String>,
}

fn case(mutation: &'static str, changes: Value, problems: &[&str]) -> Case {
    let mut problems: Vec<_> = problems.iter().map(|problem| (*problem).to_owned()).collect();
    problems.sort();
    Case {
        mutation,
        changes,
        problems,
    }
}

/// The valid input of a mutation with the fields of `changes` in the place of its own.
fn changed(p: &Programme, mutation: &str, changes: &Value) -> Value {
    let (_, mut input) = p
        .inputs()
        .into_iter()
        .find(|(name, _)| *name == mutation)
        .expect("a mutation");
    for (field, value) in changes.as_object().expect("an object") {
        input[field] = value.clone();
    }
    input
}

/// The problems of a mutation that must make nothing, sorted, each as "CODE path".
async fn problems(p: &Programme, mutation: &str, input: Value) -> Vec<String> {
    p.staff.problems(mutation, input, made_by(mutation)).await
}

async fn check(app: &TestApp, p: &Programme, cases: Vec<Case>) {
    let before = app.rows().await;
    for Case {
        mutation,
        changes,
        problems: expected,
    } in cases
    {
        let found = problems(p, mutation, changed(p, mutation, &changes)).await;
        assert_eq!(found, expected, "{mutation} with {changes}");
        // Also the time of the last change stays.
        assert_eq!(app.rows().await, before, "{mutation} with {changes} changed something");
    }
}

#[apply(both_databases)]
async fn every_mutation_has_its_mistakes_tried(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let cases = [
        names::cases(&p),
        coupons::cases(&p),
        links::cases(&p),
        amounts::cases(&p),
        states::cases(&p),
        deals::cases(&p),
        rules::cases(&p),
        tiers::cases(&p),
        keys::cases(&p),
        webhooks::cases(&p),
        backtests::cases(&p),
    ];
    let tried: BTreeSet<_> = cases.iter().flatten().map(|case| case.mutation.to_owned()).collect();
    let all = Sdl::read()
        .names("Mutation")
        .into_iter()
        .filter(|name| !LEDGER.contains(&name.as_str()));
    assert_eq!(tried.into_iter().collect::<Vec<_>>(), all.collect::<Vec<_>>());
}

#[apply(both_databases)]
async fn every_problem_of_an_input_is_named_at_once(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let term = json!({ "basis": "PERCENT", "value": "101", "trigger": "FIRST" });
    check(&app, &p, vec![
        case("createPartner", json!({
            "name": " ", "email": "no", "externalId": "alpha-1", "groupId": p.a, "tierId": "x", "campaignIds": [p.campaign, "y"],
            "categoryIds": ["cat_01h2xcejqtf2nbrexx3vqjhp41"], "tags": ["fine", ""], "metadata": vec![1; 1_000],
            "commissionSnapshot": { "campaignId": "z", "holdbackDays": 366, "terms": [{ "basis": "GROUP_RULES" }, term] },
        }), &[
            "REQUIRED name", "INVALID email", "TAKEN externalId", "INVALID groupId", "INVALID tierId", "INVALID campaignIds.1",
            "NOT_FOUND categoryIds.0", "REQUIRED tags.1", "INVALID metadata", "INVALID commissionSnapshot.campaignId",
            "INVALID commissionSnapshot.holdbackDays", "INVALID commissionSnapshot.terms.1.value",
            "REQUIRED commissionSnapshot.terms.1.eventType",
        ]),
        case("updateCampaign", json!({
            "name": null, "externalId": "hidden-alpha-second", "holdbackDays": -1, "advertiserId": p.a, "terms": [term],
            "startsAt": "2027-01-01T00:00:00Z",
        }), &[
            "REQUIRED name", "TAKEN externalId", "INVALID holdbackDays", "INVALID advertiserId", "INVALID terms.0.value",
            "REQUIRED terms.0.eventType", "INVALID endsAt",
        ]),
        case("issuePartnerToken", json!({ "partnerId": "x", "scopes": ["admin"], "ttlSeconds": 0 }), &[
            "INVALID partnerId", "INVALID scopes.0", "INVALID ttlSeconds",
        ]),
        case("amendCommissionSnapshot", json!({ "partnerId": "x", "campaignId": "y", "reason": "", "terms": [], "holdbackDays": -1 }), &[
            "INVALID partnerId", "INVALID campaignId", "REQUIRED reason", "REQUIRED terms", "INVALID holdbackDays",
        ]),
    ]).await;
}
