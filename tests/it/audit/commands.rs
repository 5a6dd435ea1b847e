//! What is done by jobs, from the command line, and by exports.

use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tributary::domain::audit::sha256;
use tributary::service::ledger::review::approve_matured;

use super::{change, every_writer_has_left_one_entry, log};
use crate::support::programme::Programme;
use crate::support::{Client, TestApp, both_databases};

/// The keys of [`TestApp`].
const SECRET: &str = match std::str::from_utf8(&crate::support::token::SECRET) {
    Ok(secret) => secret,
    Err(_) => unreachable!(),
};

async fn run(app: &TestApp, arguments: &[&str]) -> bool {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tributary"));
    command
        .args(["--database-url", &app.database_url()])
        .args(arguments)
        .stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output().expect("it starts"));
    output.await.unwrap().status.success()
}

/// The entries that `doing` leaves, oldest first.
async fn left<T>(staff: &Client, doing: impl Future<Output = T>) -> Vec<Value> {
    let (before, _) = log(staff).await;
    doing.await;
    let (_, mut entries) = log(staff).await;
    entries.truncate(entries.len() - before as usize);
    entries.reverse();
    entries
}

fn said(entries: &[Value]) -> Vec<(&str, &str)> {
    entries
        .iter()
        .map(|entry| (entry["actor"].as_str().unwrap(), entry["operation"].as_str().unwrap()))
        .collect()
}

/// Every command and every job is one of these: a new one is to be looked at, and to be told of here or above.
#[test]
fn every_command_and_job_is_known() {
    use clap::CommandFactory;
    let command = tributary::cli::Cli::command();
    let names: Vec<_> = command
        .get_subcommands()
        .map(|command| command.get_name().to_owned())
        .collect();
    // Those that write are called in this file; the others, and `serve` and `migrate` by themselves, leave nothing.
    let writing = [
        "tenant", "token", "seed", "import", "export", "backtest", "reassign", "erase",
    ];
    let others = [
        "serve",
        "migrate",
        "healthcheck",
        "schema",
        "doctor",
        "config",
        "completions",
        "man",
        "verify",
    ];
    let known: Vec<_> = [&writing[..], &others].concat();
    assert!(names.iter().all(|name| known.contains(&name.as_str())), "{names:?}");
    assert_eq!(names.len(), known.len());
    let import = command.find_subcommand("import").unwrap();
    let source = import
        .get_arguments()
        .find(|argument| argument.get_id() == "source")
        .unwrap();
    let sources: Vec<_> = source
        .get_possible_values()
        .iter()
        .map(|value| value.get_name().to_owned())
        .collect();
    let known = [
        "donutwork",
        "journeybee",
        "everflow",
        "partners",
        "coupons",
        "links",
        "customers",
        "touches",
        "events",
        "commissions",
        "settlements",
    ];
    assert_eq!(sources, known);
    let metrics = tributary::metrics::Metrics::new("2026-03-01T12:00:00Z".parse().unwrap());
    let text = metrics.render(&[], None);
    let jobs: Vec<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("tributary_job_failures_total{job=\""))
        .collect();
    let mut jobs: Vec<_> = jobs.iter().filter_map(|line| line.split('"').next()).collect();
    jobs.sort_unstable();
    let (deciding, keeping) = (
        [
            "approve_matured",
            "backtests",
            "erase_personal_data",
            "send_webhook_deliveries",
        ],
        ["forget", "make_webhook_deliveries", "prune_touches", "write_key_uses"],
    );
    let mut known = [&deciding[..], &keeping].concat();
    known.sort_unstable();
    assert_eq!(jobs, known);
}

#[apply(both_databases)]
async fn what_matures_is_approved_in_the_jobs_name(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let campaign = json!({ "name": "held", "holdbackDays": 1, "terms": [{ "basis": "PERCENT", "value": "10" }] });
    let campaign = p.staff.done("createCampaign", campaign, "campaign { id }").await["campaign"]["id"].clone();
    let event = json!({
        "externalId": "held", "kind": "CHARGE", "amount": { "amount": "10", "currency": "USD" }, "partnerId": p.b, "campaignId": campaign,
    });
    p.staff.done("recordEvent", event, "event { id }").await;
    app.clock.advance(Duration::from_secs(25 * 60 * 60));
    let staff = app.staff(&p.tenant, "admin");
    let entries = left(&staff, approve_matured(&app.app, 500)).await;
    assert!(!entries.is_empty());
    assert!(
        said(&entries)
            .iter()
            .all(|said| *said == ("job:approve_matured", "approve_matured")),
        "{entries:#?}"
    );
    assert!(
        entries
            .iter()
            .all(|entry| entry["count"].as_u64() > Some(0) && entry["requestId"].is_null())
    );
    assert_eq!(left(&staff, approve_matured(&app.app, 500)).await, [Value::Null; 0]);
}

