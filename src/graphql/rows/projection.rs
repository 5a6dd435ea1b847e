//! From a selection set to what is read for it and what is written for each field, in one walk before anything is read.

use std::sync::Arc;

use async_graphql::parser::types::{Field as Selection, SelectionSet};
use async_graphql::{ContextSelectionSet, Positioned, ServerError};

use super::description::{
    AmountColumns, ChildList, Columns, FieldDescription, FieldKind, MakeResolver, PartnerVisibility, TypeDescription,
    WritePlain,
};
use super::field_error::server_error;
use super::page::{PageProjection, PageSelection};
use super::walk::fields;
use crate::graphql::context::RequestContext;
use auth::Denied;
use store::view::{self, Family, Selected, Source, Table, Write};

/// The type name of amounts of money.
const MONEY: &str = "Money";

/// What one statement reads, and what is read below its rows. It owns what it needs, so that objects with the same
/// selection set can be read by one of them for all.
pub struct Projection {
    pub selected: Selected,
    pub children: Vec<Arc<ChildProjection>>,
    /// How many fields of each row have a resolver.
    pub resolver_fields: usize,
    /// Whether the computed fields of the rows themselves are resolved by objects that are already loaded.
    is_loaded: bool,
}

/// The projection of child rows of the rows of another projection.
pub struct ChildProjection {
    /// The cell of the parent row that has the id which the child rows reference.
    pub parent: usize,
    pub to: &'static TypeDescription,
    pub projection: Projection,
    pub form: ChildForm,
}

/// Whether a parent's child rows are a page of a list or all rows of a family.
pub enum ChildForm {
    Page(ChildList, PageSelection),
    Family(Family),
}

/// What is written for child rows, of a page or of a family.
pub enum ChildOutput<'a> {
    Page(PageProjection<'a>),
    Family(ObjectProjection<'a>),
}

impl ChildOutput<'_> {
    pub fn has_resolvers(&self) -> bool {
        match self {
            Self::Page(shape) => shape.has_resolvers,
            Self::Family(object) => object.has_resolvers,
        }
    }
}

/// The selected fields of an object that is made of a row.
pub struct ObjectProjection<'a> {
    pub fields: Vec<(&'a Positioned<Selection>, FieldOutput<'a>)>,
    /// Makes the object that resolves fields without a column; `None`: there are none.
    pub resolver: Option<ResolverSource>,
    /// Whether the object, or anything below it, has fields with a resolver.
    pub has_resolvers: bool,
}

/// How to make the object that resolves fields of a row.
pub struct ResolverSource {
    pub make: MakeResolver,
    pub prefix: String,
}

/// Whether a field may be null.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Nullability {
    Yes,
    No,
}

