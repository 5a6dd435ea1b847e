//! Those who try to bring the program down. Each attack has its answer, which takes little work; memory stays flat, and
//! the next honest request is served.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::both_databases;
use crate::support::program::{Program, Reply};

/// What refusing takes the program at most, in time of its processors. Builds for tests are about ten times slower than the program
/// that is shipped, whose allowance is a tenth of it.
const SOON: Duration = Duration::from_millis(50);
const SOON_FOR_LARGE_BODIES: Duration = Duration::from_millis(500);

struct Attack {
    name: &'static str,
    request: Vec<u8>,
    status: u16,
    /// Empty: the answer has no body.
    code: &'static str,
}

impl Attack {
    /// What is wrong with the answer to it.
    fn problem(&self, reply: &Reply) -> Option<&'static str> {
        if reply.status != self.status {
            return Some("the status");
        }
        if reply.headers.contains("access-control-allow-origin") {
            return Some("leave for another origin");
        }
        if reply.body.len() > 10_000 {
            return Some("the answer's length");
        }
        if self.code.is_empty() {
            return None;
        }
        if reply.code() != self.code {
            return Some("the code");
        }
        // What was executed says so with 200; everything else has no data.
        let has_data = reply.json().get("data").is_some();
        (has_data != (self.status == 200)).then_some("data")
    }
}

/// Fragments that spread the next one `times` times, in so many levels.
fn bomb(levels: usize, times: usize, spread: impl Fn(usize) -> String) -> String {
    let mut text = "{ ...F0 }".to_owned();
    for level in 0..levels {
        text.push_str(&format!(
            " fragment F{level} on Query {{ {} }}",
            spread(level + 1).repeat(times)
        ));
    }
    text.push_str(&format!(" fragment F{levels} on Query {{ __typename }}"));
    text
}

fn plain(level: usize) -> String {
    format!("...F{level} ")
}

fn inline(level: usize) -> String {
    format!("... on Query {{ ...F{level} }} ")
}

fn numbered(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect::<Vec<_>>().join(" ")
}

/// Documents and the codes that refuse them.
fn documents() -> Vec<(&'static str, String, &'static str)> {
    let complex = "QUERY_TOO_COMPLEX";
    let invalid = "GRAPHQL_VALIDATION_FAILED";
    let wrong = "BAD_USER_INPUT";
    let unread = "GRAPHQL_PARSE_FAILED";
    let mutation = |n| format!("m{n}: createPartnerTier(input: {{ label: \"{n}\" }}) {{ partnerTier {{ id }} }}");
    vec![
        ("2^18 by fragments", bomb(18, 2, plain), complex),
        ("2^60 by fragments", bomb(60, 2, plain), complex),
        ("20^4 by fragments", bomb(4, 20, plain), complex),
        ("2^18 by inline fragments", bomb(18, 2, inline), complex),
        ("a long chain of fragments", bomb(300, 1, plain), complex),
        (
            "a fragment in itself",
            "{ ...A } fragment A on Query { ...A }".to_owned(),
            invalid,
        ),
        (
            "a circle of fragments",
            "{ ...A } fragment A on Query { ...B } fragment B on Query { ... { ...C } } fragment C on Query { ...A }"
                .to_owned(),
            invalid,
        ),
        (
            "a circle that nobody enters",
            "{ __typename } fragment A on Query { ...B } fragment B on Query { ...A }".to_owned(),
            invalid,
        ),
        (
            "101 aliases",
            format!("{{ viewer {{ {} }} }}", numbered(101, |n| format!("a{n}: subject"))),
            complex,
        ),
        (
            "500 repeats",
            format!("{{ {} }}", "viewer { subject } ".repeat(500)),
            complex,
        ),
        (
            "500 repeats below",
            format!("{{ viewer {{ {} }} }}", "tenant { slug } ".repeat(500)),
            complex,
        ),
        (
            "500 directives",
            format!("{{ viewer {{ subject {} }} }}", "@include(if: true) ".repeat(100)),
            complex,
        ),
        (
            "11 mutations",
            format!("mutation {{ {} }}", numbered(11, mutation)),
            complex,
        ),
        (
            "1,000 deep",
            format!("{}{}", "{ group ".repeat(1_000), "}".repeat(1_000)),
            complex,
        ),
        (
            "100,000 lists deep",
            format!(
                "{{ partner(id: {}{}) {{ id }} }}",
                "[".repeat(100_000),
                "]".repeat(100_000)
            ),
            complex,
        ),
        (
            "10,000 objects deep",
            format!(
                "{{ partner(id: {}1{}) {{ id }} }}",
                "{a:".repeat(5_000),
                "}".repeat(5_000)
            ),
            complex,
        ),
        ("never closed", "{a(b:[".repeat(5_000), complex),
        ("50,000 tokens", format!("{{ {} }}", "a ".repeat(50_000)), complex),
        ("10,000 tokens", format!("{{ {} }}", "a ".repeat(10_000)), complex),
        ("10,000 operations", "query{a}".repeat(4_000), complex),
        (
            "1,000 variables",
            format!("query({}) {{ __typename }}", numbered(1_000, |n| format!("$v{n}: Int"))),
            complex,
        ),
        (
            "a costly page of pages",
            "{ partners(first: 500) { nodes { group { partners(first: 500) { nodes { id } } } } } }".to_owned(),
            complex,
        ),
        (
            "a number beyond all types",
            format!("{{ partners(first: {}) {{ totalCount }} }}", "9".repeat(30_000)),
            complex,
        ),
        (
            "a float beyond all types",
            "{ partners(first: 1e999999) { totalCount } }".to_owned(),
            invalid,
        ),
        (
            "first of -1",
            "{ partners(first: -1) { totalCount } }".to_owned(),
            wrong,
        ),
        (
            "first of 2^31",
            "{ partners(first: 2147483648) { totalCount } }".to_owned(),
            invalid,
        ),
        (
            "a forged cursor",
            "{ partners(after: \"bm9uc2Vuc2U\") { nodes { id } } }".to_owned(),
            wrong,
        ),
        (
            "a cursor of nonsense",
            "{ partners(after: \"💥\\u0001\") { nodes { id } } }".to_owned(),
            wrong,
        ),
        (
            "an id of another type",
            "{ partner(id: \"grp_01h2xcejqtf2nbrexx3vqjhp41\") { id } }".to_owned(),
            wrong,
        ),
        (
            "a name of 30,000 letters",
            format!("{{ {} }}", "a".repeat(30_000)),
            complex,
        ),
        (
            "900 unknown names",
            format!(
                "{{ partners {{ nodes {{ {} }} }} }}",
                numbered(900, |n| format!("partnerNumber{n}"))
            ),
            invalid,
        ),
        (
            "200 unknown names, each long",
            format!(
                "{{ partners {{ nodes {{ {} }} }} }}",
                numbered(200, |n| format!("{}{n:03}", "a".repeat(125)))
            ),
            invalid,
        ),
        (
            "10 unknown names, each long",
            format!(
                "{{ partners {{ nodes {{ {} }} }} }}",
                numbered(10, |n| format!("{}{n:03}", "a".repeat(125)))
            ),
            invalid,
        ),
        ("an unfinished text", "{ a(b: \"".to_owned(), unread),
        ("no document at all", String::new(), unread),
        (
            "two operations, neither named",
            "query A { __typename } query B { __typename }".to_owned(),
            "OPERATION_RESOLUTION_FAILURE",
        ),
    ]
}

