//! The file itself, before SQLite opens it.

use std::path::Path;

/// Whether the URL allows creating the file.
pub fn may_be_created(url: &str) -> bool {
    let settings = url.split_once('?').map_or("", |(_, settings)| settings);
    settings.split('&').any(|setting| setting == "mode=rwc")
}

/// Creates the file where there is none, readable by its owner only: it holds e-mail addresses and amounts. SQLite
/// gives its log and its index the same mode.
pub fn create(file: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // It may exist already. Any other obstacle stops SQLite, too, which reports it.
    let _ = options.open(file);
}

/// Whether another process has the file open, or had it and did not close it: the last one to close it removes its log.
pub fn was_left_open(file: &Path) -> bool {
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    Path::new(&log).metadata().is_ok_and(|log| log.len() > 0)
}
