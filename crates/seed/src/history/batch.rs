//! The histories of several partners, written together.

use std::collections::HashMap;

use uuid::Uuid;

use super::life::GeneratedHistory;
use auth::Scope;
use domain::Timestamp;
use domain::commission::{Balance, CommissionTransition, ExplainedCommission, Payout, PayoutRun};
use domain::event::{Customer, Event};
use domain::history::Moment;
use domain::id::{
    CampaignId, CommissionId, CommissionTransitionId, CustomerId, PartnerId, PayoutId, PayoutItemId, TenantId,
};
use domain::money::Currency;
use store::{StoreError, Transaction, Writes, bulk};

#[derive(Default)]
pub struct HistoryBatch {
    members: Vec<(CampaignId, PartnerId, Timestamp)>,
    customers: Vec<Customer>,
    events: Vec<Event>,
    runs: Vec<PayoutRun>,
    payouts: Vec<Payout>,
    commissions: Vec<ExplainedCommission>,
    transitions: Vec<(CommissionTransitionId, CommissionId, CommissionTransition)>,
    items: Vec<(PayoutItemId, PayoutId, CommissionId, i64)>,
    paid_charges: Vec<(PartnerId, CustomerId, i64)>,
    lifetime_values: Vec<(PartnerId, Currency, i64)>,
    qualified: Vec<(PartnerId, i64)>,
    balances: Vec<(PartnerId, Balance)>,
    moments: Vec<(PartnerId, Moment)>,
}

impl HistoryBatch {
    /// Adds the partner's history after its `last` moment.
    pub fn add(&mut self, partner: PartnerId, last: Moment, mut lived: GeneratedHistory) {
        self.moments.push((partner, number(last, &mut lived)));
        let members = lived.joined.into_iter().map(|(campaign, at)| (campaign, partner, at));
        self.members.extend(members);
        let balances = lived.ledger.balances();
        self.balances
            .extend(balances.into_iter().map(|balance| (partner, balance)));
        self.customers.extend(lived.customers);
        self.events.extend(lived.events);
        for run in lived.runs {
            if !self.runs.contains(&run) {
                self.runs.push(run);
            }
        }
        self.commissions.extend(lived.ledger.take_commissions());
        self.payouts.extend(lived.ledger.payouts);
        self.transitions.extend(lived.ledger.transitions);
        self.items.extend(lived.ledger.items);
        let paid_charges = lived.paid_charges.into_iter();
        self.paid_charges
            .extend(paid_charges.map(|(customer, count)| (partner, customer, count)));
        let values = lived.lifetime_values.into_iter();
        self.lifetime_values
            .extend(values.map(|(currency, minor)| (partner, currency, minor)));
        if let Some(qualified) = lived.qualified {
            self.qualified.push((partner, qualified));
        }
    }

    /// Writes everything: referenced rows before those that refer to them, and each table in the order of time, with
    /// which most indexes begin, so that every index page is visited once.
    pub async fn write_to(mut self, transaction: &Transaction, tenant: TenantId) -> Result<(), StoreError> {
        // Rows of one partner with equal times keep their order: ids count up.
        self.customers.sort_by_key(|customer| customer.id);
        self.events.sort_by_key(|event| event.id);
        self.payouts.sort_by_key(|payout| payout.id);
        self.commissions.sort_by_key(|commission| commission.row.id);
        self.transitions.sort_by_key(|(id, _, _)| *id);
        self.items.sort_by_key(|(id, ..)| *id);
        bulk::insert_campaign_members(transaction, tenant, &self.members).await?;
        bulk::ledger::insert_customers(transaction, tenant, &self.customers).await?;
        bulk::ledger::insert_events(transaction, tenant, &self.events).await?;
        let ids: Vec<_> = self.runs.iter().map(|run| run.id.uuid()).collect();
        let known = store::payout_run::by_ids(transaction, &Scope::tenant_wide(tenant), &ids).await?;
        let runs: Vec<_> = self
            .runs
            .into_iter()
            .filter(|run| !known.contains_key(&run.id.uuid()))
            .collect();
        bulk::ledger::insert_payout_runs(transaction, tenant, &runs).await?;
        let random = self.payouts.iter().map(|payout| payout.id.uuid().as_u128() as u64);
        let references =
            store::payout::unused_bank_references(transaction, &Scope::tenant_wide(tenant), random.collect()).await?;
        for (payout, reference) in self.payouts.iter_mut().zip(references) {
            payout.bank_reference = reference;
        }
        store::payout::insert(transaction, tenant, &self.payouts).await?;
        bulk::ledger::insert_commissions(transaction, tenant, &self.commissions).await?;
        bulk::ledger::insert_commission_transitions(transaction, tenant, &self.transitions).await?;
        bulk::ledger::insert_payout_items(transaction, tenant, &self.items).await?;
        bulk::ledger::insert_paid_charges(transaction, tenant, &self.paid_charges).await?;
        let sums = |writes: &mut Writes| {
            store::standing::add_lifetime_values(writes, tenant, self.lifetime_values);
            store::standing::add_qualified_customers(writes, tenant, self.qualified);
            store::balance::add(writes, tenant, &self.balances);
            store::partner::advance(writes, tenant, self.moments);
        };
        transaction.write(sums).await
    }
}

/// Numbers the steps of a history by time, and at equal times in the order of their ids, which is that of writing;
/// settlements, which have no ids, come last. Returns the last moment.
fn number(last: Moment, lived: &mut GeneratedHistory) -> Moment {
    let events = lived.events.iter_mut().filter_map(|event| {
        let credited = event.attribution.as_mut()?;
        Some((event.recorded_at, event.id.uuid(), &mut credited.sequence))
    });
    let transitions = lived.ledger.transitions.iter_mut();
    let transitions = transitions.map(|(id, _, transition)| (transition.at, id.uuid(), &mut transition.sequence));
    let mut steps: Vec<_> = events.chain(transitions).collect();
    for payout in &mut lived.ledger.payouts {
        steps.push((payout.created_at, payout.id.uuid(), &mut payout.sequence));
        if let Some(at) = payout.settled_at {
            steps.push((at, Uuid::max(), payout.settled_sequence.insert(0)));
        }
    }
    steps.sort_by_key(|(at, id, _)| (*at, *id));
    let mut moment = last;
    for (at, _, sequence) in steps {
        moment = moment.next(at);
        *sequence = moment.sequence;
    }
    let created: HashMap<_, _> = lived
        .ledger
        .payouts
        .iter()
        .map(|payout| (payout.id, payout.sequence))
        .collect();
    for (_, payout, _, sequence) in &mut lived.ledger.items {
        *sequence = created[payout];
    }
    moment
}
