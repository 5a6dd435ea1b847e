//! Backtests.

use serde_json::json;

use super::{Case, case, check};
use crate::support::both_databases;
use crate::support::programme::{Programme, unknown};

pub fn cases(p: &Programme) -> Vec<Case> {
    let create = |changes, problems: &[&str]| case("createBacktest", changes, problems);
    let proposed = |proposal, problems: &[&str]| create(json!({ "proposal": proposal }), problems);
    let term = json!({ "basis": "PERCENT", "value": "101" });
    vec![
        create(json!({ "name": "x".repeat(300) }), &["INVALID name"]),
        create(json!({ "to": "2026-01-01T00:00:00Z" }), &["INVALID to"]),
        create(json!({ "to": "2999-01-01T00:00:00Z" }), &["INVALID to"]),
        proposed(
            json!({ "campaignTerms": { "campaignId": unknown(&p.campaign), "terms": [term] } }),
            &[
                "INVALID proposal.campaignTerms.terms.0.value",
                "NOT_FOUND proposal.campaignTerms.campaignId",
            ],
        ),
        proposed(
            json!({ "groupRules": { "partnerGroupId": p.a, "rules": [] } }),
            &[
                "INVALID proposal.groupRules.partnerGroupId",
                "REQUIRED proposal.groupRules.rules",
            ],
        ),
        case(
            "cancelBacktest",
            json!({ "id": unknown(&p.backtest) }),
            &["NOT_FOUND id"],
        ),
        case("cancelBacktest", json!({ "id": p.a }), &["INVALID id"]),
    ]
}

#[apply(both_databases)]
async fn wrong_backtests_are_refused(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    check(&app, &p, cases(&p)).await;
}
