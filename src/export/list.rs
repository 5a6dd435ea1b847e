//! The lists that can be exported: the field of the schema that each reads, and its columns. The schema's types decide
//! what a caller may see of the columns, and how values are formatted.

use auth::Resource;

/// A list of the schema that is exported row by row.
pub struct ExportList {
    /// The name of the list in URLs, on the command line and in file names.
    pub name: &'static str,
    /// The field of `Query`.
    pub field: &'static str,
    pub asked: ParameterSource,
    pub resource: Resource,
    pub columns: &'static [ExportColumn],
}

/// Where the parameters of a list come from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum ParameterSource {
    /// The fields of the argument `filter`.
    Filter,
    /// The arguments of the field, which returns an object; the list is this field of the object.
    Arguments(&'static str),
    /// The arguments of the field, which returns the list, and the fields of its argument `filter`.
    ArgumentsAndFilter,
}

/// A column: a field of a row, or of an object that the row links to.
pub struct ExportColumn {
    pub name: &'static str,
    /// The path to the field: `partner.name`, or `categories { label }` for a list of objects.
    pub path: &'static str,
    /// The column is empty for callers who may not read this resource. `None` for fields of the list's own rows and for
    /// the identity of linked objects, which every reader of the list may read.
    pub needs: Option<Resource>,
}

pub const fn column(name: &'static str, path: &'static str) -> ExportColumn {
    let needs = None;
    ExportColumn { name, path, needs }
}

/// A column with the name of its field.
pub const fn own(name: &'static str) -> ExportColumn {
    column(name, name)
}

/// A column that needs another read scope besides the list's.
const fn with(resource: Resource, name: &'static str, path: &'static str) -> ExportColumn {
    let needs = Some(resource);
    ExportColumn { name, path, needs }
}

pub static LISTS: [ExportList; 11] = [
    ExportList {
        name: "commissions",
        field: "commissions",
        asked: ParameterSource::Filter,
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
            with(Resource::Payouts, "returnedPayoutId", "returnedPayout.id"),
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
        asked: ParameterSource::Filter,
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
            own("bankReference"),
            own("payoutReference"),
            column("runId", "run.id"),
            own("createdBy"),
            own("settledBy"),
            own("returnedAt"),
            own("returnedBy"),
            own("returnReason"),
        ],
    },
    ExportList {
        name: "events",
        field: "events",
        asked: ParameterSource::Filter,
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
            column("items", "items { index product category quantity amount { amount } }"),
            own("country"),
        ],
    },
    ExportList {
        name: "partners",
        field: "partners",
        asked: ParameterSource::Filter,
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
        name: "coupons",
        field: "coupons",
        asked: ParameterSource::Filter,
        resource: Resource::Coupons,
        columns: &[
            own("id"),
            own("code"),
            own("status"),
            column("partnerId", "partner.id"),
            column("partnerExternalId", "partner.externalId"),
            column("partnerName", "partner.name"),
            column("campaignId", "campaign.id"),
            column("campaignExternalId", "campaign.externalId"),
            column("campaignName", "campaign.name"),
            own("startsAt"),
            own("endsAt"),
            own("customerBenefit"),
            own("createdAt"),
            own("updatedAt"),
        ],
    },
    ExportList {
        name: "links",
        field: "links",
        asked: ParameterSource::Filter,
        resource: Resource::Links,
        columns: &[
            own("id"),
            own("externalId"),
            own("key"),
            own("status"),
            own("disabledAt"),
            own("destinationUrl"),
            column("partnerId", "partner.id"),
            column("partnerExternalId", "partner.externalId"),
            column("partnerName", "partner.name"),
            column("campaignId", "campaign.id"),
            column("campaignExternalId", "campaign.externalId"),
            column("campaignName", "campaign.name"),
            own("createdAt"),
            own("updatedAt"),
        ],
    },
    ExportList {
        name: "touches",
        field: "touches",
        asked: ParameterSource::Filter,
        resource: Resource::Events,
        columns: &[
            own("id"),
            own("externalId"),
            own("kind"),
            column("linkId", "link.id"),
            column("linkKey", "link.key"),
            own("linkDisabled"),
            column("couponId", "coupon.id"),
            column("couponCode", "coupon.code"),
            column("partnerId", "partner.id"),
            column("partnerExternalId", "partner.externalId"),
            column("partnerName", "partner.name"),
            column("campaignId", "campaign.id"),
            column("campaignExternalId", "campaign.externalId"),
            column("campaignName", "campaign.name"),
            own("visitorId"),
            column("customerId", "customer.id"),
            column("customerExternalId", "customer.externalId"),
            own("occurredAt"),
            own("timeStated"),
            own("recordedAt"),
        ],
    },
    ExportList {
        name: "customers",
        field: "customers",
        asked: ParameterSource::Filter,
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
    ExportList {
        name: "erasures",
        field: "erasures",
        asked: ParameterSource::Filter,
        resource: Resource::Audit,
        columns: &[
            own("number"),
            own("subjectType"),
            own("subjectId"),
            own("subjectPseudonym"),
            own("requestedAt"),
            own("requestedBy"),
            own("reason"),
            own("forced"),
            own("finishedAt"),
            own("changedRows"),
        ],
    },
    // The first and the last row are not movements: they have the opening and the closing balance of the range.
    ExportList {
        name: "statement",
        field: "statement",
        asked: ParameterSource::Arguments("movements"),
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
    ExportList {
        name: "report",
        field: "commissionReport",
        asked: ParameterSource::ArgumentsAndFilter,
        resource: Resource::Commissions,
        columns: &[
            own("start"),
            column("partnerId", "partner.id"),
            column("partnerExternalId", "partner.externalId"),
            column("partnerName", "partner.name"),
            column("campaignId", "campaign.id"),
            column("campaignExternalId", "campaign.externalId"),
            column("campaignName", "campaign.name"),
            own("kind"),
            own("status"),
            column("linkId", "link.id"),
            column("linkKey", "link.key"),
            own("count"),
            column("amount", "amount.amount"),
            column("currency", "amount.currency"),
        ],
    },
];
