//! Dividing an amount by weights, so that the parts sum to it exactly.

/// Divides an amount in proportion to the weights, by largest remainder: each part is rounded down, and the units that
/// are left go one each to the parts with the greatest remainders, ties to the first. Neither the amount nor a weight
/// is negative. If all weights are 0, so are the parts.
pub fn divide(amount_minor: i64, weights: &[i64]) -> Vec<i64> {
    let total: i128 = weights.iter().copied().map(i128::from).sum();
    if total == 0 {
        return vec![0; weights.len()];
    }
    let shares = weights
        .iter()
        .map(|weight| i128::from(amount_minor) * i128::from(*weight));
    let shares: Vec<_> = shares.map(|product| (product / total, product % total)).collect();
    let given: i128 = shares.iter().map(|(part, _)| part).sum();
    let left = usize::try_from(i128::from(amount_minor) - given).expect("less than one unit for each part");
    let mut by_remainder: Vec<usize> = (0..shares.len()).collect();
    by_remainder.sort_by_key(|index| std::cmp::Reverse(shares[*index].1));
    let mut parts: Vec<i64> = shares
        .iter()
        .map(|(part, _)| i64::try_from(*part).expect("at most the amount"))
        .collect();
    for index in by_remainder.into_iter().take(left) {
        parts[index] += 1;
    }
    parts
}
