//! Lists and rows that write themselves: what frontends ask for, with what it costs, and every form of a selection.
//! `scripts/graphql-js` draws documents and has another implementation answer them, too.

use serde_json::{Value, json};

use crate::support::{Client, both_databases};
use crate::texts::Texts;

/// The answer without its costs, with every id and request id as the same word.
fn without_ids(body: &Value) -> Value {
    match body {
        Value::String(text) => match text.split_once('_') {
            Some((kind, rest)) if rest.len() == 26 => json!(format!("{kind}_...")),
            _ => json!(text),
        },
        Value::Array(items) => items.iter().map(without_ids).collect(),
        Value::Object(fields) => {
            let kept = fields
                .iter()
                .filter(|(name, _)| !matches!(name.as_str(), "requestId" | "cost" | "locations"));
            kept.map(|(name, value)| (name.clone(), without_ids(value))).collect()
        }
        other => other.clone(),
    }
}

/// A tenant with two partners in a group, a campaign and commissions of both partners; gives the ids of the partners.
async fn programme(admin: &Client) -> Vec<Value> {
    let rules = json!([{ "recurring": { "percentage": "10" } }]);
    let group = json!({ "name": "Gold \"plus\"\n", "rules": rules, "currency": "EUR" });
    let group = admin.done("createPartnerGroup", group, "partnerGroup { id }").await["partnerGroup"]["id"].clone();
    let campaign = json!({ "name": "Spring", "terms": [{ "basis": "PERCENT", "value": "20" }] });
    let campaign = admin.done("createCampaign", campaign, "campaign { id }").await["campaign"]["id"].clone();
    let mut partners = Vec::new();
    for number in 0..3 {
        let grouped = if number < 2 { group.clone() } else { Value::Null };
        let partner = json!({
            "name": format!("Partner {number}"), "email": format!("p{number}@example.com"), "groupId": grouped,
            "campaignIds": [campaign],
        });
        let made = admin.done("createPartner", partner, "partner { id }").await;
        partners.push(made["partner"]["id"].clone());
    }
    // The third partner has none.
    for number in 0..12 {
        let campaign = if number % 3 == 0 { Value::Null } else { campaign.clone() };
        let currency = ["EUR", "JPY", "KWD"][number % 3];
        let event = json!({
            "externalId": format!("e{number}"), "kind": "CHARGE", "partnerId": partners[number % 2],
            "campaignId": campaign, "customerExternalId": format!("c{number}"),
            "amount": { "amount": (100 + number).to_string(), "currency": currency },
        });
        admin.done("recordEvent", event, "commissions { id }").await;
    }
    partners
}

const FIELDS: &str =
    "__typename id kind status amount { __typename amount currency } paymentTarget recipient holdbackDays
    accruedAt matureAt approvedAt paidAt reversedAt";

