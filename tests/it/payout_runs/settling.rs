//! Settling many payouts: a list of them, each answered for itself, or the rest of a run.

use serde_json::{Value, json};

use super::Office;
use crate::histories::are_numbered;
use crate::ledger::text;
use crate::support::both_databases;

/// A run that paid so many partners, and its payouts in the order of their ids.
async fn run(office: &Office<'_>, payouts: usize) -> (Value, Vec<Value>) {
    for number in 0..payouts {
        let partner = office.partner(&format!("p{number}")).await;
        office.approved(&partner, "10").await;
    }
    let run = office.run_of(json!({})).await["id"].clone();
    let document = "query($id: ID!) { payoutRun(id: $id) { payouts(first: 500) { nodes { id } } } }";
    let data = office.staff().data_with(document, json!({ "id": run })).await;
    let nodes = data["payoutRun"]["payouts"]["nodes"].as_array().unwrap().iter();
    (run, nodes.rev().map(|payout| payout["id"].clone()).collect())
}

/// Results as "PAID wire" or "INVALID_TRANSITION what.settlements.0.id".
fn results(answer: &Value) -> Vec<String> {
    assert_eq!(answer["userErrors"], json!([]), "{answer}");
    let results = answer["results"].as_array().expect("results").iter();
    let told = results.map(|result| match result["userErrors"].as_array().unwrap().as_slice() {
        [] => {
            let payout = &result["payout"];
            assert_eq!(payout["id"], result["id"]);
            format!(
                "{} {}",
                text(&payout["status"]),
                payout["reference"].as_str().unwrap_or("-")
            )
        }
        errors => {
            let told = errors.iter().map(|error| {
                let path: Vec<_> = error["field"].as_array().unwrap().iter().map(text).collect();
                format!("{} {}", text(&error["code"]), path.join("."))
            });
            told.collect::<Vec<_>>().join(", ")
        }
    });
    told.collect()
}

#[apply(both_databases)]
async fn a_list_is_answered_payout_by_payout(app: TestApp) {
    let office = Office::new(&app).await;
    let (_, payouts) = run(&office, 4).await;
    let list = json!([
        { "id": payouts[0], "status": "PAID", "reference": " wire 1 " },
        { "id": payouts[1], "status": "FAILED", "reference": "no such account" },
        { "id": "pay_00000000000000000000000000", "status": "PAID" },
        { "id": "x", "status": "PAID", "reference": " " },
        { "id": payouts[2], "status": "CANCELED" },
        // The same again, and something else.
        { "id": payouts[0], "status": "PAID", "reference": "wire 1" },
        { "id": payouts[1], "status": "PAID" },
    ]);
    let answer = office.settled(json!({ "settlements": list })).await;
    let expected = [
        "PAID wire 1",
        "FAILED no such account",
        "NOT_FOUND what.settlements.2.id",
        "INVALID what.settlements.3.id, REQUIRED what.settlements.3.reference",
        "CANCELED -",
        "PAID wire 1",
        "INVALID_TRANSITION what.settlements.6.id",
    ];
    assert_eq!(results(&answer), expected);
    assert_eq!((&answer["settled"], &answer["remaining"]), (&json!(3), &Value::Null));
    // Twice the same call changes nothing.
    let before = app.rows().await;
    let again = office.settled(json!({ "settlements": list })).await;
    assert_eq!(results(&again), expected);
    assert_eq!(again["settled"], 0);
    assert_eq!(app.rows().await, before);
    for (status, reference) in [("PAID", "wire 2"), ("FAILED", "wire 1")] {
        let other = json!({ "settlements": { "id": payouts[0], "status": status, "reference": reference } });
        assert_eq!(
            results(&office.settled(other).await),
            ["INVALID_TRANSITION what.settlements.0.id"]
        );
    }
    assert_eq!(app.rows().await, before);
    office.assert_verified().await;
    let document = "{ partners(first: 10, orderBy: { field: NAME, direction: ASC }) { nodes { balances { paid payable approved } } } }";
    let data = office.staff().data(document).await;
    let balances: Vec<_> = data["partners"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|partner| partner["balances"][0].clone())
        .collect();
    let balance =
        |paid: &str, approved: &str, payable: &str| json!({ "paid": paid, "approved": approved, "payable": payable });
    let (paid, released, open) = (
        balance("10.00", "0.00", "0.00"),
        balance("0.00", "10.00", "10.00"),
        balance("0.00", "10.00", "0.00"),
    );
    let is = |wanted: &Value| balances.iter().filter(|balance| *balance == wanted).count();
    assert_eq!((is(&paid), is(&released), is(&open)), (1, 2, 1));
}

