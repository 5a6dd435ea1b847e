//! How far the outbox was read.
//!
//! Ids are given out in order, and PostgreSQL's transactions commit in any: below the highest id that was read there are
//! gaps, which belong to transactions that have not ended, or that were undone. Each gap is read again with what is new
//! until nobody can fill it: it is noted with the first transaction number that was not given out at that time (the
//! snapshot's xmax). Whoever took an id of the gap had its number by then, since a change of the ledger writes other
//! rows before it appends. So as soon as all transactions below that number have ended (a later snapshot's xmin has
//! reached it), what the later snapshot does not show was undone.

/// Which transactions had ended when the outbox was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// All before it had ended.
    pub oldest: i64,
    /// It and all behind it had not begun to write.
    pub next: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Gap {
    first: i64,
    last: i64,
    /// Those who may fill it are before this transaction.
    before: i64,
}

/// Everything up to here was read, except for some gaps.
#[derive(Clone, Debug)]
pub struct Position {
    last: i64,
    /// In the order of ids.
    gaps: Vec<Gap>,
}

/// A statement asks for so many gaps one by one, and beyond that for all that lies between.
const MANY: usize = 50;

impl Position {
    /// Everything up to `last` was read, or is of no interest.
    pub fn behind(last: i64) -> Self {
        Self { last, gaps: Vec::new() }
    }

    /// The highest id that was read.
    pub fn last(&self) -> i64 {
        self.last
    }

    /// Where rows may turn up yet besides behind the last, as first and last ids.
    pub fn gaps(&self) -> Vec<(i64, i64)> {
        let pair = |gap: &Gap| (gap.first, gap.last);
        match (self.gaps.first(), self.gaps.last()) {
            (Some(first), Some(last)) if self.gaps.len() > MANY => vec![(first.first, last.last)],
            _ => self.gaps.iter().map(pair).collect(),
        }
    }

    /// Takes note of a row; false: it was read before.
    pub fn take(&mut self, id: i64, moment: Moment) -> bool {
        if id > self.last {
            if id > self.last + 1 {
                self.gaps.push(Gap {
                    first: self.last + 1,
                    last: id - 1,
                    before: moment.next,
                });
            }
            self.last = id;
            return true;
        }
        let index = self.gaps.partition_point(|gap| gap.last < id);
        let Some(gap) = self.gaps.get(index).copied().filter(|gap| gap.first <= id) else {
            return false;
        };
        let below = Gap { last: id - 1, ..gap };
        let above = Gap { first: id + 1, ..gap };
        let rest = [below, above].into_iter().filter(|gap| gap.first <= gap.last);
        self.gaps.splice(index..=index, rest);
        true
    }

