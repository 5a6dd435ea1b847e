//! Which modules and crates may depend on which, and other rules about where things may be done.

use std::path::Path;

/// A module of the gateway's crate, and the modules of that crate that it may use. What is not listed is not allowed.
const ARROWS: [(&str, &[&str]); 4] = [
    ("jobs", &["jobs"]),
    ("graphql", &["graphql"]),
    ("export", &["export", "graphql"]),
    ("http", &["http", "export", "graphql"]),
];

/// Crates that a module must not use.
const FORBIDDEN: [(&str, &[&str]); 3] = [
    ("graphql", &["axum", "seed", "import", "outgoing"]),
    ("export", &["axum", "seed", "import", "outgoing"]),
    ("http", &["seed", "import"]),
];

/// Each of our crates, and which of our crates it may depend on.
const CRATES: [(&str, &[&str]); 11] = [
    ("entity", &[]),
    ("migration", &[]),
    ("crates/domain", &[]),
    ("crates/paged", &[]),
    ("crates/outgoing", &["domain"]),
    ("crates/telemetry", &["domain", "outgoing"]),
    ("crates/auth", &["domain", "outgoing", "telemetry"]),
    ("crates/store", &["auth", "domain", "entity", "migration", "telemetry"]),
    ("crates/service", &["auth", "domain", "outgoing", "store", "telemetry"]),
    ("crates/seed", &["auth", "domain", "service", "store"]),
    ("crates/import", &["auth", "domain", "service", "store"]),
];

/// Third-party crates that only these of our crates may use, besides the gateway's.
const KEPT_IN: [(&str, &[&str]); 4] = [
    ("sea-orm", &["entity", "crates/store"]),
    ("sqlx", &["crates/store"]),
    ("async-graphql", &[]),
    ("axum", &[]),
];

#[test]
fn crates_depend_only_on_those_below_them() {
    for (path, allowed) in CRATES {
        let manifest =
            std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path).join("Cargo.toml")).unwrap();
        let manifest: toml::Table = manifest.parse().unwrap();
        let names: Vec<_> = manifest["dependencies"].as_table().unwrap().keys().collect();
        let ours = CRATES.map(|(path, _)| path.rsplit('/').next().unwrap());
        for name in names {
            if ours.contains(&name.as_str()) {
                assert!(allowed.contains(&name.as_str()), "{path} depends on {name}");
            }
            if let Some((_, holders)) = KEPT_IN.iter().find(|(kept, _)| kept == name) {
                assert!(holders.contains(&path), "{path} depends on {name}");
            }
        }
    }
}

/// Callers are made from verified credentials, or for the command line's operator.
#[test]
fn only_authentication_makes_callers() {
    let files = all_sources().into_iter();
    let made = files.filter(|(_, text)| text.contains("Caller::of_token(") || text.contains("Caller::of_api_key("));
    let files: Vec<_> = made.map(|(file, _)| file).collect();
    assert_eq!(files, ["crates/service/src/authentication/mod.rs"]);
}

