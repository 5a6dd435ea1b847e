//! Attempts to send a delivery.

use async_graphql::SimpleObject;
use chrono::SecondsFormat;

use crate::graphql::rows::{PlainObject, SubSelection, unwritten};
use crate::graphql::scalar::DateTime;
use domain::webhook;
use store::view;

/// One attempt to send a delivery.
#[derive(Clone, Debug, SimpleObject)]
pub struct WebhookAttempt {
    /// When the request was sent.
    pub at: DateTime,
    /// The HTTP status of the response; null if there was none.
    pub status_code: Option<i32>,
    /// Why there was no response; null if there was one.
    pub error: Option<String>,
    /// The duration in milliseconds.
    pub milliseconds: i32,
    /// The first kilobyte of the response body; null if there was no response.
    pub answer: Option<String>,
}

impl From<&webhook::WebhookAttempt> for WebhookAttempt {
    fn from(attempt: &webhook::WebhookAttempt) -> Self {
        Self {
            at: DateTime(attempt.at),
            status_code: attempt.status_code.map(i32::from),
            error: attempt.error.clone(),
            milliseconds: i32::try_from(attempt.milliseconds).unwrap_or(i32::MAX),
            answer: attempt.answer.clone(),
        }
    }
}

impl PlainObject for WebhookAttempt {
    fn write(&self, field: &str, _: &SubSelection<'_>, json: &mut view::JsonText) {
        match field {
            "at" => json.plain(self.at.0.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            "statusCode" => match self.status_code {
                Some(code) => json.number(code),
                None => json.null(),
            },
            "error" => json.optional_text(self.error.as_deref()),
            "milliseconds" => json.number(self.milliseconds),
            "answer" => json.optional_text(self.answer.as_deref()),
            _ => unwritten(self, field, json),
        }
    }
}
