//! Projecting a page of a list: the selection set of its connection.

use async_graphql::Positioned;
use async_graphql::parser::types::{Field as Selection, SelectionSet};

use super::description::{Listing, TypeDescription};
use super::projection::{ObjectProjection, Projection, ProjectionContext};
use super::walk::fields;
use store::view::Source;

/// The selected fields of a connection.
pub struct PageProjection<'a> {
    /// The type of the rows.
    pub to: &'static TypeDescription,
    pub fields: Vec<(&'a Positioned<Selection>, PageField<'a>)>,
    pub read: PageSelection,
    /// Whether the connection, or anything below it, has fields with a resolver.
    pub has_resolvers: bool,
}

/// What is read of a page.
#[derive(Clone, Default)]
pub struct PageSelection {
    /// The cells of a row that its cursor is made of, if a cursor is selected: the id, and the sort key if the list has
    /// one.
    pub places: Option<(usize, Option<usize>)>,
    /// Whether the rows of the page must be read.
    pub reads: bool,
    /// Which of the fields with a resolver are the number of rows in the whole list.
    pub counts: Vec<usize>,
    /// How many of the connection's fields have a resolver.
    pub resolver_fields: usize,
}

pub enum PageField<'a> {
    TypeName,
    Nodes(ObjectProjection<'a>),
    Edges(Vec<(&'a Positioned<Selection>, EdgeField<'a>)>),
    PageInfo(Vec<(&'a Positioned<Selection>, PageInfoField)>),
    Resolved(usize),
}

pub enum EdgeField<'a> {
    TypeName,
    Node(ObjectProjection<'a>),
    Cursor,
}

pub enum PageInfoField {
    TypeName,
    HasNext,
    HasPrevious,
    Start,
    End,
}

impl Projection {
    /// Projects a page of the rows of this level.
    pub fn shape<'a>(
        &mut self,
        context: ProjectionContext<'a>,
        listing: &Listing,
        set: &'a SelectionSet,
    ) -> PageProjection<'a> {
        let mut shape = PageProjection {
            to: listing.to,
            fields: Vec::with_capacity(set.items.len()),
            read: PageSelection::default(),
            has_resolvers: false,
        };
        fields(context.ctx, set, listing.to.connection, &mut |selection| {
            let below = &selection.node.selection_set.node;
            let out = match selection.node.name.node.as_str() {
                "__typename" => PageField::TypeName,
                "nodes" => {
                    let object = self.object(context, listing.to, Source::OWN, below);
                    shape.has_resolvers |= object.has_resolvers;
                    PageField::Nodes(object)
                }
                "edges" => PageField::Edges(self.edges(context, listing, below, &mut shape)),
                "pageInfo" => PageField::PageInfo(self.page_info(context, listing, below, &mut shape)),
                name => {
                    if name == "totalCount" {
                        shape.read.counts.push(shape.read.resolver_fields);
                    }
                    shape.has_resolvers = true;
                    shape.read.resolver_fields += 1;
                    PageField::Resolved(shape.read.resolver_fields - 1)
                }
            };
            shape.read.reads |= !matches!(out, PageField::TypeName | PageField::Resolved(_));
            shape.fields.push((selection, out));
        });
        shape
    }

    fn edges<'a>(
        &mut self,
        context: ProjectionContext<'a>,
        listing: &Listing,
        set: &'a SelectionSet,
        shape: &mut PageProjection<'a>,
    ) -> Vec<(&'a Positioned<Selection>, EdgeField<'a>)> {
        let mut own = Vec::with_capacity(set.items.len());
        fields(context.ctx, set, listing.to.edge, &mut |selection| {
            let out = match selection.node.name.node.as_str() {
                "node" => {
                    let below = &selection.node.selection_set.node;
                    let object = self.object(context, listing.to, Source::OWN, below);
                    shape.has_resolvers |= object.has_resolvers;
                    EdgeField::Node(object)
                }
                "cursor" => {
                    self.show_cursors(listing, &mut shape.read);
                    EdgeField::Cursor
                }
                _ => EdgeField::TypeName,
            };
            own.push((selection, out));
        });
        own
    }

    fn page_info<'a>(
        &mut self,
        context: ProjectionContext<'a>,
        listing: &Listing,
        set: &'a SelectionSet,
        shape: &mut PageProjection<'a>,
    ) -> Vec<(&'a Positioned<Selection>, PageInfoField)> {
        let mut own = Vec::with_capacity(set.items.len());
        fields(context.ctx, set, "PageInfo", &mut |selection| {
            let out = match selection.node.name.node.as_str() {
                "hasNextPage" => PageInfoField::HasNext,
                "hasPreviousPage" => PageInfoField::HasPrevious,
                "startCursor" => PageInfoField::Start,
                "endCursor" => PageInfoField::End,
                _ => PageInfoField::TypeName,
            };
            if matches!(out, PageInfoField::Start | PageInfoField::End) {
                self.show_cursors(listing, &mut shape.read);
            }
            own.push((selection, out));
        });
        own
    }

    fn show_cursors(&mut self, listing: &Listing, read: &mut PageSelection) {
        let order = &listing.list.order;
        let id = self.selected.cell(Source::OWN, order.id);
        let key = order.key.map(|key| self.selected.cell(Source::OWN, key));
        read.places = Some((id, key));
    }
}
