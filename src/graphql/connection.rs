//! Relay connections: one generic page type for every list. Nothing is read before a field that needs it is resolved:
//! `nodes`, `edges` and `pageInfo` share one read of the page, and only `totalCount` counts.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::{Context, Object, ObjectType, OutputType, SimpleObject, TypeName};
use futures::future::BoxFuture;
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::context::{RequestContext, request};
use super::cursor::Cursors;
use super::error::ApiError;
use super::loader::{Fetch, Loader, Loaders};
use super::page_arguments::PageArguments;
use store::page::{Page, PageRequest, RowPosition, SortKey, cut};

type ReadFn<T> = Box<dyn for<'a> Fn(&'a RequestContext) -> BoxFuture<'a, Result<T, ApiError>> + Send + Sync>;

/// A page of a list.
pub struct Connection<T: OutputType> {
    cursors: Cursors,
    read_page: ReadFn<Page<(RowPosition, T)>>,
    read_count: ReadFn<u64>,
    page: OnceCell<Page<Edge<T>>>,
}

impl<T: OutputType + Clone + 'static> Connection<T> {
    pub fn new(
        cursors: Cursors,
        read_page: impl for<'a> Fn(&'a RequestContext) -> BoxFuture<'a, Result<Page<(RowPosition, T)>, ApiError>>
        + Send
        + Sync
        + 'static,
        read_count: impl for<'a> Fn(&'a RequestContext) -> BoxFuture<'a, Result<u64, ApiError>> + Send + Sync + 'static,
    ) -> Self {
        Self {
            cursors,
            read_page: Box::new(read_page),
            read_count: Box::new(read_count),
            page: OnceCell::new(),
        }
    }

    pub async fn page(&self, request: &RequestContext) -> Result<&Page<Edge<T>>, ApiError> {
        let read = || async {
            let page = (self.read_page)(request).await?;
            page.try_map(|(place, node)| {
                Ok(Edge {
                    cursor: self.cursors.encode(&place),
                    node,
                })
            })
        };
        self.page.get_or_try_init(read).await
    }

    pub async fn count(&self, request: &RequestContext) -> Result<u64, ApiError> {
        let read = (self.read_count)(request);
        request.aggregates.counts.get(self.cursors.fingerprint(), read).await
    }
}

/// The connection of a list whose pages and whose number of entries are read by loaders, with these keys.
pub fn loaded<P, N, R, T>(
    cursors: Cursors,
    pages: fn(&Loaders) -> &Loader<P>,
    page: P::Key,
    counts: fn(&Loaders) -> &Loader<N>,
    counted: N::Key,
    place: impl Fn(&R) -> RowPosition + Copy + Send + Sync + 'static,
) -> Connection<T>
where
    P: Fetch<Value = Page<R>>,
    N: Fetch<Value = u64>,
    R: Send + Sync + 'static,
    T: OutputType + Clone + From<R> + 'static,
{
    Connection::new(
        cursors,
        move |request| {
            let key = page.clone();
            Box::pin(async move {
                let page = pages(request.loaders()).load(key).await?;
                Ok(placed(page.unwrap_or_else(Page::empty), place))
            })
        },
        move |request| {
            let key = counted.clone();
            Box::pin(async move { Ok(counts(request.loaders()).load(key).await?.unwrap_or(0)) })
        },
    )
}

/// A page of a list, with its cursors.
#[Object(name_type)]
impl<T: ObjectType + Clone + 'static> Connection<T> {
    /// The page's entries, each with its cursor.
    async fn edges(&self, ctx: &Context<'_>) -> Result<Vec<Edge<T>>, ApiError> {
        Ok(self.page(request(ctx)).await?.items.clone())
    }

    /// The page's entries.
    async fn nodes(&self, ctx: &Context<'_>) -> Result<Vec<T>, ApiError> {
        Ok(self
            .page(request(ctx))
            .await?
            .items
            .iter()
            .map(|edge| edge.node.clone())
            .collect())
    }

    /// The position of the page in the list.
    async fn page_info(&self, ctx: &Context<'_>) -> Result<PageInfo, ApiError> {
        Ok(PageInfo::of(self.page(request(ctx)).await?))
    }

    /// The number of entries in the whole list; counted only if selected.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<u64, ApiError> {
        self.count(request(ctx)).await
    }
}

