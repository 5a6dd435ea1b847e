//! What queries cost: a constant number of SQL statements, whatever the size of the page.

use serde_json::{Value, json};

use crate::support::{Client, TestApp, both_databases};

/// A programme in which every link leads somewhere: `partners` partners over 3 groups, 3 tiers, 4 categories and 5
/// campaigns.
async fn programme(admin: &Client, partners: usize) {
    let mut ids: [Vec<Value>; 4] = Default::default();
    for number in 0..3 {
        let rules = json!([{ "recurring": { "percentage": "10" } }]);
        let group = json!({ "name": format!("Group {number}"), "rules": rules });
        ids[0].push(admin.done("createPartnerGroup", group, "partnerGroup { id }").await["partnerGroup"]["id"].clone());
        let tier = json!({ "label": format!("Tier {number}") });
        ids[1].push(admin.done("createPartnerTier", tier, "partnerTier { id }").await["partnerTier"]["id"].clone());
    }
    let advertiser = admin
        .done("createAdvertiser", json!({ "name": "Brand" }), "advertiser { id }")
        .await;
    for number in 0..5 {
        let category = json!({ "label": format!("Category {number}") });
        let made = admin
            .done("createPartnerCategory", category, "partnerCategory { id }")
            .await;
        ids[2].push(made["partnerCategory"]["id"].clone());
        let campaign = json!({ "name": format!("Campaign {number}"), "advertiserId": advertiser["advertiser"]["id"] });
        ids[3].push(admin.done("createCampaign", campaign, "campaign { id }").await["campaign"]["id"].clone());
    }
    let [groups, tiers, categories, campaigns] = &ids;
    for number in 0..partners {
        let partner = json!({
            "name": format!("Partner {number}"), "email": format!("p{number}@example.com"),
            "groupId": groups[number % 3], "tierId": tiers[number % 3],
            "categoryIds": [categories[number % 5], categories[(number + 1) % 5]],
            "campaignIds": [campaigns[number % 5], campaigns[(number + 2) % 5]],
            "commissionSnapshot": { "campaignId": campaigns[number % 5], "terms": [{ "basis": "PERCENT", "value": "20" }] },
        });
        admin.done("createPartner", partner, "partner { id }").await;
    }
}

/// How many statements the document takes.
async fn cost(app: &TestApp, client: &Client, document: &str) -> usize {
    app.reset_statements();
    client.data(document).await;
    app.statements().len()
}

