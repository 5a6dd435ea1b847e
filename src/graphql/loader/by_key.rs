//! Loaders that call one function of the store, by ids of their objects or of what these belong to.

use std::sync::Arc;

use uuid::Uuid;

use super::{Fetch, Fetched, shared};
use auth::{ApiKey, Scope};
use domain::campaign::Campaign;
use domain::commission::{Balance, Commission, CommissionTransition, Entered, Payout, PayoutRun};
use domain::deal::{CustomField, Deal, PaymentStage};
use domain::deal_rules::CommissionRule;
use domain::decision::Decision;
use domain::event::{Attribution, Customer, Event};
use domain::explain::Step;
use domain::label::PartnerCategory;
use domain::money::Sum;
use domain::partner::{Partner, PartnerTransition};
use domain::partner_group::PartnerGroup;
use domain::partnership_request::PartnershipRequest;
use domain::payout_run::RunTotal;
use domain::snapshot::CommissionSnapshot;
use domain::tiered::TieredCommission;
use domain::webhook::WebhookEndpoint;
use store::backtest::{self, BacktestSum};
use store::webhook::endpoint;
use store::{
    Store, api_key, attribution, balance, campaign, commission, commission_rule, custom_field, customer, deal, event,
    event_decision, label, partner, partner_group, partnership_request, payout, payout_run, snapshot, stage, standing,
    tiered_commission,
};

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
    PartnerById: Partner = partner::by_ids;
    PartnerGroupById: PartnerGroup = partner_group::by_ids;
    PartnershipRequestById: PartnershipRequest = partnership_request::by_ids;
    CampaignById: Campaign = campaign::by_ids;
    SnapshotById: CommissionSnapshot = snapshot::by_ids;
    /// For partners also events that are credited to others by now.
    ReferencedEvent: Event = event::named_by_ids;
    /// For partners only events that are credited to them now.
    CreditedEvent: Event = event::by_ids;
    AttributionById: Attribution = attribution::by_ids;
    CustomerById: Customer = customer::by_ids;
    CommissionById: Commission = commission::by_ids;
    PayoutById: Payout = payout::by_ids;
    PayoutRunById: PayoutRun = payout_run::by_ids;
    /// Archived ones, too.
    TieredCommissionById: TieredCommission = tiered_commission::by_ids;
    StageById: PaymentStage = stage::by_ids;
    /// With their options.
    CustomFieldById: CustomField = custom_field::by_ids;
    DealById: Deal = deal::by_ids;
    /// Archived ones, too.
    CommissionRuleById: CommissionRule = commission_rule::by_ids;
    ApiKeyById: ApiKey = api_key::by_ids;
    /// Deleted ones, too.
    WebhookEndpointById: WebhookEndpoint = endpoint::by_ids;
}

// What belongs to objects, by the ids of these.
by_key! {
    /// The status changes of partners, oldest first.
    TransitionsOfPartner: Vec<PartnerTransition> = partner::transitions_of;
    /// The categories of partners, sorted by label.
    CategoriesOfPartner: Vec<PartnerCategory> = label::categories_of_partners;
    /// All snapshots of partners, newest first.
    SnapshotsOfPartner: Vec<CommissionSnapshot> = snapshot::of_partners;
    /// The balances of partners.
    BalancesOfPartner: Vec<Balance> = balance::of_partners;
    /// The lifetime values of partners.
    LifetimeValuesOfPartner: Vec<Sum> = standing::lifetime_values_of;
    /// The refunds and chargebacks of events.
    RefundsOfEvent: Vec<Event> = event::refunds_of;
    /// Why events earned what they earned.
    DecisionOfEvent: Decision = event_decision::of_events;
    /// The details entered with commissions that were created by hand or imported.
    EnteredOfCommission: Entered = commission::entered;
    /// The explanations of how the amounts of commissions were computed.
    ExplanationOfCommission: Vec<Step> = commission::explanations_of;
    /// The status changes of commissions, oldest first.
    TransitionsOfCommission: Vec<CommissionTransition> = commission::transitions_of;
    /// The totals of the lines of payout runs.
    PayoutRunTotals: Vec<RunTotal> = payout_run::totals_of;
    /// The pending payouts of runs, in the order of their ids.
    PendingOfRun: Vec<Payout> = payout::pending_of_runs;
    /// The overall totals of backtests.
    BacktestTotals: Vec<BacktestSum> = backtest::totals_of;
    /// The monthly totals of backtests.
    BacktestMonths: Vec<BacktestSum> = backtest::months_of;
}
