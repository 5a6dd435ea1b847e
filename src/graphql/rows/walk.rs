//! The fields of a selection set. Fields of documents are already merged: no response key occurs twice for a type.

use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::{ContextSelectionSet, Positioned};

/// Calls `each` with every field that is selected on an object of the type `name`, including those of fragments.
pub fn fields<'a>(
    ctx: &ContextSelectionSet<'a>,
    set: &'a SelectionSet,
    name: &str,
    each: &mut impl FnMut(&'a Positioned<Field>),
) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => each(field),
            Selection::InlineFragment(fragment) => {
                let on = fragment.node.type_condition.as_ref();
                if on.is_none_or(|on| is_of(ctx, &on.node.on.node, name)) {
                    fields(ctx, &fragment.node.selection_set.node, name, each);
                }
            }
            Selection::FragmentSpread(spread) => {
                let fragment = ctx.query_env.fragments.get(&spread.node.fragment_name.node);
                let fragment = fragment.filter(|fragment| is_of(ctx, &fragment.node.type_condition.node.on.node, name));
                if let Some(fragment) = fragment {
                    fields(ctx, &fragment.node.selection_set.node, name, each);
                }
            }
        }
    }
}

/// Whether objects of the type `name` are of the type `on`.
fn is_of(ctx: &ContextSelectionSet<'_>, on: &str, name: &str) -> bool {
    on == name
        || ctx
            .schema_env
            .registry
            .types
            .get(on)
            .is_some_and(|on| on.is_possible_type(name))
}
