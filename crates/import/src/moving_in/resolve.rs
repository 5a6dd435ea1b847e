//! Resolves the partners and campaigns that rows name: by the file's name, which is their external id here, or by their
//! id.

use std::collections::{BTreeSet, HashMap};

use super::cells::Cells;
use crate::ImportError;
use crate::file::{FileRow, quoted};
use auth::{Caller, Scope};
use domain::id::{CampaignId, PartnerId};
use domain::problem::{ProblemCode, Problems};
use service::app::App;
use store::{Store, StoreError};

/// The columns that name the partner and the campaign, whichever of them a file has.
pub const PARTNER: [&str; 4] = ["partnerExternalId", "partnerEmail", "partnerId", "partner"];
pub const CAMPAIGN: [&str; 3] = ["campaignExternalId", "campaignId", "campaign"];

/// The names of a row's partner and campaign.
#[derive(Clone, Debug, Default)]
pub struct RowNames {
    /// Each with the column that it comes from.
    partner: Option<(&'static str, String)>,
    campaign: Option<(&'static str, String)>,
}

impl RowNames {
    pub fn of(cells: &Cells<'_>) -> Self {
        let first = |columns: &[&'static str]| {
            let mut found = columns.iter().filter_map(|column| Some((*column, cells.text(column)?)));
            found.next()
        };
        Self {
            partner: first(&PARTNER),
            campaign: first(&CAMPAIGN),
        }
    }

    /// The column that names the partner, or would.
    pub fn partner_column(&self) -> &'static str {
        self.partner.as_ref().map_or(PARTNER[0], |(column, _)| column)
    }

    pub fn campaign_column(&self) -> &'static str {
        self.campaign.as_ref().map_or(CAMPAIGN[0], |(column, _)| column)
    }

    pub fn has_partner(&self) -> bool {
        self.partner.is_some()
    }
}

/// The partner and the campaign of something that needs both. What is missing is a problem, unless the row has others: those
/// may be why.
pub fn both(
    partner: Option<PartnerId>,
    campaign: Option<CampaignId>,
    problems: &mut Problems,
) -> Option<(PartnerId, CampaignId)> {
    if problems.is_empty() {
        for (column, is_given) in [("partner", partner.is_some()), ("campaign", campaign.is_some())] {
            if !is_given {
                problems.add(column, ProblemCode::Required, "must be given");
            }
        }
    }
    partner.zip(campaign)
}

/// The partners and campaigns that a batch names.
#[derive(Default)]
pub struct ResolvedNames {
    partners: HashMap<String, PartnerId>,
    campaigns: HashMap<String, CampaignId>,
}

impl ResolvedNames {
    /// The cells of rows, with the names of each row's partner and campaign, and those of these that exist.
    pub async fn of_rows<'r>(
        app: &App,
        caller: &Caller,
        rows: &'r [FileRow],
    ) -> Result<(Vec<(RowNames, Cells<'r>)>, Self), ImportError> {
        let read = rows.iter().map(|row| {
            let cells = Cells::of(row);
            (RowNames::of(&cells), cells)
        });
        let read: Vec<_> = read.collect();
        let names = read.iter().map(|(names, _)| names);
        let resolved = Self::of(&app.store, &Scope::tenant_wide(caller.tenant()), names).await;
        Ok((read, resolved.map_err(ImportError::Store)?))
    }

    /// Takes at most four statements.
    pub async fn of<'a>(
        store: &Store,
        scope: &Scope,
        names: impl Iterator<Item = &'a RowNames> + Clone,
    ) -> Result<Self, StoreError> {
        let mut resolved = Self::default();
        let partners = names
            .clone()
            .filter_map(|names| names.partner.as_ref().map(|(_, name)| name.clone()));
        let partners = Vec::from_iter(partners.collect::<BTreeSet<_>>());
        if !partners.is_empty() {
            let emails: Vec<_> = partners.iter().map(|name| name.to_lowercase()).collect();
            for partner in store::partner::named(store.reader(), scope, &partners, &emails).await? {
                resolved.partners.insert(partner.email, partner.id);
                resolved
                    .partners
                    .extend(partner.external_id.map(|name| (name, partner.id)));
            }
            let ids = partners.iter().filter(|name| !resolved.partners.contains_key(*name));
            let ids: Vec<_> = ids
                .filter_map(|name| name.parse::<PartnerId>().ok())
                .map(|id| id.uuid())
                .collect();
            if !ids.is_empty() {
                let found = store::partner::by_ids(store.reader(), scope, &ids).await?;
                resolved
                    .partners
                    .extend(found.into_values().map(|partner| (partner.id.to_string(), partner.id)));
            }
        }
        let campaigns = names.filter_map(|names| names.campaign.as_ref().map(|(_, name)| name.clone()));
        let campaigns = Vec::from_iter(campaigns.collect::<BTreeSet<_>>());
        if !campaigns.is_empty() {
            resolved.campaigns = store::bulk::campaigns_by_external_id(store.reader(), scope, &campaigns).await?;
            let ids = campaigns.iter().filter(|name| !resolved.campaigns.contains_key(*name));
            let ids: Vec<_> = ids
                .filter_map(|name| name.parse::<CampaignId>().ok())
                .map(|id| id.uuid())
                .collect();
            if !ids.is_empty() {
                let found = store::campaign::by_ids(store.reader(), scope, &ids).await?;
                let found = found
                    .into_values()
                    .map(|campaign| (campaign.id.to_string(), campaign.id));
                resolved.campaigns.extend(found);
            }
        }
        Ok(resolved)
    }

    /// The partner and the campaign that a row names; names that do not exist are noted.
    pub fn find(&self, names: &RowNames, problems: &mut Problems) -> (Option<PartnerId>, Option<CampaignId>) {
        let partner = names.partner.as_ref().and_then(|(column, name)| {
            let found = self
                .partners
                .get(name)
                .or_else(|| self.partners.get(&name.to_lowercase()));
            if found.is_none() {
                let message = format!("{} matches no partner: import partners first", quoted(name));
                problems.add(column, ProblemCode::NotFound, message);
            }
            found.copied()
        });
        let campaign = names.campaign.as_ref().and_then(|(column, name)| {
            let found = self.campaigns.get(name);
            if found.is_none() {
                let message = format!("{} matches no campaign: create it first", quoted(name));
                problems.add(column, ProblemCode::NotFound, message);
            }
            found.copied()
        });
        (partner, campaign)
    }
}