/// Documents of staff, and what they cost: on SQLite, and where it differs on PostgreSQL, which reads the lists of a row
/// along with the row. `P` is a partner's id.
fn documents(partner: &str, postgres: bool) -> Vec<(String, usize)> {
    let or = |sqlite, together| if postgres { together } else { sqlite };
    let list = [
        ("{ partner(id: \"P\") { id name email externalId type status createdAt group { id name default currency } } }", 1),
        ("{ commissions(first: 50, filter: { status: ACCRUED }) { nodes { FIELDS
            partner { id name group { id name } } campaign { id name } } } }", 1),
        ("{ partners(first: 20) { nodes { id name commissions(first: 2) { nodes { FIELDS campaign { id name } } } } } }", 2),
        ("{ partners(first: 20) { nodes { id balances { currency accrued approved paid reversed payable }
            commissions(last: 2) { nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } } }", 3),
        ("{ partners(orderBy: { field: NAME, direction: ASC }) { edges { cursor node { name payoutCurrency activatedAt } }
            pageInfo { startCursor endCursor } } }", 1),
        ("{ commissions(orderBy: { field: AMOUNT }, filter: { currency: \"EUR\" }) { edges { cursor node { id } } } }", 1),
        // Below a row that is joined.
        ("{ commissions(first: 3) { nodes { id partner { id commissions(first: 1) { edges { cursor node { id } } } } } } }", 2),
        // Equal keys, fragments, an interface, names of types.
        ("query { __typename: viewer { __typename subject } }", 0),
        ("{ list: commissions(first: 2) { a: nodes { id } nodes { ...On } nodes { campaign { ... { name } ... on Campaign { status } } }
            __typename pageInfo { __typename hasNextPage } edges { __typename node { ... on Node { id } } } } }
            fragment On on Commission { status campaign { id } partner { ...P } } fragment P on Partner { one: name two: name }", 1),
        // What is no column costs what it reads, and nothing around it costs more; a table may be joined twice.
        ("{ commissions(first: 5) { nodes { FIELDS event { externalId } partner { id group { name } } } } }", 1),
        ("{ commissions(first: 5) { nodes { id adjusts { id partner { id name tier { label } } } partner { tier { label } } } } }", 1),
        ("{ partners { edges { a: node { tags tier { id } } b: node { id metadata categories { id } group { tags rules { __typename } } } } } }", 2),
        ("{ partners { nodes { a: group { name } b: group { id version } } } }", 1),
        ("query($with: Boolean = false) { commissions { nodes { id partner @include(if: $with) { id } campaign @skip(if: $with) { id } } } }", 1),
        ("{ partners { nodes { id commissions(first: 1) { totalCount totals { count amount status } nodes { id explanation { amount } } } } } }", 4),
        ("{ partners { totalCount nodes { id } } }", 2),
        ("{ partners { totalCount } }", 1),
        ("{ a: partner(id: \"P\") { id name } b: partner(id: \"P\") { balances { payable } } commissions(first: 1) { nodes { id } } }", or(4, 3)),
        ("{ campaign(id: \"cmp_01h2xcejqtf2nbrexx3vqjhp41\") { id } }", 1),
        ("{ partner(id: \"P\") { commissions(first: 0) { nodes { id } pageInfo { hasNextPage } } } }", or(2, 1)),
        ("{ partner(id: \"P\") { a: commissions(first: 1) { nodes { id } } b: commissions(last: 1) { nodes { id } } } }", or(3, 1)),
        // Lists of the rows that a single row refers to.
        ("{ commissions(first: 1) { nodes { partner { deals { totalCount nodes { id } } group { partners(first: 2) { nodes { id } } } }
            campaign { partners(first: 1) { nodes { id } } } transitions { at } } } }", or(6, 2)),
        ("{ partner(id: \"P\") { commissions(first: 1) { nodes { id } } group { partners(first: 2) { nodes { id } } }
            tier { label } } }", or(3, 2)),
        // A list is counted once, along with it or by itself.
        ("{ partner(id: \"P\") { commissions(first: 1) { totalCount again: totalCount nodes { id } } } }", or(3, 1)),
        ("{ partner(id: \"P\") { a: commissions { totalCount } b: commissions(last: 1) { totalCount nodes { id } } } }", or(3, 2)),
        ("{ a: partner(id: \"P\") { deals { totalCount } } b: partner(id: \"P\") { deals { totalCount } } }", or(3, 3)),
    ];
    let filled = |text: &str| text.replace("P\"", &format!("{partner}\"")).replace("FIELDS", FIELDS);
    list.map(|(document, cost)| (filled(document), cost)).into()
}

#[apply(both_databases)]
async fn what_frontends_ask_for_costs_a_statement_a_list(app: TestApp) {
    let admin = app.admin().await;
    let partners = programme(&admin).await;
    for (document, statements) in documents(partners[0].as_str().unwrap(), app.is_postgres()) {
        app.reset_statements();
        admin.data(&document).await;
        assert_eq!(
            app.statements().len(),
            statements,
            "{document}: {:#?}",
            app.statements()
        );
    }
}

#[apply(both_databases)]
async fn a_dashboard_costs_its_lists_and_no_look_at_the_token(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let partners = programme(&app.staff(&tenant, "admin")).await;
    for (number, partner) in partners.iter().enumerate() {
        let portal = app.partner(&tenant, partner.as_str().unwrap());
        // Its first request looks at the token before anything else.
        portal.data("{ viewer { subject } }").await;
        app.reset_statements();
        let data = portal.data(
            "{ viewer { subject partner { id name status group { id name } balances { currency payable }
                   commissions(first: 20) { nodes { id amount { amount currency } campaign { id name } partner { name } } } } } }",
        ).await;
        let statements = app.statements();
        // The partner with its lists in one statement, or each in its own. Its row says that the token is valid.
        assert_eq!(
            statements.len(),
            if app.is_postgres() { 1 } else { 3 },
            "{statements:#?}"
        );
        let count = data["viewer"]["partner"]["commissions"]["nodes"]
            .as_array()
            .unwrap()
            .len();
        assert_eq!(count, if number < 2 { 6 } else { 0 });
    }
}

