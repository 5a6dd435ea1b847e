//! The fields of a selection set, as the specification collects them (6.3.2): fragments in place, equal keys merged.

use std::collections::HashMap;

use async_graphql::parser::types::{Field, FragmentDefinition, Selection, SelectionSet};
use async_graphql::{Name, Positioned};

/// The fragments of a document.
#[derive(Clone, Copy)]
pub struct Fragments<'a>(pub &'a HashMap<Name, Positioned<FragmentDefinition>>);

/// A field with all that is selected below it.
pub struct Selected<'a> {
    /// Its name in the answer.
    pub key: &'a str,
    pub field: &'a Field,
    pub below: Vec<&'a SelectionSet>,
}

impl<'a> Selected<'a> {
    pub fn name(&self) -> &'a str {
        self.field.name.node.as_str()
    }
}

/// The interface that objects with an id have.
const INTERFACE: &str = "Node";

impl<'a> Fragments<'a> {
    /// The fields of a `type_name`. `None`: what they are depends on more than the document.
    pub fn fields(self, sets: &[&'a SelectionSet], type_name: &str) -> Option<Vec<Selected<'a>>> {
        let mut fields = Vec::new();
        for set in sets {
            self.collect(set, type_name, &mut fields)?;
        }
        Some(fields)
    }

    fn collect(self, set: &'a SelectionSet, type_name: &str, fields: &mut Vec<Selected<'a>>) -> Option<()> {
        for selection in &set.items {
            if !selection.node.directives().is_empty() {
                return None;
            }
            match &selection.node {
                Selection::Field(field) => add(&field.node, fields),
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref();
                    is_of(on.map(|on| on.node.on.node.as_str()), type_name)?;
                    self.collect(&fragment.node.selection_set.node, type_name, fields)?;
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = &self.0.get(&spread.node.fragment_name.node)?.node;
                    if !fragment.directives.is_empty() {
                        return None;
                    }
                    is_of(Some(fragment.type_condition.node.on.node.as_str()), type_name)?;
                    self.collect(&fragment.selection_set.node, type_name, fields)?;
                }
            }
        }
        Some(())
    }
}

fn is_of(condition: Option<&str>, type_name: &str) -> Option<()> {
    condition
        .is_none_or(|on| on == type_name || on == INTERFACE)
        .then_some(())
}

fn add<'a>(field: &'a Field, fields: &mut Vec<Selected<'a>>) {
    let key = field.response_key().node.as_str();
    let below = &field.selection_set.node;
    match fields.iter_mut().find(|known| known.key == key) {
        // Validation has seen to it that both are the same field with the same arguments.
        Some(known) => known.below.push(below),
        None => fields.push(Selected {
            key,
            field,
            below: vec![below],
        }),
    }
}
