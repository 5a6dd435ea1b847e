//! The orders in which lists can be requested: by a value of each row and then by its id, so that an index serves every
//! page in either direction.

use std::fmt::Debug;

use super::page::SortKey;
use super::view::Column;
use domain::Timestamp;

/// What the rows of a list can be sorted by. The default applies where no order is requested.
pub trait SortBy: Copy + Debug + Default + PartialEq {
    /// The sort key of each row; `None`: its id alone, which is the order of creation.
    fn key(self) -> Option<SortColumn>;
}

/// A sort key, which is never null, and its type.
pub struct SortColumn {
    column: Column,
    example: SortKey,
}

impl SortColumn {
    pub fn text(column: Column) -> Self {
        let example = SortKey::Text(String::new());
        Self { column, example }
    }

    pub fn time(column: Column) -> Self {
        let example = SortKey::Time(Timestamp::UNIX_EPOCH);
        Self { column, example }
    }

    pub fn integer(column: Column) -> Self {
        let example = SortKey::Integer(0);
        Self { column, example }
    }

    pub(super) fn column(self) -> Column {
        self.column
    }
}

/// What a list is sorted by, and in which direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sorted<B> {
    pub by: B,
    pub descending: bool,
}

impl<B: SortBy> Default for Sorted<B> {
    fn default() -> Self {
        Self {
            by: B::default(),
            descending: true,
        }
    }
}

impl<B: SortBy> Sorted<B> {
    /// Some value of the sort key's type; `None`: the list is sorted by the id alone.
    pub fn example(self) -> Option<SortKey> {
        self.by.key().map(|key| key.example)
    }
}
