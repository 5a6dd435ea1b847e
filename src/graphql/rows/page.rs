//! Projecting a page of a list: what is selected of its connection.

use async_graphql::Positioned;
use async_graphql::parser::types::{Field as Selection, SelectionSet};

use super::described::Listing;
use super::projection::{Asker, Level, Object};
use super::walk::fields;
use crate::store::view::Source;

/// What is selected of a connection.
pub struct Shape<'a> {
    pub names: Names,
    pub fields: Vec<(&'a Positioned<Selection>, PageOut<'a>)>,
    /// Where rows have what their cursors are made of, if any is shown: the id, and what the list is sorted by.
    pub places: Option<(usize, Option<usize>)>,
    /// Whether the rows of the page are needed.
    pub reads: bool,
    /// How many fields the connection's resolvers answer.
    pub asked: usize,
    /// Whether anything in it, or below it, is asked of resolvers.
    pub asks: bool,
}

#[derive(Clone, Copy, Default)]
pub struct Names {
    pub connection: &'static str,
    pub edge: &'static str,
}

pub enum PageOut<'a> {
    TypeName,
    Nodes(Object<'a>),
    Edges(Vec<(&'a Positioned<Selection>, EdgeOut<'a>)>),
    PageInfo(Vec<(&'a Positioned<Selection>, InfoOut)>),
    Asked(usize),
}

pub enum EdgeOut<'a> {
    TypeName,
    Node(Object<'a>),
    Cursor,
}

pub enum InfoOut {
    TypeName,
    HasNext,
    HasPrevious,
    Start,
    End,
}

impl<'a> Level<'a> {
    /// A page of the rows of this level.
    pub fn shape(&mut self, asker: Asker<'a>, listing: &Listing, set: &'a SelectionSet) -> Shape<'a> {
        let mut shape = Shape {
            names: Names {
                connection: listing.connection,
                edge: listing.edge,
            },
            fields: Vec::with_capacity(set.items.len()),
            places: None,
            reads: false,
            asked: 0,
            asks: false,
        };
        fields(asker.ctx, set, listing.connection, &mut |selection| {
            let below = &selection.node.selection_set.node;
            let out = match selection.node.name.node.as_str() {
                "__typename" => PageOut::TypeName,
                "nodes" => {
                    let object = self.object(asker, listing.to, Source::OWN, below);
                    shape.asks |= object.asks;
                    PageOut::Nodes(object)
                }
                "edges" => PageOut::Edges(self.edges(asker, listing, below, &mut shape)),
                "pageInfo" => PageOut::PageInfo(self.page_info(asker, listing, below, &mut shape)),
                _ => {
                    shape.asks = true;
                    shape.asked += 1;
                    PageOut::Asked(shape.asked - 1)
                }
            };
            shape.reads |= !matches!(out, PageOut::TypeName | PageOut::Asked(_));
            shape.fields.push((selection, out));
        });
        shape
    }

    fn edges(
        &mut self,
        asker: Asker<'a>,
        listing: &Listing,
        set: &'a SelectionSet,
        shape: &mut Shape<'a>,
    ) -> Vec<(&'a Positioned<Selection>, EdgeOut<'a>)> {
        let mut own = Vec::with_capacity(set.items.len());
        fields(asker.ctx, set, listing.edge, &mut |selection| {
            let out = match selection.node.name.node.as_str() {
                "node" => {
                    let below = &selection.node.selection_set.node;
                    let object = self.object(asker, listing.to, Source::OWN, below);
                    shape.asks |= object.asks;
                    EdgeOut::Node(object)
                }
                "cursor" => {
                    self.show_cursors(listing, shape);
                    EdgeOut::Cursor
                }
                _ => EdgeOut::TypeName,
            };
            own.push((selection, out));
        });
        own
    }

    fn page_info(
        &mut self,
        asker: Asker<'a>,
        listing: &Listing,
        set: &'a SelectionSet,
        shape: &mut Shape<'a>,
    ) -> Vec<(&'a Positioned<Selection>, InfoOut)> {
        let mut own = Vec::with_capacity(set.items.len());
        fields(asker.ctx, set, "PageInfo", &mut |selection| {
            let out = match selection.node.name.node.as_str() {
                "hasNextPage" => InfoOut::HasNext,
                "hasPreviousPage" => InfoOut::HasPrevious,
                "startCursor" => InfoOut::Start,
                "endCursor" => InfoOut::End,
                _ => InfoOut::TypeName,
            };
            if matches!(out, InfoOut::Start | InfoOut::End) {
                self.show_cursors(listing, shape);
            }
            own.push((selection, out));
        });
        own
    }

    fn show_cursors(&mut self, listing: &Listing, shape: &mut Shape<'a>) {
        let order = &listing.list.order;
        let id = self.selected.cell(Source::OWN, order.id);
        let key = order.key.map(|key| self.selected.cell(Source::OWN, key));
        shape.places = Some((id, key));
    }
}
