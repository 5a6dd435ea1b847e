//! What the API shows of each table: for every field the columns that it is made of. `None` leaves the rest to the
//! resolvers.

use entity::{campaign, commission, partner, partner_balance, partner_group};
use sea_orm::ColumnTrait;

use super::cell::{self, word};
use super::{Children, Field, Part, Table, View, Write};
use crate::auth::Resource;
use crate::domain::campaign::CampaignStatus;
use crate::domain::commission::{CommissionKind, CommissionStatus, PaymentTarget};
use crate::domain::id;
use crate::domain::partner::{PartnerStatus, PartnerType};
use crate::store::commission::Parent;

pub static COMMISSION: View = View {
    name: "Commission",
    resource: Resource::Commissions,
    for_staff: &[],
    table: Table::of::<commission::Entity>(|| commission::Column::Id.as_column_ref()),
    field: |name| {
        use commission::Column;
        Some(match name {
            "id" => value(Column::Id, cell::id::<id::Commission>),
            "kind" => value(Column::Kind, word!(CommissionKind)),
            "status" => value(Column::Status, word!(CommissionStatus)),
            "amount" => Field::Part(&MONEY_OF_COMMISSION),
            "paymentTarget" => value(Column::PaymentTarget, word!(PaymentTarget)),
            "recipient" => value(Column::Recipient, cell::text),
            "partner" => link(Column::PartnerId, &PARTNER, true),
            "campaign" => link(Column::CampaignId, &CAMPAIGN, false),
            "holdbackDays" => value(Column::HoldbackDays, cell::number),
            "accruedAt" => value(Column::AccruedAt, cell::moment),
            "matureAt" => value(Column::MatureAt, cell::moment),
            "approvedAt" => value(Column::ApprovedAt, cell::moment),
            "paidAt" => value(Column::PaidAt, cell::moment),
            "reversedAt" => value(Column::ReversedAt, cell::moment),
            "adjustments" => Field::Rows(Children::Commissions(Parent::Adjusted)),
            _ => return None,
        })
    },
};

static MONEY_OF_COMMISSION: Part = Part {
    name: "Money",
    field: |name| {
        use commission::Column;
        Some(match name {
            "amount" => values(&[Column::Currency, Column::AmountMinor], cell::amount),
            "currency" => value(Column::Currency, cell::text),
            _ => return None,
        })
    },
};

pub static PARTNER: View = View {
    name: "Partner",
    resource: Resource::Partners,
    for_staff: &[],
    table: Table::of::<partner::Entity>(|| partner::Column::Id.as_column_ref()),
    field: |name| {
        use partner::Column;
        Some(match name {
            "id" => value(Column::Id, cell::id::<id::Partner>),
            "name" => value(Column::Name, cell::text),
            "email" => value(Column::Email, cell::text),
            "externalId" => value(Column::ExternalId, cell::text),
            "type" => value(Column::Type, word!(PartnerType)),
            "status" => value(Column::Status, word!(PartnerStatus)),
            "group" => link(Column::GroupId, &PARTNER_GROUP, false),
            "payoutCurrency" => value(Column::PayoutCurrency, cell::text),
            "createdAt" => value(Column::CreatedAt, cell::moment),
            "updatedAt" => value(Column::UpdatedAt, cell::moment),
            "activatedAt" => value(Column::ActivatedAt, cell::moment),
            "revokedAt" => value(Column::RevokedAt, cell::moment),
            "commissions" => Field::Rows(Children::Commissions(Parent::Partner)),
            "balances" => Field::Rows(Children::Balances),
            _ => return None,
        })
    },
};

pub static PARTNER_BALANCE: View = View {
    name: "PartnerBalance",
    resource: Resource::Commissions,
    for_staff: &[],
    table: Table::of::<partner_balance::Entity>(|| partner_balance::Column::PartnerId.as_column_ref()),
    field: |name| {
        use partner_balance::Column;
        let sum = |column| values(&[Column::Currency, column], cell::sum);
        Some(match name {
            "currency" => value(Column::Currency, cell::text),
            "accrued" => sum(Column::AccruedMinor),
            "approved" => sum(Column::ApprovedMinor),
            "paid" => sum(Column::PaidMinor),
            "reversed" => sum(Column::ReversedMinor),
            "payable" => values(
                &[Column::Currency, Column::ApprovedMinor, Column::ReservedMinor],
                cell::difference,
            ),
            _ => return None,
        })
    },
};

pub static PARTNER_GROUP: View = View {
    name: "PartnerGroup",
    resource: Resource::PartnerGroups,
    for_staff: &[
        "externalId",
        "description",
        "default",
        "currency",
        "version",
        "createdAt",
        "updatedAt",
    ],
    table: Table::of::<partner_group::Entity>(|| partner_group::Column::Id.as_column_ref()),
    field: |name| {
        use partner_group::Column;
        Some(match name {
            "id" => value(Column::Id, cell::id::<id::PartnerGroup>),
            "name" => value(Column::Name, cell::text),
            "externalId" => value(Column::ExternalId, cell::text),
            "description" => value(Column::Description, cell::text),
            "default" => value(Column::IsDefault, cell::truth),
            "currency" => value(Column::Currency, cell::text),
            "version" => value(Column::Version, cell::number),
            "createdAt" => value(Column::CreatedAt, cell::moment),
            "updatedAt" => value(Column::UpdatedAt, cell::moment),
            _ => return None,
        })
    },
};

pub static CAMPAIGN: View = View {
    name: "Campaign",
    resource: Resource::Campaigns,
    for_staff: &[
        "externalId",
        "status",
        "holdbackDays",
        "startsAt",
        "endsAt",
        "createdAt",
        "updatedAt",
    ],
    table: Table::of::<campaign::Entity>(|| campaign::Column::Id.as_column_ref()),
    field: |name| {
        use campaign::Column;
        Some(match name {
            "id" => value(Column::Id, cell::id::<id::Campaign>),
            "name" => value(Column::Name, cell::text),
            "externalId" => value(Column::ExternalId, cell::text),
            "status" => value(Column::Status, word!(CampaignStatus)),
            "holdbackDays" => value(Column::HoldbackDays, cell::number),
            "startsAt" => value(Column::StartsAt, cell::moment),
            "endsAt" => value(Column::EndsAt, cell::moment),
            "createdAt" => value(Column::CreatedAt, cell::moment),
            "updatedAt" => value(Column::UpdatedAt, cell::moment),
            "commissions" => Field::Rows(Children::Commissions(Parent::Campaign)),
            _ => return None,
        })
    },
};

fn value(column: impl ColumnTrait, write: Write) -> Field {
    Field::Value(vec![column.as_column_ref()], write)
}

fn values(columns: &[impl ColumnTrait], write: Write) -> Field {
    Field::Value(columns.iter().map(ColumnTrait::as_column_ref).collect(), write)
}

fn link(column: impl ColumnTrait, view: &'static View, required: bool) -> Field {
    let column = column.as_column_ref();
    Field::Link { column, view, required }
}
