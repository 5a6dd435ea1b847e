//! The program itself, as a person at a terminal meets it: exit codes, what goes to which stream, the first start.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

use crate::support::{TestApp, both_databases};

/// The keys of [`TestApp`], so that its gateway takes the program's tokens.
const SECRET: &str = match std::str::from_utf8(&crate::support::token::SECRET) {
    Ok(secret) => secret,
    Err(_) => unreachable!(),
};

fn command(database_url: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tributary"));
    command
        .args(["--database-url", database_url])
        .args(arguments)
        .stdin(Stdio::null());
    command
}

async fn run(app: &TestApp, arguments: &[&str]) -> Output {
    let mut command = command(&app.database_url(), arguments);
    tokio::task::spawn_blocking(move || command.output().expect("it starts"))
        .await
        .unwrap()
}

/// Standard output of a command that must succeed.
async fn done(app: &TestApp, arguments: &[&str]) -> String {
    let output = run(app, arguments).await;
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// The error of a command that must end with this code and print no result.
async fn failed(app: &TestApp, code: i32, arguments: &[&str]) -> String {
    let output = run(app, arguments).await;
    assert_eq!(output.status.code(), Some(code), "{arguments:?}");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "",
        "results only go to standard output"
    );
    String::from_utf8(output.stderr).unwrap()
}

