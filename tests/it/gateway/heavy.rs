//! Small requests that ask for much work: what each takes of the processors and of memory, and what others notice of it
//! meanwhile, on a program with its default settings. And documents made at random, as costly as the limits allow.

mod crowds;
mod generator;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tributary::seed::{SeedAmounts, fill};

use crate::support::program::Program;
use crate::support::{TestApp, both_databases};
use generator::Generator;

/// The most memory that a request may take, in kilobytes.
const MEMORY: u64 = 50 * 1024;
const MEMORY_OF_GENERATED: u64 = 100 * 1024;

/// The most time of a processor. Builds for tests are about ten times slower than the program that is shipped.
const SLOWER: u32 = if cfg!(debug_assertions) { 10 } else { 1 };
const WORK: Duration = Duration::from_secs(2);

/// How many of each attack are under way at once while others ask.
const ATTACKERS: usize = 4;

/// How many commissions the attacked tenant has, and for how long each attack goes on while others ask: `just attacks` takes
/// more of both.
fn rows() -> u64 {
    setting("TRIBUTARY_ATTACKED_ROWS").unwrap_or(6_000)
}

fn lasts() -> Duration {
    Duration::from_secs(setting("TRIBUTARY_ATTACK_SECONDS").unwrap_or(0))
}

#[expect(
    clippy::disallowed_methods,
    reason = "how much a test does is no setting of the program"
)]
fn setting(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

/// How many connections strangers open at once: as many as the files of a test allow, by default.
pub const CONNECTIONS_OF_STRANGERS: usize = 300;

/// How many documents are made.
const DOCUMENTS: usize = 60;

struct Attack {
    name: &'static str,
    document: String,
    variables: Value,
    /// Empty: it is answered.
    code: &'static str,
}

fn numbered(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect::<Vec<_>>().join(" ")
}

/// A tenant with a history, and another beside it.
async fn programmes(app: &TestApp) -> Vec<String> {
    for (slug, partners, commissions) in [("acme", 600, rows()), ("calm", 20, 100)] {
        let tenant = app.tenant(slug).await;
        let amounts = SeedAmounts {
            partners,
            campaigns: 10,
            commissions,
            rng_seed: 1,
        };
        fill(&app.app, &tenant, amounts, |_| ())
            .await
            .expect("nothing is in the way");
    }
    let admin = crate::support::Client::new(
        super::gateway(app, tributary::http::HttpOptions::default()),
        Some(app.sign(&json!({}))),
    );
    let found = admin
        .data(
            "{ partners(first: 100) { nodes { id group { id } } } commissions(first: 400) { nodes { id event { id customer { id } } } }
               campaigns(first: 10) { nodes { id } } payouts(first: 50) { nodes { id } } viewer { tenant { id } } }",
        )
        .await;
    let mut ids = Vec::new();
    collect(&found, &mut ids);
    ids.sort();
    ids.dedup();
    ids
}

fn collect(value: &Value, ids: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            ids.extend(fields.get("id").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| collect(value, ids));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, ids)),
        _ => {}
    }
}

fn of_kind<'a>(ids: &'a [String], prefix: &str) -> Vec<&'a String> {
    ids.iter().filter(|id| id.starts_with(prefix)).collect()
}

