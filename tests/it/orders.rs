//! The orders in which lists can be asked for: every row once and in its place, in both directions, by an index.

use rust_decimal::Decimal;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};
use tributary::domain::Timestamp;

use crate::ledger::{Shop, charge, merged, text};
use crate::payout_runs::Office;
use crate::support::{TestApp, both_databases};

/// A list, one of its orders, by what of each row, and how that is found.
struct Ordered {
    list: &'static str,
    field: &'static str,
    filter: &'static str,
    selected: &'static str,
    key: fn(&Value) -> Key,
    index: &'static str,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Text(String),
    Time(Timestamp),
    Amount(Decimal),
}

const EUROS: &str = ", filter: { currency: \"EUR\" }";

fn time(value: &Value) -> Key {
    Key::Time(text(value).parse().expect("a moment"))
}

fn name(value: &Value) -> Key {
    Key::Text(text(value).to_lowercase())
}

fn amount(value: &Value) -> Key {
    Key::Amount(text(&value["amount"]).parse().expect("an amount"))
}

const ORDERS: [Ordered; 10] = [
    Ordered {
        list: "events",
        field: "OCCURRED_AT",
        filter: "",
        selected: "occurredAt",
        key: |row| time(&row["occurredAt"]),
        index: "event_by_time",
    },
    Ordered {
        list: "customers",
        field: "ACQUIRED_AT",
        filter: "",
        selected: "acquiredAt",
        key: |row| time(&row["acquiredAt"]),
        index: "customer_by_acquisition",
    },
    Ordered {
        list: "payouts",
        field: "AMOUNT",
        filter: EUROS,
        selected: "amount { amount }",
        key: |row| amount(&row["amount"]),
        index: "payout_by_amount",
    },
    Ordered {
        list: "campaigns",
        field: "NAME",
        filter: "",
        selected: "name",
        key: |row| name(&row["name"]),
        index: "campaign_by_name",
    },
    Ordered {
        list: "campaigns",
        field: "STARTS_AT",
        filter: "",
        selected: "startsAt createdAt",
        key: |row| match row["startsAt"].is_null() {
            true => time(&row["createdAt"]),
            false => time(&row["startsAt"]),
        },
        index: "campaign_by_start",
    },
    Ordered {
        list: "deals",
        field: "NAME",
        filter: "",
        selected: "name",
        key: |row| name(&row["name"]),
        index: "deal_by_name",
    },
    Ordered {
        list: "deals",
        field: "VALUE",
        filter: EUROS,
        selected: "value { amount }",
        key: |row| amount(&row["value"]),
        index: "deal_by_value",
    },
    Ordered {
        list: "partnerGroups",
        field: "NAME",
        filter: "",
        selected: "name",
        key: |row| name(&row["name"]),
        index: "partner_group_by_name",
    },
    Ordered {
        list: "tieredCommissions",
        field: "NAME",
        filter: "",
        selected: "name",
        key: |row| name(&row["name"]),
        index: "tiered_commission_by_name",
    },
    Ordered {
        list: "commissionRules",
        field: "LABEL",
        filter: "",
        selected: "label",
        key: |row| name(&row["label"]),
        index: "commission_rule_by_label",
    },
];

/// Names with ties, in both cases, and beyond ASCII.
const NAMES: [&str; 7] = ["bravo", "Alpha", "zulu", "Bravo", "alpha", "Zürich", "bravo"];
const NUMBERS: [&str; 7] = ["3", "1", "20", "3", "100", "0.5", "3"];
const DAYS: [u32; 7] = [5, 3, 5, 9, 1, 5, 2];

/// Some of everything that has an order of its own, made in another one.
async fn programme(shop: &Shop<'_>) {
    let office = Office(Shop {
        app: shop.app,
        tenant: shop.tenant.clone(),
    });
    let rules = json!([{ "recurring": { "percentage": "10" } }]);
    let stage = json!({ "label": "Won", "position": 1, "externalId": "won" });
    let stage = shop.make("createPaymentStage", "paymentStage", stage).await;
    let first = shop.partner("first").await;
    let campaign = shop.percent("10").await;
    for (number, name) in NAMES.into_iter().enumerate() {
        let (day, value) = (DAYS[number], NUMBERS[number]);
        let moment = format!("2026-02-0{day}T10:00:00Z");
        let starts = match number % 3 {
            0 => Value::Null,
            _ => json!(moment),
        };
        let of_campaign = json!({ "name": name, "startsAt": starts });
        shop.make("createCampaign", "campaign", of_campaign).await;
        let group = json!({ "name": name, "rules": rules });
        shop.make("createPartnerGroup", "partnerGroup", group).await;
        let currency = if number == 4 { "USD" } else { "EUR" };
        let deal = json!({ "name": name, "partnerId": first, "value": { "amount": value, "currency": currency } });
        shop.make("createDeal", "deal", deal).await;
        let tier = json!({
            "name": name, "status": "ACTIVE", "startDate": "2020-01-01", "endDate": "2039-12-31", "period": "MONTHLY",
            "applyToAllPartners": true, "campaignIds": [campaign], "goals": [{ "metric": "CONVERSION", "goal": "1000" }],
            "payout": { "action": "INCREASE", "value": "1" },
        });
        shop.make("createTieredCommission", "tieredCommission", tier).await;
        let part = json!({ "valueType": "FIXED", "value": "7" });
        let rule = json!({
            "label": name, "partnerType": "RESELLER", "entries": [{ "paymentStageId": stage, "oneOff": part }],
            "currency": "EUR",
        });
        shop.make("createCommissionRule", "commissionRule", rule).await;
        let more = json!({ "customerExternalId": format!("c{number}"), "occurredAt": moment });
        shop.record(merged(charge(&format!("e{number}"), &first, &campaign, "10"), more))
            .await;
        let partner = shop.partner(&format!("p{number}")).await;
        office.approved(&partner, value).await;
        shop.app.clock.advance(std::time::Duration::from_secs(60));
    }
    office.run_of(json!({})).await;
}