#[test]
fn modules_use_only_what_lies_below_them() {
    let mut wrong = Vec::new();
    for (module, allowed) in ARROWS {
        for (file, text) in sources(&Path::new("src").join(module)) {
            for used in text.split("crate::").skip(1).filter_map(first_word) {
                if !allowed.contains(&used) {
                    wrong.push(format!("{file} uses crate::{used}"));
                }
            }
        }
    }
    for (module, forbidden) in FORBIDDEN {
        for (file, text) in sources(&Path::new("src").join(module)) {
            wrong.extend(
                forbidden
                    .iter()
                    .filter(|name| names(&text, name))
                    .map(|name| format!("{file} names {name}")),
            );
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// Tenant and partner filters are in one place: reads of the store start at `scope::visible`.
#[test]
fn reads_of_the_store_begin_with_the_scope() {
    let mut wrong = Vec::new();
    for (file, text) in sources(Path::new("crates/store/src")) {
        // - scope, tenant: scopes are made here, for tenants; presented_key: the key determines the tenant.
        // - connect, connection, sqlite, store, transaction_settings: BEGIN, COMMIT and settings read no rows; a connection
        //   runs what others ask.
        // - migrating, loss, diagnostics, integrity, statistics, citus: whole tables, catalogs or indexes.
        // - verify: its queries take the tenant as $1; verify/guards reads catalogs.
        // - maturing, backtest/open, outbox/read: jobs search all tenants, and read what they find again
        //   with its tenant's scope.
        let exempt = [
            "scope.rs",
            "tenant.rs",
            "maturing.rs",
            "backtest/open.rs",
            "outbox/read.rs",
            "presented_key.rs",
            "diagnostics.rs",
            "connect.rs",
            "connection.rs",
            "migrating.rs",
            "migration_loss.rs",
            "sqlite/mod.rs",
            "sqlite/write_check.rs",
            "integrity.rs",
            "statistics.rs",
            "store/src/store.rs",
            "transaction_settings.rs",
            "verify/mod.rs",
            "verify/guards.rs",
            "guards/postgres_constraints.rs",
            "citus/state.rs",
            "citus/distribute.rs",
        ]
        .iter()
        .any(|name| file.ends_with(name));
        let begins = |start: &&str| text.contains(*start);
        if !exempt
            && ["::find()", "::find_by_id(", "from_string(", ".from(Entity)"]
                .iter()
                .any(begins)
        {
            wrong.push(file);
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// Locks are noted, so that their order is checked.
#[test]
fn whoever_locks_says_so() {
    let exempt = [
        // Leases and marks of jobs: rows of which one is locked at a time, or that are passed over where they are locked.
        "crates/store/src/webhook/lease.rs",
        "crates/store/src/outbox/mark.rs",
        "crates/store/src/touch/prune.rs",
        // Only waits for a partner's lock.
        "crates/store/src/statement/mod.rs",
        // One migration at a time.
        "crates/store/src/migrating.rs",
    ];
    let locks = [
        "lock_exclusive(",
        "lock_shared(",
        "lock_with_tables(",
        ".lock(LockType",
        ".lock(WRITER",
        "FOR UPDATE",
        "FOR SHARE",
        "pg_advisory",
    ];
    for (file, text) in sources(Path::new("crates/store/src")) {
        let takes = locks.iter().any(|lock| text.contains(lock));
        let notes = text.contains(".hold(") || text.contains("hold_object");
        assert!(
            !takes || notes || exempt.contains(&file.as_str()),
            "{file} locks and does not note it"
        );
    }
    for (file, text) in all_sources()
        .into_iter()
        .filter(|(file, _)| !file.starts_with("crates/store/"))
    {
        assert!(
            !locks[5..].iter().any(|lock| text.contains(lock)),
            "{file} locks by itself"
        );
    }
}

/// Whatever changes something for a tenant is begun on behalf of an actor, so that the audit log names it.
#[test]
fn few_transactions_are_not_audited() {
    let exempt = [
        // Only checks whether the database can be written to.
        "src/cli/doctor/database.rs",
        // Writes when keys were used.
        "crates/service/src/api_key.rs",
        // Leases and progress; the end of a backtest is audited.
        "crates/service/src/backtest/work.rs",
        // Deliveries and marks; switching an endpoint off is audited.
        "crates/service/src/webhook/fan_out.rs",
        "crates/service/src/webhook/prune.rs",
        "crates/service/src/webhook/send.rs",
        // Touches are no changes that anybody made: they say themselves what happened.
        "crates/service/src/tracking/batch.rs",
        "crates/service/src/tracking/prune.rs",
        // Writes entries of its own, made up like the data that they are about.
        "crates/seed/src/history/mod.rs",
        "crates/seed/src/lib.rs",
        "crates/seed/src/programme.rs",
        // Only waits for locks.
        "crates/store/src/statement/mod.rs",
        // Only has the database look at its tables.
        "crates/store/src/statistics.rs",
        "crates/store/src/store.rs",
    ];
    let files = all_sources().into_iter();
    let found = files.filter(|(_, text)| text.contains("begin_unaudited(") || text.contains("begin_long("));
    let wrong: Vec<_> = found
        .map(|(file, _)| file)
        .filter(|file| !exempt.contains(&file.as_str()))
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
}

/// A mutation must not use what an earlier mutation of the same document read: it may be out of date.
#[test]
fn every_mutation_begins_by_forgetting_what_was_read() {
    let mut mutations = 0;
    for (file, text) in sources(Path::new("src/graphql")) {
        let Some((_, text)) = text.split_once("Mutation {\n    ///") else {
            continue;
        };
        assert!(!text.contains("request(ctx)"), "{file}: begin with mutation(ctx)");
        mutations += text.matches("async fn").count();
    }
    assert_eq!(mutations, crate::support::Sdl::read().names("Mutation").len());
}

fn names(text: &str, crate_name: &str) -> bool {
    text.contains(&format!("use {crate_name}::")) || text.contains(&format!(" {crate_name}::"))
}

fn first_word(text: &str) -> Option<&str> {
    let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_')?;
    // `use crate::{...}` is not our style, which keeps this test simple.
    assert!(end > 0, "write crate:: paths out: {}", &text[..text.len().min(40)]);
    Some(&text[..end])
}

/// The Rust files of all crates except `entity` and `migration`.
fn all_sources() -> Vec<(String, String)> {
    ["src", "crates"]
        .iter()
        .flat_map(|folder| sources(Path::new(folder)))
        .collect()
}

/// The Rust files at `path`, with their paths relative to the project's root.
fn sources(path: &Path) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let absolute = root.join(path);
    if absolute.is_file() {
        return vec![(path.display().to_string(), std::fs::read_to_string(absolute).unwrap())];
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(absolute).unwrap() {
        let name = path.join(entry.unwrap().file_name());
        if root.join(&name).is_dir() || name.extension().is_some_and(|extension| extension == "rs") {
            found.extend(sources(&name));
        }
    }
    found
}
