//! Whose commissions a report counts, and what cannot be asked.

use serde_json::{Value, json};

use super::{REPORT, rows};
use crate::ledger::{Shop, merged};
use crate::support::both_databases;
use crate::support::programme::Programme;

#[apply(both_databases)]
async fn a_report_counts_what_its_caller_sees(app: TestApp) {
    Programme::new(&app, "zulu", "foreign", "foreignother").await;
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let arguments =
        json!({ "groupBy": ["PARTNER", "CAMPAIGN"], "from": "2026-02-01T00:00:00Z", "to": "2026-04-01T00:00:00Z" });
    let partners = |rows: &[Value]| {
        let mut ids: Vec<_> = rows
            .iter()
            .map(|row| row["partner"]["id"].as_str().unwrap().to_owned())
            .collect();
        ids.sort();
        ids
    };
    let a = app.partner(&p.tenant, &p.a);
    let own = rows(&a, arguments.clone()).await;
    assert_eq!(partners(&own), [p.a.clone(), p.a.clone()]);
    let of_other = merged(arguments.clone(), json!({ "filter": { "partnerId": p.b } }));
    assert_eq!(rows(&a, of_other.clone()).await, [] as [Value; 0]);
    let mut both = [p.a.clone(), p.a.clone(), p.b.clone(), p.b.clone()];
    both.sort();
    assert_eq!(partners(&rows(&p.staff, arguments.clone()).await), both);
    assert_eq!(rows(&p.staff, of_other).await.len(), 2);
    // What the rows name goes with them.
    let commissions = app.staff(&p.tenant, "commissions:read");
    assert_eq!(rows(&commissions, arguments.clone()).await.len(), 4);
    let document = format!("{REPORT} {{ nodes {{ count }} }} }}");
    let answer = app
        .staff(&p.tenant, "payouts:read")
        .ask_with(&document, arguments)
        .await;
    assert_eq!(answer.codes(), ["FORBIDDEN"]);
}

#[apply(both_databases)]
async fn wrong_input_is_named(app: TestApp) {
    let shop = Shop::new(&app).await;
    let campaign = shop.percent("10").await;
    let ann = shop.partner("ann").await;
    shop.sale("1", &ann, &campaign, "10").await;
    shop.sale("2", &ann, &shop.percent("20").await, "10").await;
    let staff = shop.staff();
    let document = format!("{REPORT} {{ edges {{ cursor node {{ count }} }} }} }}");
    let good = json!({ "groupBy": ["CAMPAIGN"], "from": "2026-03-01T00:00:00Z", "to": "2026-04-01T00:00:00Z" });
    let with = |more: Value| merged(good.clone(), more);
    let data = staff.data_with(&document, with(json!({ "first": 1 }))).await;
    let cursor = data["commissionReport"]["edges"][0]["cursor"].clone();
    staff.data_with(&document, with(json!({ "after": cursor }))).await;
    for (arguments, message) in [
        (with(json!({ "to": "2026-03-01T00:00:00Z" })), "from must be before to"),
        (
            with(json!({ "interval": "DAY", "to": "2027-06-01T00:00:00Z" })),
            "the range has more than 400 intervals",
        ),
        (with(json!({ "groupBy": ["CUSTOMER"] })), "ReportDimension"),
        (
            with(json!({ "filter": { "partnerId": "nobody" } })),
            "filter.partnerId ",
        ),
        (with(json!({ "first": 501 })), "first must be from 0 to 500"),
        (
            with(json!({ "groupBy": ["PARTNER"], "after": cursor })),
            "the cursor does not belong to this list",
        ),
        (
            with(json!({ "basis": "PAID", "after": cursor })),
            "the cursor does not belong to this list",
        ),
        (
            with(json!({ "after": "AAAA" })),
            "the cursor does not belong to this list",
        ),
    ] {
        let answer = staff.ask_with(&document, arguments.clone()).await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{arguments}: {}", answer.body);
        let told = answer.body["errors"][0]["message"].as_str().unwrap();
        assert!(told.contains(message), "{arguments}: {told}");
    }
    // Without intervals any range will do, the future, too.
    staff
        .data_with(
            &document,
            with(json!({ "from": "0001-01-01T00:00:00Z", "to": "9999-12-31T00:00:00Z" })),
        )
        .await;
}
