//! `tributary doctor` finds nothing wrong with what is sound, and says of everything else what it is and how to mend it.

use std::path::Path;
use std::process::{Command, Stdio};

use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::gateway::key_pair::KeyPair;
use crate::support::program::Program;
use crate::support::{TestApp, both_databases, execute};

/// Nobody guesses it.
const SECRET: &str = "61c8a0f2b7d94e53866fb1a90c3d2e74a5f0918c7b6d4e2f1a3c5b7d9e8f6042";
const WEBHOOK_KEY: &str = "a:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// What it finds, by check, with its exit code.
struct Report {
    code: Option<i32>,
    checks: Vec<Value>,
}

impl Report {
    /// The verdict about something.
    fn of(&self, check: &str) -> &str {
        let found = self.checks.iter().find(|found| found["check"] == check);
        let found = found.unwrap_or_else(|| panic!("{check}: {:?}", self.checks));
        found["result"].as_str().expect("a word")
    }

    /// That it says this of something that is wrong or worth a warning, and what to do about it.
    fn says(&self, check: &str, verdict: &str, text: &str) {
        let found = self.checks.iter().find(|found| found["check"] == check);
        let found = found.unwrap_or_else(|| panic!("{check}: {:?}", self.checks));
        assert_eq!(found["result"], verdict, "{found}");
        let said = format!(
            "{}: {}",
            found["found"].as_str().unwrap_or(""),
            found["mend"].as_str().unwrap_or("")
        );
        assert!(said.contains(text), "{text}: {found}");
    }

    fn wrong(&self) -> Vec<&str> {
        let wrong = self.checks.iter().filter(|found| found["result"] == "wrong");
        wrong.map(|found| found["check"].as_str().expect("a name")).collect()
    }
}

fn command(database: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tributary"));
    command
        .args(["--database-url", database])
        .args(arguments)
        .stdin(Stdio::null());
    command
}

fn report(database: &str, arguments: &[&str]) -> Report {
    let output = command(database, &[&["doctor", "--json"], arguments].concat())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"));
    let code = output.status.code();
    assert_eq!(report["ok"], code == Some(0), "{report}");
    let checks = report["checks"].as_array().expect("a list").clone();
    Report { code, checks }
}

#[apply(both_databases)]
async fn nothing_is_wrong_with_what_is_sound(app: TestApp) {
    let found = report(&app.database_url(), &["--jwt-secret", SECRET]);
    let (wrong, code) = (found.wrong(), found.code);
    assert_eq!((wrong, code), (vec![], Some(0)), "{:?}", found.checks);
    let checks: Vec<_> = found
        .checks
        .iter()
        .map(|found| found["check"].as_str().unwrap())
        .collect();
    let before = [
        "settings",
        "production",
        "exposure",
        "graphiql",
        "keys",
        "webhook keys",
        "erasures",
        "database",
        "schema",
        "writes",
    ];
    let besides: &[&str] = if app.is_postgres() {
        &["connections", "clock"]
    } else {
        &["file", "disk", "clock"]
    };
    assert_eq!(checks, [&before[..], besides].concat());
    for check in checks
        .iter()
        .filter(|check| !["graphiql", "disk", "connections"].contains(check))
    {
        assert_eq!(found.of(check), "ok", "{check}");
    }
    found.says(
        "database",
        "ok",
        if app.is_postgres() { "PostgreSQL " } else { "SQLite 3." },
    );
    // The same for people.
    let output = command(&app.database_url(), &["doctor", "--jwt-secret", SECRET])
        .output()
        .unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    assert_eq!(lines.lines().count(), checks.len());
    assert!(
        lines
            .lines()
            .all(|line| line.starts_with("ok      ") || line.starts_with("warning ")),
        "{lines}"
    );
    assert!(!lines.contains(SECRET), "{lines}");
}

#[apply(both_databases)]
async fn what_migrations_are_missing_or_unknown_is_told(app: TestApp) {
    let url = app.database_url();
    let secret = ["--jwt-secret", SECRET];
    let undone = command(&url, &["migrate", "down", "--yes"]).output().unwrap();
    assert!(undone.status.success(), "{}", String::from_utf8_lossy(&undone.stderr));
    let found = report(&url, &secret);
    assert_eq!((found.wrong(), found.code), (vec!["schema"], Some(1)));
    found.says("schema", "wrong", "1 migrations are missing");
    found.says("schema", "wrong", "tributary migrate");
    let done = command(&url, &["migrate"]).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(report(&url, &secret).wrong(), Vec::<&str>::new());
    execute(
        &url,
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_tomorrow', 0)",
    )
    .await;
    let found = report(&url, &secret);
    assert_eq!(found.wrong(), ["schema"]);
    found.says(
        "schema",
        "wrong",
        "a newer program has changed it (migrations: 1, such as m9999_tomorrow)",
    );
}

