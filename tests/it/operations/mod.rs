//! What operators are given beside the program: alerts with their runbook, a dashboard, manifests, a unit, the doctor, and log
//! lines about what is slow.

mod alerts;
mod dashboard;
mod doctor;
mod manifests;
mod production;
mod series;
mod slow;

use std::path::PathBuf;
use std::process::Command;

/// A file of the project.
fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn text(name: &str) -> String {
    std::fs::read_to_string(file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Whether another program is installed. CI installs it; who has it not is told what was not looked at.
fn is_installed(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        println!("{program} is not installed: what it would check is not checked");
    }
    found
}

/// Runs a program that must be content.
fn content(command: &mut Command) {
    let output = command.output().expect("it is installed");
    let [out, errors] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(output.status.success(), "{command:?}: {out}{errors}");
}
