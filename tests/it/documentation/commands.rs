//! Commands within sentences: `tributary token --tenant acme`.

use std::collections::HashMap;
use std::process::Command;

/// The commands and flags that a page names and that are not there.
pub fn unknown(page: &str, text: &str) -> Vec<String> {
    let mut helps = HashMap::new();
    let mut wrong = Vec::new();
    for span in text.split('`').skip(1).step_by(2) {
        let mut words = span.split_whitespace();
        if words.next() != Some("tributary") {
            continue;
        }
        let words: Vec<_> = words.collect();
        let Some(command) = words.iter().find(|word| !word.starts_with('-')) else {
            continue;
        };
        let help = helps.entry((*command).to_owned()).or_insert_with(|| help(&[command]));
        // `tenant create` has flags of its own.
        let deeper = words.get(1).filter(|_| help.contains("Usage: tributary tenant"));
        let deeper = deeper
            .filter(|word| !word.starts_with('-'))
            .map(|word| help_of(command, word));
        let text = deeper.unwrap_or_else(|| help.clone());
        if text.is_empty() {
            wrong.push(format!("{page}: `{span}` is no command"));
        }
        let flags = words.iter().filter(|word| word.starts_with("--"));
        let missing = flags.filter(|flag| {
            let flag = flag.split('=').next().unwrap_or_default();
            !text.split([' ', ',', '\n', '<', '[', '=']).any(|word| word == flag)
        });
        wrong.extend(missing.map(|flag| format!("{page}: `{span}` has no {flag}")));
    }
    wrong
}

fn help_of(command: &str, below: &str) -> String {
    help(&[command, below])
}

/// The help of a command; empty if there is none of that name.
fn help(commands: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_tributary"))
        .args(commands)
        .arg("--help")
        .output()
        .expect("it starts");
    match output.status.success() {
        true => String::from_utf8_lossy(&output.stdout).into_owned(),
        false => String::new(),
    }
}
