//! Fields of introspection.

use async_graphql::Positioned;
use async_graphql::parser::types::Field;

use super::DocumentWalk;
use super::totals::Totals;
use crate::http::guard::introspection;
use crate::http::guard::problem::DocumentProblem;

impl<'a> DocumentWalk<'a> {
    /// The totals of a field of introspection.
    pub(super) fn introspection(&mut self, field: &'a Positioned<Field>, parent: &'a str) -> Totals {
        let (node, name) = (&field.node, field.node.name.node.as_str());
        let below = self.checker.types.lengths.below(parent, name);
        let child = self.selection_set(&node.selection_set.node, below.as_ref().map(|below| below.parent));
        let is_root = matches!(name, "__schema" | "__type");
        let depth = child.depth.saturating_add(1);
        let mut totals = Totals {
            depth: if is_root { 0 } else { depth },
            ..self.above(node, &child)
        };
        if is_root {
            totals.introspection_depth = depth;
            if child.nested_types > introspection::MAX_NESTED_LISTS {
                let most = introspection::MAX_NESTED_LISTS;
                let message = format!("introspection lists are nested too deeply: at most {most} levels");
                self.refuse(DocumentProblem::too_complex(message).at(field.pos));
            }
        }
        totals.nested_types = child.nested_types.saturating_add(u64::from(introspection::nests(name)));
        totals.work = self.copies(&node.arguments);
        if let Some(below) = below {
            let described = match name {
                "types" => child.described_of_all,
                _ => child.work.described,
            };
            let each = described.saturating_add(1);
            let described = each.saturating_mul(below.most);
            totals.work = totals.work.and(child.work.times(below.most).described_as(described));
            totals.described_of_all = each.saturating_mul(below.average);
        }
        totals
    }
}
