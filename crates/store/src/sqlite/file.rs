//! The file itself, before SQLite has it.

use std::path::Path;

/// Whether the URL lets a file be made where there is none.
pub fn may_be_created(url: &str) -> bool {
    let settings = url.split_once('?').map_or("", |(_, settings)| settings);
    settings.split('&').any(|setting| setting == "mode=rwc")
}

/// Makes the file where there is none, readable by nobody else: it holds e-mail addresses and amounts. SQLite gives its
/// log and its index the same mode.
pub fn create(file: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // It may be there. Whatever else is in the way, SQLite meets it, too, and says so.
    let _ = options.open(file);
}

/// Whether somebody still has the file open, or had it and did not close it: the last to close it removes its log.
pub fn was_left_open(file: &Path) -> bool {
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    Path::new(&log).metadata().is_ok_and(|log| log.len() > 0)
}
