//! Commissions that were earned elsewhere.

use std::time::Duration;

use serde_json::{Value, json};
use tributary::import::moving_in::FileKind;

use super::{House, PARTNERS, problems};
use crate::ledger::{refund, text};
use crate::month_end::report;
use crate::payout_runs::{Office, told};
use crate::support::{TestApp, both_databases};

const EVENTS: &str = "externalId,kind,amount,currency,occurredAt,customerExternalId,partnerExternalId\n\
    e1,CHARGE,100.00,EUR,2025-01-01,c1,p1\ne2,CHARGE,200.00,EUR,2025-01-02,c2,p1\ne3,CHARGE,300.00,EUR,2025-01-03,c3,p1\n";

const COMMISSIONS: &str = "externalId,amount,currency,status,percent,partnerExternalId,eventExternalId,accruedAt,paidAt\n\
    k1,20.00,EUR,pending,true,p1,e1,2025-01-01,\n\
    k2,40.00,EUR,APPROVED,,p1,e2,2025-01-02,\n\
    k3,60.00,EUR,paid,true,p1,e3,2025-01-03,2025-02-01\n\
    k4,7.00,EUR,PAID,,p2,,2024-12-31,2025-01-31\n\
    k5,3.00,EUR,voided,,p2,,2024-12-31,\n";

/// A tenant with what another system knew.
async fn moved_in(app: &TestApp) -> (House<'_>, String, String) {
    let house = House::new(app).await;
    house.moved(FileKind::Partners, PARTNERS).await;
    house.moved(FileKind::Events, EVENTS).await;
    assert_eq!(house.moved(FileKind::Commissions, COMMISSIONS).await, 5);
    let (ann, bob) = (house.partner("p1").await, house.partner("p2").await);
    (house, ann, bob)
}

impl House<'_> {
    /// The id of the row with this external id of a partner.
    async fn row(&self, partner: &str, external_id: &str) -> String {
        let document =
            "query($id: ID!) { commissions(first: 50, filter: { partnerId: $id }) { nodes { id externalId } } }";
        let data = self.shop.staff().data_with(document, json!({ "id": partner })).await;
        let rows = data["commissions"]["nodes"].as_array().unwrap().iter();
        let mut named = rows.filter(|row| row["externalId"] == external_id);
        text(&named.next().expect("a row")["id"])
    }

    async fn statement(&self, partner: &str, from: &str, to: &str) -> Value {
        let document = "query($id: ID!, $from: DateTime!, $to: DateTime!) { statement(partnerId: $id, currency: \"EUR\", from: $from, to: $to) {
            opening { amount } closing { amount } totals { kind count amount { amount } } } }";
        let variables = json!({ "id": partner, "from": from, "to": to });
        self.shop.staff().data_with(document, variables).await["statement"].clone()
    }
}

#[apply(both_databases)]
async fn balances_and_statements_are_the_sums_of_the_file(app: TestApp) {
    let (house, ann, bob) = moved_in(&app).await;
    assert_eq!(house.shop.balances(&ann).await, ["EUR 20.00 40.00 60.00 0.00 40.00"]);
    assert_eq!(house.shop.balances(&bob).await, ["EUR 0.00 0.00 7.00 3.00 0.00"]);
    house.assert_sound().await;
    let rows = house.shop.rows(&ann).await;
    assert!(
        rows.iter().all(|row| row["kind"] == "OPENING"
            && row["transitions"].as_array().unwrap().len() == 1
            && row["transitions"][0]["from"].is_null()
            && row["payout"].is_null()),
        "{rows:#?}"
    );
    // The past stays what it was.
    let past = house
        .statement(&ann, "2024-01-01T00:00:00Z", "2025-06-01T00:00:00Z")
        .await;
    assert_eq!(
        (&past["closing"]["amount"], &past["totals"]),
        (&json!("0.00"), &json!([]))
    );
    let now = app.clock.now();
    app.clock.advance(Duration::from_secs(60));
    let (from, to) = (now - chrono::TimeDelta::days(1), app.clock.now());
    let today = house.statement(&ann, &from.to_rfc3339(), &to.to_rfc3339()).await;
    assert_eq!(today["closing"]["amount"], "60.00");
    assert_eq!(
        today["totals"],
        json!([
            { "kind": "OPENING", "count": 3, "amount": { "amount": "120.00" } },
            { "kind": "PAID", "count": 1, "amount": { "amount": "-60.00" } },
        ])
    );
    // By when it occurred, it was earned back then: on days of the tenant's zone.
    let document = "{ commissionReport(groupBy: [KIND], timeBasis: OCCURRED, from: \"2025-01-01T00:00:00+01:00\", to: \"2025-01-03T00:00:00+01:00\") {
            nodes { kind count amount { amount } } } }";
    let data = house.shop.staff().data(document).await;
    assert_eq!(
        data["commissionReport"]["nodes"],
        json!([{ "kind": "OPENING", "count": 2, "amount": { "amount": "60.00" } }])
    );
}

