//! The fields of partners, and the columns and rows that they are made of.

use async_graphql::ID;

use super::balance::{PARTNER_BALANCE, PartnerBalance};
use super::object::Partner;
use super::transition::{PARTNER_TRANSITION, PartnerTransition};
use crate::graphql::campaign::{CAMPAIGN, Campaign};
use crate::graphql::connection::Connection;
use crate::graphql::coupon::{COUPON, Coupon};
use crate::graphql::deal::{DEAL, Deal};
use crate::graphql::label::{PARTNER_CATEGORY, PARTNER_TIER, PartnerCategory, PartnerTier};
use crate::graphql::ledger::commission::{CommissionConnection, commission_pages, commissions_under};
use crate::graphql::ledger::customer::{CUSTOMER, Customer};
use crate::graphql::link::{LINK, Link};
use crate::graphql::loader::{
    CampaignsOfPartner, CouponsOfPartner, CustomersOfPartner, DealsOfPartner, LinksOfPartner,
};
use crate::graphql::money::Money;
use crate::graphql::partner::PartnerType;
use crate::graphql::partner::kind::PartnerStatus;
use crate::graphql::partner_group::{PARTNER_GROUP, PartnerGroup};
use crate::graphql::payout::{Payout, payout_pages};
use crate::graphql::rows::{
    self, PartnerVisibility, TypeDescription, child_list_of, declare, family, link, page_of, value, values,
};
use crate::graphql::scalar::{CurrencyCode, DateTime, Json};
use crate::graphql::tenant::audit::{AuditEntry, histories};
use crate::graphql::terms::{COMMISSION_SNAPSHOT, CommissionSnapshot};
use auth::Resource;
use domain::{id, partner};
use store::commission::CommissionParent;
use store::payout::PayoutParent;
use store::view;
use store::view::PartnerColumn as Column;

