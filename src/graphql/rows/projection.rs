//! From a selection to what is read for it and where it is written: one walk, before anything is read.

use async_graphql::parser::types::{Field as Selection, SelectionSet};
use async_graphql::{ContextSelectionSet, Positioned, ServerError};

use super::described::{Amount, Columns, Field, Make, Partners, Type, Under, What, WritePlain};
use super::fault::server_error;
use super::page::Shape;
use super::walk::fields;
use crate::auth::Denied;
use crate::graphql::context::RequestContext;
use crate::store::view::{self, Family, Selected, Source, Table, Write};

/// The type of amounts of money.
const MONEY: &str = "Money";

/// What one statement reads, and what is read for its rows.
pub struct Level<'a> {
    pub selected: Selected,
    pub children: Vec<Child<'a>>,
    /// How many fields of each row resolvers answer.
    pub asked: usize,
}

/// Rows under the rows of a level.
pub struct Child<'a> {
    /// Where a row of the level has the id that they name.
    pub parent: usize,
    pub to: &'static Type,
    pub level: Level<'a>,
    pub form: Form<'a>,
}

/// How the rows under a row are listed and written.
pub enum Form<'a> {
    Page(Under, Shape<'a>),
    Family(Family, Object<'a>),
}

/// An object that is made of a row.
pub struct Object<'a> {
    pub fields: Vec<(&'a Positioned<Selection>, Out<'a>)>,
    /// Who answers what is no column; `None`: nobody is asked.
    pub resolver: Option<Whole>,
    /// Whether anything in it, or below it, is asked of resolvers.
    pub asks: bool,
}

/// Makes an object with resolvers of a row.
pub struct Whole {
    pub make: Make,
    pub prefix: String,
}

/// Whether a field may be null.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Nullable {
    Yes,
    No,
}

