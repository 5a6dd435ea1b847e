//! Types that write themselves. A list or a row walks its own selection once: which columns to read, which rows to join,
//! what to ask resolvers. Then it reads one statement a list, asks the resolvers of all rows together, and writes JSON in
//! one walk. The library executes everything around it, and hears of errors as if they were its own.
//!
//! - `declare`, `description`: what a type shows, said once;
//! - `projection`: from a selection to what is read, and what is written where;
//! - `read`, `ask`, `write`: the three steps, in this order;
//! - `at_hand`, `results`, `any`, `plain`: rows that were not asked for as such, and objects that are no rows.

mod any;
mod ask;
mod at_hand;
mod child_list;
mod declare;
mod description;
mod field_error;
mod page;
mod plain;
mod projection;
mod read;
mod results;
mod root;
mod walk;
mod write;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::atomic::Ordering;

use async_graphql::parser::types::{Field as Selection, OperationType};
use async_graphql::registry::Registry;
use async_graphql::{ContainerType, Context, ContextSelectionSet, OutputType, Positioned, ServerResult, Value};

use futures::FutureExt;
use uuid::Uuid;

use super::context::RequestContext;
use super::cursor::Cursors;
use super::error::{ApiError, MUTATION_WAS_DONE};
pub use any::{Any, AnyList};
pub use at_hand::{Rows, alone};
pub use child_list::{allowed, child_list, child_list_of};
pub(super) use declare::declare;
pub use declare::{RegisterType, plain as plain_field, register};
pub use description::{
    ChildList, FieldDescription, Listing, PartnerVisibility, Resolver, TypeDescription, amount, family, link, made_of,
    optional_amount, page as page_of, required, resolver, same, through, value, values,
};
use domain::id::TenantId;
pub use field_error::server_error;
pub use plain::{Plain, PlainObject, SubSelection};
use projection::{Projection, ProjectionContext};
use read::RowReader;
pub use results::{ResultObject, Results, RowsField};
pub use root::projected_page;
use store::page::PageRequest;
use store::view::{AtHand, Column, JsonText, Key, Source, TooLong};
use write::RowWriter;
pub use write::text;

/// An object type whose objects are rows.
pub trait RowObject: OutputType + Clone {
    const TYPE: &'static TypeDescription;

    fn uuid(&self) -> Uuid;

    /// What it holds of its row, as that is in the database.
    fn at_hand(&self, _: TenantId) -> AtHand {
        let id = self.uuid();
        let column = (Self::TYPE.id)();
        Box::new(move |name| (name == column.name()).then(|| id.into()))
    }
}

/// One object that is written as it is selected: a row that is still to be read, or one that is at hand.
pub enum Projected<T> {
    Row(RowLookup),
    AtHand(T),
}

/// Finds a row by the value of a column.
pub struct RowLookup {
    pub column: Column,
    pub key: LookupKey,
}

pub enum LookupKey {
    Id(uuid::Uuid),
    Text(String),
}

impl<T: RowObject> Projected<T> {
    pub fn by_id(id: uuid::Uuid) -> Self {
        let (column, key) = ((T::TYPE.id)(), LookupKey::Id(id));
        Self::Row(RowLookup { column, key })
    }

    /// The row with this id, if the caller may read such rows; null if it sees none.
    pub fn row(ctx: &Context<'_>, id: Uuid) -> Result<Option<Self>, ApiError> {
        ctx.data_unchecked::<RequestContext>().caller.read(T::TYPE.resource)?;
        Ok(Some(Self::by_id(id)))
    }

    /// The row with this value in the column, if the caller may read such rows; null if it sees none.
    pub fn by_column(ctx: &Context<'_>, column: Column, text: String) -> Result<Option<Self>, ApiError> {
        ctx.data_unchecked::<RequestContext>().caller.read(T::TYPE.resource)?;
        Ok(Some(Self::of_text(column, text)))
    }

    fn of_text(column: Column, text: String) -> Self {
        let key = LookupKey::Text(text);
        Self::Row(RowLookup { column, key })
    }
}

impl<T: RowObject> OutputType for Projected<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Selection>) -> ServerResult<Value> {
        match self {
            Self::AtHand(object) => at_hand::one(object, ctx, field).boxed().await,
            Self::Row(lookup) => one(T::TYPE, lookup, ctx, field).boxed().await,
        }
    }
}

