//! Money that comes back after it was paid.

use serde_json::{Value, json};

use super::{Individuals, Office, told};
use crate::ledger::text;
use crate::month_end::{report, statements};
use crate::support::both_databases;

const PAYOUT: &str = "payout { id status reference settledAt returnedAt returnedBy returnReason amount { amount } \
    commissions { nodes { id status } } }";

impl Office<'_> {
    /// What is said of a payout whose money came back, or the errors.
    async fn came_back(&self, payout: &Value, reason: &str) -> Value {
        let input = json!({ "id": payout["id"], "reason": reason });
        self.staff().mutate("returnPayout", input, PAYOUT).await
    }

    /// What was paid in March and April 2026, by kind.
    async fn paid(&self) -> Vec<String> {
        let arguments = json!({
            "groupBy": ["KIND", "STATUS"], "basis": "PAID", "from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z",
        });
        report::told(&report::rows(&self.staff(), arguments).await)
    }

    /// The row by which a payout's amount is owed again.
    async fn owed_again(&self, partner: &str) -> Value {
        let document =
            "query($id: ID!) { commissions(filter: { partnerId: $id, kind: [RETURNED] }) { nodes { id status reason
            paymentTarget recipient campaign { id } amount { amount } returnedPayout { id status } payout { id status }
            explanation { source detail amount } transitions { from to reason } } } }";
        let data = self.staff().data_with(document, json!({ "id": partner })).await;
        data["commissions"]["nodes"][0].clone()
    }
}

fn codes(answer: &Value) -> Vec<String> {
    let errors = answer["userErrors"].as_array().expect("a list").iter();
    errors.map(|error| text(&error["code"])).collect()
}

#[apply(both_databases)]
async fn what_came_back_is_owed_again_and_counts_as_paid_once(app: TestApp) {
    let office = Office::new(&app).await;
    let ann = office.partner("ann").await;
    office.approved(&ann, "60").await;
    office.approved(&ann, "14").await;
    let payout = office.run(json!({})).await.remove(0);
    let early = office.came_back(&payout, "too early").await;
    assert_eq!(codes(&early), ["INVALID_TRANSITION"], "{early}");
    office.settle(&payout, "PAID").await;
    assert_eq!(office.balances(&ann).await, ["EUR 0.00 0.00 74.00 0.00 0.00"]);
    office.days_later(14);
    let answer = office.came_back(&payout, "account closed").await;
    assert_eq!(codes(&answer), [""; 0], "{answer}");
    let returned = &answer["payout"];
    assert_eq!(
        (&returned["status"], &returned["returnReason"]),
        (&json!("RETURNED"), &json!("account closed"))
    );
    assert!(returned["settledAt"].as_str() < returned["returnedAt"].as_str() && returned["returnedBy"].is_string());
    let rows = returned["commissions"]["nodes"].as_array().unwrap();
    assert!(
        rows.len() == 2 && rows.iter().all(|row| row["status"] == "PAID"),
        "{rows:?}"
    );
    let owed = office.owed_again(&ann).await;
    assert_eq!(
        (&owed["status"], &owed["amount"]["amount"]),
        (&json!("APPROVED"), &json!("74.00"))
    );
    assert_eq!(owed["returnedPayout"]["id"], payout["id"]);
    assert_eq!((&owed["payout"], &owed["campaign"]), (&Value::Null, &Value::Null));
    assert_eq!(
        owed["transitions"],
        json!([{ "from": null, "to": "APPROVED", "reason": "account closed" }])
    );
    assert_eq!(owed["explanation"][0]["amount"], "74");
    assert_eq!(office.balances(&ann).await, ["EUR 0.00 74.00 0.00 0.00 74.00"]);
    office.assert_verified().await;
    // Once, and nobody takes it back.
    assert_eq!(codes(&office.came_back(&payout, "again").await), ["INVALID_TRANSITION"]);
    assert_eq!(office.reverse(&[&text(&owed["id"])]).await, ["CONFLICT"]);
    assert_eq!(office.balances(&ann).await, ["EUR 0.00 74.00 0.00 0.00 74.00"]);
    // The next run pays it again.
    office.days_later(2);
    let again = office.run_of(json!({})).await;
    assert_eq!(told(&again), ["EUR 74.00 ann - 1 PAID_OUT"]);
    let payout = &again["lines"]["nodes"][0]["payout"];
    office.settle(payout, "PAID").await;
    assert_eq!(office.balances(&ann).await, ["EUR 0.00 0.00 74.00 0.00 0.00"]);
    let row = office.owed_again(&ann).await;
    assert_eq!((&row["status"], &row["payout"]["id"]), (&json!("PAID"), &payout["id"]));
    office.days_later(1);
    let to = app.clock.now().to_rfc3339();
    let statement = statements::statement(&office.staff(), &ann, "2026-02-01T00:00:00Z", &to).await;
    let kinds: Vec<_> = statements::totals(&statement);
    assert_eq!(kinds, ["ACCRUED 2 74.00", "PAID 3 -148.00", "RETURNED 1 74.00"]);
    assert_eq!(statement["closing"]["amount"], "0.00");
    let movements = statement["movements"]["nodes"].as_array().unwrap();
    let back = movements
        .iter()
        .find(|movement| movement["kind"] == "RETURNED")
        .expect("one");
    assert_eq!(
        back["payout"],
        row["returnedPayout"]["id"]
            .as_str()
            .map(|id| json!({ "id": id }))
            .unwrap()
    );
    // Paid twice, came back once. What came back counts as paid, whatever has become of it.
    assert_eq!(
        office.paid().await,
        ["MANUAL PAID 2 74.00 EUR", "RETURNED PAID 2 0.00 EUR"]
    );
    let as_of = "query($id: ID!, $at: DateTime!) { partner(id: $id) { balancesAsOf(at: $at) { approvedAmount { amount } paidAmount { amount } } } }";
    let data = office.staff().data_with(as_of, json!({ "id": ann, "at": to })).await;
    assert_eq!(
        data["partner"]["balancesAsOf"],
        json!([{ "approvedAmount": { "amount": "0.00" }, "paidAmount": { "amount": "74.00" } }])
    );
    office.assert_verified().await;
}

