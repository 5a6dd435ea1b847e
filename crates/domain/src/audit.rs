//! The audit log: one entry for every transaction that changed something.
//!
//! Changes of objects are recorded field by field, under the API's names. Objects with history rows of their own
//! (events, approvals, payouts) are only counted.

use std::sync::Arc;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Timestamp;
use super::id::{ApiKeyId, AuditEntryId, PartnerId};
use super::money::Money;

/// Maximum size of a recorded value, as JSON text; longer values are replaced by a hash.
pub const MAX_BYTES: usize = 1024;

/// Recorded in place of a secret.
pub const CHANGED: &str = "changed";

/// Externally supplied names may be long; they are cut to this length. A subject, which is an issuer and a name of at most
/// 255 characters each, is not cut.
const MAX_CHARACTERS: usize = 511;

/// The actor and operation behind a change: a caller's request, a command, a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The token's subject (`ISSUER|NAME` if an identity provider issued it) or the key's id; `job:...`, `cli:...`.
    pub actor: String,
    pub api_key_id: Option<ApiKeyId>,
    /// The token's own id (`jti`).
    pub token_id: Option<String>,
    /// The partner that the token or key belongs to.
    pub partner_id: Option<PartnerId>,
    /// The mutation's field, the command or the job.
    pub operation: String,
    pub request_id: Option<String>,
}

impl Origin {
    /// A caller whose operation is not known yet.
    pub fn caller(actor: &str) -> Self {
        Self {
            actor: cut(actor),
            api_key_id: None,
            token_id: None,
            partner_id: None,
            operation: String::new(),
            request_id: None,
        }
    }

    /// A command of the program, with or without the prefix: `cli:import` has the operation `import`.
    pub fn command(name: &str) -> Self {
        let name = name.strip_prefix("cli:").unwrap_or(name);
        Self {
            operation: name.to_owned(),
            ..Self::caller(&format!("cli:{name}"))
        }
    }

    /// Background work.
    pub fn job(name: &str) -> Self {
        Self {
            operation: name.to_owned(),
            ..Self::caller(&format!("job:{name}"))
        }
    }

    /// The same origin with another operation.
    pub fn doing(self: &Arc<Self>, operation: &str) -> Arc<Self> {
        Arc::new(Self {
            operation: operation.to_owned(),
            ..Self::clone(self)
        })
    }
}

/// A name cut to the recorded length; also applied to names that are searched for.
pub fn cut(name: &str) -> String {
    name.chars().take(MAX_CHARACTERS).collect()
}

/// The audit log's entry for one transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEntry {
    pub id: AuditEntryId,
    pub at: Timestamp,
    pub origin: Origin,
    /// The number of affected objects that have history rows of their own. `None`: there are none.
    pub count: Option<u32>,
    pub changes: Vec<FieldChange>,
}

/// The change of a field of an object.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct FieldChange {
    #[serde(rename = "objectType")]
    pub object_type: String,
    #[serde(rename = "objectId")]
    pub object_id: String,
    /// `None`: the change is of the object as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// `None`: no value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// Field names and values; null or an empty list for an absent value.
