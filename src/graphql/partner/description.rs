//! How partners are read from the database.

use super::balance::PARTNER_BALANCE;
use super::object::Partner;
use super::transition::PARTNER_TRANSITION;
use crate::auth::Resource;
use crate::domain::{id, partner};
use crate::graphql::campaign::campaigns;
use crate::graphql::deal::deals;
use crate::graphql::label::{PARTNER_CATEGORY, PARTNER_TIER};
use crate::graphql::ledger::commission::commission_pages;
use crate::graphql::ledger::customer::customers;
use crate::graphql::loader::{CampaignsOfPartner, CustomersOfPartner, DealsOfPartner};
use crate::graphql::partner_group::PARTNER_GROUP;
use crate::graphql::payout::payout_pages;
use crate::graphql::rows::{
    self, Listing, PartnerVisibility, TypeDescription, child_list_of, family, link, page_of, resolver, values,
};
use crate::graphql::tenant::audit::histories;
use crate::graphql::terms::COMMISSION_SNAPSHOT;
use crate::store::commission::Parent;
use crate::store::payout::Parent as PayoutParent;
use crate::store::{self, view};

/// A list of them.
pub fn partners(list: view::List) -> Listing {
    Listing {
        to: &PARTNER,
        connection: "PartnerConnection",
        edge: "PartnerEdge",
        list,
    }
}

pub static PARTNER: TypeDescription = TypeDescription {
    name: "Partner",
    resource: Resource::Partners,
    identity: &["id", "name", "externalId"],
    is_named: false,
    table: &view::PARTNER,
    id: || view::column(view::PartnerColumn::Id),
    field: |name| {
        use view::PartnerColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        let ask = || resolver(|row, prefix| Ok(Box::new(Partner::from(store::partner::whole(row, prefix)?))));
        Some(match name {
            "id" => value(Column::Id, view::id::<id::Partner>),
            "name" => value(Column::Name, view::text),
            "email" => value(Column::Email, view::text),
            "externalId" => value(Column::ExternalId, view::text),
            "type" => value(Column::Type, view::word!(partner::PartnerType)),
            "status" => value(Column::Status, view::word!(partner::PartnerStatus)),
            "tags" => value(Column::Tags, view::document).for_partners(PartnerVisibility::EmptyList),
            "metadata" => value(Column::Metadata, view::document).for_partners(PartnerVisibility::Null),
            "group" => link(view::column(Column::GroupId), &PARTNER_GROUP),
            "tier" => link(view::column(Column::TierId), &PARTNER_TIER).for_partners(PartnerVisibility::Null),
            "categories" => {
                family(&PARTNER_CATEGORY, store::label::categories).for_partners(PartnerVisibility::EmptyList)
            }
            "transitions" => {
                family(&PARTNER_TRANSITION, store::partner::transitions).for_partners(PartnerVisibility::EmptyList)
            }
            "payoutCurrency" => value(Column::PayoutCurrency, view::text),
            "payoutReference" => value(Column::PayoutReference, view::text).for_partners(PartnerVisibility::Null),
            "createdAt" => value(Column::CreatedAt, view::moment),
            "updatedAt" => value(Column::UpdatedAt, view::moment),
            "activatedAt" => value(Column::ActivatedAt, view::moment),
            "revokedAt" => value(Column::RevokedAt, view::moment),
            "commissions" => page_of(|ctx| commission_pages(ctx, Parent::Partner)),
            "balances" => family(&PARTNER_BALANCE, store::balance::family),
            "campaigns" => page_of(|ctx| {
                child_list_of::<CampaignsOfPartner>(
                    ctx,
                    Resource::Campaigns,
                    campaigns(store::campaign::list_of_partners()),
                )
            }),
            "payouts" => page_of(|ctx| payout_pages(ctx, PayoutParent::Partner)),
            "customers" => page_of(|ctx| {
                child_list_of::<CustomersOfPartner>(
                    ctx,
                    Resource::Events,
                    customers(store::customer::list_of_partners()),
                )
            }),
            "tierProgress" => ask().for_partners(PartnerVisibility::Narrowed),
            "lifetimeValue" => family(&LIFETIME_VALUE, store::standing::lifetime_values),
            "deals" => page_of(|ctx| {
                child_list_of::<DealsOfPartner>(ctx, Resource::Deals, deals(store::deal::list_of_partners()))
            }),
            "commissionSnapshots" => family(&COMMISSION_SNAPSHOT, store::snapshot::family),
            "commissionSnapshot" | "termsInForce" | "pastTierProgress" | "balancesAsOf" => ask(),
            "history" => page_of(histories),
            _ => return None,
        })
    },
};

/// What its customers paid, in one currency.
pub static LIFETIME_VALUE: TypeDescription = TypeDescription {
    name: "Money",
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
