//! Resume positions. They decide which events come first, not what an event contains, so listeners that resumed at
//! different positions share results as soon as they receive the same changes.

use async_graphql::parser::types::{Directive, ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, Positioned};
use async_graphql_value::Value;

/// The argument of root fields that is the position.
const PLACE: &str = "after";

/// The variable that is the position in a subscription's only operation, whose fields are already merged; `None`: there
/// is none, or it is used for something else as well.
pub fn variable(document: &ExecutableDocument) -> Option<&Name> {
    let (_, operation) = document.operations.iter().next()?;
    let set = &operation.node.selection_set.node;
    let named = set.items.iter().find_map(|item| match &item.node {
        Selection::Field(field) => match &field.node.get_argument(PLACE)?.node {
            Value::Variable(name) => Some(name),
            _ => None,
        },
        _ => None,
    });
    named.filter(|name| in_set(set, name) == 1)
}

/// How often a selection set uses a variable.
fn in_set(set: &SelectionSet, name: &Name) -> usize {
    let uses = set.items.iter().map(|item| match &item.node {
        Selection::Field(field) => {
            let field = &field.node;
            in_arguments(&field.arguments, name)
                + in_directives(&field.directives, name)
                + in_set(&field.selection_set.node, name)
        }
        Selection::InlineFragment(fragment) => {
            let fragment = &fragment.node;
            in_directives(&fragment.directives, name) + in_set(&fragment.selection_set.node, name)
        }
        Selection::FragmentSpread(spread) => in_directives(&spread.node.directives, name),
    });
    uses.sum()
}

fn in_directives(directives: &[Positioned<Directive>], name: &Name) -> usize {
    let uses = directives.iter();
    uses.map(|directive| in_arguments(&directive.node.arguments, name))
        .sum()
}

fn in_arguments(arguments: &[(Positioned<Name>, Positioned<Value>)], name: &Name) -> usize {
    arguments.iter().map(|(_, value)| in_value(&value.node, name)).sum()
}

fn in_value(value: &Value, name: &Name) -> usize {
    match value {
        Value::Variable(used) => usize::from(used == name),
        Value::List(items) => items.iter().map(|item| in_value(item, name)).sum(),
        Value::Object(fields) => fields.values().map(|field| in_value(field, name)).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    #[test]
    fn the_place_is_a_variable_that_is_nothing_else() {
        for (text, expected) in [
            ("subscription($a: String) { changed(after: $a) { id } }", Some("a")),
            (
                "subscription($a: String, $b: ID) { x: changed(id: $b, after: $a) { rows(first: 1) { id } } }",
                Some("a"),
            ),
            ("subscription { changed(after: \"x\") { id } }", None),
            ("subscription { changed { id } }", None),
            ("subscription($a: String) { changed { rows(after: $a) { id } } }", None),
            (
                "subscription($a: String) { changed(after: $a) { rows(after: $a) { id } } }",
                None,
            ),
            (
                "subscription($a: String) { changed(after: $a) { rows(in: [{ b: $a }]) { id } } }",
                None,
            ),
            (
                "subscription($a: String) { changed(after: $a) { ... on Row @x(y: $a) { id } } }",
                None,
            ),
        ] {
            let document = parse_query(text).unwrap();
            assert_eq!(variable(&document).map(Name::as_str), expected, "{text}");
        }
    }
}