#[apply(both_databases)]
async fn they_are_approved_paid_reversed_and_refunded_like_others(app: TestApp) {
    let (house, ann, _) = moved_in(&app).await;
    let (pending, approved) = (house.row(&ann, "k1").await, house.row(&ann, "k2").await);
    // A percentage goes back in part, a fixed amount as a whole.
    house.shop.refund("r1", "e1", Some("30")).await;
    house.shop.refund("r2", "e2", Some("50")).await;
    house.shop.refund("r3", "e3", None).await;
    let expected = [
        "OPENING ACCRUED 20.00",
        "OPENING APPROVED 40.00",
        "OPENING PAID 60.00",
        "CLAWBACK ACCRUED -6.00",
        "CLAWBACK APPROVED -60.00",
    ];
    assert_eq!(house.shop.ledger(&ann).await, expected);
    house.assert_sound().await;
    assert_eq!(house.shop.reverse(&[&approved]).await, [""]);
    house.shop.approve(&[&pending]).await;
    assert_eq!(house.shop.balances(&ann).await, ["EUR 0.00 -46.00 60.00 40.00 -46.00"]);
    house.assert_sound().await;
    house.shop.make("createManualCommission", "commission", json!({
        "partnerId": ann, "amount": { "amount": "100", "currency": "EUR" }, "reason": "goodwill", "note": "for the press",
    })).await;
    let manual = house.shop.rows(&ann).await.pop().unwrap();
    house.shop.approve(&[&text(&manual["id"])]).await;
    assert_eq!(house.shop.pay().await.len(), 1);
    assert_eq!(house.shop.balances(&ann).await, ["EUR 0.00 0.00 114.00 40.00 0.00"]);
    house.assert_sound().await;
    // The partner sees why, and not what staff knows.
    let document = "{ commissions(filter: { kind: [MANUAL] }) { nodes { reason note externalId } } }";
    let seen = |reason: &str, note: Value| json!([{ "reason": reason, "note": note, "externalId": null }]);
    let partner = app.partner(&house.shop.tenant, &ann).data(document).await;
    assert_eq!(partner["commissions"]["nodes"], seen("goodwill", Value::Null));
    let staff = house.shop.staff().data(document).await;
    assert_eq!(staff["commissions"]["nodes"], seen("goodwill", json!("for the press")));
}

#[apply(both_databases)]
async fn an_event_that_is_moved_keeps_what_was_brought_in_and_earns_nothing_anew(app: TestApp) {
    let (house, ann, bob) = moved_in(&app).await;
    let campaign = house.shop.percent("10").await;
    let selection = "rows { nodes { outcome before { id } commission { id } clawback { amount { amount } } } }";
    for (name, claws, expected) in [
        ("e1", true, "KEPT_PAID null"),
        ("e3", false, "KEPT_PAID null"),
        ("e3", true, "KEPT_PAID null"),
    ] {
        let event = house
            .shop
            .staff()
            .data_with(
                "query($id: String!) { event(externalId: $id) { id } }",
                json!({ "id": name }),
            )
            .await;
        let partner = if name == "e3" && claws { &ann } else { &bob };
        let input = json!({ "eventId": event["event"]["id"], "partnerId": partner, "campaignId": campaign, "clawBackPaid": claws, "reason": "wrong" });
        let moved = house.shop.staff().done("attributeEvent", input, selection).await;
        let rows = moved["rows"]["nodes"].as_array().unwrap();
        assert_eq!(rows.len(), 1, "{moved}");
        let told = format!(
            "{} {}",
            text(&rows[0]["outcome"]),
            rows[0]["clawback"]["amount"]["amount"]
        );
        assert_eq!(told, expected);
        house.assert_sound().await;
    }
    assert_eq!(house.shop.rows(&bob).await.len(), 2, "what was brought in for him");
    house.shop.refund("r1", "e1", Some("30")).await;
    let ledger = house.shop.ledger(&ann).await;
    assert_eq!(
        ledger[..3],
        ["OPENING ACCRUED 20.00", "OPENING APPROVED 40.00", "OPENING PAID 60.00"]
    );
    assert_eq!(ledger[3..], ["CLAWBACK ACCRUED -6.00"]);
    house.assert_sound().await;
}