impl<T: OutputType> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", T::type_name()).into()
    }
}

/// An entry of a page, with its cursor.
#[derive(Clone, SimpleObject)]
#[graphql(name_type)]
pub struct Edge<T: OutputType> {
    /// The entry.
    pub node: T,
    /// The entry's cursor, for `after` and `before`.
    pub cursor: String,
}

impl<T: OutputType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::type_name()).into()
    }
}

/// The position of a page in its list.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(shareable)]
pub struct PageInfo {
    /// Whether there are entries after the page.
    pub has_next_page: bool,
    /// Whether there are entries before the page. When paging forward, it only says whether `after` was given.
    pub has_previous_page: bool,
    /// The cursor of the page's first entry; null if the page is empty.
    pub start_cursor: Option<String>,
    /// The cursor of the page's last entry; null if the page is empty.
    pub end_cursor: Option<String>,
}

impl PageInfo {
    pub fn of<T: OutputType>(page: &Page<Edge<T>>) -> Self {
        Self {
            has_next_page: page.has_next,
            has_previous_page: page.has_previous,
            start_cursor: page.items.first().map(|edge| edge.cursor.clone()),
            end_cursor: page.items.last().map(|edge| edge.cursor.clone()),
        }
    }
}

/// Pairs each row of a page with its position, and converts it to its type of the schema.
pub fn placed<R, T: From<R>>(page: Page<R>, place: impl Fn(&R) -> RowPosition) -> Page<(RowPosition, T)> {
    page.map(|row| (place(&row), T::from(row)))
}

/// The cursors of a list that is sorted by integers.
pub fn placed_by_number(list: impl std::fmt::Debug) -> Cursors {
    Cursors::of(list).sorted_by(Some(SortKey::Integer(0)))
}

/// The connection of rows that are already loaded and sorted by the number that `place` gives with each row's id.
pub fn at_hand<R, T>(
    rows: Arc<[R]>,
    place: impl Fn(&R) -> (i64, Uuid) + Copy + Send + Sync + 'static,
    cursors: Cursors,
    page: &PageArguments,
) -> Result<Connection<T>, ApiError>
where
    R: Clone + Send + Sync + 'static,
    T: OutputType + Clone + From<R> + 'static,
{
    let (page, counted) = (page.read(&cursors)?, rows.clone());
    Ok(Connection::new(
        cursors,
        move |_| {
            let page = placed(slice_page(&rows, place, &page), |row| {
                let (number, id) = place(row);
                let key = Some(SortKey::Integer(number));
                RowPosition { key, id }
            });
            Box::pin(async move { Ok(page) })
        },
        move |_| {
            let count = counted.len() as u64;
            Box::pin(async move { Ok(count) })
        },
    ))
}

fn slice_page<R: Clone>(rows: &[R], place: impl Fn(&R) -> (i64, Uuid), request: &PageRequest) -> Page<R> {
    let number = |place: &Option<RowPosition>| match place.as_ref().and_then(|place| place.key.as_ref()) {
        Some(SortKey::Integer(number)) => Some(*number),
        _ => None,
    };
    let (after, before) = (number(&request.after), number(&request.before));
    let start = after.map_or(0, |after| rows.partition_point(|row| place(row).0 <= after));
    let end = before.map_or(rows.len(), |before| rows.partition_point(|row| place(row).0 < before));
    let stretch = rows.get(start..end).unwrap_or_default().iter().cloned();
    let most = request.limit as usize + 1;
    let rows = match request.backward {
        true => stretch.rev().take(most).collect(),
        false => stretch.take(most).collect(),
    };
    cut(rows, request)
}
