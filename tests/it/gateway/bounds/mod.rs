//! Work is bounded before it is done, and while it is: values that are copied, questions about the schema, lists that
//! multiply, and the bytes of answers.

use serde_json::{Value, json};
use tributary::http::{HttpOptions, Limits};

use super::{admin, message};
use crate::support::{Answer, Client, both_databases};

const COMPLEX: &str = "QUERY_TOO_COMPLEX";

fn numbered(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect::<Vec<_>>().join(" ")
}

/// Nothing of it ran.
fn assert_refused(answer: &Answer, says: &str) {
    assert!(answer.codes().contains(&COMPLEX), "{}", answer.sent());
    assert!(answer.body.get("data").is_none(), "{}", answer.sent());
    assert!(answer.sent().contains(says), "{says}: {}", answer.sent());
}

fn requested(answer: &Answer) -> u64 {
    let cost = answer.body["extensions"]["cost"]["requestedQueryCost"].as_u64();
    cost.unwrap_or_else(|| panic!("{}", answer.sent()))
}

async fn partners(admin: &Client, count: usize) {
    for number in 0..count {
        let input = json!({ "name": format!("Partner {number}"), "email": format!("p{number}@example.com") });
        admin.done("createPartner", input, "partner { id }").await;
    }
}

#[apply(both_databases)]
async fn a_variable_counts_as_often_as_it_is_used(app: TestApp) {
    app.tenant("acme").await;
    let client = admin(&app, HttpOptions::default());
    let large = "says too much ".repeat(64 * 1024 / 14);
    let representation = json!({ "__typename": "Partner", "id": "par_01h2xcejqtf2nbrexx3vqjhp41", "name": large });
    let uses = |fields: usize, entries: usize| {
        let list = "$r, ".repeat(entries);
        format!(
            "query($r: _Any!) {{ {} }}",
            numbered(fields, |n| format!(
                "e{n}: _entities(representations: [{list}]) {{ __typename }}"
            ))
        )
    };
    let variables = json!({ "r": representation });
    client.data_with(&uses(1, 40), variables.clone()).await;
    for (fields, entries) in [(1, 70), (10, 7), (20, 36)] {
        assert_refused(
            &client.ask_with(&uses(fields, entries), variables.clone()).await,
            "the argument values are too large",
        );
    }
    // However it gets there: by fragments, in a default, in a directive, once for each row of a page.
    let fragments = "query($r: _Any!) { ...A ...B } fragment A on Query { ...C ...D } fragment B on Query { x: __typename ...C ...D }
             fragment C on Query { c: _entities(representations: [$r, $r, $r, $r, $r, $r, $r, $r, $r, $r, $r, $r, $r, $r, $r, $r, $r, $r]) { __typename } }
             fragment D on Query { d: _entities(representations: [$r, $r, $r, $r, $r, $r, $r, $r, $r, $r, $r, $r, $r, $r, $r, $r, $r, $r]) { __typename } }";
    assert_refused(
        &client.ask_with(fragments, variables.clone()).await,
        "the argument values are too large",
    );
    let rows = "query($s: String) { partners(first: 500) { nodes { commissions(first: 1, after: $s) { pageInfo { hasNextPage } } } } }";
    assert_refused(
        &client.ask_with(rows, json!({ "s": large })).await,
        "the argument values are too large",
    );
    // Ids, whatever they are.
    let ids = format!("query($r: ID!) {{ nodes(ids: [{}]) {{ id }} }}", "$r, ".repeat(100));
    assert_refused(
        &client.ask_with(&ids, json!({ "r": large })).await,
        "the argument values are too large",
    );
    // A list is no entry of a list.
    for (document, value) in [
        (
            format!("query($r: [ID!]!) {{ nodes(ids: [{}]) {{ id }} }}", "$r, ".repeat(100)),
            json!(["par_01h2xcejqtf2nbrexx3vqjhp41"]),
        ),
        (
            format!(
                "query($r: [_Any!]!) {{ _entities(representations: [{}]) {{ __typename }} }}",
                "$r, ".repeat(100)
            ),
            json!([representation.get("id")]),
        ),
    ] {
        let answer = client.ask_with(&document, json!({ "r": value })).await;
        assert!(answer.body.get("data").is_none(), "{}", answer.sent());
        assert!(
            ["BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"].contains(&answer.codes()[0]),
            "{}",
            answer.sent()
        );
    }
}

