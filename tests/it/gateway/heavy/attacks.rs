//! The list of docs/security.md: what is asked, and what is answered.

use serde_json::{Value, json};

pub struct Attack {
    pub name: &'static str,
    pub document: String,
    pub variables: Value,
    /// Empty: it is answered.
    pub code: &'static str,
}

pub fn numbered(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect::<Vec<_>>().join(" ")
}

fn of_kind<'a>(ids: &'a [String], prefix: &str) -> Vec<&'a String> {
    ids.iter().filter(|id| id.starts_with(prefix)).collect()
}

pub fn attacks(ids: &[String]) -> Vec<Attack> {
    let complex = "QUERY_TOO_COMPLEX";
    let large = "says too much ".repeat(900 * 1024 / 14);
    let partner = of_kind(ids, "par_")[0];
    let commissions = of_kind(ids, "com_");
    let representation = json!({ "__typename": "Partner", "id": partner, "name": large });
    let many = json!({ "__typename": "Partner", "id": partner, "values": vec![json!({}); 45_000] });
    let entities = |fields: usize, entries: usize| {
        let list = "$r, ".repeat(entries);
        let fields = numbered(fields, |n| {
            format!("e{n}: _entities(representations: [{list}]) {{ __typename }}")
        });
        format!("query($r: _Any!) {{ {fields} }}")
    };
    let types = |levels: usize| {
        format!(
            "{{ __type(name: \"Node\") {{ {} name {} }} }}",
            "possibleTypes { interfaces { ".repeat(levels),
            "} } ".repeat(levels)
        )
    };
    let totals = |times: usize, filter: &dyn Fn(usize) -> String| {
        let fields = numbered(times, |n| {
            format!("t{n}: commissions({}) {{ totals {{ count amount }} }}", filter(n))
        });
        format!("{{ {fields} }}")
    };
    let simulation = |renewals: u64| {
        let entry = json!({ "kind": "PERCENTAGE", "value": "10" });
        json!({ "input": {
            "rule": { "name": "R", "entries": vec![entry; 50] },
            "deal": { "value": { "amount": "100", "currency": "EUR" }, "stagePath": ["stg_01h2xcejqtf2nbrexx3vqjhp41"], "renewals": renewals },
        } })
    };
    let attack = |name, document: String, variables, code| Attack {
        name,
        document,
        variables,
        code,
    };
    vec![
        attack("a variable of 900 KB, used once", entities(1, 1), json!({ "r": representation }), ""),
        attack("the same, used 20 times", entities(20, 1), json!({ "r": representation }), complex),
        attack("the same, used 720 times", entities(20, 36), json!({ "r": representation }), complex),
        attack("a variable of 45,000 values, used 20 times", entities(20, 1), json!({ "r": many }), complex),
        attack(
            "an id of 900 KB, used 100 times",
            format!("query($r: ID!) {{ nodes(ids: [{}]) {{ id }} }}", "$r, ".repeat(100)),
            json!({ "r": large }),
            complex,
        ),
        attack("a body of 500,000 values", "{ __typename }".to_owned(), json!({ "r": vec![1; 500_000] }), "BAD_REQUEST"),
        attack("lists of the schema 4 deep", types(2), json!({}), complex),
        attack("lists of the schema 12 deep", types(6), json!({}), complex),
        attack("what GraphiQL asks for", include_str!("../bounds/introspection.graphql").to_owned(), json!({}), ""),
        attack(
            "the schema for federation 30 times",
            format!("{{ _service {{ {} }} }}", numbered(30, |n| format!("s{n}: sdl"))),
            json!({}),
            "",
        ),
        attack("equal totals 4 times", totals(4, &|_| "first: 1".to_owned()), json!({}), ""),
        attack("different totals 4 times", totals(4, &|n| format!("filter: {{ accruedFrom: \"2020-01-0{}T00:00:00Z\" }}", n + 1)), json!({}), ""),
        attack("totals 20 times", totals(20, &|_| "first: 1".to_owned()), json!({}), complex),
        attack(
            "377 rows reversed, each with two pages of 500",
            "mutation($ids: [ID!]!) { reverseCommissions(input: { ids: $ids, reason: \"none\" }) { commission { partner { commissions(first: 500) { nodes { id } } }
                 campaign { commissions(first: 500) { nodes { id } } } } } }".to_owned(),
            json!({ "ids": commissions.iter().take(377).collect::<Vec<_>>() }),
            complex,
        ),
        attack(
            "a simulation of 1,000 renewals",
            "mutation($input: SimulateCommissionRuleInput!) { simulateCommissionRule(input: $input) { payments { amount { amount } explanation { detail } } userErrors { code } } }".to_owned(),
            simulation(1_000),
            complex,
        ),
        attack(
            "as wide a page as can be",
            "{ partners(first: 500) { nodes { id name email status tags metadata createdAt group { id name rules { __typename } } tier { id label } transitions { at } } } }".to_owned(),
            json!({}),
            complex,
        ),
        attack(
            "a page as wide as the cost allows",
            "{ partners(first: 380) { nodes { id name email status tags createdAt group { id name } tier { id label } transitions { at } } } }".to_owned(),
            json!({}),
            "",
        ),
        attack(
            "a page of pages",
            "{ partners(first: 45) { nodes { id name commissions(first: 50) { nodes { id status accruedAt amount { amount currency } } } } } }".to_owned(),
            json!({}),
            "",
        ),
        attack("32 KB of unknown names", format!("{{ partners {{ nodes {{ {} }} }} }}", numbered(240, |n| format!("{}{n:03}", "a".repeat(125)))), json!({}), "GRAPHQL_VALIDATION_FAILED"),
        attack("1,900 tokens that are no document", format!("{{ {} ", "a ".repeat(1_900)), json!({}), "GRAPHQL_PARSE_FAILED"),
    ]
}
