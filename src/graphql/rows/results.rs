//! Lists of results, such as one for each id that a mutation was given. The rows of each field are read by one
//! statement for all results together.

use std::ops::Range;

use async_graphql::parser::types::Field;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};
use futures::FutureExt;
use futures::future::join_all;
use uuid::Uuid;

use super::at_hand::{at_hand, read};
use super::description::TypeDescription;
use super::field_error::{FieldError, server_error};
use super::plain::{PlainObject, SubSelection};
use super::projection::{ObjectProjection, Projection, ProjectionContext};
use super::read::FetchedRows;
use super::registered_as::registered_as;
use super::walk::fields;
use super::write::{PathStep, RowWriter, key};
use super::{RowObject, finish};
use crate::graphql::context::RequestContext;
use crate::graphql::error::ApiError;
use crate::graphql::user_error::may_show;
use store::view::{AtHand, JsonText, Source};

/// A plain object, except for fields that are rows.
pub trait ResultObject: PlainObject + Send {
    /// The rows of a field; `None`: the field is not a row, and the object writes it.
    fn rows(field: &str) -> Option<RowsField<Self>>
    where
        Self: Sized;
}

/// A field of results that is an already loaded row, or a list of such rows.
pub struct RowsField<T> {
    to: &'static TypeDescription,
    /// Whether the field is a list; otherwise it is one row or null.
    is_list: bool,
    of: AtHandOf<T>,
}

/// Gives the ids of an object's rows, and access to their loaded column values.
type AtHandOf<T> = Box<dyn Fn(&T, &RequestContext) -> Vec<(Uuid, AtHand)> + Send + Sync>;

impl<T: 'static> RowsField<T> {
    pub fn one<R: RowObject + 'static>(of: fn(&T) -> &Option<R>) -> Self {
        Self {
            to: R::TYPE,
            is_list: false,
            of: Box::new(move |result, request| at_hand(of(result).as_slice(), request)),
        }
    }

    pub fn list<R: RowObject + 'static>(of: fn(&T) -> &[R]) -> Self {
        Self {
            to: R::TYPE,
            is_list: true,
            of: Box::new(move |result, request| at_hand(of(result), request)),
        }
    }
}

/// A list of results; `[T!]` in the schema.
pub struct Results<T>(pub Vec<T>);

impl<T: ResultObject + 'static> OutputType for Results<T> {
    registered_as!(Vec<T>);

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        list(&self.0, ctx, field).boxed().await
    }
}

/// The rows of one selected field, for all results.
struct FieldGroup<'a> {
    field: &'a Positioned<Field>,
    is_list: bool,
    projection: Projection,
    object: ObjectProjection<'a>,
    /// The range of rows that belongs to each result.
    of_results: Vec<Range<usize>>,
    /// Why the caller may see none of the rows.
    denied: Option<ApiError>,
}

type FieldRows = Result<FetchedRows, ApiError>;

async fn list<T: ResultObject + 'static>(
    results: &[T],
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Field>,
) -> ServerResult<Value> {
    let request = ctx.data_unchecked::<RequestContext>();
    let name = T::type_name();
    let mut selected = Vec::new();
    let (mut groups, mut rows) = (Vec::new(), Vec::new());
    fields(ctx, &ctx.item.node, &name, &mut |field| {
        let group = T::rows(&field.node.name.node).map(|of| {
            let (group, at_hand) = FieldGroup::of(of, results, ProjectionContext { ctx, request }, field);
            groups.push(group);
            rows.push(at_hand);
            groups.len() - 1
        });
        selected.push((field, group));
    });
    let reading = groups.iter().zip(rows).map(|(group, rows)| async move {
        match &group.denied {
            Some(denied) => Err(denied.clone()),
            None => read(&group.projection, rows, request).await,
        }
    });
    let shown = join_all(reading).await;
    join_all(
        groups
            .iter()
            .zip(&shown)
            .map(|(group, shown)| group.run_resolvers(shown, ctx)),
    )
    .await;
    finish(ctx, field, |json| {
        let mut writer = RowWriter::new(ctx);
        json.list(results.iter().enumerate(), |json, (place, result)| {
            writer.within(PathStep::Index(place), |writer| {
                let selected = selected.iter().map(|(field, group)| (key(field), (*field, *group)));
                json.object(selected, |json, (field, group)| {
                    match (group, field.node.name.node.as_str()) {
                        (Some(group), _) => groups[group].write(&shown[group], place, writer, json)?,
                        (None, "__typename") => json.word(&name),
                        (None, own) => {
                            let below = SubSelection::new(ctx, &field.node.selection_set.node);
                            result.write(own, &below, json);
                        }
                    }
                    Ok(())
                })
            })
        })
    })
}

impl<'a> FieldGroup<'a> {
    fn of<T>(
        of: RowsField<T>,
        results: &[T],
        context: ProjectionContext<'a>,
        field: &'a Positioned<Field>,
    ) -> (Self, Vec<(Uuid, AtHand)>) {
        let mut projection = Projection::of(of.to.table);
        let object = projection.object(context, of.to, Source::OWN, &field.node.selection_set.node);
        let (mut rows, mut of_results) = (Vec::new(), Vec::with_capacity(results.len()));
        for result in results {
            let from = rows.len();
            rows.extend((of.of)(result, context.request));
            of_results.push(from..rows.len());
        }
        let denied = may_show(&context.ctx.with_field(field), of.to.resource).err();
        let group = Self {
            field,
            is_list: of.is_list,
            projection,
            object,
            of_results,
            denied,
        };
        (group, rows)
    }

    /// Runs the resolvers of fields without a column, for all rows at once.
    async fn run_resolvers(&self, shown: &FieldRows, ctx: &ContextSelectionSet<'_>) {
        let Some(read) = shown.as_ref().ok().filter(|_| self.object.has_resolvers) else {
            return;
        };
        let asking = self.of_results.iter().enumerate().map(|(place, rows)| async move {
            let ctx = ctx.with_index(place);
            let ctx = ctx.with_field(self.field);
            let ctx = ctx.with_selection_set(&self.field.node.selection_set);
            match self.is_list {
                true => read.ask_rows(&self.object, rows.clone(), &ctx).await,
                false if rows.is_empty() => {}
                false => read.run_resolvers(&self.object, rows.start, &ctx).await,
            }
        });
        join_all(asking).await;
    }

    fn write<'w>(
        &'w self,
        shown: &'w FieldRows,
        place: usize,
        writer: &mut RowWriter<'w>,
        json: &mut JsonText,
    ) -> Result<(), FieldError>
    where
        'a: 'w,
    {
        let (field, rows) = (self.field, self.of_results[place].clone());
        match (self.is_list, shown) {
            (true, _) if rows.is_empty() => json.written("[]"),
            (false, _) if rows.is_empty() => json.null(),
            (true, Ok(read)) => writer.within(PathStep::Field(field), |writer| {
                writer.rows(read, &self.object, rows, json)
            })?,
            (false, Ok(read)) => writer.nullable(json, |writer, json| {
                writer.within(PathStep::Field(field), |writer| {
                    writer.object(read, &self.object, rows.start, json)
                })
            }),
            (is_list, Err(error)) => {
                let fault = writer.fault(field, server_error(error.clone(), field));
                match is_list {
                    true => return Err(fault),
                    false => writer.nullable(json, |_, _| Err(fault)),
                }
            }
        }
        Ok(())
    }
}
