//! Limits on how many of something may exist at once, for each holder.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

type Taken = Arc<Mutex<HashMap<String, usize>>>;

#[derive(Default)]
pub struct ConcurrencyLimits(Taken);

/// A place, released when dropped.
pub struct ConcurrencyPermit {
    taken: Taken,
    holders: Vec<String>,
    /// How many places its first holder had, with this one.
    number: usize,
}

impl ConcurrencyPermit {
    /// Whether its first holder had no other place when it was taken.
    pub fn is_first(&self) -> bool {
        self.number == 1
    }
}

impl ConcurrencyLimits {
    /// Takes a place that counts for every holder. Each comes with its maximum; the error is the index of one that has
    /// reached it.
    pub fn take<const N: usize>(&self, holders: [(String, usize); N]) -> Result<ConcurrencyPermit, usize> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = |(holder, most): &(String, usize)| taken.get(holder).is_some_and(|count| count >= most);
        if let Some(full) = holders.iter().position(is_full) {
            return Err(full);
        }
        let holders = holders.map(|(holder, _)| holder);
        for holder in &holders {
            *taken.entry(holder.clone()).or_default() += 1;
        }
        let number = holders.first().map_or(0, |holder| taken[holder]);
        drop(taken);
        Ok(ConcurrencyPermit {
            taken: self.0.clone(),
            holders: holders.into(),
            number,
        })
    }
}

impl Drop for ConcurrencyPermit {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        for holder in &self.holders {
            if let Some(count) = taken.get_mut(holder) {
                *count -= 1;
                if *count == 0 {
                    taken.remove(holder);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_is_free_again_when_nobody_has_it() {
        let seats = ConcurrencyLimits::default();
        let of = |subject: &str| [(format!("t/{subject}"), 1), ("t".to_owned(), 2)];
        let ann = seats.take(of("ann")).ok();
        assert!(ann.as_ref().is_some_and(ConcurrencyPermit::is_first));
        assert_eq!(seats.take(of("ann")).err(), Some(0));
        let _bob = seats.take(of("bob")).ok();
        assert_eq!(seats.take(of("eve")).err(), Some(1));
        drop(ann);
        assert!(seats.take(of("eve")).is_ok());
        drop(_bob);
        assert!(seats.0.lock().unwrap().is_empty());
    }
}