fn example(name: &str) -> String {
    format!("{}/examples/donutwork/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_reader_that_has_seen_enough_is_no_fault() {
    let mut schema = Command::new(env!("CARGO_BIN_EXE_tributary"));
    schema
        .arg("schema")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = schema.spawn().expect("it starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[apply(both_databases)]
async fn a_tenant_is_made_seeded_and_imported_into(app: TestApp) {
    let made = done(&app, &["tenant", "create", "--slug", "acme", "--name", "Acme"]).await;
    assert!(made.starts_with("ten_") && made.ends_with(" acme\n"), "{made}");
    let seeding = ["seed", "--tenant", "acme", "--partners", "30", "--campaigns", "2"];
    let first = done(&app, &seeding).await;
    assert!(
        first.starts_with("acme: made 30 partners, 2 campaigns, ") && first.lines().count() == 1,
        "{first}"
    );
    assert_eq!(
        done(&app, &seeding).await,
        "acme: made 0 partners, 0 campaigns, 0 snapshots, 0 commissions; 30 partners were there already\n"
    );
    let group = example("partner-group.json");
    let importing = ["import", "donutwork", &group, "--tenant", "acme"];
    let created = done(&app, &importing).await;
    assert!(
        created.starts_with("created grp_")
            && created.ends_with(" P-GROUP-ADVANCED \"Standard Managed Agency\": 3 rules\n"),
        "{created}"
    );
    assert_eq!(done(&app, &importing).await, created.replace("created", "unchanged"));
    let token = done(
        &app,
        &[
            "token",
            "--tenant",
            "acme",
            "--scope",
            "partners:read",
            "--jwt-secret",
            SECRET,
        ],
    )
    .await;
    let data = app
        .client(Some(token.trim().to_owned()))
        .data("{ viewer { subject scopes } partners { totalCount } }")
        .await;
    assert_eq!(data["partners"]["totalCount"], 30);
    assert_eq!(data["viewer"]["scopes"], serde_json::json!(["partners:read"]));
}

#[apply(both_databases)]
async fn failures_end_with_one_and_say_why_on_standard_error(app: TestApp) {
    app.tenant("acme").await;
    let group = example("partner-group.json");
    assert!(
        failed(&app, 1, &["import", "donutwork", &group, "--tenant", "nobody"])
            .await
            .contains("there is no tenant \"nobody\"")
    );
    let simulation = example("simulation.json");
    let error = failed(&app, 1, &["import", "donutwork", &simulation, "--tenant", "acme"]).await;
    assert!(
        error.contains("nothing is imported") && error.contains("simulatePartnerGroup"),
        "{error}"
    );
    assert!(
        failed(
            &app,
            1,
            &["import", "donutwork", "no-such-file.json", "--tenant", "acme"]
        )
        .await
        .contains("cannot read no-such-file.json")
    );
    let tier = example("../everflow/tiered-commission.json");
    let error = failed(&app, 1, &["import", "everflow", &tier, "--tenant", "acme"]).await;
    assert!(
        error.contains("nothing is imported") && error.contains("network_offer_ids.2 names the campaign \"12\""),
        "{error}"
    );
    let rule = example("../journeybee/spiff-rule.json");
    let error = failed(&app, 1, &["import", "journeybee", &rule, "--tenant", "acme"]).await;
    assert!(
        error.contains("payment_stage_id names the payment stage \"5\""),
        "{error}"
    );
    assert!(
        failed(&app, 1, &["seed", "--tenant", "nobody"])
            .await
            .contains("there is no tenant")
    );
    assert!(
        failed(&app, 1, &["tenant", "create", "--slug", "acme", "--name", "Again"])
            .await
            .contains("slug is taken already")
    );
}

#[apply(both_databases)]
async fn bad_usage_ends_with_two(app: TestApp) {
    for arguments in [
        vec!["seed"],
        vec!["seed", "--tenant", "acme", "--partners", "-1"],
        vec!["import", "donutwork"],
        vec![
            "import",
            "donutwork",
            "file.json",
            "--tenant",
            "acme",
            "--currency",
            "EUR",
        ],
        vec![
            "import",
            "everflow",
            "file.json",
            "--tenant",
            "acme",
            "--value-type",
            "fixed",
        ],
        vec![
            "import",
            "everflow",
            "file.json",
            "--tenant",
            "acme",
            "--currency",
            "euro",
        ],
        vec!["import", "sourdough", "file.json", "--tenant", "acme"],
        vec!["token", "--tenant", "acme", "--ttl", "soon"],
        vec!["tenant", "list", "--log", "inof"],
        vec!["tenant", "list", "--log", "tributary=loud"],
        vec!["no-such-command"],
    ] {
        assert!(!failed(&app, 2, &arguments).await.is_empty());
    }
}

#[apply(both_databases)]
async fn commands_print_no_remarks_of_the_database(app: TestApp) {
    app.tenant("acme").await;
    for arguments in [
        ["migrate", "up"],
        ["migrate", "status"],
        ["tenant", "list"],
        ["verify", "--log=info"],
    ] {
        let output = run(&app, &arguments).await;
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
    }
}

#[apply(both_databases)]
async fn a_migration_is_taken_back_by_those_who_mean_it(app: TestApp) {
    app.tenant("acme").await;
    let newest = |status: &str| {
        let mut applied = status.lines().filter_map(|line| line.strip_prefix("applied "));
        applied.next_back().map(str::to_owned)
    };
    let before = done(&app, &["migrate", "status"]).await;
    let mut said = String::new();
    let mut left = before.clone();
    while let Some(name) = newest(&left) {
        // Nobody is there to ask.
        let refused = failed(&app, 1, &["migrate", "down"]).await;
        assert!(
            refused.contains(&format!("rolling back {name} drops")) && refused.contains("--yes"),
            "{refused}"
        );
        assert!(
            !refused.contains("INFO"),
            "the log says nothing of what is only tried: {refused}"
        );
        assert_eq!(done(&app, &["migrate", "status"]).await, left, "asking changes nothing");
        let output = run(&app, &["migrate", "down", "--yes"]).await;
        assert_eq!(String::from_utf8_lossy(&output.stdout), format!("rolled back {name}\n"));
        said = String::from_utf8(output.stderr).unwrap();
        left = done(&app, &["migrate", "status"]).await;
        assert!(left.contains(&format!("pending {name}")), "{left}");
    }
    // The first migration takes everything along.
    assert!(
        said.contains("the table tenant (rows: 1)\n") && said.contains("the table campaign (rows: 0)\n"),
        "{said}"
    );
    assert_eq!(
        done(&app, &["migrate", "down", "--yes"]).await,
        "no migration has been applied\n"
    );
    assert!(!done(&app, &["migrate", "up"]).await.is_empty());
    assert_eq!(done(&app, &["migrate", "status"]).await, before);
}

#[apply(both_databases)]
async fn a_token_that_opens_nothing_is_warned_of(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let staff = app.staff(&tenant, "admin");
    let made = staff
        .done(
            "createPartner",
            serde_json::json!({ "name": "Ann", "email": "ann@a.example" }),
            "partner { id }",
        )
        .await;
    let id = made["partner"]["id"].as_str().unwrap();
    let arguments = [
        "token",
        "--tenant",
        "acme",
        "--partner",
        id,
        "--scope",
        "partners:read",
        "--jwt-secret",
        SECRET,
    ];
    let warning = async || {
        let output = run(&app, &arguments).await;
        assert_eq!(output.status.code(), Some(0));
        assert!(output.stdout.starts_with(b"eyJ"));
        String::from_utf8(output.stderr).unwrap()
    };
    assert_eq!(warning().await, "");
    for (mutation, status) in [("suspendPartner", "suspended"), ("revokePartner", "revoked")] {
        staff
            .done(
                mutation,
                serde_json::json!({ "id": id, "reason": "r" }),
                "partner { id }",
            )
            .await;
        let text = warning().await;
        assert!(
            text.contains("warning") && text.contains(&format!("is {status}")),
            "{text}"
        );
    }
}

/// What `serve` says of this settings file. Where it takes the settings, it fails at an address that no machine has.
async fn refused_settings(app: &TestApp, settings: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.toml");
    std::fs::write(&file, settings).unwrap();
    let file = file.display().to_string();
    let arguments = [
        "serve",
        "--config",
        &file,
        "--listen",
        "192.0.2.1:1",
        "--jwt-secret",
        SECRET,
        "--log",
        "error",
    ];
    failed(app, 1, &arguments).await
}

#[tokio::test]
async fn settings_that_cannot_be_meant_are_refused_before_anything_listens() {
    let app = TestApp::on_sqlite().await;
    for (settings, says) in [
        ("[limits]\ndepth = 0", "limits.depth must be from 1 to 60, not 0"),
        ("[limits]\ndepth = 1000", "limits.depth must be from 1 to 60, not 1000"),
        ("[limits]\nbody_bytes = 0", "limits.body_bytes must be"),
        ("[limits]\ncost = -1", "line 2, cost: invalid value: integer, expected"),
        ("[limits]\npage_size = 9000000000", "limits.page_size must be"),
        ("[throttle]\nmaximum = 0", "throttle.maximum must be"),
        (
            "[throttle]\nrestore_per_second = 0",
            "throttle.restore_per_second must be",
        ),
        ("[timeouts]\nquery_seconds = 0", "timeouts.query_seconds must be"),
        (
            "[cors]\norigins = [\"https://portal.example/\"]",
            "cors.origins: \"https://portal.example/\" is not an origin",
        ),
        (
            "[cors]\norigins = [\"portal.example\"]",
            "cors.origins: \"portal.example\" is not an origin",
        ),
        ("[persisted]\nsafelist = \"enforce\"", "persisted.manifest"),
        ("log = \"inof\"", "line 1, log: the value is neither a level"),
        (
            "[cors]\norigins = [\"https://portal.example\"]",
            "cannot listen on 192.0.2.1:1",
        ),
    ] {
        let refusal = refused_settings(&app, settings).await;
        assert!(refusal.contains(says), "{settings}: {refusal}");
    }
}

#[tokio::test]
async fn settings_come_from_the_environment_too_and_are_checked_and_shown() {
    let app = TestApp::on_sqlite().await;
    let folder = tempfile::tempdir().unwrap();
    let secret_file = folder.path().join("secret");
    std::fs::write(&secret_file, format!("{SECRET}\n")).unwrap();
    let config = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = command(&app.database_url(), &[&["config"], arguments].concat());
        command
            .env("TRIBUTARY_JWT_SECRET_FILE", &secret_file)
            .envs(variables.iter().copied());
        let output = command.output().unwrap();
        let texts = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
        (output.status.code(), texts.concat())
    };
    let (code, shown) = config(&["show"], &[("TRIBUTARY_LIMITS__COST", "77")]);
    assert!(
        code == Some(0) && shown.contains("cost = 77") && !shown.contains(SECRET),
        "{shown}"
    );
    assert_eq!(
        config(&["check"], &[]),
        (Some(0), "the settings are valid\n".to_owned())
    );
    let file = folder.path().join("settings.toml");
    std::fs::write(&file, "[limits]\ndepth = 1000").unwrap();
    let file = file.to_str().unwrap();
    for (arguments, variable, says) in [
        (
            &["check"][..],
            ("TRIBUTARY_LIMITS__CSOT", "1"),
            "TRIBUTARY_LIMITS__CSOT: there is no such setting",
        ),
        (
            &["check"],
            ("TRIBUTARY_LIMITS__COST", "0"),
            "limits.cost must be from 1",
        ),
        (
            &["check"],
            ("TRIBUTARY_CORS__ORIGINS", "[\"portal.example\"]"),
            "is not an origin",
        ),
        (
            &["check", "--production", "--cors-origins", "*"],
            ("TRIBUTARY_LOG", "info"),
            "cors.origins",
        ),
        (
            &["check", file],
            ("TRIBUTARY_LOG", "info"),
            "limits.depth must be from 1 to 60, not 1000",
        ),
    ] {
        let (code, said) = config(arguments, &[variable]);
        assert!(
            code == Some(1) && said.contains(says),
            "{arguments:?} {variable:?}: {said}"
        );
    }
    let (code, schema) = config(&["schema"], &[("TRIBUTARY_LIMITS__COST", "nonsense")]);
    let schema: Value = serde_json::from_str(&schema).unwrap();
    assert_eq!((code, &schema["additionalProperties"]), (Some(0), &Value::Bool(false)));
}

#[tokio::test]
async fn a_first_start_says_in_one_line_that_the_database_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("new.db").display());
    let list = ["tenant", "list", "--jwt-secret", SECRET];
    let said = command(&url, &list).output().unwrap();
    let said = String::from_utf8(said.stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("brought the database up to date"), "{said}");
}

