//! Describes how a type of the schema maps to rows. Each field has columns and how to write them, linked rows, or a
//! resolver; and each has a visibility to partners.

use async_graphql::registry::{MetaInputValue, Registry};
use async_graphql::{ContainerType, Context, OutputType, ServerResult, Value};
use futures::FutureExt;
use futures::future::BoxFuture;
use uuid::Uuid;

use super::plain::SubSelection;
use crate::graphql::context::RequestContext;
use crate::graphql::cursor::Cursors;
use crate::graphql::page_arguments::PageArguments;
use auth::Resource;
use store::StoreError;
use store::view::{self, Column, Family, JsonText, List, Row, Table, Write};

/// An object type whose objects are rows.
pub struct TypeDescription {
    /// The type's name in the schema.
    pub name: &'static str,
    /// The names that its connection and the edges of that have in the schema; empty if it is in no paged list.
    pub connection: &'static str,
    pub edge: &'static str,
    /// The resource whose read scope the type's fields need.
    pub resource: Resource,
    /// The fields that a caller who may read a row that links to this type may read without this type's scope. Empty:
    /// the link itself needs that scope.
    pub identity: &'static [&'static str],
    /// Whether links to it resolve even for a partner that does not belong to it.
    pub is_named: bool,
    pub table: &'static Table,
    /// The id column, which is null where a joined row is missing.
    pub id: fn() -> Column,
    /// `None`: the type has no such field.
    pub field: fn(&str) -> Option<FieldDescription>,
}

/// Makes the object that resolves fields without a column from a row whose columns were all read, under names with this
/// prefix.
pub type MakeResolver = fn(&Row, &str) -> Result<Box<dyn Resolver>, StoreError>;

/// Writes plain objects from these cells of a row.
pub type WritePlain = fn(&RequestContext, &Row, &[usize], &SubSelection<'_>, &mut JsonText) -> Result<(), StoreError>;

/// An amount of money, made of two columns of its row.
#[derive(Clone, Copy)]
pub struct AmountColumns {
    pub currency: Column,
    pub minor: Column,
    /// It is never null.
    pub required: bool,
}

pub struct FieldDescription {
    pub partners: PartnerVisibility,
    pub kind: FieldKind,
}

/// The visibility of a field to partners that may see its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartnerVisibility {
    /// As staff sees it. Linked rows have their own visibility.
    Same,
    Null,
    EmptyList,
    /// Less than staff sees: the resolver filters.
    Narrowed,
}

