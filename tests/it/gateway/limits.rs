//! Every limit, at its edge: what is just allowed runs, one more is refused before anything is executed.

use serde_json::{Value, json};
use tributary::http::{HttpOptions, Limits, ThrottleSection};

use super::{admin, gateway, message};
use crate::support::{Answer, Client, both_databases};

fn numbered(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect::<Vec<_>>().join(" ")
}

fn assert_refused(answer: &Answer, says: &str) {
    assert_eq!(answer.codes(), ["QUERY_TOO_COMPLEX"], "{}", answer.body);
    assert!(answer.body.get("data").is_none(), "{}", answer.body);
    assert!(message(&answer.body).contains(says), "{says}: {}", answer.body);
}

/// A chain of links: `depth` levels of fields.
fn deep(depth: usize) -> String {
    let links = (depth - 4) / 3;
    let rest = (depth - 4) % 3;
    let mut text = "{ partners(first: 1) { nodes { ".to_owned();
    text.push_str(&"group { partners(first: 1) { nodes { ".repeat(links));
    text.push_str(match rest {
        0 => "group { id }",
        1 => "group { partners(first: 1) { totalCount } }",
        _ => "group { partners(first: 1) { nodes { id } } }",
    });
    text.push_str(&" } } }".repeat(links));
    text.push_str(" } } }");
    text
}

#[apply(both_databases)]
async fn each_limit_lets_its_number_through_and_not_one_more(app: TestApp) {
    app.tenant("acme").await;
    let client = admin(&app, HttpOptions::default());
    let aliases = |count| format!("{{ viewer {{ {} }} }}", numbered(count, |n| format!("a{n}: subject")));
    let roots = |count| format!("{{ {} }}", numbered(count, |n| format!("a{n}: __typename")));
    let mutations = |count| {
        let tier =
            |n| format!("a{n}: createPartnerTier(input: {{ label: \"{count} {n}\" }}) {{ userErrors {{ code }} }}");
        format!("mutation {{ {} }}", numbered(count, tier))
    };
    let directives = |count: usize| format!("{{ viewer {{ {} }} }}", "subject @include(if: true) ".repeat(count));
    let selections = |count: usize| format!("{{ viewer {{ {} }} }}", "subject ".repeat(count - 1));
    let introspection = |depth: usize| {
        format!(
            "{{ __schema {{ types {{ fields {{ type {{ {} kind {} }} }} }} }} }}",
            "ofType { ".repeat(depth - 5),
            "} ".repeat(depth - 5)
        )
    };
    let bytes = |count: usize| format!("{{ viewer {{ subject }} }}{}", " ".repeat(count - 22));
    for (allowed, refused, says) in [
        (deep(12), deep(13), "levels of fields: at most 12"),
        (aliases(30), aliases(31), "aliases: at most 30"),
        (roots(20), roots(21), "fields at its root: at most 20"),
        (mutations(10), mutations(11), "fields at its root: at most 10"),
        (directives(50), directives(51), "directives: at most 50"),
        (selections(1000), selections(1001), "selections: at most 1000"),
        (
            introspection(15),
            introspection(16),
            "levels of introspection: at most 15",
        ),
        (bytes(32 * 1024), bytes(32 * 1024 + 1), "at most 32768 bytes"),
        (
            "{ partners(first: 500) { nodes { group { id } tier { id } } } }".to_owned(),
            "{ partners(first: 500) { nodes { group { partners(first: 10) { nodes { id } } } } } }".to_owned(),
            "costs 6501: at most 5000",
        ),
    ] {
        let answer = client.ask(&allowed).await;
        assert!(answer.body.get("errors").is_none(), "{says}: {}", answer.body);
        assert_refused(&client.ask(&refused).await, says);
    }
    // The parts of a document that never ran: nothing of it did.
    let tiers = client.data("{ partnerTiers { label } }").await;
    assert_eq!(tiers["partnerTiers"].as_array().unwrap().len(), 10);
}

#[apply(both_databases)]
async fn tokens_are_limited(app: TestApp) {
    app.tenant("acme").await;
    let limits = Limits {
        tokens: 100,
        ..Limits::default()
    };
    let client = admin(
        &app,
        HttpOptions {
            limits,
            ..HttpOptions::default()
        },
    );
    let document = |count: usize| format!("{{ viewer {{ {} }} }}", "subject ".repeat(count - 5));
    client.ask(&document(100)).await.data();
    assert_refused(&client.ask(&document(101)).await, "at most 100 tokens");
}

