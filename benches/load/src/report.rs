//! The table of a run, in Markdown.

use crate::measure::Figures;
use crate::operation::Operation;

/// One line: two servers side by side, the measured one first.
pub struct Line {
    pub operation: Operation,
    pub connections: usize,
    pub one: Figures,
    pub other: Figures,
}

pub const HEAD: &str =
    "| operation | connections | requests/s | p50 ms | p99 ms | CPU s per 1,000 | memory MB | statements |
|---|--:|--:|--:|--:|--:|--:|--:|";

impl std::fmt::Display for Line {
    /// Each cell is `one / other (ratio)`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let pair = |figure: fn(&Figures) -> f64, digits: usize| {
            let (one, other) = (figure(&self.one), figure(&self.other));
            format!("{one:.digits$} / {other:.digits$} ({:.2})", one / other)
        };
        let statements = match (self.one.statements_a_request, self.other.statements_a_request) {
            (Some(one), Some(other)) => format!("{one:.1} / {other:.1}"),
            _ => "-".to_owned(),
        };
        write!(
            f,
            "| {} | {} | {} | {} | {} | {} | {} | {statements} |",
            self.operation.name(),
            self.connections,
            pair(|figures| figures.requests_a_second, 0),
            pair(|figures| figures.p50_ms, 2),
            pair(|figures| figures.p99_ms, 2),
            // Milliseconds per request are seconds per thousand requests.
            pair(|figures| figures.cpu_ms_a_request, 2),
            pair(|figures| figures.memory_mb, 0),
        )?;
        if self.one.errors + self.other.errors > 0 {
            write!(f, " **{} and {} errors**", self.one.errors, self.other.errors)?;
        }
        Ok(())
    }
}