/// Document (with SIZE for the page size) and its statements.
const COSTS: [(&str, usize); 19] = [
    ("{ viewer { subject scopes } }", 0),
    ("{ viewer { tenant { name } } }", 1),
    ("{ partners(first: SIZE) { nodes { id name } } }", 1),
    (
        "{ partners(first: SIZE) { nodes { id } edges { cursor node { name } } pageInfo { hasNextPage } } }",
        1,
    ),
    ("{ partners(first: SIZE) { totalCount } }", 1),
    ("{ partners(first: SIZE) { totalCount nodes { id } } }", 2),
    (
        "{ partners(first: SIZE) { nodes { group { name } tier { label } categories { label }
           commissionSnapshots { version supersededAt } campaigns(first: 5) { nodes { name } } } } }",
        4,
    ),
    (
        "{ partners(first: SIZE) { nodes { commissionSnapshot { version } commissionSnapshots { campaign { name } }
           transitions { to } campaigns { totalCount } } } }",
        5,
    ),
    // Two aliases of one link are one batch; two sets of paging arguments are two.
    (
        "{ partners(first: SIZE) { nodes { a: tier { label } b: tier { id } } } }",
        1,
    ),
    (
        "{ partners(first: SIZE) { nodes { a: campaigns(first: 1) { nodes { id } } b: campaigns(last: 1) { nodes { id } } } } }",
        3,
    ),
    (
        "{ partnerGroups(first: SIZE) { nodes { name partners(first: 2) { totalCount nodes { name tier { label } } } } } }",
        3,
    ),
    (
        "{ campaigns(first: SIZE) { nodes { advertiser { name } partners(first: SIZE) { nodes { group { name }
           campaigns(first: 2) { nodes { name } } } } } } }",
        3,
    ),
    (
        "{ partnerTiers { label } partnerCategories { label } advertisers { nodes { name } } }",
        3,
    ),
    // What is counted and summed, too, wherever it stands.
    (
        "{ a: partners(first: SIZE) { totalCount } b: partners { totalCount } c: partners(filter: { status: [ACTIVE] }) { totalCount } }",
        2,
    ),
    (
        "{ a: commissions { totalCount totals { count } } b: commissions(first: SIZE) { totals { amount } totalCount } }",
        2,
    ),
    (
        r#"{ a: commissionSeries(interval: DAY, from: "2026-02-01T00:00:00Z", to: "2026-03-01T00:00:00Z") { count }
             b: commissionSeries(interval: DAY, from: "2026-02-01T00:00:00Z", to: "2026-03-01T00:00:00Z") { amount } }"#,
        2,
    ),
    // The list, those with whom nothing happened since (there are none), and the sums.
    (
        r#"{ partners(first: SIZE) { nodes { a: balancesAsOf(at: "2026-03-01T12:00:00Z") { payable } b: balancesAsOf(at: "2026-03-01T12:00:00Z") { accrued } } } }"#,
        3,
    ),
    (
        r#"{ commissionReport(groupBy: [PARTNER, CAMPAIGN], interval: MONTH, from: "2026-02-01T00:00:00Z", to: "2026-03-01T00:00:00Z", first: SIZE) { nodes { count partner { name } campaign { name } } } }"#,
        2,
    ),
    (
        r#"{ commissionReport(groupBy: [], from: "2026-02-01T00:00:00Z", to: "2026-03-01T00:00:00Z", first: SIZE) { totalCount nodes { count } edges { cursor } } }"#,
        2,
    ),
];

#[apply(both_databases)]
async fn a_query_costs_the_same_statements_whatever_the_page_size(app: TestApp) {
    let admin = app.admin().await;
    programme(&admin, 40).await;
    for (document, statements) in COSTS {
        for size in ["1", "3", "40"] {
            let document = document.replace("SIZE", size);
            let cost = cost(&app, &admin, &document).await;
            // The lists of a single row are read together.
            let is_less = size == "1" && app.is_postgres() && cost < statements;
            assert!(cost == statements || is_less, "{document}: {:#?}", app.statements());
        }
    }
}

#[apply(both_databases)]
async fn what_the_rows_of_a_report_refer_to_is_read_together(app: TestApp) {
    let admin = app.admin().await;
    programme(&admin, 12).await;
    let partners = admin
        .data("{ partners { nodes { id campaigns(first: 1) { nodes { id } } } } }")
        .await;
    for (number, partner) in partners["partners"]["nodes"].as_array().unwrap().iter().enumerate() {
        let event = json!({
            "externalId": format!("charge-{number}"), "kind": "CHARGE", "amount": { "amount": "10", "currency": "EUR" },
            "partnerId": partner["id"], "campaignId": partner["campaigns"]["nodes"][0]["id"],
        });
        admin.done("recordEvent", event, "event { id }").await;
    }
    let report = |groups: &str, first: &str, row: &str| {
        format!(
            r#"{{ commissionReport(groupBy: [{groups}], from: "2026-01-01T00:00:00Z", to: "2026-12-01T00:00:00Z", first: {first}) {{ nodes {{ count {row} }} }} }}"#
        )
    };
    for (groups, row, statements) in [
        // The report, and the partners with their groups.
        ("PARTNER", "partner { name group { name } }", 2),
        // Also the lists below them, and their counts.
        (
            "PARTNER",
            "partner { name categories { label } campaigns(first: 2) { totalCount nodes { name } } }",
            5,
        ),
        // Two links, and two selections of the same rows.
        (
            "PARTNER, CAMPAIGN",
            "partner { name } campaign { name advertiser { name } }",
            3,
        ),
        ("PARTNER", "a: partner { name } b: partner { email }", 3),
        // What is computed finds its rows together, too.
        ("PARTNER", "partner { commissionSnapshot { version } }", 3),
    ] {
        for first in ["1", "3", "12"] {
            let document = report(groups, first, row);
            let cost = cost(&app, &admin, &document).await;
            let is_less = first == "1" && app.is_postgres() && cost < statements;
            assert!(cost == statements || is_less, "{document}: {:#?}", app.statements());
        }
    }
    let data = admin
        .data(&report(
            "PARTNER",
            "12",
            "partner { name group { name } campaigns { totalCount } }",
        ))
        .await;
    for row in data["commissionReport"]["nodes"].as_array().unwrap() {
        let partner = &row["partner"];
        let number: usize = partner["name"]
            .as_str()
            .unwrap()
            .strip_prefix("Partner ")
            .unwrap()
            .parse()
            .unwrap();
        assert_eq!(partner["group"]["name"], format!("Group {}", number % 3));
        assert_eq!(partner["campaigns"]["totalCount"], 2);
    }
}

