//! The orders in which events are listed.

use entity::event::Column;

use crate::order::{SortBy, SortColumn};
use crate::view;

/// The orders in which events are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum EventOrder {
    #[default]
    RecordedAt,
    OccurredAt,
}

impl SortBy for EventOrder {
    fn key(self) -> Option<SortColumn> {
        match self {
            Self::RecordedAt => None,
            Self::OccurredAt => Some(SortColumn::time(view::column(Column::OccurredAt))),
        }
    }
}