#[apply(both_databases)]
async fn what_a_body_may_hold_is_counted_before_it_is_kept(app: TestApp) {
    app.tenant("acme").await;
    let limits = Limits {
        body_values: 1_000,
        ..Limits::default()
    };
    let client = admin(
        &app,
        HttpOptions {
            limits,
            ..HttpOptions::default()
        },
    );
    // Its own members count, too.
    for (values, fits) in [(990, true), (1_000, false)] {
        let answer = client
            .ask_with("{ viewer { subject } }", json!({ "unused": vec![1; values] }))
            .await;
        assert_eq!(answer.status == 200, fits, "{values}: {}", answer.sent());
        if !fits {
            assert_eq!((answer.status.as_u16(), answer.codes()), (413, vec!["BAD_REQUEST"]));
        }
    }
}

#[apply(both_databases)]
async fn lists_of_the_schema_do_not_nest(app: TestApp) {
    app.tenant("acme").await;
    let client = admin(&app, HttpOptions::default());
    let answer = client.ask(include_str!("introspection.graphql")).await;
    println!("what GraphiQL asks for costs {}", requested(&answer));
    assert!(answer.data()["__schema"]["types"].as_array().unwrap().len() > 200);
    let bomb = |levels: usize| {
        format!(
            "{{ __type(name: \"Node\") {{ {} name {} }} }}",
            "possibleTypes { interfaces { ".repeat(levels),
            "} } ".repeat(levels)
        )
    };
    client.data(&bomb(1)).await;
    for document in [
        bomb(2),
        bomb(6),
        "{ __type(name: \"Partner\") { fields { type { fields { type { fields { name } } } } } } }".to_owned(),
        "{ __schema { types { fields { type { interfaces { inputFields { name } } } } } } }".to_owned(),
        // Nor in fragments, wherever they are spread.
        "{ __schema { types { ...A } } } fragment A on __Type { possibleTypes { ...B } }
             fragment B on __Type { ofType { ... on __Type { interfaces { ...C } } } } fragment C on __Type { x: fields { name } }".to_owned(),
    ] {
        assert_refused(&client.ask(&document).await, "introspection lists are nested too deeply");
    }
    // What is left is priced by what the schema has.
    let all = |times: usize| {
        format!(
            "{{ {} }}",
            numbered(times, |n| format!(
                "s{n}: __schema {{ types {{ fields {{ name type {{ name fields {{ name }} }} }} }} }}"
            ))
        )
    };
    assert_refused(&client.ask(&all(3)).await, "the operation costs");
    let sdl = |times: usize| format!("{{ _service {{ {} }} }}", numbered(times, |n| format!("s{n}: sdl")));
    assert_eq!(requested(&client.ask(&sdl(2)).await), 201);
}

#[apply(both_databases)]
async fn an_answer_has_so_many_bytes(app: TestApp) {
    app.tenant("acme").await;
    let limits = Limits {
        answer_bytes: 2_000,
        ..Limits::default()
    };
    let client = admin(
        &app,
        HttpOptions {
            limits,
            ..HttpOptions::default()
        },
    );
    partners(&client, 30).await;
    let page = |size: usize| format!("{{ partners(first: {size}) {{ nodes {{ id name email }} }} }}");
    client.data(&page(10)).await;
    let both =
        "{ a: partners(first: 15) { nodes { id name email } } b: partners(first: 15) { nodes { id name email } } }";
    for document in [page(30), both.to_owned()] {
        let answer = client.ask(&document).await;
        assert_eq!(answer.codes(), [COMPLEX], "{}", answer.sent());
        assert_eq!((answer.status.as_u16(), &answer.body["data"]), (200, &Value::Null));
        assert!(
            message(&answer.body).contains("the answer is too large"),
            "{}",
            answer.sent()
        );
        assert!(answer.sent().len() < 1_000);
        assert!(requested(&answer) > 0);
    }
    // What was done is said to be done.
    let aliases = numbered(30, |n| format!("n{n}: name"));
    let name = "n".repeat(90);
    let document = format!(
        "mutation($input: CreatePartnerInput!) {{ createPartner(input: $input) {{ partner {{ {aliases} }} }} }}"
    );
    let answer = client
        .ask_with(
            &document,
            json!({ "input": { "name": name, "email": "n@example.com" } }),
        )
        .await;
    assert_eq!(answer.codes(), [COMPLEX], "{}", answer.sent());
    assert!(answer.sent().len() < 1_000);
    assert!(
        message(&answer.body).contains("The mutation was done"),
        "{}",
        answer.sent()
    );
    let found = client.data("{ partners(first: 1) { nodes { name } } }").await;
    assert_eq!(found["partners"]["nodes"][0]["name"], json!(name));
    // A list that is written on the way is null in its place.
    let scenarios = vec![json!({ "chargeAmount": "100", "customerMonths": 1 }); 60];
    let input = json!({ "rules": [{ "recurring": { "percentage": "10" } }], "scenarios": scenarios });
    let document = "mutation($input: SimulatePartnerGroupInput!) { simulatePartnerGroup(input: $input) { results { effectivePercentage finalFee { amount currency } } userErrors { code } } }";
    let answer = client.ask_with(document, json!({ "input": input })).await;
    assert_eq!(answer.codes(), [COMPLEX], "{}", answer.sent());
}

