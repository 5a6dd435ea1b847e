//! What a row of the ledger was earned for.

use super::{Item, rest_minor};
use crate::terms::BasisKind;

/// What refunds take back from a row in proportion to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Measure {
    /// The refunded amount of what the row saw.
    #[default]
    Amount,
    /// The refunded units of the items that the row saw.
    Units,
    /// Nothing: the row is taken back once everything that it saw is refunded, and then as a whole.
    Whole,
}

/// The items, and perhaps the rest, that a row was earned for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// A bit for each item.
    items: u128,
    rest: bool,
    pub measure: Measure,
}

impl Default for Sight {
    /// The whole event, by its amount.
    fn default() -> Self {
        Self::everything(Measure::Amount)
    }
}

// How [`Sight::stored`] spells the parts that have no number.
const ALL: &str = "all";
const REST: &str = "rest";
const UNITS: &str = "units";

impl Sight {
    pub fn everything(measure: Measure) -> Self {
        Self {
            items: u128::MAX,
            rest: true,
            measure,
        }
    }

    /// Nothing of the items.
    pub fn without_items(rest: bool, measure: Measure) -> Self {
        Self {
            items: 0,
            rest,
            measure,
        }
    }

    /// That of a row with this basis that saw the whole event.
    pub fn of_basis(basis: Option<BasisKind>) -> Self {
        Self::everything(match basis {
            Some(BasisKind::Fixed) => Measure::Whole,
            Some(BasisKind::Percent | BasisKind::GroupRules) | None => Measure::Amount,
        })
    }

    /// Adds the item with this index.
    pub fn add(&mut self, index: usize) {
        self.items |= 1 << index;
    }

    /// Adds all items of another one.
    pub fn add_items_of(&mut self, other: Self) {
        self.items |= other.items;
    }

    pub fn sees(self, index: usize) -> bool {
        self.items & (1 << index) != 0
    }

    pub fn sees_rest(self) -> bool {
        self.rest
    }

    /// Whether it sees all of these items and the rest.
    pub fn is_everything_of(self, items: &[Item]) -> bool {
        self.rest && items.iter().all(|item| self.sees(item.index))
    }

    /// Those of the items that it sees.
    pub fn seen(self, items: &[Item]) -> impl Iterator<Item = &Item> {
        items.iter().filter(move |item| self.sees(item.index))
    }

    /// The amount of what it sees of an event with this amount, in minor units.
    pub fn amount_minor(self, items: &[Item], amount_minor: i64) -> i64 {
        let rest = if self.rest { rest_minor(items, amount_minor) } else { 0 };
        self.seen(items).map(|item| item.amount_minor).sum::<i64>() + rest
    }

    /// The number of units that it sees.
    pub fn units(self, items: &[Item]) -> i64 {
        self.seen(items).map(|item| item.quantity).sum()
    }

    /// The same as text: indices of items, `rest` and `units`; `None` where the basis of the row says it all.
    pub fn stored(self) -> Option<String> {
        let is_all = self.items == u128::MAX && self.rest;
        let mut words: Vec<String> = Vec::new();
        if is_all {
            words.push(ALL.to_owned());
        } else {
            words.extend(
                (0..super::MAX_ITEMS)
                    .filter(|index| self.sees(*index))
                    .map(|index| index.to_string()),
            );
            words.extend(self.rest.then(|| REST.to_owned()));
        }
        match self.measure {
            Measure::Units => words.push(UNITS.to_owned()),
            Measure::Amount | Measure::Whole if is_all => return None,
            Measure::Amount | Measure::Whole => {}
        }
        Some(words.join(" "))
    }

    /// Reads what [`Sight::stored`] wrote for a row of this basis; `None` if it did not.
    pub fn read(basis: Option<BasisKind>, stored: Option<&str>) -> Option<Self> {
        let whole = Self::of_basis(basis);
        let Some(text) = stored else { return Some(whole) };
        let mut sight = Self::without_items(false, whole.measure);
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            match word {
                ALL => (sight.items, sight.rest) = (u128::MAX, true),
                REST => sight.rest = true,
                UNITS => sight.measure = Measure::Units,
                index => sight.add(index.parse().ok().filter(|index| *index < super::MAX_ITEMS)?),
            }
        }
        Some(sight)
    }
}