#[apply(both_databases)]
async fn pages_follow_each_other_whichever_way_they_are_walked(app: TestApp) {
    let admin = app.admin().await;
    let partners = programme(&admin).await;
    let walk = "query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { partner(id: $id) {
            commissions(first: $first, after: $after, last: $last, before: $before) {
              edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }";
    let all = admin.data_with(walk, json!({ "id": partners[0] })).await["partner"]["commissions"]["edges"].clone();
    let all = all.as_array().unwrap();
    assert_eq!(all.len(), 6);
    for (size, cursor, end) in [("first", "after", "endCursor"), ("last", "before", "startCursor")] {
        let mut variables = json!({ "id": partners[0], size: 4 });
        let mut seen = Vec::new();
        loop {
            app.reset_statements();
            let page = admin.data_with(walk, variables.clone()).await["partner"]["commissions"].clone();
            // A page from a cursor on is not read along with the partner.
            let together = app.is_postgres() && variables[cursor].is_null();
            assert_eq!(
                app.statements().len(),
                if together { 1 } else { 2 },
                "{:#?}",
                app.statements()
            );
            let edges = page["edges"].as_array().unwrap().clone();
            match size {
                "first" => seen.extend(edges),
                _ => seen.splice(0..0, edges).for_each(drop),
            }
            let more = if size == "first" {
                "hasNextPage"
            } else {
                "hasPreviousPage"
            };
            if page["pageInfo"][more] == json!(false) {
                break;
            }
            variables[cursor] = page["pageInfo"][end].clone();
        }
        assert_eq!(&seen, all);
    }
}

/// The texts of statements are kept: whoever asks, and whatever for, gets their own all the same.
#[apply(both_databases)]
async fn one_document_serves_everybody_and_every_list(app: TestApp) {
    let under = "query($id: ID!, $filter: CommissionFilter, $order: CommissionOrder, $first: Int, $last: Int) {
            partner(id: $id) { id name balances { currency accrued }
              commissions(filter: $filter, orderBy: $order, first: $first, last: $last) {
                nodes { id status amount { amount currency } partner { id } campaign { name } } } } }";
    let all = "query($filter: CommissionFilter, $order: CommissionOrder, $first: Int, $last: Int) {
            commissions(filter: $filter, orderBy: $order, first: $first, last: $last) {
              nodes { id status amount { amount currency } partner { id } } } }";
    let mut lists: Vec<_> = (1..7).map(|size| (json!({ "first": size }), size)).collect();
    lists.push((
        json!({ "last": 1, "order": { "field": "AMOUNT", "direction": "ASC" }, "filter": { "currency": "EUR" } }),
        1,
    ));
    lists.push((
        json!({ "first": 1, "order": { "field": "AMOUNT", "direction": "ASC" }, "filter": { "currency": "EUR" } }),
        1,
    ));
    lists.push((json!({ "first": 2, "filter": { "status": "PAID" } }), 0));
    lists.push((json!({ "first": 2, "filter": { "currency": "JPY" } }), 2));
    let nobody = "par_00000000000000000000000003";
    lists.push((json!({ "first": 2, "filter": { "partnerId": nobody } }), 0));
    let (mut readers, mut owners) = (Vec::new(), Vec::new());
    for slug in ["acme", "other"] {
        let tenant = app.tenant(slug).await;
        let staff = app.staff(&tenant, "admin");
        let partners = programme(&staff).await;
        let portal = app.partner(&tenant, partners[1].as_str().unwrap());
        owners.extend([partners[..2].to_vec(), partners[1..2].to_vec()]);
        readers.extend([staff, portal]);
    }
    // Twice: the second time all texts are there that will be.
    for _ in 0..2 {
        for (reader, own) in readers.iter().zip(&owners) {
            for (list, count) in &lists {
                let nodes = reader.data_with(all, list.clone()).await["commissions"]["nodes"].clone();
                let nodes = nodes.as_array().unwrap();
                assert_eq!(nodes.len(), *count);
                assert!(nodes.iter().all(|node| own.contains(&node["partner"]["id"])));
                for id in owners.iter().flatten() {
                    let mut asked = list.clone();
                    asked["id"] = id.clone();
                    let found = reader.data_with(under, asked).await["partner"].clone();
                    assert_eq!(found["id"], if own.contains(id) { id.clone() } else { Value::Null });
                    for node in found["commissions"]["nodes"].as_array().into_iter().flatten() {
                        assert_eq!(&node["partner"]["id"], id);
                    }
                }
            }
        }
    }
}

