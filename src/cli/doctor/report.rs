//! The results of checks, and what to do about them.

use std::fmt::Display;

use serde::Serialize;

use crate::cli::error::CliError;
use crate::cli::output;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckStatus {
    Ok,
    /// A gateway runs with it, but its operator should know.
    Warning,
    /// A gateway does not start with it, or does not do its job.
    Wrong,
}

impl CheckStatus {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Wrong => "wrong",
        }
    }
}

/// The result of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckResult {
    check: String,
    result: CheckStatus,
    /// What was found; null: nothing worth mentioning.
    found: Option<String>,
    /// What to do about it; null: nothing.
    mend: Option<String>,
}

impl CheckResult {
    pub fn ok() -> Self {
        Self::new(CheckStatus::Ok)
    }

    pub fn warning(found: impl Display, mend: &str) -> Self {
        Self::new(CheckStatus::Warning).found(found).mend(mend)
    }

    pub fn wrong(found: impl Display, mend: &str) -> Self {
        Self::new(CheckStatus::Wrong).found(found).mend(mend)
    }

    /// The error's own message is all there is to report.
    pub fn failed(error: impl Display) -> Self {
        Self::new(CheckStatus::Wrong).found(error)
    }

    fn new(result: CheckStatus) -> Self {
        Self {
            check: String::new(),
            result,
            found: None,
            mend: None,
        }
    }

    pub fn found(mut self, found: impl Display) -> Self {
        // Messages from other programs may have several lines.
        self.found = Some(found.to_string().replace('\n', "; "));
        self
    }

    fn mend(mut self, mend: &str) -> Self {
        self.mend = Some(mend.to_owned());
        self
    }

    #[cfg(test)]
    pub fn verdict(&self) -> CheckStatus {
        self.result
    }

    fn line(&self) -> String {
        let (result, check) = (self.result.word(), &self.check);
        let texts = self.found.iter().chain(&self.mend);
        let texts: Vec<_> = texts.map(String::as_str).collect();
        match texts.is_empty() {
            true => format!("{result:<8}{check}"),
            false => format!("{result:<8}{check}: {}", texts.join(": ")),
        }
    }
}

/// The results, in the order of the checks.
#[derive(Debug, Default)]
pub struct DoctorReport(Vec<CheckResult>);

impl DoctorReport {
    pub fn says(&mut self, check: impl Into<String>, mut finding: CheckResult) {
        finding.check = check.into();
        self.0.push(finding);
    }

    /// Adds a check that is all right unless there is an error.
    pub fn is_done<T>(&mut self, check: impl Into<String>, result: Result<T, impl Display>) {
        self.says(check, result.map_or_else(CheckResult::failed, |_| CheckResult::ok()));
    }

    /// Writes the report to standard output, in lines or as one JSON object; an error if anything is wrong.
    pub fn tell(&self, json: bool) -> Result<(), CliError> {
        let wrong = self
            .0
            .iter()
            .filter(|finding| finding.result == CheckStatus::Wrong)
            .count();
        if json {
            output::line(serde_json::json!({ "ok": wrong == 0, "checks": self.0 }))?;
        } else {
            for finding in &self.0 {
                output::line(finding.line())?;
            }
        }
        match wrong {
            0 => Ok(()),
            wrong => Err(format!("{wrong} of {} checks failed", self.0.len()).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_one_line() {
        let mut report = DoctorReport::default();
        report.says("a", CheckResult::ok());
        report.says("b", CheckResult::ok().found("two\nlines"));
        report.says("c", CheckResult::warning("it is old", "get a new one"));
        report.says("d", CheckResult::failed("it is gone"));
        let lines: Vec<_> = report.0.iter().map(CheckResult::line).collect();
        assert_eq!(
            lines,
            [
                "ok      a",
                "ok      b: two; lines",
                "warning c: it is old: get a new one",
                "wrong   d: it is gone",
            ]
        );
    }
}
