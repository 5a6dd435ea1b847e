//! Whether the file can be written, as far as the last write shows.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use crate::error_code::primary_code;

/// SQLite's codes for what prevents all writes: no permission, another process's lock, a read-only file, a disk fault,
/// a damaged file, a full disk, a file that does not open or is no database.
const PREVENTING: [i32; 8] = [3, 5, 8, 10, 11, 13, 14, 26];

/// The last write succeeded. 0 is the initial state, before any write.
const SOUND: u8 = 1;
/// The last write failed, for a reason that prevents all writes.
const BROKEN: u8 = 2;

/// What is known of the file.
#[derive(Default)]
pub struct FileHealth {
    state: AtomicU8,
    /// An attempt to write is under way, or was made a moment ago (see `write_check`).
    pub(super) trying: AtomicBool,
}

impl FileHealth {
    /// Something was written, and is committed.
    pub fn wrote(&self) {
        self.state.store(SOUND, Ordering::Relaxed);
    }

    /// Takes any error of the writing connection.
    pub fn failed(&self, error: &sqlx::Error) {
        if primary_code(error).is_some_and(|code| PREVENTING.contains(&code)) {
            self.state.store(BROKEN, Ordering::Relaxed);
        }
    }

    /// Whether the last write succeeded.
    pub fn is_sound(&self) -> bool {
        self.state.load(Ordering::Relaxed) == SOUND
    }

    /// Whether the last write failed, for a reason that prevents all writes.
    pub fn is_broken(&self) -> bool {
        self.state.load(Ordering::Relaxed) == BROKEN
    }
}
