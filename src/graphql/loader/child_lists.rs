//! The lists of children that are sorted by id.

use super::{Children, CountsOf, Loader, Loaders, PagesOf};
use domain::audit::AuditEntry;
use domain::campaign::Campaign;
use domain::deal::Deal;
use domain::event::{Customer, Event};
use domain::partner::Partner;
use store::page::RowPosition;
use store::tier_result::{self, TierResult};
use store::view::{List, Row};
use store::{StoreError, audit, campaign, customer, deal, event, partner};

/// Declares [`Children`] that are sorted by id: `name: child type, list name, loader of pages, loader of counts`, then
/// the store's list.
macro_rules! children {
    ($($(#[$meta:meta])* $name:ident: $child:ty, $list:literal, $pages:ident, $counts:ident =
        $store:ident::$list_of:ident;)+) => {
        $(
            $(#[$meta])*
            pub struct $name;

            impl Children for $name {
                type Child = $child;
                const NAME: &'static str = $list;

                fn place(child: &Self::Child) -> RowPosition {
                    RowPosition::of_id(child.id)
                }

                fn loaders(loaders: &Loaders) -> (&Loader<PagesOf<Self>>, &Loader<CountsOf<Self>>) {
                    (&loaders.$pages, &loaders.$counts)
                }

                fn list() -> List {
                    $store::$list_of()
                }

                fn whole(row: &Row, prefix: &str) -> Result<Self::Child, StoreError> {
                    $store::whole(row, prefix)
                }
            }
        )+
    };
}

children! {
    /// The partners of groups, newest first.
    PartnersOfGroup: Partner, "group.partners", partners_of_group, partner_count_of_group = partner::list_of_groups;
    /// The partners of campaigns, newest first.
    PartnersOfCampaign: Partner, "campaign.partners", partners_of_campaign, partner_count_of_campaign =
        partner::list_of_campaigns;
    /// The partners that commission rules list, newest first.
    PartnersOfRule: Partner, "commission_rule.partners", partners_of_rule, partner_count_of_rule =
        partner::list_of_rules;
    /// The partners that tiered commissions list, newest first.
    PartnersOfTier: Partner, "tiered_commission.partners", partners_of_tier, partner_count_of_tier =
        partner::list_of_tiers;
    /// The campaigns that partners belong to, newest first.
    CampaignsOfPartner: Campaign, "partner.campaigns", campaigns_of_partner, campaign_count_of_partner =
        campaign::list_of_partners;
    /// The customers that are bound to partners, newest first.
    CustomersOfPartner: Customer, "partner.customers", customers_of_partner, customer_count_of_partner =
        customer::list_of_partners;
    /// The deals of partners, newest first.
    DealsOfPartner: Deal, "partner.deals", deals_of_partner, deal_count_of_partner = deal::list_of_partners;
    /// The events of customers, most recently recorded first.
    EventsOfCustomer: Event, "customer.events", events_of_customer, event_count_of_customer = event::list_of_customers;
    /// The retroactive adjustments of events' revenue, newest first.
    RevenueAdjustmentsOfEvent: TierResult, "event.revenue_adjustments", revenue_adjustments_of_event,
        revenue_adjustment_count_of_event = tier_result::list_of_events;
    /// The audit log entries that record changes of objects, newest first.
    HistoryOfObject: AuditEntry, "history", history_of_object, history_count_of_object = audit::list_of_objects;
}
