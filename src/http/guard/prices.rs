//! What things cost where the answer does not show it. An object of the answer costs 1: about 20 µs of a processor,
//! reading and writing taken together. Prices are part of what callers rely on; docs/operations.md lists them.

/// What a mutation costs besides its answer and its entries.
pub const MUTATION: u64 = 10;

/// What callers keep with a thing may be as long as many objects.
pub const JSON: u64 = 4;

/// Counting a list reads its index: of all that a caller sees, and of what belongs to one thing.
pub const COUNT_OF_ALL: u64 = 100;
const COUNT_UNDER_ONE: u64 = 5;

/// Summing a list reads its rows: of 300,000 it takes half a second of a processor on SQLite, so that one request has four
/// such sums at most.
const SUM_OF_ALL: u64 = 1_200;
const SUM_UNDER_ONE: u64 = 20;

/// A report reads the rows, and the events that they came from, and sorts them by groups: 0.7 s of a processor for 300,000 on
/// SQLite.
const REPORT: u64 = 1_800;

/// What a field costs besides its answer, wherever it stands: what it reads however little it then shows.
pub fn of_field(parent: &str, name: &str) -> u64 {
    match (parent, name) {
        ("Query", "commissionSeries" | "eventDecisionTotals") => SUM_OF_ALL,
        ("Query", "commissionReport") => REPORT,
        ("Query", "statement")
        | ("Statement", "movements")
        | ("Partner", "balancesAsOf")
        | ("PayoutRun", "totals")
        | ("Backtest", "event") => SUM_UNDER_ONE,
        _ => 0,
    }
}

/// What counting the entries of a connection costs in a field of `parent`. The rows of a report are groups of commissions.
pub fn of_count(parent: &str, connection: &str) -> u64 {
    match (parent, connection) {
        (_, "ReportRowConnection") => REPORT,
        ("Query", _) => COUNT_OF_ALL,
        _ => COUNT_UNDER_ONE,
    }
}

/// What its totals cost.
pub fn of_totals(parent: &str) -> u64 {
    match parent {
        "Query" => SUM_OF_ALL,
        _ => SUM_UNDER_ONE,
    }
}

/// What a mutation takes that looks at as many rows as it finds, whatever its input: previewing a payout run reads all
/// that is approved, approving by a filter looks at 10,000 commissions, a customer has 2,000 events moved, sending webhooks again changes as many deliveries.
/// 0 for others.
pub fn looking(mutation: &str) -> u64 {
    match mutation {
        "previewPayoutRun" => SUM_OF_ALL,
        "approveMatchingCommissions" | "redeliverWebhook" => 1_000,
        "reassignCustomer" | "previewReassignCustomer" => 2_000,
        _ => 0,
    }
}

/// How many payouts are settled at a time where a run is named instead of them.
pub const OF_RUN: u64 = 500;

/// How many entries a mutation answers at most beside those of its input. 0 for others.
pub fn found(mutation: &str) -> u64 {
    match mutation {
        "approveMatchingCommissions" => 500,
        _ => 0,
    }
}

/// How long a list is taken to be that has no page, unless the values of arguments say so.
pub const ASSUMED_LENGTH: u64 = 10;
/// The same for amounts by currency, what one event or deal paid, and what is to be mended: most have one entry.
const ASSUMED_SHORT_LENGTH: u64 = 2;
/// The same for the points of a series, which are numbers and names.
const ASSUMED_SERIES: u64 = 100;
/// The kinds of movements: a statement has a total for each that there is.
const MOVEMENT_KINDS: u64 = 6;

/// A tenant has no more webhook endpoints.
const MOST_ENDPOINTS: u64 = 20;

/// So many entries that a simulation tries on others cost as much as an object.
pub const TRIALS: u64 = 20;

/// How often a simulation may renew its deal.
pub const MAX_RENEWALS: u64 = 1_000;

/// How long the list in the field `name` of a `parent` is taken to be.
pub fn assumed_length(parent: &str, name: &str) -> u64 {
    match name {
        "userErrors" => 1,
        "balances" | "balancesAsOf" | "lifetimeValue" | "minimumPayouts" => ASSUMED_SHORT_LENGTH,
        "totals" if parent == "Statement" => MOVEMENT_KINDS,
        "commissions" if parent.ends_with("Payload") => ASSUMED_SHORT_LENGTH,
        "tiers" | "goals" | "counters" if ["TermsInForce", "TierOffer"].contains(&parent) => ASSUMED_SHORT_LENGTH,
        "commissionSeries" => ASSUMED_SERIES,
        "webhookEndpoints" => MOST_ENDPOINTS,
        _ => ASSUMED_LENGTH,
    }
}