fn attacks(ids: &[String]) -> Vec<Attack> {
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
        attack("what GraphiQL asks for", include_str!("bounds/introspection.graphql").to_owned(), json!({}), ""),
        attack(
            "the schema for federation 30 times",
            format!("{{ _service {{ {} }} }}", numbered(30, |n| format!("s{n}: sdl"))),
            json!({}),
            "",
        ),
        attack("equal totals 4 times", totals(4, &|_| "first: 1".to_owned()), json!({}), ""),
        attack("different totals 4 times", totals(4, &|n| format!("filter: {{ accruedFrom: \"2020-01-0{}T00:00:00Z\" }}", n + 1)), json!({}), ""),
        attack(
            "a report twice, by all there is",
            format!("{{ {} }}", numbered(2, |n| {
                let range = format!("from: \"2020-01-0{}T00:00:00Z\", to: \"2030-01-01T00:00:00Z\"", n + 1);
                format!("r{n}: commissionReport(groupBy: [PARTNER, CAMPAIGN, KIND, STATUS], timeBasis: OCCURRED, {range}, first: 1) {{ nodes {{ count }} }}")
            })),
            json!({}),
            "",
        ),
        attack(
            "the balances of 200 partners as they were",
            "{ partners(first: 200) { nodes { balancesAsOf(at: \"2026-01-01T00:00:00Z\") { payable } } } }".to_owned(),
            json!({}),
            "",
        ),
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

/// What another tenant sees: how long its requests take, the longest first, and how long readiness.
struct Seen {
    requests: Vec<Duration>,
    readiness: Vec<Duration>,
}

impl Seen {
    /// Asks again and again while this is done, at least 50 times.
    fn during(program: &Program, token: &str, work: impl FnOnce() + Send) -> Self {
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let seen = scope.spawn(|| Self::watch(program, token, &stop));
            work();
            stop.store(true, Ordering::Relaxed);
            seen.join().unwrap()
        })
    }

    fn watch(program: &Program, token: &str, stop: &AtomicBool) -> Self {
        let body = json!({ "query": "{ partners(first: 5) { nodes { id name } } }" }).to_string();
        let honest = program.request_of(token, &body);
        let ready = program.request("GET /readyz", "", b"");
        let mut seen = Self {
            requests: Vec::new(),
            readiness: Vec::new(),
        };
        while seen.requests.len() < 50 || !stop.load(Ordering::Relaxed) {
            for (request, times) in [(&honest, &mut seen.requests), (&ready, &mut seen.readiness)] {
                let start = Instant::now();
                let reply = program.send(request);
                times.push(start.elapsed());
                assert_eq!(reply.status, 200, "{}", reply.body);
            }
        }
        seen.requests.sort_by(|a, b| b.cmp(a));
        seen.readiness.sort_by(|a, b| b.cmp(a));
        seen
    }

    fn p99(&self) -> Duration {
        self.requests[self.requests.len() / 100]
    }

    fn p50(&self) -> Duration {
        self.requests[self.requests.len() / 2]
    }
}

