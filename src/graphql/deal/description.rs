//! The fields of deals, and the columns and rows that they are made of.

use async_graphql::ID;

use super::object::Deal;
use crate::graphql::deal::pipeline::{PAYMENT_STAGE, PaymentStage};
use crate::graphql::ledger::commission::{CommissionConnection, commission_pages};
use crate::graphql::money::Money;
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::rows::{PartnerVisibility, amount, declare, link, page_of, required, value};
use crate::graphql::scalar::DateTime;
use auth::Resource;
use domain::id;
use store::commission::CommissionParent;
use store::view;
use store::view::DealColumn as Column;

declare! {
    /// A sale that a partner brought, which moves through the payment stages.
    pub static DEAL: Deal = TypeDescription {
        resource: Resource::Deals,
        identity: &[],
        is_named: false,
        table: &view::DEAL,
        id: || view::column(Column::Id),
    };

    /// Its id.
    "id": ID = value(Column::Id, view::id::<id::Deal>);
    /// The id that another system gave it, unique in the tenant; null if there is none.
    "externalId": Option<String> = value(Column::ExternalId, view::text);
    /// Its name.
    "name": String = value(Column::Name, view::text);
    /// Its value; commissions that are already due do not follow later changes.
    "value": Money = amount(Column::Currency, Column::ValueMinor);
    /// The partner that brought it.
    "partner": Partner = required(Column::PartnerId, &PARTNER);
    /// Its stage; null if it has not entered the pipeline.
    "stage": Option<PaymentStage> = link(Column::StageId, &PAYMENT_STAGE);
    /// The individual who registered it; null if unknown.
    "leadCreator": Option<String> = value(Column::LeadCreator, view::text);
    /// The individual who owns it; null if unknown.
    "owner": Option<String> = value(Column::Owner, view::text);
    "customFields" = Deal::computed();
    /// The number of times it was renewed.
    "renewals": u32 = value(Column::Renewals, view::number);
    /// Its commissions, newest first.
    "commissions": CommissionConnection = page_of(|ctx| commission_pages(ctx, CommissionParent::Deal));
    "forecast" = Deal::computed().for_partners(PartnerVisibility::EmptyList);
    /// When it was created.
    "createdAt": DateTime = value(Column::CreatedAt, view::moment);
    /// When it was last changed, moved or renewed.
    "updatedAt": DateTime = value(Column::UpdatedAt, view::moment);
}
