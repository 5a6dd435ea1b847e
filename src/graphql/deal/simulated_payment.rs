//! Payments that rules would make.

use async_graphql::{Context, Enum, Object};

use crate::graphql::deal::pipeline::PaymentStage;
use crate::graphql::deal::rule::CommissionRule;
use crate::graphql::error::{ApiError, Nullable, nullable_link};
use crate::graphql::ledger::commission::PaymentTarget;
use crate::graphql::money::{ExplanationStep, Money};
use domain::deal_rules::{self, Due};
use domain::id::CommissionRuleId;

/// Which part of a rule's entry pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "deal_rules::PartKind")]
pub enum RulePartKind {
    /// Once, when the deal enters the stage.
    OneOff,
    /// When the deal enters the stage, and with each renewal after that.
    Recurring,
}

/// A payment that a rule would make.
#[derive(Clone)]
pub struct SimulatedPayment {
    due: Due,
    /// `None`: the rule was part of the simulation's input.
    rule: Option<CommissionRuleId>,
}

impl SimulatedPayment {
    /// A payment of a stored rule, or of one that is part of the input.
    pub fn of(due: Due, is_stored: bool) -> Self {
        let rule = is_stored.then_some(due.rule);
        Self { due, rule }
    }
}

/// A payment that a rule would make.
#[Object]
impl SimulatedPayment {
    /// The rule; null where it was given with the simulation.
    async fn commission_rule(&self, ctx: &Context<'_>) -> Nullable<CommissionRule> {
        nullable_link(self.rule, |id| CommissionRule::load(ctx, id)).await
    }

    /// The stage whose entering makes it due; for a later occurrence, the one that started it.
    async fn payment_stage(&self, ctx: &Context<'_>) -> Result<PaymentStage, ApiError> {
        PaymentStage::linked(ctx, self.due.slot.stage).await
    }

    /// Who would be paid.
    async fn payment_target(&self) -> PaymentTarget {
        self.due.slot.target.into()
    }

    /// The place of the rule's entry, from 0.
    async fn entry(&self) -> u32 {
        self.due.slot.entry
    }

    /// Which part of the entry pays.
    async fn part(&self) -> RulePartKind {
        self.due.slot.part.into()
    }

    /// The occurrence, from 1.
    async fn occurrence(&self) -> u32 {
        self.due.slot.occurrence
    }

    /// How much; 0 has its reason in the explanation, and would write no commission.
    async fn amount(&self) -> Money {
        self.due.amount.into()
    }

    /// The individual who would be paid; null where the partner is, or where nobody would be assigned yet.
    async fn recipient(&self) -> Option<&str> {
        self.due.recipient.as_deref()
    }

    /// How the amount comes about.
    async fn explanation(&self) -> Vec<ExplanationStep> {
        self.due
            .explanation
            .iter()
            .cloned()
            .map(ExplanationStep::from)
            .collect()
    }
}
