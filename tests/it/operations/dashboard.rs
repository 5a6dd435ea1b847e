//! The dashboard shows every metric, and none that there is not.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::process::Command;

use serde_json::Value;

use super::series::{Exported, names};
use super::{content, is_installed, text};

fn panels() -> Vec<Value> {
    let dashboard: Value = serde_json::from_str(&text("ops/grafana/tributary.json")).expect("JSON");
    dashboard["panels"].as_array().expect("panels").clone()
}

/// What its panels ask for, with Grafana's variables filled in.
fn expressions() -> Vec<String> {
    let panels = panels();
    let targets = panels
        .iter()
        .flat_map(|panel| panel["targets"].as_array().into_iter().flatten());
    let expressions = targets.map(|target| target["expr"].as_str().expect("a query"));
    expressions
        .map(|text| text.replace("$__rate_interval", "5m").replace("$instance", ".*"))
        .collect()
}

#[test]
fn it_shows_every_metric_and_none_that_there_is_not() {
    let exported = Exported::all();
    let expressions = expressions();
    let problems: Vec<_> = expressions.iter().flat_map(|text| exported.problems(text)).collect();
    assert_eq!(problems, Vec::<String>::new());
    let shown = expressions.iter().flat_map(|text| names(text));
    let shown: BTreeSet<_> = shown.filter_map(|name| exported.family(name)).collect();
    assert_eq!(shown, exported.families());
}

#[test]
fn its_panels_have_ids_titles_and_places_of_their_own() {
    let mut ids = BTreeSet::new();
    let mut places = BTreeSet::new();
    for panel in panels() {
        assert!(ids.insert(panel["id"].as_u64().expect("an id")), "{panel}");
        assert!(
            panel["title"].as_str().is_some_and(|title| !title.is_empty()),
            "{panel}"
        );
        let at = |name: &str| panel["gridPos"][name].as_u64().expect("a place");
        assert!(at("x") + at("w") <= 24, "{panel}");
        for x in at("x")..at("x") + at("w") {
            for y in at("y")..at("y") + at("h") {
                assert!(places.insert((x, y)), "{panel}");
            }
        }
    }
}

#[test]
fn prometheus_understands_what_its_panels_ask_for() {
    if !is_installed("promtool") {
        return;
    }
    let mut rules = "groups:\n  - name: dashboard\n    rules:\n".to_owned();
    for (number, expression) in expressions().iter().enumerate() {
        let quoted = serde_json::to_string(expression).expect("a text");
        let _ = writeln!(rules, "      - record: panel:{number}\n        expr: {quoted}");
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), rules).unwrap();
    content(Command::new("promtool").args(["check", "rules"]).arg(file.path()));
}
