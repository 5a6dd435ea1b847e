//! The demo's ledger is alive: it holds something of everything, it adds up, and it is the same whenever it is made.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tributary::app::App;
use tributary::clock::Clock;
use tributary::domain::Timestamp;
use tributary::domain::commission::{CommissionKind, CommissionStatus, PayoutStatus};
use tributary::domain::decision::NoCommissionReason;
use tributary::domain::event::AttributedVia;
use tributary::domain::tenant::Tenant;
use tributary::seed::demo::{portal_partner, prepare};
use tributary::service::ledger::review::approve_matured;
use tributary::service::ledger::verify::verify;

use super::{another_process, filled};
use crate::support::{Client, TestApp, both_databases};

/// Everything that happened, without ids and what is made of them, each kind in an order that does not hang on them.
pub async fn lines(admin: &Client) -> Vec<String> {
    let data = admin
        .data(
            "{ events(first: 500) { pageInfo { hasNextPage } nodes {
                 externalId kind type occurredAt recordedAt amount { amount currency } refundedAmount { amount } finalRevenue { amount }
                 attribution { via touchedAt link { key } partner { name } campaign { name } } decision { reason components { reason amount { amount } detail } } } }
               commissions(first: 500) { pageInfo { hasNextPage } nodes {
                 kind status amount { amount currency } partner { name } campaign { name } event { externalId } deal { name }
                 accruedAt matureAt approvedAt paidAt reversedAt paymentTarget recipient payout { reference status }
                 explanation { source outcome detail amount } transitions { from to actor at } } }
               payouts(first: 500) { pageInfo { hasNextPage } nodes {
                 partner { name } recipient amount { amount currency } status reference bankReference createdAt settledAt } }
               deals(first: 500) { pageInfo { hasNextPage } nodes { name renewals stage { label } createdAt updatedAt } }
               partners(first: 500) { pageInfo { hasNextPage } nodes {
                 name balances { currency accrued approved paid reversed payable } lifetimeValue { amount currency }
                 tierProgress { tier metric value goal } } } }",
        )
        .await;
    let mut lines = Vec::new();
    for (name, list) in data.as_object().expect("lists") {
        assert_eq!(list["pageInfo"]["hasNextPage"], false, "all {name}");
        let nodes = list["nodes"].as_array().expect("nodes");
        lines.extend(nodes.iter().map(|node| format!("{name} {node}")));
    }
    // They are made of the ids of payouts, and explanations of returned payments name them.
    for reference in values(&data["payouts"], "/bankReference") {
        lines
            .iter_mut()
            .for_each(|line| *line = line.replace(&reference, "BANK-REFERENCE"));
    }
    lines.sort();
    lines
}

/// The distinct texts that a JSON pointer finds in the nodes of a list.
fn values(list: &Value, pointer: &str) -> BTreeSet<String> {
    let nodes = list["nodes"].as_array().expect("nodes").iter();
    let found = nodes.filter_map(|node| node.pointer(pointer)?.as_str());
    found.map(str::to_owned).collect()
}

/// The distinct texts of a field, wherever it stands below.
fn anywhere(value: &Value, field: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(list) => list.iter().for_each(|entry| anywhere(entry, field, found)),
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(text) if name == field => drop(found.insert(text.to_owned())),
                    _ => anywhere(value, field, found),
                }
            }
        }
        _ => {}
    }
}

fn found(value: &Value, field: &str) -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    anywhere(value, field, &mut texts);
    texts
}

fn texts<const N: usize>(texts: [&str; N]) -> BTreeSet<String> {
    texts.map(str::to_owned).into()
}

fn all<T: Copy>(values: &[T], text: impl Fn(T) -> &'static str) -> BTreeSet<String> {
    values.iter().map(|value| text(*value).to_owned()).collect()
}

async fn portal(app: &TestApp, tenant: &Tenant) -> Client {
    let partner = portal_partner(&app.app, tenant).await.unwrap().expect("it was made");
    app.partner(tenant, &partner.id.to_string())
}

const LEDGER: &str = "{
    events(first: 500) { nodes { kind decision { reason } } }
    commissions(first: 500) { nodes { kind status paymentTarget recipient amount { currency } } }
    payouts(first: 500) { nodes { status amount { currency } } }
}";