#[tokio::test]
async fn the_schema_is_printed_as_it_is_published() {
    let app = TestApp::on_sqlite().await;
    assert_eq!(done(&app, &["schema"]).await, include_str!("../../schema.graphql"));
    let subgraph = done(&app, &["schema", "--federation"]).await;
    assert_eq!(subgraph, tributary::graphql::subgraph_sdl());
    assert!(subgraph.contains("extend schema @link("), "{subgraph}");
}

/// Ends the program whatever becomes of the test.
pub struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the demo; gives what it printed up to its last line, and the running program.
pub fn start_demo(database_url: &str) -> (Vec<String>, Running) {
    let mut command = command(database_url, &["--listen", "127.0.0.1:0", "serve", "--demo"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let output = BufReader::new(child.stdout.take().expect("a pipe"));
    let running = Running(child);
    let mut lines = Vec::new();
    for line in output.lines() {
        lines.push(line.expect("UTF-8"));
        if lines.last().is_some_and(|line| line.starts_with("curl ")) {
            break;
        }
    }
    (lines, running)
}

/// Does what the printed curl line does.
fn curl(line: &str) -> Value {
    let quoted: Vec<_> = line.split('\'').collect();
    let [command, content_type, _, authorization, _, body, ..] = quoted[..] else {
        panic!("{line}")
    };
    let address = command
        .split("http://")
        .nth(1)
        .and_then(|rest| rest.split('/').next())
        .expect("an address");
    post(address, &[content_type, authorization], body)
}

/// Posts a body to /graphql; gives the answer.
pub fn post(address: &str, headers: &[&str], body: &str) -> Value {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let (headers, length) = (headers.join("\r\n"), body.len());
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: {address}\r\n{headers}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    serde_json::from_str(answer.split("\r\n\r\n").nth(1).expect("a body")).unwrap_or_else(|_| panic!("{answer}"))
}

#[test]
fn the_first_start_prints_all_one_needs_and_the_second_the_same_programme() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("demo.db").display());
    for _ in 0..2 {
        let (lines, _running) = start_demo(&url);
        let links: Vec<_> = lines.iter().filter(|line| line.contains("/graphql#token=")).collect();
        let tokens: Vec<_> = lines.iter().filter(|line| line.starts_with("eyJ")).collect();
        assert_eq!((links.len(), tokens.len()), (2, 2), "{lines:#?}");
        for (link, token) in links.iter().zip(&tokens) {
            assert!(
                link.starts_with("http://127.0.0.1:") && link.ends_with(token.as_str()),
                "{link}"
            );
        }
        let line = lines.last().expect("it ends with an example");
        let answer = curl(line);
        assert_eq!(
            answer["data"]["simulatePartnerGroup"]["results"][0]["finalFee"]["amount"], "74.98",
            "{answer}"
        );
        let whoami = line.replace(tokens[0].as_str(), tokens[1]);
        let (question, _) = whoami.rsplit_once(" -d '").expect("a body");
        let answer = curl(&format!(
            "{question} -d '{{\"query\": \"{{ viewer {{ partner {{ name }} }} partners {{ totalCount }} }}\"}}'"
        ));
        assert_eq!(
            answer["data"]["viewer"]["partner"]["name"], "Blue Harbor Agency",
            "{answer}"
        );
        assert_eq!(
            answer["data"]["partners"]["totalCount"], 1,
            "a partner sees itself only"
        );
    }
}