    /// Closes the gaps that nobody can fill any more, once all that a reading of `moment` shows was taken.
    pub fn settle(&mut self, moment: Moment) {
        self.gaps.retain(|gap| gap.before > moment.oldest);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn moment(oldest: i64, next: i64) -> Moment {
        Moment { oldest, next }
    }

    /// A whole reading; says which rows are new.
    fn read(position: &mut Position, ids: &[i64], moment: Moment) -> Vec<i64> {
        let mut new = ids.to_vec();
        new.retain(|id| position.take(*id, moment));
        position.settle(moment);
        new
    }

    #[test]
    fn a_gap_waits_for_the_transactions_that_may_fill_it() {
        let mut position = Position::behind(10);
        // 11 was committed; 12 and 13 belong to transaction 100, which is still open; 14 was committed.
        assert_eq!(read(&mut position, &[11, 14], moment(100, 105)), [11, 14]);
        assert_eq!((position.last(), position.gaps()), (14, vec![(12, 13)]));
        // Something else ended meanwhile.
        assert_eq!(read(&mut position, &[], moment(100, 110)), [0; 0]);
        assert_eq!(read(&mut position, &[15], moment(100, 111)), [15]);
        assert_eq!(position.gaps(), [(12, 13)]);
        assert_eq!(read(&mut position, &[12, 13], moment(110, 112)), [12, 13]);
        assert_eq!((position.last(), position.gaps()), (15, vec![]));
    }

    #[test]
    fn what_was_undone_is_waited_for_no_longer_than_need_be() {
        let mut position = Position::behind(0);
        assert_eq!(read(&mut position, &[5], moment(100, 105)), [5]);
        assert_eq!(position.gaps(), [(1, 4)]);
        // 104 may have taken one of them.
        assert_eq!(read(&mut position, &[], moment(104, 200)), [0; 0]);
        assert_eq!(position.gaps(), [(1, 4)]);
        assert_eq!(read(&mut position, &[2], moment(105, 200)), [2]);
        assert_eq!(position.gaps(), []);
        assert_eq!(
            read(&mut position, &[2, 5], moment(105, 200)),
            [0; 0],
            "they were read before"
        );
    }

    #[test]
    fn one_writer_at_a_time_leaves_no_gaps() {
        let mut position = Position::behind(3);
        assert_eq!(read(&mut position, &[4, 5, 9], moment(0, 0)), [4, 5, 9]);
        assert_eq!((position.last(), position.gaps()), (9, vec![]));
    }

    #[test]
    fn a_row_in_the_middle_parts_its_gap() {
        let mut position = Position::behind(0);
        read(&mut position, &[10], moment(1, 50));
        read(&mut position, &[1, 5, 9], moment(1, 60));
        assert_eq!(position.gaps(), [(2, 4), (6, 8)]);
    }

    #[test]
    fn very_many_gaps_are_asked_for_as_one() {
        let mut position = Position::behind(0);
        let even: Vec<i64> = (1..=200).map(|number| 2 * number).collect();
        read(&mut position, &even, moment(1, 50));
        assert_eq!(position.gaps(), [(1, 399)]);
        assert_eq!(read(&mut position, &[2, 3, 4], moment(1, 50)), [3]);
    }

    proptest! {
        /// Transactions take ids one after the other, in any order, and end in any: some are undone. Whenever somebody
        /// looks, what was committed is heard, once.
        #[test]
        fn whatever_is_committed_is_heard_once(
            steps in proptest::collection::vec((0..4u8, any::<prop::sample::Index>()), 1..200)
        ) {
            let (mut next_id, mut next_number) = (1, 100);
            let mut open: Vec<(i64, Vec<i64>)> = Vec::new();
            let (mut committed, mut heard) = (Vec::new(), Vec::new());
            let mut position = Position::behind(0);
            for (step, index) in steps {
                match step {
                    0 => {
                        open.push((next_number, Vec::new()));
                        next_number += 1;
                    }
                    1 if !open.is_empty() => {
                        let writer = index.index(open.len());
                        open[writer].1.push(next_id);
                        next_id += 1;
                    }
                    2 if !open.is_empty() => {
                        let (number, ids) = open.swap_remove(index.index(open.len()));
                        // Every third is undone.
                        if number % 3 > 0 {
                            committed.extend(ids);
                        }
                    }
                    _ => {
                        let oldest = open.iter().map(|(number, _)| *number).min().unwrap_or(next_number);
                        let moment = moment(oldest, next_number);
                        let gaps = position.gaps();
                        let asked = |id: &i64| {
                            *id > position.last() || gaps.iter().any(|(first, last)| (*first..=*last).contains(id))
                        };
                        let mut shown: Vec<i64> = committed.iter().copied().filter(asked).collect();
                        shown.sort_unstable();
                        heard.extend(read(&mut position, &shown, moment));
                        let mut expected = committed.clone();
                        expected.sort_unstable();
                        let mut sorted = heard.clone();
                        sorted.sort_unstable();
                        prop_assert_eq!(sorted, expected);
                    }
                }
            }
        }
    }
}