#[apply(both_databases)]
async fn the_demo_holds_everything_that_a_ledger_can(app: TestApp) {
    let tenant = filled(&app).await;
    assert_eq!(verify(&app.app, &tenant).await.unwrap(), []);
    // What the job does in its first round changes nothing: all that has matured was approved.
    assert_eq!(approve_matured(&app.app, 500).await.unwrap(), 0);
    let data = app.staff(&tenant, "admin").data(LEDGER).await;
    let (events, rows, payouts) = (&data["events"], &data["commissions"], &data["payouts"]);
    assert_eq!(
        values(events, "/kind"),
        texts(["CHARGE", "CHARGEBACK", "CONVERSION", "REFUND"])
    );
    let mut reasons = all(NoCommissionReason::ALL, NoCommissionReason::as_str);
    reasons.remove("IMPORTED");
    // Nobody was moved in it.
    reasons.remove("ALREADY_PAID");
    assert_eq!(values(events, "/decision/reason"), reasons);
    // Nothing was earned elsewhere.
    let mut kinds = all(CommissionKind::ALL, CommissionKind::as_str);
    kinds.remove("OPENING");
    assert_eq!(values(rows, "/kind"), kinds);
    assert_eq!(
        values(rows, "/status"),
        all(CommissionStatus::ALL, CommissionStatus::as_str)
    );
    assert_eq!(values(payouts, "/status"), all(PayoutStatus::ALL, PayoutStatus::as_str));
    let mut unassigned = rows["nodes"].as_array().unwrap().iter();
    assert!(unassigned.any(|row| row["paymentTarget"] == "INDIVIDUAL" && row["recipient"].is_null()));
    assert!(events["nodes"].as_array().unwrap().len() > 200);
}

#[apply(both_databases)]
async fn links_of_the_demo_were_followed_for_months_and_brought_sales(app: TestApp) {
    let tenant = filled(&app).await;
    let data = app
        .staff(&tenant, "admin")
        .data(
            "{ events(first: 500) { nodes { attribution { via touch { id } } } }
               clicks: touches(first: 1, filter: { kind: [CLICK] }) { totalCount }
               met: touches(first: 500, filter: { kind: [COUPON, REFERRAL] }) { nodes { kind } }
               links(first: 50) { nodes { status performance(from: \"2025-06-01T00:00:00Z\", to: \"2026-04-01T00:00:00Z\", interval: MONTH) {
                 clicks events earned { amount } } } } }",
        )
        .await;
    assert_eq!(
        values(&data["events"], "/attribution/via"),
        all(AttributedVia::ALL, AttributedVia::as_str)
    );
    assert_eq!(values(&data["met"], "/kind"), texts(["COUPON", "REFERRAL"]));
    let links = data["links"]["nodes"].as_array().unwrap();
    let (disabled, active): (Vec<_>, Vec<_>) = links.iter().partition(|link| link["status"] == "DISABLED");
    assert_eq!((disabled.len(), &disabled[0]["performance"]), (1, &json!([])));
    let mut counted = 0;
    for link in &active {
        let months = link["performance"].as_array().unwrap();
        assert!(months.len() >= 4, "{link}");
        assert!(months.iter().any(|month| month["events"] != 0), "{link}");
        assert!(months.iter().any(|month| month["earned"] != json!([])), "{link}");
        counted += months
            .iter()
            .map(|month| month["clicks"].as_i64().unwrap())
            .sum::<i64>();
    }
    assert!(counted > 1_000, "{counted}");
    assert_eq!(data["clicks"]["totalCount"], counted);
}

