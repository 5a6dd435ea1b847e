//! Changes of single fields.

use async_graphql::{ID, SimpleObject};

use crate::graphql::rows::{PlainObject, SubSelection, unwritten};
use crate::graphql::scalar::Json;
use domain::audit;
use store::view;

/// A change to a field of an object.
#[derive(Clone, Debug, SimpleObject)]
pub struct AuditChange {
    /// The object's id.
    pub object_id: ID,
    /// The object's type, as named in the API.
    pub object_type: String,
    /// The field, as named in the API, with the suffix `Id` if it refers to an object; null for the object as a whole.
    pub field: Option<String>,
    /// The value before; null if there was none. A value of more than 1 kB of JSON text is `{"sha256": ..., "bytes":
    /// ...}`, a secret is `"changed"`.
    pub before: Option<Json>,
    /// The value after; null if there is none.
    pub after: Option<Json>,
}

impl From<&audit::FieldChange> for AuditChange {
    fn from(change: &audit::FieldChange) -> Self {
        Self {
            object_id: change.object_id.clone().into(),
            object_type: change.object_type.clone(),
            field: change.field.clone(),
            before: change.before.clone().map(Json),
            after: change.after.clone().map(Json),
        }
    }
}

impl PlainObject for AuditChange {
    fn write(&self, field: &str, _: &SubSelection<'_>, json: &mut view::JsonText) {
        let side = |json: &mut view::JsonText, side: &Option<Json>| match side {
            Some(Json(value)) => json.number(value),
            None => json.null(),
        };
        match field {
            "objectId" => json.text(&self.object_id),
            "objectType" => json.text(&self.object_type),
            "field" => json.optional_text(self.field.as_deref()),
            "before" => side(json, &self.before),
            "after" => side(json, &self.after),
            _ => unwritten(self, field, json),
        }
    }
}
