//! A tenant that asks for much leaves the others their part, and health is answered whatever happens.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use futures::future::join_all;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tributary::app::App;
use tributary::http::{self, HttpOptions, TimeoutsSection};
use tributary::store::{self, ShareOptions, Store, StoreOptions};

use super::LONG;
use crate::support::{Client, TestApp, both_databases};

const CONNECTIONS: u32 = 4;

async fn with_share(app: &TestApp, statements: u32) -> Store {
    let options = StoreOptions {
        url: app.database_url(),
        max_connections: CONNECTIONS,
        acquire_timeout: LONG,
        statement_timeout: LONG,
        share: ShareOptions { statements, seconds: 4 },
        ..StoreOptions::default()
    };
    store::connect(&options).await.expect("the database opens")
}

async fn one(store: &Store, sql: &str) {
    let statement = Statement::from_string(store.reader().get_database_backend(), sql);
    store.reader().query_one_raw(statement).await.expect("it answers");
}

#[apply(both_databases)]
async fn a_busy_tenant_is_overtaken_by_others(app: TestApp) {
    const HEAVY: usize = 16;
    let (busy, quiet) = (app.tenant("busy").await, app.tenant("quiet").await);
    let store = with_share(&app, 2).await;
    let heavy = match app.is_postgres() {
        true => "SELECT 1 FROM pg_sleep(1)",
        false => {
            "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 3000000) SELECT count(*) FROM n"
        }
    };
    let done = Arc::new(AtomicUsize::new(0));
    let heavies = (0..HEAVY).map(|_| {
        let (store, done) = (store.of_tenant(busy.id), done.clone());
        tokio::spawn(async move {
            one(&store, heavy).await;
            done.fetch_add(1, Ordering::SeqCst);
        })
    });
    let heavies: Vec<_> = heavies.collect();
    tokio::task::yield_now().await;
    let others = store.of_tenant(quiet.id);
    for _ in 0..10 {
        one(&others, "SELECT 1").await;
    }
    // Without shares they would have waited for at least twelve.
    let before = done.load(Ordering::SeqCst);
    assert!(before <= HEAVY / 2, "{before} heavy ones were done first");
    join_all(heavies).await;
    assert_eq!(done.load(Ordering::SeqCst), HEAVY);
}

#[apply(both_databases)]
async fn what_is_asked_for_over_http_is_the_tenants_share(app: TestApp) {
    let (busy, quiet) = (app.tenant("busy").await, app.tenant("quiet").await);
    let store = with_share(&app, 1).await;
    let gateway = Arc::new(App::new(store, app.clock.clone(), app.app.keys.clone()));
    let timeouts = TimeoutsSection {
        query_seconds: 1,
        ..TimeoutsSection::default()
    };
    let (_, ending) = watch::channel(false);
    let options = HttpOptions {
        timeouts,
        ..HttpOptions::default()
    };
    let router = http::router(gateway.clone(), options, ending).unwrap();
    let client = |tenant: &str| Client::new(router.clone(), Some(app.sign(&json!({ "tenant": tenant }))));
    let query = "{ partners { totalCount } }";
    // All that it has.
    let taken = gateway.store.of_tenant(busy.id).begin_unaudited().await.unwrap();
    let answer = client("busy").ask(query).await;
    assert_eq!(
        (answer.status.as_u16(), answer.codes()),
        (504, vec!["TIMEOUT"]),
        "{}",
        answer.body
    );
    client("quiet").data(query).await;
    assert!(quiet.id != busy.id);
    drop(taken);
    client("busy").data(query).await;
}

/// Asks without the runtime, and gives the status line.
fn ask(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(LONG)).unwrap();
    // In one piece: one that comes in several is answered by the threads that are busy here. `health_listen` is for those.
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer, and the end");
    answer.lines().next().unwrap_or_default().to_owned()
}

async fn health_is_answered_while_all_threads_are_busy(app: TestApp) {
    let (_tell, ending) = watch::channel(false);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(http::serve(listener, app.app.clone(), HttpOptions::default(), ending));
    let asking = |path: &'static str| tokio::task::spawn_blocking(move || ask(address, path));
    assert_eq!(asking("/healthz").await.unwrap(), "HTTP/1.1 200 OK");
    // Something on every thread that runs requests which does not end by itself.
    let (end, ends) = mpsc::channel::<()>();
    let ends = Arc::new(std::sync::Mutex::new(ends));
    let (busy, mut are_busy) = tokio::sync::mpsc::unbounded_channel();
    for _ in 0..THREADS {
        let (ends, busy) = (ends.clone(), busy.clone());
        tokio::spawn(async move {
            busy.send(()).unwrap();
            let _ = ends.lock().unwrap().recv();
        });
    }
    for _ in 0..THREADS {
        are_busy.recv().await.unwrap();
    }
    // The thread of the test is none of those.
    for path in ["/healthz", "/readyz"].into_iter().cycle().take(20) {
        let start = std::time::Instant::now();
        assert_eq!(ask(address, path), "HTTP/1.1 200 OK", "{path}");
        println!("{path} took {:?}", start.elapsed());
    }
    drop(end);
}

const THREADS: usize = 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_is_answered_while_all_threads_are_busy_with_sqlite() {
    health_is_answered_while_all_threads_are_busy(TestApp::on_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_is_answered_while_all_threads_are_busy_with_postgres() {
    if let Some(app) = TestApp::on_postgres().await {
        health_is_answered_while_all_threads_are_busy(app).await;
    }
}
