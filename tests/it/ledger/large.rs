//! Sums have bounds: what would go beyond them is refused, and everything else goes on.

use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Value, json};
use tributary::domain::tenant::Tenant;
use tributary::service::ledger::review::approve_matured;
use tributary::service::ledger::verify::verify;

use crate::support::programme::made_id;
use crate::support::{Client, TestApp, both_databases};

/// The largest amount of a currency with cents.
const LARGEST: &str = "10000000000000.00";

struct Shop {
    tenant: Tenant,
    staff: Client,
    partner: String,
    campaign: String,
}

impl Shop {
    async fn new(app: &TestApp) -> Self {
        let tenant = app.tenant("acme").await;
        let staff = app.staff(&tenant, "admin");
        let input = json!({ "name": "C", "holdbackDays": 0, "terms": [{ "basis": "PERCENT", "value": "100" }] });
        let campaign = made_id(&staff, "createCampaign", "campaign", input).await;
        let partner = Self::partner(&staff, "ada").await;
        Self {
            tenant,
            staff,
            partner,
            campaign,
        }
    }

    async fn partner(staff: &Client, name: &str) -> String {
        let input = json!({ "name": name, "email": format!("{name}@p.example") });
        made_id(staff, "createPartner", "partner", input).await
    }

    fn charge(&self, name: &str, amount: &str) -> Value {
        self.charge_of(name, amount, &self.partner)
    }

    fn charge_of(&self, name: &str, amount: &str, partner: &str) -> Value {
        json!({
            "externalId": name, "kind": "CHARGE", "amount": { "amount": amount, "currency": "EUR" },
            "partnerId": partner, "campaignId": self.campaign,
        })
    }

    async fn record(&self, events: Vec<Value>) -> Vec<Value> {
        let document = "mutation($input: [RecordEventInput!]!) { recordEvents(input: $input) {
            userErrors { code message } event { id } commissions { id }
        } }";
        let data = self.staff.data_with(document, json!({ "input": events })).await;
        data["recordEvents"].as_array().expect("one answer an event").clone()
    }

    /// Makes the partner's sums as large as many such events would, one below what `short` largest amounts still fit in.
    async fn fill(&self, app: &TestApp, short: i64) {
        self.record(vec![self.charge("first", "1")]).await;
        let near = 1_000_000_000_000_000_000 - short * 1_000_000_000_000_000;
        let database = Database::connect(app.database_url()).await.unwrap();
        for sql in [
            format!("UPDATE partner_balance SET accrued_minor = {near}"),
            format!("UPDATE partner_lifetime_value SET amount_minor = {near}"),
        ] {
            let statement = Statement::from_string(database.get_database_backend(), sql);
            database.execute_raw(statement).await.unwrap();
        }
    }

    async fn sums(&self) -> Value {
        let document = "query($id: ID!) { partner(id: $id) {
            lifetimeValue { amount currency } balances { currency accrued approved payable }
        } }";
        let data = self.staff.data_with(document, json!({ "id": self.partner })).await;
        data["partner"].clone()
    }
}

fn refused(answer: &Value) -> bool {
    let errors = answer["userErrors"].as_array().unwrap();
    let sum = |error: &Value| error["code"] == "INVALID" && error["message"].as_str().unwrap().contains("10^18");
    !errors.is_empty() && errors.iter().all(sum)
}

#[apply(both_databases)]
async fn sums_beyond_the_largest_amount_are_read_and_go_on(app: TestApp) {
    let shop = Shop::new(&app).await;
    for (name, amount) in [
        ("one", "6000000000000.00"),
        ("two", "6000000000000.00"),
        ("three", "0.01"),
    ] {
        let answers = shop.record(vec![shop.charge(name, amount)]).await;
        assert_eq!(answers[0]["userErrors"], json!([]));
    }
    assert_eq!(
        shop.sums().await,
        json!({
            "lifetimeValue": [{ "amount": "12000000000000.01", "currency": "EUR" }],
            "balances": [{ "currency": "EUR", "accrued": "12000000000000.01", "approved": "0.00", "payable": "0.00" }],
        })
    );
    let refund = json!({ "externalId": "back", "kind": "REFUND", "originalExternalId": "two" });
    assert_eq!(shop.record(vec![refund]).await[0]["userErrors"], json!([]));
    assert_eq!(shop.sums().await["lifetimeValue"][0]["amount"], "6000000000000.01");
    assert_eq!(verify(&app.app, &shop.tenant).await.unwrap(), []);
}

