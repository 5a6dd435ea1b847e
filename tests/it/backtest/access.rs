//! Who enters and sees backtests: no partner's token, and of the staff whoever could put the proposal in force.

use serde_json::json;

use super::{Lab, terms};
use crate::support::both_databases;

#[apply(both_databases)]
async fn a_partners_token_sees_none_of_it(app: TestApp) {
    let lab = Lab::new(&app).await;
    let (ann, campaign) = (lab.partner("ann").await, lab.percent("10").await);
    let from = lab.now();
    lab.sale("1", &ann, &campaign, "100").await;
    lab.days_later(1);
    let proposal = terms(&campaign, json!([]));
    let backtest = lab.backtest(&from, proposal.clone()).await;
    let portal = app.partner(&lab.tenant, &ann);
    let document = "query($id: ID!) { backtest(id: $id) { id totals { rose } } backtests { totalCount nodes { id } }
            node(id: $id) { id } nodes(ids: [$id]) { id } }";
    let data = portal.data_with(document, json!({ "id": backtest["id"] })).await;
    assert_eq!(
        data,
        json!({
            "backtest": null, "backtests": { "totalCount": 0, "nodes": [] }, "node": null, "nodes": [null],
        })
    );
    for (field, input) in [
        (
            "createBacktest",
            json!({ "from": from, "to": lab.now(), "proposal": proposal }),
        ),
        ("cancelBacktest", json!({ "id": backtest["id"] })),
    ] {
        let answer = portal.try_mutate(field, input, "backtest { id }").await;
        assert_eq!(answer.body["errors"][0]["extensions"]["code"], "FORBIDDEN", "{field}");
    }
}

#[apply(both_databases)]
async fn entering_takes_the_scope_of_what_is_proposed(app: TestApp) {
    let lab = Lab::new(&app).await;
    let (ann, campaign) = (lab.partner("ann").await, lab.percent("10").await);
    let from = lab.now();
    lab.sale("1", &ann, &campaign, "100").await;
    lab.days_later(1);
    let input = json!({ "from": from, "to": lab.now(), "proposal": terms(&campaign, json!([])) });
    for (scopes, code) in [
        (
            "campaigns:read commissions:read partner_groups:write tiered_commissions:write",
            Some("FORBIDDEN"),
        ),
        ("campaigns:write commissions:read", None),
    ] {
        let staff = app.staff(&lab.tenant, scopes);
        let answer = staff
            .try_mutate("createBacktest", input.clone(), "backtest { id status }")
            .await;
        let found = answer.body["errors"][0]["extensions"]["code"].as_str();
        assert_eq!(found, code, "{}", answer.body);
    }
    let list = "{ backtests { totalCount nodes { createdBy campaign { name } } } }";
    let stranger = app.staff(&lab.tenant, "campaigns:write campaigns:read");
    assert_eq!(
        stranger.ask(list).await.body["errors"][0]["extensions"]["code"],
        "FORBIDDEN"
    );
    let reader = app.staff(&lab.tenant, "commissions:read");
    let data = reader.data(list).await;
    assert_eq!(data["backtests"]["totalCount"], 1);
    assert_eq!(data["backtests"]["nodes"][0]["campaign"]["name"], "Offer");
    let other = app.tenant("other").await;
    assert_eq!(
        app.staff(&other, "admin").data(list).await["backtests"]["totalCount"],
        0
    );
}

#[apply(both_databases)]
async fn a_proposal_is_checked_like_its_mutation(app: TestApp) {
    let lab = Lab::new(&app).await;
    let campaign = lab.percent("10").await;
    let (from, now) = ("2026-01-01T00:00:00Z", lab.now());
    let later = "2036-01-01T00:00:00Z";
    let fine = terms(&campaign, json!([]));
    let unknown = terms(&crate::support::programme::unknown(&campaign), json!([]));
    for (from, to, proposal, expected) in [
        (from, later, fine.clone(), "to"),
        (later, now.as_str(), fine.clone(), "to"),
        (
            from,
            now.as_str(),
            terms(&campaign, json!([{ "basis": "PERCENT", "value": "101" }])),
            "proposal.campaignTerms.terms.0.value",
        ),
        (from, now.as_str(), unknown, "proposal.campaignTerms.campaignId"),
        (
            from,
            now.as_str(),
            json!({ "groupRules": { "partnerGroupId": campaign, "rules": [] } }),
            "proposal.groupRules.partnerGroupId",
        ),
    ] {
        let input = json!({ "from": from, "to": to, "proposal": proposal });
        let payload = lab
            .staff()
            .mutate("createBacktest", input, "backtest { id } userErrors { field }")
            .await;
        let errors = payload["userErrors"].as_array().unwrap().iter();
        let fields: Vec<_> = errors
            .map(|error| {
                let path = error["field"].as_array().unwrap().iter();
                path.map(|part| part.as_str().unwrap()).collect::<Vec<_>>().join(".")
            })
            .collect();
        assert!(fields.iter().any(|field| field == expected), "{expected}: {fields:?}");
    }
    let key = json!({ "from": from, "to": now, "proposal": fine, "idempotencyKey": "once" });
    let first = lab.make("createBacktest", "backtest", key.clone()).await;
    assert_eq!(lab.make("createBacktest", "backtest", key).await, first);
}
