//! Reads events ahead of a replay: while some are replayed, the database already looks up the next.

use std::collections::VecDeque;
use std::vec;

use tokio::task::JoinSet;
use tracing::Instrument;
use uuid::Uuid;

use crate::app::App;
use auth::Scope;
use domain::backtest::{Backtest, HistoryEvent};
use domain::id::PartnerId;
use store::StoreError;
use store::backtest::{EventRange, event_ranges, recorded};
use store::task::joined;

/// Maximum number of ranges that are read concurrently. More would leave other work too little of the database.
const AT_ONCE: usize = 2;
/// Maximum number of events in a range: enough to make the cost of a statement small next to that of its rows.
const EVENTS_PER_RANGE: u32 = 2_000;

/// The events of several partners, by partner and in the order of recording.
pub struct EventReadAhead {
    app: App,
    scope: Scope,
    backtest: Backtest,
    ranges: vec::IntoIter<EventRange>,
    /// Each task in a set of its own, so that results come in the order of the ranges; dropping this aborts the tasks.
    reading: VecDeque<JoinSet<Result<Vec<HistoryEvent>, StoreError>>>,
    read: vec::IntoIter<HistoryEvent>,
}

impl EventReadAhead {
    /// `partners` must be in the order of their ids.
    pub async fn new(app: &App, scope: Scope, backtest: &Backtest, partners: &[Uuid]) -> Result<Self, StoreError> {
        let ranges = event_ranges(app.store.reader(), &scope, partners, EVENTS_PER_RANGE).await?;
        Ok(Self {
            app: app.clone(),
            scope,
            backtest: backtest.clone(),
            ranges: ranges.into_iter(),
            reading: VecDeque::new(),
            read: Vec::new().into_iter(),
        })
    }

    /// The next events of this partner, as many as one range has; empty when there are none left. Partners must be
    /// requested in the order of their ids.
    pub async fn next_of(&mut self, partner: PartnerId) -> Result<Vec<HistoryEvent>, StoreError> {
        while self.read.as_slice().is_empty() {
            match self.next().await? {
                Some(read) => self.read = read.into_iter(),
                None => return Ok(Vec::new()),
            }
        }
        let is_own = |recorded: &HistoryEvent| {
            let attribution = recorded.event.attribution;
            attribution.is_some_and(|attribution| attribution.partner_id == partner)
        };
        let own = self.read.as_slice().partition_point(is_own);
        Ok(self.read.by_ref().take(own).collect())
    }

    async fn next(&mut self) -> Result<Option<Vec<HistoryEvent>>, StoreError> {
        self.read_ahead();
        let Some(mut first) = self.reading.pop_front() else {
            return Ok(None);
        };
        let read = first.join_next().await.expect("it is being read");
        // The next read starts before these events are replayed.
        self.read_ahead();
        joined(read).map(Some)
    }

    fn read_ahead(&mut self) {
        while self.reading.len() < AT_ONCE
            && let Some(range) = self.ranges.next()
        {
            let (app, scope, of) = (self.app.clone(), self.scope, self.backtest.clone());
            let reading = async move { recorded(app.store.reader(), &scope, &of, &range).await };
            let mut task = JoinSet::new();
            task.spawn(reading.in_current_span());
            self.reading.push_back(task);
        }
    }
}