#[apply(both_databases)]
async fn commands_say_which_they_are(app: TestApp) {
    assert!(run(&app, &["tenant", "create", "--slug", "acme", "--name", "Acme"]).await);
    let tenant = tributary::store::tenant::find_by_name(app.store().reader(), "acme")
        .await
        .unwrap()
        .unwrap();
    let hour = Duration::from_secs(365 * 24 * 3600);
    let rows = tributary::auth::Scope::tenant_wide(tenant.id);
    let token = tributary::service::token::mint(
        &app.app,
        "ann",
        &rows,
        tributary::auth::Permissions::parse("admin"),
        hour,
    );
    let staff = app.client(Some(token.token));
    let (_, entries) = log(&staff).await;
    assert_eq!(said(&entries), [("cli:tenant", "tenant create")]);
    assert_eq!(change(&entries[0], "slug")["after"], "acme");

    let entries = left(&staff, run(&app, &["tenant", "update", "acme", "--name", "New"])).await;
    assert_eq!(said(&entries), [("cli:tenant", "tenant update")]);

    let entries = left(
        &staff,
        run(&app, &["token", "--tenant", "acme", "--jwt-secret", SECRET]),
    )
    .await;
    assert_eq!(said(&entries), [("cli:token", "token")]);
    assert_eq!(change(&entries[0], "token")["after"]["scopes"], json!(["admin"]));

    // What is made up is told at made-up times, long before everything else.
    let seeding = ["seed", "--tenant", "acme", "--partners", "7", "--campaigns", "2"];
    for _ in 0..2 {
        assert!(run(&app, &seeding).await);
        let (_, entries) = crate::audit::log_with(&staff, json!({ "operation": "seed" })).await;
        assert!(
            said(&entries).iter().all(|said| *said == ("cli:seed", "seed")),
            "{entries:#?}"
        );
        let of = |kind: &str| {
            entries
                .iter()
                .filter(|entry| entry["changes"][0]["objectType"] == kind)
                .count()
        };
        assert_eq!((of("Partner"), of("Campaign")), (7, 2));
    }

    let file = format!("{}/examples/donutwork/partner-group.json", env!("CARGO_MANIFEST_DIR"));
    let importing = ["import", "donutwork", &file, "--tenant", "acme"];
    let entries = left(&staff, run(&app, &importing)).await;
    assert_eq!(said(&entries), [("cli:import", "import donutwork"); 3]);
    let bytes = std::fs::read(&file).unwrap();
    let told = json!({ "sha256": sha256(&bytes), "bytes": bytes.len() });
    let (began, ended) = (
        &change(&entries[0], "import")["after"],
        &change(&entries[2], "import")["after"],
    );
    assert_eq!((&began["file"], &ended["file"]), (&told, &told));
    assert_eq!(ended["counts"], json!({ "created": 1, "updated": 0, "unchanged": 0 }));
    assert_eq!(entries[1]["changes"][0]["objectType"], "PartnerGroup");
    // The same again changes nothing.
    assert_eq!(left(&staff, run(&app, &importing)).await.len(), 2);

    // Who is erased is not named.
    let erasing = ["erase", "--tenant", "acme", "--staff", "nobody in particular"];
    let entries = left(&staff, run(&app, &erasing)).await;
    assert_eq!(said(&entries), [("cli:erase", "erase")]);
    assert!(
        !json!(entries).to_string().contains("nobody in particular"),
        "{entries:#?}"
    );

    let output = tempfile::tempdir().unwrap();
    let output = output.path().join("partners.csv");
    let export = [
        "export",
        "partners",
        "--tenant",
        "acme",
        "--output",
        output.to_str().unwrap(),
    ];
    let entries = left(&staff, run(&app, &export)).await;
    assert_eq!(said(&entries), [("cli:export", "export partners")]);
}