/// What is written for a field.
pub enum FieldOutput<'a> {
    TypeName(&'static str),
    Null,
    EmptyList,
    /// An error for every row.
    Error(ServerError, Nullability),
    /// A value written from these cells.
    Value([usize; Columns::MAX], Write),
    /// Plain objects written from these cells.
    Plain([usize; Columns::MAX], WritePlain, &'a SelectionSet),
    /// Money; with the cell of its minor units if it may be null.
    Amount(Option<usize>, ObjectProjection<'a>),
    /// The joined row; null if the cell of its id is.
    Link {
        id: usize,
        required: bool,
        object: ObjectProjection<'a>,
    },
    /// A row that the caller may not read: an error, or null if the cell of its id is.
    Refused {
        id: usize,
        required: bool,
        denied: Denied,
    },
    /// The rows of this child projection that belong to the row whose id is in this cell.
    Rows {
        parent: usize,
        child: usize,
        output: ChildOutput<'a>,
    },
    /// The result of the field's resolver, by the number of the field.
    Resolved(usize),
}

/// The context of the projected selection set, and its request.
#[derive(Clone, Copy)]
pub struct ProjectionContext<'a> {
    pub ctx: &'a ContextSelectionSet<'a>,
    pub request: &'a RequestContext,
}

impl Projection {
    pub fn of(table: &'static Table) -> Self {
        Self::selecting(Selected::of(table))
    }

    /// The projection of rows that other rows refer to: named ones are there for everybody who sees the reference.
    /// `is_loaded`: objects that are already loaded resolve their computed fields.
    pub fn linked(to: &TypeDescription, is_loaded: bool) -> Self {
        let selected = match to.is_named {
            true => Selected::named(to.table),
            false => Selected::of(to.table),
        };
        Self {
            is_loaded,
            ..Self::selecting(selected)
        }
    }

    fn selecting(selected: Selected) -> Self {
        Self {
            selected,
            children: Vec::new(),
            resolver_fields: 0,
            is_loaded: false,
        }
    }

    /// Projects an object made of a row of this projection, or of a row that is joined to it.
    pub fn object<'a>(
        &mut self,
        context: ProjectionContext<'a>,
        to: &'static TypeDescription,
        source: Source,
        set: &'a SelectionSet,
    ) -> ObjectProjection<'a> {
        let mut object = ObjectProjection {
            fields: Vec::with_capacity(set.items.len()),
            resolver: None,
            has_resolvers: false,
        };
        // A caller without the type's scope sees only its identity fields.
        let beyond = context.request.caller.read_linked(to.resource).err();
        fields(context.ctx, set, to.name, &mut |selection| {
            let name = selection.node.name.node.as_str();
            let out = match ((to.field)(name), &beyond) {
                (Some(field), Some(reason)) if field.is_part_of(to) && name != "id" && !to.identity.contains(&name) => {
                    wrong(context, to, selection, server_error(reason.clone().into(), selection))
                }
                (Some(field), _) => self.out(context, (to, source), field, selection, &mut object),
                // Besides fields of the schema, validation accepts only `__typename`; a test checks that descriptions
                // match the schema.
                (None, _) => {
                    debug_assert_eq!(name, "__typename", "{} does not describe it", to.name);
                    FieldOutput::TypeName(to.name)
                }
            };
            object.fields.push((selection, out));
        });
        object
    }

    fn out<'a>(
        &mut self,
        context: ProjectionContext<'a>,
        (to, source): (&'static TypeDescription, Source),
        field: FieldDescription,
        selection: &'a Positioned<Selection>,
        object: &mut ObjectProjection<'a>,
    ) -> FieldOutput<'a> {
        if context.request.is_partner() {
            match field.partners {
                PartnerVisibility::Same | PartnerVisibility::Narrowed => {}
                PartnerVisibility::Null => return FieldOutput::Null,
                PartnerVisibility::EmptyList => return FieldOutput::EmptyList,
            }
        }
        let set = &selection.node.selection_set.node;
        match field.kind {
            FieldKind::Value(columns) => self.value(source, columns),
            FieldKind::Amount(amount) => self.amount(context, amount, source, set),
            FieldKind::Same { to, required } => {
                let id = self.selected.cell(source, (to.id)());
                let same = self.object(context, to, source, set);
                object.has_resolvers |= same.has_resolvers;
                FieldOutput::Link {
                    id,
                    required,
                    object: same,
                }
            }
            FieldKind::Plain(columns, write) => FieldOutput::Plain(self.cells(source, columns), write, set),
            FieldKind::Through { column, through, to } => {
                let between = self.selected.join(source, column, through.0, false);
                self.link(context, (between, through.1), to, false, set, object)
            }
            FieldKind::Link {
                column,
                to,
                required,
                is_stored,
            } => {
                // A partner may see the row that names it, but not the named one.
                let known = (is_stored && !context.request.is_partner())
                    .then(|| self.id_alone(context, (source, column), to, set))
                    .flatten();
                match known {
                    Some(object) => FieldOutput::Link {
                        id: self.selected.cell(source, column),
                        required,
                        object,
                    },
                    None => self.link(context, (source, column), to, required, set, object),
                }
            }
            FieldKind::Page(page) => match (page.list)(&context.ctx.with_field(selection)) {
                Err(error) => wrong(context, to, selection, error),
                Ok(under) => {
                    let rows = under.listing.to;
                    let mut projection = Projection::of(rows.table);
                    let shape = projection.shape(context, &under.listing, set);
                    object.has_resolvers |= shape.has_resolvers;
                    let form = ChildForm::Page(under, shape.read.clone());
                    self.child(source, (to, rows), projection, form, ChildOutput::Page(shape))
                }
            },
            FieldKind::Family(rows, family) => {
                if let Err(reason) = context.request.caller.read(rows.resource) {
                    return wrong(context, to, selection, server_error(reason.into(), selection));
                }
                let mut projection = Projection::of(rows.table);
                let listed = projection.object(context, rows, Source::OWN, set);
                object.has_resolvers |= listed.has_resolvers;
                let form = ChildForm::Family(family());
                self.child(source, (to, rows), projection, form, ChildOutput::Family(listed))
            }
            FieldKind::Resolver(make) => {
                object.has_resolvers = true;
                let is_loaded = self.is_loaded && source == Source::OWN;
                if object.resolver.is_none() && !is_loaded {
                    let prefix = self.selected.whole(source);
                    object.resolver = Some(ResolverSource { make, prefix });
                }
                self.resolved()
            }
        }
    }

    fn resolved(&mut self) -> FieldOutput<'static> {
        self.resolver_fields += 1;
        FieldOutput::Resolved(self.resolver_fields - 1)
    }

    /// Projects the link to the row whose id is in the column.
    fn link<'a>(
        &mut self,
        context: ProjectionContext<'a>,
        (source, column): (Source, view::Column),
        to: &'static TypeDescription,
        required: bool,
        set: &'a SelectionSet,
        object: &mut ObjectProjection<'a>,
    ) -> FieldOutput<'a> {
        if let Err(denied) = context.request.caller.read_linked(to.resource)
            && to.identity.is_empty()
        {
            let id = self.selected.cell(source, column);
            return FieldOutput::Refused { id, required, denied };
        }
        let source = self.selected.join(source, column, to.table, to.is_named);
        let id = self.selected.cell(source, (to.id)());
        let linked = self.object(context, to, source, set);
        object.has_resolvers |= linked.has_resolvers;
        FieldOutput::Link {
            id,
            required,
            object: linked,
        }
    }

    /// The object of which only the id is selected, which the column has; `None`: more is selected.
    fn id_alone<'a>(
        &mut self,
        context: ProjectionContext<'a>,
        (source, column): (Source, view::Column),
        to: &'static TypeDescription,
        set: &'a SelectionSet,
    ) -> Option<ObjectProjection<'a>> {
        let (mut selected, mut is_alone) = (Vec::new(), true);
        fields(context.ctx, set, to.name, &mut |selection| {
            selected.push(selection);
            is_alone &= matches!(selection.node.name.node.as_str(), "id" | "__typename");
        });
        let Some(FieldKind::Value(id)) = (to.field)("id").map(|field| field.kind).filter(|_| is_alone) else {
            return None;
        };
        let own = selected.into_iter().map(|selection| {
            let out = match selection.node.name.node.as_str() {
                "id" => self.value(source, Columns::of([column], id.write)),
                _ => FieldOutput::TypeName(to.name),
            };
            (selection, out)
        });
        Some(ObjectProjection {
            fields: own.collect(),
            resolver: None,
            has_resolvers: false,
        })
    }

    fn child<'a>(
        &mut self,
        source: Source,
        (parent, to): (&'static TypeDescription, &'static TypeDescription),
        projection: Projection,
        form: ChildForm,
        output: ChildOutput<'a>,
    ) -> FieldOutput<'a> {
        let parent = self.selected.cell(source, parent.table.id());
        self.children.push(Arc::new(ChildProjection {
            parent,
            to,
            projection,
            form,
        }));
        let child = self.children.len() - 1;
        FieldOutput::Rows { parent, child, output }
    }

    /// Selects columns, and returns their cells.
    fn cells(&mut self, source: Source, columns: [Option<view::Column>; Columns::MAX]) -> [usize; Columns::MAX] {
        columns.map(|column| column.map_or(0, |column| self.selected.cell(source, column)))
    }

    fn value(&mut self, source: Source, columns: Columns) -> FieldOutput<'static> {
        FieldOutput::Value(self.cells(source, columns.columns), columns.write)
    }

    fn amount<'a>(
        &mut self,
        context: ProjectionContext<'a>,
        amount: AmountColumns,
        source: Source,
        set: &'a SelectionSet,
    ) -> FieldOutput<'a> {
        let AmountColumns { currency, minor, .. } = amount;
        let mut own = Vec::with_capacity(set.items.len());
        fields(context.ctx, set, MONEY, &mut |selection| {
            let out = match selection.node.name.node.as_str() {
                "amount" => self.value(source, Columns::of([currency, minor], view::amount)),
                "currency" => self.value(source, Columns::of([currency], view::text)),
                _ => FieldOutput::TypeName(MONEY),
            };
            own.push((selection, out));
        });
        let object = ObjectProjection {
            fields: own,
            resolver: None,
            has_resolvers: false,
        };
        let optional = (!amount.required).then(|| self.selected.cell(source, minor));
        FieldOutput::Amount(optional, object)
    }
}

/// The output of a field that fails for every row.
fn wrong<'a>(
    context: ProjectionContext<'a>,
    to: &TypeDescription,
    selection: &Positioned<Selection>,
    error: ServerError,
) -> FieldOutput<'a> {
    let known = context.ctx.schema_env.registry.types.get(to.name);
    let declared = known.and_then(|known| known.field_by_name(&selection.node.name.node));
    let nullable = match declared.is_some_and(|field| !field.ty.ends_with('!')) {
        true => Nullability::Yes,
        false => Nullability::No,
    };
    FieldOutput::Error(error, nullable)
}
