//! Running resolvers for fields without a column, concurrently for all rows and lists.

use std::ops::Range;

use async_graphql::parser::types::Field;
use async_graphql::{Context, ContextSelectionSet, Positioned};
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use uuid::Uuid;

use super::description::Resolver;
use super::field_error::server_error;
use super::page::{EdgeField, PageField, PageProjection};
use super::projection::{ChildForm, ChildOutput, FieldOutput, ObjectProjection};
use super::read::{FetchedChildren, FetchedList, FetchedRows, ResolverAnswer};
use crate::graphql::error::ApiError;
use store::view;

impl FetchedRows {
    /// Runs the resolvers of the fields that `object` selects of a row. `ctx` is the object's context.
    pub fn run_resolvers<'f>(
        &'f self,
        object: &'f ObjectProjection<'_>,
        row: usize,
        ctx: &'f ContextSelectionSet<'f>,
    ) -> BoxFuture<'f, ()> {
        async move {
            let made = object
                .resolver
                .as_ref()
                .map(|whole| (whole.make)(&self.rows[row], &whole.prefix).map_err(ApiError::from));
            let resolver = made
                .as_ref()
                .map(|made| made.as_ref().map(AsRef::as_ref).map_err(Clone::clone));
            self.ask_resolver(object, row, resolver, ctx).await;
        }
        .boxed()
    }

    /// Like [`Self::run_resolvers`], with this resolver for the row's own fields.
    pub fn ask_resolver<'f>(
        &'f self,
        object: &'f ObjectProjection<'_>,
        row: usize,
        resolver: Option<Result<&'f dyn Resolver, ApiError>>,
        ctx: &'f ContextSelectionSet<'f>,
    ) -> BoxFuture<'f, ()> {
        async move {
            let resolver = &resolver;
            let fields = object.fields.iter().filter_map(|(field, out)| {
                let field = *field;
                match out {
                    FieldOutput::Resolved(number) => {
                        let slot = &self.answers[*number][row];
                        let asking = async move {
                            let ctx = ctx.with_field(field);
                            match resolver {
                                Some(Ok(resolver)) => answer(*resolver, &ctx, slot).await,
                                Some(Err(error)) => {
                                    let error = server_error(error.clone(), field);
                                    let _ = slot.set(Err(ctx.set_error_path(error)));
                                }
                                None => {}
                            }
                        };
                        Some(asking.boxed())
                    }
                    FieldOutput::Link { id, object, .. } if object.has_resolvers => {
                        let there = matches!(view::uuid(&self.rows[row], *id), Ok(Some(_)));
                        let asking = async move {
                            let ctx = ctx.with_field(field);
                            self.run_resolvers(object, row, &ctx.with_selection_set(&field.node.selection_set))
                                .await;
                        };
                        there.then(|| asking.boxed())
                    }
                    FieldOutput::Rows { parent, child, output } => {
                        let below = &self.below[*child];
                        let parent = view::uuid(&self.rows[row], *parent).ok().flatten()?;
                        let has_resolvers = output.has_resolvers();
                        has_resolvers.then(|| below.run_resolvers(parent, output, field, ctx))
                    }
                    _ => None,
                }
            });
            join_all(fields).await;
        }
        .boxed()
    }

    /// Runs the resolvers of the fields that `shape` selects of a list and of its rows. `ctx` is the connection's
    /// context.
    pub fn ask_page<'f>(
        &'f self,
        shape: &'f PageProjection<'_>,
        listed: &'f FetchedList,
        whole: &'f dyn Resolver,
        ctx: &'f ContextSelectionSet<'f>,
    ) -> BoxFuture<'f, ()> {
        async move {
            let fields = shape.fields.iter().filter_map(|(field, out)| {
                let field = *field;
                match out {
                    PageField::Resolved(number) => {
                        let slot = &listed.answers[*number];
                        Some(async move { answer(whole, &ctx.with_field(field), slot).await }.boxed())
                    }
                    PageField::Nodes(object) if object.has_resolvers => {
                        Some(self.ask_list(object, listed, field, None, ctx))
                    }
                    PageField::Edges(edges) => {
                        let nodes = edges.iter().filter_map(|(node, out)| match out {
                            EdgeField::Node(object) if object.has_resolvers => {
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

    /// Runs the resolvers of the rows of a list. `ctx` is the list's context.
    pub async fn ask_rows(&self, object: &ObjectProjection<'_>, rows: Range<usize>, ctx: &ContextSelectionSet<'_>) {
        let asking = rows
            .enumerate()
            .map(|(place, row)| async move { self.run_resolvers(object, row, &ctx.with_index(place)).await });
        join_all(asking).await;
    }

    /// Runs the resolvers of every row of the list in `field`. If the rows are in edges, `node` is the edge's field
    /// that has the row.
    fn ask_list<'f>(
        &'f self,
        object: &'f ObjectProjection<'_>,
        listed: &'f FetchedList,
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
                        self.run_resolvers(object, row, &ctx.with_selection_set(&node.node.selection_set))
                            .await;
                    }
                    None => self.run_resolvers(object, row, &ctx).await,
                }
            });
            join_all(rows).await;
        }
        .boxed()
    }
}

impl FetchedChildren {
    fn run_resolvers<'f>(
        &'f self,
        parent: Uuid,
        output: &'f ChildOutput<'_>,
        field: &'f Positioned<Field>,
        ctx: &'f ContextSelectionSet<'f>,
    ) -> BoxFuture<'f, ()> {
        async move {
            let Some(listed) = self.lists.get(&parent) else { return };
            match (output, &self.child.form) {
                (ChildOutput::Page(shape), ChildForm::Page(under, _)) => {
                    let whole = (under.whole)(parent);
                    let ctx = ctx.with_field(field);
                    let ctx = ctx.with_selection_set(&field.node.selection_set);
                    self.read.ask_page(shape, listed, whole.as_ref(), &ctx).await;
                }
                (ChildOutput::Family(object), _) => self.read.ask_list(object, listed, field, None, ctx).await,
                (ChildOutput::Page(_), ChildForm::Family(_)) => unreachable!("a page is read as one"),
            }
        }
        .boxed()
    }
}

async fn answer(resolver: &dyn Resolver, ctx: &Context<'_>, slot: &ResolverAnswer) {
    // Counts may have been read along with their lists.
    if slot.get().is_some() {
        return;
    }
    // A row that occurs twice is resolved twice, with the same result: the first one stays.
    let _ = slot.set(resolver.resolve(ctx).await);
}
