//! Loaders that call one function of the store, by ids of their objects or of what these belong to.

use std::sync::Arc;

use uuid::Uuid;

use super::{Fetch, Fetched, shared};
use auth::Scope;
use domain::commission::Payout;
use domain::deal::CustomField;
use domain::decision::Decision;
use domain::event::Event;
use domain::explain::Step;
use domain::payout_run::RunTotal;
use domain::snapshot::CommissionSnapshot;
use store::backtest::{self, BacktestSum};
use store::{Store, commission, custom_field, event, event_decision, payout, payout_run, snapshot};

/// Declares loaders that call the store's function, and share each value.
macro_rules! by_key {
    ($($(#[$meta:meta])* $name:ident: $value:ty = $read:path;)+) => {
        $(
            $(#[$meta])*
            pub struct $name;

            impl Fetch for $name {
                type Key = Uuid;
                type Value = Arc<$value>;

                async fn fetch(store: &Store, scope: &Scope, keys: &[Self::Key]) -> Fetched<Self> {
                    Ok(shared($read(store.reader(), scope, keys).await?))
                }
            }
        )+
    };
}

// Objects by their ids.
by_key! {
    /// For partners only events that are credited to them now.
    CreditedEvent: Event = event::by_ids;
    /// With their options.
    CustomFieldById: CustomField = custom_field::by_ids;
}

// What belongs to objects, by the ids of these.
by_key! {
    /// All snapshots of partners, newest first.
    SnapshotsOfPartner: Vec<CommissionSnapshot> = snapshot::of_partners;
    /// Why events earned what they earned.
    DecisionOfEvent: Decision = event_decision::of_events;
    /// The explanations of how the amounts of commissions were computed.
    ExplanationOfCommission: Vec<Step> = commission::explanations_of;
    /// The totals of the lines of payout runs.
    PayoutRunTotals: Vec<RunTotal> = payout_run::totals_of;
    /// The pending payouts of runs, in the order of their ids.
    PendingOfRun: Vec<Payout> = payout::pending_of_runs;
    /// The overall totals of backtests.
    BacktestTotals: Vec<BacktestSum> = backtest::totals_of;
    /// The monthly totals of backtests.
    BacktestMonths: Vec<BacktestSum> = backtest::months_of;
}