#[apply(both_databases)]
async fn what_would_take_a_sum_beyond_its_bound_is_refused_and_nothing_is_written(app: TestApp) {
    let shop = Shop::new(&app).await;
    shop.fill(&app, 1).await;
    let other = Shop::partner(&shop.staff, "ben").await;
    // Of a list, only those that are too much.
    let list = vec![
        shop.charge("fits", LARGEST),
        shop.charge_of("other", "5", &other),
        shop.charge("too much", LARGEST),
        shop.charge_of("another", "6", &other),
        shop.charge("again too much", "0.01"),
    ];
    let answers = shop.record(list).await;
    let are_refused: Vec<_> = answers.iter().map(refused).collect();
    assert_eq!(are_refused, [false, false, true, false, true], "{answers:#?}");
    let before = app.rows().await;
    let answers = shop.record(vec![shop.charge("too much", LARGEST)]).await;
    assert!(refused(&answers[0]), "{answers:#?}");
    assert!(answers[0]["event"].is_null());
    let manual = json!({ "partnerId": shop.partner, "amount": { "amount": "1", "currency": "EUR" }, "reason": "r" });
    let answer = shop
        .staff
        .mutate("createManualCommission", manual, "commission { id }")
        .await;
    assert!(refused(&answer), "{answer:#}");
    assert_eq!(app.rows().await, before);
    // What takes back is welcome, and makes room again.
    let refund = json!({ "externalId": "back", "kind": "REFUND", "originalExternalId": "fits" });
    assert_eq!(shop.record(vec![refund]).await[0]["userErrors"], json!([]));
    let answers = shop.record(vec![shop.charge("too much", LARGEST)]).await;
    assert_eq!(answers[0]["userErrors"], json!([]));
    assert_eq!(shop.sums().await["lifetimeValue"][0]["amount"], "10000000000000000.00");
}

#[apply(both_databases)]
async fn a_partner_whose_balance_is_full_stops_nobody_elses_approvals(app: TestApp) {
    let shop = Shop::new(&app).await;
    shop.record(vec![shop.charge("first", "1"), shop.charge("second", "2")])
        .await;
    let database = Database::connect(app.database_url()).await.unwrap();
    let full = "UPDATE partner_balance SET approved_minor = 1000000000000000000";
    database
        .execute_raw(Statement::from_string(database.get_database_backend(), full))
        .await
        .unwrap();
    let other = Shop::partner(&shop.staff, "ben").await;
    shop.record(vec![shop.charge_of("other", "5", &other)]).await;
    // Even where the rows of the full one come first and are all that a look finds.
    assert_eq!(approve_matured(&app.app, 2).await.unwrap(), 1);
    let data = shop
        .staff
        .data("{ commissions(filter: { status: [APPROVED] }) { nodes { partner { id } } } }")
        .await;
    assert_eq!(data["commissions"]["nodes"], json!([{ "partner": { "id": other } }]));
    let ids = shop
        .staff
        .data("{ commissions(filter: { status: [ACCRUED] }) { nodes { id } } }")
        .await;
    let ids: Vec<_> = ids["commissions"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].clone())
        .collect();
    let data = shop.staff.data_with(
        "mutation($input: ApproveCommissionsInput!) { approveCommissions(input: $input) { userErrors { code message } } }",
        json!({ "input": { "ids": ids } }),
    ).await;
    assert!(
        data["approveCommissions"].as_array().unwrap().iter().all(refused),
        "{data:#}"
    );
}

