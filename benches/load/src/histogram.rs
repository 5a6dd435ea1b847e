//! Latencies in buckets of at most 3 % width: of constant size, however many there are.

use std::time::Duration;

/// Number of buckets per power of two.
const PARTS: u64 = 32;
const PART_BITS: u32 = PARTS.trailing_zeros();

#[derive(Clone)]
pub struct Histogram {
    counts: Vec<u64>,
    total: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            counts: vec![0; (64 * PARTS) as usize],
            total: 0,
        }
    }
}

impl Histogram {
    pub fn add(&mut self, latency: Duration) {
        let nanos = u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX);
        self.counts[bucket(nanos)] += 1;
        self.total += 1;
    }

    pub fn merge(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.total += other.total;
    }

    pub fn total(&self) -> u64 {
        self.total
    }

    /// The latency that this many per mille do not exceed; zero if there are none.
    pub fn per_mille(&self, share: u64) -> Duration {
        let rank = (self.total * share).div_ceil(1000).max(1);
        let mut seen = 0;
        for (index, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= rank {
                return Duration::from_nanos(upper_bound(index));
            }
        }
        Duration::ZERO
    }
}

fn bucket(nanos: u64) -> usize {
    let nanos = nanos.max(PARTS);
    let exponent = nanos.ilog2() - PART_BITS;
    (u64::from(exponent) * PARTS + ((nanos >> exponent) - PARTS)) as usize
}

fn upper_bound(index: usize) -> u64 {
    let (exponent, part) = (index as u64 / PARTS, index as u64 % PARTS);
    ((PARTS + part + 1) << exponent) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_found_within_three_percent() {
        let mut histogram = Histogram::default();
        for micros in 1..=10_000 {
            histogram.add(Duration::from_micros(micros));
        }
        for (share, exact) in [(500, 5_000.0), (990, 9_900.0), (1000, 10_000.0)] {
            let found = histogram.per_mille(share).as_secs_f64() * 1e6;
            assert!(found >= exact && found < exact * 1.04, "{share}: {found}");
        }
    }

    #[test]
    fn the_extremes_have_buckets() {
        let mut histogram = Histogram::default();
        histogram.add(Duration::ZERO);
        histogram.add(Duration::from_secs(3_600));
        assert!(histogram.per_mille(500) < Duration::from_micros(1));
        assert!(histogram.per_mille(1000) >= Duration::from_secs(3_600));
        assert_eq!(Histogram::default().per_mille(500), Duration::ZERO);
    }
}
