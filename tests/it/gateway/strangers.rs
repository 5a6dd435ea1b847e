//! Who is not known yet: how many connections and how much memory they may take, and that everybody else is served
//! meanwhile.

use std::fs::File;
use std::io::Read;
use std::time::{Duration, Instant};

use super::heavy::CONNECTIONS_OF_STRANGERS;
use crate::support::program::{Program, Wire};
use crate::support::{TestApp, both_databases};

/// How long a health check may take beside strangers; the machine may be busy with other tests.
const SOON: Duration = Duration::from_secs(3);

fn open(program: &Program, count: usize) -> Vec<Wire> {
    (0..count).map(|_| program.connect()).collect()
}

/// Readiness, on a connection of its own.
fn is_ready(program: &Program) {
    let start = Instant::now();
    let reply = program.send(&program.request("GET /readyz", "", b""));
    assert_eq!((reply.status, reply.body.as_str()), (200, "ready\n"));
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
}

/// Sends what is at first no health check.
fn refusal(program: &Program) -> (u16, String, bool) {
    let mut wire = program.connect();
    wire.write(&program.asking("{ viewer { subject } }", &serde_json::json!({})));
    let reply = wire.read().expect("an answer");
    (reply.status, reply.body, reply.headers.contains("retry-after: "))
}

/// Waits until a connection that has been given up is noticed.
fn until_well(program: &Program) {
    let start = Instant::now();
    while refusal(program).0 != 200 {
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}

async fn logging(app: &TestApp, settings: &str, files: Option<(u64, u64)>) -> (Program, File) {
    app.tenant("acme").await;
    let log = tempfile::NamedTempFile::new().unwrap();
    let (into, read) = (log.reopen().unwrap(), log.reopen().unwrap());
    let program = match files {
        Some(files) => Program::with_files(app, settings, files, into),
        None => Program::launch(app, settings, "127.0.0.1:0", &["--log", "warn"], into),
    };
    // It has begun to serve.
    program.is_well();
    (program, read)
}

fn text(mut log: File) -> String {
    let mut text = String::new();
    log.read_to_string(&mut text).unwrap();
    text
}

#[apply(both_databases)]
async fn an_address_has_so_many_connections_and_health_checks_find_room(app: TestApp) {
    let (program, log) = logging(&app, "[connections]\nper_address = 20\n", None).await;
    let mut idle = open(&program, 20);
    is_ready(&program);
    let (mut status, mut body, mut says_when) = refusal(&program);
    // A connection that was closed just before may have been counted still, and have kept one of these out.
    while status == 200 && idle.len() < 23 {
        idle.extend(open(&program, 1));
        (status, body, says_when) = refusal(&program);
    }
    assert_eq!((status, says_when), (503, true), "{body}");
    assert!(body.contains("this address has too many open connections"), "{body}");
    // Those who say nothing beyond the limit are not kept.
    assert!(open(&program, 1)[0].is_closed());
    idle.truncate(10);
    until_well(&program);
    assert!(text(log).contains("connections.per_address"));
}

#[apply(both_databases)]
async fn there_are_so_many_connections_in_all(app: TestApp) {
    let (program, log) = logging(&app, "[connections]\nat_once = 20\n", None).await;
    let idle = open(&program, 20);
    // However many more there are.
    let _beyond = open(&program, 200);
    is_ready(&program);
    let (mut status, mut body, _) = refusal(&program);
    // As above: one of the twenty may have found no place.
    let mut more = Vec::new();
    while status == 200 && more.len() < 3 {
        more.extend(open(&program, 1));
        (status, body, _) = refusal(&program);
    }
    assert_eq!(status, 503, "{body}");
    assert!(body.contains("too many connections are open"), "{body}");
    drop((idle, more));
    until_well(&program);
    assert!(text(log).contains("connections.at_once"));
}

#[apply(both_databases)]
async fn the_soft_limit_of_files_is_no_limit_and_the_hard_one_leaves_room(app: TestApp) {
    let (program, log) = logging(&app, "", Some((64, 512))).await;
    // A quarter of the 512 is kept.
    let idle = open(&program, 384);
    for _ in 0..3 {
        is_ready(&program);
    }
    assert_eq!(refusal(&program).0, 503);
    let files = std::fs::read_dir(format!("/proc/{}/fd", program.id())).unwrap().count();
    assert!((384..512).contains(&files), "{files}");
    drop(idle);
    until_well(&program);
    let text = text(log);
    assert!(text.contains("the limit of open files is lower"), "{text}");
    assert!(!text.contains("cannot accept a connection"), "{text}");
}

#[apply(both_databases)]
async fn a_head_has_so_many_bytes(app: TestApp) {
    app.tenant("acme").await;
    let program = Program::start(&app, "");
    let with = |bytes: usize| {
        let header = format!("x-long: {}\r\n", "x".repeat(bytes));
        program
            .send(&program.request(
                "GET /graphql?query=%7B__typename%7D",
                &format!("graphql-require-preflight: 1\r\n{header}"),
                b"",
            ))
            .status
    };
    assert_eq!((with(14 * 1024), with(17 * 1024)), (200, 431));
    let program = Program::start(&app, "[limits]\nhead_bytes = 32768\n");
    let header = format!("x-long: {}\r\ngraphql-require-preflight: 1\r\n", "x".repeat(17 * 1024));
    assert_eq!(
        program
            .send(&program.request("GET /graphql?query=%7B__typename%7D", &header, b""))
            .status,
        200
    );
}

#[apply(both_databases)]
async fn strangers_take_little_memory_and_leave_none_taken(app: TestApp) {
    app.tenant("acme").await;
    let program = Program::start(&app, "");
    program.is_well();
    let before = program.resident();
    let head = [
        b"GET /graphql HTTP/1.1\r\nhost: x\r\nx-long: ".as_slice(),
        &[b'x'; 380 * 1024],
    ]
    .concat();
    let body = [
        b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n"
            .as_slice(),
        &[b'1'; 999_999],
    ]
    .concat();
    for (what, bytes) in [("heads", head), ("bodies", body)] {
        program.forget_peak();
        let wires: Vec<_> = (0..CONNECTIONS_OF_STRANGERS)
            .map(|_| {
                let mut wire = program.connect();
                wire.write_some(&bytes);
                wire
            })
            .collect();
        is_ready(&program);
        let grown = program.peak().saturating_sub(before);
        drop(wires);
        println!("{CONNECTIONS_OF_STRANGERS} {what} of strangers: {grown} kB more");
        // Once a head of 380 kB is kept, or as much of a body, it is 16 times as much.
        assert!(grown < 64 * CONNECTIONS_OF_STRANGERS as u64, "{what}: {grown} kB");
    }
    program.is_well();
}
