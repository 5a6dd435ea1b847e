//! The values of a statement that change from one use of its text to the next.

use chrono::DateTime;
use sea_orm::{DbBackend, Value};
use uuid::Uuid;

use crate::many;
use crate::page::{PageRequest, RowPosition, SortKey};
use auth::Scope;
use domain::id::{PartnerId, TenantId};

/// What rows are looked up by.
#[derive(Clone, Copy)]
pub enum Key<'a> {
    Nothing,
    Id(Uuid),
    Text(&'a str),
    /// More than one.
    Ids(&'a [Uuid]),
    /// Each of them by itself, in a part of its own: at most [`MAX_KEYS`].
    Each(&'a [Uuid]),
}

/// The scope, the key, and the positions in a list between which rows are read. Everything else that a statement binds
/// is part of its shape.
#[derive(Clone)]
pub struct Bindings<'a> {
    pub scope: Scope,
    pub key: Key<'a>,
    pub after: Option<RowPosition>,
    pub before: Option<RowPosition>,
}

/// Stand-ins while a text is made: values that no object has, so that each is recognised wherever the statement binds
/// it. Statements whose shape contains such values are not cached.
const TENANT: Uuid = Uuid::from_u128(1);
const PARTNER: Uuid = Uuid::from_u128(2);
const ONE: Uuid = Uuid::from_u128(3);
static MANY: [Uuid; 2] = [ONE, Uuid::from_u128(4)];
const AFTER: Uuid = Uuid::from_u128(5);
const BEFORE: Uuid = Uuid::from_u128(6);
static EACH: [Uuid; MAX_KEYS] = [ONE, Uuid::from_u128(7), Uuid::from_u128(8), Uuid::from_u128(9)];

/// Maximum number of keys that the parts of a statement have.
pub const MAX_KEYS: usize = 4;

/// A text that is not a key: callers' texts never contain this character.
const NO_TEXT: &str = "\0";

impl<'a> Key<'a> {
    pub fn of(ids: &'a [Uuid]) -> Self {
        match ids {
            [single] => Self::Id(*single),
            many => Self::Ids(many),
        }
    }

    /// The value that is bound.
    pub fn value(self, backend: DbBackend) -> Value {
        match self {
            Self::Nothing => Value::Uuid(None),
            Self::Id(id) => id.into(),
            Self::Text(text) => text.into(),
            Self::Ids(ids) | Self::Each(ids) => many::id_list(backend, ids),
        }
    }

    pub fn ids(&self) -> &[Uuid] {
        match self {
            Self::Ids(ids) | Self::Each(ids) => ids,
            Self::Id(id) => std::slice::from_ref(id),
            Self::Nothing | Self::Text(_) => &[],
        }
    }

    fn kind(self) -> char {
        match self {
            Self::Nothing => '-',
            Self::Id(_) => '1',
            Self::Text(_) => 't',
            Self::Ids(_) => 'n',
            Self::Each(_) => 'e',
        }
    }

    fn stand_in(self) -> Key<'static> {
        match self {
            Self::Nothing => Key::Nothing,
            Self::Id(_) => Key::Id(ONE),
            Self::Text(_) => Key::Text(NO_TEXT),
            Self::Ids(_) => Key::Ids(&MANY),
            Self::Each(ids) => Key::Each(&EACH[..ids.len()]),
        }
    }
}

impl<'a> Bindings<'a> {
    pub fn of(scope: &Scope, key: Key<'a>) -> Self {
        Self {
            scope: *scope,
            key,
            after: None,
            before: None,
        }
    }

    /// With the positions between which the page lies.
    pub fn within(self, request: &PageRequest) -> Self {
        Self {
            after: request.after.clone(),
            before: request.before.clone(),
            ..self
        }
    }

    /// Those of a part that looks for the key with this number.
    pub fn of_key(&self, number: usize) -> Self {
        Self {
            key: Key::Id(self.key.ids()[number]),
            ..self.clone()
        }
    }

    /// The same page between these places.
    pub fn page(&self, request: &PageRequest) -> PageRequest {
        PageRequest {
            after: self.after.clone(),
            before: self.before.clone(),
            ..*request
        }
    }

    /// Appends the properties of the bindings on which a statement's text depends.
    pub fn describe(&self, text: &mut String) {
        text.push(if self.scope.partner().is_some() { 'p' } else { 's' });
        text.push(self.key.kind());
        for (place, mark) in [(&self.after, 'a'), (&self.before, 'b')] {
            if let Some(place) = place {
                text.push(mark);
                text.push(if place.key.is_some() { 'k' } else { 'i' });
            }
        }
    }

    /// The values, always in the same order for bindings of the same kind.
    pub fn values(&self, backend: DbBackend) -> Vec<Value> {
        let partner = self.scope.partner().map(|partner| partner.uuid());
        let mut values = vec![self.scope.tenant().uuid().into(), Value::Uuid(partner)];
        match self.key {
            Key::Each(ids) => values.extend(ids.iter().map(|id| Value::from(*id))),
            key => values.push(key.value(backend)),
        }
        for place in [&self.after, &self.before].into_iter().flatten() {
            values.push(place.id.into());
            values.extend(place.key.clone().map(Value::from));
        }
        values
    }

    /// Bindings of the same kind, whose values differ from each other and from all other values.
    pub fn stand_in(&self) -> Bindings<'static> {
        let tenant = TenantId::from_uuid(TENANT);
        let place = |place: &RowPosition, id: Uuid, number: i64| RowPosition {
            key: place.key.as_ref().map(|key| match key {
                SortKey::Text(_) => SortKey::Text(format!("\0{number}")),
                SortKey::Time(_) => SortKey::Time(DateTime::from_timestamp_micros(-number).expect("within range")),
                SortKey::Integer(_) => SortKey::Integer(i64::MIN + number),
            }),
            id,
        };
        Bindings {
            scope: match self.scope.partner() {
                Some(_) => Scope::of_partner(tenant, PartnerId::from_uuid(PARTNER)),
                None => Scope::tenant_wide(tenant),
            },
            key: self.key.stand_in(),
            after: self.after.as_ref().map(|after| place(after, AFTER, 1)),
            before: self.before.as_ref().map(|before| place(before, BEFORE, 2)),
        }
    }
}
