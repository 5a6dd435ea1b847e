//! The payments that are due, given the earlier ones.

use super::deal_view::DealView;
use super::value::amount;
use super::{CommissionRule, PartKind, Plan, RecipientAssignment, RuleEntry, ValueType};
use crate::commission::PaymentTarget;
use crate::deal::FieldValue;
use crate::explain::{Outcome, Step};
use crate::id::{CommissionRuleId, PaymentStageId};
use crate::money::{AmountTooLarge, Money};

/// Identifies a payment of a deal: each slot is paid at most once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot {
    pub stage: PaymentStageId,
    pub target: PaymentTarget,
    /// The entry's index in its rule, from 0.
    pub entry: u32,
    pub part: PartKind,
    /// Counts from 1.
    pub occurrence: u32,
}

/// A payment that became due earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastPayment {
    pub slot: Slot,
    /// The rule and version that created it.
    pub rule: CommissionRuleId,
    pub version: u32,
    /// It was cancelled because the deal was lost: the slot may be paid again.
    pub voided: bool,
}

/// A payment that is due now. An amount of 0 is due, too: it takes its slot, but no ledger row is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub slot: Slot,
    pub rule: CommissionRuleId,
    pub version: u32,
    pub amount: Money,
    /// The individual who is owed it; `None` for the partner, and for an individual not known yet.
    pub recipient: Option<String>,
    pub holdback_days: Option<u32>,
    pub explanation: Vec<Step>,
}

/// The payments of a deal, oldest first, and the rule versions that created them.
#[derive(Clone, Debug, Default)]
pub struct PaymentHistory {
    pub payments: Vec<PastPayment>,
    pub versions: Vec<(CommissionRuleId, u32, Plan)>,
}

impl PaymentHistory {
    fn is_paid(&self, slot: &Slot) -> bool {
        self.payments
            .iter()
            .any(|payment| payment.slot == *slot && !payment.voided)
    }

    fn knows(&self, slot: &Slot) -> bool {
        self.payments.iter().any(|payment| payment.slot == *slot)
    }

    /// The plan that created a payment.
    fn plan(&self, payment: &PastPayment) -> Option<&Plan> {
        let same = |(rule, version, _): &&(_, u32, _)| *rule == payment.rule && *version == payment.version;
        self.versions.iter().find(same).map(|(_, _, plan)| plan)
    }

    /// Adds payments that are due now.
    pub fn enter(&mut self, due: &[Due], plans: &[&CommissionRule]) {
        for due in due {
            self.payments.push(PastPayment {
                slot: due.slot,
                rule: due.rule,
                version: due.version,
                voided: false,
            });
            let known = |(rule, version, _): &(_, u32, _)| *rule == due.rule && *version == due.version;
            if !self.versions.iter().any(known)
                && let Some(rule) = plans
                    .iter()
                    .find(|rule| rule.id == due.rule && rule.version == due.version)
            {
                self.versions.push((rule.id, rule.version, rule.plan.clone()));
            }
        }
    }

    /// The latest void payment of every slot of `stage` that may be paid again, in slot order.
    fn void_at(&self, stage: PaymentStageId) -> Vec<PastPayment> {
        let mut void: Vec<PastPayment> = Vec::new();
        for payment in self.payments.iter().filter(|payment| payment.slot.stage == stage) {
            if payment.voided && !self.is_paid(&payment.slot) {
                void.retain(|other| other.slot != payment.slot);
                void.push(*payment);
            }
        }
        void.sort_by_key(|payment| payment.slot);
        void
    }
}

/// The payments due when the deal enters `stage`. `rules` are those that govern it there.
pub fn on_entry(
    stage: PaymentStageId,
    rules: &[&CommissionRule],
    deal: &DealView<'_>,
    history: &PaymentHistory,
) -> Result<Vec<Due>, AmountTooLarge> {
    at_stage(stage, rules, deal, history, |entry| entry.holds(deal.fields))
}

/// The payments due when the options of the deal, which is in `stage`, change from `before`: those of entries whose
/// condition has thereby become true.
pub fn on_change(
    stage: PaymentStageId,
    rules: &[&CommissionRule],
    deal: &DealView<'_>,
    before: &[FieldValue],
    history: &PaymentHistory,
) -> Result<Vec<Due>, AmountTooLarge> {
    at_stage(stage, rules, deal, history, |entry| {
        !entry.holds(before) && entry.holds(deal.fields)
    })
}

