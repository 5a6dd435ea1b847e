//! Rows that become JSON without a stop on the way: which columns hold what the API shows of a table, and how their
//! values are written. One statement reads a list with the rows that it links to, and of all only the columns that were
//! asked for.
//!
//! It knows the simple part of the schema. The resolvers of `graphql` know all of it, and are right where both differ;
//! the tests ask both.

mod cell;
mod json;
mod kept;
mod place;
mod read;
mod selected;
mod shown;

use sea_orm::sea_query::{DynIden, IntoIden};
use sea_orm::{Condition, QueryResult};

use super::StoreError;
use super::scope::{Scoped, covered};
use crate::auth::{Resource, Scope};

pub use cell::uuid;
pub use json::{Json, TooLong};
pub use place::PlaceCells;
pub use read::{balances_of, commissions, commissions_of, one, partners};
pub use selected::Selected;
pub use shown::{CAMPAIGN, COMMISSION, PARTNER, PARTNER_BALANCE, PARTNER_GROUP};

/// A row with the columns of a [`Selected`].
pub type Row = QueryResult;

/// A column of a table.
pub type Column = (DynIden, DynIden);

/// Writes a field's value from the cells that it was declared with.
pub type Write = fn(&Row, &[usize], &mut Json) -> Result<(), StoreError>;

/// What the API shows of a table.
pub struct View {
    /// The name of the type in the schema.
    pub name: &'static str,
    /// What may be read with it.
    pub resource: Resource,
    /// Fields that partners do not see as staff does.
    pub for_staff: &'static [&'static str],
    pub(super) table: Table,
    field: fn(&str) -> Option<Field>,
}

impl View {
    /// `None`: only the resolver knows.
    pub fn field(&self, name: &str) -> Option<Field> {
        (self.field)(name)
    }

    /// The column that says whether a row is there.
    pub fn id(&self) -> Column {
        (self.table.id)()
    }
}

/// A field of a view.
pub enum Field {
    /// A value made of columns.
    Value(Vec<Column>, Write),
    /// An object made of the same row's columns.
    Part(&'static Part),
    /// The row that a column names; null where it names none, or none that the caller sees.
    Link {
        column: Column,
        view: &'static View,
        /// It is never null.
        required: bool,
    },
    /// Rows that name this one by its id.
    Rows(Children),
}

/// An object without a row of its own.
pub struct Part {
    /// The name of the type in the schema.
    pub name: &'static str,
    field: fn(&str) -> Option<Field>,
}

impl Part {
    pub fn field(&self, name: &str) -> Option<Field> {
        (self.field)(name)
    }
}

/// Which rows name a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Children {
    /// A page of commissions.
    Commissions(super::commission::Parent),
    /// All balances of a partner.
    Balances,
}

impl Children {
    pub fn view(self) -> &'static View {
        match self {
            Self::Commissions(_) => &COMMISSION,
            Self::Balances => &PARTNER_BALANCE,
        }
    }
}

/// A table without its type.
pub(super) struct Table {
    name: fn() -> DynIden,
    id: fn() -> Column,
    visible: fn(&Scope) -> Condition,
}

impl Table {
    const fn of<E: Scoped + Default>(id: fn() -> Column) -> Self {
        Self {
            name: || E::default().into_iden(),
            id,
            visible: covered::<E>,
        }
    }
}
