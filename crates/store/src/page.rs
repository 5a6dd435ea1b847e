//! Keyset pagination: a page starts after a row, never at an offset, so that its cost does not grow with its position.

use sea_orm::Value;
use uuid::Uuid;

use domain::Timestamp;
use domain::id::{Id, Kind};

/// Which stretch of an ordered list to read. Lists that are not tables have positions of their own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageRequest<P = RowPosition> {
    /// Maximum number of rows.
    pub limit: u32,
    /// `true`: the last rows of the stretch rather than the first. They are still returned in the order of the list.
    pub backward: bool,
    /// Only rows after `after`, and before `before`.
    pub after: Option<P>,
    pub before: Option<P>,
}

impl<P> PageRequest<P> {
    /// The same request for a list with another type of position.
    pub fn try_map<Q, E>(&self, convert: impl Fn(&P) -> Result<Q, E>) -> Result<PageRequest<Q>, E> {
        Ok(PageRequest {
            limit: self.limit,
            backward: self.backward,
            after: self.after.as_ref().map(&convert).transpose()?,
            before: self.before.as_ref().map(&convert).transpose()?,
        })
    }
}

/// A row's position in an order: its sort key, unless the order is by id alone, and its id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RowPosition {
    pub key: Option<SortKey>,
    pub id: Uuid,
}

/// The value of a sort key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SortKey {
    Text(String),
    Time(Timestamp),
    Integer(i64),
}

impl From<SortKey> for Value {
    fn from(key: SortKey) -> Self {
        match key {
            SortKey::Text(text) => text.into(),
            SortKey::Time(moment) => moment.into(),
            SortKey::Integer(number) => number.into(),
        }
    }
}

impl RowPosition {
    /// The position in a list that is sorted by id alone.
    pub fn of_id<K: Kind>(id: Id<K>) -> Self {
        Self {
            key: None,
            id: id.uuid(),
        }
    }
}

/// A stretch of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub has_next: bool,
    pub has_previous: bool,
}

impl<T> Page<T> {
    pub fn empty() -> Self {
        Self {
            items: Vec::new(),
            has_next: false,
            has_previous: false,
        }
    }

    /// Converts every item; the page keeps its position in the list.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        let items = self.items.into_iter().map(convert).collect();
        Page {
            items,
            has_next: self.has_next,
            has_previous: self.has_previous,
        }
    }

    /// Converts every item.
    pub fn try_map<U, E>(self, convert: impl FnMut(T) -> Result<U, E>) -> Result<Page<U>, E> {
        let items = self.items.into_iter().map(convert).collect::<Result<_, _>>()?;
        Ok(Page {
            items,
            has_next: self.has_next,
            has_previous: self.has_previous,
        })
    }
}

/// Drops the extra row, which only showed that there are more, and restores the list's order.
pub fn cut<T, P>(mut rows: Vec<T>, request: &PageRequest<P>) -> Page<T> {
    let more = rows.len() > request.limit as usize;
    rows.truncate(request.limit as usize);
    if request.backward {
        rows.reverse();
        Page {
            items: rows,
            has_next: request.before.is_some(),
            has_previous: more,
        }
    } else {
        Page {
            items: rows,
            has_next: more,
            has_previous: request.after.is_some(),
        }
    }
}
