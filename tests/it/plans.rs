//! SQLite plans statements as if ledgers were large, from the first row on: nothing walks all that a tenant has recorded.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::json;
use tributary::store::migrate;

use crate::ledger::{Shop, charge, merged, text};
use crate::support::TestApp;

/// Tables that grow with every event.
const GROWING: [&str; 10] = [
    "commission",
    "commission_transition",
    "customer",
    "deal_payment",
    "event",
    "partner_customer",
    "payout_item",
    "payout_run_line",
    "tier_counter",
    "tier_result",
];

/// The tables that a statement walks, wholly or as far as they are the tenant's.
async fn walked(app: &TestApp, statement: &str) -> Vec<String> {
    let explain = Statement::from_string(DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {statement}"));
    let rows = app.store().reader().query_all_raw(explain).await;
    let rows = rows.unwrap_or_else(|error| panic!("{error}: {statement}"));
    let steps = rows
        .iter()
        .map(|row| row.try_get::<String>("", "detail").expect("a step"));
    let walks = steps.filter_map(|step| {
        let mut words = step.split(' ');
        let (how, table) = (words.next()?, words.next()?);
        let is_walk = how == "SCAN" || (how == "SEARCH" && step.ends_with("(tenant_id=?)"));
        // An index of what is to be paid now, which is what the statement asks for.
        let is_meant = step.contains("INDEX commission_payable");
        (is_walk && !is_meant && GROWING.contains(&table)).then(|| step.clone())
    });
    walks.collect()
}

/// One of each thing that is done to a ledger, and the questions that are asked of one.
async fn a_day(shop: &Shop<'_>) {
    let rules = json!([{ "newCustomerTimeTier": { "maxMonths": 6, "percentage": "30" } }, { "recurring": { "percentage": "10" } }, { "customerVolumeGate": { "minQualifiedCustomers": 1 } }]);
    shop.make(
        "createPartnerGroup",
        "partnerGroup",
        json!({ "name": "g", "default": true, "rules": rules }),
    )
    .await;
    let campaign = shop
        .campaign(json!([
            { "basis": "GROUP_RULES" }, { "basis": "PERCENT", "value": "7", "recurringMonths": 3 },
            { "basis": "PERCENT", "value": "20", "trigger": "FIRST", "eventType": "renewal" },
        ]))
        .await;
    let tier = json!({
        "name": "Silver", "status": "ACTIVE", "startDate": "2020-01-01", "endDate": "2039-12-31", "period": "MONTHLY",
        "applyToAllPartners": true, "campaignIds": [campaign], "goals": [{ "metric": "CONVERSION", "goal": "2" }],
        "retroactivePayout": { "action": "FLAT_INCREASE", "value": "1" },
    });
    shop.make("createTieredCommission", "tieredCommission", tier).await;
    let partner = shop
        .partner_with(
            "ann",
            json!({ "commissionSnapshot": { "campaignId": campaign, "terms": [{ "basis": "GROUP_RULES" }] } }),
        )
        .await;
    for number in ["0", "1", "2", "3", "0"] {
        let more = json!({ "customerExternalId": "c", "type": "renewal" });
        shop.record(merged(charge(number, &partner, &campaign, "100"), more))
            .await;
    }
    shop.refund("r1", "1", Some("10")).await;
    shop.refund("r2", "1", None).await;
    let rows = shop.rows(&partner).await;
    let ids: Vec<_> = rows.iter().map(|row| text(&row["id"])).collect();
    shop.approve(&[&ids[0]]).await;
    let input = json!({ "accruedBefore": "2027-01-01T00:00:00Z" });
    shop.staff()
        .done("previewPayoutRun", input.clone(), "totals { count }")
        .await;
    let run = "payoutRun { id lines { totalCount nodes { partner { name } payout { status } } } totals { count } }";
    let run = shop.staff().done("createPayoutRun", input, run).await;
    let what = json!({ "what": { "run": { "runId": run["payoutRun"]["id"], "status": "PAID" } } });
    shop.staff()
        .done("settlePayouts", what, "remaining results { payout { status } }")
        .await;
    let all = json!({ "filter": { "partnerId": partner } });
    shop.staff().done("approveMatchingCommissions", all, "approved").await;
    let document = "query($filter: CommissionFilter) { commissions(filter: $filter) { totalCount totals { amount } } }";
    let payouts = shop.staff().data("{ payouts { nodes { id } } }").await;
    for filter in [
        json!({ "paidFrom": "2026-01-01T00:00:00Z", "paidTo": "2027-01-01T00:00:00Z" }),
        json!({ "payoutId": payouts["payouts"]["nodes"][0]["id"] }),
        json!({ "currency": "EUR", "minAmount": "1", "maxAmount": "1000000" }),
        json!({ "approvedFrom": "2026-01-01T00:00:00Z", "approvedTo": "2027-01-01T00:00:00Z" }),
    ] {
        shop.staff().data_with(document, json!({ "filter": filter })).await;
    }
    shop.reverse(&[&ids[1]]).await;
    shop.refund("r3", "0", Some("10")).await;
    let document = "query($id: ID!, $campaign: ID) {
      statement(partnerId: $id, currency: \"EUR\", from: \"2026-02-01T00:00:00Z\", to: \"2026-03-01T12:00:00Z\") {
        opening { amount } movements(first: 5) { nodes { balance { amount } commission { id } } } }
      ofOne: statement(partnerId: $id, recipient: \"Ina\", currency: \"EUR\", from: \"2026-02-01T00:00:00Z\", to: \"2026-03-01T12:00:00Z\") {
        closing { amount } movements(last: 5) { nodes { at } } }
      accrued: commissionReport(groupBy: [CAMPAIGN], interval: DAY, from: \"2026-02-01T00:00:00Z\", to: \"2026-03-02T00:00:00Z\") { totalCount nodes { count } }
      byLink: commissionReport(groupBy: [LINK], from: \"2026-02-01T00:00:00Z\", to: \"2026-03-02T00:00:00Z\") { nodes { count link { key } } }
      partner(id: $id) {
        links(first: 5) { nodes { performance(from: \"2026-02-01T00:00:00Z\", to: \"2026-03-02T00:00:00Z\") { clicks events earned { amount } } } }
        balances { payable } balancesAsOf(at: \"2026-03-01T12:00:00Z\") { payable } lifetimeValue { amount } tierProgress { value } pastTierProgress { totalCount }
        termsInForce(campaignId: $campaign) { source rules { description } lifetimeValue { amount } tiers { acts counters { value } } } snapshots: commissionSnapshots { version supersededAt }
        customers(first: 10) { nodes { externalId events(first: 10) { nodes { externalId refunds { externalId } } } } }
        commissions(first: 10) { nodes { transitions { to } explanation { detail } adjusts { id } adjustments: payout { commissions(first: 5) { nodes { id } } } } } } }";
    shop.staff()
        .data_with(document, json!({ "id": partner, "campaign": campaign }))
        .await;
}

#[tokio::test]
async fn sqlite_walks_no_tenants_ledger() {
    let app = TestApp::on_sqlite().await;
    let shop = Shop::new(&app).await;
    app.reset_statements();
    a_day(&shop).await;
    let statements = app.statements();
    assert!(statements.len() > 100, "only {} statements", statements.len());
    // What a transaction writes goes in one text.
    for statement in statements.iter().flat_map(|text| text.split("; ")) {
        // Inserts walk nothing; a page ends with its last row.
        if statement.starts_with("INSERT") || statement.contains(" LIMIT ") {
            continue;
        }
        assert_eq!(walked(&app, statement).await, [] as [String; 0], "{statement}");
    }
}

#[tokio::test]
async fn what_analyze_wrote_is_put_right_at_the_next_start() {
    let app = TestApp::on_sqlite().await;
    let sqlite = |sql: &str| Statement::from_string(DbBackend::Sqlite, sql);
    let statistics = async || {
        let rows = app
            .store()
            .reader()
            .query_all_raw(sqlite("SELECT tbl, idx, stat FROM sqlite_stat1 ORDER BY tbl, idx"));
        let rows = rows.await.expect("statistics");
        let texts = rows
            .iter()
            .map(|row| ["tbl", "idx", "stat"].map(|name| row.try_get::<String>("", name).expect("a text")));
        texts.collect::<Vec<_>>()
    };
    let before = statistics().await;
    assert!(before.iter().any(|[table, ..]| table == "commission"), "{before:?}");
    let transaction = app.store().begin_unaudited().await.expect("a transaction");
    // As a program does that was built without samples.
    for statement in ["ANALYZE", "DROP TABLE sqlite_stat4"] {
        transaction.execute_raw(sqlite(statement)).await.expect("it runs");
    }
    transaction.commit().await.expect("it lasts");
    assert_ne!(statistics().await, before);
    migrate(app.store()).await.expect("nothing is in the way");
    assert_eq!(statistics().await, before);
}
