//! What selections add up to.

use crate::http::guard::introspection;
use crate::http::guard::work::WorkEstimate;

/// What a set of selections adds up to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Totals {
    pub selections: u64,
    pub aliases: u64,
    pub directives: u64,
    pub depth: u64,
    /// The depth below `__schema` and `__type`; 0 without them.
    pub introspection_depth: u64,
    /// How many lists that lead from types of the schema to others stand in each other.
    pub nested_types: u64,
    /// Fields of the set itself.
    pub fields: u64,
    /// What the set takes with all that is below it.
    pub work: WorkEstimate,
    /// Of a page's fields what every entry of the page takes; of others what the lists among them take for one entry.
    pub of_entry: WorkEstimate,
    /// Objects that tell of the schema, if the set is that of all types: each has lists of average length.
    pub described_of_all: u64,
    /// Counts and sums among the set's own fields, if it is that of a page.
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

    /// The price of it all.
    pub fn cost(&self) -> u64 {
        let described = self.work.described.div_ceil(introspection::OBJECTS_PER_COST);
        self.work.cost.saturating_add(described)
    }
}
