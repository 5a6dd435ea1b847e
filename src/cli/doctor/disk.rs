//! Files: the free space for SQLite's file, and who may read secret ones.

use std::path::Path;

use super::report::CheckResult;

const MEGABYTE: u64 = 1024 * 1024;
/// With less space, a busy gateway may run out of it before an operator can act.
const LITTLE: u64 = 1024 * MEGABYTE;
/// With less space, writes fail soon: the write-ahead log takes as much.
const NONE: u64 = 100 * MEGABYTE;

/// Checks the disk of the file; `None`: the system does not say.
pub fn look(file: &Path) -> Option<CheckResult> {
    // A name without a folder is in the current one.
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let free = free(folder.unwrap_or(Path::new(".")))?;
    let size = file.metadata().map_or(0, |file| file.len());
    Some(judge(free, size))
}

#[cfg(unix)]
fn free(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    disk.f_bavail.checked_mul(disk.f_frsize)
}

#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}

/// Whether others on this machine than a file's owner may read it.
#[cfg(unix)]
pub fn is_open_to_others(file: &Path) -> bool {
    let mode = file.metadata().map(|file| std::os::unix::fs::MetadataExt::mode(&file));
    mode.is_ok_and(|mode| mode & 0o077 != 0)
}

#[cfg(not(unix))]
pub fn is_open_to_others(_: &Path) -> bool {
    false
}

/// Judges the number of free bytes for a file of this size.
fn judge(free: u64, size: u64) -> CheckResult {
    let found = format!(
        "{} MB are free, the file has {} MB",
        free / MEGABYTE,
        size.div_ceil(MEGABYTE)
    );
    let mend = "make room, or move the file to a larger disk: without room mutations fail";
    if free < NONE {
        CheckResult::wrong(found, mend)
    } else if free < LITTLE.max(size / 4) {
        CheckResult::warning(found, mend)
    } else {
        CheckResult::ok().found(found)
    }
}

#[cfg(test)]
mod tests {
    use super::super::report::CheckStatus;
    use super::*;

    #[test]
    fn room_is_judged_by_the_size_of_the_file() {
        let gigabytes = |number: u64| number * 1024 * MEGABYTE;
        for (free, size, verdict) in [
            (gigabytes(10), gigabytes(1), CheckStatus::Ok),
            (gigabytes(2), gigabytes(10), CheckStatus::Warning),
            (gigabytes(1) - 1, 0, CheckStatus::Warning),
            (99 * MEGABYTE, 0, CheckStatus::Wrong),
            (0, gigabytes(1), CheckStatus::Wrong),
        ] {
            assert_eq!(judge(free, size).verdict(), verdict, "{free} {size}");
        }
    }

    #[test]
    fn the_disk_is_found_by_the_file_that_is_to_be_on_it() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(look(&folder.path().join("new.db")).is_some(), cfg!(unix));
        assert_eq!(look(Path::new("new.db")).is_some(), cfg!(unix));
        assert!(look(&folder.path().join("none/new.db")).is_none());
    }
}
