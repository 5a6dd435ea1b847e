//! Time ranges, divided into intervals of the tenant's calendar.

use std::iter;

use async_graphql::Enum;

use super::context::RequestContext;
use super::error::ApiError;
use super::scalar::DateTime;
use domain::Timestamp;
use domain::calendar::{Interval, intervals};

/// The length of an interval, in the tenant's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Interval")]
pub enum SeriesInterval {
    /// Local days, which have 23 or 25 hours when daylight saving time starts or ends.
    Day,
    /// Weeks, starting on Monday.
    Week,
    /// Calendar months.
    Month,
}

/// Maximum number of intervals in a series.
const MAX_INTERVALS: usize = 400;

/// The intervals that a time range is divided into, in the tenant's time zone.
#[derive(Clone, Debug)]
pub struct IntervalBounds {
    /// When the intervals start; empty: the whole range is one interval.
    pub starts: Vec<Timestamp>,
    /// The intervals clipped to the range: bounds N and N + 1 enclose interval N.
    pub bounds: Vec<Timestamp>,
}

impl IntervalBounds {
    pub async fn read(
        request: &RequestContext,
        interval: Option<SeriesInterval>,
        from: DateTime,
        to: DateTime,
    ) -> Result<Self, ApiError> {
        if from.0 >= to.0 {
            return Err(ApiError::bad_user_input("from must be before to"));
        }
        let starts = match interval {
            None => Vec::new(),
            Some(interval) => {
                let zone = request.tenant().await?.time_zone;
                intervals(zone, interval.into(), from.0, to.0, MAX_INTERVALS).ok_or_else(|| {
                    ApiError::bad_user_input(format!("the range has more than {MAX_INTERVALS} intervals"))
                })?
            }
        };
        // The range clips the first and the last interval.
        let inner = starts.iter().skip(1).copied();
        let bounds = iter::once(from.0).chain(inner).chain([to.0]).collect();
        Ok(Self { starts, bounds })
    }
}
