//! The lists of children that are sorted by id.

use super::{Children, CountsOf, Loader, Loaders};
use store::view::List;
use store::{audit, campaign, coupon, customer, deal, event, link, partner, tier_result};

/// Declares [`Children`] that are sorted by id: `name: list name, loader of counts`, then the store's list.
macro_rules! children {
    ($($(#[$meta:meta])* $name:ident: $list:literal, $counts:ident = $list_of:path;)+) => {
        $(
            $(#[$meta])*
            pub struct $name;

            impl Children for $name {
                const NAME: &'static str = $list;

                fn counts(loaders: &Loaders) -> &Loader<CountsOf<Self>> {
                    &loaders.$counts
                }

                fn list() -> List {
                    $list_of()
                }
            }
        )+
    };
}

children! {
    /// The partners of groups, newest first.
    PartnersOfGroup: "group.partners", partner_count_of_group = partner::list_of_groups;
    /// The partners of campaigns, newest first.
    PartnersOfCampaign: "campaign.partners", partner_count_of_campaign = partner::list_of_campaigns;
    /// The partners that commission rules list, newest first.
    PartnersOfRule: "commission_rule.partners", partner_count_of_rule = partner::list_of_rules;
    /// The partners that tiered commissions list, newest first.
    PartnersOfTier: "tiered_commission.partners", partner_count_of_tier = partner::list_of_tiers;
    /// The campaigns that partners belong to, newest first.
    CampaignsOfPartner: "partner.campaigns", campaign_count_of_partner = campaign::list_of_partners;
    /// The links of partners, newest first.
    LinksOfPartner: "partner.links", link_count_of_partner = link::list_of_partners;
    /// The coupons of partners, newest first.
    CouponsOfPartner: "partner.coupons", coupon_count_of_partner = coupon::list_of_partners;
    /// The customers that are bound to partners, newest first.
    CustomersOfPartner: "partner.customers", customer_count_of_partner = customer::list_of_partners;
    /// The deals of partners, newest first.
    DealsOfPartner: "partner.deals", deal_count_of_partner = deal::list_of_partners;
    /// The events of customers, most recently recorded first.
    EventsOfCustomer: "customer.events", event_count_of_customer = event::list_of_customers;
    /// The retroactive adjustments of events' revenue, newest first.
    RevenueAdjustmentsOfEvent: "event.revenue_adjustments", revenue_adjustment_count_of_event =
        tier_result::list_of_events;
    /// The audit log entries that record changes of objects, newest first.
    HistoryOfObject: "history", history_count_of_object = audit::list_of_objects;
}