pub enum FieldKind {
    Value(Columns),
    Amount(AmountColumns),
    /// The row whose id is in the column; null if there is none, or none that the caller may see.
    Link {
        column: Column,
        to: &'static TypeDescription,
        /// It is never null.
        required: bool,
        /// The row is there wherever the column names one, so that staff gets its id without a join.
        is_stored: bool,
    },
    /// Plain objects: the columns that they are made of, and how to write them.
    Plain([Option<Column>; Columns::MAX], WritePlain),
    /// A row that is linked through an intermediate row: the column has the intermediate row's id; null where there is
    /// no such row.
    Through {
        column: Column,
        /// The intermediate row's table, and its column that has the id of the target row.
        through: (&'static Table, Column),
        to: &'static TypeDescription,
    },
    /// Another object made of the same row; null where its id is null.
    Same {
        to: &'static TypeDescription,
        required: bool,
    },
    Page(PageDescription),
    /// All child rows of a family.
    Family(&'static TypeDescription, fn() -> Family),
    /// Neither columns nor rows that are read with the list: resolved individually for each row.
    Resolver(MakeResolver),
}

/// A page of child rows.
#[derive(Clone, Copy)]
pub struct PageDescription {
    /// The list that the arguments of a field request. Fails if they are invalid or the caller may not read the rows.
    pub list: fn(&Context<'_>) -> ServerResult<ChildList>,
    /// The field's arguments as the schema declares them.
    pub arguments: fn(&mut Registry) -> Vec<MetaInputValue>,
}

/// The columns that a value is made of, and how to write it.
#[derive(Clone, Copy)]
pub struct Columns {
    pub columns: [Option<Column>; Columns::MAX],
    pub write: Write,
}

impl Columns {
    pub const MAX: usize = 3;

    pub fn of<const N: usize>(columns: [Column; N], write: Write) -> Self {
        let mut own = [None; Self::MAX];
        for (place, column) in own.iter_mut().zip(columns) {
            *place = Some(column);
        }
        Self { columns: own, write }
    }
}

impl FieldDescription {
    /// Whether the field is part of the row itself, so that it needs the read scope of the row's type. Lists of other
    /// rows and resolvers check their scopes themselves.
    pub fn is_part_of(&self, of: &TypeDescription) -> bool {
        match &self.kind {
            FieldKind::Value(_)
            | FieldKind::Amount(_)
            | FieldKind::Plain(..)
            | FieldKind::Link { .. }
            | FieldKind::Through { .. } => true,
            FieldKind::Same { .. } => true,
            FieldKind::Family(to, _) => to.resource == of.resource,
            FieldKind::Page(_) | FieldKind::Resolver(_) => false,
        }
    }

    pub fn new(kind: FieldKind) -> Self {
        Self {
            partners: PartnerVisibility::Same,
            kind,
        }
    }

    pub fn for_partners(self, partners: PartnerVisibility) -> Self {
        Self { partners, ..self }
    }
}

/// A field that is the value of a column.
pub fn value(column: impl Into<Column>, write: Write) -> FieldDescription {
    values([column.into()], write)
}

pub fn values<const N: usize>(columns: [impl Into<Column>; N], write: Write) -> FieldDescription {
    FieldDescription::new(FieldKind::Value(Columns::of(columns.map(Into::into), write)))
}

/// An amount that is never null.
pub fn amount(currency: impl Into<Column>, minor: impl Into<Column>) -> FieldDescription {
    let required = true;
    FieldDescription::new(FieldKind::Amount(AmountColumns {
        currency: currency.into(),
        minor: minor.into(),
        required,
    }))
}

/// An amount that may be null.
pub fn optional_amount(currency: impl Into<Column>, minor: impl Into<Column>) -> FieldDescription {
    let required = false;
    FieldDescription::new(FieldKind::Amount(AmountColumns {
        currency: currency.into(),
        minor: minor.into(),
        required,
    }))
}

/// Another object made of the same row.
pub fn same(to: &'static TypeDescription, required: bool) -> FieldDescription {
    FieldDescription::new(FieldKind::Same { to, required })
}

/// A link to the row whose id is in the column.
pub fn link(column: impl Into<Column>, to: &'static TypeDescription) -> FieldDescription {
    linked(column.into(), to, false, false)
}

/// Like [`link`], to a row that is there wherever the column names one: reading its id alone joins nothing.
pub fn stored_link(column: impl Into<Column>, to: &'static TypeDescription) -> FieldDescription {
    linked(column.into(), to, false, true)
}

/// Like [`link`], to a row that always exists.
pub fn required(column: impl Into<Column>, to: &'static TypeDescription) -> FieldDescription {
    linked(column.into(), to, true, false)
}

fn linked(column: Column, to: &'static TypeDescription, required: bool, is_stored: bool) -> FieldDescription {
    FieldDescription::new(FieldKind::Link {
        column,
        to,
        required,
        is_stored,
    })
}

/// A page of child rows, which has the paging arguments.
pub fn page(list: fn(&Context<'_>) -> ServerResult<ChildList>) -> FieldDescription {
    page_with(PageArguments::declared, list)
}

/// A page of child rows, which has these arguments.
pub fn page_with(
    arguments: fn(&mut Registry) -> Vec<MetaInputValue>,
    list: fn(&Context<'_>) -> ServerResult<ChildList>,
) -> FieldDescription {
    FieldDescription::new(FieldKind::Page(PageDescription { list, arguments }))
}

/// All child rows of a family.
pub fn family(to: &'static TypeDescription, family: fn() -> Family) -> FieldDescription {
    FieldDescription::new(FieldKind::Family(to, family))
}

/// Plain objects that are made of a column.
pub fn made_of(column: impl Into<Column>, write: WritePlain) -> FieldDescription {
    FieldDescription::new(FieldKind::Plain(
        Columns::of([column.into()], view::text).columns,
        write,
    ))
}

/// A link through an intermediate row of `table`: `column` has its id, and its column `named` the id of the target.
pub fn through(
    column: impl Into<Column>,
    table: &'static Table,
    named: impl Into<Column>,
    to: &'static TypeDescription,
) -> FieldDescription {
    FieldDescription::new(FieldKind::Through {
        column: column.into(),
        through: (table, named.into()),
        to,
    })
}

/// A field that is resolved for each row.
pub fn resolver(make: MakeResolver) -> FieldDescription {
    FieldDescription::new(FieldKind::Resolver(make))
}

/// A list that is read page by page.
pub struct Listing {
    pub to: &'static TypeDescription,
    pub list: List,
}

impl Listing {
    pub fn of(to: &'static TypeDescription, list: List) -> Self {
        Self { to, list }
    }
}

/// A list that each of many parent rows has, and the paging arguments.
pub struct ChildList {
    pub listing: Listing,
    pub arguments: PageArguments,
    /// Makes the cursors of a parent's list.
    pub cursors: Box<dyn Fn(Uuid) -> Cursors + Send + Sync>,
    /// Makes the object that resolves the fields of a parent's whole list, such as its count.
    pub whole: Box<dyn Fn(Uuid) -> Box<dyn Resolver> + Send + Sync>,
}

/// An object that resolves one field at a time.
pub trait Resolver: Send + Sync {
    fn resolve<'a>(&'a self, ctx: &'a Context<'a>) -> BoxFuture<'a, ServerResult<Value>>;
}

impl<T: ContainerType + OutputType> Resolver for T {
    fn resolve<'a>(&'a self, ctx: &'a Context<'a>) -> BoxFuture<'a, ServerResult<Value>> {
        async move { Ok(self.resolve_field(ctx).await?.unwrap_or_default()) }.boxed()
    }
}
