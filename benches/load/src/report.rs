//! The table of a run, in Markdown.

use crate::measure::Figures;
use crate::operation::Operation;

/// One line: gateway and ceiling side by side.
pub struct Line {
    pub operation: Operation,
    pub connections: usize,
    pub gateway: Figures,
    pub ceiling: Figures,
}

pub const HEAD: &str =
    "| operation | connections | requests/s | p50 ms | p99 ms | CPU s per 1,000 | memory MB | statements |
|---|--:|--:|--:|--:|--:|--:|--:|";

impl std::fmt::Display for Line {
    /// Each cell is `gateway / ceiling (ratio)`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (gateway, ceiling) = (&self.gateway, &self.ceiling);
        let pair = |figure: fn(&Figures) -> f64, digits: usize| {
            let (one, other) = (figure(gateway), figure(ceiling));
            format!("{one:.digits$} / {other:.digits$} ({:.2})", one / other)
        };
        let statements = match (gateway.statements_a_request, ceiling.statements_a_request) {
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
            // Milliseconds a request are seconds per thousand.
            pair(|figures| figures.cpu_ms_a_request, 2),
            pair(|figures| figures.memory_mb, 0),
        )?;
        if gateway.errors + ceiling.errors > 0 {
            write!(f, " **{} and {} errors**", gateway.errors, ceiling.errors)?;
        }
        Ok(())
    }
}