/// Variables that are sound JSON, and no sound values.
fn variables() -> Vec<(&'static str, Value, &'static str)> {
    let mut deep = json!("x");
    for _ in 0..100 {
        deep = json!({ "a": [deep] });
        if deep.to_string().len() > 400 {
            break;
        }
    }
    let unknown: serde_json::Map<_, _> = (0..10_000).map(|n| (format!("f{n}"), json!(1))).collect();
    let wrong = "BAD_USER_INPUT";
    vec![
        ("deep variables", json!({ "input": deep }), wrong),
        (
            "a list of 10,000",
            json!({ "input": vec![json!({}); 10_000] }),
            "QUERY_TOO_COMPLEX",
        ),
        ("10,000 unknown fields", json!({ "input": unknown }), wrong),
        (
            "an endless number",
            json!({ "input": { "name": "C", "holdbackDays": 1e300 } }),
            wrong,
        ),
        (
            "a text of 500,000",
            json!({ "input": { "name": "C", "holdbackDays": "7".repeat(500_000) } }),
            wrong,
        ),
    ]
}

/// Bodies and headers.
fn requests(program: &Program) -> Vec<Attack> {
    let mega = vec![b' '; 12 * 1024 * 1024];
    let sound = br#"{"query":"{ __typename }"}"#;
    let with_variables =
        |json: &str| format!("{{\"query\":\"{{ __typename }}\",\"variables\":{{\"a\":{json}}}}}").into_bytes();
    let lists = with_variables(&format!("{}{}", "[".repeat(50_000), "]".repeat(50_000)));
    let objects = with_variables(&format!("{}1{}", "{\"a\":".repeat(50_000), "}".repeat(50_000)));
    let mut chunked = b"5\r\n{\"a\":\r\n".to_vec();
    for _ in 0..192 {
        chunked.extend_from_slice(b"10000\r\n");
        chunked.resize(chunked.len() + 0x10000, b' ');
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    let typed = |kind: &str, body: &[u8]| {
        let headers = format!("content-type: {kind}\r\ncontent-length: {}\r\n", body.len());
        program.request("POST /graphql", &headers, body)
    };
    let get = |headers: &str, query: &str| program.request(&format!("GET /graphql?query={query}"), headers, b"");
    let preflight = "graphql-require-preflight: 1\r\n";
    let bad = "BAD_REQUEST";
    let attack = |name, request, status, code| Attack {
        name,
        request,
        status,
        code,
    };
    vec![
        attack("12 MB", program.post("", &mega), 413, bad),
        attack("12 MB without a length", program.request("POST /graphql", "content-type: application/json\r\ntransfer-encoding: chunked\r\n", &chunked), 413, bad),
        attack("12 MB of text", typed("text/plain", &mega), 415, bad),
        attack("lists 50,000 deep in variables", program.post("", &lists), 400, bad),
        attack("objects 50,000 deep in variables", program.post("", &objects), 400, bad),
        // Ten megabytes of zeros, compressed; nobody ever looks.
        attack("a gzip bomb", program.post("content-encoding: gzip\r\n", &[0x1f; 10_000]), 415, bad),
        attack("an unknown encoding", program.post("content-encoding: br, gzip\r\n", sound), 415, bad),
        attack("bad UTF-8", program.post("", b"{\"query\":\"{ \xff\xfe }\"}"), 400, bad),
        attack("half of a surrogate", program.post("", br#"{"query":"{ a(b: \"\ud800\") }"}"#), 400, bad),
        attack("a batch", program.post("", br#"[{"query":"{ __typename }"},{"query":"{ __typename }"}]"#), 400, bad),
        attack("no JSON", program.post("", b"query=1"), 400, bad),
        attack("a number beyond all types", program.post("", &with_variables("1e999999")), 400, bad),
        attack("plain text", typed("text/plain", sound), 415, bad),
        attack("a form", typed("application/x-www-form-urlencoded", b"query=%7B__typename%7D"), 415, bad),
        attack("a form with parts", typed("multipart/form-data; boundary=x", b"--x--"), 415, bad),
        attack("an unknown charset", typed("application/json; charset=utf-7", sound), 415, bad),
        attack("a mutation by GET", get(preflight, "mutation%7B__typename%7D"), 405, bad),
        attack("a query by GET from a link", get("", "%7B__typename%7D"), 403, "FORBIDDEN"),
        attack("another method", program.request("PUT /graphql", "content-length: 0\r\n", b""), 405, bad),
        attack("an answer in XML", program.post("accept: application/xml\r\n", sound), 406, bad),
        attack("a page of another origin asks for leave", program.request("OPTIONS /graphql", "origin: https://evil.example\r\naccess-control-request-method: POST\r\naccess-control-request-headers: authorization, content-type\r\n", b""), 405, bad),
        attack("two lengths", program.request("POST /graphql", "content-type: application/json\r\ncontent-length: 26\r\ncontent-length: 27\r\n", sound), 400, ""),
        attack("headers of 1 MB", program.post(&format!("x-long: {}\r\n", "a".repeat(1024 * 1024)), sound), 431, ""),
        attack("10,000 headers", program.post(&"x: y\r\n".repeat(10_000), sound), 431, ""),
    ]
}

fn attacks(program: &Program) -> Vec<Attack> {
    let mut attacks = requests(program);
    for (name, document, code) in documents() {
        // What only the resolver can find has the other fields' data beside it.
        let status = if name.contains("cursor") || name.contains("id of") {
            200
        } else {
            400
        };
        let request = program.asking(&document, &json!({}));
        attacks.push(Attack {
            name,
            request,
            status,
            code,
        });
    }
    let document = "mutation($input: CreateCampaignInput!) { createCampaign(input: $input) { campaign { id } } }";
    for (name, variables, code) in variables() {
        let request = program.asking(document, &variables);
        attacks.push(Attack {
            name,
            request,
            status: 400,
            code,
        });
    }
    attacks
}

#[apply(both_databases)]
async fn every_attack_has_its_answer_soon_and_the_next_request_is_served(app: TestApp) {
    app.tenant("acme").await;
    let program = Program::start(&app, "");
    let rows = app.rows().await;
    program.is_well();
    let attacks = attacks(&program);
    let mut slowest = Vec::new();
    let (mut settled, mut problems) = (0, Vec::new());
    for round in 0..9 {
        for (index, attack) in attacks.iter().enumerate() {
            let before = program.worked();
            let reply = program.send(&attack.request);
            let took = program.worked().saturating_sub(before);
            if let Some(wrong) = attack.problem(&reply) {
                problems.push(format!("{}: {wrong}: {reply:?}", attack.name));
            }
            program.is_well();
            match round {
                0 => slowest.push(took),
                // Others may use the machine, too: what counts is what it takes at best.
                _ => slowest[index] = slowest[index].min(took),
            }
        }
        assert!(problems.is_empty(), "{}", problems.join("\n"));
        // Under load it may take some rounds until everything was in use at once.
        if round < 5 {
            settled = settled.max(program.resident());
        }
    }
    for (attack, took) in attacks.iter().zip(&slowest) {
        println!("{took:>12?} {}", attack.name);
        let allowed = if attack.request.len() > 100_000 {
            SOON_FOR_LARGE_BODIES
        } else {
            SOON
        };
        assert!(*took < allowed, "{}: {took:?}", attack.name);
    }
    let grown = program.resident().saturating_sub(settled);
    println!("{settled} kB, grown by {grown} kB");
    assert!(grown < 16 * 1024, "{settled} kB have grown by {grown} kB");
    assert_eq!(app.rows().await, rows);
}
