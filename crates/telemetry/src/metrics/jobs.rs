//! Background jobs.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::series;
use domain::Timestamp;

/// A kind of background job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Job {
    /// Approving commissions that matured.
    ApproveMatured,
    /// Writing down when API keys were used.
    WriteKeyUses,
    /// Computing backtests, and deleting expired ones.
    Backtests,
    /// Creating webhook deliveries from the outbox.
    MakeDeliveries,
    /// Looking for deliveries that are due.
    SendDeliveries,
    /// Removing data that is kept only for a limited time.
    Forget,
    /// Erasing personal data.
    Erase,
    /// Deleting old touches that credited nothing.
    PruneTouches,
}

const JOBS: [&str; 8] = [
    "approve_matured",
    "write_key_uses",
    "backtests",
    "make_webhook_deliveries",
    "send_webhook_deliveries",
    "forget",
    "erase_personal_data",
    "prune_touches",
];

/// The series of all jobs.
pub struct JobMetrics {
    failures: [Counter; JOBS.len()],
    seconds: [Histogram; JOBS.len()],
    last_success: [Gauge; JOBS.len()],
}

impl JobMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let last_success = "Unix time at which the job last succeeded; 0: not yet.";
        let last_success = series::gauges(
            registry,
            "tributary_job_last_success_timestamp_seconds",
            last_success,
            &["job"],
        );
        Self {
            failures: series::counter_each(
                registry,
                "tributary_job_failures_total",
                "Failed runs of background jobs.",
                &["job"],
                JOBS,
            ),
            seconds: series::seconds_each(
                registry,
                "tributary_job_duration_seconds",
                "Duration of background job runs in seconds.",
                &["job"],
                JOBS,
            ),
            last_success: JOBS.map(|job| last_success.of(&[job])),
        }
    }

    /// Counts a run that ended at `now`.
    pub fn ran(&self, job: Job, succeeded: bool, took: Duration, now: Timestamp) {
        self.seconds[job as usize].observe(took.as_secs_f64());
        if succeeded {
            self.last_success[job as usize].set(now.timestamp());
        } else {
            self.failures[job as usize].inc();
        }
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::encoding::prometheus_text;

    use super::*;

    #[test]
    fn a_failure_is_no_success() {
        let mut registry = Registry::default();
        let jobs = JobMetrics::new(&mut registry);
        let moment = |text: &str| text.parse::<Timestamp>().unwrap();
        let (first, second) = (moment("2026-03-01T12:00:00Z"), moment("2026-03-01T12:00:05Z"));
        jobs.ran(Job::WriteKeyUses, true, Duration::from_millis(1), first);
        jobs.ran(Job::WriteKeyUses, false, Duration::from_millis(1), second);
        let place = Job::WriteKeyUses as usize;
        assert_eq!(jobs.failures[place].get(), 1);
        assert_eq!(jobs.last_success[place].get(), first.timestamp());
        let mut text = String::new();
        prometheus_text::encode(&mut text, &registry).unwrap();
        for (job, count) in [("write_key_uses", 2), ("approve_matured", 0)] {
            let line = format!("tributary_job_duration_seconds_count{{job=\"{job}\"}} {count}\n");
            assert!(text.contains(&line), "{text}");
        }
    }
}
