//! One difference between two versions of a schema.

use std::fmt;

use serde::Serialize;

/// One difference, as a sentence and for programs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SchemaChange {
    pub effect: Effect,
    pub text: String,
    /// What graphql-js calls such a change: `FIELD_REMOVED`. What it has no name for is named alike.
    pub kind: &'static str,
    /// Where, as a schema coordinate: `Type.field(argument:)`.
    pub place: String,
    /// Those who use this of the old schema notice; the same as `place`, or the nearest part of it that was there before.
    #[serde(skip)]
    pub concerns: String,
    /// Why it was deprecated in the old schema; `None`: it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
}

/// What a change means to clients that are as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Documents that were valid are not any more, or mean something else.
    #[serde(rename = "breaking")]
    Breaks,
    /// Documents stay valid, and clients may be told what they do not know, or be taken otherwise.
    Dangerous,
    /// Nobody needs to notice.
    Safe,
}

impl fmt::Display for SchemaChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let effect = match self.effect {
            Effect::Breaks => "breaks",
            Effect::Dangerous => "dangerous",
            Effect::Safe => "safe",
        };
        write!(f, "{effect:<10} {}", self.text)?;
        match &self.deprecated {
            Some(reason) => write!(f, " (deprecated: {reason})"),
            None => Ok(()),
        }
    }
}