#[apply(both_databases)]
async fn the_demo_has_rules_and_tiers_of_every_type(app: TestApp) {
    let tenant = filled(&app).await;
    let data = app.staff(&tenant, "admin").data(
        "{ partnerGroups { nodes { default rules { __typename } } }
               commissionRules { nodes { partnerType paymentTarget autoAssignRecipient currency
                 entries { condition { option { label } } oneOff { ...part } recurring { ...part } } } }
               tieredCommissions { nodes { status period crossingPolicy eventType goals { metric }
                 payout { action } revenue { action } retroactivePayout { action type } retroactiveRevenue { action type } } }
               deals(first: 50) { nodes { renewals stage { label outcome } forecast { amount { amount } } } } }
             fragment part on RulePart { valueType scaling { customField { label } } periodRates { enabled } numberOfOccurrences }",
    ).await;
    assert_eq!(found(&data["partnerGroups"], "__typename").len(), 5);
    let rules = &data["commissionRules"];
    assert_eq!(
        found(rules, "partnerType"),
        texts(["AFFILIATE", "DISTRIBUTOR", "REFERRAL", "RESELLER"])
    );
    assert_eq!(found(rules, "paymentTarget"), texts(["INDIVIDUAL", "PARTNERSHIP"]));
    assert_eq!(
        found(rules, "autoAssignRecipient"),
        texts(["DEAL_OWNER", "LEAD_CREATOR", "MANUAL"])
    );
    assert_eq!(found(rules, "valueType"), texts(["FIXED", "PERCENTAGE"]));
    let rules = rules["nodes"].as_array().unwrap();
    let has = |pointer: &str| {
        rules
            .iter()
            .flat_map(|rule| rule["entries"].as_array().unwrap())
            .any(|entry| entry.pointer(pointer).is_some_and(|value| !value.is_null()))
    };
    for pointer in [
        "/condition",
        "/oneOff/scaling",
        "/oneOff",
        "/recurring/periodRates",
        "/recurring/numberOfOccurrences",
    ] {
        assert!(has(pointer), "{pointer}");
    }
    let tiers = &data["tieredCommissions"];
    assert_eq!(found(tiers, "status"), texts(["ACTIVE", "INACTIVE"]));
    assert_eq!(
        found(tiers, "period"),
        texts(["DAILY", "GLOBAL", "MONTHLY", "QUARTERLY", "WEEKLY"])
    );
    assert_eq!(
        found(tiers, "crossingPolicy"),
        texts(["CROSSING_CONVERSION", "NEXT_CONVERSION"])
    );
    assert_eq!(
        found(tiers, "metric"),
        texts(["CONVERSION", "EVENT", "PAYOUT", "REVENUE", "SALE_AMOUNT"])
    );
    assert_eq!(
        found(tiers, "action"),
        texts(["DECREASE", "EXACT", "FLAT_DECREASE", "FLAT_INCREASE", "INCREASE"])
    );
    assert_eq!(found(tiers, "type"), texts(["CPA", "CPS", "RPS"]));
    let deals = &data["deals"];
    assert_eq!(found(deals, "outcome"), texts(["LOST", "OPEN", "WON"]));
    let deals = deals["nodes"].as_array().unwrap();
    assert!(deals.iter().any(|deal| deal["renewals"] == 2));
    assert!(
        deals
            .iter()
            .any(|deal| deal["stage"]["outcome"] == "OPEN" && deal["forecast"] != json!([]))
    );
}

#[apply(both_databases)]
async fn the_partners_portal_is_worth_looking_at(app: TestApp) {
    let tenant = filled(&app).await;
    let client = portal(&app, &tenant).await;
    let data = client.data(LEDGER).await;
    let (events, rows, payouts) = (&data["events"], &data["commissions"], &data["payouts"]);
    // Nothing was earned elsewhere.
    let mut kinds = all(CommissionKind::ALL, CommissionKind::as_str);
    kinds.remove("OPENING");
    // Money came back from another partner.
    kinds.remove("RETURNED");
    assert_eq!(values(rows, "/kind"), kinds);
    assert_eq!(
        values(rows, "/status"),
        all(CommissionStatus::ALL, CommissionStatus::as_str)
    );
    assert_eq!(values(rows, "/amount/currency"), texts(["EUR", "USD"]));
    let mut statuses = all(PayoutStatus::ALL, PayoutStatus::as_str);
    statuses.remove("RETURNED");
    assert_eq!(values(payouts, "/status"), statuses);
    let reasons = values(events, "/decision/reason");
    assert!(reasons.len() >= 7, "{reasons:?}");
    let series = client.data(
        "{ commissionSeries(from: \"2025-09-01T00:00:00Z\", to: \"2026-03-01T12:00:01Z\", interval: MONTH) { start } }",
    ).await;
    let months = found(&series["commissionSeries"], "start");
    assert!(months.len() >= 7, "every month has something, this one too: {months:?}");
    let data = client
        .data(
            "{ viewer { partner {
                 balances { currency accrued approved paid reversed payable }
                 tierProgress { tier campaign { name } metric value goal windowStart windowEnd }
                 deals { nodes { name stage { label outcome } commissions { nodes { status } } } } } } }",
        )
        .await;
    let partner = &data["viewer"]["partner"];
    let deals = partner["deals"]["nodes"].as_array().unwrap();
    assert_eq!(found(&partner["deals"], "outcome"), texts(["LOST", "OPEN", "WON"]));
    assert!(
        deals.iter().any(|deal| deal["stage"]["label"] == "Offer sent"),
        "{deals:?}"
    );
    for balance in partner["balances"].as_array().unwrap() {
        for column in ["accrued", "approved", "paid"] {
            let amount: f64 = balance[column].as_str().unwrap().parse().unwrap();
            assert!(amount > 0.0, "{column} of {balance}");
        }
    }
    let share = |name: &str| {
        let mut tiers = partner["tierProgress"].as_array().unwrap().iter();
        let tier = tiers
            .find(|tier| tier["tier"] == name)
            .unwrap_or_else(|| panic!("{name}: {partner}"));
        let number = |field: &str| -> f64 { tier[field].as_str().unwrap().parse().unwrap() };
        number("value") / number("goal")
    };
    assert!(share("Team season") >= 1.0, "{partner}");
    let nearly = share("Annual 32,000");
    assert!((0.85..1.0).contains(&nearly), "{nearly} of the goal");
}

