//! Totals of selections.

use crate::http::guard::introspection;
use crate::http::guard::work::WorkEstimate;

/// The totals of a selection set.
#[derive(Clone, Copy, Debug, Default)]
pub struct Totals {
    pub selections: u64,
    pub aliases: u64,
    pub directives: u64,
    pub depth: u64,
    /// The depth below `__schema` and `__type`; 0 without them.
    pub introspection_depth: u64,
    /// How many lists that lead from types of the schema to other types are nested in each other.
    pub nested_types: u64,
    /// Fields of the set itself.
    pub fields: u64,
    /// The work of the set with everything below it.
    pub work: WorkEstimate,
    /// For a page's fields, the work per entry of the page; for other fields, the work per entry of the lists among
    /// them.
    pub of_entry: WorkEstimate,
    /// Objects that describe the schema if the set is selected of all types: each has lists of average length.
    pub described_of_all: u64,
    /// Number of counts and sums among the set's own fields, if it is a page's.
    pub counts: u64,
    pub sums: u64,
}

impl Totals {
    pub(super) fn add(&mut self, other: Self) {
        self.selections = self.selections.saturating_add(other.selections);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.saturating_add(other.directives);
        self.depth = self.depth.max(other.depth);
        self.introspection_depth = self.introspection_depth.max(other.introspection_depth);
        self.nested_types = self.nested_types.max(other.nested_types);
        self.fields = self.fields.saturating_add(other.fields);
        self.work = self.work.and(other.work);
        self.of_entry = self.of_entry.and(other.of_entry);
        self.described_of_all = self.described_of_all.saturating_add(other.described_of_all);
        self.counts = self.counts.saturating_add(other.counts);
        self.sums = self.sums.saturating_add(other.sums);
    }

    /// The total price.
    pub fn cost(&self) -> u64 {
        let described = self.work.described.div_ceil(introspection::OBJECTS_PER_COST);
        self.work.cost.saturating_add(described)
    }
}