#[apply(both_databases)]
async fn a_run_is_settled_with_what_is_left_of_it(app: TestApp) {
    let office = Office::new(&app).await;
    let (id, payouts) = run(&office, 5).await;
    let one = json!({ "settlements": [{ "id": payouts[1], "status": "FAILED", "reference": "account closed" }] });
    assert_eq!(results(&office.settled(one).await), ["FAILED account closed"]);
    let other = office.partner("other").await;
    office.approved(&other, "5").await;
    office.run_of(json!({ "partnerIds": [other] })).await;
    let rest = json!({ "run": { "runId": id, "status": "PAID", "reference": "batch 7" } });
    let answer = office.settled(rest.clone()).await;
    assert_eq!(results(&answer), ["PAID batch 7"; 4]);
    assert_eq!((&answer["settled"], &answer["remaining"]), (&json!(4), &json!(0)));
    let ids: Vec<_> = answer["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| &result["id"])
        .collect();
    assert_eq!(ids, [&payouts[0], &payouts[2], &payouts[3], &payouts[4]]);
    let before = app.rows().await;
    let again = office.settled(rest).await;
    assert_eq!(
        (&again["settled"], &again["remaining"], &again["results"]),
        (&json!(0), &json!(0), &json!([]))
    );
    assert_eq!(app.rows().await, before);
    office.assert_verified().await;
}

#[apply(both_databases)]
async fn what_is_wrong_with_the_whole_settles_nothing(app: TestApp) {
    let office = Office::new(&app).await;
    let (id, payouts) = run(&office, 1).await;
    let many: Vec<_> = (0..501)
        .map(|_| json!({ "id": payouts[0], "status": "PAID" }))
        .collect();
    let before = app.rows().await;
    for (what, problem) in [
        (json!({ "settlements": [] }), "INVALID what.settlements"),
        (json!({ "settlements": many }), "INVALID what.settlements"),
        (
            json!({ "run": { "runId": "run_00000000000000000000000000", "status": "PAID" } }),
            "NOT_FOUND what.run.runId",
        ),
        (
            json!({ "run": { "runId": payouts[0], "status": "PAID" } }),
            "INVALID what.run.runId",
        ),
        (
            json!({ "run": { "runId": id, "status": "PAID", "reference": "a\u{7}" } }),
            "INVALID what.run.reference",
        ),
    ] {
        let made = "results { id }";
        assert_eq!(
            office
                .staff()
                .problems("settlePayouts", json!({ "what": what }), made)
                .await,
            [problem]
        );
    }
    assert_eq!(app.rows().await, before);
}

#[apply(both_databases)]
async fn a_key_answers_as_the_first_call_did(app: TestApp) {
    let office = Office::new(&app).await;
    let (id, payouts) = run(&office, 3).await;
    let selection = "settled remaining results { id payout { status } userErrors { code } }";
    let settle = async |what: Value, key: &str| {
        office
            .staff()
            .mutate(
                "settlePayouts",
                json!({ "what": what, "idempotencyKey": key }),
                selection,
            )
            .await
    };
    let list = json!({ "settlements": [{ "id": payouts[0], "status": "PAID" }, { "id": "x", "status": "PAID" }] });
    let first = settle(list.clone(), "a").await;
    assert_eq!(
        (&first["settled"], &first["results"][1]["userErrors"]),
        (&json!(1), &json!([{ "code": "INVALID" }]))
    );
    let rest = json!({ "run": { "runId": id, "status": "FAILED" } });
    let second = settle(rest.clone(), "b").await;
    assert_eq!((&second["settled"], &second["remaining"]), (&json!(2), &json!(0)));
    let before = app.rows().await;
    assert_eq!(settle(list.clone(), "a").await, first);
    assert_eq!(settle(rest, "b").await, second);
    let other = settle(list, "b").await;
    assert_eq!(
        (&other["results"], &other["userErrors"][0]["code"]),
        (&Value::Null, &json!("CONFLICT"))
    );
    assert_eq!(app.rows().await, before);
}

#[apply(both_databases)]
async fn payouts_and_settlements_have_the_numbers_of_their_steps(app: TestApp) {
    let office = Office::new(&app).await;
    let ann = office.partner("ann").await;
    office.approved(&ann, "10").await;
    let run = office.run_of(json!({})).await;
    office.settle(&run["lines"]["nodes"][0]["payout"], "FAILED").await;
    let run = office.run_of(json!({})).await;
    office.settle(&run["lines"]["nodes"][0]["payout"], "PAID").await;
    office.approved(&ann, "20").await;
    office.run_of(json!({})).await;
    // Accrued, approved, put into a payout that failed, put into another, paid; accrued, approved, put into a payout.
    let numbers = "SELECT CAST(sequence AS TEXT) || COALESCE(' ' || CAST(settled_sequence AS TEXT), '') FROM payout ORDER BY sequence";
    let first = app
        .texts("SELECT CAST(MIN(sequence) AS TEXT) FROM commission_transition")
        .await;
    let first: i64 = first[0].parse().unwrap();
    let [failed, again, paid, open] = [2, 4, 5, 8].map(|step| first + step);
    let expected = [
        format!("{failed} {}", failed + 1),
        format!("{again} {paid}"),
        open.to_string(),
    ];
    assert_eq!(app.texts(numbers).await, expected);
    let items = "payout_item AS item JOIN payout ON payout.tenant_id = item.tenant_id AND payout.id = item.payout_id";
    are_numbered(&app, (items, "item.sequence = payout.sequence"), 3).await;
    let settled =
        "payout JOIN commission_transition AS step ON step.tenant_id = payout.tenant_id AND step.to_status = 'PAID'
            WHERE payout.status = 'PAID'";
    are_numbered(&app, (settled, "step.sequence = payout.settled_sequence"), 1).await;
    office.assert_verified().await;
}
