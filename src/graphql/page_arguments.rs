//! The paging arguments of connections.

use async_graphql::registry::{MetaInputValue, Registry};
use async_graphql::{Context, ServerResult};

use super::cursor::Cursors;
use super::error::ApiError;
use super::rows::argument;
use store::page::PageRequest;

pub const DEFAULT_PAGE: i32 = 20;
/// Maximum of the setting `limits.page_size`. The document guard enforces the setting itself on requested pages.
pub const MAX_PAGE: i32 = 10_000;

/// The four paging arguments of a connection field.
#[derive(Clone, Debug)]
pub struct PageArguments {
    pub first: Option<i32>,
    pub after: Option<String>,
    pub last: Option<i32>,
    pub before: Option<String>,
}

impl PageArguments {
    pub fn new(first: Option<i32>, after: Option<String>, last: Option<i32>, before: Option<String>) -> Self {
        Self {
            first,
            after,
            last,
            before,
        }
    }

    /// The paging arguments of the field of `ctx`.
    pub fn of(ctx: &Context<'_>) -> ServerResult<Self> {
        Ok(Self {
            first: ctx.param_value("first", None)?.1,
            after: ctx.param_value("after", None)?.1,
            last: ctx.param_value("last", None)?.1,
            before: ctx.param_value("before", None)?.1,
        })
    }

    /// The paging arguments as the schema declares them.
    pub fn declared(registry: &mut Registry) -> Vec<MetaInputValue> {
        macro_rules! declared {
            ($name:literal, $type:ty, $doc:literal) => {
                argument::<Option<$type>>(registry, $name, $doc)
            };
        }
        paged::each_argument!(declared).into()
    }

    /// Whether there is a cursor, `after` or `before`.
    pub fn has_places(&self) -> bool {
        self.after.is_some() || self.before.is_some()
    }

    /// The page of the list that the arguments request.
    pub fn read(&self, cursors: &Cursors) -> Result<PageRequest, ApiError> {
        let (size, name, backward) = match (self.first, self.last) {
            (Some(_), Some(_)) => return Err(ApiError::bad_user_input("give first or last, not both")),
            (None, Some(last)) => (last, "last", true),
            (first, None) => (first.unwrap_or(DEFAULT_PAGE), "first", false),
        };
        if !(0..=MAX_PAGE).contains(&size) {
            return Err(ApiError::bad_user_input(format!("{name} must be from 0 to {MAX_PAGE}")));
        }
        let place = |cursor: &Option<String>| cursor.as_deref().map(|cursor| cursors.decode(cursor)).transpose();
        Ok(PageRequest {
            limit: size.unsigned_abs(),
            backward,
            after: place(&self.after)?,
            before: place(&self.before)?,
        })
    }
}
