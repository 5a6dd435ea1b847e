//! A piece of an exported file.

/// Some rows of an export.
pub struct ExportChunk {
    pub text: Vec<u8>,
    pub rows: u64,
    /// Whether there are more rows.
    pub goes_on: bool,
}
