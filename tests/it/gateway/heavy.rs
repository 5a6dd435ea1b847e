//! Small requests that ask for much work: what each takes of the processors and of memory, and what others notice of it
//! meanwhile, on a program with its default settings. And documents made at random, as costly as the limits allow.

mod attacks;
mod generator;
mod listeners;
mod watch;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tributary::seed::{Amounts, fill};

use crate::support::program::{Program, is_slow};
use crate::support::{TestApp, both_databases};
use attacks::{attacks, numbered};
use generator::Generator;
use watch::Seen;

/// The most memory that a request may take, in kilobytes.
const MEMORY: u64 = 50 * 1024;
const MEMORY_OF_GENERATED: u64 = 100 * 1024;

/// How many of each attack are under way at once while others ask.
const ATTACKERS: usize = 4;

/// How many documents are made.
const DOCUMENTS: usize = 60;

/// The most time of a processor that a request may take.
fn most_work() -> Duration {
    Duration::from_secs(if is_slow() { 20 } else { 2 })
}

/// A token with these claims that is good for long.
fn lasting(app: &TestApp, tenant: &str, subject: &str) -> String {
    app.sign(&json!({ "tenant": tenant, "sub": subject, "iat": 1, "exp": 4_000_000_000_u64 }))
}

/// A tenant with a history, and another beside it.
async fn programmes(app: &TestApp) -> Vec<String> {
    // The figures of docs/security.md are those of a large ledger.
    let many = if is_slow() { 6_000 } else { 300_000 };
    for (slug, partners, commissions) in [("acme", 600, many), ("calm", 20, 100)] {
        let tenant = app.tenant(slug).await;
        let amounts = Amounts {
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

both_databases! {
    async fn asking_for_much_takes_little_and_holds_nobody_up(app: TestApp) {
        let ids = programmes(&app).await;
        let program = Program::start(&app, "");
        let calm = lasting(&app, "calm", "bob");
        let mut problems = Vec::new();
        println!("| request | answer | processor time | memory | readiness | others' p99 | in quiet |");
        for attack in attacks(&ids) {
            let body = json!({ "query": attack.document, "variables": attack.variables }).to_string();
            // Each has a subject of its own, who has not asked for anything yet.
            let request = program.request_of(&lasting(&app, "acme", attack.name), &body);
            let before = program.resident();
            program.forget_peak();
            // Once for what is kept from then on.
            program.send(&request);
            let worked = program.worked();
            let reply = program.send(&request);
            let took = program.worked().saturating_sub(worked);
            let grown = program.peak().saturating_sub(before);
            let code = if reply.body.contains("\"errors\"") { reply.code() } else { String::new() };
            let quiet = Seen::watch(&program, &calm);
            let stop = AtomicBool::new(false);
            let attack_again = || while !stop.load(Ordering::Relaxed) {
                program.send(&request);
            };
            let seen = std::thread::scope(|scope| {
                (0..ATTACKERS).for_each(|_| { scope.spawn(attack_again); });
                let seen = Seen::watch(&program, &calm);
                stop.store(true, Ordering::Relaxed);
                seen
            });
            println!(
                "| {} | {} {code} | {took:.1?} | {:.1} MB | {:.1?} | {:.1?} | {:.1?} |",
                attack.name, reply.status, grown as f64 / 1024.0, seen.longest_readiness(), seen.p99(), quiet.p99()
            );
            if code != attack.code {
                problems.push(format!("{}: {code:?} instead of {:?}: {}", attack.name, attack.code, &reply.body[..reply.body.len().min(500)]));
            }
            if grown > MEMORY || took > most_work() {
                problems.push(format!("{}: {took:?} and {grown} kB", attack.name));
            }
            problems.extend(seen.problem(&quiet).map(|problem| format!("{}: {problem}", attack.name)));
        }
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }

    async fn who_sends_refused_documents_is_told_to_wait(app: TestApp) {
        app.tenant("acme").await;
        let program = Program::start(&app, "[throttle]\nmaximum = 1000\nrestore_per_second = 1\n");
        let unknown = format!("{{ partners {{ nodes {{ {} }} }} }}", numbered(200, |n| format!("{}{n:03}", "a".repeat(125))));
        for document in [unknown.as_str(), "{", "{ partners(first: 501) { totalCount } }", "{ partners(first: 500) { nodes { group { partners(first: 500) { nodes { id } } } } } }"] {
            let token = lasting(&app, "acme", &document.len().to_string());
            let request = program.request_of(&token, &json!({ "query": document }).to_string());
            let replies: Vec<_> = (0..120).map(|_| program.send(&request).status).collect();
            assert_ne!(replies[0], 429, "{document}");
            assert_eq!(replies.last(), Some(&429), "{document}");
        }
        program.is_well();
    }

    async fn no_document_within_the_limits_takes_long_or_much(app: TestApp) {
        let ids = programmes(&app).await;
        let program = Program::start(&app, "[throttle]\nmaximum = 1000000000\nrestore_per_second = 1000000000\n");
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
                assert!(["QUERY_TOO_COMPLEX", "BAD_USER_INPUT"].contains(&reply.code().as_str()), "{}: {document}", reply.body);
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
            cost += reply.json()["extensions"]["cost"]["actualQueryCost"].as_u64().unwrap_or_default();
            if took > most_work() || grown > MEMORY_OF_GENERATED {
                problems.push(format!("{seed}: {took:?}, {grown} kB: {document}"));
            }
        }
        println!("{answered} of {DOCUMENTS} without errors; the slowest {slowest:?}, the largest {largest} kB; {cost} units in {worked:?}");
        assert!(problems.is_empty(), "{}", problems.join("\n"));
        assert!(answered * 2 > DOCUMENTS, "{answered}");
    }
}