#[apply(both_databases)]
async fn lists_multiply_what_is_below_them(app: TestApp) {
    app.tenant("acme").await;
    let client = admin(&app, HttpOptions::default());
    let id = "com_01h2xcejqtf2nbrexx3vqjhp41";
    // The entries of the argument, one answer each.
    let document = "mutation($ids: [ID!]!) { reverseCommissions(input: { ids: $ids, reason: \"none\" }) { commission { partner { id } } userErrors { code } } }";
    let answer = client.ask_with(document, json!({ "ids": vec![id; 7] })).await;
    assert_eq!(requested(&answer), 10 + 7 * (1 + 2 + 1));
    let document = "mutation($ids: [ID!]!) { reverseCommissions(input: { ids: $ids, reason: \"none\" }) { commission { partner { commissions(first: 500) { nodes { id } } }
             campaign { id commissions(first: 500) { nodes { id } } } } } }";
    assert_refused(
        &client.ask_with(document, json!({ "ids": vec![id; 377] })).await,
        "the operation costs",
    );
    // What a stored list holds is assumed, in a page of pages, too.
    for (document, cost) in [
        ("{ partners(first: 3) { nodes { tags categories { label } balances { currency } } } }", 1 + 3 * (1 + 10 + 2)),
        ("{ partnerCategories { label } partnerTiers { label } }", 20),
        ("{ nodes(ids: [\"par_01h2xcejqtf2nbrexx3vqjhp41\", \"par_01h2xcejqtf2nbrexx3vqjhp41\"]) { ... on Partner { transitions { at } } } }", 2 * (1 + 10)),
        // What is summed costs besides its answer.
        ("{ partners(first: 3) { nodes { balancesAsOf(at: \"2026-01-01T00:00:00Z\") { payable } } } }", 1 + 3 * (1 + 2 + 20)),
        ("{ partners(first: 3) { nodes { pastTierProgress(first: 2) { nodes { value } } } } }", 1 + 3 * (1 + 1 + 2 + 20)),
        ("{ links(first: 3) { nodes { performance(from: \"2026-01-01T00:00:00Z\", to: \"2026-02-01T00:00:00Z\") { clicks earned { amount } } } } }",
            1 + 3 * (1 + 1 + 2 + 20)),
        ("{ links(first: 3) { nodes { performance(from: \"2026-01-01T00:00:00Z\", to: \"2026-02-01T00:00:00Z\", interval: DAY) { clicks } } } }",
            1 + 3 * (1 + 100 + 20)),
        ("{ statement(partnerId: \"par_01h2xcejqtf2nbrexx3vqjhp41\", currency: \"EUR\", from: \"2026-01-01T00:00:00Z\", to: \"2026-02-01T00:00:00Z\") {
                opening { amount } totals { count } movements(first: 3) { totalCount nodes { amount { amount } } } } }", 1 + 20 + 1 + 6 + (1 + 3 * 2 + 5 + 20)),
        ("{ commissionReport(groupBy: [], from: \"2026-01-01T00:00:00Z\", to: \"2026-02-01T00:00:00Z\", first: 3) {
                totalCount nodes { count amount { amount } } } }", 1 + 3 * 2 + 2 * 1_800),
    ] {
        assert_eq!(requested(&client.ask(document).await), cost, "{document}");
    }
    // Entries of the arguments in lists of the answer, times the renewals of a simulation.
    let simulate = |renewals: u64, rule: Value| {
        let mut input = json!({ "deal": { "value": { "amount": "100", "currency": "EUR" }, "stagePath": [id], "renewals": renewals } });
        input.as_object_mut().unwrap().extend(rule.as_object().unwrap().clone());
        json!({ "input": input })
    };
    let document = "mutation($input: SimulateCommissionRuleInput!) { simulateCommissionRule(input: $input) { payments { amount { amount } explanation { detail } } } }";
    let stored = json!({ "commissionRuleId": "rul_01h2xcejqtf2nbrexx3vqjhp41" });
    let answer = client.ask_with(document, simulate(2, stored.clone())).await;
    // A stage and the entries of a stored rule, three times, beside the list that is assumed.
    assert_eq!(requested(&answer), 10 + 33 + (33 + 10) * (1 + 1 + 10));
    assert_refused(
        &client.ask_with(document, simulate(1_000, stored)).await,
        "the operation costs",
    );
}
