//! Payments that rules would make.

use async_graphql::{Enum, Object};

use crate::graphql::deal::pipeline::PaymentStage;
use crate::graphql::deal::rule::CommissionRule;
use crate::graphql::ledger::commission::PaymentTarget;
use crate::graphql::money::{ExplanationStep, Money};
use crate::graphql::rows::{Linked, link_to};
use domain::deal_rules::{self, Due};
use domain::id::CommissionRuleId;

/// The part of a rule's entry that pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "deal_rules::PartKind")]
pub enum RulePartKind {
    /// The one-off part: when the deal enters the stage.
    OneOff,
    /// The recurring part: when the deal enters the stage, and with each renewal after that.
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
    /// The rule; null if it was given in the simulation's input.
    async fn commission_rule(&self) -> Option<Linked<CommissionRule>> {
        link_to(self.rule)
    }

    /// The stage that makes the payment due when the deal enters it; for later occurrences, the stage that started the
    /// part.
    async fn payment_stage(&self) -> Linked<PaymentStage> {
        Linked::required(self.due.slot.stage)
    }

    /// Who would be paid.
    async fn payment_target(&self) -> PaymentTarget {
        self.due.slot.target.into()
    }

    /// The index of the rule's entry, from 0.
    async fn entry(&self) -> u32 {
        self.due.slot.entry
    }

    /// The part of the entry that pays.
    async fn part(&self) -> RulePartKind {
        self.due.slot.part.into()
    }

    /// The occurrence, from 1.
    async fn occurrence(&self) -> u32 {
        self.due.slot.occurrence
    }

    /// The amount; if it is 0, the explanation says why, and no commission would be written.
    async fn amount(&self) -> Money {
        self.due.amount.into()
    }

    /// The individual who would be paid; null if the partner is paid, or if nobody is assigned yet.
    async fn recipient(&self) -> Option<&str> {
        self.due.recipient.as_deref()
    }

    /// How the amount was calculated.
    async fn explanation(&self) -> Vec<ExplanationStep> {
        self.due
            .explanation
            .iter()
            .cloned()
            .map(ExplanationStep::from)
            .collect()
    }
}
