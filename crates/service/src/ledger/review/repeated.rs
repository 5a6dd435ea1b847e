//! The results of a call, and the form in which they are stored for repeated calls.

use serde_json::{Value, json};

use domain::problem::{Problem, ProblemCode};

/// Each id with its problems, none if it was done. The commissions are read afterwards.
pub type ReviewResults = Vec<(String, Vec<Problem>)>;

pub(in crate::ledger) fn to_keep(answers: &ReviewResults) -> Value {
    let answers = answers.iter().map(|(id, problems)| {
        let problems: Vec<_> = problems
            .iter()
            .map(|p| json!([p.code.as_str(), p.message, p.path]))
            .collect();
        json!([id, problems])
    });
    Value::Array(answers.collect())
}

pub(in crate::ledger) fn from_kept(kept: Value) -> ReviewResults {
    type Kept = Vec<(String, Vec<(String, String, Vec<String>)>)>;
    let kept: Kept = serde_json::from_value(kept).unwrap_or_default();
    let answers = kept.into_iter().map(|(id, problems)| {
        let problems = problems.into_iter().filter_map(|(code, message, path)| {
            Some(Problem {
                code: ProblemCode::parse(&code)?,
                message,
                path,
            })
        });
        (id, problems.collect())
    });
    answers.collect()
}
