//! Who sees and does what: a partner's token sees its payouts, and nothing of runs.

use serde_json::{Value, json};

use super::{LINE, Office};
use crate::support::both_databases;

#[apply(both_databases)]
async fn a_partners_token_sees_its_payouts_and_nothing_of_runs(app: TestApp) {
    let office = Office::new(&app).await;
    let ann = office
        .partner_with("ann", json!({ "payoutReference": "ann@pay.example" }))
        .await;
    let ben = office.partner("ben").await;
    office.approved(&ann, "10").await;
    office.approved(&ben, "20").await;
    let run = office.run_of(json!({})).await;
    let mine = run["lines"]["nodes"][1]["payout"].clone();
    office.settle(&mine, "PAID").await;
    let portal = app.partner(&office.tenant, &ann);
    let payout = "id amount { amount } status run { id createdAt } createdBy settledBy payoutReference";
    let document = format!(
        "query($run: ID!, $payout: ID!) {{
               payoutRun(id: $run) {{ id totals {{ count }} lines {{ nodes {{ {LINE} }} }} }} payoutRuns {{ totalCount nodes {{ id }} }}
               node(id: $run) {{ id }} nodes(ids: [$run]) {{ id }} payouts {{ totalCount nodes {{ {payout} }} }} payout(id: $payout) {{ {payout} }}
               viewer {{ partner {{ payoutReference payouts {{ nodes {{ {payout} }} }} }} }} }}"
    );
    let data = portal
        .data_with(&document, json!({ "run": run["id"], "payout": mine["id"] }))
        .await;
    let own = json!({
        "id": mine["id"], "amount": { "amount": "10.00" }, "status": "PAID",
        "run": null, "createdBy": null, "settledBy": null, "payoutReference": null,
    });
    assert_eq!(
        data,
        json!({
            "payoutRun": null, "payoutRuns": { "totalCount": 0, "nodes": [] }, "node": null, "nodes": [null],
            "payouts": { "totalCount": 1, "nodes": [own] }, "payout": own,
            "viewer": { "partner": { "payoutReference": null, "payouts": { "nodes": [own] } } },
        })
    );
    // Whether payouts were made together is the staff's.
    let document = "query($run: ID) { payouts(filter: { runId: $run }) { totalCount } }";
    let answer = portal.ask_with(document, json!({ "run": run["id"] })).await;
    assert_eq!(answer.body["errors"][0]["extensions"]["code"], "FORBIDDEN");
    let data = portal.data("{ payouts(filter: { settledFrom: \"2026-01-01T00:00:00Z\", settledTo: \"2027-01-01T00:00:00Z\" }) { totalCount } }").await;
    assert_eq!(data["payouts"]["totalCount"], 1);
    for (field, input, selection) in mutations(&run, &mine) {
        let answer = portal.try_mutate(field, input, selection).await;
        assert_eq!(answer.body["errors"][0]["extensions"]["code"], "FORBIDDEN", "{field}");
    }
}

#[apply(both_databases)]
async fn runs_take_the_scopes_of_payouts(app: TestApp) {
    let office = Office::new(&app).await;
    let ann = office.partner("ann").await;
    office.approved(&ann, "10").await;
    let run = office.run_of(json!({})).await;
    let mine = run["lines"]["nodes"][0]["payout"].clone();
    let stranger = app.staff(
        &office.tenant,
        "partners:read commissions:read partners:write commissions:write",
    );
    let document = format!("query($id: ID!) {{ payoutRun(id: $id) {{ id lines {{ nodes {{ {LINE} }} }} }} }}");
    for document in [document.as_str(), "{ payoutRuns { nodes { id } } }"] {
        let answer = stranger.ask_with(document, json!({ "id": run["id"] })).await;
        assert_eq!(
            answer.body["errors"][0]["extensions"]["code"], "FORBIDDEN",
            "{document}"
        );
    }
    for (field, input, selection) in mutations(&run, &mine) {
        if field != "approveMatchingCommissions" {
            let answer = stranger.try_mutate(field, input, selection).await;
            assert_eq!(answer.body["errors"][0]["extensions"]["code"], "FORBIDDEN", "{field}");
        }
    }
    let reader = app.staff(&office.tenant, "payouts:read partners:read");
    let data = reader.data_with(&document, json!({ "id": run["id"] })).await;
    assert_eq!(
        data["payoutRun"]["lines"]["nodes"][0]["partner"],
        json!({ "id": ann, "name": "ann" })
    );
    // Whoever writes and does not read is told that it worked.
    let writer = app.staff(&office.tenant, "payouts:write");
    let preview = writer
        .try_mutate("previewPayoutRun", json!({}), "lines { totalCount } totals { count }")
        .await;
    assert_eq!(
        preview.body["data"]["previewPayoutRun"],
        json!({ "lines": null, "totals": null, "userErrors": [] })
    );
    assert_eq!(preview.body["errors"][0]["extensions"]["code"], "FORBIDDEN");
    let what = json!({ "what": { "settlements": [{ "id": mine["id"], "status": "PAID" }] } });
    let settled = writer
        .done(
            "settlePayouts",
            what.clone(),
            "settled results { id payout { id } userErrors { code } }",
        )
        .await;
    assert_eq!(
        settled["results"],
        json!([{ "id": mine["id"], "payout": { "id": mine["id"] }, "userErrors": [] }])
    );
    let more = writer
        .try_mutate("settlePayouts", what, "results { payout { status } }")
        .await;
    assert_eq!(more.body["errors"][0]["extensions"]["code"], "FORBIDDEN");
}

#[apply(both_databases)]
async fn another_tenants_runs_do_not_exist(app: TestApp) {
    let office = Office::new(&app).await;
    let ann = office.partner("ann").await;
    office.approved(&ann, "10").await;
    let run = office.run_of(json!({})).await;
    let other = app.tenant("other").await;
    let other = app.staff(&other, "admin");
    let document = "query($id: ID!) { payoutRun(id: $id) { id } payoutRuns { totalCount } payouts(filter: { runId: $id }) { totalCount } }";
    let data = other.data_with(document, json!({ "id": run["id"] })).await;
    assert_eq!(
        data,
        json!({ "payoutRun": null, "payoutRuns": { "totalCount": 0 }, "payouts": { "totalCount": 0 } })
    );
    let before = app.rows().await;
    let what = json!({ "what": { "run": { "runId": run["id"], "status": "PAID" } } });
    assert_eq!(
        other.problems("settlePayouts", what, "results { id }").await,
        ["NOT_FOUND what.run.runId"]
    );
    let what =
        json!({ "what": { "settlements": [{ "id": run["lines"]["nodes"][0]["payout"]["id"], "status": "PAID" }] } });
    let answer = other
        .mutate(
            "settlePayouts",
            what,
            "settled results { payout { id } userErrors { code } }",
        )
        .await;
    assert_eq!(
        answer["results"],
        json!([{ "payout": null, "userErrors": [{ "code": "NOT_FOUND" }] }])
    );
    assert_eq!(app.rows().await, before);
}

fn mutations(run: &Value, payout: &Value) -> [(&'static str, Value, &'static str); 4] {
    [
        ("previewPayoutRun", json!({}), "totals { count }"),
        (
            "settlePayouts",
            json!({ "what": { "run": { "runId": run["id"], "status": "PAID" } } }),
            "settled",
        ),
        (
            "settlePayouts",
            json!({ "what": { "settlements": [{ "id": payout["id"], "status": "PAID" }] } }),
            "settled",
        ),
        ("approveMatchingCommissions", json!({ "filter": {} }), "approved"),
    ]
}
