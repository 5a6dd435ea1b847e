//! What a type of the schema shows of its rows: for each field the columns that it is made of and how they are written,
//! the rows that it links to, or that its resolver answers; and what of it partners see.

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
    /// Its name in the schema.
    pub name: &'static str,
    /// What may be read with it.
    pub resource: Resource,
    /// What whoever reads a row that names it may read of it without its own scope; none: the link itself takes that.
    pub identity: &'static [&'static str],
    /// A row that names it shows it, also to a partner that does not belong to it.
    pub is_named: bool,
    pub table: &'static Table,
    /// The column of its ids, which says whether there is one.
    pub id: fn() -> Column,
    /// `None`: it has no such field.
    pub field: fn(&str) -> Option<FieldDescription>,
}

/// Makes the object that resolves fields without a column, from a row of which all columns were read under names with this
/// prefix.
pub type MakeResolver = fn(&Row, &str) -> Result<Box<dyn Resolver>, StoreError>;

/// Writes plain objects from the cells of a row that they are made of.
pub type WritePlain = fn(&RequestContext, &Row, &[usize], &SubSelection<'_>, &mut JsonText) -> Result<(), StoreError>;

/// An amount of money, made of columns of the row that it is part of.
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
    /// Where an object is shown by itself, not among rows that are read together, its resolver answers.
    pub is_resolved_alone: bool,
}

/// What partners see of a field of a row that they see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartnerVisibility {
    /// What staff sees. What it links to decides for itself.
    Same,
    Null,
    EmptyList,
    /// Less than staff: the resolver decides.
    Narrowed,
}

pub enum FieldKind {
    Value(Columns),
    Amount(AmountColumns),
    /// The row that the column names; null where it names none, or none that the caller sees.
    Link {
        column: Column,
        to: &'static TypeDescription,
        /// It is never null.
        required: bool,
    },
    /// Plain objects that are made of columns, and how they are written.
    Plain([Option<Column>; Columns::MOST], WritePlain),
    /// The row that another row names, which in turn is named by the column; null where there is none.
    Through {
        column: Column,
        /// The table of the other row, and its column that names the row.
        through: (&'static Table, Column),
        to: &'static TypeDescription,
    },
    /// Another object that the same row is; null where its id is not there.
    Same {
        to: &'static TypeDescription,
        required: bool,
    },
    /// A page of the rows under this one. An error is one of the arguments.
    Page(fn(&Context<'_>) -> ServerResult<ChildList>),
    /// All rows of a family under this one.
    Family(&'static TypeDescription, fn() -> Family),
    /// Neither columns nor rows that are read with the list: resolved for each row by itself.
    Resolver(MakeResolver),
}

/// The columns that a value is made of, and how it is written.
#[derive(Clone, Copy)]
pub struct Columns {
    pub columns: [Option<Column>; Columns::MOST],
    pub write: Write,
}

impl Columns {
    pub const MOST: usize = 3;

    pub fn of<const N: usize>(columns: [Column; N], write: Write) -> Self {
        let mut own = [None; Self::MOST];
        for (place, column) in own.iter_mut().zip(columns) {
            *place = Some(column);
        }
        Self { columns: own, write }
    }
}

impl FieldDescription {
    /// Whether it belongs to the row as such, so that it takes the scope of the row's type. What lists other rows, and what
    /// resolvers answer, decides for itself.
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
            is_resolved_alone: false,
        }
    }

    pub fn resolved_alone(self) -> Self {
        Self {
            is_resolved_alone: true,
            ..self
        }
    }

    pub fn for_partners(self, partners: PartnerVisibility) -> Self {
        Self { partners, ..self }
    }
}

/// A field that a column holds.
pub fn value(column: impl Into<Column>, write: Write) -> FieldDescription {
    values([column.into()], write)
}

pub fn values<const N: usize>(columns: [impl Into<Column>; N], write: Write) -> FieldDescription {
    FieldDescription::new(FieldKind::Value(Columns::of(columns.map(Into::into), write)))
}

/// An amount that is always there.
pub fn amount(currency: impl Into<Column>, minor: impl Into<Column>) -> FieldDescription {
    let required = true;
    FieldDescription::new(FieldKind::Amount(AmountColumns {
        currency: currency.into(),
        minor: minor.into(),
        required,
    }))
}

/// An amount; null where there is none.
pub fn optional_amount(currency: impl Into<Column>, minor: impl Into<Column>) -> FieldDescription {
    let required = false;
    FieldDescription::new(FieldKind::Amount(AmountColumns {
        currency: currency.into(),
        minor: minor.into(),
        required,
    }))
}

/// Another object that the same row is.
pub fn same(to: &'static TypeDescription, required: bool) -> FieldDescription {
    FieldDescription::new(FieldKind::Same { to, required })
}

/// A field of the row that a column names.
pub fn link(column: impl Into<Column>, to: &'static TypeDescription) -> FieldDescription {
    let (column, required) = (column.into(), false);
    FieldDescription::new(FieldKind::Link { column, to, required })
}

/// The same of a row that is always there.
pub fn required(column: impl Into<Column>, to: &'static TypeDescription) -> FieldDescription {
    let (column, required) = (column.into(), true);
    FieldDescription::new(FieldKind::Link { column, to, required })
}

/// A page of the rows under this one.
pub fn page(read: fn(&Context<'_>) -> ServerResult<ChildList>) -> FieldDescription {
    FieldDescription::new(FieldKind::Page(read))
}

/// All rows of a family under this one.
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

/// A field of the row that a row in between names, which names this one.
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

/// A field that its resolver answers.
pub fn resolver(make: MakeResolver) -> FieldDescription {
    FieldDescription::new(FieldKind::Resolver(make))
}

/// A list that is asked for page by page.
pub struct Listing {
    pub to: &'static TypeDescription,
    /// The name of its connection in the schema, and of the connection's edges.
    pub connection: &'static str,
    pub edge: &'static str,
    pub list: List,
}

/// A list that each of many parent rows has, and which of its pages is selected.
pub struct ChildList {
    pub listing: Listing,
    pub arguments: PageArguments,
    /// Makes the cursors of the list of a parent.
    pub cursors: Box<dyn Fn(Uuid) -> Cursors + Send + Sync>,
    /// Makes the object that resolves what is selected of the whole list of a parent.
    pub whole: Box<dyn Fn(Uuid) -> Box<dyn Resolver> + Send + Sync>,
}

/// An object that is asked for one field at a time.
pub trait Resolver: Send + Sync {
    fn resolve<'a>(&'a self, ctx: &'a Context<'a>) -> BoxFuture<'a, ServerResult<Value>>;
}

impl<T: ContainerType + OutputType> Resolver for T {
    fn resolve<'a>(&'a self, ctx: &'a Context<'a>) -> BoxFuture<'a, ServerResult<Value>> {
        async move { Ok(self.resolve_field(ctx).await?.unwrap_or_default()) }.boxed()
    }
}
