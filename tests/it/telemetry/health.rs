//! `tributary healthcheck`, by which a container knows how its gateway is.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::both_databases;
use crate::support::program::{Program, Reply, Wire};

fn check(arguments: &[&str]) -> (Option<i32>, String) {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_tributary"))
        .arg("healthcheck")
        .args(arguments)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

#[apply(both_databases)]
async fn a_gateway_that_serves_is_healthy_until_it_has_ended(app: TestApp) {
    app.tenant("acme").await;
    let program = Program::start(&app, "");
    let address = program.address.to_string();
    assert_eq!(check(&["--listen", &address]), (Some(0), "ready\n".to_owned()));
    assert_eq!(
        check(&["--url", &format!("http://{address}/")]),
        (Some(0), "ready\n".to_owned())
    );
    program.terminate();
    assert_eq!(program.wait().code(), Some(0));
    let (code, says) = check(&["--listen", &address]);
    assert_eq!(code, Some(1));
    assert!(says.contains("no connection could be made"), "{says}");
}

/// Asks on a connection of its own.
fn ask(address: SocketAddr, path: &str) -> Option<Reply> {
    let mut wire = Wire::open(address)?;
    wire.write(format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").as_bytes());
    wire.read()
}

#[apply(both_databases)]
async fn health_has_an_address_of_its_own_until_the_program_has_ended(app: TestApp) {
    app.tenant("acme").await;
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let settings = format!("production = true\nhealth_listen = \"{free}\"");
    let mut program = Program::start(&app, &settings);
    program.is_well();
    let status = |path: &str| ask(free, path).map(|reply| reply.status);
    for (path, expected) in [
        ("/healthz", 200),
        ("/readyz", 200),
        ("/metrics", 200),
        ("/graphql", 404),
        ("/", 404),
    ] {
        assert_eq!(status(path), Some(expected), "{path}");
    }
    assert_eq!(
        program.send(&program.request("GET /readyz", "", b"")).status,
        200,
        "beside the API, too"
    );
    assert_eq!(
        check(&["--health-listen", &free.to_string()]),
        (Some(0), "ready\n".to_owned())
    );
    // One that comes in pieces is answered as well.
    let mut wire = program.connect();
    wire.write(b"GET /rea");
    program.is_well();
    wire.write(b"dyz HTTP/1.1\r\nhost: gateway\r\n\r\n");
    assert_eq!(wire.read().expect("an answer").status, 200);
    drop(wire);
    // While a request is still running, it lives, and is ready for no others.
    let body = json!({ "query": "{ viewer { subject } }" }).to_string();
    let request = program.post("", body.as_bytes());
    let (beginning, end) = request.split_at(request.len() - 5);
    let mut running = program.connect();
    running.write(beginning);
    program.is_well();
    program.terminate();
    let start = Instant::now();
    while status("/readyz") != Some(503) {
        assert!(start.elapsed() < Duration::from_secs(10), "it goes on being ready");
    }
    assert_eq!(status("/healthz"), Some(200));
    running.write(end);
    assert_eq!(running.read().expect("an answer").status, 200);
    drop(running);
    assert_eq!(program.ended().code(), Some(0));
    assert_eq!(status("/healthz"), None);
}

#[test]
fn who_says_no_is_not_healthy() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let gateway = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = [0; 1024];
        let length = stream.read(&mut asked).unwrap();
        stream
            .write_all(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 7\r\n\r\nending\n")
            .unwrap();
        String::from_utf8_lossy(&asked[..length]).into_owned()
    });
    let (code, says) = check(&["--url", &url]);
    assert_eq!(code, Some(1));
    assert!(says.contains("503 ending"), "{says}");
    assert!(gateway.join().unwrap().starts_with("GET /readyz HTTP/1.1\r\n"));
}

#[test]
fn who_says_nothing_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let start = Instant::now();
    let (code, says) = check(&["--url", &url]);
    assert_eq!(code, Some(1));
    assert!(says.contains("no answer within 2000 ms"), "{says}");
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn what_cannot_be_asked_is_said() {
    for url in ["ftp://gateway.example", "nonsense", "http://[::1"] {
        let (code, says) = check(&["--url", url]);
        assert_eq!(code, Some(1), "{url}");
        assert!(!says.is_empty() && !says.contains("panicked"), "{says}");
    }
}
