//! The GraphQL schema: one file an aggregate. Types wrap domain values and list their fields by hand, so that a new
//! column is never public by accident. Reads go to the store with the caller's scope, writes to the services.

mod backtest;
mod call;
mod campaign;
mod connection;
mod context;
mod cursor;
mod deal;
mod error;
mod federation;
mod identity;
mod input;
mod interval;
mod label;
mod ledger;
mod loader;
mod lookup;
mod money;
mod node;
mod once;
mod order;
mod partner;
mod partner_group;
mod partnership_request;
mod payout;
mod rows;
mod scalar;
pub mod subscription;
mod tenant;
mod terms;
mod tiered;
mod user_error;
mod webhook;

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
    tenant::object::TenantQuery,
    partner::object::PartnerQuery,
    partner_group::object::PartnerGroupQuery,
    label::object::LabelQuery,
    partnership_request::object::PartnershipRequestQuery,
);

#[derive(Default, MergedObject)]
pub struct LedgerQueries(
    campaign::object::CampaignQuery,
    ledger::event::object::EventQuery,
    ledger::event::decision::DecisionQuery,
    ledger::commission::list::CommissionQuery,
    payout::report::CommissionReportQuery,
);

#[derive(Default, MergedObject)]
pub struct PayoutQueries(
    payout::statement::StatementQuery,
    payout::object::PayoutQuery,
    payout::run::object::PayoutRunQuery,
    backtest::object::BacktestQuery,
);

#[derive(Default, MergedObject)]
pub struct DealQueries(
    deal::pipeline::PipelineQuery,
    deal::object::DealQuery,
    deal::rule::object::CommissionRuleQuery,
    tiered::object::TieredCommissionQuery,
);

#[derive(Default, MergedObject)]
pub struct GatewayQueries(
    tenant::api_key::ApiKeyQuery,
    webhook::endpoint::WebhookQuery,
    webhook::delivery::WebhookDeliveryQuery,
    tenant::audit::AuditQuery,
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
    tenant::object::TenantMutation,
    partner_group::object::PartnerGroupMutation,
    partner_group::simulation::SimulatePartnerGroupMutation,
    partner::mutation::PartnerMutation,
    terms::snapshot::SnapshotMutation,
);

#[derive(Default, MergedObject)]
pub struct CampaignMutations(
    partnership_request::object::PartnershipRequestMutation,
    label::object::LabelMutation,
    campaign::object::CampaignMutation,
    terms::simulation::SimulateTermsMutation,
);

#[derive(Default, MergedObject)]
pub struct LedgerMutations(
    ledger::mutation::LedgerMutation,
    ledger::commission::approve_matching::ApproveMatchingMutation,
    ledger::customer::reassignment::ReassignmentMutation,
    payout::run::object::PayoutRunMutation,
    backtest::object::BacktestMutation,
    payout::settlement::SettlementMutation,
);

#[derive(Default, MergedObject)]
pub struct DealMutations(
    deal::pipeline::PipelineMutation,
    deal::object::DealMutation,
    deal::rule::object::CommissionRuleMutation,
    deal::rule::simulation::SimulateRuleMutation,
);

#[derive(Default, MergedObject)]
pub struct GatewayMutations(
    tiered::object::TieredCommissionMutation,
    tiered::simulation::SimulateTiersMutation,
    tenant::api_key::ApiKeyMutation,
    webhook::mutation::WebhookMutation,
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
