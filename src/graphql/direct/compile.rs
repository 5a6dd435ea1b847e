//! From a selection to what is read and written for it.

use super::arguments::Arguments;
use super::collect::{Fragments, Selected};
use super::object::{Form, Object, Out};
use super::page::Shape;
use crate::auth::Resource;
use crate::store::view::{self, Children, Field, Part, View};

/// What the caller must be allowed.
#[derive(Default)]
pub struct Needs {
    pub resources: Vec<Resource>,
    /// Something is shown that partners do not see as staff does.
    pub staff: bool,
}

/// What one statement reads, and what is read for its rows.
pub struct Level {
    pub selected: view::Selected,
    pub children: Vec<Child>,
}

/// Rows under the rows of a level.
pub struct Child {
    /// Where a row of the level has the id that they name.
    pub parent: usize,
    pub children: Children,
    pub arguments: Arguments,
    pub level: Level,
    pub form: Form,
}

impl Level {
    pub fn of(selected: view::Selected) -> Self {
        Self {
            selected,
            children: Vec::new(),
        }
    }

    /// An object of a row, or of a row that is joined to it.
    pub fn object(
        &mut self,
        fragments: Fragments<'_>,
        view: &'static View,
        selection: &Selected<'_>,
        needs: &mut Needs,
    ) -> Option<Object> {
        needs.resource(view.resource);
        let fields = fragments.fields(&selection.below, view.name)?;
        let fields = fields.iter().map(|selection| {
            let name = selection.name();
            needs.staff |= view.for_staff.contains(&name);
            let out = match name {
                "__typename" => Out::TypeName(view.name),
                name => match view.field(name)? {
                    Field::Value(columns, write) => self.value(columns, write),
                    Field::Part(part) => Out::Part(self.part(fragments, part, selection)?),
                    Field::Link { column, view, required } => {
                        if !self.selected.join(column, view) {
                            return None;
                        }
                        Out::Link {
                            id: self.selected.cell(view.id()),
                            required,
                            object: self.object(fragments, view, selection, needs)?,
                        }
                    }
                    Field::Rows(children) => {
                        let parent = self.selected.cell(view.id());
                        let child = Child::of(fragments, parent, children, selection, needs)?;
                        self.children.push(child);
                        Out::Rows {
                            parent,
                            child: self.children.len() - 1,
                        }
                    }
                },
            };
            Some((selection.key.to_owned(), out))
        });
        Some(Object(fields.collect::<Option<_>>()?))
    }

    fn part(&mut self, fragments: Fragments<'_>, part: &'static Part, selection: &Selected<'_>) -> Option<Object> {
        let fields = fragments.fields(&selection.below, part.name)?;
        let fields = fields.iter().map(|selection| {
            let out = match selection.name() {
                "__typename" => Out::TypeName(part.name),
                name => match part.field(name)? {
                    Field::Value(columns, write) => self.value(columns, write),
                    Field::Part(_) | Field::Link { .. } | Field::Rows(_) => return None,
                },
            };
            Some((selection.key.to_owned(), out))
        });
        Some(Object(fields.collect::<Option<_>>()?))
    }

    fn value(&mut self, columns: Vec<view::Column>, write: view::Write) -> Out {
        let cells = columns.into_iter().map(|column| self.selected.cell(column)).collect();
        Out::Value(cells, write)
    }
}

impl Child {
    fn of(
        fragments: Fragments<'_>,
        parent: usize,
        children: Children,
        selection: &Selected<'_>,
        needs: &mut Needs,
    ) -> Option<Self> {
        let view = children.view();
        // Also where nothing of the rows themselves is shown.
        needs.resource(view.resource);
        let mut level = Level::of(view::Selected::of_children(view));
        let form = match children {
            Children::Commissions(_) => Form::Page(Shape::of(fragments, view, selection, &mut level, needs)?),
            Children::Balances => Form::List(level.object(fragments, view, selection, needs)?),
        };
        Some(Self {
            parent,
            children,
            arguments: Arguments::of(selection.field),
            level,
            form,
        })
    }
}