/// Read with their row in one statement, for each row of a page, or alone: the lists of a row are the same.
#[apply(both_databases)]
async fn lists_that_are_read_together_are_as_those_read_apart(app: TestApp) {
    let admin = app.admin().await;
    let partners = programme(&admin).await;
    let lists = [
        "group { id name }",
        "balances { currency accrued payable }",
        "categories { label }",
        "transitions { from to at }",
        "newest: commissions(first: 4) { nodes { id event { externalId } campaign { name } } pageInfo { hasNextPage hasPreviousPage } }",
        "oldest: commissions(last: 2) { edges { cursor node { id } } pageInfo { hasNextPage startCursor } }",
        "dearest: commissions(first: 3, orderBy: { field: AMOUNT }, filter: { currency: \"JPY\" }) { nodes { id amount { amount } } }",
        "paid: commissions(filter: { status: PAID }) { totalCount nodes { id } }",
        "campaigns(first: 1) { nodes { name partners(first: 2) { nodes { id } } } }",
        "deals(first: 5) { nodes { id } }",
    ];
    let whole = lists.join(" ");
    let all = admin
        .data(&format!("{{ partners(first: 3) {{ nodes {{ id {whole} }} }} }}"))
        .await;
    for partner in &partners {
        let id = partner.as_str().unwrap();
        let together = admin
            .data(&format!("{{ partner(id: \"{id}\") {{ id {whole} }} }}"))
            .await["partner"]
            .clone();
        let nodes = all["partners"]["nodes"].as_array().unwrap();
        let on_page = nodes.iter().find(|node| node["id"] == together["id"]).unwrap();
        assert_eq!(&together, on_page);
        for list in lists {
            let alone = admin.data(&format!("{{ partner(id: \"{id}\") {{ {list} }} }}")).await["partner"].clone();
            for (name, value) in alone.as_object().unwrap() {
                assert_eq!(&together[name], value, "{name}");
            }
        }
    }
    let nobody = format!("{{ partner(id: \"par_00000000000000000000000003\") {{ id {whole} }} }}");
    assert_eq!(admin.data(&nobody).await["partner"], Value::Null);
}