/// No bound of a partner bounds what a tenant has.
#[apply(both_databases)]
async fn totals_are_exact_beyond_64_bits(app: TestApp) {
    let shop = Shop::new(&app).await;
    shop.record(vec![shop.charge("first", "0.07")]).await;
    let database = Database::connect(app.database_url()).await.unwrap();
    // The same row many times, as if many partners had it.
    let columns = "kind, status, currency, payment_target, partner_id, campaign_id, event_id, basis, holdback_days, accrued_at, mature_at, explanation";
    let (id, numbers) = match app.is_postgres() {
        true => ("gen_random_uuid()", "generate_series(1, 20000)"),
        false => (
            "randomblob(16)",
            "(WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 20000) SELECT n FROM n)",
        ),
    };
    let sql = format!(
        "INSERT INTO commission (tenant_id, id, amount_minor, {columns})
             SELECT tenant_id, {id}, 1000000000000000, {columns} FROM commission CROSS JOIN {numbers} AS numbers"
    );
    database
        .execute_raw(Statement::from_string(database.get_database_backend(), sql))
        .await
        .unwrap();
    let filter =
        json!({ "filter": null, "from": "2026-03-01T00:00:00Z", "to": "2026-03-02T00:00:00Z", "id": shop.partner });
    let data = shop
        .staff
        .data_with(
            "query($filter: CommissionFilter, $from: DateTime!, $to: DateTime!, $id: ID!) {
               commissions(filter: $filter) { totals { count amount } }
               partner(id: $id) { commissions { totals { count amount } } }
               commissionSeries(from: $from, to: $to, interval: DAY) { count amount }
             }",
            filter,
        )
        .await;
    let expected = json!([{ "count": 20_001, "amount": "200000000000000000.07" }]);
    assert_eq!(data["commissions"]["totals"], expected);
    assert_eq!(data["partner"]["commissions"]["totals"], expected);
    assert!(
        data["commissionSeries"].to_string().contains("200000000000000000.07"),
        "{data:#}"
    );

    // The largest of either sign first, also where they differ in their last digits only, from page to page.
    for (kind, minor, of) in [
        ("MANUAL", "-amount_minor", "kind = 'EVENT' AND amount_minor > 7"),
        ("DEAL", "1", "kind = 'MANUAL'"),
    ] {
        let chosen = columns.replace("kind,", &format!("'{kind}',"));
        let sql = format!(
            "INSERT INTO commission (tenant_id, id, amount_minor, {columns}) SELECT tenant_id, {id}, {minor}, {chosen} FROM commission WHERE {of}"
        );
        database
            .execute_raw(Statement::from_string(database.get_database_backend(), sql))
            .await
            .unwrap();
    }
    let report = "query($first: Int, $after: String, $last: Int, $before: String) {
            commissionReport(groupBy: [KIND], from: \"2026-03-01T00:00:00Z\", to: \"2026-03-02T00:00:00Z\",
              first: $first, after: $after, last: $last, before: $before) { edges { cursor node { kind count amount { amount } } } } }";
    let told = |data: &serde_json::Value| {
        let edges = data["commissionReport"]["edges"].as_array().unwrap().iter();
        edges
            .map(|edge| {
                format!(
                    "{} {} {}",
                    edge["node"]["kind"], edge["node"]["count"], edge["node"]["amount"]["amount"]
                )
                .replace('"', "")
            })
            .collect::<Vec<_>>()
    };
    let whole = shop.staff.data_with(report, json!({})).await;
    let expected = [
        "EVENT 20001 200000000000000000.07",
        "MANUAL 20000 -200000000000000000.00",
        "DEAL 20000 200.00",
    ];
    assert_eq!(told(&whole), expected);
    for place in 0..3 {
        let cursor = &whole["commissionReport"]["edges"][place]["cursor"];
        let behind = shop.staff.data_with(report, json!({ "after": cursor })).await;
        assert_eq!(told(&behind), expected[place + 1..]);
        let before = shop
            .staff
            .data_with(report, json!({ "last": 5, "before": cursor }))
            .await;
        assert_eq!(told(&before), expected[..place]);
    }
}

/// What got past the database's own checks.
#[apply(both_databases)]
async fn broken_sums_are_found_and_named(app: TestApp) {
    let shop = Shop::new(&app).await;
    shop.record(vec![shop.charge("first", "1")]).await;
    let database = Database::connect(app.database_url()).await.unwrap();
    let run = async |sql: &str| {
        database
            .execute_raw(Statement::from_string(database.get_database_backend(), sql))
            .await
    };
    let (lift, cases) = match app.is_postgres() {
        true => (
            [
                "ALTER TABLE partner_balance DROP CONSTRAINT partner_balance_bounds",
                "ALTER TABLE partner_lifetime_value DROP CONSTRAINT partner_lifetime_value_bounds",
            ],
            vec![
                (
                    "UPDATE partner_balance SET accrued_minor = 2000000000000000000",
                    "the balance in EUR of the partner is beyond 10^18",
                ),
                (
                    "UPDATE partner_lifetime_value SET amount_minor = 2000000000000000000",
                    "the lifetime value in EUR of the partner is beyond 10^18",
                ),
            ],
        ),
        false => (
            ["PRAGMA ignore_check_constraints = ON", "SELECT 1"],
            vec![
                (
                    "UPDATE partner_balance SET accrued_minor = 9223372036854775807 + 1",
                    "the balance in EUR of the partner is not a whole number",
                ),
                (
                    "UPDATE partner_lifetime_value SET amount_minor = 9300000000000000000.0",
                    "the lifetime value in EUR of the partner is not a whole number",
                ),
                (
                    "UPDATE partner_lifetime_value SET amount_minor = 2000000000000000000",
                    "the lifetime value in EUR of the partner is beyond 10^18",
                ),
            ],
        ),
    };
    assert_eq!(verify(&app.app, &shop.tenant).await.unwrap(), []);
    for (sql, _) in &cases {
        assert!(run(sql).await.is_err(), "{sql}");
    }
    for sql in lift {
        run(sql).await.unwrap();
    }
    for (sql, what) in cases {
        run(sql).await.unwrap();
        let findings = verify(&app.app, &shop.tenant).await.unwrap();
        let found = findings
            .iter()
            .any(|finding| finding.what.contains(what) && finding.ids.contains(&shop.partner));
        assert!(found, "{sql}: {findings:#?}");
    }
}
