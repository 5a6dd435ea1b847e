//! Erasing the personal values of a subject: whose, and what stands in their place.

use super::Timestamp;
use super::audit::{FieldChange, audited};
use super::id::{CustomerId, ErasureId, PartnerId, PartnershipRequestId};
use super::text_enum;

text_enum! {
    /// A kind of subject.
    SubjectKind {
        /// A partner, with the requests that it came from.
        Partner = "PARTNER",
        /// A customer, with its events.
        Customer = "CUSTOMER",
        /// Who asked for a partnership.
        Request = "REQUEST",
        /// An individual at a partner to whom commissions are owed, or whom deals name.
        Recipient = "RECIPIENT",
        /// Who works for the tenant, by the subject of their token.
        StaffActor = "STAFF_ACTOR",
    }
}

/// Whose personal values are erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    Partner(PartnerId),
    Customer(CustomerId),
    Request(PartnershipRequestId),
    Recipient {
        partner: PartnerId,
        /// The name; `None` once it is erased.
        name: Option<String>,
    },
    StaffActor {
        /// The subject of the token; `None` once it is erased.
        actor: Option<String>,
    },
}

impl Subject {
    pub fn kind(&self) -> SubjectKind {
        match self {
            Self::Partner(_) => SubjectKind::Partner,
            Self::Customer(_) => SubjectKind::Customer,
            Self::Request(_) => SubjectKind::Request,
            Self::Recipient { .. } => SubjectKind::Recipient,
            Self::StaffActor { .. } => SubjectKind::StaffActor,
        }
    }

    /// The id of the subject, or of the partner of a recipient; `None`: it has none.
    pub fn id(&self) -> Option<String> {
        match self {
            Self::Partner(id) | Self::Recipient { partner: id, .. } => Some(id.to_string()),
            Self::Customer(id) => Some(id.to_string()),
            Self::Request(id) => Some(id.to_string()),
            Self::StaffActor { .. } => None,
        }
    }

    /// The name by which a subject without an id is found.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Recipient { name, .. } => name.as_deref(),
            Self::StaffActor { actor } => actor.as_deref(),
            Self::Partner(_) | Self::Customer(_) | Self::Request(_) => None,
        }
    }
}

/// An erasure: what was asked for, and how far it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Erasure {
    pub id: ErasureId,
    /// Counts the tenant's erasures from 1.
    pub number: u32,
    pub subject: Subject,
    /// The actor who asked for it.
    pub requested_by: String,
    pub reason: Option<String>,
    /// Whether it was to go ahead although something was owed.
    pub forced: bool,
    pub requested_at: Timestamp,
    /// `None`: rows are left to be erased.
    pub finished_at: Option<Timestamp>,
    /// How many rows were changed so far.
    pub changed_rows: u64,
}

// Whose values are erased is not named where only a name says so, nor why.
audited!(Erasure as "Erasure": {
    id: _, number, subject, requested_by: _, reason: _, forced, requested_at: _, finished_at: _, changed_rows: _
} => [
    "number": number,
    "subjectType": subject.kind().as_str(),
    "subjectId": subject.id(),
    "forced": forced,
]);

/// What stands in the place of a text that was erased and cannot be null.
pub fn placeholder(number: u32) -> String {
    format!("erased {number}")
}

/// The audited fields that hold personal values, whatever the type of the object.
const PERSONAL_FIELDS: [&str; 13] = [
    "code",
    "description",
    "email",
    "externalId",
    "leadCreator",
    "message",
    "metadata",
    "name",
    "note",
    "owner",
    "payoutReference",
    "reason",
    "recipient",
];

/// The same changes without the personal values of the objects for which `is_subjects` is true: what was changed about
/// them stays, and before and after go. `None`: there are none.
pub fn without_values(changes: &[FieldChange], is_subjects: impl Fn(&str) -> bool) -> Option<Vec<FieldChange>> {
    let mut is_changed = false;
    let mut forget = |change: &FieldChange| {
        let mut change = change.clone();
        for value in [&mut change.before, &mut change.after] {
            let is_personal = match (&change.field, value.as_mut()) {
                (_, None) => false,
                (Some(field), Some(_)) => PERSONAL_FIELDS.contains(&field.as_str()),
                // All fields of an object, or a hash of them.
                (None, Some(serde_json::Value::Object(fields))) if !fields.contains_key("sha256") => {
                    let before = fields.len();
                    fields.retain(|name, _| !PERSONAL_FIELDS.contains(&name.as_str()));
                    is_changed |= fields.len() < before;
                    false
                }
                (None, Some(_)) => true,
            };
            if is_personal {
                *value = None;
                is_changed = true;
            }
        }
        change
    };
    let left = changes.iter().map(|change| match is_subjects(&change.object_id) {
        true => forget(change),
        false => change.clone(),
    });
    let left: Vec<_> = left.collect();
    is_changed.then_some(left)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn change(object: &str, field: Option<&str>, before: Value, after: Value) -> FieldChange {
        FieldChange {
            object_type: "Partner".to_owned(),
            object_id: object.to_owned(),
            field: field.map(str::to_owned),
            before: Some(before).filter(|value| !value.is_null()),
            after: Some(after).filter(|value| !value.is_null()),
        }
    }

    #[test]
    fn of_the_subject_only_what_was_changed_is_left() {
        let changes = [
            change("par_1", Some("name"), json!("Ann"), json!("Anna")),
            change("par_1", Some("status"), json!("INVITED"), json!("ACTIVE")),
            change("par_2", Some("name"), json!("Bob"), json!("Bobby")),
            change("par_1", None, Value::Null, json!({ "name": "Ann", "status": "ACTIVE" })),
            change("par_1", None, Value::Null, json!({ "sha256": "00", "bytes": 2000 })),
        ];
        let left = without_values(&changes, |object| object == "par_1").unwrap();
        assert_eq!(left[0], change("par_1", Some("name"), Value::Null, Value::Null));
        assert_eq!(left[1..3], changes[1..3]);
        assert_eq!(left[3].after, Some(json!({ "status": "ACTIVE" })));
        assert_eq!(left[4].after, None);
        assert_eq!(without_values(&left, |object| object == "par_1"), None);
        assert_eq!(without_values(&changes, |object| object == "par_3"), None);
    }
}
