//! Windows that are over, against the goals that were in force at their ends.

use serde_json::{Value, json};

use crate::ledger::text;
use crate::support::{Client, both_databases};
use crate::tier_ledger::{Tiers, acts, amount, goal};

const COUNTER: &str = "tier metric value goal goalReached remaining windowStart windowEnd campaign { id }";

/// The goals of windows that are over, as "TIER METRIC value/goal day", with the day on which the window began.
async fn past(client: &Client, partner: &str, campaign: Option<&str>) -> Vec<String> {
    let document = format!(
        "query($id: ID!, $campaign: ID) {{ partner(id: $id) {{
        pastTierProgress(campaignId: $campaign, first: 100) {{ totalCount nodes {{ {COUNTER} }} }} }} }}"
    );
    let data = client
        .data_with(&document, json!({ "id": partner, "campaign": campaign }))
        .await;
    let list = &data["partner"]["pastTierProgress"];
    let nodes = list["nodes"].as_array().expect("a list");
    assert_eq!(list["totalCount"], nodes.len());
    nodes.iter().map(summary).collect()
}

fn summary(node: &Value) -> String {
    let [tier, metric, value, goal] = ["tier", "metric", "value", "goal"].map(|field| text(&node[field]));
    // Windows of Berlin begin late on the day before, in UTC.
    format!("{tier} {metric} {value}/{goal} {}", &text(&node["windowStart"])[..10])
}

#[apply(both_databases)]
async fn a_window_that_is_over_keeps_the_goals_of_its_end(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    let update = async |input: Value| {
        tiers
            .shop
            .make("updateTieredCommission", "tieredCommission", input)
            .await
    };
    let staff = || tiers.shop.staff();
    let id = tiers
        .tier(json!({ "goals": goal("CONVERSION", "5"), "payout": acts("INCREASE", "10") }))
        .await;
    tiers.conversions(1, 2).await;
    assert_eq!(past(&staff(), &tiers.partner, None).await, [""; 0]);
    tiers.shop.days_later(10);
    update(json!({ "id": id, "goals": goal("CONVERSION", "2") })).await;
    tiers.shop.days_later(25);
    // April: the goals of 11 March stand.
    let march = "Silver CONVERSION 2/2 2026-02-28";
    assert_eq!(past(&staff(), &tiers.partner, None).await, [march]);
    update(json!({ "id": id, "goals": goal("CONVERSION", "9"), "name": "Gold" })).await;
    assert_eq!(past(&staff(), &tiers.partner, None).await, [march]);
    // Whoever comes late is counted, and what is refunded is not.
    tiers
        .convert("late", json!({ "occurredAt": "2026-03-20T12:00:00Z" }))
        .await;
    assert_eq!(
        past(&staff(), &tiers.partner, None).await,
        ["Silver CONVERSION 3/2 2026-02-28"]
    );
    tiers
        .convert(
            "sold",
            crate::ledger::merged(amount("10"), json!({ "occurredAt": "2026-03-21T12:00:00Z" })),
        )
        .await;
    tiers.shop.refund("r", "sold", None).await;
    assert_eq!(
        past(&staff(), &tiers.partner, None).await,
        ["Silver CONVERSION 3/2 2026-02-28"]
    );
    tiers.assert_sound().await;
    // What is archived or asleep before its window ends was not in force then.
    tiers.convert("april", json!({})).await;
    update(json!({ "id": id, "status": "INACTIVE" })).await;
    tiers.shop.days_later(30);
    assert_eq!(
        past(&staff(), &tiers.partner, None).await,
        ["Silver CONVERSION 3/2 2026-02-28"]
    );
}

#[apply(both_databases)]
async fn a_window_that_a_change_of_the_period_ended_is_none(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    let id = tiers
        .tier(json!({ "goals": goal("CONVERSION", "5"), "payout": acts("INCREASE", "10") }))
        .await;
    tiers.conversions(1, 2).await;
    let weekly = json!({ "id": id, "period": "WEEKLY" });
    tiers
        .shop
        .make("updateTieredCommission", "tieredCommission", weekly)
        .await;
    tiers.convert("3", json!({})).await;
    tiers.shop.days_later(40);
    // Sunday, 1 March: the week from 23 February. The month is no window of the tier any more.
    assert_eq!(
        past(&tiers.shop.staff(), &tiers.partner, None).await,
        ["Silver CONVERSION 3/5 2026-02-22"]
    );
    assert_eq!(
        past(&tiers.shop.staff(), &tiers.partner, Some(&tiers.campaign))
            .await
            .len(),
        1
    );
    let other = tiers.shop.percent("1").await;
    assert_eq!(past(&tiers.shop.staff(), &tiers.partner, Some(&other)).await, [""; 0]);
}

#[apply(both_databases)]
async fn past_windows_are_paged_newest_first_and_show_a_partner_no_revenue(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    let goals = json!([{ "metric": "CONVERSION", "goal": "1" }, { "metric": "REVENUE", "goal": "41.41" }]);
    tiers
        .tier(json!({ "period": "DAILY", "goals": goals, "payout": acts("INCREASE", "10") }))
        .await;
    tiers.tier(json!({ "name": "Ours", "period": "DAILY", "goals": goal("CONVERSION", "1"), "revenue": acts("INCREASE", "1") })).await;
    for day in 0..4 {
        tiers.convert(&format!("day {day}"), json!({})).await;
        tiers.shop.days_later(1);
    }
    let staff = past(&tiers.shop.staff(), &tiers.partner, None).await;
    assert_eq!(staff.len(), 12);
    let portal = app.partner(&tiers.shop.tenant, &tiers.partner);
    let own = past(&portal, &tiers.partner, None).await;
    let expected = ["03-03", "03-02", "03-01", "02-28"].map(|day| format!("Silver CONVERSION 1/1 2026-{day}"));
    assert_eq!(own, expected);
    let document = format!(
        "query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {{ partner(id: $id) {{
            pastTierProgress(first: $first, after: $after, last: $last, before: $before) {{ nodes {{ {COUNTER} }}
            pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }} }}"
    );
    for (size, forward) in [(1, true), (3, true), (3, false), (12, false)] {
        let (mut seen, mut cursor) = (Vec::new(), Value::Null);
        loop {
            let variables = match forward {
                true => json!({ "id": tiers.partner, "first": size, "after": cursor }),
                false => json!({ "id": tiers.partner, "last": size, "before": cursor }),
            };
            let data = tiers.shop.staff().data_with(&document, variables).await;
            let list = &data["partner"]["pastTierProgress"];
            let page: Vec<_> = list["nodes"].as_array().expect("a page").iter().map(summary).collect();
            let info = &list["pageInfo"];
            let more;
            (more, cursor) = match forward {
                true => (info["hasNextPage"] == true, info["endCursor"].clone()),
                false => (info["hasPreviousPage"] == true, info["startCursor"].clone()),
            };
            seen = match forward {
                true => [seen, page].concat(),
                false => [page, seen].concat(),
            };
            if !more {
                break;
            }
        }
        assert_eq!(seen, staff, "{size} {forward}");
    }
    // The look at the token; partner; the tenant's zone, counters, versions; campaigns.
    app.reset_statements();
    portal
        .data(&format!(
            "{{ viewer {{ partner {{ pastTierProgress {{ totalCount nodes {{ {COUNTER} }} }} }} }} }}"
        ))
        .await;
    assert!(app.statements().len() <= 6, "{:#?}", app.statements());
}