#[apply(both_databases)]
async fn a_tenant_is_changed_where_something_is_named(app: TestApp) {
    done(
        &app,
        &[
            "tenant",
            "create",
            "--slug",
            "acme",
            "--name",
            "Acme",
            "--minimum-payout",
            "50 EUR",
        ],
    )
    .await;
    let changed = done(&app, &["tenant", "update", "acme", "--time-zone", "Europe/Berlin"]).await;
    assert!(
        changed.ends_with(" acme EUR Europe/Berlin >=50.00 EUR Acme\n"),
        "{changed}"
    );
    let changed = done(
        &app,
        &[
            "tenant",
            "update",
            "acme",
            "--name",
            "Acme Ltd",
            "--minimum-payout",
            "20 EUR",
            "--minimum-payout",
            "3000 JPY",
        ],
    )
    .await;
    assert!(
        changed.ends_with(" acme EUR Europe/Berlin >=20.00 EUR >=3000 JPY Acme Ltd\n"),
        "{changed}"
    );
    let changed = done(&app, &["tenant", "update", "acme", "--no-minimum-payout"]).await;
    assert!(changed.ends_with(" acme EUR Europe/Berlin Acme Ltd\n"), "{changed}");
    assert_eq!(done(&app, &["tenant", "list"]).await, changed);
    let error = failed(&app, 1, &["tenant", "update", "acme", "--time-zone", "Mars/Olympus"]).await;
    assert!(error.contains("time zone"), "{error}");
    assert!(
        failed(&app, 1, &["tenant", "update", "nobody"])
            .await
            .contains("there is no tenant \"nobody\"")
    );
}

