//! What each export has: the field of the schema that it reads, and its columns. What a caller sees of them, and how it is
//! spelt, the schema's types decide.

use auth::Resource;

/// A list of the schema that is exported row by row.
pub struct ExportList {
    /// What it is called in addresses, on the command line and in names of files.
    pub name: &'static str,
    /// The field of `Query`.
    pub field: &'static str,
    pub asked: AskedBy,
    pub resource: Resource,
    pub columns: &'static [ExportColumn],
}

/// What a list is asked for by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum AskedBy {
    /// The fields of the argument `filter`.
    Filter,
    /// The arguments of the field, which is an object; the list is this field of it.
    Arguments(&'static str),
}

/// A column: a field of the rows, or of what they name.
pub struct ExportColumn {
    pub name: &'static str,
    /// The way to it, as a document would select it: `partner.name`, or `categories { label }` for a list of objects.
    pub path: &'static str,
    /// Whoever may not read this finds it empty. Of a list's own rows, and of what identifies what they name, nothing is
    /// said: whoever reads the list reads that.
    pub needs: Option<Resource>,
}

pub const fn column(name: &'static str, path: &'static str) -> ExportColumn {
    let needs = None;
    ExportColumn { name, path, needs }
}

/// A column of that name.
pub const fn own(name: &'static str) -> ExportColumn {
    column(name, name)
}

/// One that takes a scope besides the list's.
const fn with(resource: Resource, name: &'static str, path: &'static str) -> ExportColumn {
    let needs = Some(resource);
    ExportColumn { name, path, needs }
}

pub static LISTS: [ExportList; 6] = [
    ExportList {
        name: "commissions",
        field: "commissions",
        asked: AskedBy::Filter,
        resource: Resource::Commissions,
        columns: &[
            own("id"),
            own("externalId"),
            own("kind"),
            own("status"),
            column("amount", "amount.amount"),
            column("currency", "amount.currency"),
            own("paymentTarget"),
            own("recipient"),
            column("partnerId", "partner.id"),
            column("partnerExternalId", "partner.externalId"),
            column("partnerName", "partner.name"),
            column("campaignId", "campaign.id"),
            column("campaignExternalId", "campaign.externalId"),
            column("campaignName", "campaign.name"),
            column("eventId", "event.id"),
            column("eventExternalId", "event.externalId"),
            column("adjustsId", "adjusts.id"),
            with(Resource::Payouts, "payoutId", "payout.id"),
            with(Resource::Deals, "dealId", "deal.id"),
            own("holdbackDays"),
            own("accruedAt"),
            own("matureAt"),
            own("approvedAt"),
            own("paidAt"),
            own("reversedAt"),
        ],
    },
    ExportList {
        name: "payouts",
        field: "payouts",
        asked: AskedBy::Filter,
        resource: Resource::Payouts,
        columns: &[
            own("id"),
            own("status"),
            column("amount", "amount.amount"),
            column("currency", "amount.currency"),
            column("partnerId", "partner.id"),
            column("partnerExternalId", "partner.externalId"),
            column("partnerName", "partner.name"),
            own("recipient"),
            own("createdAt"),
            own("settledAt"),
            own("reference"),
            own("payoutReference"),
            column("runId", "run.id"),
            own("createdBy"),
            own("settledBy"),
        ],
    },
    ExportList {
        name: "events",
        field: "events",
        asked: AskedBy::Filter,
        resource: Resource::Events,
        columns: &[
            own("id"),
            own("externalId"),
            own("kind"),
            own("type"),
            own("base"),
            column("amount", "amount.amount"),
            column("currency", "amount.currency"),
            column("revenue", "revenue.amount"),
            column("revenueCurrency", "revenue.currency"),
            own("occurredAt"),
            own("recordedAt"),
            column("customerId", "customer.id"),
            column("customerExternalId", "customer.externalId"),
            column("attributionId", "attribution.id"),
            column("partnerId", "attribution.partner.id"),
            column("partnerExternalId", "attribution.partner.externalId"),
            column("partnerName", "attribution.partner.name"),
            column("campaignId", "attribution.campaign.id"),
            column("campaignExternalId", "attribution.campaign.externalId"),
            column("campaignName", "attribution.campaign.name"),
            column("originalId", "original.id"),
            column("originalExternalId", "original.externalId"),
            own("metadata"),
        ],
    },
    ExportList {
        name: "partners",
        field: "partners",
        asked: AskedBy::Filter,
        resource: Resource::Partners,
        columns: &[
            own("id"),
            own("externalId"),
            own("name"),
            own("email"),
            own("type"),
            own("status"),
            column("groupId", "group.id"),
            column("groupExternalId", "group.externalId"),
            column("groupName", "group.name"),
            column("tierId", "tier.id"),
            column("tierLabel", "tier.label"),
            column("categories", "categories { id label }"),
            own("tags"),
            own("payoutCurrency"),
            own("payoutReference"),
            own("createdAt"),
            own("updatedAt"),
            own("activatedAt"),
            own("revokedAt"),
            own("metadata"),
        ],
    },
    ExportList {
        name: "customers",
        field: "customers",
        asked: AskedBy::Filter,
        resource: Resource::Events,
        columns: &[
            own("id"),
            own("externalId"),
            own("acquiredAt"),
            column("partnerId", "partner.id"),
            column("partnerExternalId", "partner.externalId"),
            column("partnerName", "partner.name"),
            column("campaignId", "campaign.id"),
            column("campaignExternalId", "campaign.externalId"),
            column("campaignName", "campaign.name"),
        ],
    },
    // Its first and its last row are no movements: they say what was owed when the range began and when it ended.
    ExportList {
        name: "statement",
        field: "statement",
        asked: AskedBy::Arguments("movements"),
        resource: Resource::Commissions,
        columns: &[
            own("at"),
            own("kind"),
            column("amount", "amount.amount"),
            column("currency", "amount.currency"),
            column("balance", "balance.amount"),
            column("commissionId", "commission.id"),
            column("commissionKind", "commission.kind"),
            column("campaignId", "commission.campaign.id"),
            column("campaignExternalId", "commission.campaign.externalId"),
            column("campaignName", "commission.campaign.name"),
            column("eventId", "commission.event.id"),
            column("eventExternalId", "commission.event.externalId"),
            with(Resource::Payouts, "payoutId", "payout.id"),
        ],
    },
];