/// The payments due when the deal is renewed: the next occurrence of every recurring part that has started.
pub fn on_renewal(deal: &DealView<'_>, history: &PaymentHistory) -> Result<Vec<Due>, AmountTooLarge> {
    let recurring = || {
        history
            .payments
            .iter()
            .filter(|payment| payment.slot.part == PartKind::Recurring)
    };
    let mut running: Vec<&PastPayment> = Vec::new();
    for payment in recurring().filter(|payment| !payment.voided) {
        let series = |other: &Slot| Slot {
            occurrence: 0,
            ..*other
        };
        match running
            .iter_mut()
            .find(|other| series(&other.slot) == series(&payment.slot))
        {
            Some(other) => *other = payment,
            None => running.push(payment),
        }
    }
    running.sort_by_key(|payment| payment.slot);
    let mut due = Vec::new();
    for payment in running {
        let last = recurring()
            .filter(|other| {
                Slot {
                    occurrence: 0,
                    ..other.slot
                } == Slot {
                    occurrence: 0,
                    ..payment.slot
                }
            })
            .map(|other| other.slot.occurrence)
            .max();
        let slot = Slot {
            occurrence: last.unwrap_or(0) + 1,
            ..payment.slot
        };
        if let Some(plan) = history.plan(payment) {
            due.extend(pay(payment.rule, payment.version, plan, slot, deal)?);
        }
    }
    Ok(due)
}

fn at_stage(
    stage: PaymentStageId,
    rules: &[&CommissionRule],
    deal: &DealView<'_>,
    history: &PaymentHistory,
    opens: impl Fn(&RuleEntry) -> bool,
) -> Result<Vec<Due>, AmountTooLarge> {
    let mut due = Vec::new();
    for payment in history.void_at(stage) {
        let Some(plan) = history.plan(&payment) else { continue };
        let entry = plan.entries.get(payment.slot.entry as usize);
        if entry.is_some_and(&opens) {
            due.extend(pay(payment.rule, payment.version, plan, payment.slot, deal)?);
        }
    }
    for rule in rules {
        let entries = rule.plan.entries.iter().zip(0..);
        for (entry, position) in entries.filter(|(entry, _)| entry.stage_id == stage && opens(entry)) {
            for part in PartKind::ALL.iter().filter(|part| entry.part(**part).is_some()) {
                let slot = Slot {
                    stage,
                    target: rule.plan.payment_target,
                    entry: position,
                    part: *part,
                    occurrence: 1,
                };
                if !history.knows(&slot) {
                    due.extend(pay(rule.id, rule.version, &rule.plan, slot, deal)?);
                }
            }
        }
    }
    Ok(due)
}

/// The source of a payment, for staff. A rule that is only simulated has no version.
fn named(plan: &Plan, version: u32, entry: u32) -> String {
    let entry = entry + 1;
    match version {
        0 => format!("{}, entry {entry}", plan.label),
        version => format!("{} version {version}, entry {entry}", plan.label),
    }
}

/// The payment of a slot by a plan; `None` if the plan has no such part, or its occurrences are exhausted.
fn pay(
    rule: CommissionRuleId,
    version: u32,
    plan: &Plan,
    slot: Slot,
    deal: &DealView<'_>,
) -> Result<Option<Due>, AmountTooLarge> {
    let Some(part) = plan
        .entries
        .get(slot.entry as usize)
        .and_then(|entry| entry.part(slot.part))
    else {
        return Ok(None);
    };
    if part.number_of_occurrences.is_some_and(|most| slot.occurrence > most) {
        return Ok(None);
    }
    let what = match slot.part {
        PartKind::OneOff => "the one-off part".to_owned(),
        PartKind::Recurring => format!("occurrence {} of the recurring part", slot.occurrence),
    };
    let mut explanation = vec![Step {
        source: "commission rule".to_owned(),
        outcome: Outcome::Applied,
        detail: what,
        threshold: Some(named(plan, version, slot.entry)),
        amount: None,
    }];
    // A percentage is of the deal's value; the deal's currency may have changed since the part started.
    let currency = match part.value_type {
        ValueType::Fixed => plan.currency.unwrap_or(deal.currency),
        ValueType::Percentage => deal.currency,
    };
    let amount = amount(part, slot.occurrence, deal, currency, &mut explanation)?;
    let recipient = match (slot.target, plan.auto_assign_recipient) {
        (PaymentTarget::Partnership, _) => None,
        (PaymentTarget::Individual, Some(RecipientAssignment::LeadCreator)) => deal.lead_creator,
        (PaymentTarget::Individual, Some(RecipientAssignment::DealOwner)) => deal.owner,
        (PaymentTarget::Individual, Some(RecipientAssignment::Manual) | None) => None,
    };
    Ok(Some(Due {
        slot,
        rule,
        version,
        amount,
        recipient: recipient.map(str::to_owned),
        holdback_days: plan.holdback_days,
        explanation,
    }))
}