#[apply(both_databases)]
async fn pages_ids_and_lists_are_limited(app: TestApp) {
    app.tenant("acme").await;
    let client = admin(&app, HttpOptions::default());
    let ids = |count: usize| json!({ "ids": vec!["par_01h2xcejqtf2nbrexx3vqjhp41"; count] });
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    assert_eq!(
        client.data_with(nodes, ids(100)).await["nodes"]
            .as_array()
            .unwrap()
            .len(),
        100
    );
    assert_eq!(client.ask_with(nodes, ids(101)).await.codes(), ["BAD_USER_INPUT"]);
    let entities = "query($representations: [_Any!]!) { _entities(representations: $representations) { ... on Partner { name group { name } } } }";
    let representation = json!({ "__typename": "Partner", "id": "par_01h2xcejqtf2nbrexx3vqjhp41" });
    let representations = |count: usize| json!({ "representations": vec![&representation; count] });
    let answer = client.ask_with(entities, representations(100)).await;
    assert_eq!(
        answer.body["extensions"]["cost"]["requestedQueryCost"], 200,
        "{}",
        answer.body
    );
    assert_eq!(answer.data()["_entities"], json!(vec![Value::Null; 100]));
    let answer = client.ask_with(entities, representations(101)).await;
    assert_eq!(
        (answer.codes(), answer.body.get("data")),
        (vec!["BAD_USER_INPUT"], None)
    );
    // The setting alone says how many.
    let more = Limits {
        node_ids: 101,
        ..Limits::default()
    };
    let more = admin(
        &app,
        HttpOptions {
            limits: more,
            ..HttpOptions::default()
        },
    );
    assert_eq!(
        more.data_with(nodes, ids(101)).await["nodes"].as_array().unwrap().len(),
        101
    );
    assert_eq!(
        more.data_with(entities, representations(101)).await["_entities"]
            .as_array()
            .unwrap()
            .len(),
        101
    );
    let listed = "query($ids: [CommissionStatus!]!) { commissions(filter: { status: $ids }) { totalCount } }";
    let statuses = |count: usize| json!({ "ids": vec!["APPROVED"; count] });
    client.data_with(listed, statuses(500)).await;
    let answer = client.ask_with(listed, statuses(501)).await;
    assert_eq!(
        (answer.codes(), answer.body.get("data")),
        (vec!["BAD_USER_INPUT"], None)
    );
    let paged = "query($first: Int, $last: Int) { partners(first: $first, last: $last) { totalCount } }";
    for (variables, says) in [
        (json!({ "first": -1 }), "first must be from 0 to 500"),
        (json!({ "first": 501 }), "first must be from 0 to 500"),
        (json!({ "last": 2_147_483_647 }), "last must be from 0 to 500"),
        (json!({ "first": 2_147_483_648_i64 }), "whole number"),
        (json!({ "first": 1, "last": 1 }), "not both"),
    ] {
        let answer = client.ask_with(paged, variables.clone()).await;
        assert_eq!(
            (answer.codes(), answer.body.get("data")),
            (vec!["BAD_USER_INPUT"], None),
            "{variables}: {}",
            answer.body
        );
        assert!(message(&answer.body).contains(says), "{}", answer.body);
    }
    for allowed in [json!({}), json!({ "first": null, "last": 0 }), json!({ "first": 500 })] {
        client.data_with(paged, allowed).await;
    }
}

#[apply(both_databases)]
async fn an_answer_has_at_most_ten_errors(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let token = app.sign(&json!({ "scope": "campaigns:read", "tenant": tenant.slug }));
    let client = Client::new(gateway(&app, HttpOptions::default()), Some(token));
    let fields = numbered(20, |n| format!("a{n}: partner(externalId: \"x\") {{ id }}"));
    let answer = client.ask(&format!("{{ {fields} }}")).await;
    assert_eq!(answer.codes(), ["FORBIDDEN"; 10]);
    assert_eq!(answer.body["data"].as_object().unwrap().len(), 20);
    let answer = client
        .ask(&format!("{{ viewer {{ {} }} }}", numbered(30, |n| format!("no{n}"))))
        .await;
    assert_eq!(answer.codes(), ["GRAPHQL_VALIDATION_FAILED"; 10]);
}

