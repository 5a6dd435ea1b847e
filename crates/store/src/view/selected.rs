//! What to read of each row of a list: columns of its own table, and of rows that are joined to it.

use std::fmt::Write;

use sea_orm::sea_query::{Expr, ExprTrait, IntoIden, JoinType, Query, SelectStatement};

use sea_orm::{Condition, DbBackend, Value};

use super::{Column, Table};
use auth::Scope;

/// The columns to read for each row, and where they come from. From the second time on that a table is joined, it has
/// another name.
pub struct Selected {
    sources: Vec<Joined>,
    columns: Vec<(Source, Column)>,
    /// The sources of which all columns are read, after the others, by name.
    wholes: Vec<Source>,
}

/// The own cells of an already loaded row, as far as they are known.
pub type LoadedCells = Vec<Option<Value>>;

/// The row of the list itself, or one that is joined to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source(usize);

impl Source {
    pub const OWN: Self = Self(0);
}

struct Joined {
    table: &'static Table,
    name: String,
    /// The column that refers to it, and of which row. Nothing refers to the list's own rows.
    on: Option<(Source, &'static str)>,
    /// A caller that sees the referring row sees this one, too.
    by_all: bool,
}

impl Joined {
    fn is_renamed(&self) -> bool {
        self.name != (self.table.name)()
    }
}

impl Selected {
    /// Every row begins with the id of the parent under which it was found.
    pub(super) const PARENT: usize = 0;
    const FIRST: usize = 1;

    pub fn of(table: &'static Table) -> Self {
        let own = Joined {
            table,
            name: (table.name)().to_owned(),
            on: None,
            by_all: false,
        };
        Self {
            sources: vec![own],
            columns: Vec::new(),
            wholes: Vec::new(),
        }
    }

    /// Of rows that other rows refer to, which the caller sees: such rows are there even if the caller sees no others
    /// of their table.
    pub fn named(table: &'static Table) -> Self {
        let mut selected = Self::of(table);
        selected.sources[0].by_all = true;
        selected
    }

    /// Which rows of the table are there for the caller.
    pub(super) fn visible(&self, scope: &Scope) -> Condition {
        let own = &self.sources[0];
        match own.by_all {
            true => (own.table.visible)(&Scope::tenant_wide(scope.tenant())),
            false => (own.table.visible)(scope),
        }
    }

    /// The index of the cell that will hold the value of `column` of the row from `source`.
    pub fn cell(&mut self, source: Source, column: Column) -> usize {
        self.find_cell(source, column).unwrap_or_else(|| {
            self.columns.push((source, column));
            Self::FIRST + self.columns.len() - 1
        })
    }

    /// The cell with the value of `column` of the row from `source`; `None`: it is not read.
    pub fn find_cell(&self, source: Source, column: Column) -> Option<usize> {
        let known = self.columns.iter().position(|known| *known == (source, column));
        known.map(|place| Self::FIRST + place)
    }

    /// How many columns a row has.
    pub(super) fn width(&self) -> usize {
        let whole = |source: &Source| (self.sources[source.0].table.columns)().len();
        Self::FIRST + self.columns.len() + self.wholes.iter().map(whole).sum::<usize>()
    }

    /// Whether all columns of a row are read, under names that other statements have, too.
    pub fn has_wholes(&self) -> bool {
        !self.wholes.is_empty()
    }

    /// Also reads the row of `table` to which the column `on` refers.
    pub fn join(&mut self, source: Source, on: Column, table: &'static Table, by_all: bool) -> Source {
        let on = Some((source, on.name));
        let table_name = (table.name)();
        let is_it = |joined: &Joined| joined.on == on && (joined.table.name)() == table_name;
        if let Some(known) = self.sources.iter().position(is_it) {
            return Source(known);
        }
        let is_taken = self.sources.iter().any(|joined| joined.name == table_name);
        let name = match is_taken {
            true => format!("{table_name}_{}", self.sources.len()),
            false => table_name.to_owned(),
        };
        self.sources.push(Joined {
            table,
            name,
            on,
            by_all,
        });
        Source(self.sources.len() - 1)
    }

    /// Reads all columns of the row from `source`; returns the prefix of their names.
    pub fn whole(&mut self, source: Source) -> String {
        if !self.wholes.contains(&source) {
            self.wholes.push(source);
        }
        prefix(source)
    }

