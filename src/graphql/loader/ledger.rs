//! Events, customers, commissions, balances and payouts.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::{Fetch, children, shared};
use crate::auth::Scope;
use crate::domain::commission::{Balance, Commission, CommissionTransition, Entered, Payout};
use crate::domain::decision::Decision;
use crate::domain::event::{Customer, Event};
use crate::domain::explain::Step;
use crate::domain::money::Sum;
use crate::store::commission::{self, CommissionFilter, CommissionOrder, Parent};
use crate::store::commission_totals::{self, Total};
use crate::store::order::Sorted;
use crate::store::page::{Page, PageRequest};
use crate::store::payout::Parent as PayoutParent;
use crate::store::{Store, StoreError, balance, customer, event, event_decision, payout, standing};

/// Declares a loader that calls one function of the store and shares what it found.
macro_rules! shared_loader {
    ($($(#[$meta:meta])* $name:ident: $value:ty = $read:path;)+) => {
        $(
            $(#[$meta])*
            pub struct $name;

            impl Fetch for $name {
                type Key = Uuid;
                type Value = Arc<$value>;

                async fn fetch(
                    store: &Store,
                    scope: &Scope,
                    keys: &[Uuid],
                ) -> Result<HashMap<Uuid, Self::Value>, StoreError> {
                    Ok(shared($read(store.reader(), scope, keys).await?))
                }
            }
        )+
    };
}

shared_loader! {
    /// Events by id.
    EventById: Event = event::by_ids;
    /// Events by the id of their attribution.
    EventByAttribution: Event = event::by_attributions;
    /// The refunds and chargebacks of events.
    RefundsOfEvent: Vec<Event> = event::refunds_of;
    /// Why events earned what they earned.
    DecisionOfEvent: Decision = event_decision::of_events;
    /// Customers by id.
    CustomerById: Customer = customer::by_ids;
    /// Commissions by id.
    CommissionById: Commission = commission::by_ids;
    /// What commissions that were entered by hand or brought in say of themselves.
    EnteredOfCommission: Entered = commission::entered;
    /// How the amounts of commissions came about.
    ExplanationOfCommission: Vec<Step> = commission::explanations_of;
    /// The status changes of commissions, oldest first.
    TransitionsOfCommission: Vec<CommissionTransition> = commission::transitions_of;
    /// Payouts by id.
    PayoutById: Payout = payout::by_ids;
    /// The balances of partners.
    BalancesOfPartner: Vec<Balance> = balance::of_partners;
    /// The lifetime values of partners.
    LifetimeValuesOfPartner: Vec<Sum> = standing::lifetime_values_of;
}

children! {
    /// The events of customers, the last recorded first.
    EventsOfCustomer: Event, "customer.events", events_of_customer, event_count_of_customer =
        event::{pages_of_customers, counts_of_customers};
    /// The customers that are bound to partners, newest first.
    CustomersOfPartner: Customer, "partner.customers", customers_of_partner, customer_count_of_partner =
        customer::{pages_of_partners, counts_of_partners};
}

/// The commissions under some parent that a filter admits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CommissionsKey {
    pub kind: Parent,
    pub filter: Arc<CommissionFilter>,
    pub parent: Uuid,
}

/// A page of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CommissionPageKey {
    pub list: CommissionsKey,
    pub sorted: Sorted<CommissionOrder>,
    pub request: PageRequest,
}

/// Groups keys that one statement can answer.
pub(super) fn grouped<'a, K: 'a, G: Eq + std::hash::Hash>(
    keys: &'a [K],
    group: impl Fn(&'a K) -> (G, Uuid),
) -> HashMap<G, Vec<Uuid>> {
    let mut groups: HashMap<G, Vec<Uuid>> = HashMap::new();
    for key in keys {
        let (group, parent) = group(key);
        groups.entry(group).or_default().push(parent);
    }
    groups
}

/// Pages of commissions under parents of any kind.
pub struct CommissionPages;

impl Fetch for CommissionPages {
    type Key = CommissionPageKey;
    type Value = Page<Arc<Commission>>;

    async fn fetch(
        store: &Store,
        scope: &Scope,
        keys: &[CommissionPageKey],
    ) -> Result<HashMap<CommissionPageKey, Self::Value>, StoreError> {
        let groups = grouped(keys, |key| {
            (
                (key.list.kind, key.list.filter.clone(), key.sorted, key.request.clone()),
                key.list.parent,
            )
        });
        let mut pages = HashMap::with_capacity(keys.len());
        for ((kind, filter, sorted, request), parents) in groups {
            let found = commission::pages_of(store.reader(), scope, kind, &parents, &filter, sorted, &request).await?;
            for (parent, page) in found {
                let list = CommissionsKey {
                    kind,
                    filter: filter.clone(),
                    parent,
                };
                let page = page.map(Arc::new);
                pages.insert(
                    CommissionPageKey {
                        list,
                        sorted,
                        request: request.clone(),
                    },
                    page,
                );
            }
        }
        Ok(pages)
    }
}

/// How many commissions there are under parents.
pub struct CommissionCounts;

impl Fetch for CommissionCounts {
    type Key = CommissionsKey;
    type Value = u64;

    async fn fetch(
        store: &Store,
        scope: &Scope,
        keys: &[CommissionsKey],
    ) -> Result<HashMap<CommissionsKey, u64>, StoreError> {
        let mut counts = HashMap::with_capacity(keys.len());
        for ((kind, filter), parents) in grouped(keys, |key| ((key.kind, key.filter.clone()), key.parent)) {
            for (parent, count) in commission::counts_of(store.reader(), scope, kind, &parents, &filter).await? {
                counts.insert(
                    CommissionsKey {
                        kind,
                        filter: filter.clone(),
                        parent,
                    },
                    count,
                );
            }
        }
        Ok(counts)
    }
}

/// The totals of the commissions under parents.
pub struct CommissionTotals;

impl Fetch for CommissionTotals {
    type Key = CommissionsKey;
    type Value = Arc<Vec<Total>>;

    async fn fetch(
        store: &Store,
        scope: &Scope,
        keys: &[CommissionsKey],
    ) -> Result<HashMap<CommissionsKey, Self::Value>, StoreError> {
        let mut totals = HashMap::with_capacity(keys.len());
        for ((kind, filter), parents) in grouped(keys, |key| ((key.kind, key.filter.clone()), key.parent)) {
            for (parent, list) in commission_totals::totals_of(store.reader(), scope, kind, &parents, &filter).await? {
                totals.insert(
                    CommissionsKey {
                        kind,
                        filter: filter.clone(),
                        parent,
                    },
                    Arc::new(list),
                );
            }
        }
        Ok(totals)
    }
}

/// A page of some parent's payouts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PayoutPageKey {
    pub kind: PayoutParent,
    pub parent: Uuid,
    pub request: PageRequest,
}

/// Pages of payouts under partners and runs.
pub struct PayoutPages;

impl Fetch for PayoutPages {
    type Key = PayoutPageKey;
    type Value = Page<Arc<Payout>>;

    async fn fetch(
        store: &Store,
        scope: &Scope,
        keys: &[PayoutPageKey],
    ) -> Result<HashMap<PayoutPageKey, Self::Value>, StoreError> {
        let mut pages = HashMap::with_capacity(keys.len());
        for ((kind, request), parents) in grouped(keys, |key| ((key.kind, key.request.clone()), key.parent)) {
            for (parent, page) in payout::pages_of(store.reader(), scope, kind, &parents, &request).await? {
                let page = page.map(Arc::new);
                pages.insert(
                    PayoutPageKey {
                        kind,
                        parent,
                        request: request.clone(),
                    },
                    page,
                );
            }
        }
        Ok(pages)
    }
}

/// How many payouts partners and runs have.
pub struct PayoutCounts;

impl Fetch for PayoutCounts {
    type Key = (PayoutParent, Uuid);
    type Value = u64;

    async fn fetch(
        store: &Store,
        scope: &Scope,
        keys: &[(PayoutParent, Uuid)],
    ) -> Result<HashMap<(PayoutParent, Uuid), u64>, StoreError> {
        let mut counts = HashMap::with_capacity(keys.len());
        for (kind, parents) in grouped(keys, |key| *key) {
            let found = payout::counts_of(store.reader(), scope, kind, &parents).await?;
            counts.extend(found.into_iter().map(|(parent, count)| ((kind, parent), count)));
        }
        Ok(counts)
    }
}