#[apply(both_databases)]
async fn what_a_query_costs_is_said_and_charged(app: TestApp) {
    app.tenant("acme").await;
    let throttle = ThrottleSection {
        maximum: 10_000,
        restore_per_second: 1,
        ..ThrottleSection::default()
    };
    let client = admin(
        &app,
        HttpOptions {
            throttle,
            ..HttpOptions::default()
        },
    );
    let cost = |answer: &Answer| answer.body["extensions"]["cost"].clone();
    for (document, requested, actual) in [
        ("{ __typename }", 0, 0),
        ("{ viewer { subject tenant { slug } } }", 2, 2),
        // Counting is done however little there is.
        (
            "{ partners(first: 100) { totalCount nodes { id group { id } } } }",
            301,
            101,
        ),
        ("{ partnerTiers { label } }", 10, 0),
        ("{ commissions { totals { count } } }", 1211, 1201),
        (
            "{ partners(first: 10) { nodes { commissions { totalCount totals { count } } balances { currency } } } }",
            391,
            251,
        ),
        (
            "{ partners(last: 50) { pageInfo { hasNextPage } edges { cursor node { id } } } }",
            52,
            2,
        ),
        (
            "{ partners { ...P } } fragment P on PartnerConnection { nodes { id } }",
            21,
            1,
        ),
        (
            "mutation { createPartnerTier(input: { label: \"A\" }) { partnerTier { label } userErrors { code } } }",
            12,
            11,
        ),
    ] {
        let answer = client.ask(document).await;
        let found = cost(&answer);
        assert_eq!(
            (&found["requestedQueryCost"], &found["actualQueryCost"]),
            (&json!(requested), &json!(actual)),
            "{document}: {}",
            answer.body
        );
        assert_eq!(found["throttleStatus"]["maximumAvailable"], 10_000);
        assert_eq!(found["throttleStatus"]["restoreRate"], 1);
    }
    let event = json!({ "kind": "CONVERSION", "externalId": "e" });
    let document = "mutation($input: [RecordEventInput!]!) { recordEvents(input: $input) { userErrors { code } } }";
    let answer = client.ask_with(document, json!({ "input": vec![event; 7] })).await;
    // Ten for the mutation, one for each event, one for the user errors of each.
    assert_eq!(cost(&answer)["requestedQueryCost"], 24, "{}", answer.body);
    let before = client.ask("{ __typename }").await;
    let available = cost(&before)["throttleStatus"]["currentlyAvailable"].as_u64().unwrap();
    assert!((8_300..8_600).contains(&available), "{available}");
}

#[apply(both_databases)]
async fn who_asks_for_too_much_too_fast_is_told_to_wait(app: TestApp) {
    app.tenant("acme").await;
    let throttle = ThrottleSection {
        maximum: 300,
        restore_per_second: 1,
        ..ThrottleSection::default()
    };
    let router = gateway(
        &app,
        HttpOptions {
            throttle,
            ..HttpOptions::default()
        },
    );
    let client = |subject: &str| Client::new(router.clone(), Some(app.sign(&json!({ "sub": subject }))));
    let (ann, bob) = (client("ann"), client("bob"));
    // Ten mutations are ten times ten, whatever comes of them.
    let mutations = |round: usize| {
        format!(
            "mutation {{ {} }}",
            numbered(10, |n| format!(
                "a{n}: createPartnerTier(input: {{ label: \"{round} {n}\" }}) {{ partnerTier {{ id }} }}"
            ))
        )
    };
    let mut statuses = Vec::new();
    for round in 0..4 {
        let answer = ann.ask(&mutations(round)).await;
        statuses.push(answer.status.as_u16());
        if answer.status == 429 {
            assert_eq!(answer.codes(), ["THROTTLED"]);
            assert!(answer.body.get("data").is_none());
            let seconds: u64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
            assert!((1..=200).contains(&seconds), "{seconds}");
        }
    }
    assert_eq!(statuses, [200, 200, 429, 429]);
    bob.ask(&mutations(9)).await.data();
    let tiers: Value = bob.data("{ partnerTiers { label } }").await;
    assert_eq!(tiers["partnerTiers"].as_array().unwrap().len(), 30);
}