impl Ordered {
    fn document(&self, arguments: &str, direction: &str) -> String {
        let Self {
            list,
            field,
            filter,
            selected,
            ..
        } = self;
        format!(
            "{{ {list}({arguments}, orderBy: {{ field: {field}, direction: {direction} }}{filter}) {{
               totalCount edges {{ cursor node {{ id {selected} }} }} pageInfo {{ hasNextPage hasPreviousPage }} }} }}"
        )
    }

    /// The ids of all rows in this order, as their values tell it.
    async fn expected(&self, shop: &Shop<'_>, descending: bool) -> Vec<String> {
        let Self {
            list, filter, selected, ..
        } = self;
        let document = format!("{{ {list}(first: 100{filter}) {{ nodes {{ id {selected} }} }} }}");
        let data = shop.staff().data(&document).await;
        let rows = data[list]["nodes"].as_array().unwrap().iter();
        let mut rows: Vec<_> = rows.map(|row| ((self.key)(row), text(&row["id"]))).collect();
        rows.sort();
        if descending {
            rows.reverse();
        }
        rows.into_iter().map(|(_, id)| id).collect()
    }
}

/// The ids of a page, and the cursor of its first and of its last row.
fn ids(page: &Value) -> Vec<String> {
    let edges = page["edges"].as_array().unwrap().iter();
    edges.map(|edge| text(&edge["node"]["id"])).collect()
}

#[apply(both_databases)]
async fn pages_cover_every_list_in_every_order_and_direction(app: TestApp) {
    let shop = Shop::new(&app).await;
    programme(&shop).await;
    let staff = shop.staff();
    for order in &ORDERS {
        let list = order.list;
        for direction in ["ASC", "DESC"] {
            let expected = order.expected(&shop, direction == "DESC").await;
            let name = format!("{list} by {} {direction}", order.field);
            assert!(expected.len() >= 6, "{name}: {}", expected.len());
            for size in [1, 2, 100] {
                for (count, bound, end) in [("first", "after", "hasNextPage"), ("last", "before", "hasPreviousPage")] {
                    let (mut walked, mut place) = (Vec::new(), String::new());
                    loop {
                        let document = order.document(&format!("{count}: {size}{place}"), direction);
                        let page = staff.data(&document).await[list].clone();
                        assert_eq!(page["totalCount"], expected.len(), "{name}");
                        let edges = page["edges"].as_array().unwrap();
                        let edge = if count == "first" { edges.last() } else { edges.first() };
                        place = format!(", {bound}: {}", edge.expect("a row")["cursor"]);
                        match count {
                            "first" => walked.extend(ids(&page)),
                            _ => walked = [ids(&page), walked].concat(),
                        }
                        if page["pageInfo"][end] == false {
                            break;
                        }
                    }
                    assert_eq!(walked, expected, "{name} by {size}");
                }
            }
        }
    }
}

