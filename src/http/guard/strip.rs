//! Arguments and input fields whose variable has no value are absent, not null.

use std::collections::HashSet;

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, Selection, SelectionSet};
use async_graphql_value::Value;

/// Removes every use of the `absent` variables from the document.
pub fn strip(document: &mut ExecutableDocument, absent: &HashSet<String>) {
    match &mut document.operations {
        DocumentOperations::Single(operation) => from_set(&mut operation.node.selection_set.node, absent),
        DocumentOperations::Multiple(operations) => {
            for operation in operations.values_mut() {
                from_set(&mut operation.node.selection_set.node, absent);
            }
        }
    }
    for fragment in document.fragments.values_mut() {
        from_set(&mut fragment.node.selection_set.node, absent);
    }
}

fn from_set(set: &mut SelectionSet, absent: &HashSet<String>) {
    for selection in &mut set.items {
        match &mut selection.node {
            Selection::Field(field) => {
                field
                    .node
                    .arguments
                    .retain(|(_, value)| !is_absent(&value.node, absent));
                for (_, value) in &mut field.node.arguments {
                    from_value(&mut value.node, absent);
                }
                from_set(&mut field.node.selection_set.node, absent);
            }
            Selection::InlineFragment(fragment) => from_set(&mut fragment.node.selection_set.node, absent),
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn from_value(value: &mut Value, absent: &HashSet<String>) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, value| !is_absent(value, absent));
            fields.values_mut().for_each(|value| from_value(value, absent));
        }
        // In a list the value becomes null, so that the other entries keep their places.
        Value::List(items) => items.iter_mut().for_each(|value| from_value(value, absent)),
        _ => {}
    }
}

fn is_absent(value: &Value, absent: &HashSet<String>) -> bool {
    matches!(value, Value::Variable(name) if absent.contains(name.as_str()))
}
