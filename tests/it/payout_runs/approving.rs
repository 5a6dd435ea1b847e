//! Approving whatever a filter lets through.

use serde_json::{Value, json};

use super::{Individuals, Office};
use crate::ledger::text;
use crate::support::both_databases;

const SELECTION: &str =
    "approved refusedCount next refused { id commission { id status } userErrors { code message field } }";

async fn matching(office: &Office<'_>, input: Value) -> Value {
    office
        .staff()
        .done("approveMatchingCommissions", input, SELECTION)
        .await
}

/// "approved refusedCount", and that there is no more.
fn counts(answer: &Value) -> (u64, u64) {
    assert_eq!(answer["next"], Value::Null, "{answer}");
    (
        answer["approved"].as_u64().unwrap(),
        answer["refusedCount"].as_u64().unwrap(),
    )
}

#[apply(both_databases)]
async fn what_has_matured_is_approved_and_the_rest_is_told(app: TestApp) {
    let office = Office::new(&app).await;
    let (ann, ben) = (office.partner("ann").await, office.partner("ben").await);
    let campaign = office
        .campaign_with(json!({ "holdbackDays": 5, "terms": [{ "basis": "PERCENT", "value": "10" }] }))
        .await;
    let old = office.sale("old", &ann, &campaign, "100").await;
    let bens = office.sale("ben", &ben, &campaign, "100").await;
    office.days_later(5);
    let young = office.sale("young", &ann, &campaign, "100").await;
    let manual = office.entered(&ann, "3", "USD").await;
    let individuals = Individuals::new(&office, json!({})).await;
    let waiting = individuals.row(&office, &ann, "10", None).await;

    assert_eq!(
        counts(&matching(&office, json!({ "filter": { "partnerId": ann, "currency": "USD" } })).await),
        (1, 0)
    );
    assert_eq!(office.status(&manual).await, "APPROVED");
    let answer = matching(&office, json!({ "filter": { "partnerId": ann } })).await;
    assert_eq!(counts(&answer), (1, 2));
    let refused: Vec<_> = answer["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|refused| {
            assert_eq!(
                refused["commission"],
                json!({ "id": refused["id"], "status": "ACCRUED" })
            );
            assert_eq!(refused["userErrors"][0]["field"], Value::Null);
            (text(&refused["id"]), text(&refused["userErrors"][0]["code"]))
        })
        .collect();
    assert_eq!(
        refused,
        [
            (young.clone(), "HOLDBACK_ACTIVE".to_owned()),
            (waiting.clone(), "CONFLICT".to_owned())
        ]
    );
    assert_eq!(
        (office.status(&old).await, office.status(&bens).await),
        ("APPROVED".to_owned(), "ACCRUED".to_owned())
    );
    // What is approved matches no longer.
    assert_eq!(
        counts(
            &matching(
                &office,
                json!({ "filter": { "partnerId": ann, "status": ["APPROVED", "PAID"] } })
            )
            .await
        ),
        (0, 0)
    );
    assert_eq!(
        counts(&matching(&office, json!({ "filter": { "accruedTo": "2026-03-02T00:00:00Z" } })).await),
        (1, 0)
    );
    // A reason overrides the holdback, and takes an admin.
    let input = json!({ "filter": {}, "overrideHoldbackReason": "agreed" });
    let answer = app
        .staff(&office.tenant, "commissions:write commissions:read")
        .try_mutate("approveMatchingCommissions", input.clone(), "approved")
        .await;
    assert_eq!(answer.body["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert_eq!(counts(&matching(&office, input).await), (1, 1));
    let row = office.row(&young).await;
    assert_eq!(row["transitions"][1]["reason"], "agreed");
    office.assert_sound(&ann).await;
    office.assert_verified().await;
}

#[apply(both_databases)]
async fn clawbacks_go_with_their_rows_and_are_counted_once(app: TestApp) {
    let office = Office::new(&app).await;
    let ann = office.partner("ann").await;
    let campaign = office.percent("10").await;
    office.sale("one", &ann, &campaign, "100").await;
    office.refund("r", "one", Some("30")).await;
    let only = matching(&office, json!({ "filter": { "kind": ["CLAWBACK"] } })).await;
    assert_eq!(counts(&only), (1, 0));
    assert_eq!(
        office.ledger(&ann).await,
        ["EVENT ACCRUED 10.00", "CLAWBACK APPROVED -3.00"]
    );
    office.sale("two", &ann, &campaign, "100").await;
    office.refund("r2", "two", Some("30")).await;
    assert_eq!(
        counts(&matching(&office, json!({ "filter": { "kind": ["EVENT"] } })).await),
        (3, 0)
    );
    assert_eq!(office.balances(&ann).await, ["EUR 0.00 14.00 0.00 0.00 14.00"]);
    office.assert_sound(&ann).await;
}

#[apply(both_databases)]
async fn it_goes_on_behind_a_commission_and_is_repeated_by_its_key(app: TestApp) {
    let office = Office::new(&app).await;
    let ann = office.partner("ann").await;
    let mut rows = Vec::new();
    for _ in 0..3 {
        rows.push(office.entered(&ann, "1", "EUR").await);
    }
    let input = json!({ "filter": { "partnerId": ann }, "after": rows[1], "idempotencyKey": "k" });
    let first = matching(&office, input.clone()).await;
    assert_eq!(counts(&first), (1, 0));
    assert_eq!(office.status(&rows[2]).await, "APPROVED");
    office.entered(&ann, "1", "EUR").await;
    assert_eq!(matching(&office, input).await, first);
    let other = json!({ "filter": {}, "idempotencyKey": "k" });
    assert_eq!(
        office
            .staff()
            .problems("approveMatchingCommissions", other, "approved refusedCount")
            .await,
        ["CONFLICT idempotencyKey"]
    );
    for (input, problem) in [
        (json!({ "filter": { "partnerId": "x" } }), "INVALID filter"),
        (json!({ "filter": {}, "after": ann }), "INVALID after"),
        (
            json!({ "filter": {}, "overrideHoldbackReason": " " }),
            "REQUIRED overrideHoldbackReason",
        ),
    ] {
        assert_eq!(
            office
                .staff()
                .problems("approveMatchingCommissions", input, "approved refusedCount")
                .await,
            [problem]
        );
    }
    assert_eq!(counts(&matching(&office, json!({ "filter": {} })).await), (3, 0));
}
