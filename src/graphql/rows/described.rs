//! What a type of the schema shows of its rows: for each field the columns that it is made of and how they are written,
//! the rows that it links to, or that its resolver answers; and what of it partners see.

use async_graphql::{ContainerType, Context, OutputType, ServerResult, Value};
use futures::FutureExt;
use futures::future::BoxFuture;
use uuid::Uuid;

use super::plain::Below;
use crate::auth::Resource;
use crate::graphql::context::RequestContext;
use crate::graphql::cursor::Cursors;
use crate::graphql::page_arguments::PageArguments;
use crate::store::StoreError;
use crate::store::view::{self, Column, Family, Json, List, Row, Table, Write};

/// An object type whose objects are rows.
pub struct Type {
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
    pub field: fn(&str) -> Option<Field>,
}

/// Makes the object whose resolvers answer what is no column, from a row whose columns were all read, with names that
/// begin like this.
pub type Make = fn(&Row, &str) -> Result<Box<dyn Resolver>, StoreError>;

/// Writes plain objects from the cells of a row that they are made of.
pub type WritePlain = fn(&RequestContext, &Row, &[usize], &Below<'_>, &mut Json) -> Result<(), StoreError>;

/// An amount of money, made of columns of the row that it is part of.
#[derive(Clone, Copy)]
pub struct Amount {
    pub currency: Column,
    pub minor: Column,
    /// It is never null.
    pub required: bool,
}

pub struct Field {
    pub partners: Partners,
    pub what: What,
}

/// What partners see of a field of a row that they see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Partners {
    /// What staff sees. What it links to decides for itself.
    Same,
    Null,
    EmptyList,
    /// Less than staff: the resolver decides.
    Narrowed,
}

pub enum What {
    Value(Columns),
    Amount(Amount),
    /// The row that the column names; null where it names none, or none that the caller sees.
    Link {
        column: Column,
        to: &'static Type,
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
        to: &'static Type,
    },
    /// Another object that the same row is; null where its id is not there.
    Same {
        to: &'static Type,
        required: bool,
    },
    /// A page of the rows under this one. An error is one of the arguments.
    Page(fn(&Context<'_>) -> ServerResult<Under>),
    /// All rows of a family under this one.
    Family(&'static Type, fn() -> Family),
    /// No column, nor rows that are read with the list: asked for each row by itself.
    Resolver(Make),
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

impl Field {
    /// Whether it belongs to the row as such, so that it takes the scope of the row's type. What lists other rows, and what
    /// resolvers answer, decides for itself.
    pub fn is_part_of(&self, of: &Type) -> bool {
        match &self.what {
            What::Value(_) | What::Amount(_) | What::Plain(..) | What::Link { .. } | What::Through { .. } => true,
            What::Same { .. } => true,
            What::Family(to, _) => to.resource == of.resource,
            What::Page(_) | What::Resolver(_) => false,
        }
    }

    pub fn new(what: What) -> Self {
        let partners = Partners::Same;
        Self { partners, what }
    }

    pub fn for_partners(self, partners: Partners) -> Self {
        Self { partners, ..self }
    }
}

/// A field that a column holds.
pub fn value(column: Column, write: Write) -> Field {
    values([column], write)
}

pub fn values<const N: usize>(columns: [Column; N], write: Write) -> Field {
    Field::new(What::Value(Columns::of(columns, write)))
}

/// An amount that is always there.
pub fn amount(currency: Column, minor: Column) -> Field {
    let required = true;
    Field::new(What::Amount(Amount {
        currency,
        minor,
        required,
    }))
}

/// An amount; null where there is none.
pub fn optional_amount(currency: Column, minor: Column) -> Field {
    let required = false;
    Field::new(What::Amount(Amount {
        currency,
        minor,
        required,
    }))
}

/// Another object that the same row is.
pub fn same(to: &'static Type, required: bool) -> Field {
    Field::new(What::Same { to, required })
}

/// A field of the row that a column names.
pub fn link(column: Column, to: &'static Type) -> Field {
    let required = false;
    Field::new(What::Link { column, to, required })
}

/// The same of a row that is always there.
pub fn required(column: Column, to: &'static Type) -> Field {
    let required = true;
    Field::new(What::Link { column, to, required })
}

/// A page of the rows under this one.
pub fn page(read: fn(&Context<'_>) -> ServerResult<Under>) -> Field {
    Field::new(What::Page(read))
}

/// All rows of a family under this one.
pub fn family(to: &'static Type, family: fn() -> Family) -> Field {
    Field::new(What::Family(to, family))
}

/// Plain objects that are made of a column.
pub fn made_of(column: Column, write: WritePlain) -> Field {
    Field::new(What::Plain(Columns::of([column], view::text).columns, write))
}

/// A field of the row that a row in between names, which names this one.
pub fn through(column: Column, table: &'static Table, named: Column, to: &'static Type) -> Field {
    Field::new(What::Through {
        column,
        through: (table, named),
        to,
    })
}

/// A field that its resolver answers.
pub fn resolver(make: Make) -> Field {
    Field::new(What::Resolver(make))
}

/// A list that is asked for page by page.
pub struct Listing {
    pub to: &'static Type,
    /// The name of its connection in the schema, and of the connection's edges.
    pub connection: &'static str,
    pub edge: &'static str,
    pub list: List,
}

/// The pages of a list under each of many rows.
pub struct Under {
    pub listing: Listing,
    pub arguments: PageArguments,
    /// What makes the cursors of the list under a row.
    pub cursors: Box<dyn Fn(Uuid) -> Cursors + Send + Sync>,
    /// Makes the object whose resolvers answer what is said of the whole list under a row.
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
