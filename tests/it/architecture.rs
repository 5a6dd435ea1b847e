//! The house's one-way streets: which module may name which. What the crate `domain` may name, its manifest says.

use std::path::Path;

/// Module, and the modules of ours that it may use. What is not listed is not allowed.
const ARROWS: [(&str, &[&str]); 15] = [
    ("store", &["store", "domain", "auth", "metrics", "telemetry", "task"]),
    ("auth", &["auth", "domain", "app", "store", "outgoing", "metrics"]),
    (
        "service",
        &["service", "store", "domain", "auth", "app", "clock", "outgoing", "task"],
    ),
    ("outgoing", &["outgoing", "domain"]),
    ("jobs", &["jobs", "service", "app", "metrics"]),
    (
        "graphql",
        &[
            "graphql",
            "service",
            "store",
            "domain",
            "auth",
            "app",
            "metrics",
            "telemetry",
        ],
    ),
    (
        "http",
        &[
            "http",
            "export",
            "graphql",
            "auth",
            "app",
            "store",
            "metrics",
            "telemetry",
        ],
    ),
    (
        "export",
        &["export", "graphql", "domain", "auth", "app", "store", "metrics", "task"],
    ),
    ("import", &["import", "service", "store", "domain", "auth", "app"]),
    ("seed", &["seed", "service", "store", "domain", "auth", "app", "clock"]),
    ("clock.rs", &["domain"]),
    ("metrics", &["metrics", "domain"]),
    ("telemetry", &["telemetry", "metrics", "client"]),
    ("client.rs", &[]),
    ("task.rs", &[]),
];

/// Crates that a module must not know.
const FORBIDDEN: [(&str, &[&str]); 5] = [
    ("service", &["entity", "async_graphql", "axum"]),
    ("graphql", &["entity", "axum", "sea_orm"]),
    ("export", &["entity", "axum", "sea_orm"]),
    ("seed", &["entity", "axum", "async_graphql"]),
    ("import", &["entity", "axum", "async_graphql", "sea_orm"]),
];

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
    for (file, text) in sources(Path::new("src/store")) {
        // Tenants are what scopes are made of; opening reads no table, statistics are of indexes, and
        // migrations and their loss are of whole tables; BEGIN, COMMIT and pragmas read no rows; a checkup is of the whole database; the questions of
        // verify take the tenant as $1; distributing asks catalogs, and is of the whole database; a presented key says which tenant is meant; what matured, what changed, backtests and lines
        // that an earlier release did not write are looked for across tenants, and taken up again in each.
        let exempt = [
            "scope.rs",
            "tenant.rs",
            "maturing.rs",
            "missing_lines.rs",
            "backtest/open.rs",
            "outbox/read.rs",
            "presented_key.rs",
            "checkup.rs",
            "connect.rs",
            "migrating.rs",
            "loss.rs",
            "sqlite/mod.rs",
            "sqlite/health.rs",
            "integrity.rs",
            "statistics.rs",
            "store/mod.rs",
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
        "src/service/api_key.rs",
        // Leases and progress; how a backtest ends is told.
        "src/service/backtest/work.rs",
        // Deliveries and marks; an endpoint that is switched off is told.
        "src/service/webhook/fan_out.rs",
        "src/service/webhook/forget.rs",
        "src/service/webhook/send.rs",
        // Writes its own entries, as made up as what they tell of.
        "src/seed/history/mod.rs",
        "src/seed/mod.rs",
        "src/seed/programme.rs",
        // Only waits for locks.
        "src/store/statement/mod.rs",
        // Only has the database look at its tables.
        "src/store/statistics.rs",
        "src/store/mod.rs",
    ];
    let files = sources(Path::new("src")).into_iter();
    let found = files.filter(|(_, text)| text.contains("begin_unaudited(") || text.contains("begin_patiently("));
    let wrong: Vec<_> = found
        .map(|(file, _)| file)
        .filter(|file| !exempt.contains(&file.as_str()))
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn only_the_store_knows_the_entities() {
    let files = sources(Path::new("src"))
        .into_iter()
        .filter(|(file, _)| !file.starts_with("src/store"));
    let wrong: Vec<_> = files
        .filter(|(_, text)| names(text, "entity"))
        .map(|(file, _)| file)
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