#[apply(both_databases)]
async fn exports_are_written_down(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let entries = left(&p.staff, async {
        let response = p.staff.begin("/export/commissions?status=ACCRUED", &[]).await;
        assert!(response.status().is_success());
    })
    .await;
    assert_eq!(said(&entries), [("ann", "export commissions")]);
    assert_eq!(
        change(&entries[0], "export")["after"],
        json!({ "format": "csv", "filter": { "status": "ACCRUED" } })
    );
    assert!(entries[0]["requestId"].is_string());
    let portal = app.partner(&p.tenant, &p.a);
    let entries = left(&p.staff, async { portal.begin("/export/commissions", &[]).await }).await;
    assert_eq!(
        (said(&entries), &entries[0]["partner"]["id"]),
        (vec![("portal", "export commissions")], &json!(p.a))
    );
    // What is refused is not.
    let entries = left(&p.staff, async {
        portal.begin("/export/payout-file?runId=x", &[]).await;
        p.staff.begin("/export/commissions?status=NONE", &[]).await;
    })
    .await;
    assert_eq!(entries, [Value::Null; 0]);
}

#[apply(both_databases)]
async fn whoever_moves_in_is_told_of(app: TestApp) {
    assert!(run(&app, &["tenant", "create", "--slug", "acme", "--name", "Acme"]).await);
    let tenant = tributary::store::tenant::find_by_name(app.store().reader(), "acme")
        .await
        .unwrap()
        .unwrap();
    let year = Duration::from_secs(365 * 24 * 3600);
    let rows = tributary::auth::Scope::tenant_wide(tenant.id);
    let token = tributary::service::token::mint(
        &app.app,
        "ann",
        &rows,
        tributary::auth::Permissions::parse("admin"),
        year,
    );
    let staff = app.client(Some(token.token));
    let folder = tempfile::tempdir().unwrap();
    for (what, table, objects) in [
        (
            "partners",
            "externalId,name,email\np1,Ann,ann@example.com\np2,Bob,bob@example.com\n",
            2,
        ),
        (
            "customers",
            "externalId,partnerExternalId,acquiredAt\nc1,p1,2025-01-01\n",
            1,
        ),
        (
            "events",
            "externalId,kind,amount,currency,occurredAt,customerExternalId,partnerExternalId\ne1,CHARGE,100.00,EUR,2025-01-01,c1,p1\n",
            1,
        ),
        (
            "commissions",
            "externalId,amount,currency,status,partnerExternalId,accruedAt\nk1,20.00,EUR,APPROVED,p1,2025-01-01\n",
            1,
        ),
    ] {
        let file = folder.path().join(format!("{what}.csv"));
        std::fs::write(&file, table).unwrap();
        let importing = ["import", what, file.to_str().unwrap(), "--tenant", "acme"];
        let entries = left(&staff, async { assert!(run(&app, &importing).await, "{what}") }).await;
        assert!(
            said(&entries)
                .iter()
                .all(|(actor, operation)| *actor == "cli:import" && *operation == format!("import {what}")),
            "{entries:#?}"
        );
        let (first, last) = (&entries[0], entries.last().unwrap());
        let told = json!({ "sha256": sha256(table.as_bytes()), "bytes": table.len() });
        assert_eq!(
            (
                &change(first, "import")["after"]["file"],
                &change(last, "import")["after"]["file"]
            ),
            (&told, &told)
        );
        assert_eq!(
            change(last, "import")["after"]["counts"]["created"],
            objects,
            "{last:#?}"
        );
        // One batch between them; the same again changes nothing, and asking only leaves nothing.
        assert_eq!(entries.len(), 3, "{entries:#?}");
        let again = left(&staff, async { assert!(run(&app, &importing).await, "{what}") }).await;
        assert_eq!(again.len(), 2, "{again:#?}");
        let asking = [&importing[..], &["--dry-run"]].concat();
        assert_eq!(left(&staff, run(&app, &asking)).await, [Value::Null; 0]);
    }
    let reassign = [
        "reassign",
        "--tenant",
        "acme",
        "--customer",
        "c1",
        "--partner",
        "p2",
        "--reason",
        "agreed",
    ];
    let entries = left(&staff, async { assert!(run(&app, &reassign).await) }).await;
    assert_eq!(said(&entries), [("cli:reassign", "reassign")]);
    for reading in [
        &["verify"][..],
        &["tenant", "list"],
        &["schema"],
        &["man"],
        &["export", "--help"],
    ] {
        let entries = left(&staff, async { assert!(run(&app, reading).await, "{reading:?}") }).await;
        assert_eq!(entries, [Value::Null; 0], "{reading:?}");
    }
    every_writer_has_left_one_entry(&app).await;
}
