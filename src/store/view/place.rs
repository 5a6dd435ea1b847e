//! Where a row stands in its list, for cursors.

use entity::{commission, partner};
use sea_orm::ColumnTrait;

use super::{COMMISSION, PARTNER, Row, Selected, View, cell};
use crate::store::StoreError;
use crate::store::page::{Place, SortKey};

/// The cells that a row's place is made of: its id, and every value that its lists may be sorted by.
pub struct PlaceCells {
    id: usize,
    text: Option<usize>,
    time: Option<usize>,
    integer: Option<usize>,
}

impl PlaceCells {
    /// `None`: there are no lists of these.
    pub fn of(view: &'static View, selected: &mut Selected) -> Option<Self> {
        let mut cells = Self {
            id: selected.cell(view.id()),
            text: None,
            time: None,
            integer: None,
        };
        if view.name == COMMISSION.name {
            cells.time = Some(selected.cell(commission::Column::AccruedAt.as_column_ref()));
            cells.integer = Some(selected.cell(commission::Column::AmountMinor.as_column_ref()));
        } else if view.name == PARTNER.name {
            cells.text = Some(selected.cell(partner::Column::NameKey.as_column_ref()));
        } else {
            return None;
        }
        Some(cells)
    }

    /// `example` is some value of the kind that the list is sorted by; `None`: it is sorted by id.
    pub fn place(&self, row: &Row, example: Option<&SortKey>) -> Result<Place, StoreError> {
        let key = match (example, self) {
            (Some(SortKey::Text(_)), Self { text: Some(at), .. }) => Some(SortKey::Text(cell::read(row, *at)?)),
            (Some(SortKey::Time(_)), Self { time: Some(at), .. }) => Some(SortKey::Time(cell::read(row, *at)?)),
            (Some(SortKey::Integer(_)), Self { integer: Some(at), .. }) => {
                Some(SortKey::Integer(cell::read(row, *at)?))
            }
            _ => None,
        };
        let id = cell::read(row, self.id)?;
        Ok(Place { key, id })
    }
}
