//! Types that write their own JSON. The selection set of a list or a row is walked once, to find the columns to read,
//! the rows to join and the fields to resolve. Then each list is read by one statement, the resolvers of all rows run
//! concurrently, and the JSON is written in one pass. The library executes everything around that, and is given errors
//! as if they were its own.
//!
//! - `declare`, `description`: the single declaration of a type's fields;
//! - `projection`: from a selection set to what is read, and what is written for each field;
//! - `read`, `run_resolvers` (running resolvers), `write`: the three steps, in this order;
//! - `linked`: rows that objects refer to which are no rows themselves;
//! - `at_hand`, `results`, `any`, `plain`: rows that are already loaded, rows of mixed types, and objects that are not
//!   rows.

mod any;
mod at_hand;
mod child_list;
mod declare;
mod description;
mod field_error;
mod linked;
mod observer;
mod page;
mod plain;
mod projection;
mod read;
mod registered_as;
mod results;
mod root;
mod run_resolvers;
mod together;
mod walk;
mod write;

#[cfg(test)]
mod tests;

use std::marker::PhantomData;
use std::sync::atomic::Ordering;

use async_graphql::parser::types::{Field as Selection, OperationType};
use async_graphql::{ContainerType, Context, ContextSelectionSet, OutputType, Positioned, ServerResult, Value};

use futures::FutureExt;
use uuid::Uuid;

use super::context::RequestContext;
use super::cursor::Cursors;
use super::error::{ApiError, MUTATION_WAS_DONE};
pub use any::{Any, AnyList};
pub use at_hand::Rows;
pub use child_list::{allowed, child_list, child_list_of};
pub(super) use declare::declare;
pub use declare::{RegisterType, argument, plain as plain_field, register};
pub use description::{
    ChildList, FieldDescription, Listing, PartnerVisibility, Resolver, TypeDescription, amount, family, link, made_of,
    optional_amount, page as page_of, page_with, required, resolver, same, stored_link, through, value, values,
};
use domain::id::TenantId;
pub use field_error::server_error;
pub use linked::{Linked, LinkedList, LinkedRows, link_to, loaded};
pub use observer::{Observation, RowObserver};
pub use plain::{Plain, PlainObject, SubSelection, unwritten};
use projection::{Projection, ProjectionContext};
use read::RowReader;
use registered_as::registered_as;
pub use results::{ResultObject, Results, RowsField};
pub use root::{ListCount, projected_page};
use store::page::PageRequest;
use store::view::{AtHand, Column, JsonText, Key, Source, TooLong};
use write::RowWriter;
pub use write::text;

/// An object type whose objects are rows.
pub trait RowObject: OutputType + Clone {
    const TYPE: &'static TypeDescription;

    fn uuid(&self) -> Uuid;

    /// The values of its row's columns that are already loaded, as stored in the database.
    fn at_hand(&self, _: TenantId) -> AtHand {
        let id = self.uuid();
        let column = (Self::TYPE.id)();
        Box::new(move |name| (name == column.name()).then(|| id.into()))
    }
}

/// One object that is projected by its selection set: a row that is still to be read, or one that is already loaded.
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

    /// The row with this id, if the caller may read such rows; null if there is none that the caller may see.
    pub fn row(ctx: &Context<'_>, id: Uuid) -> Result<Option<Self>, ApiError> {
        ctx.data_unchecked::<RequestContext>().caller.read(T::TYPE.resource)?;
        Ok(Some(Self::by_id(id)))
    }

    /// The row with this value in the column, if the caller may read such rows; null if there is none that the caller
    /// may see.
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
    registered_as!(T);

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Selection>) -> ServerResult<Value> {
        match self {
            Self::AtHand(object) => at_hand::one(object, ctx, field).boxed().await,
            Self::Row(lookup) => one(T::TYPE, lookup, ctx, field).boxed().await,
        }
    }
}

/// A page of a list, as the connection `C` of the schema.
pub struct ProjectedPage<C> {
    /// Resolves the fields of the whole list, such as its count.
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
}

/// A list, and the requested page of it.
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
    registered_as!(C);

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
    let observation = match &lookup.key {
        LookupKey::Id(id) => request.observe(lookup.column, *id, &mut projection.selected),
        LookupKey::Text(_) => None,
    };
    let found = match &lookup.key {
        LookupKey::Id(id) if lookup.column == to.table.id() => reader.with_children(to.name, *id, &projection).await,
        LookupKey::Id(id) => reader.one_by(to.name, lookup.column, Key::Id(*id), &projection).await,
        LookupKey::Text(text) => {
            reader
                .one_by(to.name, lookup.column, Key::Text(text), &projection)
                .await
        }
    };
    let Some(read) = found.map_err(|error| failed(error.into()))? else {
        return Ok(Value::Null);
    };
    if let Some(observe) = observation {
        observe(&read.rows[0]).map_err(|error| failed(error.into()))?;
    }
    if object.has_resolvers {
        read.run_resolvers(&object, 0, ctx).await;
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
    let (listed, rows) = reader.page((listing, page), cursors, &projection, &shape.read).await;
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

/// Writes within the bytes that the response has left; fails if they do not suffice.
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
