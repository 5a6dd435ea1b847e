//! What a GraphQL selection reads of a table (these are not SQL views): rows that become JSON without an intermediate
//! form. One statement reads a list with the rows that it links to, and only those columns that were requested.
//! `graphql` defines what a type of the schema shows of its table, and to whom; the tables' own modules define which
//! rows a list has, and in which order.

mod bindings;
mod cell;
mod json;
mod list;
mod part;
mod read;
mod row;
mod selected;
mod statement;
mod statement_cache;
mod table;

use std::str::FromStr;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbBackend, EntityName, EntityTrait, FromQueryResult, ModelTrait, Value};

use super::StoreError;
use auth::Scope;
pub use bindings::{Key, MAX_KEYS};
pub use cell::{
    Write, amount, difference, document, id, is_amount, json, moment, number, one_of, place, sum, text, truth, uuid,
    word,
};
pub use json::{JsonCheckpoint, JsonText, TooLong};
pub use list::{Family, List, Order, PairTable};
pub use part::{KeyedPart, PartResult, StatementPart};
pub use read::{by_ids, count, counts, family, one, page, pages, reads_together, together, whole_pages};
pub use row::Row;
pub use selected::{LoadedCells, Selected, Source};
pub use statement_cache::StatementCache;
pub use table::*;

/// Looks up the column values of an already loaded object, as far as they are known.
pub type AtHand = Box<dyn Fn(&str) -> Option<Value> + Send + Sync>;

/// The column values of an already loaded object, except for the columns `but`.
pub(super) fn at_hand<M>(model: M, but: &'static [&'static str]) -> AtHand
where
    M: ModelTrait + Send + Sync + 'static,
    <M::Entity as EntityTrait>::Column: FromStr,
{
    Box::new(move |name| {
        let column = name.parse().ok().filter(|_| !but.contains(&name))?;
        Some(model.get(column))
    })
}

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    table: &'static str,
    name: &'static str,
    derived: Option<&'static Derived>,
}

impl Column {
    pub fn name(self) -> &'static str {
        self.name
    }

    /// Its value in the rows of a list, which are read under their table's own name.
    pub(crate) fn of_list(self) -> Expr {
        match self.derived {
            None => Expr::col((self.table, self.name)),
            Some(derived) => derived.of_row(self.table),
        }
    }

    /// The columns of the row from which it is computed.
    fn parts(self) -> Vec<&'static str> {
        match self.derived {
            None => vec![self.name],
            Some(derived) => derived.of.to_vec(),
        }
    }
}

/// A value that is computed from other columns of the same row.
#[derive(Debug)]
pub struct Derived {
    pub name: &'static str,
    /// An expression in which `{row}` stands for the row, and `{tenant}` for the tenant whose rows are read. Other rows
    /// that it reads must be restricted to `{tenant}`: Citus cannot route by the tenant of another row.
    pub expression: &'static str,
    /// The columns of the row that the expression uses.
    pub of: &'static [&'static str],
}

impl Derived {
    /// The expression for the row of this name, with the row's own tenant.
    pub(super) fn of_row(&self, name: &str) -> Expr {
        let expression = self.expression.replace("{tenant}", "{row}.tenant_id");
        Expr::cust(expression.replace("{row}", &format!("\"{name}\"")))
    }

    /// The expression for the row of this name, with the tenant of `scope` as a bound value.
    pub(super) fn within(&self, name: &str, scope: &Scope, backend: DbBackend) -> Expr {
        if !self.expression.contains("{tenant}") {
            return self.of_row(name);
        }
        let placeholder = match backend {
            DbBackend::Postgres => "$1",
            _ => "?",
        };
        let expression = self.expression.replace("{tenant}", placeholder);
        let expression = expression.replace("{row}", &format!("\"{name}\""));
        Expr::cust_with_values(expression, [scope.tenant().uuid()])
    }
}

impl PartialEq for Derived {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Derived {}

/// A derived column of the table of `E`.
pub(super) fn derived<E: EntityName>(derived: &'static Derived) -> Column {
    Column {
        table: E::default().table_name(),
        name: derived.name,
        derived: Some(derived),
    }
}

impl<C: ColumnTrait> From<C> for Column {
    fn from(name: C) -> Self {
        column(name)
    }
}

/// A stored column, with its table.
pub fn column<C: ColumnTrait>(column: C) -> Column {
    Column {
        table: C::EntityName::default().table_name(),
        name: column.as_str(),
        derived: None,
    }
}

/// Decodes a row whose columns were all read under names with this prefix.
pub(super) fn whole<M: FromQueryResult>(row: &Row, prefix: &str) -> Result<M, StoreError> {
    Ok(M::from_query_result(row.read()?, prefix)?)
}
