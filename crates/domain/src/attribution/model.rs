//! What each of several touches weighs, and how an amount is divided by such weights.

use super::settings::{AttributionModel, PositionShares};
use crate::event::Weight;

/// The weights of touches, in the order of time: exact parts of a common denominator, which sum to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TouchWeights {
    pub numerators: Vec<i64>,
    pub denominator: i64,
}

impl TouchWeights {
    /// The weights of this many touches, of which there is at least one.
    pub fn of(model: AttributionModel, position: Option<PositionShares>, count: usize) -> Self {
        let last = count.saturating_sub(1);
        let only = |place: usize| Self {
            numerators: (0..count).map(|index| i64::from(index == place)).collect(),
            denominator: 1,
        };
        match model {
            AttributionModel::Last => only(last),
            AttributionModel::First => only(0),
            AttributionModel::Linear => Self {
                numerators: vec![1; count],
                denominator: as_number(count),
            },
            AttributionModel::Position if count == 1 => only(0),
            AttributionModel::Position => {
                // Settings that are stored always have them.
                let shares = position.unwrap_or(PositionShares { first: 0, last: 100 });
                let (first, latest) = (i64::from(shares.first), i64::from(shares.last));
                let rest = 100 - first - latest;
                match count {
                    2 => Self {
                        numerators: vec![2 * first + rest, 2 * latest + rest],
                        denominator: 200,
                    },
                    _ => {
                        let between = as_number(count - 2);
                        let weight = |index| match index {
                            0 => first * between,
                            _ if index == last => latest * between,
                            _ => rest,
                        };
                        Self {
                            numerators: (0..count).map(weight).collect(),
                            denominator: 100 * between,
                        }
                    }
                }
            }
        }
    }
}

fn as_number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A part of a common denominator in lowest terms.
pub(super) fn reduced(numerator: i64, denominator: i64) -> Weight {
    let divisor = common_divisor(numerator, denominator).max(1);
    Weight {
        numerator: numerator / divisor,
        denominator: denominator / divisor,
    }
}

fn common_divisor(one: i64, other: i64) -> i64 {
    match other {
        0 => one,
        _ => common_divisor(other, one % other),
    }
}

/// Divides an amount that is not negative by weights that sum to the whole, which are in the order of time: each share is
/// rounded down, and the units that are left go one each to the greatest remainders, ties to the later touch.
pub fn shares(amount_minor: i64, numerators: &[i64], denominator: i64) -> Vec<i64> {
    let (whole, denominator) = (i128::from(amount_minor), i128::from(denominator));
    let products: Vec<i128> = numerators.iter().map(|part| whole * i128::from(*part)).collect();
    // Each is at most the amount.
    let floor = |product: &i128| i64::try_from(product / denominator).unwrap_or(amount_minor);
    let mut shares: Vec<i64> = products.iter().map(floor).collect();
    let left = amount_minor - shares.iter().sum::<i64>();
    let mut by_remainder: Vec<usize> = (0..shares.len()).collect();
    by_remainder.sort_by_key(|index| std::cmp::Reverse((products[*index] % denominator, *index)));
    for index in by_remainder.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        shares[index] += 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn weights(model: AttributionModel, position: Option<(u32, u32)>, count: usize) -> (Vec<i64>, i64) {
        let position = position.map(|(first, last)| PositionShares { first, last });
        let weights = TouchWeights::of(model, position, count);
        (weights.numerators, weights.denominator)
    }

    #[test]
    fn each_model_weighs_touches_by_their_places() {
        use AttributionModel::{First, Last, Linear, Position};
        for (model, position, count, expected) in [
            (Last, None, 3, (vec![0, 0, 1], 1)),
            (First, None, 3, (vec![1, 0, 0], 1)),
            (Linear, None, 3, (vec![1, 1, 1], 3)),
            (Position, Some((40, 40)), 4, (vec![80, 20, 20, 80], 200)),
            // None is between: half of the rest each.
            (Position, Some((30, 50)), 2, (vec![80, 120], 200)),
            (Position, Some((40, 40)), 1, (vec![1], 1)),
            (Position, Some((0, 0)), 3, (vec![0, 100, 0], 100)),
        ] {
            assert_eq!(weights(model, position, count), expected, "{model:?} {position:?}");
        }
    }

    #[test]
    fn what_is_left_goes_to_the_greatest_remainders_and_ties_to_the_later_touch() {
        for (amount, numerators, denominator, expected) in [
            (10_000, vec![1, 1, 1], 3, vec![3_333, 3_333, 3_334]),
            (9_999, vec![80, 20, 20, 80], 200, vec![3_999, 1_000, 1_000, 4_000]),
            (1, vec![1, 1], 2, vec![0, 1]),
            (0, vec![1, 1], 2, vec![0, 0]),
            (5, vec![0, 1], 1, vec![0, 5]),
        ] {
            assert_eq!(shares(amount, &numerators, denominator), expected, "{amount}");
        }
    }

    #[test]
    fn fractions_are_in_lowest_terms() {
        for ((numerator, denominator), expected) in [((80, 200), (2, 5)), ((1, 1), (1, 1)), ((0, 7), (0, 1))] {
            let weight = reduced(numerator, denominator);
            assert_eq!((weight.numerator, weight.denominator), expected);
        }
    }

    proptest! {
        #[test]
        fn weights_and_shares_sum_to_the_whole_under_every_model(
            model in prop::sample::select(AttributionModel::ALL),
            first in 0_u32..=100,
            of_rest in 0_u32..=100,
            count in 1_usize..=100,
            amount in 0_i64..=1_000_000_000_000_000,
        ) {
            let position = PositionShares { first, last: (100 - first) * of_rest / 100 };
            let weights = TouchWeights::of(model, Some(position), count);
            prop_assert_eq!(weights.numerators.len(), count);
            prop_assert!(weights.numerators.iter().all(|part| *part >= 0));
            prop_assert_eq!(weights.numerators.iter().sum::<i64>(), weights.denominator);
            let shares = shares(amount, &weights.numerators, weights.denominator);
            prop_assert_eq!(shares.iter().sum::<i64>(), amount);
            for (share, part) in shares.iter().zip(&weights.numerators) {
                let exact = i128::from(amount) * i128::from(*part);
                let off = i128::from(*share) * i128::from(weights.denominator) - exact;
                prop_assert!(off.abs() < i128::from(weights.denominator));
            }
        }
    }
}