/// A page of a list, as the connection `C` of the schema.
pub struct ProjectedPage<C> {
    /// Resolves what is selected of the whole list, such as its count.
    whole: Box<dyn Resolver>,
    page: ListingPage,
    connection: PhantomData<fn() -> C>,
}

impl<C> ProjectedPage<C> {
    pub fn new(page: ListingPage, whole: impl Resolver + 'static) -> Self {
        Self {
            whole: Box::new(whole),
            page,
            connection: PhantomData,
        }
    }

    /// A page of the list whose count and totals `connection` resolves.
    pub fn of(page: ListingPage, connection: C) -> Self
    where
        C: ContainerType + OutputType + 'static,
    {
        Self::new(page, connection)
    }
}

/// A list, and which page of it is selected.
pub struct ListingPage {
    listing: Listing,
    page: PageRequest,
    cursors: Cursors,
}

impl Listing {
    pub fn page(self, page: &PageRequest, cursors: &Cursors) -> ListingPage {
        ListingPage {
            listing: self,
            page: page.clone(),
            cursors: cursors.clone(),
        }
    }
}

impl<C: ContainerType + OutputType> OutputType for ProjectedPage<C> {
    fn type_name() -> Cow<'static, str> {
        C::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        C::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Selection>) -> ServerResult<Value> {
        page(self, ctx, field).boxed().await
    }
}

async fn one(
    to: &'static TypeDescription,
    lookup: &RowLookup,
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Selection>,
) -> ServerResult<Value> {
    let request = ctx.data_unchecked::<RequestContext>();
    let failed = |error: ApiError| ctx.set_error_path(server_error(error, field));
    let context = ProjectionContext { ctx, request };
    let mut projection = Projection::of(to.table);
    let object = projection.object(context, to, Source::OWN, &ctx.item.node);
    let reader = RowReader::new(request);
    let key = match &lookup.key {
        LookupKey::Id(id) => Key::Id(*id),
        LookupKey::Text(text) => Key::Text(text),
    };
    let row = reader.one(to.name, lookup.column, key, &projection).await;
    let Some(row) = row.map_err(|error| failed(error.into()))? else {
        return Ok(Value::Null);
    };
    let read = reader
        .below(&projection, vec![row])
        .await
        .map_err(|error| failed(error.into()))?;
    if object.has_resolvers {
        read.ask(&object, 0, ctx).await;
    }
    finish(ctx, field, |json| RowWriter::new(ctx).object(&read, &object, 0, json))
}

async fn page<C>(
    pages: &ProjectedPage<C>,
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Selection>,
) -> ServerResult<Value> {
    let ListingPage { listing, page, cursors } = &pages.page;
    let request = ctx.data_unchecked::<RequestContext>();
    let failed = |error: ApiError| ctx.set_error_path(server_error(error, field));
    let context = ProjectionContext { ctx, request };
    let mut projection = Projection::of(listing.to.table);
    let shape = projection.shape(context, listing, &ctx.item.node);
    let reader = RowReader::new(request);
    let (listed, rows) = reader.page((listing, page), cursors, &projection, &shape).await;
    let read = reader
        .below(&projection, rows)
        .await
        .map_err(|error| failed(error.into()))?;
    if shape.has_resolvers {
        read.ask_page(&shape, &listed, pages.whole.as_ref(), ctx).await;
    }
    finish(ctx, field, |json| {
        RowWriter::new(ctx).connection(&read, &shape, &listed, json)
    })
}

/// Writes into the space that is left of the answer.
fn finish(
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Selection>,
    write: impl FnOnce(&mut JsonText) -> Result<(), field_error::FieldError>,
) -> ServerResult<Value> {
    let request = ctx.data_unchecked::<RequestContext>();
    match request.write(write) {
        Ok(Ok((text, objects))) => {
            request.written.fetch_add(objects, Ordering::Relaxed);
            Ok(Value::Binary(text.into()))
        }
        Ok(Err(TooLong)) => {
            let mut error = server_error(ApiError::TooLarge, field);
            if ctx.query_env.operation.node.ty == OperationType::Mutation {
                error.message.push_str(MUTATION_WAS_DONE);
            }
            Err(ctx.set_error_path(error))
        }
        Err(fault) => Err(*fault.0),
    }
}