#[apply(both_databases)]
async fn asking_for_much_takes_little(app: TestApp) {
    let ids = programmes(&app).await;
    // What is refused is charged, and would soon be refused for that.
    let program = Program::start(
        &app,
        "[throttle]\nmaximum = 1000000000\nrestore_per_second = 1000000000\n",
    );
    let mut problems = Vec::new();
    for attack in attacks(&ids) {
        let request = program.asking(&attack.document, &attack.variables);
        // The first includes what is kept from then on, and all memory is counted that it takes; not that of the second
        // as well, since the allocator keeps what one thread has freed from another for a moment.
        let before = program.resident();
        program.forget_peak();
        program.send(&request);
        let grown = program.peak().saturating_sub(before);
        let worked = program.worked();
        let reply = program.send(&request);
        let took = program.worked().saturating_sub(worked);
        let code = if reply.body.contains("\"errors\"") {
            reply.code()
        } else {
            String::new()
        };
        println!("{:50} {code:26} {took:>10.1?} {grown:>7} kB", attack.name);
        if code != attack.code {
            problems.push(format!(
                "{}: {code:?} instead of {:?}: {}",
                attack.name,
                attack.code,
                &reply.body[..reply.body.len().min(500)]
            ));
        }
        if grown > MEMORY || took > WORK * SLOWER {
            problems.push(format!("{}: {took:?} and {grown} kB", attack.name));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[apply(both_databases)]
async fn who_asks_for_much_holds_nobody_up(app: TestApp) {
    let ids = programmes(&app).await;
    let program = Program::start(&app, "");
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let token = |tenant: &str, subject: String| {
        app.sign(&json!({ "tenant": tenant, "sub": subject, "iat": now, "exp": now + 3600 }))
    };
    let calm = token("calm", "bob".to_owned());
    let quiet = Seen::during(&program, &calm, || std::thread::park_timeout(lasts()));
    println!("quiet: p99 {:?}, readiness {:?}", quiet.p99(), quiet.readiness[0]);
    let mut problems = Vec::new();
    for attack in attacks(&ids) {
        let body = json!({ "query": attack.document, "variables": attack.variables }).to_string();
        // Each is somebody else, and has all that a subject may ask for.
        let requests: Vec<_> = (0..ATTACKERS)
            .map(|n| program.request_of(&token("acme", format!("{}{n}", attack.name)), &body))
            .collect();
        let answers = Mutex::new(BTreeMap::<u16, u32>::new());
        let begun = Instant::now();
        let seen = Seen::during(&program, &calm, || {
            std::thread::scope(|scope| {
                for request in &requests {
                    scope.spawn(|| {
                        for sent in 0.. {
                            if sent >= 5 && begun.elapsed() >= lasts() {
                                break;
                            }
                            *answers.lock().unwrap().entry(program.send(request).status).or_default() += 1;
                        }
                    });
                }
            })
        });
        println!(
            "{:50} others' p99 {:>8.1?}, readiness {:>8.1?}, answered {:?}",
            attack.name,
            seen.p99(),
            seen.readiness[0],
            answers.into_inner().unwrap()
        );
        // The machine may be busy with other tests: this is for what nobody should ever have to wait.
        if seen.p99() > (quiet.p99() * 3).max(Duration::from_secs(2)) || seen.readiness[0] > Duration::from_secs(5) {
            problems.push(format!(
                "{}: others waited {:?}, readiness {:?}",
                attack.name,
                seen.p99(),
                seen.readiness[0]
            ));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[apply(both_databases)]
async fn who_sends_refused_documents_is_told_to_wait(app: TestApp) {
    app.tenant("acme").await;
    let program = Program::start(&app, "[throttle]\nmaximum = 1000\nrestore_per_second = 1\n");
    let unknown = format!(
        "{{ partners {{ nodes {{ {} }} }} }}",
        numbered(200, |n| format!("{}{n:03}", "a".repeat(125)))
    );
    for document in [
        unknown.as_str(),
        "{",
        "{ partners(first: 501) { totalCount } }",
        "{ partners(first: 500) { nodes { group { partners(first: 500) { nodes { id } } } } } }",
    ] {
        let token = app.sign(&json!({ "sub": document.len().to_string(), "iat": 1, "exp": 4_000_000_000_u64 }));
        let request = program.request_of(&token, &json!({ "query": document }).to_string());
        let replies: Vec<_> = (0..120).map(|_| program.send(&request).status).collect();
        assert_ne!(replies[0], 429, "{document}");
        assert_eq!(replies.last(), Some(&429), "{document}");
    }
    program.is_well();
}

#[apply(both_databases)]
async fn no_document_within_the_limits_takes_long_or_much(app: TestApp) {
    let ids = programmes(&app).await;
    let program = Program::start(
        &app,
        "[throttle]\nmaximum = 1000000000\nrestore_per_second = 1000000000\n",
    );
    let (mut slowest, mut largest, mut answered) = (Duration::ZERO, 0, 0);
    let (mut cost, mut worked) = (0, Duration::ZERO);
    let mut problems = Vec::new();
    for seed in 0..DOCUMENTS as u64 {
        // What costs too much is made smaller until it does not.
        let mut generator = Generator::new(seed, &ids);
        let tree = generator.query();
        let mut scale = 1.0;
        let made = loop {
            let document = tree.write(scale);
            let request = program.asking(&document, &json!({}));
            let reply = program.send(&request);
            if reply.status == 200 {
                break Some((document, request));
            }
            assert!(
                ["QUERY_TOO_COMPLEX", "BAD_USER_INPUT"].contains(&reply.code().as_str()),
                "{}: {document}",
                reply.body
            );
            scale *= 0.7;
            if scale < 1e-6 {
                // It is not its pages that cost too much.
                break None;
            }
        };
        let Some((document, request)) = made else { continue };
        let before = (program.resident(), program.worked());
        program.forget_peak();
        let reply = program.send(&request);
        let took = program.worked().saturating_sub(before.1);
        let grown = program.peak().saturating_sub(before.0);
        answered += usize::from(!reply.body.contains("\"errors\""));
        slowest = slowest.max(took);
        largest = largest.max(grown);
        worked += took;
        cost += reply.json()["extensions"]["cost"]["actualQueryCost"]
            .as_u64()
            .unwrap_or_default();
        if took > WORK * SLOWER || grown > MEMORY_OF_GENERATED {
            problems.push(format!("{seed}: {took:?}, {grown} kB: {document}"));
        }
    }
    println!(
        "{answered} of {DOCUMENTS} without errors; the slowest {slowest:?}, the largest {largest} kB; {cost} units in {worked:?}"
    );
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(answered * 2 > DOCUMENTS, "{answered}");
}
