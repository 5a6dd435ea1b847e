//! The orders in which campaigns are listed.

use entity::campaign::{Column, Entity};

use crate::order::{SortBy, SortColumn};
use crate::view;

/// The orders in which campaigns are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CampaignOrder {
    #[default]
    CreatedAt,
    /// Case-insensitive.
    Name,
    /// Campaigns without a start are sorted by when they were created.
    StartsAt,
}

impl SortBy for CampaignOrder {
    fn key(self) -> Option<SortColumn> {
        match self {
            Self::CreatedAt => None,
            Self::Name => Some(SortColumn::text(view::column(Column::NameKey))),
            Self::StartsAt => Some(SortColumn::time(view::derived::<Entity>(&STARTS_AT))),
        }
    }
}

/// Campaigns without a start get a moment as well, so that they sort neither before nor after all others.
static STARTS_AT: view::Derived = view::Derived {
    name: "starts_at_or_created_at",
    expression: "COALESCE({row}.starts_at, {row}.created_at)",
    of: &["starts_at", "created_at"],
};