#[apply(both_databases)]
async fn nodes_of_one_kind_are_read_together(app: TestApp) {
    let admin = app.admin().await;
    programme(&admin, 12).await;
    let data = admin.data("{ partners { nodes { id group { id } } } }").await;
    let partners = data["partners"]["nodes"].as_array().unwrap();
    let ids: Vec<_> = partners
        .iter()
        .flat_map(|partner| [&partner["id"], &partner["group"]["id"]])
        .collect();
    app.reset_statements();
    let nodes = admin
        .data_with("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": ids }))
        .await;
    let found: Vec<_> = nodes["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| &node["id"])
        .collect();
    assert_eq!(found, ids);
    assert_eq!(app.statements().len(), 2, "{:#?}", app.statements());
}

#[apply(both_databases)]
async fn a_partners_own_row_says_that_its_token_is_valid(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let admin = app.staff(&tenant, "admin");
    programme(&admin, 5).await;
    let data = admin.data("{ partners(first: 2) { nodes { id } } }").await;
    let [own, other] = [0, 1].map(|number| data["partners"]["nodes"][number]["id"].as_str().unwrap());
    let portal = app.partner(&tenant, own);
    let dashboard = "{ viewer { partner { name group { name } campaigns { nodes { name } } } } }";
    let by_id = |id: &str| format!("{{ partner(id: {id:?}) {{ name }} }}");
    // The first request looks at the token before anything else.
    assert_eq!(cost(&app, &portal, &by_id(own)).await, 2);
    for (document, statements) in [
        (dashboard, if app.is_postgres() { 1 } else { 2 }),
        (&by_id(own), 1),
        // What reads anything else costs one statement more than for staff.
        (&by_id(other), 2),
        ("{ campaigns { nodes { name } } }", 2),
        ("{ viewer { scopes } }", 1),
    ] {
        assert_eq!(cost(&app, &portal, document).await, statements, "{document}");
    }
}

#[apply(both_databases)]
async fn simulating_inline_rules_reads_at_most_the_tenant(app: TestApp) {
    let admin = app.admin().await;
    // The first request of a process looks the tenant's name up.
    admin.data("{ viewer { subject } }").await;
    let scenario = "{ chargeAmount: \"1\", customerMonths: 1 }";
    let simulation = |currency: &str| {
        format!(
            "mutation {{ simulatePartnerGroup(input: {{ rules: [{{ recurring: {{ percentage: \"10\" }} }}],
             scenarios: [{scenario}, {scenario}] {currency} }}) {{ results {{ finalFee {{ amount }} }} }} }}"
        )
    };
    assert_eq!(cost(&app, &admin, &simulation("currency: \"EUR\"")).await, 0);
    assert_eq!(cost(&app, &admin, &simulation("")).await, 1);
}
