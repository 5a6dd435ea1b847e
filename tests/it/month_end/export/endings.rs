//! An export that does not come to its end: its reader sees that, and nothing is held any longer.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::StatusCode;
use http_body_util::BodyExt;
use serde_json::json;
use tokio::sync::watch;
use tributary::http::{self, ExportLimits, HttpOptions, ThrottleSection, TimeoutsSection};

use super::{Exported, broken, get, read, seeded};
use crate::support::program::Program;
use crate::support::{Client, TestApp, both_databases};

/// The same program behind another front.
fn front(app: &TestApp, options: HttpOptions) -> (Router, watch::Sender<bool>) {
    let (end, ending) = watch::channel(false);
    let router = http::router(app.app.clone(), options, ending).expect("sound options");
    (router, end)
}

fn limited(exports: ExportLimits) -> HttpOptions {
    let throttle = ThrottleSection {
        maximum: 1_000_000,
        restore_per_second: 1_000_000,
        ..ThrottleSection::default()
    };
    HttpOptions {
        exports,
        throttle,
        ..HttpOptions::default()
    }
}

/// Waits until the exports of a tenant that may have one are over.
async fn until_there_is_room(client: &Client) -> Exported {
    let start = Instant::now();
    loop {
        let answer = get(client, "/export/partners").await;
        if answer.status == StatusCode::OK || start.elapsed() > Duration::from_secs(20) {
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits until so many transactions are open on PostgreSQL: they are undone in the background.
async fn until_open(app: &TestApp, count: usize) {
    let sql = "SELECT pid::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
               AND state LIKE 'idle in transaction%'";
    let start = Instant::now();
    while app.is_postgres() && app.texts(sql).await.len() != count {
        assert!(start.elapsed() < Duration::from_secs(20), "not {count}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[apply(both_databases)]
async fn a_reader_that_stops_holds_nothing_for_long(app: TestApp) {
    let tenant = seeded(&app, "acme", 2_100).await;
    let exports = ExportLimits {
        per_tenant: 1,
        floor_seconds: 1,
        ..ExportLimits::default()
    };
    let (router, _end) = front(&app, limited(exports));
    let staff = app.staff(&tenant, "admin").at(router);
    let stalled = staff.begin("/export/commissions", &[]).await;
    assert_eq!(stalled.status(), StatusCode::OK);
    let refused = get(&staff, "/export/partners").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    until_open(&app, 1).await;
    until_there_is_room(&staff).await;
    until_open(&app, 0).await;
    // What was read ahead comes, and then no end.
    assert!(read(stalled.into_body()).await.is_err());
}

#[apply(both_databases)]
async fn a_reader_that_has_gone_holds_nothing(app: TestApp) {
    let tenant = seeded(&app, "acme", 2_100).await;
    let (router, _end) = front(
        &app,
        limited(ExportLimits {
            per_tenant: 1,
            ..ExportLimits::default()
        }),
    );
    let staff = app.staff(&tenant, "admin").at(router);
    let (head, mut body) = staff.begin("/export/commissions", &[]).await.into_parts();
    assert_eq!(head.status, StatusCode::OK);
    assert!(body.frame().await.is_some_and(|piece| piece.is_ok()));
    drop(body);
    until_there_is_room(&staff).await;
    until_open(&app, 0).await;
}

#[apply(both_databases)]
async fn only_so_many_run_at_once(app: TestApp) {
    let (acme, other) = (seeded(&app, "acme", 2_100).await, seeded(&app, "other", 2_100).await);
    let (router, _end) = front(
        &app,
        limited(ExportLimits {
            at_once: 2,
            per_tenant: 1,
            ..ExportLimits::default()
        }),
    );
    let (ann, bob) = (
        app.staff(&acme, "admin").at(router.clone()),
        app.staff(&other, "admin").at(router.clone()),
    );
    let first = ann.begin("/export/commissions", &[]).await;
    assert_eq!(first.status(), StatusCode::OK);
    let again = get(&ann, "/export/commissions").await;
    assert_eq!(
        (again.status, again.refusal().0.as_str()),
        (StatusCode::TOO_MANY_REQUESTS, "THROTTLED")
    );
    assert!(again.header("retry-after").parse::<u64>().is_ok());
    // Another tenant has its own, and a third finds no room at all.
    let second = bob.begin("/export/commissions", &[]).await;
    assert_eq!(second.status(), StatusCode::OK);
    let third = app.staff(&app.tenant("third").await, "admin").at(router);
    let full = get(&third, "/export/partners").await;
    assert_eq!(
        (full.status, full.refusal().0.as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE")
    );
    assert!(full.header("retry-after").parse::<u64>().is_ok());
    assert!(read(first.into_body()).await.is_ok() && read(second.into_body()).await.is_ok());
    until_there_is_room(&third).await;
    until_there_is_room(&ann).await;
}

#[apply(both_databases)]
async fn no_tenant_gets_the_last_place_besides_another(app: TestApp) {
    let (acme, other) = (seeded(&app, "acme", 2_100).await, seeded(&app, "other", 2_100).await);
    let (router, _end) = front(
        &app,
        limited(ExportLimits {
            at_once: 4,
            per_tenant: 3,
            ..ExportLimits::default()
        }),
    );
    let (ann, bob) = (
        app.staff(&acme, "admin").at(router.clone()),
        app.staff(&other, "admin").at(router.clone()),
    );
    let mut running = Vec::new();
    for (client, expected) in [(&ann, 200), (&ann, 200), (&bob, 200)] {
        let begun = client.begin("/export/commissions", &[]).await;
        assert_eq!(begun.status(), expected);
        running.push(begun);
    }
    // One is left, and both have one already.
    for client in [&ann, &bob] {
        let refused = get(client, "/export/commissions").await;
        assert_eq!(
            (refused.status, refused.refusal().0.as_str()),
            (StatusCode::TOO_MANY_REQUESTS, "THROTTLED")
        );
        assert!(refused.refusal().1.contains("the last export slot"), "{}", refused.text);
        assert!(refused.header("retry-after").parse::<u64>().is_ok());
    }
    let third = app.staff(&app.tenant("third").await, "admin").at(router);
    assert_eq!(get(&third, "/export/partners").await.status, StatusCode::OK);
    running.clear();
    until_there_is_room(&ann).await;
}

#[apply(both_databases)]
async fn a_reader_below_the_floor_is_told_so_and_one_above_it_is_not_cut_off(app: TestApp) {
    seeded(&app, "acme", 6_000).await;
    // At least 100 kB in five seconds, on average.
    let program = Program::start(&app, "[exports]\nfloor_bytes_per_second = 20000\nfloor_seconds = 5\n");
    let read_at = |bytes_per_second: usize| {
        let mut stream = small_window(program.address);
        let request = program.request("GET /export/commissions", "connection: close\r\n", b"");
        stream.write_all(&request).unwrap();
        let (mut answer, mut piece) = (Vec::new(), vec![0; bytes_per_second / 10]);
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(15) {
            match stream.read(&mut piece) {
                Ok(0) | Err(_) => break,
                Ok(length) => answer.extend(&piece[..length]),
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    };
    let slow = read_at(2_000);
    assert!(
        slow.contains("the export was cut off: it was read at less than 20000 bytes a second for 5 seconds"),
        "{}",
        &slow[slow.len().saturating_sub(200)..]
    );
    assert!(!slow.ends_with("\r\n0\r\n\r\n"));
    let honest = read_at(40_000);
    assert!(
        honest.ends_with("\r\n0\r\n\r\n"),
        "{}",
        &honest[honest.len().saturating_sub(200)..]
    );
}

#[apply(both_databases)]
async fn the_end_of_the_program_ends_an_export_before_it(app: TestApp) {
    let tenant = seeded(&app, "acme", 2_100).await;
    let timeouts = TimeoutsSection {
        shutdown_seconds: 1,
        ..TimeoutsSection::default()
    };
    let (router, end) = front(
        &app,
        HttpOptions {
            timeouts,
            ..limited(ExportLimits::default())
        },
    );
    let staff = app.staff(&tenant, "admin").at(router);
    let unread = staff.begin("/export/commissions", &[]).await;
    end.send(true).unwrap();
    assert!(read_slowly(unread).await.is_err());
}

#[apply(both_databases)]
async fn who_may_no_longer_read_gets_no_more(app: TestApp) {
    let tenant = seeded(&app, "acme", 6_000).await;
    let (router, _end) = front(&app, limited(ExportLimits::default()));
    let staff = app.staff(&tenant, "admin");
    let made = staff
        .done(
            "createApiKey",
            json!({ "name": "books", "scopes": ["admin"] }),
            "apiKey { id } key",
        )
        .await;
    let holder = app.client(made["key"].as_str().map(str::to_owned)).at(router);
    let begun = holder.begin("/export/commissions", &[]).await;
    assert_eq!(begun.status(), StatusCode::OK);
    staff
        .done("revokeApiKey", json!({ "id": made["apiKey"]["id"] }), "deletedId")
        .await;
    assert!(read_slowly(begun).await.is_err());
}

#[apply(both_databases)]
async fn what_fails_in_the_middle_ends_visibly_broken(app: TestApp) {
    let tenant = broken(&app).await;
    let staff = app.staff(&tenant, "admin");
    let begun = staff.begin("/export/partners", &[]).await;
    assert_eq!(begun.status(), StatusCode::OK);
    assert!(read(begun.into_body()).await.is_err());
    // Over a wire: chunks without the last one, which is empty.
    let program = Program::start(&app, "");
    for (list, whole) in [("partners", false), ("payouts", true)] {
        let answer = over_a_wire(&program, list);
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(
            answer.to_ascii_lowercase().contains("transfer-encoding: chunked"),
            "{answer}"
        );
        assert_eq!(answer.ends_with("\r\n0\r\n\r\n"), whole, "{list}");
    }
}

/// Everything that is sent for an export.
fn over_a_wire(program: &Program, list: &str) -> String {
    let mut stream = std::net::TcpStream::connect(program.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let request = program.request(&format!("GET /export/{list}"), "connection: close\r\n", b"");
    stream.write_all(&request).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

/// A connection whose receiver holds little, so that what the reader does not take stays with the sender.
fn small_window(address: std::net::SocketAddr) -> std::net::TcpStream {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(8 * 1024).unwrap();
    socket.connect(&address.into()).unwrap();
    socket.into()
}

/// Reads a piece now and then.
async fn read_slowly(response: axum::response::Response) -> Result<(), axum::Error> {
    let mut body = response.into_body();
    while let Some(piece) = body.frame().await {
        piece?;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    Ok(())
}