#[apply(both_databases)]
async fn what_has_commissions_is_not_refunded_as_history(app: TestApp) {
    let (house, _, _) = moved_in(&app).await;
    let text = "externalId,kind,occurredAt,originalExternalId\nr1,REFUND,2025-03-01,e1\n";
    let told = "line 2: originalExternalId names an event that has commissions: import its refund with --earn";
    assert_eq!(problems(&house.import(FileKind::Events, text).await), [told]);
    let other = COMMISSIONS
        .replace("k1,20.00", "k1,21.00")
        .replace("k2,40.00,EUR,APPROVED,,p1", "k9,40.00,EUR,APPROVED,,p2");
    assert_eq!(
        problems(&house.import(FileKind::Commissions, other).await),
        [
            "line 2: externalId was imported before with different content",
            "line 3: eventExternalId names an event of another partner",
        ]
    );
    assert_eq!(house.shop.refused(refund("r9", "nothing", None)).await.len(), 1);
    house.assert_sound().await;
}

#[apply(both_databases)]
async fn imported_rows_count_when_the_other_system_says(app: TestApp) {
    let house = House::new(&app).await;
    house
        .moved(FileKind::Partners, "externalId,name,email\np1,Ann,ann@example.com\n")
        .await;
    // The clock is in March 2026.
    let rows = "externalId,amount,currency,status,partnerExternalId,accruedAt,paidAt\n\
            k1,20.00,EUR,APPROVED,p1,2026-01-15,\n\
            k2,5.00,EUR,APPROVED,p1,,\n\
            k3,60.00,EUR,PAID,p1,2025-06-01,2025-07-15\n\
            k4,7.00,EUR,PAID,p1,2025-06-01,\n";
    assert_eq!(house.moved(FileKind::Commissions, rows).await, 4);
    // January's run takes January's row, and not the one of which only the import is known.
    let office = Office(house.shop);
    let run = office
        .previewed_run(json!({ "accruedBefore": "2026-02-01T00:00:00Z" }))
        .await;
    assert_eq!(told(&run), ["EUR 20.00 Ann - 1 PAID_OUT"]);
    let of_year = |basis: &str, year: i32| {
        json!({
            "basis": basis, "from": format!("{year}-01-01T00:00:00Z"), "to": format!("{}-01-01T00:00:00Z", year + 1),
        })
    };
    let summed = async |arguments| report::told(&report::rows(&office.staff(), arguments).await);
    assert_eq!(summed(of_year("PAID", 2025)).await, ["1 60.00 EUR"]);
    assert_eq!(summed(of_year("PAID", 2026)).await, ["1 7.00 EUR"]);
    // What the ledger itself says of the past does not change.
    assert_eq!(summed(of_year("ACCRUED", 2025)).await, [""; 0]);
    assert_eq!(summed(of_year("ACCRUED", 2026)).await, ["4 92.00 EUR"]);
    let filtered = "{ commissions(filter: { paidFrom: \"2025-07-01T00:00:00Z\", paidTo: \"2026-01-01T00:00:00Z\" }) { nodes { externalId } } }";
    let data = office.staff().data(filtered).await;
    assert_eq!(data["commissions"]["nodes"], json!([{ "externalId": "k3" }]));
    office.assert_verified().await;
}