pub type Fields = Vec<(&'static str, Value)>;

/// An object whose changes are recorded field by field.
pub trait Audited {
    /// The name of its type in the API.
    const TYPE: &'static str;

    fn object_id(&self) -> String;

    /// The fields that callers change or may want to know. No secrets, and no update times, which the entry has itself.
    fn fields(&self) -> Fields;
}

/// Implements [`Audited`] for a type, beside it: the pattern that destructures it in full, so that no new field is
/// forgotten, and its fields in the API with their values.
macro_rules! audited {
    ($type:ty as $name:literal: { $($pattern:tt)* } => [$($field:literal: $value:expr),+ $(,)?]) => {
        impl $crate::audit::Audited for $type {
            const TYPE: &'static str = $name;

            fn object_id(&self) -> String {
                self.id.to_string()
            }

            fn fields(&self) -> $crate::audit::Fields {
                let Self { $($pattern)* } = self;
                vec![$(($field, serde_json::json!($value))),+]
            }
        }
    };
}

pub(crate) use audited;

/// An amount as the audit log shows it.
pub(crate) fn money(amount: &Money) -> Value {
    json!({ "amount": amount.amount().to_string(), "currency": amount.currency().code() })
}

impl FieldChange {
    /// A change of one field of an object.
    pub fn of<T: Audited>(object: &T, field: &str, before: Value, after: Value) -> Self {
        Self::named::<T>(object.object_id(), field, before, after)
    }

    /// A change of one field of the object with this id.
    pub fn named<T: Audited>(id: String, field: &str, before: Value, after: Value) -> Self {
        Self {
            object_type: T::TYPE.to_owned(),
            object_id: id,
            field: Some(field.to_owned()),
            before: value_or_hash(before),
            after: value_or_hash(after),
        }
    }
}

/// A change for each field of a new object.
pub fn created<T: Audited>(object: &T) -> Vec<FieldChange> {
    told(object, |value| (Value::Null, value))
}

/// All fields of a new object, as one change.
pub fn whole<T: Audited>(object: &T) -> FieldChange {
    let fields = object.fields().into_iter().filter(|(_, value)| !is_nothing(value));
    let fields = fields.map(|(name, value)| (name.to_owned(), value));
    FieldChange {
        object_type: T::TYPE.to_owned(),
        object_id: object.object_id(),
        field: None,
        before: None,
        after: value_or_hash(Value::Object(fields.collect())),
    }
}

/// A change for each field of a deleted object.
pub fn deleted<T: Audited>(object: &T) -> Vec<FieldChange> {
    told(object, |value| (value, Value::Null))
}

/// A change for each field that differs; empty if nothing changed.
pub fn changed<T: Audited>(before: &T, after: &T) -> Vec<FieldChange> {
    let fields = before.fields().into_iter().zip(after.fields());
    let fields = fields.filter(|((_, before), (_, after))| before != after);
    fields
        .map(|((name, before), (_, now))| FieldChange::of(after, name, before, now))
        .collect()
}

fn told<T: Audited>(object: &T, sides: impl Fn(Value) -> (Value, Value)) -> Vec<FieldChange> {
    let fields = object.fields().into_iter().filter(|(_, value)| !is_nothing(value));
    let changes = fields.map(|(name, value)| {
        let (before, after) = sides(value);
        FieldChange::of(object, name, before, after)
    });
    changes.collect()
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// The value, or a hash if it is too long.
fn value_or_hash(value: Value) -> Option<Value> {
    if value.is_null() {
        return None;
    }
    let text = value.to_string();
    Some(match text.len() {
        0..=MAX_BYTES => value,
        bytes => json!({ "sha256": sha256(text.as_bytes()), "bytes": bytes }),
    })
}

/// The SHA-256 of a text or a file, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone)]
    struct Thing(&'static str, Option<u32>, String);

    impl Audited for Thing {
        const TYPE: &'static str = "Thing";

        fn object_id(&self) -> String {
            "thg_1".to_owned()
        }

        fn fields(&self) -> Fields {
            vec![
                ("name", json!(self.0)),
                ("size", json!(self.1)),
                ("text", json!(self.2)),
            ]
        }
    }

    fn told(changes: &[FieldChange]) -> Vec<(&str, Value, Value)> {
        let told = changes.iter().map(|change| {
            let side = |value: &Option<Value>| value.clone().unwrap_or_default();
            let field = change.field.as_deref().unwrap_or_default();
            (field, side(&change.before), side(&change.after))
        });
        told.collect()
    }

    #[test]
    fn what_is_new_gone_or_changed_is_told_field_by_field() {
        let (one, other) = (Thing("a", None, "x".into()), Thing("b", None, "x".into()));
        assert_eq!(
            told(&created(&one)),
            [("name", Value::Null, json!("a")), ("text", Value::Null, json!("x"))]
        );
        assert_eq!(
            told(&deleted(&one)),
            [("name", json!("a"), Value::Null), ("text", json!("x"), Value::Null)]
        );
        assert_eq!(told(&changed(&one, &other)), [("name", json!("a"), json!("b"))]);
        assert_eq!(changed(&one, &one.clone()), []);
        assert_eq!(whole(&one).after, Some(json!({ "name": "a", "text": "x" })));
    }

    #[test]
    fn of_long_values_a_hash_is_kept() {
        // With its quotation marks: 1024 bytes, and one more.
        let fits = Thing("a", None, "é".repeat(511));
        assert_eq!(created(&fits)[1].after, Some(json!("é".repeat(511))));
        let long = Thing("a", None, "x".repeat(1023));
        let kept = created(&long)[1].after.clone().unwrap();
        assert_eq!(kept["bytes"], 1025);
        assert_eq!(kept["sha256"], sha256(format!("\"{}\"", "x".repeat(1023)).as_bytes()));
        let of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(sha256(b""), of_nothing);
    }

    #[test]
    fn commands_and_jobs_are_named_once() {
        for name in ["import", "cli:import"] {
            let origin = Origin::command(name);
            assert_eq!(
                (origin.actor.as_str(), origin.operation.as_str()),
                ("cli:import", "import")
            );
        }
        let job = Origin::job("approve_matured");
        assert_eq!(job.operation, "approve_matured");
        let origin = Arc::new(job).doing("other");
        assert_eq!(
            (origin.actor.as_str(), origin.operation.as_str()),
            ("job:approve_matured", "other")
        );
        assert_eq!(cut(&"é".repeat(MAX_CHARACTERS + 45)).chars().count(), MAX_CHARACTERS);
    }
}