/// Midnight and the ends of months, years and summer time: the figures hang on none of them.
#[apply(both_databases)]
async fn the_figures_are_the_same_whenever_the_demo_is_made(app: TestApp) {
    let figures = |tenant: Tenant, app: &TestApp| {
        let staff = app.staff(&tenant, "admin");
        async move {
            let data = staff.data(
                "{ partners(first: 500) { nodes { name balances { currency accrued approved paid reversed payable } lifetimeValue { amount currency } } }
                       events(first: 500) { nodes { externalId finalRevenue { amount } decision { reason components { amount { amount } detail } } } }
                       links(first: 50) { nodes { key performance(from: \"2020-01-01T00:00:00Z\", to: \"2030-01-01T00:00:00Z\") {
                         clicks customers events earned { amount currency } } } }
                       payouts(first: 500) { nodes { partner { name } amount { amount currency } status reference } } }",
            ).await;
            let lists = data.as_object().unwrap().iter();
            let nodes = lists.flat_map(|(name, list)| {
                list["nodes"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(move |node| format!("{name} {node}"))
            });
            nodes.collect::<BTreeSet<_>>()
        }
    };
    let expected = figures(filled(&app).await, &app).await;
    for now in [
        "2024-02-29T23:30:00Z",
        "2025-10-26T01:15:00Z",
        "2025-12-31T23:00:01Z",
        "2027-08-31T04:00:00Z",
    ] {
        let other = TestApp::on_sqlite().await;
        let now: Timestamp = now.parse().unwrap();
        let process = another_process(&other).await;
        let program = App {
            clock: Clock::manual(now),
            ..process
        };
        let tenant = prepare(&program).await.expect("nothing is in the way");
        program.store.close().await;
        // Tokens know the time of the test's own clock.
        let got = figures(tenant, &other).await;
        let differences: Vec<_> = expected.symmetric_difference(&got).take(6).collect();
        assert!(differences.is_empty(), "made at {now}: {differences:#?}");
    }
}

#[apply(both_databases)]
async fn the_partner_is_answered_as_the_readme_says(app: TestApp) {
    let tenant = filled(&app).await;
    let (_, text) = include_str!("../../../README.md")
        .split_once("Why did these sales earn nothing?")
        .expect("the question");
    let block = |language: &str| {
        text.split(&format!("```{language}\n"))
            .nth(1)
            .and_then(|rest| rest.split("```").next())
            .expect("a block")
    };
    let expected: Value = serde_json::from_str(block("json")).unwrap();
    let data = portal(&app, &tenant).await.data(block("graphql")).await;
    assert_eq!(data, expected["data"]);
}

/// The tabs that GraphiQL opens with for partners have answers behind the partner's link, all of them.
#[apply(both_databases)]
async fn graphiqls_tabs_for_partners_have_answers(app: TestApp) {
    let tenant = filled(&app).await;
    let client = portal(&app, &tenant).await;
    let script = include_str!("../../../tools/graphiql/src/tabs.js");
    let tabs: Vec<_> = script
        .split("query: `")
        .skip(1)
        .filter_map(|rest| rest.split('`').next())
        .collect();
    let (for_staff, others): (Vec<_>, Vec<_>) = script
        .split("query: `")
        .skip(1)
        .partition(|tab| tab.contains("staffOnly: true"));
    assert_eq!((for_staff.len(), others.len()), (1, tabs.len() - 1));
    let variables = json!({ "from": "2025-01-01T00:00:00Z", "to": "2026-04-01T00:00:00Z", "search": "Blue Harbor" });
    for tab in others.iter().filter_map(|rest| rest.split('`').next()) {
        if !tab.contains("\nsubscription ") {
            let answer = client.ask_with(tab, variables.clone()).await;
            assert!(answer.body["errors"].is_null(), "{tab}: {}", answer.body);
        }
    }
    for (name, shows) in [
        ("PartnerPortal", "explanation"),
        ("WhyNothing", "components"),
        ("WhoAmI", "partner"),
    ] {
        let named = format!("query {name}");
        let tab = tabs
            .iter()
            .find(|tab| tab.contains(&named))
            .unwrap_or_else(|| panic!("no tab {name}"));
        let answer = client.ask_with(tab, variables.clone()).await;
        assert!(answer.body["errors"].is_null(), "{name}: {}", answer.body);
        let text = answer.body["data"].to_string();
        assert!(text.contains("Blue Harbor") && text.contains(shows), "{name}: {text}");
    }
}
