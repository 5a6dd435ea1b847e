//! Types that write themselves. A list or a row walks its own selection once: which columns to read, which rows to join,
//! what to ask resolvers. Then it reads one statement a list, asks the resolvers of all rows together, and writes JSON in
//! one walk. The library executes everything around it, and hears of errors as if they were its own.
//!
//! - `described`: what a type shows, said once;
//! - `projection`: from a selection to what is read, and what is written where;
//! - `read`, `ask`, `write`: the three steps, in this order;
//! - `at_hand`, `results`, `any`, `plain`: rows that were not asked for as such, and objects that are no rows.

mod any;
mod ask;
mod at_hand;
mod described;
mod fault;
mod page;
mod plain;
mod projection;
mod read;
mod results;
mod root;
mod under;
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
use crate::domain::id::TenantId;
use crate::store::page::PageRequest;
use crate::store::view::{AtHand, Column, Json, Key, Source, TooLong};
pub use any::{Any, AnyList};
pub use at_hand::Rows;
pub use described::{
    Field, Listing, Partners, Resolver, Type, Under, amount, family, link, made_of, optional_amount, page as page_of,
    required, resolver, same, through, value, values,
};
pub use fault::server_error;
pub use plain::{Below, Plain, PlainObject};
use projection::{Asker, Level};
use read::Reader;
pub use results::{ResultObject, Results, RowsField};
pub use root::listed;
pub use under::{allowed, children_under, pages_under};
use write::Writer;
pub use write::text;

/// An object type whose objects are rows.
pub trait Described: OutputType + Clone {
    const TYPE: &'static Type;

    fn uuid(&self) -> Uuid;

    /// What it holds of its row, as that is in the database.
    fn at_hand(&self, _: TenantId) -> AtHand {
        let id = self.uuid();
        let column = (Self::TYPE.id)();
        Box::new(move |name| (name == column.name()).then(|| id.into()))
    }
}

/// One object: a row that is read as it is asked for, or one that is at hand.
pub enum Shown<T> {
    Row(Wanted),
    AtHand(T),
}

/// The row whose column has a value.
pub struct Wanted {
    pub column: Column,
    pub key: WantedKey,
}

pub enum WantedKey {
    Id(uuid::Uuid),
    Text(String),
}

impl<T: Described> Shown<T> {
    pub fn by_id(id: uuid::Uuid) -> Self {
        let (column, key) = ((T::TYPE.id)(), WantedKey::Id(id));
        Self::Row(Wanted { column, key })
    }

    /// The row with this id, if the caller may read such rows; null if it sees none.
    pub fn row(ctx: &Context<'_>, id: Uuid) -> Result<Option<Self>, ApiError> {
        ctx.data_unchecked::<RequestContext>().caller.read(T::TYPE.resource)?;
        Ok(Some(Self::by_id(id)))
    }

    /// The same by what its column says.
    pub fn named(ctx: &Context<'_>, column: Column, text: String) -> Result<Option<Self>, ApiError> {
        ctx.data_unchecked::<RequestContext>().caller.read(T::TYPE.resource)?;
        Ok(Some(Self::by_text(column, text)))
    }

    fn by_text(column: Column, text: String) -> Self {
        let key = WantedKey::Text(text);
        Self::Row(Wanted { column, key })
    }
}

impl<T: Described> OutputType for Shown<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Selection>) -> ServerResult<Value> {
        match self {
            Self::AtHand(object) => at_hand::one(object, ctx, field).boxed().await,
            Self::Row(wanted) => one(T::TYPE, wanted, ctx, field).boxed().await,
        }
    }
}

/// A page of a list, as the connection `C` of the schema.
pub struct Pages<C> {
    /// Answers what is said of the whole list.
    whole: Box<dyn Resolver>,
    asked: Asked,
    connection: PhantomData<fn() -> C>,
}

impl<C> Pages<C> {
    pub fn new(asked: Asked, whole: impl Resolver + 'static) -> Self {
        Self {
            whole: Box::new(whole),
            asked,
            connection: PhantomData,
        }
    }

    /// Whose whole list the connection's resolvers tell of.
    pub fn of(asked: Asked, connection: C) -> Self
    where
        C: ContainerType + OutputType + 'static,
    {
        Self::new(asked, connection)
    }
}

/// Which page of a list is asked for.
pub struct Asked {
    listing: Listing,
    page: PageRequest,
    cursors: Cursors,
}

impl Listing {
    pub fn asked(self, page: &PageRequest, cursors: &Cursors) -> Asked {
        Asked {
            listing: self,
            page: page.clone(),
            cursors: cursors.clone(),
        }
    }
}

impl<C: ContainerType + OutputType> OutputType for Pages<C> {
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
    to: &'static Type,
    wanted: &Wanted,
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Selection>,
) -> ServerResult<Value> {
    let request = ctx.data_unchecked::<RequestContext>();
    let failed = |error: ApiError| ctx.set_error_path(server_error(error, field));
    let asker = Asker { ctx, request };
    let mut level = Level::of(to.table);
    let object = level.object(asker, to, Source::OWN, &ctx.item.node);
    let reader = Reader::new(request);
    let key = match &wanted.key {
        WantedKey::Id(id) => Key::Id(*id),
        WantedKey::Text(text) => Key::Text(text),
    };
    let row = reader.one(to.name, wanted.column, key, &level).await;
    let Some(row) = row.map_err(|error| failed(error.into()))? else {
        return Ok(Value::Null);
    };
    let read = reader
        .below(&level, vec![row])
        .await
        .map_err(|error| failed(error.into()))?;
    if object.asks {
        read.ask(&object, 0, ctx).await;
    }
    finish(ctx, field, |json| Writer::new(ctx).object(&read, &object, 0, json))
}

async fn page<C>(
    pages: &Pages<C>,
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Selection>,
) -> ServerResult<Value> {
    let Asked { listing, page, cursors } = &pages.asked;
    let request = ctx.data_unchecked::<RequestContext>();
    let failed = |error: ApiError| ctx.set_error_path(server_error(error, field));
    let asker = Asker { ctx, request };
    let mut level = Level::of(listing.to.table);
    let shape = level.shape(asker, listing, &ctx.item.node);
    let reader = Reader::new(request);
    let (listed, rows) = reader.page((listing, page), cursors, &level, &shape).await;
    let read = reader.below(&level, rows).await.map_err(|error| failed(error.into()))?;
    if shape.asks {
        read.ask_page(&shape, &listed, pages.whole.as_ref(), ctx).await;
    }
    finish(ctx, field, |json| {
        Writer::new(ctx).connection(&read, &shape, &listed, json)
    })
}

/// Writes into the space that is left of the answer.
fn finish(
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Selection>,
    write: impl FnOnce(&mut Json) -> Result<(), fault::Fault>,
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
