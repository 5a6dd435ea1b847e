//! Deals, the pipeline that they move through, and the rules that pay for them.

use std::sync::Arc;

use uuid::Uuid;

use super::{Fetch, Fetched, children, shared};
use auth::Scope;
use domain::deal::{CustomField, Deal, PaymentStage};
use domain::deal_rules::CommissionRule;
use domain::partner::Partner;
use service::deal::forecast::{Forecast, forecasts};
use store::{Store, commission_rule, custom_field, deal, deal_payment, partner, stage};

macro_rules! by_id {
    ($(#[$meta:meta])* $name:ident: $store:ident -> $value:ty) => {
        $(#[$meta])*
        pub struct $name;

        impl Fetch for $name {
            type Key = Uuid;
            type Value = Arc<$value>;

            async fn fetch(store: &Store, scope: &Scope, ids: &[Self::Key]) -> Fetched<Self> {
                Ok(shared($store::by_ids(store.reader(), scope, ids).await?))
            }
        }
    };
}

by_id! {
    /// Payment stages by id.
    StageById: stage -> PaymentStage
}
by_id! {
    /// Custom fields by id, with their options.
    CustomFieldById: custom_field -> CustomField
}
by_id! {
    /// Deals by id.
    DealById: deal -> Deal
}
by_id! {
    /// Commission rules by id, including archived ones.
    CommissionRuleById: commission_rule -> CommissionRule
}

/// The ids of the deals that created ledger rows, by the rows' ids.
pub struct DealOfCommission;

impl Fetch for DealOfCommission {
    type Key = Uuid;
    type Value = Uuid;

    async fn fetch(store: &Store, scope: &Scope, rows: &[Self::Key]) -> Fetched<Self> {
        let deals = deal_payment::deals_of_commissions(store.reader(), scope, rows).await?;
        Ok(deals.into_iter().map(|(row, deal)| (row, deal.uuid())).collect())
    }
}

/// Forecasts of what deals will still pay.
pub struct ForecastOfDeal;

impl Fetch for ForecastOfDeal {
    type Key = Uuid;
    type Value = Arc<Forecast>;

    async fn fetch(store: &Store, scope: &Scope, deals: &[Self::Key]) -> Fetched<Self> {
        Ok(shared(forecasts(store, scope, deals).await?))
    }
}

children! {
    /// The deals of partners, newest first.
    DealsOfPartner: Deal, "partner.deals", deals_of_partner, deal_count_of_partner =
        deal::list_of_partners;
    /// The partners that commission rules list, newest first.
    PartnersOfRule: Partner, "commission_rule.partners", partners_of_rule, partner_count_of_rule =
        partner::list_of_rules;
}
