//! The single walk over a parsed document before its execution: how large it is once every fragment is expanded, what
//! it costs, and whether its arguments fit. The totals of a fragment are cached, so that fragments that spread each
//! other repeatedly take no longer than their text; sums saturate.

mod arguments;
mod field;
mod introspection;
mod totals;

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, Positioned};

use super::coerce::Checker;
use super::problem::DocumentProblem;
use crate::http::codes;
pub use totals::Totals;

/// Maximum length of a chain of fragments, each spread in the one before.
const MAX_CHAIN: usize = 100;

enum Fragment {
    /// Its walk has begun and not ended: reaching it again is a cycle.
    Entered,
    Known(Totals),
}

pub struct DocumentWalk<'a> {
    document: &'a ExecutableDocument,
    pub checker: Checker<'a>,
    /// Off for operations that will not run: their variables have no values.
    checks_values: bool,
    fragments: HashMap<&'a str, Fragment>,
    /// The sizes of the variables encountered so far.
    sizes: HashMap<&'a str, u64>,
    chain: usize,
}

impl<'a> DocumentWalk<'a> {
    pub fn new(document: &'a ExecutableDocument, checker: Checker<'a>, checks_values: bool) -> Self {
        Self {
            document,
            checker,
            checks_values,
            fragments: HashMap::new(),
            sizes: HashMap::new(),
            chain: 0,
        }
    }

    /// `parent` is the type whose fields are selected; `None` for types of introspection and for unknown ones.
    pub fn selection_set(&mut self, set: &'a SelectionSet, parent: Option<&'a str>) -> Totals {
        let mut totals = Totals::default();
        for selection in &set.items {
            let directives = selection.node.directives();
            self.directives(directives);
            totals.directives = totals.directives.saturating_add(directives.len() as u64);
            for directive in directives {
                totals.work = totals.work.and(self.copies(&directive.node.arguments));
            }
            totals.selections = totals.selections.saturating_add(1);
            totals.add(match &selection.node {
                Selection::Field(field) => self.field(field, parent),
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let on = condition.map(|condition| condition.node.on.node.as_str());
                    self.selection_set(&fragment.node.selection_set.node, on.or(parent))
                }
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name),
            });
        }
        totals
    }

    pub fn fragment(&mut self, name: &'a Positioned<Name>) -> Totals {
        let key = name.node.as_str();
        match self.fragments.get(key) {
            Some(Fragment::Known(totals)) => return *totals,
            Some(Fragment::Entered) => {
                let message = format!("cannot spread fragment {key} within itself");
                self.refuse(DocumentProblem::new(codes::GRAPHQL_VALIDATION_FAILED, message).at(name.pos));
                return Totals::default();
            }
            None => {}
        }
        // Validation reports unknown fragments.
        let Some(fragment) = self.document.fragments.get(key) else {
            return Totals::default();
        };
        if self.chain >= MAX_CHAIN {
            let message = format!("fragment spreads are nested too deeply: at most {MAX_CHAIN} levels");
            self.refuse(DocumentProblem::too_complex(message).at(name.pos));
            return Totals::default();
        }
        self.fragments.insert(key, Fragment::Entered);
        self.chain += 1;
        let on = fragment.node.type_condition.node.on.node.as_str();
        let mut totals = self.selection_set(&fragment.node.selection_set.node, Some(on));
        self.directives(&fragment.node.directives);
        totals.directives = totals.directives.saturating_add(fragment.node.directives.len() as u64);
        self.chain -= 1;
        self.fragments.insert(key, Fragment::Known(totals));
        totals
    }

    fn refuse(&mut self, problem: DocumentProblem) {
        self.checker.problems.push(problem);
    }
}
