//! The house's one-way streets: which module may name which. What the crate `domain` may name, its manifest says.

use std::path::Path;

/// Module of the gateway's own crate, and the others of them that it may use. What is not listed is not allowed. The arrows
/// between crates are in their manifests.
const ARROWS: [(&str, &[&str]); 4] = [
    ("jobs", &["jobs"]),
    ("graphql", &["graphql"]),
    ("export", &["export", "graphql"]),
    ("http", &["http", "export", "graphql"]),
];

/// Crates that a module must not know.
const FORBIDDEN: [(&str, &[&str]); 3] = [
    ("graphql", &["axum", "seed", "import", "outgoing"]),
    ("export", &["axum", "seed", "import", "outgoing"]),
    ("http", &["seed", "import"]),
];

/// Each of our crates, and those of ours that it may depend on.
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

/// Crates of others that only one of ours, and those above it that are named, may use.
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

/// A caller is what verified credentials make, or the operator of the command line.
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

/// Tenant and partner filters stand in one place: no read of the store begins elsewhere.
#[test]
fn reads_of_the_store_begin_with_the_scope() {
    let mut wrong = Vec::new();
    for (file, text) in sources(Path::new("crates/store/src")) {
        // Tenants are what scopes are made of; opening reads no table, statistics are of indexes, and
        // migrations and their loss are of whole tables; BEGIN, COMMIT and pragmas read no rows, and a connection hands on what others ask; diagnostics are of the whole database; the questions of
        // verify take the tenant as $1; distributing asks catalogs, and is of the whole database; a presented key says which tenant is meant; what matured, what changed, backtests and lines
        // that an earlier release did not write are looked for across tenants, and taken up again in each.
        let exempt = [
            "scope.rs",
            "tenant.rs",
            "maturing.rs",
            "missing_payout_lines.rs",
            "backtest/open.rs",
            "outbox/read.rs",
            "presented_key.rs",
            "diagnostics.rs",
            "connect.rs",
            "connection.rs",
            "migrating.rs",
            "migration_loss.rs",
            "sqlite/mod.rs",
            "sqlite/health.rs",
            "integrity.rs",
            "statistics.rs",
            "src/lib.rs",
            "verify/mod.rs",
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

/// Whatever is changed for a tenant is begun in somebody's name, so that the audit log tells of it.
#[test]
fn few_transactions_are_not_audited() {
    let exempt = [
        // Only tries whether it may write.
        "src/cli/doctor/database.rs",
        // When keys were used.
        "crates/service/src/api_key.rs",
        // Leases and progress; how a backtest ends is told.
        "crates/service/src/backtest/work.rs",
        // Deliveries and marks; an endpoint that is switched off is told.
        "crates/service/src/webhook/fan_out.rs",
        "crates/service/src/webhook/prune.rs",
        "crates/service/src/webhook/send.rs",
        // Writes its own entries, as made up as what they tell of.
        "crates/seed/src/history/mod.rs",
        "crates/seed/src/lib.rs",
        "crates/seed/src/programme.rs",
        // Only waits for locks.
        "crates/store/src/statement/mod.rs",
        // Only has the database look at its tables.
        "crates/store/src/statistics.rs",
        "crates/store/src/lib.rs",
    ];
    let files = all_sources().into_iter();
    let found = files.filter(|(_, text)| text.contains("begin_unaudited(") || text.contains("begin_long("));
    let wrong: Vec<_> = found
        .map(|(file, _)| file)
        .filter(|file| !exempt.contains(&file.as_str()))
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
}

/// What an earlier mutation of the same document read may be out of date.
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
    // `use crate::{...}` is not our style, so that this test stays simple.
    assert!(end > 0, "write crate:: paths out: {}", &text[..text.len().min(40)]);
    Some(&text[..end])
}

/// The Rust files of all crates but those of the database's tables.
fn all_sources() -> Vec<(String, String)> {
    ["src", "crates"]
        .iter()
        .flat_map(|folder| sources(Path::new(folder)))
        .collect()
}

/// The Rust files at `path`, with their names from the project's root.
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
