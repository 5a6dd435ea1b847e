//! The work of executing a selection. All of it multiplies with the length of the list that contains the selection.

/// Sums saturate: the largest number stands for anything beyond it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorkEstimate {
    /// Objects of the answer, mutations, and the counting and summing for it.
    pub cost: u64,
    /// The part of `cost` for counting and summing, which is done however little the answer then has.
    pub counting: u64,
    /// Size of the arguments' values: the library copies them for each field that it executes.
    pub bytes: u64,
    /// Objects that describe the schema itself.
    pub described: u64,
}

impl WorkEstimate {
    /// One object of the answer.
    pub const OBJECT: Self = Self::of(1);

    pub const fn of(cost: u64) -> Self {
        Self {
            cost,
            counting: 0,
            bytes: 0,
            described: 0,
        }
    }

    /// Counting or summing at this price.
    pub const fn counting(price: u64) -> Self {
        Self {
            counting: price,
            ..Self::of(price)
        }
    }

    /// Copying this many bytes.
    pub fn bytes(bytes: u64) -> Self {
        Self {
            bytes,
            ..Self::default()
        }
    }

    /// This work followed by another's.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            cost: self.cost.saturating_add(other.cost),
            counting: self.counting.saturating_add(other.counting),
            bytes: self.bytes.saturating_add(other.bytes),
            described: self.described.saturating_add(other.described),
        }
    }

    /// This work for each entry of a list.
    #[must_use]
    pub fn times(self, entries: u64) -> Self {
        Self {
            cost: self.cost.saturating_mul(entries),
            counting: self.counting.saturating_mul(entries),
            bytes: self.bytes.saturating_mul(entries),
            described: self.described.saturating_mul(entries),
        }
    }

    /// The same work with this many objects that describe the schema.
    #[must_use]
    pub fn described_as(self, described: u64) -> Self {
        Self { described, ..self }
    }
}
