//! Asking resolvers what is no column: of every row, and of whole lists, side by side.

use std::ops::Range;

use async_graphql::parser::types::Field;
use async_graphql::{Context, ContextSelectionSet, Positioned};
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use uuid::Uuid;

use super::described::Resolver;
use super::fault::server_error;
use super::page::{EdgeOut, PageOut, Shape};
use super::projection::{Form, Object, Out};
use super::read::{Below, Listed, Read, Said};
use crate::graphql::error::ApiError;
use crate::store::view;

impl<'p, 'a: 'p> Read<'p, 'a> {
    /// Asks what `object` shows of a row; `ctx` resolves the object.
    pub fn ask<'f>(
        &'f self,
        object: &'f Object<'a>,
        row: usize,
        ctx: &'f ContextSelectionSet<'f>,
    ) -> BoxFuture<'f, ()> {
        async move {
            let made = object
                .resolver
                .as_ref()
                .map(|whole| (whole.make)(&self.rows[row], &whole.prefix));
            let resolver = &made.map(|made| made.map_err(ApiError::from));
            let fields = object.fields.iter().filter_map(|(field, out)| {
                let field = *field;
                match out {
                    Out::Asked(number) => {
                        let said = &self.said[*number][row];
                        let asking = async move {
                            let ctx = ctx.with_field(field);
                            match resolver {
                                Some(Ok(resolver)) => answer(resolver.as_ref(), &ctx, said).await,
                                Some(Err(error)) => {
                                    let error = server_error(error.clone(), field);
                                    let _ = said.set(Err(ctx.set_error_path(error)));
                                }
                                None => {}
                            }
                        };
                        Some(asking.boxed())
                    }
                    Out::Link { id, object, .. } if object.asks => {
                        let there = matches!(view::uuid(&self.rows[row], *id), Ok(Some(_)));
                        let asking = async move {
                            let ctx = ctx.with_field(field);
                            self.ask(object, row, &ctx.with_selection_set(&field.node.selection_set))
                                .await;
                        };
                        there.then(|| asking.boxed())
                    }
                    Out::Rows { parent, child } => {
                        let below = &self.below[*child];
                        let parent = view::uuid(&self.rows[row], *parent).ok().flatten()?;
                        below.asks().then(|| below.ask(parent, field, ctx))
                    }
                    _ => None,
                }
            });
            join_all(fields).await;
        }
        .boxed()
    }

    /// Asks what `shape` shows of a list and of its rows; `ctx` resolves the connection.
    pub fn ask_page<'f>(
        &'f self,
        shape: &'f Shape<'a>,
        listed: &'f Listed,
        whole: &'f dyn Resolver,
        ctx: &'f ContextSelectionSet<'f>,
    ) -> BoxFuture<'f, ()> {
        async move {
            let fields = shape.fields.iter().filter_map(|(field, out)| {
                let field = *field;
                match out {
                    PageOut::Asked(number) => {
                        let said = &listed.said[*number];
                        Some(async move { answer(whole, &ctx.with_field(field), said).await }.boxed())
                    }
                    PageOut::Nodes(object) if object.asks => Some(self.ask_list(object, listed, field, None, ctx)),
                    PageOut::Edges(edges) => {
                        let nodes = edges.iter().filter_map(|(node, out)| match out {
                            EdgeOut::Node(object) if object.asks => {
                                Some(self.ask_list(object, listed, field, Some(*node), ctx))
                            }
                            _ => None,
                        });
                        Some(join_all(nodes).map(drop).boxed())
                    }
                    _ => None,
                }
            });
            join_all(fields).await;
        }
        .boxed()
    }

    /// Asks about the rows of a list that `ctx` resolves.
    pub async fn ask_rows(&self, object: &Object<'a>, rows: Range<usize>, ctx: &ContextSelectionSet<'_>) {
        let asking = rows
            .enumerate()
            .map(|(place, row)| async move { self.ask(object, row, &ctx.with_index(place)).await });
        join_all(asking).await;
    }

    /// Asks about every row of a list, which stands in `field`; within an edge, in the field `node` of it.
    fn ask_list<'f>(
        &'f self,
        object: &'f Object<'a>,
        listed: &'f Listed,
        field: &'f Positioned<Field>,
        node: Option<&'f Positioned<Field>>,
        ctx: &'f ContextSelectionSet<'f>,
    ) -> BoxFuture<'f, ()> {
        async move {
            let ctx = ctx.with_field(field);
            let ctx = &ctx.with_selection_set(&field.node.selection_set);
            let rows = listed.rows.clone().enumerate().map(|(place, row)| async move {
                let ctx = ctx.with_index(place);
                match node {
                    Some(node) => {
                        let ctx = ctx.with_field(node);
                        self.ask(object, row, &ctx.with_selection_set(&node.node.selection_set))
                            .await;
                    }
                    None => self.ask(object, row, &ctx).await,
                }
            });
            join_all(rows).await;
        }
        .boxed()
    }
}

impl<'p, 'a: 'p> Below<'p, 'a> {
    fn asks(&self) -> bool {
        match &self.child.form {
            Form::Page(_, shape) => shape.asks,
            Form::Family(_, object) => object.asks,
        }
    }

    fn ask<'f>(
        &'f self,
        parent: Uuid,
        field: &'f Positioned<Field>,
        ctx: &'f ContextSelectionSet<'f>,
    ) -> BoxFuture<'f, ()> {
        async move {
            let Some(listed) = self.lists.get(&parent) else { return };
            match &self.child.form {
                Form::Page(under, shape) => {
                    let whole = (under.whole)(parent);
                    let ctx = ctx.with_field(field);
                    let ctx = ctx.with_selection_set(&field.node.selection_set);
                    self.read.ask_page(shape, listed, whole.as_ref(), &ctx).await;
                }
                Form::Family(_, object) => self.read.ask_list(object, listed, field, None, ctx).await,
            }
        }
        .boxed()
    }
}

async fn answer(resolver: &dyn Resolver, ctx: &Context<'_>, said: &Said) {
    // Where a row stands in two places, both get the same answer.
    let _ = said.set(resolver.resolve(ctx).await);
}
