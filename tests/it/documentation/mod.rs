//! What README.md and docs print is true: every query is valid, every question is asked of the demo and gives the answer
//! that is printed below it, every command runs. What does not run here says why, in a comment before it:
//!
//! - `<!-- not run: reason -->`
//! - `<!-- run by: file -->`, which must be there; `<!-- run by: file, all below -->` for the rest of the page
//! - `<!-- as the partner -->`: with the demo's partner's token
//!
//! Ids, cursors, times and tokens differ from run to run: what an answer shows stands for what came, also in the questions
//! below it. "..." in a text of an answer stands for anything.

mod answers;
mod blocks;
mod commands;
mod demo;

use std::path::Path;

use serde_json::Value;
use tributary::http::Validator;

use answers::Answers;
use blocks::{Block, Runs};
use demo::Demo;

fn pages() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = std::fs::read_dir(root.join("docs")).unwrap();
    let names = docs.map(|file| format!("docs/{}", file.unwrap().file_name().display()));
    let mut pages: Vec<_> = names.filter(|name| name.ends_with(".md")).collect();
    pages.extend(["README.md", "examples/client/README.md", "examples/portal/README.md"].map(str::to_owned));
    pages.sort();
    pages
}

fn blocks(page: &str) -> Vec<Block> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).unwrap();
    blocks::of(page, &text)
}

#[test]
fn every_query_that_is_printed_is_valid() {
    let validator = Validator::new(&tributary::graphql::sdl());
    let mut wrong = Vec::new();
    for block in pages().iter().flat_map(|page| blocks(page)) {
        match block.language.as_str() {
            "graphql" => {
                let problems = validator.problems(&block.text);
                wrong.extend(problems.iter().map(|problem| format!("{}: {problem}", block.place)));
            }
            "json" => {
                let read = serde_json::from_str::<Value>(&block.text);
                wrong.extend(read.err().map(|error| format!("{}: {error}", block.place)));
            }
            _ => {}
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn what_does_not_run_says_why() {
    let mut wrong = Vec::new();
    for block in pages().iter().flat_map(|page| blocks(page)) {
        let known = ["graphql", "json", "sh", ""].contains(&block.language.as_str());
        match &block.runs {
            Runs::Here { .. } if !known => wrong.push(format!("{}: nothing here runs {}", block.place, block.language)),
            Runs::Elsewhere(file) if !Path::new(env!("CARGO_MANIFEST_DIR")).join(file).exists() => {
                wrong.push(format!("{}: there is no {file}", block.place));
            }
            Runs::Nowhere(reason) if reason.len() < 10 => wrong.push(format!("{}: no reason", block.place)),
            Runs::Here { .. } | Runs::Elsewhere(_) | Runs::Nowhere(_) => {}
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// Commands within sentences are not run, but what they name is there.
#[test]
fn commands_in_sentences_have_the_flags_that_they_name() {
    let mut wrong = Vec::new();
    for page in pages() {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&page)).unwrap();
        wrong.extend(commands::unknown(&page, &text));
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn questions_have_the_answers_that_are_printed_and_commands_run() {
    let demo = Demo::start();
    let mut wrong = Vec::new();
    let mut asked = 0;
    for page in pages() {
        let mut answers = Answers::default();
        let blocks: Vec<_> = blocks(&page);
        for (index, block) in blocks.iter().enumerate() {
            let Runs::Here { as_partner } = block.runs else {
                continue;
            };
            let rest = &blocks[index + 1..];
            let got = match block.language.as_str() {
                "graphql" => demo.ask(&answers.current(&block.text), &variables(rest, &answers), as_partner),
                "sh" => demo.run(&answers.current(&block.text), as_partner),
                _ => continue,
            };
            asked += 1;
            let said = got.and_then(|got| match (answer(rest), got) {
                (Some(expected), Some(got)) => answers.compare(&expected, &got),
                (Some(_), None) => Err("it gives no answer to compare".to_owned()),
                // Who reads no answer expects that it is done.
                (None, Some(got)) if got.get("errors").is_some() => Err(got["errors"].to_string()),
                (None, Some(_) | None) => Ok(()),
            });
            wrong.extend(said.err().map(|error| format!("{}: {error}", block.place)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(asked > 20, "{asked}");
}

/// The JSON after a question that is not what came of it is what its variables are.
fn variables(rest: &[Block], answers: &Answers) -> Value {
    match rest.first().and_then(json) {
        Some(value) if !is_answer(&value) => serde_json::from_str(&answers.current(&rest[0].text)).expect("JSON"),
        _ => Value::Null,
    }
}

/// What is printed as the answer, before the next question.
fn answer(rest: &[Block]) -> Option<Value> {
    let mut values = rest.iter().map_while(json);
    values.find(is_answer)
}

fn json(block: &Block) -> Option<Value> {
    let runs_here = matches!(block.runs, Runs::Here { .. });
    let is_json = block.language == "json" && runs_here;
    is_json.then(|| serde_json::from_str(&block.text).expect("JSON"))
}

fn is_answer(value: &Value) -> bool {
    ["data", "errors", "extensions"]
        .iter()
        .any(|name| value.get(name).is_some())
}