    /// Appends everything on which the text of the statements that read it depends.
    pub(super) fn describe(&self, text: &mut String) {
        if self.sources[0].by_all {
            text.push('*');
        }
        for (number, joined) in self.sources.iter().enumerate() {
            let (source, on) = joined.on.unwrap_or((Source::OWN, ""));
            let _ = write!(text, "{number}:{} {}.{on};", (joined.table.name)(), source.0);
        }
        for (source, column) in &self.columns {
            let _ = write!(text, "{}.{},", source.0, column.name);
        }
        for source in &self.wholes {
            let _ = write!(text, "{}.*,", source.0);
        }
    }

    pub fn table(&self) -> &'static Table {
        self.sources[0].table
    }

    /// The own cells of an already loaded row. `value` looks up the columns that are known.
    pub fn at_hand(&self, value: impl Fn(&str) -> Option<Value>) -> LoadedCells {
        let own = |(source, column): &(Source, Column)| match *source == Source::OWN {
            true => value(column.name),
            false => None,
        };
        std::iter::repeat_n(None, Self::FIRST)
            .chain(self.columns.iter().map(own))
            .collect()
    }

    /// Whether nothing more has to be read of the row that has these cells.
    pub fn is_loaded(&self, own: &LoadedCells) -> bool {
        !self.has_joins() && self.wholes.is_empty() && own[Self::FIRST..].iter().all(Option::is_some)
    }

    pub(super) fn has_joins(&self) -> bool {
        self.sources.len() > 1
    }

    /// The columns that are read of the row from `source`, including those by which others are joined.
    fn of_source(&self, source: Source) -> Vec<&'static str> {
        if self.wholes.contains(&source) {
            return (self.sources[source.0].table.columns)();
        }
        let mut names = Vec::with_capacity(self.columns.len());
        let mut add = |from: Source, name: &'static str| {
            if from == source && !names.contains(&name) {
                names.push(name);
            }
        };
        for (from, column) in &self.columns {
            column.parts().into_iter().for_each(|name| add(*from, name));
        }
        for (from, name) in self.sources.iter().filter_map(|joined| joined.on) {
            add(from, name);
        }
        names
    }

    /// Makes the statement read only those columns of the list's own rows that are needed, and `besides`.
    pub(super) fn own(&self, statement: &mut SelectStatement, besides: impl Iterator<Item = Column>) {
        let mut names = self.of_source(Source::OWN);
        for name in besides.flat_map(Column::parts) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let table = (self.sources[0].table.name)();
        statement
            .clear_selects()
            .columns(names.into_iter().map(|name| (table, name)));
    }

    /// Adds all columns to a statement that reads the list's table under its own name after the parent's id, and joins
    /// the rest.
    pub(super) fn complete(&self, statement: &mut SelectStatement, scope: &Scope, backend: DbBackend) {
        let name = |source: Source| self.sources[source.0].name.clone().into_iden();
        for (source, column) in &self.columns {
            match column.derived {
                None => statement.column((name(*source), column.name)),
                Some(derived) => statement.expr(derived.within(&self.sources[source.0].name, scope, backend)),
            };
        }
        for source in &self.wholes {
            let prefix = prefix(*source);
            for column in (self.sources[source.0].table.columns)() {
                statement.expr_as(Expr::col((name(*source), column)), format!("{prefix}{column}"));
            }
        }
        let whole = Scope::tenant_wide(scope.tenant());
        for (number, joined) in self.sources.iter().enumerate() {
            let Some((from, on)) = joined.on else { continue };
            let scope = if joined.by_all { &whole } else { scope };
            let (table, id) = (joined.table, joined.table.id().name);
            let named = Expr::col((joined.name.clone(), id)).equals((name(from), on));
            if joined.is_renamed() {
                let mut columns = self.of_source(Source(number));
                if !columns.contains(&id) {
                    columns.push(id);
                }
                let visible = Query::select()
                    .columns(columns)
                    .from((table.name)())
                    .cond_where((table.visible)(scope))
                    .take();
                statement.join_subquery(JoinType::LeftJoin, visible, joined.name.clone(), named);
            } else {
                statement.left_join((table.name)(), (table.visible)(scope).add(named));
            }
        }
    }
}

fn prefix(source: Source) -> String {
    format!("_{}_", source.0)
}
