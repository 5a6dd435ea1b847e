//! Partners from files.

use std::collections::HashMap;

use super::cells::Cells;
use super::parsed_row::{BatchResults, ParsedRow};
use super::resolve::RowNames;
use crate::ImportError;
use crate::file::{FileRow, quoted};
use auth::{Caller, Scope};
use domain::id::{self, PartnerCategoryId, PartnerGroupId, PartnerTierId};
use domain::partner::{PartnerStatus, PartnerType};
use domain::problem::ProblemCode;
use domain::text;
use service::app::App;
use service::moving_in::{self, ImportedPartner, Mode};
use store::StoreError;

pub const COLUMNS: [&str; 16] = [
    "externalId",
    "id",
    "name",
    "email",
    "type",
    "status",
    "groupExternalId",
    "groupId",
    "tierLabel",
    "categories",
    "tags",
    "payoutCurrency",
    "payoutReference",
    "createdAt",
    "metadata",
    "campaignExternalId",
];

const TYPES: [(&str, PartnerType); 4] = [
    ("AFFILIATE", PartnerType::Affiliate),
    ("REFERRAL", PartnerType::Referral),
    ("RESELLER", PartnerType::Reseller),
    ("DISTRIBUTOR", PartnerType::Distributor),
];

/// Our own words, and those of other products.
const STATUSES: [(&str, PartnerStatus); 15] = [
    ("ACTIVE", PartnerStatus::Active),
    ("INVITED", PartnerStatus::Invited),
    ("SUSPENDED", PartnerStatus::Suspended),
    ("REVOKED", PartnerStatus::Revoked),
    ("APPROVED", PartnerStatus::Active),
    ("ENROLLED", PartnerStatus::Active),
    ("PENDING", PartnerStatus::Invited),
    ("DEACTIVATED", PartnerStatus::Suspended),
    ("DISABLED", PartnerStatus::Suspended),
    ("SUSPICIOUS", PartnerStatus::Suspended),
    ("REJECTED", PartnerStatus::Revoked),
    ("DECLINED", PartnerStatus::Revoked),
    ("ARCHIVED", PartnerStatus::Revoked),
    ("BANNED", PartnerStatus::Revoked),
    ("INACTIVE", PartnerStatus::Suspended),
];

/// The groups, tiers and categories of partners, by the names that files use.
#[derive(Default)]
struct PartnerClasses {
    groups: HashMap<String, Option<PartnerGroupId>>,
    tiers: HashMap<String, PartnerTierId>,
    categories: HashMap<String, PartnerCategoryId>,
}

impl PartnerClasses {
    async fn of(app: &App, scope: &Scope, rows: &[FileRow]) -> Result<Self, StoreError> {
        let (mut classes, reader) = (Self::default(), app.store.reader());
        if rows.iter().any(|row| row.text("tierLabel").is_some()) {
            let all = store::label::all::<id::PartnerTier>(reader, scope).await?;
            classes.tiers = all.into_iter().map(|tier| (tier.label, tier.id)).collect();
        }
        if rows.iter().any(|row| row.text("categories").is_some()) {
            let all = store::label::all::<id::PartnerCategory>(reader, scope).await?;
            classes.categories = all.into_iter().map(|category| (category.label, category.id)).collect();
        }
        // One by one: there are few groups, however many partners there are.
        for row in rows {
            let Some(name) = group_name(row) else { continue };
            if classes.groups.contains_key(&name) {
                continue;
            }
            let mut found = store::partner_group::find_by_external_id(reader, scope, &name).await?;
            if let (None, Ok(id)) = (&found, name.parse::<PartnerGroupId>()) {
                found = store::partner_group::find(reader, scope, id).await?;
            }
            classes.groups.insert(name, found.map(|group| group.id));
        }
        Ok(classes)
    }
}

fn group_name(row: &FileRow) -> Option<String> {
    let name = row.text("groupExternalId").or_else(|| row.text("groupId"));
    name.map(text::normalised)
}

pub async fn batch(app: &App, caller: &Caller, mode: Mode, rows: &[FileRow]) -> Result<BatchResults, ImportError> {
    let scope = Scope::tenant_wide(caller.tenant());
    let classes = PartnerClasses::of(app, &scope, rows)
        .await
        .map_err(ImportError::Store)?;
    let campaigns: Vec<_> = rows
        .iter()
        .filter_map(|row| row.text("campaignExternalId"))
        .map(text::normalised)
        .collect();
    let campaigns = store::bulk::campaigns_by_external_id(app.store.reader(), &scope, &campaigns)
        .await
        .map_err(ImportError::Store)?;
    let read = rows.iter().map(|row| {
        let mut cells = Cells::of(row);
        let name = ParsedRow::name(&mut cells);
        let partner = ImportedPartner {
            external_id: name,
            name: cells.required("name"),
            email: cells.required("email"),
            partner_type: cells.word("type", &TYPES),
            status: cells.word("status", &STATUSES),
            group_id: None,
            tier_id: None,
            category_ids: Vec::new(),
            campaign_ids: Vec::new(),
            tags: cells.list("tags"),
            metadata: cells.json("metadata"),
            payout_currency: cells.currency("payoutCurrency"),
            payout_reference: cells.text("payoutReference"),
            created_at: cells.moment("createdAt"),
        };
        let mut missing = |column: &str, what: &str, name: &str| {
            let message = format!("{} matches no {what}: create it first", quoted(name));
            cells.problems.add(column, ProblemCode::NotFound, message);
        };
        let group_id = group_name(row).and_then(|name| {
            let found = classes.groups.get(&name).copied().flatten();
            if found.is_none() {
                missing("groupExternalId", "partner group", &name);
            }
            found
        });
        let tier_id = row.text("tierLabel").map(text::normalised).and_then(|label| {
            let found = classes.tiers.get(&label).copied();
            if found.is_none() {
                missing("tierLabel", "partner tier", &label);
            }
            found
        });
        let campaign = row.text("campaignExternalId").map(text::normalised).and_then(|name| {
            let found = campaigns.get(&name).copied();
            if found.is_none() {
                missing("campaignExternalId", "campaign", &name);
            }
            found
        });
        let labels = cells.list("categories");
        let category_ids = labels.iter().filter_map(|label| {
            let found = classes.categories.get(&text::normalised(label)).copied();
            if found.is_none() {
                let message = format!("{} matches no partner category: create it first", quoted(label));
                cells.problems.add("categories", ProblemCode::NotFound, message);
            }
            found
        });
        let category_ids = category_ids.collect();
        let partner = ImportedPartner {
            group_id,
            tier_id,
            category_ids,
            campaign_ids: campaign.into_iter().collect(),
            ..partner
        };
        ParsedRow::done(cells, RowNames::default(), partner)
    });
    BatchResults::run(read.collect(), async |partners| {
        moving_in::partners(app, caller, mode, partners).await
    })
    .await
}