/// Plain objects are written in one walk, in the order of the selection.
#[apply(both_databases)]
async fn simulations_read_as_they_are_selected(app: TestApp) {
    let admin = app.admin().await;
    let scenario = json!({ "chargeAmount": "123.456", "customerMonths": 2, "partnerLtv": "99" });
    let rules = json!([{ "recurring": { "percentage": "12.5" } }, { "chargeThresholdBonus": { "minChargeTotal": "1", "bonus": "2" } }]);
    let input = json!({ "rules": rules, "scenarios": [scenario, scenario], "currency": "EUR" });
    let fragment = "fragment F on PartnerGroupSimulation { finalFee { currency } explanation { __typename outcome } }";
    let result = r#"{"__typename":"PartnerGroupSimulation","a":{"__typename":"Money","amount":"17.43"},"finalFee":{"amount":"17.43","currency":"EUR"},"explanation":[{"__typename":"ExplanationStep","outcome":"APPLIED"},{"__typename":"ExplanationStep","outcome":"APPLIED"},{"__typename":"ExplanationStep","outcome":"APPLIED"}]}"#;
    for (selection, fragment, written) in [
        (
            "results { __typename a: finalFee { __typename amount } finalFee { amount } ...F } userErrors { code }",
            fragment,
            format!(r#"{{"results":[{result},{result}],"userErrors":[]}}"#),
        ),
        (
            "userErrors { code } results { effectivePercentage explanation { amount } explanation @skip(if: true) { detail } }",
            "",
            format!(
                r#"{{"userErrors":[],"results":[{0},{0}]}}"#,
                r#"{"effectivePercentage":"12.5","explanation":[{"amount":"15.432"},{"amount":"2"},{"amount":"-0.002"}]}"#
            ),
        ),
    ] {
        let document = format!(
            "mutation($input: SimulatePartnerGroupInput!) {{ simulatePartnerGroup(input: $input) {{ {selection} }} }} {fragment}"
        );
        let answer = admin.ask_with(&document, json!({ "input": input })).await;
        let expected = format!(r#"{{"data":{{"simulatePartnerGroup":{written}}}"#);
        assert!(answer.sent().starts_with(&expected), "{}\n{expected}", answer.sent());
    }
}

/// What is no column, and what is wrong: every value, error, path and null, as four callers read it. The answers are
/// kept beside the test, to be read by people.
#[apply(both_databases)]
async fn what_goes_beyond_columns_reads_as_it_is_kept(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let admin = app.staff(&tenant, "admin");
    let partners = programme(&admin).await;
    let id = partners[0].as_str().unwrap();
    let portal = app.partner(&tenant, id);
    let narrow = app.staff(&tenant, "commissions:read");
    let other = app.staff(&tenant, "partners:read");
    let documents = [
        "{ partner(id: \"P\") { tags metadata } }",
        "{ partner(id: \"P\") { group { default } } }",
        "{ partner(id: \"nonsense\") { id } }",
        "{ partner(externalId: \"P\") { id } }",
        "{ commissions(after: \"nonsense\") { nodes { id } } }",
        "{ commissions(first: 1) { totalCount nodes { id partner { name } } } }",
        "{ partners(filter: { tag: \"x\" }) { nodes { id } } }",
        "{ commissions(filter: { recipient: \"\" }) { nodes { id } } }",
        "query($with: Boolean = false) { commissions { nodes { id partner @include(if: $with) { id } } } }",
        "query($status: CommissionStatus) { commissions(filter: { status: [$status] }) { nodes { id } } }",
        "query($after: String) { partners(first: 2, after: $after) { nodes { commissions(after: $after) { nodes { id } } } } }",
        "{ a: partner(id: \"P\") { id } b: partner(id: \"P\") { name } }",
        "{ commission(id: \"P\") { id } }",
        "{ commissions { nodes { id adjusts { id } } } }",
        "{ partners { nodes { commissions { pageInfo { hasNextPage } } } } }",
        "{ partner(id: \"P\") { commissions { __typename } } }",
        "{ partners { nodes { balances { __typename } } } }",
        "{ commissions { pageInfo { hasNextPage } } }",
        "{ campaigns { nodes { id commissions(first: 1) { nodes { id } } } } }",
        "{ partners { nodes { id commissions(first: 1000) { totalCount } } } }",
        "{ partners { nodes { id commissions(first: 1, last: 1) { nodes { id } } } } }",
        "{ partner(id: \"P\") { commissions(after: \"nonsense\") { nodes { id } } } }",
        "{ partners { nodes { commissions(orderBy: { field: AMOUNT }) { nodes { id } } } } }",
        "{ commissions { nodes { id campaign { id name status } } } }",
        "{ commissions { nodes { id campaign { id terms { basis } advertiser { name } partners(first: 1) { totalCount } } } } }",
        "{ commissions { nodes { partner { group { id default version } } } } }",
        "{ commissions { edges { node { partner { group { externalId description tags currency rules { __typename } } } } } } }",
        "{ commissions { nodes { id event { externalId kind } attribution { id } snapshot { id } payout { id } deal { id } transitions { to actor reason } } } }",
        "{ commissions { nodes { partner { tier { label } deals { totalCount } payouts { nodes { id } } customers { nodes { id } } campaigns { nodes { id name } } } } } }",
        "{ partners { nodes { tierProgress { value } commissionSnapshot { id } lifetimeValue { amount currency } transitions { to } } } }",
        "{ partners { nodes { a: commissions { totals { amount } } b: commissions(first: 1) { edges { node { explanation { detail } } } } } } }",
        "{ partnerGroup(externalId: \"x\") { id } campaign(externalId: \"x\") { id } partner(externalId: \"x\") { id } }",
        "{ viewer { partner { id tags metadata tier { label } group { id default } } } }",
        "{ viewer { partner { id campaigns { nodes { id status } } } } }",
        "{ viewer { partner { id commissions { nodes { campaign { status } } } } subject } }",
    ];
    let mut answers = Texts::default();
    for document in documents {
        answers.section(document);
        let document = document.replace("\"P\"", &format!("\"{id}\""));
        for (name, client) in [
            ("admin", &admin),
            ("partner", &portal),
            ("commissions:read", &narrow),
            ("partners:read", &other),
        ] {
            let mut answer = client.ask(&document).await;
            // Fields that fail side by side have no order.
            if let Some(errors) = answer.body["errors"].as_array_mut() {
                errors.sort_by_key(|error| error["path"].to_string());
            }
            answers.line(&format!("{name}: {}", without_ids(&answer.body)));
        }
    }
    answers.are_as_kept("straight.txt");
}