/// What is written for a field.
pub enum Out<'a> {
    TypeName(&'static str),
    Null,
    EmptyList,
    /// It cannot be shown of any row.
    Wrong(ServerError, Nullable),
    /// What these cells say.
    Value([usize; Columns::MOST], Write),
    /// What is made of these cells.
    Plain([usize; Columns::MOST], WritePlain, &'a SelectionSet),
    /// Money, with where its minor units are if there may be none.
    Amount(Option<usize>, Object<'a>),
    /// The row that was joined, if its id is there.
    Link {
        id: usize,
        required: bool,
        object: Object<'a>,
    },
    /// A row that the caller may not read, if its id is there.
    Refused {
        id: usize,
        required: bool,
        denied: Denied,
    },
    /// What was found under the row whose id is in this cell, for this child of the level.
    Rows {
        parent: usize,
        child: usize,
    },
    /// What its resolver said, by number.
    Asked(usize),
}

/// Who asks, in which document.
#[derive(Clone, Copy)]
pub struct Asker<'a> {
    pub ctx: &'a ContextSelectionSet<'a>,
    pub request: &'a RequestContext,
}

impl<'a> Level<'a> {
    pub fn of(table: &'static Table) -> Self {
        Self {
            selected: Selected::of(table),
            children: Vec::new(),
            asked: 0,
        }
    }

    /// An object of a row of the level, or of a row that is joined to it.
    pub fn object(&mut self, asker: Asker<'a>, to: &'static Type, source: Source, set: &'a SelectionSet) -> Object<'a> {
        let mut object = Object {
            fields: Vec::with_capacity(set.items.len()),
            resolver: None,
            asks: false,
        };
        // Only what it is called is shown to whoever lacks its scope.
        let beyond = asker.request.caller.read_linked(to.resource).err();
        fields(asker.ctx, set, to.name, &mut |selection| {
            let name = selection.node.name.node.as_str();
            let out = match ((to.field)(name), &beyond) {
                (Some(field), Some(reason)) if field.is_part_of(to) && name != "id" && !to.identity.contains(&name) => {
                    wrong(asker, to, selection, server_error(reason.clone().into(), selection))
                }
                (Some(field), _) => self.out(asker, (to, source), field, selection, &mut object),
                // Validation knows all names but this, and a test holds descriptions against the schema.
                (None, _) => {
                    debug_assert_eq!(name, "__typename", "{} does not describe it", to.name);
                    Out::TypeName(to.name)
                }
            };
            object.fields.push((selection, out));
        });
        object
    }

    fn out(
        &mut self,
        asker: Asker<'a>,
        (to, source): (&'static Type, Source),
        field: Field,
        selection: &'a Positioned<Selection>,
        object: &mut Object<'a>,
    ) -> Out<'a> {
        if asker.request.is_partner() {
            match field.partners {
                Partners::Same | Partners::Narrowed => {}
                Partners::Null => return Out::Null,
                Partners::EmptyList => return Out::EmptyList,
            }
        }
        let set = &selection.node.selection_set.node;
        match field.what {
            What::Value(columns) => self.value(source, columns),
            What::Amount(amount) => self.amount(asker, amount, source, set),
            What::Same { to, required } => {
                let id = self.selected.cell(source, (to.id)());
                let same = self.object(asker, to, source, set);
                object.asks |= same.asks;
                Out::Link {
                    id,
                    required,
                    object: same,
                }
            }
            What::Plain(columns, write) => {
                let mut cells = [0; Columns::MOST];
                for (cell, column) in cells.iter_mut().zip(columns) {
                    if let Some(column) = column {
                        *cell = self.selected.cell(source, column);
                    }
                }
                Out::Plain(cells, write, set)
            }
            What::Through { column, through, to } => {
                let between = self.selected.join(source, column, through.0, false);
                self.link(asker, (between, through.1), to, false, set, object)
            }
            What::Link { column, to, required } => self.link(asker, (source, column), to, required, set, object),
            What::Page(read) => match read(&asker.ctx.with_field(selection)) {
                Err(error) => wrong(asker, to, selection, error),
                Ok(under) => {
                    let rows = under.listing.to;
                    let mut level = Level::of(rows.table);
                    let shape = level.shape(asker, &under.listing, set);
                    object.asks |= shape.asks;
                    self.child(source, (to, rows), level, Form::Page(under, shape))
                }
            },
            What::Family(rows, family) => {
                if let Err(reason) = asker.request.caller.read(rows.resource) {
                    return wrong(asker, to, selection, server_error(reason.into(), selection));
                }
                let mut level = Level::of(rows.table);
                let listed = level.object(asker, rows, Source::OWN, set);
                object.asks |= listed.asks;
                self.child(source, (to, rows), level, Form::Family(family(), listed))
            }
            What::Resolver(make) => {
                object.asks = true;
                if object.resolver.is_none() {
                    let prefix = self.selected.whole(source);
                    object.resolver = Some(Whole { make, prefix });
                }
                self.asked += 1;
                Out::Asked(self.asked - 1)
            }
        }
    }

    /// The row that a column of a row names.
    fn link(
        &mut self,
        asker: Asker<'a>,
        (source, column): (Source, view::Column),
        to: &'static Type,
        required: bool,
        set: &'a SelectionSet,
        object: &mut Object<'a>,
    ) -> Out<'a> {
        if let Err(denied) = asker.request.caller.read_linked(to.resource)
            && to.identity.is_empty()
        {
            let id = self.selected.cell(source, column);
            return Out::Refused { id, required, denied };
        }
        let source = self.selected.join(source, column, to.table, to.is_named);
        let id = self.selected.cell(source, (to.id)());
        let linked = self.object(asker, to, source, set);
        object.asks |= linked.asks;
        Out::Link {
            id,
            required,
            object: linked,
        }
    }

    fn child(
        &mut self,
        source: Source,
        (parent, to): (&'static Type, &'static Type),
        level: Level<'a>,
        form: Form<'a>,
    ) -> Out<'a> {
        let parent = self.selected.cell(source, parent.table.id());
        self.children.push(Child {
            parent,
            to,
            level,
            form,
        });
        let child = self.children.len() - 1;
        Out::Rows { parent, child }
    }

    fn value(&mut self, source: Source, columns: Columns) -> Out<'a> {
        let mut cells = [0; Columns::MOST];
        for (cell, column) in cells.iter_mut().zip(columns.columns) {
            if let Some(column) = column {
                *cell = self.selected.cell(source, column);
            }
        }
        Out::Value(cells, columns.write)
    }

    fn amount(&mut self, asker: Asker<'a>, amount: Amount, source: Source, set: &'a SelectionSet) -> Out<'a> {
        let Amount { currency, minor, .. } = amount;
        let mut own = Vec::with_capacity(set.items.len());
        fields(asker.ctx, set, MONEY, &mut |selection| {
            let out = match selection.node.name.node.as_str() {
                "amount" => self.value(source, Columns::of([currency, minor], view::amount)),
                "currency" => self.value(source, Columns::of([currency], view::text)),
                _ => Out::TypeName(MONEY),
            };
            own.push((selection, out));
        });
        let object = Object {
            fields: own,
            resolver: None,
            asks: false,
        };
        let optional = (!amount.required).then(|| self.selected.cell(source, minor));
        Out::Amount(optional, object)
    }
}

/// A field that cannot be shown of any row.
fn wrong<'a>(asker: Asker<'a>, to: &Type, selection: &Positioned<Selection>, error: ServerError) -> Out<'a> {
    let known = asker.ctx.schema_env.registry.types.get(to.name);
    let declared = known.and_then(|known| known.field_by_name(&selection.node.name.node));
    let nullable = match declared.is_some_and(|field| !field.ty.ends_with('!')) {
        true => Nullable::Yes,
        false => Nullable::No,
    };
    Out::Wrong(error, nullable)
}
