//! Checks the order of recording: numbers, and times that follow them.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::finding_log::FindingLog;
use domain::Timestamp;
use domain::id::PartnerId;
use store::verify::HistoryStep;

/// The steps of each partner, 16 bytes each, which are sorted partner by partner.
#[derive(Default)]
pub struct Histories(BTreeMap<Uuid, Vec<(i64, i64)>>);

impl Histories {
    pub fn add(&mut self, partner: Uuid, sequence: i64, at: Timestamp) {
        let steps = self.0.entry(partner).or_default();
        steps.push((sequence, at.timestamp_micros()));
    }

    /// Checks that times do not go back along the numbers, and that the partner's row is not behind its last step.
    pub fn check(self, marks: &HashMap<Uuid, HistoryStep>, found: &mut FindingLog) {
        for (partner, mut steps) in self.0 {
            steps.sort_unstable();
            let id = [PartnerId::from_uuid(partner)];
            let back = steps.windows(2).filter(|pair| pair[1].1 < pair[0].1).count();
            if back > 0 {
                let what = format!("the times in the partner's history decrease {back} times");
                found.say("the times in the partner's history decrease", what, id);
            }
            let (last, latest) = (steps.last(), steps.iter().map(|(_, at)| *at).max());
            let is_behind = marks.get(&partner).is_none_or(|mark| {
                last.is_some_and(|(sequence, _)| mark.sequence() < *sequence)
                    || mark.at().map(|at| at.timestamp_micros()) < latest
            });
            if is_behind {
                let what = "the partner has history numbers above its counter: a number would be used twice";
                found.add(what, id);
            }
        }
    }
}