#[apply(both_databases)]
async fn webhooks_whose_secrets_do_not_open_are_told(app: TestApp) {
    app.tenant("acme").await;
    let program = Program::start(&app, "");
    let make = "mutation { createWebhookEndpoint(input: { url: \"https://receiver.example/hooks\" }) { userErrors { message } } }";
    let reply = program.send(&program.asking(make, &json!({})));
    assert_eq!(
        reply.json()["data"]["createWebhookEndpoint"]["userErrors"],
        json!([]),
        "{}",
        reply.body
    );
    let url = app.database_url();
    let secret = ["--jwt-secret", SECRET];
    let with = |more: &[&str]| report(&url, &[&secret, more].concat());
    assert_eq!(with(&[]).of("webhook keys"), "ok");
    with(&["--webhook-keys", WEBHOOK_KEY]).says(
        "webhook keys",
        "wrong",
        "cannot decrypt the secrets of 1 webhook endpoints: the settings have no key \"development\"",
    );
    with(&["--production"]).says("webhook keys", "wrong", "1 webhook endpoints get no deliveries");
    with(&["--webhook-keys", "a:short"]).says("webhook keys", "wrong", "ID:BASE64");
    // Even where there is no database to ask.
    let nowhere = report(
        "postgres://ann:s3cret@127.0.0.1:1/none",
        &["--jwt-secret", SECRET, "--webhook-keys", "a:short"],
    );
    assert_eq!(nowhere.wrong(), ["webhook keys", "database"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_production_without_its_keys_is_told() {
    let app = TestApp::on_sqlite().await;
    let url = app.database_url();
    let found = report(&url, &["--jwt-secret", SECRET, "--production"]);
    assert_eq!((found.wrong(), found.code), (vec![], Some(0)));
    found.says("exposure", "warning", "there are no metrics (set metrics_listen)");
    found.says(
        "webhook keys",
        "warning",
        "webhooks are disabled without it in production",
    );
    assert_eq!(found.of("graphiql"), "ok");
    let open = report(&url, &["--jwt-secret", SECRET, "--listen", "0.0.0.0:8080"]);
    open.says(
        "exposure",
        "warning",
        "GraphiQL, introspection and suggestions (set production)",
    );
    open.says("exposure", "warning", "/metrics (set metrics_listen)");
    let all = ["--jwt-secret", SECRET, "--production", "--cors-origins", "*"];
    report(&url, &all).says("production", "wrong", "all origins");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_others_may_know_are_told() {
    let app = TestApp::on_sqlite().await;
    let url = app.database_url();
    for (secret, text) in [
        ("short", "at least 32 bytes, this one has 5"),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "too few different characters"),
        ("my-Secret-0123456789-abcdefghijklmnop", "commonly guessed word"),
    ] {
        let found = report(&url, &["--jwt-secret", secret, "--production"]);
        assert_eq!(found.wrong(), ["production", "keys"]);
        found.says("keys", "wrong", text);
    }
    report(&url, &["--jwt-public-key", "/none/key.pem"]).says("keys", "wrong", "cannot read the key /none/key.pem");
    report(&url, &[]).says("keys", "wrong", "no key for tokens");
    let (pair, folder) = (KeyPair::generate(Algorithm::ES256), tempfile::tempdir().unwrap());
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        set_mode(&path, 0o600);
        path.display().to_string()
    };
    let (public, private) = (write("public.pem", &pair.public), write("private.pem", &pair.private));
    let arguments = ["--jwt-public-key", public.as_str(), "--jwt-private-key", &private];
    assert_eq!(report(&url, &arguments).of("keys"), "ok");
    set_mode(Path::new(&private), 0o644);
    report(&url, &arguments).says("keys", "warning", "others on this machine may read");
    set_mode(
        Path::new(url.trim_start_matches("sqlite://").split('?').next().unwrap()),
        0o640,
    );
    report(&url, &arguments).says("file", "warning", "chmod 600");
}

fn set_mode(path: &Path, mode: u32) {
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(mode);
    std::fs::set_permissions(path, permissions).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_cannot_be_followed_are_told() {
    let app = TestApp::on_sqlite().await;
    let url = app.database_url();
    let with = |more: &[&str]| report(&url, &[&["--jwt-secret", SECRET], more].concat());
    with(&["--cors-origins", "b.example"]).says("settings", "wrong", "\"b.example\" is not an origin");
    with(&["--otlp-endpoint", "nonsense"]).says("traces", "wrong", "\"nonsense\" is no address");
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    with(&["--otlp-endpoint", &format!("http://{closed}")]).says("traces", "warning", "takes no connections");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "[limits]\ndepht = 3").unwrap();
    let unread = with(&["--config", file.path().to_str().unwrap()]);
    assert_eq!(unread.checks.len(), 1, "nothing else can be looked at");
    unread.says("settings", "wrong", "unknown field `depht`");
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_files_that_are_missing_damaged_or_read_only_are_told() {
    let app = TestApp::on_sqlite().await;
    let url = app.database_url();
    let file = url
        .trim_start_matches("sqlite://")
        .split('?')
        .next()
        .unwrap()
        .to_owned();
    let secret = ["--jwt-secret", SECRET];
    let missing = format!("sqlite://{file}.none");
    report(&missing, &secret).says("database", "wrong", "does its folder exist");
    let read_only = report(&format!("sqlite://{file}?mode=ro"), &secret);
    assert!(!read_only.wrong().is_empty(), "{:?}", read_only.checks);
    let mut bytes = std::fs::read(&file).unwrap();
    let length = bytes.len();
    bytes[length / 2..].fill(0x5a);
    let damaged = format!("{file}.damaged");
    std::fs::write(&damaged, bytes).unwrap();
    let damaged = report(&format!("sqlite://{damaged}"), &secret);
    let told = damaged.wrong();
    assert!(
        told.contains(&"file") || told.contains(&"database"),
        "{:?}",
        damaged.checks
    );
    let said = serde_json::to_string(&damaged.checks).unwrap();
    assert!(said.contains("malformed") || said.contains("damaged"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_that_takes_no_writes_is_told() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let url = app.database_url();
    let name = url.rsplit('/').next().unwrap().to_owned();
    let role = format!("reader_of_{name}");
    execute(&url, &format!("CREATE ROLE {role} LOGIN CONNECTION LIMIT 9")).await;
    execute(&url, &format!("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")).await;
    let as_reader = url.replace("postgres@", &format!("{role}@"));
    assert_ne!(as_reader, url);
    let reader = report(&as_reader, &["--jwt-secret", SECRET]);
    reader.says("writes", "wrong", "this role may not read and write rows of ");
    // 8 + 4 + 4.
    reader.says(
        "connections",
        "wrong",
        "a gateway takes up to 16, and of 9 that there may be",
    );
    execute(&url, &format!("DROP OWNED BY {role}")).await;
    execute(&url, &format!("DROP ROLE {role}")).await;
    execute(
        &url,
        &format!("ALTER DATABASE {name} SET default_transaction_read_only = on"),
    )
    .await;
    let read_only = report(&url, &["--jwt-secret", SECRET]);
    assert!(read_only.wrong().contains(&"writes"), "{:?}", read_only.checks);
    assert_eq!(read_only.code, Some(1));
}

#[apply(both_databases)]
async fn a_lost_key_of_erased_customers_is_named(app: TestApp) {
    let shop = crate::ledger::Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let sale = crate::ledger::merged(
        crate::ledger::charge("1", &partner, &campaign, "100"),
        json!({ "customerExternalId": "cust" }),
    );
    let customer = shop.record(sale).await["event"]["customer"]["id"].clone();
    let input = json!({ "subject": { "customerId": customer } });
    shop.staff()
        .done("erasePersonalData", input, "erasure { number }")
        .await;
    while tributary::service::erasure::work_on(&app.app, 500)
        .await
        .unwrap()
        .is_some()
    {}
    let found = report(
        &app.database_url(),
        &["--jwt-secret", SECRET, "--webhook-keys", WEBHOOK_KEY],
    );
    assert_eq!(found.wrong(), ["erasures"]);
    found.says("erasures", "wrong", "the keys development are missing");
    found.says("erasures", "wrong", "add them at the end of webhook_keys");
}
