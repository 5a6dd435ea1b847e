//! The resources that a server's process uses, as Linux reports them.

use std::fs::read_to_string;

use crate::Failure;

/// Linux counts processor time in hundredths of a second, on every platform that we build for.
const TICKS_A_SECOND: f64 = 100.0;

/// Processor time so far, of all threads, in seconds.
pub fn cpu_seconds(pid: u32) -> Result<f64, Failure> {
    let stat = read_to_string(format!("/proc/{pid}/stat"))?;
    // The name, in parentheses, may contain anything.
    let (_, rest) = stat.rsplit_once(')').ok_or("no name in stat")?;
    let fields: Vec<_> = rest.split_whitespace().collect();
    let ticks = |index: usize| -> Result<f64, Failure> { Ok(fields.get(index).ok_or("a short stat")?.parse::<f64>()?) };
    Ok((ticks(11)? + ticks(12)?) / TICKS_A_SECOND)
}

/// Memory in MB: the current use, and the peak.
pub fn memory_mb(pid: u32) -> Result<(f64, f64), Failure> {
    let status = read_to_string(format!("/proc/{pid}/status"))?;
    let kilobytes = |name: &str| -> Result<f64, Failure> {
        let line = status.lines().find(|line| line.starts_with(name));
        let number = line.and_then(|line| line.split_whitespace().nth(1));
        Ok(number.ok_or("no memory in status")?.parse()?)
    };
    Ok((kilobytes("VmRSS:")? / 1024.0, kilobytes("VmHWM:")? / 1024.0))
}

/// Resets the peak memory to the current use.
pub fn forget_peak(pid: u32) -> Result<(), Failure> {
    Ok(std::fs::write(format!("/proc/{pid}/clear_refs"), "5")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_uses_something() {
        let (now, most) = memory_mb(std::process::id()).unwrap();
        assert!(now > 0.5 && most >= now * 0.9, "{now} {most}");
        assert!(cpu_seconds(std::process::id()).unwrap() >= 0.0);
        assert!(cpu_seconds(u32::MAX).is_err());
    }
}
