//! The process itself, under the names that Prometheus' own clients use.

use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::series;
use domain::Timestamp;

pub struct ProcessMetrics {
    resident_bytes: Gauge,
    open_files: Gauge,
}

impl ProcessMetrics {
    pub fn new(registry: &mut Registry, started: Timestamp) -> Self {
        let start = "Unix time at which the process started.";
        series::gauge(registry, "process_start_time_seconds", start).set(started.timestamp());
        let version = "Always 1; the label is the running version.";
        series::gauges(registry, "tributary_build_info", version, &["version"])
            .of(&[env!("CARGO_PKG_VERSION")])
            .set(1);
        Self {
            resident_bytes: series::gauge(
                registry,
                "process_resident_memory_bytes",
                "Resident memory of the process in bytes; 0 where unknown.",
            ),
            open_files: series::gauge(registry, "process_open_fds", "Open files and sockets; 0 where unknown."),
        }
    }

    /// Reads Linux's /proc; on other systems the values are 0.
    pub fn look(&self) {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let kilobytes = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.trim().strip_suffix(" kB"))
            .and_then(|number| number.trim().parse::<i64>().ok());
        self.resident_bytes.set(kilobytes.unwrap_or(0) * 1024);
        let files = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
        self.open_files.set(i64::try_from(files).unwrap_or(i64::MAX));
    }
}