#[apply(both_databases)]
async fn a_list_has_its_own_order_and_the_cursors_that_it_always_had(app: TestApp) {
    let shop = Shop::new(&app).await;
    programme(&shop).await;
    let staff = shop.staff();
    for (list, own) in [
        ("events", "RECORDED_AT"),
        ("customers", "CREATED_AT"),
        ("payouts", "CREATED_AT"),
        ("campaigns", "CREATED_AT"),
        ("deals", "CREATED_AT"),
        ("partnerGroups", "CREATED_AT"),
        ("tieredCommissions", "CREATED_AT"),
        ("commissionRules", "CREATED_AT"),
    ] {
        let page = async |arguments: &str| {
            let document = format!("{{ {list}(first: 3{arguments}) {{ edges {{ cursor node {{ id }} }} }} }}");
            staff.data(&document).await[list].clone()
        };
        let unasked = page("").await;
        for asked in [
            "orderBy: {}".to_owned(),
            format!("orderBy: {{ field: {own} }}"),
            "orderBy: null".to_owned(),
        ] {
            assert_eq!(page(&format!(", {asked}")).await, unasked, "{list} {asked}");
        }
        let rising = page(", orderBy: { direction: ASC }").await;
        let all = staff.data(&format!("{{ {list}(last: 3) {{ nodes {{ id }} }} }}")).await;
        let oldest: Vec<_> = all[list]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .rev()
            .map(|row| text(&row["id"]))
            .collect();
        assert_eq!(ids(&rising), oldest, "{list}");
        let foreign = &unasked["edges"][0]["cursor"];
        let document = format!("{{ {list}(after: {foreign}, orderBy: {{ direction: ASC }}) {{ totalCount }} }}");
        assert_eq!(staff.ask(&document).await.codes(), ["BAD_USER_INPUT"], "{list}");
    }
}

#[apply(both_databases)]
async fn amounts_are_sorted_within_a_currency(app: TestApp) {
    let shop = Shop::new(&app).await;
    for (list, field) in [("payouts", "AMOUNT"), ("deals", "VALUE")] {
        let answer = shop
            .staff()
            .ask(&format!("{{ {list}(orderBy: {{ field: {field} }}) {{ totalCount }} }}"))
            .await;
        let error = &answer.body["errors"][0];
        assert_eq!(error["message"], format!("to sort by {field} give filter.currency"));
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT");
    }
}

#[apply(both_databases)]
async fn partners_sort_by_what_they_see(app: TestApp) {
    let shop = Shop::new(&app).await;
    let partner = shop.partner("ann").await;
    let portal = app.partner(&shop.tenant, &partner);
    let answer = portal
        .ask("{ campaigns(orderBy: { field: STARTS_AT }) { totalCount } }")
        .await;
    assert_eq!(answer.codes(), ["FORBIDDEN"]);
    portal
        .data("{ campaigns(orderBy: { field: NAME }) { totalCount } }")
        .await;
}

#[apply(both_databases)]
async fn an_index_serves_every_order(app: TestApp) {
    let shop = Shop::new(&app).await;
    programme(&shop).await;
    for order in &ORDERS {
        let first = shop.staff().data(&order.document("first: 1", "ASC")).await;
        let cursor = first[order.list]["edges"][0]["cursor"].clone();
        app.reset_statements();
        for (arguments, direction) in [
            ("first: 2", "DESC"),
            ("last: 2", "DESC"),
            (&*format!("first: 2, after: {cursor}"), "ASC"),
        ] {
            let document = order.document(arguments, direction).replace("totalCount", "");
            shop.staff().data(&document).await;
        }
        let statements: Vec<_> = app
            .statements()
            .into_iter()
            .filter(|text| text.contains(" LIMIT "))
            .collect();
        assert_eq!(
            statements.len(),
            3,
            "{} by {}: one statement a page",
            order.list,
            order.field
        );
        for statement in statements {
            let plan = plan(&app, &statement).await;
            let name = format!("{} by {}: {plan}\n{statement}", order.list, order.field);
            assert!(plan.contains(order.index), "{name}");
            assert!(!plan.contains("Sort") && !plan.contains("TEMP B-TREE"), "{name}");
        }
    }
}

/// How a statement is run where tables are large.
async fn plan(app: &TestApp, statement: &str) -> String {
    let backend = app.store().reader().get_database_backend();
    let transaction = app.store().begin_unaudited().await.expect("a transaction");
    let run = async |sql: String| {
        let rows = transaction.query_all_raw(Statement::from_string(backend, &sql)).await;
        rows.unwrap_or_else(|error| panic!("{error}: {sql}"))
    };
    let (rows, column) = match backend {
        DbBackend::Postgres => {
            // So small a table is otherwise read whole. What is planned knows no values, as the statement has none.
            for setting in [
                "enable_seqscan = off",
                "enable_bitmapscan = off",
                "enable_sort = off",
                "plan_cache_mode = force_generic_plan",
            ] {
                run(format!("SET LOCAL {setting}")).await;
            }
            run(format!("PREPARE planned AS {statement}")).await;
            let values = (1..)
                .take_while(|number| statement.contains(&format!("${number}")))
                .map(|_| "NULL");
            let values = values.collect::<Vec<_>>().join(", ");
            let rows = run(format!("EXPLAIN EXECUTE planned({values})")).await;
            run("DEALLOCATE planned".to_owned()).await;
            (rows, "QUERY PLAN")
        }
        _ => (run(format!("EXPLAIN QUERY PLAN {statement}")).await, "detail"),
    };
    let steps = rows
        .iter()
        .map(|row| row.try_get::<String>("", column).expect("a step"));
    let plan = steps.collect::<Vec<_>>().join("\n");
    transaction.rollback().await.expect("it ends");
    plan
}
