//! The GraphQL schema: one file an aggregate. Types wrap domain values and list their fields by hand, so that a new
//! column is never public by accident. Reads go to the store with the caller's scope, writes to the services.

mod api_key;
mod approve_matching;
mod audit;
mod backtest;
mod backtest_proposal;
mod backtest_result;
mod call;
mod campaign;
mod commission;
mod commission_list;
mod commission_report;
mod commission_rule;
mod commission_rule_input;
mod connection;
mod context;
mod cursor;
mod deal;
mod decision;
mod error;
mod event;
mod event_cursor;
mod federation;
mod identity;
mod input;
mod interval;
mod label;
mod ledger_mutation;
mod loader;
mod lookup;
mod money;
mod node;
mod once;
mod order;
mod partner;
mod partner_balance;
mod partner_group;
mod partner_group_rule;
mod partner_mutation;
mod partnership_request;
mod past_tier_progress;
mod payout;
mod payout_run;
mod payout_run_line;
mod pipeline;
mod reassignment;
mod revenue;
mod rows;
mod scalar;
mod settlement;
mod simulate_group;
mod simulate_rule;
mod simulate_terms;
mod simulate_tiers;
mod simulated_payment;
mod snapshot;
mod statement;
pub mod subscription;
mod tenant;
mod terms;
mod terms_in_force;
mod tier_counter;
mod tiered_commission;
mod tiered_commission_input;
mod user_error;
mod webhook;
mod webhook_delivery;
mod webhook_mutation;

use async_graphql::registry::Registry;
use async_graphql::{MergedObject, OutputType, SDLExportOptions, ValidationMode};

pub use connection::{DEFAULT_PAGE, MAX_PAGE};
pub use context::RequestContext;
pub use error::{ApiError, INTERNAL_CODE, INTERNAL_MESSAGE, MUTATION_WAS_DONE, TOO_LARGE_CODE, TOO_LARGE_MESSAGE};
pub use federation::subgraph_sdl;
pub use rows::text;
pub use scalar::check_scalar;
use subscription::Subscription;

// The library tries the members of a merged object one within the other: groups of them keep that short, and with it the
// stack that a request takes.

/// Everything that can be read.
#[derive(Default, MergedObject)]
pub struct Query(
    PartnerQueries,
    LedgerQueries,
    PayoutQueries,
    DealQueries,
    GatewayQueries,
);

#[derive(Default, MergedObject)]
pub struct PartnerQueries(
    node::NodeQuery,
    tenant::TenantQuery,
    partner::PartnerQuery,
    partner_group::PartnerGroupQuery,
    label::LabelQuery,
    partnership_request::PartnershipRequestQuery,
);

#[derive(Default, MergedObject)]
pub struct LedgerQueries(
    campaign::CampaignQuery,
    event::EventQuery,
    decision::DecisionQuery,
    commission_list::CommissionQuery,
    commission_report::CommissionReportQuery,
);

#[derive(Default, MergedObject)]
pub struct PayoutQueries(
    statement::StatementQuery,
    payout::PayoutQuery,
    payout_run::PayoutRunQuery,
    backtest::BacktestQuery,
);

#[derive(Default, MergedObject)]
pub struct DealQueries(
    pipeline::PipelineQuery,
    deal::DealQuery,
    commission_rule::CommissionRuleQuery,
    tiered_commission::TieredCommissionQuery,
);

#[derive(Default, MergedObject)]
pub struct GatewayQueries(
    api_key::ApiKeyQuery,
    webhook::WebhookQuery,
    webhook_delivery::WebhookDeliveryQuery,
    audit::AuditQuery,
    federation::FederationQuery,
);

/// Everything that can be done. Every field is nullable, so that one that fails leaves the answers of its siblings.
#[derive(Default, MergedObject)]
pub struct Mutation(
    PartnerMutations,
    CampaignMutations,
    LedgerMutations,
    DealMutations,
    GatewayMutations,
);

#[derive(Default, MergedObject)]
pub struct PartnerMutations(
    tenant::TenantMutation,
    partner_group::PartnerGroupMutation,
    simulate_group::SimulatePartnerGroupMutation,
    partner_mutation::PartnerMutation,
    snapshot::SnapshotMutation,
);

#[derive(Default, MergedObject)]
pub struct CampaignMutations(
    partnership_request::PartnershipRequestMutation,
    label::LabelMutation,
    campaign::CampaignMutation,
    simulate_terms::SimulateTermsMutation,
);

#[derive(Default, MergedObject)]
pub struct LedgerMutations(
    ledger_mutation::LedgerMutation,
    approve_matching::ApproveMatchingMutation,
    reassignment::ReassignmentMutation,
    payout_run::PayoutRunMutation,
    backtest::BacktestMutation,
    settlement::SettlementMutation,
);

#[derive(Default, MergedObject)]
pub struct DealMutations(
    pipeline::PipelineMutation,
    deal::DealMutation,
    commission_rule::CommissionRuleMutation,
    simulate_rule::SimulateRuleMutation,
);

#[derive(Default, MergedObject)]
pub struct GatewayMutations(
    tiered_commission::TieredCommissionMutation,
    simulate_tiers::SimulateTiersMutation,
    api_key::ApiKeyMutation,
    webhook_mutation::WebhookMutation,
);

pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// The schema.
pub fn schema() -> Schema {
    build(ValidationMode::Strict)
}

/// The same for documents that were validated before: the library looks at what its own execution needs.
pub fn schema_for_validated_documents() -> Schema {
    build(ValidationMode::Fast)
}

fn build(mode: ValidationMode) -> Schema {
    Schema::build(Query::default(), Mutation::default(), Subscription)
        .validation_mode(mode)
        .finish()
}

/// Every type that queries can reach or take, for whoever puts documents together.
pub fn query_types() -> Registry {
    let mut types = Registry::default();
    Query::create_type_info(&mut types);
    types
}

/// The schema in its published form, `schema.graphql`.
pub fn sdl() -> String {
    let sdl = schema().sdl_with_options(
        SDLExportOptions::new()
            .sorted_fields()
            .sorted_enum_items()
            .sorted_arguments()
            .include_specified_by(),
    );
    tidy(&sdl)
}

/// The exporter leaves trailing white space here and there.
fn tidy(sdl: &str) -> String {
    let lines: Vec<_> = sdl.lines().map(str::trim_end).collect();
    format!("{}\n", lines.join("\n").trim())
}
