//! The descriptions against the schema: what partners see of a field is said of every one, and can be said of its type.

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, FieldDefinition, TypeKind, TypeSystemDefinition};

use super::description::{FieldKind, PartnerVisibility, TypeDescription};
use crate::graphql::ledger::commission::COMMISSION_TRANSITION;
use crate::graphql::node::TYPES as NODES;
use crate::graphql::partner::PARTNER_BALANCE;
use crate::graphql::partner::PARTNER_TRANSITION;
use crate::graphql::payout::run::PAYOUT_RUN_LINE;
use crate::graphql::tenant::erasure::ERASURE;

/// Those without ids of their own.
const PARTS: [&TypeDescription; 5] = [
    &COMMISSION_TRANSITION,
    &ERASURE,
    &PARTNER_BALANCE,
    &PARTNER_TRANSITION,
    &PAYOUT_RUN_LINE,
];

fn described() -> impl Iterator<Item = &'static TypeDescription> {
    NODES.iter().map(|(_, to, _)| *to).chain(PARTS)
}

/// The fields of an object type as the schema declares them.
fn declared(name: &str) -> Vec<FieldDefinition> {
    let document = parse_schema(crate::graphql::sdl()).unwrap();
    let object = document
        .definitions
        .into_iter()
        .find_map(|definition| match definition {
            TypeSystemDefinition::Type(object) if object.node.name.node == name => match object.node.kind {
                TypeKind::Object(object) => Some(object.fields),
                _ => None,
            },
            _ => None,
        });
    let fields = object.unwrap_or_else(|| panic!("no type {name}"));
    fields.into_iter().map(|field| field.node).collect()
}

#[test]
fn what_partners_see_is_said_of_every_field_of_a_described_type() {
    for described in described() {
        for field in declared(described.name) {
            let (name, kind) = (field.name.node.as_str(), &field.ty.node);
            let place = format!("{}.{name}", described.name);
            let known = (described.field)(name).unwrap_or_else(|| panic!("{place} is not described"));
            let is_list = matches!(kind.base, BaseType::List(_));
            match known.partners {
                PartnerVisibility::Null => assert!(kind.nullable, "{place}"),
                PartnerVisibility::EmptyList => assert!(is_list && !kind.nullable, "{place}"),
                PartnerVisibility::Same | PartnerVisibility::Narrowed => {}
            }
            match known.kind {
                FieldKind::Link { to, required, .. } => {
                    assert_eq!(kind.base.to_string(), to.name, "{place}");
                    assert_eq!(required, !kind.nullable, "{place}");
                }
                FieldKind::Family(to, _) => assert_eq!(kind.to_string(), format!("[{}!]!", to.name), "{place}"),
                FieldKind::Same { to, required } => {
                    assert_eq!(kind.base.to_string(), to.name, "{place}");
                    assert_eq!(required, !kind.nullable, "{place}");
                }
                FieldKind::Amount(amount) => {
                    assert_eq!(kind.base.to_string(), "Money", "{place}");
                    assert_eq!(amount.required, !kind.nullable, "{place}");
                }
                FieldKind::Page(_) => assert!(kind.to_string().ends_with("Connection!"), "{place}"),
                FieldKind::Through { to, .. } => {
                    assert_eq!(kind.base.to_string(), to.name, "{place}");
                    assert!(kind.nullable, "{place}");
                }
                FieldKind::Value(_) | FieldKind::Plain(..) | FieldKind::Resolver(_) => {}
            }
        }
        assert!((described.field)("__typename").is_none());
    }
}

/// What is made of rows of other types, or of nothing: whoever sees the field that has it sees all of it. Connections,
/// edges and payloads are such by their names.
const MADE: [&str; 64] = [
    // Partners see all of these.
    "EventItem",
    "TermMatch",
    // Only staff reads it.
    "AuditChange",
    "BacktestCampaign",
    "BacktestDifference",
    "BacktestEvent",
    "BacktestMonth",
    "BacktestPartner",
    "BacktestProgress",
    "BacktestRow",
    "CampaignAttribution",
    "ChargeThresholdBonusRule",
    "CommissionResult",
    "CommissionRuleEntry",
    "CommissionTerm",
    "CommissionTotal",
    "CustomFieldCondition",
    "CustomFieldOption",
    "CustomFieldValue",
    "CustomerVolumeGateRule",
    "DecisionComponent",
    "EventDecision",
    "EventDecisionTotal",
    "ExplanationStep",
    "LinkPerformance",
    "Money",
    "NewCustomerTimeTierRule",
    "PageInfo",
    "PartnerGroupSimulation",
    "PartnerLtvUpgradeRule",
    "PayoutLeftOut",
    "PayoutResult",
    "PayoutRunTotal",
    "PeriodRates",
    "PositionShares",
    "RatePeriod",
    "ReassignedRow",
    "RecurringRule",
    "ReportRow",
    "RetroactiveModifier",
    "RevenueAdjustment",
    "RulePart",
    "Scaling",
    "ScalingTier",
    "SeriesPoint",
    "SimulatedAdjustment",
    "SimulatedAttribution",
    "SimulatedCommission",
    "SimulatedConversion",
    "SimulatedCredit",
    "SimulatedPayment",
    "SimulatedTouchOutcome",
    "Statement",
    "StatementMovement",
    "StatementTotal",
    "Tenant",
    "TermsInForce",
    "TierCounter",
    "TierGoal",
    "TierModifier",
    "TierOffer",
    "UserError",
    "WebhookAttempt",
    "_Service",
];

#[test]
fn every_object_type_is_described_or_made_of_what_is() {
    let document = parse_schema(crate::graphql::sdl()).unwrap();
    let known: Vec<_> = described().map(|to| to.name).chain(MADE).collect();
    for definition in document.definitions {
        let TypeSystemDefinition::Type(object) = definition else {
            continue;
        };
        let name = object.node.name.node.as_str();
        let is_object = matches!(object.node.kind, TypeKind::Object(_));
        let is_made = ["Connection", "Edge", "Payload"].iter().any(|end| name.ends_with(end));
        let is_root = ["Query", "Mutation", "Subscription", "Viewer"].contains(&name);
        assert!(
            !is_object || is_made || is_root || known.contains(&name),
            "whether partners see all of {name} is not said"
        );
    }
}
