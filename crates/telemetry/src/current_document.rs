//! The request and the document being executed, for log lines of code that is not passed either.

use std::fmt::Write;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::task::futures::TaskLocalFuture;

tokio::task_local! {
    static ASKED: CurrentDocument;
}

/// A document of a request that is running.
#[derive(Clone, Debug)]
pub struct CurrentDocument {
    request: String,
    document: [u8; 32],
}

impl CurrentDocument {
    /// The request's id.
    pub fn request(&self) -> &str {
        &self.request
    }

    /// The SHA-256 of the document's text, in hexadecimal digits, as clients refer to persisted documents.
    pub fn document(&self) -> String {
        let mut text = String::with_capacity(2 * self.document.len());
        for byte in self.document {
            // Writing to a String does not fail.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}

/// Runs `work` for a request's document, given by its SHA-256. Tasks that it spawns do not inherit this.
///
/// Boxed, because a large future makes every future that contains it as large.
pub fn asking<'w, T>(
    request: &str,
    document: [u8; 32],
    work: impl Future<Output = T> + Send + 'w,
) -> TaskLocalFuture<CurrentDocument, BoxFuture<'w, T>> {
    let asked = CurrentDocument {
        request: request.to_owned(),
        document,
    };
    ASKED.scope(asked, work.boxed())
}

/// The document that the current task works for; `None`: there is none.
pub fn asked() -> Option<CurrentDocument> {
    ASKED.try_with(Clone::clone).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_is_known_within_and_nowhere_else() {
        assert!(asked().is_none());
        let known = asking("a1", [0xab; 32], async { asked().expect("it is within") }).await;
        assert_eq!((known.request(), known.document()), ("a1", "ab".repeat(32)));
        assert!(asked().is_none());
    }
}