#[apply(both_databases)]
async fn an_individuals_payment_comes_back_to_the_individual(app: TestApp) {
    let office = Office::new(&app).await;
    let ann = office.partner("ann").await;
    let individuals = Individuals::new(&office, json!({})).await;
    let row = individuals.row(&office, &ann, "500", Some("Olga")).await;
    office.approve(&[&row]).await;
    let payout = office.pay().await.remove(0);
    let answer = office.came_back(&payout, "unclaimed").await;
    assert_eq!(codes(&answer), [""; 0], "{answer}");
    let owed = office.owed_again(&ann).await;
    assert_eq!(
        (&owed["paymentTarget"], &owed["recipient"]),
        (&json!("INDIVIDUAL"), &json!("Olga"))
    );
    assert_eq!(
        office.balances(&ann).await,
        [""; 0],
        "it stands outside the partner's balances"
    );
    assert_eq!(told(&office.run_of(json!({})).await), ["EUR 50.00 ann Olga 1 PAID_OUT"]);
    office.assert_verified().await;
}

#[apply(both_databases)]
async fn a_list_may_say_that_payouts_came_back(app: TestApp) {
    let office = Office::new(&app).await;
    for name in ["ann", "bob", "cleo"] {
        let partner = office.partner(name).await;
        office.approved(&partner, "10").await;
    }
    let run = office.run_of(json!({})).await;
    let payouts: Vec<_> = run["lines"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["payout"].clone())
        .collect();
    office.settle(&payouts[0], "PAID").await;
    office.settle(&payouts[2], "CANCELED").await;
    let list = json!({ "settlements": [
        { "id": payouts[0]["id"], "status": "RETURNED", "reason": "FUNDS_REFUNDED" },
        // It never arrived.
        { "id": payouts[1]["id"], "status": "RETURNED", "reference": "TX-2" },
        { "id": payouts[2]["id"], "status": "RETURNED" },
        { "id": payouts[0]["id"], "status": "PAID", "reason": "why" },
    ] });
    let told = |answer: &Value| -> Vec<String> {
        let results = answer["results"].as_array().expect("results").iter();
        results
            .map(|result| match result["userErrors"][0]["code"].as_str() {
                Some(code) => code.to_owned(),
                None => text(&result["payout"]["status"]),
            })
            .collect()
    };
    let answer = office.settled(list.clone()).await;
    assert_eq!(told(&answer), ["RETURNED", "FAILED", "INVALID_TRANSITION", "INVALID"]);
    assert_eq!(answer["settled"], 2);
    let answer = office.settled(list).await;
    assert_eq!(
        told(&answer),
        ["RETURNED", "FAILED", "INVALID_TRANSITION", "INVALID"],
        "a repetition"
    );
    assert_eq!(answer["settled"], 0);
    let answer = office
        .settled(json!({ "run": { "runId": run["id"], "status": "RETURNED" } }))
        .await;
    assert_eq!(codes(&answer), ["INVALID"], "{answer}");
    office.assert_verified().await;
}

#[apply(both_databases)]
async fn a_partner_sees_that_its_payment_came_back_but_not_what_staff_wrote(app: TestApp) {
    let office = Office::new(&app).await;
    let ann = office.partner("ann").await;
    office.approved(&ann, "74").await;
    let payout = office.pay().await.remove(0);
    office.came_back(&payout, "called by Eve").await;
    let document = "{ payouts { nodes { status bankReference returnedAt returnedBy returnReason } }
            commissions(filter: { kind: [RETURNED] }) { nodes { returnedPayout { bankReference } explanation { detail } transitions { actor reason } } } }";
    let seen = app.partner(&office.tenant, &ann).data(document).await;
    let payout = &seen["payouts"]["nodes"][0];
    let reference = text(&payout["bankReference"]);
    assert!(payout["returnedAt"].is_string());
    assert_eq!(
        (&payout["returnedBy"], &payout["returnReason"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        seen["commissions"]["nodes"],
        json!([{
            "returnedPayout": { "bankReference": reference },
            "explanation": [{ "detail": format!("the payment {reference} of 74.00 EUR came back") }],
            "transitions": [{ "actor": "staff", "reason": null }],
        }])
    );
    assert!(!seen.to_string().contains("Eve"));
}
