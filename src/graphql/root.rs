//! The root types of the schema, merged from the fields of each part of the domain.

use async_graphql::MergedObject;

use crate::graphql::backtest::{BacktestMutation, BacktestQuery};
use crate::graphql::campaign::{CampaignMutation, CampaignQuery, SimulateAttributionMutation};
use crate::graphql::coupon::{CouponMutation, CouponQuery};
use crate::graphql::deal::pipeline::{PipelineMutation, PipelineQuery};
use crate::graphql::deal::rule::{CommissionRuleMutation, CommissionRuleQuery, SimulateRuleMutation};
use crate::graphql::deal::{DealMutation, DealQuery};
use crate::graphql::federation::FederationQuery;
use crate::graphql::label::{LabelMutation, LabelQuery};
use crate::graphql::ledger::commission::{CommissionMutation, CommissionQuery};
use crate::graphql::ledger::customer::{CustomerQuery, ReassignmentMutation};
use crate::graphql::ledger::event::{DecisionQuery, EventMutation, EventQuery};
use crate::graphql::ledger::touch::{TouchMutation, TouchQuery};
use crate::graphql::link::{LinkMutation, LinkQuery};
use crate::graphql::node::NodeQuery;
use crate::graphql::partner::{PartnerMutation, PartnerQuery};
use crate::graphql::partner_group::{PartnerGroupMutation, PartnerGroupQuery, SimulatePartnerGroupMutation};
use crate::graphql::partnership_request::{PartnershipRequestMutation, PartnershipRequestQuery};
use crate::graphql::payout::PayoutQuery;
use crate::graphql::payout::report::CommissionReportQuery;
use crate::graphql::payout::run::{PayoutRunMutation, PayoutRunQuery};
use crate::graphql::payout::settlement::SettlementMutation;
use crate::graphql::payout::statement::StatementQuery;
use crate::graphql::tenant::api_key::{ApiKeyMutation, ApiKeyQuery};
use crate::graphql::tenant::audit::AuditQuery;
use crate::graphql::tenant::erasure::{ErasureMutation, ErasureQuery};
use crate::graphql::tenant::{TenantMutation, TenantQuery};
use crate::graphql::terms::{SimulateTermsMutation, SnapshotMutation};
use crate::graphql::tiered::{SimulateTiersMutation, TieredCommissionMutation, TieredCommissionQuery};
use crate::graphql::webhook::{WebhookDeliveryQuery, WebhookMutation, WebhookQuery};

// The library resolves the members of a merged object by nested calls: grouping them keeps the nesting shallow, and
// with it the stack of a request.

/// The queries.
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
    NodeQuery,
    TenantQuery,
    PartnerQuery,
    PartnerGroupQuery,
    LabelQuery,
    PartnershipRequestQuery,
);

#[derive(Default, MergedObject)]
pub struct LedgerQueries(
    CampaignQuery,
    CouponQuery,
    LinkQuery,
    EventQuery,
    CustomerQuery,
    TouchQuery,
    DecisionQuery,
    CommissionQuery,
    CommissionReportQuery,
);

#[derive(Default, MergedObject)]
pub struct PayoutQueries(StatementQuery, PayoutQuery, PayoutRunQuery, BacktestQuery);

#[derive(Default, MergedObject)]
pub struct DealQueries(PipelineQuery, DealQuery, CommissionRuleQuery, TieredCommissionQuery);

#[derive(Default, MergedObject)]
pub struct GatewayQueries(
    ApiKeyQuery,
    WebhookQuery,
    WebhookDeliveryQuery,
    AuditQuery,
    ErasureQuery,
    FederationQuery,
);

/// The mutations. Every field is nullable, so that an error in one leaves the results of the others intact.
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
    TenantMutation,
    PartnerGroupMutation,
    SimulatePartnerGroupMutation,
    PartnerMutation,
    SnapshotMutation,
);

#[derive(Default, MergedObject)]
pub struct CampaignMutations(
    PartnershipRequestMutation,
    LabelMutation,
    CampaignMutation,
    CouponMutation,
    LinkMutation,
    SimulateTermsMutation,
    SimulateAttributionMutation,
);

#[derive(Default, MergedObject)]
pub struct LedgerMutations(
    EventMutation,
    TouchMutation,
    CommissionMutation,
    ReassignmentMutation,
    PayoutRunMutation,
    BacktestMutation,
    SettlementMutation,
);

#[derive(Default, MergedObject)]
pub struct DealMutations(
    PipelineMutation,
    DealMutation,
    CommissionRuleMutation,
    SimulateRuleMutation,
);

#[derive(Default, MergedObject)]
pub struct GatewayMutations(
    TieredCommissionMutation,
    SimulateTiersMutation,
    ApiKeyMutation,
    ErasureMutation,
    WebhookMutation,
);
