//! The GraphQL schema: one file an aggregate. Types wrap domain values and list their fields by hand, so that a new
//! column is never public by accident. Reads go to the store with the caller's scope, writes to the services.

mod api_key;
mod approve_matching;
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
mod partner;
mod partner_group;
mod partner_group_rule;
mod partner_mutation;
mod partnership_request;
mod past_tier_progress;
mod payout;
mod payout_run;
mod payout_run_line;
mod pipeline;
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

/// Everything that can be read.
#[derive(Default, MergedObject)]
pub struct Query(
    node::NodeQuery,
    tenant::TenantQuery,
    partner::PartnerQuery,
    partner_group::PartnerGroupQuery,
    label::LabelQuery,
    partnership_request::PartnershipRequestQuery,
    campaign::CampaignQuery,
    event::EventQuery,
    decision::DecisionQuery,
    commission_list::CommissionQuery,
    commission_report::CommissionReportQuery,
    statement::StatementQuery,
    payout::PayoutQuery,
    payout_run::PayoutRunQuery,
    backtest::BacktestQuery,
    pipeline::PipelineQuery,
    deal::DealQuery,
    commission_rule::CommissionRuleQuery,
    tiered_commission::TieredCommissionQuery,
    api_key::ApiKeyQuery,
    webhook::WebhookQuery,
    webhook_delivery::WebhookDeliveryQuery,
    federation::FederationQuery,
);

/// Everything that can be done. Every field is nullable, so that one that fails leaves the answers of its siblings.
#[derive(Default, MergedObject)]
pub struct Mutation(
    tenant::TenantMutation,
    partner_group::PartnerGroupMutation,
    simulate_group::SimulatePartnerGroupMutation,
    partner_mutation::PartnerMutation,
    snapshot::SnapshotMutation,
    partnership_request::PartnershipRequestMutation,
    label::LabelMutation,
    campaign::CampaignMutation,
    simulate_terms::SimulateTermsMutation,
    ledger_mutation::LedgerMutation,
    approve_matching::ApproveMatchingMutation,
    payout_run::PayoutRunMutation,
    backtest::BacktestMutation,
    settlement::SettlementMutation,
    pipeline::PipelineMutation,
    deal::DealMutation,
    commission_rule::CommissionRuleMutation,
    simulate_rule::SimulateRuleMutation,
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
