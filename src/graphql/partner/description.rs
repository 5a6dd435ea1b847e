//! The fields of partners, and the columns and rows that they are made of.

use async_graphql::ID;

use super::balance::PARTNER_BALANCE;
use super::object::Partner;
use super::transition::PARTNER_TRANSITION;
use crate::graphql::campaign::CAMPAIGN;
use crate::graphql::deal::DEAL;
use crate::graphql::label::{PARTNER_CATEGORY, PARTNER_TIER};
use crate::graphql::ledger::commission::commission_pages;
use crate::graphql::ledger::customer::CUSTOMER;
use crate::graphql::loader::{CampaignsOfPartner, CustomersOfPartner, DealsOfPartner};
use crate::graphql::partner::PartnerType;
use crate::graphql::partner::kind::PartnerStatus;
use crate::graphql::partner_group::PARTNER_GROUP;
use crate::graphql::payout::payout_pages;
use crate::graphql::rows::{
    self, PartnerVisibility, TypeDescription, child_list_of, declare, family, link, page_of, value, values,
};
use crate::graphql::scalar::{CurrencyCode, DateTime, Json};
use crate::graphql::tenant::audit::histories;
use crate::graphql::terms::COMMISSION_SNAPSHOT;
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
    "group" = link(Column::GroupId, &PARTNER_GROUP);
    "tier" = link(Column::TierId, &PARTNER_TIER).for_partners(PartnerVisibility::Null);
    "categories" = family(&PARTNER_CATEGORY, store::label::categories).for_partners(PartnerVisibility::EmptyList);
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
    "transitions" = family(&PARTNER_TRANSITION, store::partner::transitions).for_partners(PartnerVisibility::EmptyList);
    "campaigns" = page_of(|ctx| {
        child_list_of::<CampaignsOfPartner>(ctx, Resource::Campaigns, &CAMPAIGN)
    });
    "history" = page_of(histories);
    "deals" = page_of(|ctx| {
        child_list_of::<DealsOfPartner>(ctx, Resource::Deals, &DEAL)
    });
    "tierProgress" = Partner::computed().for_partners(PartnerVisibility::Narrowed);
    "pastTierProgress" = Partner::computed();
    "termsInForce" = Partner::computed();
    "commissionSnapshot" = Partner::computed();
    "commissions" = page_of(|ctx| commission_pages(ctx, CommissionParent::Partner));
    "balances" = family(&PARTNER_BALANCE, store::balance::family);
    "balancesAsOf" = Partner::computed();
    "payouts" = page_of(|ctx| payout_pages(ctx, PayoutParent::Partner));
    "customers" = page_of(|ctx| {
        child_list_of::<CustomersOfPartner>(ctx, Resource::Events, &CUSTOMER)
    });
    "lifetimeValue" = family(&LIFETIME_VALUE, store::standing::lifetime_values);
    "commissionSnapshots" = family(&COMMISSION_SNAPSHOT, store::snapshot::family);
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
