//! Working out what sales earn, and recording them.

use rust_decimal::Decimal;

use super::sale_draft::{SaleCustomer, SaleDraft, draft_sale};
use super::{PartnerLife, RecordedSale, checked};
use crate::history::ledger_draft::TransitionNote;
use crate::partners::ACTOR;
use crate::source::happens;
use domain::Timestamp;
use domain::accrual::{
    self, ApplicableTerms, ComponentEarning, CustomerHistory, EarningEvent, GroupRuleFacts, Verdict,
};
use domain::event::{Attribution, AttributionSource, Event, EventKind};
use domain::history::Moment;
use domain::id::{AttributionId, CampaignId, PartnerId};
use domain::money::{Currency, Money};
use service::ledger::record;

/// Maximum number of drafts for a sale that earns something, and no more rows than are wanted.
const ATTEMPTS: u32 = 40;

/// How many of the latest sales may still be refunded.
const REFUNDABLE: usize = 40;

impl<'a> PartnerLife<'a> {
    /// Records a sale that earns commissions, at most `left`; some sales earn none.
    pub(super) fn sell(&mut self, at: Timestamp, left: u64) {
        for attempt in 1..=ATTEMPTS {
            let draft = draft_sale(self, at);
            let Some((terms, earned)) = self.work_out(&draft, at) else {
                if attempt == ATTEMPTS || happens(&mut self.random, 10) {
                    return self.record(draft, None, at);
                }
                continue;
            };
            let fits = earned.len() as u64 <= left;
            let accepted = !earned.is_empty() || attempt == ATTEMPTS || happens(&mut self.random, 15);
            if fits && accepted {
                return self.record(draft, Some((terms, earned)), at);
            }
        }
    }

    /// What a sale earns; `None` where the partner and the campaign earn nothing at all.
    fn work_out(&self, draft: &SaleDraft<'_>, at: Timestamp) -> Option<(ApplicableTerms, Vec<ComponentEarning>)> {
        let SaleDraft { client, place, input } = draft;
        let before = self.before;
        let occurred_at = input.occurred_at.unwrap_or(at);
        if accrual::stopped(before.partner.status, *place, occurred_at).is_some() {
            return None;
        }
        let snapshots: Vec<_> = before
            .snapshots
            .iter()
            .filter(|snapshot| snapshot.created_at <= at)
            .cloned()
            .collect();
        let terms = accrual::terms_in_force(&snapshots, *place);
        let client = client.as_ref().map(|who| match who {
            SaleCustomer::Known(index) => &self.clients[*index],
            SaleCustomer::New(client) => client,
        });
        let amount = money(input.amount);
        let earning = EarningEvent {
            kind: input.kind,
            event_type: input.event_type.as_deref(),
            amount,
            occurred_at,
            customer: client.map(|client| CustomerHistory {
                acquired_at: client.customer.acquired_at,
                first_of_any: client.first_of_any,
                first_of_type: input
                    .event_type
                    .as_deref()
                    .map(|event_type| client.first_of(event_type))
                    .unwrap_or_default(),
                is_qualified: client.paid_charges > 0,
            }),
        };
        let (zone, base) = (before.tenant.time_zone, before.tenant.base_currency);
        let considered = accrual::consider(&terms, &earning, zone, base);
        let group = before.group.zip(amount).map(|(group, charged)| {
            let currency = charged.currency();
            let known = before.lifetime_values.get(&currency).copied().unwrap_or(0);
            let new = self.lifetime_values.get(&currency).copied().unwrap_or(0);
            let qualified = before.qualified_customers + self.qualified;
            let standing = GroupRuleFacts {
                partner_ltv: Decimal::new(known + new, currency.exponent()),
                qualified_customers: u32::try_from(qualified).unwrap_or(0),
            };
            (group, standing)
        });
        let verdicts = accrual::earned(&terms, considered, &earning, group, zone, base).ok()?;
        let earned = verdicts.into_iter().filter_map(Verdict::earned).collect();
        Some((terms, earned))
    }

    fn record(
        &mut self,
        draft: SaleDraft<'a>,
        earned: Option<(ApplicableTerms, Vec<ComponentEarning>)>,
        at: Timestamp,
    ) {
        let campaign = draft.place.map(|campaign| campaign.id);
        let checked = checked(draft.input);
        let client = draft.client.map(|who| match who {
            SaleCustomer::Known(index) => index,
            SaleCustomer::New(mut client) => {
                client.customer.id = self.ledger.ids.next(at);
                self.clients.push(client);
                self.clients.len() - 1
            }
        });
        let (attribution, id) = (self.ledger.ids.next(at), self.ledger.ids.next(at));
        let partner = self.before.partner.id;
        let event = Event {
            customer_id: client.map(|index| self.clients[index].customer.id),
            ..checked.recorded(id, at)
        };
        let event = credited(event, (attribution, partner, campaign));
        self.number += 1;
        if let Some(index) = client {
            self.clients[index].remember(&event);
        }
        if let Some(campaign) = campaign
            && !self.before.member_of.contains(&campaign)
            && self.joined.iter().all(|(known, _)| *known != campaign)
        {
            self.joined.push((campaign, at));
        }
        if let (EventKind::Charge, Some(amount)) = (event.kind, event.amount)
            && amount.minor() > 0
        {
            *self.lifetime_values.entry(amount.currency()).or_default() += amount.minor();
            self.count_paid_charge(client, 1);
        }
        let first = self.ledger.rows.len();
        if let Some((terms, earned)) = earned {
            let ids = &mut self.ledger.ids;
            let rows = record::rows(&event, partner, campaign, &terms, earned, || ids.next(at));
            for row in rows {
                let index = self.ledger.write(
                    row,
                    TransitionNote {
                        actor: ACTOR,
                        reason: None,
                        at,
                    },
                );
                self.take_up(index);
            }
        }
        self.sales.push_back(RecordedSale {
            event: self.events.len(),
            rows: first..self.ledger.rows.len(),
            client,
        });
        if self.sales.len() > REFUNDABLE {
            self.sales.pop_front();
        }
        self.events.push(event);
    }

    /// Counts a paid charge of a customer, or takes one back.
    pub(super) fn count_paid_charge(&mut self, client: Option<usize>, by: i64) {
        if let Some(index) = client {
            let client = &mut self.clients[index];
            let before = client.paid_charges;
            client.paid_charges += by;
            self.qualified += i64::from(client.paid_charges > 0) - i64::from(before > 0);
            client.counted = true;
            self.counted = true;
        }
    }
}

/// The event, credited to a partner and campaign. Its position in the partner's history is filled in when all of it is
/// known.
pub(super) fn credited(event: Event, (id, partner, campaign): (AttributionId, PartnerId, Option<CampaignId>)) -> Event {
    let moment = Moment {
        sequence: 0,
        at: event.recorded_at,
    };
    let attribution = Attribution {
        id,
        ..Attribution::whole(&event, (partner, campaign), AttributionSource::NAMED, moment)
    };
    Event {
        attribution: Some(attribution),
        ..event
    }
}

fn money(amount: Option<(Decimal, Currency)>) -> Option<Money> {
    amount.and_then(|(amount, currency)| Money::exact(amount, currency).ok())
}