declare! {
    /// An organisation or person that earns commissions. For the partner's own token, tags, metadata, tier, categories,
    /// transitions and payout reference are null or empty lists.
    pub static PARTNER: Partner = TypeDescription {
        resource: Resource::Partners,
        identity: &["id", "name", "externalId"],
        is_named: false,
        table: &view::PARTNER,
        id: || view::column(Column::Id),
    };

    /// Its id.
    "id": ID = value(Column::Id, view::id::<id::Partner>);
    /// Its name.
    "name": String = value(Column::Name, view::text);
    /// Its e-mail address in lower case, unique in the tenant.
    "email": String = value(Column::Email, view::text);
    /// The id that another system gave it, unique in the tenant; null if there is none.
    "externalId": Option<String> = value(Column::ExternalId, view::text);
    /// How it brings customers.
    "type": PartnerType = value(Column::Type, view::word!(partner::PartnerType));
    /// The status of the partnership.
    "status": PartnerStatus = value(Column::Status, view::word!(partner::PartnerStatus));
    /// Free labels.
    "tags": Vec<String> = value(Column::Tags, view::document).for_partners(PartnerVisibility::EmptyList);
    /// Arbitrary JSON data that other systems keep with it; null if there is none.
    "metadata": Option<Json> = value(Column::Metadata, view::document).for_partners(PartnerVisibility::Null);
    /// Its group, whose rules pay if no other terms do; null: the tenant's default group applies.
    "group": Option<PartnerGroup> = link(Column::GroupId, &PARTNER_GROUP);
    /// Its tier; null if it has none.
    "tier": Option<PartnerTier> = link(Column::TierId, &PARTNER_TIER).for_partners(PartnerVisibility::Null);
    /// Its categories, by label.
    "categories": Vec<PartnerCategory> = family(&PARTNER_CATEGORY, store::label::categories).for_partners(PartnerVisibility::EmptyList);
    /// The currency in which it wants to be paid; null: those in which it earned.
    "payoutCurrency": Option<CurrencyCode> = value(Column::PayoutCurrency, view::text);
    /// Its identifier at the payment service, which payout files use; null: they use its e-mail address. Staff only.
    "payoutReference": Option<String> = value(Column::PayoutReference, view::text).for_partners(PartnerVisibility::Null);
    /// When it was created.
    "createdAt": DateTime = value(Column::CreatedAt, view::moment);
    /// When it was last changed.
    "updatedAt": DateTime = value(Column::UpdatedAt, view::moment);
    /// When it first became active; null if it never was.
    "activatedAt": Option<DateTime> = value(Column::ActivatedAt, view::moment);
    /// When it was revoked; null if it is not.
    "revokedAt": Option<DateTime> = value(Column::RevokedAt, view::moment);
    /// The changes of its status, oldest first.
    "transitions": Vec<PartnerTransition> = family(&PARTNER_TRANSITION, store::partner::transitions).for_partners(PartnerVisibility::EmptyList);
    /// The campaigns to which it belongs, newest campaign first.
    "campaigns": Connection<Campaign> = page_of(|ctx| {
        child_list_of::<CampaignsOfPartner>(ctx, Resource::Campaigns, &CAMPAIGN)
    });
    /// The changes and who made them, newest first. Needs `audit:read`; empty for a partner's token.
    "history": Connection<AuditEntry> = page_of(histories);
    /// The deals that it brought, newest first.
    "deals": Connection<Deal> = page_of(|ctx| {
        child_list_of::<DealsOfPartner>(ctx, Resource::Deals, &DEAL)
    });
    "tierProgress" = Partner::computed().for_partners(PartnerVisibility::Narrowed);
    "pastTierProgress" = Partner::computed();
    "termsInForce" = Partner::computed();
    "commissionSnapshot" = Partner::computed();
    /// Its commissions, by default newest first.
    "commissions": CommissionConnection = commissions_under(|ctx| commission_pages(ctx, CommissionParent::Partner));
    /// The sums of its rows, one per currency, excluding what is owed to individuals.
    "balances": Vec<PartnerBalance> = family(&PARTNER_BALANCE, store::balance::family);
    "balancesAsOf" = Partner::computed();
    /// Its payouts, newest first.
    "payouts": Connection<Payout> = page_of(|ctx| payout_pages(ctx, PayoutParent::Partner));
    /// Its links, newest first.
    "links": Connection<Link> = page_of(|ctx| {
        child_list_of::<LinksOfPartner>(ctx, Resource::Links, &LINK)
    });
    /// Its coupons, newest first.
    "coupons": Connection<Coupon> = page_of(|ctx| {
        child_list_of::<CouponsOfPartner>(ctx, Resource::Coupons, &COUPON)
    });
    /// The customers bound to it, newest first.
    "customers": Connection<Customer> = page_of(|ctx| {
        child_list_of::<CustomersOfPartner>(ctx, Resource::Events, &CUSTOMER)
    });
    /// The charges credited to it, less refunds and chargebacks; one sum per currency.
    "lifetimeValue": Vec<Money> = family(&LIFETIME_VALUE, store::standing::lifetime_values);
    /// All its snapshots, newest first.
    "commissionSnapshots": Vec<CommissionSnapshot> = family(&COMMISSION_SNAPSHOT, store::snapshot::family);
}

/// What a partner's customers paid, in one currency.
pub static LIFETIME_VALUE: TypeDescription = TypeDescription {
    name: "Money",
    connection: "",
    edge: "",
    resource: Resource::Commissions,
    identity: &[],
    is_named: false,
    table: &view::PARTNER_LIFETIME_VALUE,
    id: || view::column(view::PartnerLifetimeValueColumn::PartnerId),
    field: |name| {
        use view::PartnerLifetimeValueColumn as Column;
        let currency = || view::column(Column::Currency);
        Some(match name {
            "amount" => values([currency(), view::column(Column::AmountMinor)], view::sum),
            "currency" => rows::value(currency(), view::text),
            _ => return None,
        })
    },
};
