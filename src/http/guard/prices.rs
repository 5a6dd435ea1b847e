//! The cost of work that the answer does not show. An object of the answer costs 1: about 20 µs of a processor, reading
//! and writing taken together. Callers rely on the prices; docs/operations.md lists them.

use domain::webhook::endpoint::MAX_ENDPOINTS;

/// The cost of a mutation besides its answer and its entries.
pub const MUTATION: u64 = 10;

/// JSON that callers store with an object may be as long as many objects.
pub const JSON: u64 = 4;

/// Counting a list reads its index: the rows of all that a caller sees, or of one object.
pub const COUNT_OF_ALL: u64 = 100;
const COUNT_UNDER_ONE: u64 = 5;

/// Summing a list reads its rows: for 300,000 that takes half a second of a processor on SQLite, so that a request may
/// have at most four such sums.
const SUM_OF_ALL: u64 = 1_200;
const SUM_UNDER_ONE: u64 = 20;

/// A report reads the rows and the events that they came from, and sorts them by groups: 0.7 s of a processor for
/// 300,000 on SQLite.
const REPORT: u64 = 1_800;

/// The cost of a field besides its answer, wherever it is selected: that of what it reads, however little it then
/// shows.
pub fn of_field(parent: &str, name: &str) -> u64 {
    match (parent, name) {
        ("Query", "commissionSeries" | "eventDecisionTotals") => SUM_OF_ALL,
        ("Query", "commissionReport") => REPORT,
        ("Query", "statement")
        | ("Statement", "movements")
        | ("Partner", "balancesAsOf" | "pastTierProgress")
        | ("PayoutRun", "totals")
        | ("Link", "performance")
        | ("Backtest", "event") => SUM_UNDER_ONE,
        _ => 0,
    }
}

/// The cost of counting the entries of a connection in a field of `parent`. The rows of a report are groups of
/// commissions.
pub fn of_count(parent: &str, connection: &str) -> u64 {
    match (parent, connection) {
        (_, "ReportRowConnection") => REPORT,
        ("Query", _) => COUNT_OF_ALL,
        _ => COUNT_UNDER_ONE,
    }
}

/// The cost of a connection's totals.
pub fn of_totals(parent: &str) -> u64 {
    match parent {
        "Query" => SUM_OF_ALL,
        _ => SUM_UNDER_ONE,
    }
}

/// The cost of a mutation that looks at as many rows as it finds, whatever its input: previewing a payout run reads
/// everything approved, approving by a filter looks at 10,000 commissions, redelivering webhooks changes as many
/// deliveries, and reassigning a customer moves 2,000 events. 0 for other mutations.
pub fn scan_cost(mutation: &str) -> u64 {
    match mutation {
        "previewPayoutRun" => SUM_OF_ALL,
        "approveMatchingCommissions" | "redeliverWebhook" => 1_000,
        "reassignCustomer" | "previewReassignCustomer" => 2_000,
        _ => 0,
    }
}

/// Assumed number of payouts to settle when a mutation names a run instead of payouts.
pub const ASSUMED_PAYOUTS_OF_RUN: u64 = 500;

/// Maximum number of entries in a mutation's answer besides those of its input. 0 for other mutations.
pub fn extra_entries(mutation: &str) -> u64 {
    match mutation {
        "approveMatchingCommissions" => 500,
        _ => 0,
    }
}

/// Assumed length of a list without pages, unless the values of arguments determine it.
pub const ASSUMED_LENGTH: u64 = 10;
/// Assumed length of lists of amounts by currency, of what one event or deal paid, and of tiers, goals and counters:
/// most have one entry.
const ASSUMED_SHORT_LENGTH: u64 = 2;
/// Assumed length of a series, whose points are numbers and names.
const ASSUMED_SERIES: u64 = 100;
/// The kinds of movements: a statement has a total for each kind that occurs.
const MOVEMENT_KINDS: u64 = 6;

/// Number of trials of one entry on another in a simulation that together cost as much as one object.
pub const TRIALS: u64 = 20;

/// Maximum number of times that a simulation may renew its deal.
pub const MAX_RENEWALS: u64 = 1_000;

/// Assumed length of the list in the field `name` of a `parent`.
pub fn assumed_length(parent: &str, name: &str) -> u64 {
    match name {
        "userErrors" => 1,
        "balances" | "balancesAsOf" | "lifetimeValue" | "minimumPayouts" => ASSUMED_SHORT_LENGTH,
        "totals" if parent == "Statement" => MOVEMENT_KINDS,
        "commissions" if parent.ends_with("Payload") => ASSUMED_SHORT_LENGTH,
        "tiers" | "goals" | "counters" if ["TermsInForce", "TierOffer"].contains(&parent) => ASSUMED_SHORT_LENGTH,
        "commissionSeries" => ASSUMED_SERIES,
        "performance" => ASSUMED_SERIES,
        "earned" => ASSUMED_SHORT_LENGTH,
        "webhookEndpoints" => MAX_ENDPOINTS,
        _ => ASSUMED_LENGTH,
    }
}
