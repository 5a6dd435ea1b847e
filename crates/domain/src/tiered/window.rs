//! Which time window the counters of a conversion belong to.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime};
use chrono_tz::Tz;

use super::{Period, Tier};
use crate::Timestamp;
use crate::calendar::resolve;

/// The half-open time range [start, end).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    pub start: Timestamp,
    pub end: Timestamp,
}

impl Window {
    pub fn contains(&self, moment: Timestamp) -> bool {
        self.start <= moment && moment < self.end
    }
}

impl Tier {
    /// The window of the tier that contains `occurred_at`; `None` outside its dates. `zone` is the tenant's.
    pub fn window(&self, zone: Tz, occurred_at: Timestamp) -> Option<Window> {
        window(self.period, self.start_date, self.end_date, zone, occurred_at)
    }
}

/// The window of `period` that contains `occurred_at`, clipped to the days from `start_date` to `end_date`, both
/// inclusive.
pub fn window(
    period: Period,
    start_date: NaiveDate,
    end_date: NaiveDate,
    zone: Tz,
    occurred_at: Timestamp,
) -> Option<Window> {
    let mut day = occurred_at.with_timezone(&zone).date_naive();
    // If clocks go back over midnight, a day has already begun while the local calendar shows the previous day again.
    while occurred_at >= midnight(zone, day.succ_opt()?) {
        day = day.succ_opt()?;
    }
    if day < start_date || day > end_date {
        return None;
    }
    let (first, next) = match period {
        Period::Daily => (day, day.succ_opt()?),
        Period::Weekly => {
            let monday = day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday())))?;
            (monday, monday.checked_add_days(Days::new(7))?)
        }
        Period::Monthly => months(day, 1)?,
        Period::Quarterly => months(day, 3)?,
        Period::Global => (start_date, end_date.succ_opt()?),
    };
    let (first, next) = (first.max(start_date), next.min(end_date.succ_opt()?));
    Some(Window {
        start: midnight(zone, first),
        end: midnight(zone, next),
    })
}

/// The first day of the period of `length` months, counted from January, that contains `day`, and of the next period.
fn months(day: NaiveDate, length: u32) -> Option<(NaiveDate, NaiveDate)> {
    let first = NaiveDate::from_ymd_opt(day.year(), day.month0() / length * length + 1, 1)?;
    Some((first, first.checked_add_months(Months::new(length))?))
}

/// When a day begins: at its first 00:00, or after the gap if a clock change skips it.
pub(super) fn midnight(zone: Tz, day: NaiveDate) -> Timestamp {
    resolve(zone, day.and_time(NaiveTime::MIN))
}
