//! Alerts name what there is, fire when they should, and say in the runbook what to do.

use std::collections::BTreeMap;
use std::process::Command;

use super::series::Exported;
use super::{content, file, is_installed, text};

/// An alert, or a sum that alerts use, as `alerts.yml` has it.
#[derive(Debug, Default)]
struct Rule {
    name: String,
    is_alert: bool,
    expression: String,
    severity: String,
    summary: String,
    runbook: String,
}

/// The rules of `alerts.yml`, which is written in one way throughout.
fn rules() -> Vec<Rule> {
    let text = text("ops/prometheus/alerts.yml");
    let mut rules: Vec<Rule> = Vec::new();
    let mut folded = false;
    for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
        let words = line.trim_start();
        for (key, is_alert) in [("- alert: ", true), ("- record: ", false)] {
            if let Some(name) = words.strip_prefix(key) {
                rules.push(Rule {
                    name: name.to_owned(),
                    is_alert,
                    ..Rule::default()
                });
            }
        }
        let Some(rule) = rules.last_mut() else { continue };
        folded = match words.split_once(": ") {
            _ if folded && line.starts_with("          ") => {
                rule.expression.push(' ');
                rule.expression.push_str(words);
                true
            }
            Some(("expr", ">-")) => true,
            Some((key, value)) => {
                let field = match key {
                    "expr" => &mut rule.expression,
                    "severity" => &mut rule.severity,
                    "summary" => &mut rule.summary,
                    "runbook" => &mut rule.runbook,
                    _ => continue,
                };
                value.clone_into(field);
                false
            }
            None => false,
        };
    }
    rules
}

fn alerts() -> Vec<Rule> {
    rules().into_iter().filter(|rule| rule.is_alert).collect()
}

#[test]
fn rules_name_what_a_gateway_exports() {
    let rules = rules();
    assert!(rules.len() > 20, "{rules:?}");
    let exported = Exported::all();
    let problems: Vec<_> = rules
        .iter()
        .flat_map(|rule| {
            assert!(!rule.expression.is_empty(), "{rule:?}");
            exported.problems(&rule.expression)
        })
        .collect();
    assert_eq!(problems, Vec::<String>::new());
    // A sum of ours is one that is made here.
    for name in rules.iter().flat_map(|rule| super::series::names(&rule.expression)) {
        assert!(
            !name.contains(':') || rules.iter().any(|rule| !rule.is_alert && rule.name == name),
            "{name}"
        );
    }
}

/// Its sections by their headings: what each says first.
fn sections() -> BTreeMap<String, String> {
    let text = text("docs/runbook.md");
    let sections = text.split("\n### ").skip(1).map(|section| {
        let (heading, rest) = section.split_once('\n').expect("something below it");
        (heading.to_owned(), rest.trim().to_owned())
    });
    sections.collect()
}

#[test]
fn every_alert_has_a_section_in_the_runbook_and_every_section_an_alert() {
    let (alerts, sections) = (alerts(), sections());
    let mut named: Vec<_> = alerts.iter().map(|alert| alert.name.as_str()).collect();
    named.sort_unstable();
    assert_eq!(named, sections.keys().map(String::as_str).collect::<Vec<_>>());
    for alert in &alerts {
        let Rule {
            name,
            severity,
            summary,
            runbook,
            ..
        } = alert;
        assert!(["page", "ticket"].contains(&severity.as_str()), "{alert:?}");
        assert!(summary.len() > 20, "{alert:?}");
        assert_eq!(*runbook, format!("docs/runbook.md#{}", name.to_lowercase()));
        let section = &sections[name];
        assert!(section.starts_with(&format!("`{severity}`.")), "{name}: {section}");
        assert!(
            section.contains("- Look at") && section.contains("o: ") || section.contains("and do:"),
            "{name}"
        );
    }
}

#[test]
fn every_alert_is_seen_to_fire_and_to_be_silent() {
    let tests = text("ops/prometheus/alerts.test.yml");
    for Rule { name, .. } in alerts() {
        let cases: Vec<_> = tests.split("alertname: ").skip(1).collect();
        let of_it: Vec<_> = cases.iter().filter(|case| case.lines().next() == Some(&name)).collect();
        let fires = of_it.iter().filter(|case| {
            let lines: Vec<_> = case.lines().take(2).collect();
            lines.get(1).is_some_and(|line| line.trim() == "exp_alerts:")
        });
        let fires = fires.count();
        assert!(fires > 0 && fires < of_it.len(), "{name}: {fires} of {}", of_it.len());
    }
}

#[test]
fn prometheus_takes_the_rules_and_they_do_what_they_are_for() {
    if !is_installed("promtool") {
        return;
    }
    let folder = file("ops/prometheus");
    content(
        Command::new("promtool")
            .args(["check", "config", "prometheus.yml"])
            .current_dir(&folder),
    );
    content(
        Command::new("promtool")
            .args(["test", "rules", "alerts.test.yml"])
            .current_dir(&folder),
    );
}