#[test]
fn a_database_that_does_not_answer_is_named_with_what_to_try() {
    let folder = tempfile::tempdir().unwrap();
    let missing = format!("sqlite://{}/none/file.db?mode=rwc", folder.path().display());
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let postgres = format!("postgres://ann:s3cret@{closed}/books");
    for (url, says, hint) in [
        (&missing, "none/file.db", "does its folder exist"),
        (
            &postgres,
            "the database \"books\" of PostgreSQL on 127.0.0.1:",
            "is PostgreSQL running there",
        ),
    ] {
        for arguments in [
            &["tenant", "list"][..],
            &["migrate", "status"],
            &["doctor", "--jwt-secret", SECRET],
        ] {
            let output = command(url, arguments).output().expect("it starts");
            let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
            assert_eq!(output.status.code(), Some(1), "{text}");
            assert!(
                text.contains(says) && text.contains(hint) && !text.contains("s3cret"),
                "{text}"
            );
        }
    }
}

#[test]
fn shells_and_readers_of_manuals_are_served() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = command("sqlite::memory:", &["completions", shell])
            .output()
            .expect("it starts");
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success() && text.contains("cors-origins"),
            "{shell}: {text}"
        );
    }
    let output = command("sqlite::memory:", &["man"]).output().expect("it starts");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && text.contains(".TH tributary"), "{text}");
    for command in ["serve", "export", "doctor", "tenant"] {
        assert!(text.contains(command), "{command}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    let output = command("sqlite::memory:", &["man", "--output", &path])
        .output()
        .expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let page = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(page("tributary.1").contains(".TH tributary"));
    assert!(page("tributary-tenant-update.1").contains("minimum\\-payout"));
    assert!(page("tributary-export.1").contains("\\-\\-output"));
    // A command's own flags stand before those that all have.
    let help = command("sqlite::memory:", &["export", "--help"])
        .output()
        .expect("it starts");
    let help = String::from_utf8(help.stdout).unwrap();
    let place = |text: &str| help.find(text).unwrap_or_else(|| panic!("{text}: {help}"));
    assert!(place("--output") < place("Settings:") && place("Settings:") < place("--database-url"));
}

#[test]
fn a_malformed_database_url_is_explained_without_its_password() {
    for (url, says) in [
        ("nonsense", "cannot be read (relative URL without a base)"),
        ("", "cannot be read (relative URL without a base)"),
        ("mysql://ann:s3cret@host/name", "is for \"mysql\""),
        (
            "postgres://ann:s3cret@host:port/name",
            "cannot be read (invalid port number)",
        ),
        (
            "postgres://ann:s3cret@[::1/name",
            "cannot be read (invalid IPv6 address)",
        ),
        ("postgres://ann:s3cret@host/name?sslmode=sometimes", "cannot be read ("),
        ("sqlite://file.db?mode=sometimes", "cannot be read ("),
        ("sqlite://[file.db", "cannot be read ("),
    ] {
        let output = command(url, &["tenant", "list"]).output().expect("it starts");
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(1), "{url}: {text}");
        assert!(
            text.contains("the database's URL") && text.contains(says),
            "{url}: {text}"
        );
        assert!(!text.contains("s3cret") && !text.contains("panicked"), "{url}: {text}");
    }
}
