//! Keyset pagination: a page starts after a row, never at an offset, so that its cost does not grow with its position.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, Select, Value};
use uuid::Uuid;

use super::{Connection, StoreError};
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

/// The order of a list: by a column and then by the id, or by the id alone, which is the order of creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort<C> {
    pub key: Option<C>,
    pub id: C,
    pub descending: bool,
}

impl<C: ColumnTrait> Sort<C> {
    pub fn newest_first(id: C) -> Self {
        Self {
            key: None,
            id,
            descending: true,
        }
    }

    /// Adds the page's bounds, order and limit. One row more than requested shows whether the list continues.
    pub fn apply<E: EntityTrait>(&self, mut select: Select<E>, request: &PageRequest) -> Select<E> {
        if let Some(place) = &request.after {
            select = select.filter(self.beyond(place, self.descending));
        }
        if let Some(place) = &request.before {
            select = select.filter(self.beyond(place, !self.descending));
        }
        let order = self.direction(request);
        if let Some(key) = self.key {
            select = select.order_by(key, order.clone());
        }
        select.order_by(self.id, order).limit(u64::from(request.limit) + 1)
    }

    /// The direction in which a page is read.
    pub fn direction(&self, request: &PageRequest) -> Order {
        if self.descending != request.backward {
            Order::Desc
        } else {
            Order::Asc
        }
    }

    /// Rows on one side of a position: a comparison of tuples, which uses the index on both engines.
    fn beyond(&self, place: &RowPosition, below: bool) -> Expr {
        let (columns, values) = match (self.key, &place.key) {
            (Some(key), Some(value)) => (
                Expr::tuple([Expr::col(key.as_column_ref()), Expr::col(self.id.as_column_ref())]),
                Expr::tuple([Expr::val(value.clone()), Expr::val(place.id)]),
            ),
            _ => (Expr::col(self.id.as_column_ref()), Expr::val(place.id)),
        };
        if below { columns.lt(values) } else { columns.gt(values) }
    }

    /// Reads the page of `select`.
    pub async fn page<E>(
        &self,
        database: &Connection,
        select: Select<E>,
        request: &PageRequest,
    ) -> Result<Page<E::Model>, StoreError>
    where
        E: EntityTrait<Column = C>,
    {
        Ok(cut(self.apply(select, request).all(database).await?, request))
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
