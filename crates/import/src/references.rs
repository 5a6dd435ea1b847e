//! What documents of other systems may refer to, by external id.

use std::collections::HashMap;

use serde_json::value::RawValue;

use super::json::external_id;
use auth::{Caller, Resource};
use domain::id::{self, Id, Kind};
use domain::problem::{Fault, ProblemCode, Problems};
use service::ServiceError;
use service::app::App;

/// The ids of one kind of object.
#[derive(Debug)]
pub struct ByExternalId {
    what: &'static str,
    ids: HashMap<String, String>,
}

impl ByExternalId {
    fn of(what: &'static str, pairs: impl Iterator<Item = (Option<String>, String)>) -> Self {
        let ids = pairs.filter_map(|(external_id, id)| Some((external_id?, id))).collect();
        Self { what, ids }
    }

    fn named<K: Kind>(what: &'static str, ids: HashMap<String, Id<K>>) -> Self {
        let pairs = ids.into_iter();
        Self::of(what, pairs.map(|(external_id, id)| (Some(external_id), id.to_string())))
    }

    pub fn what(&self) -> &'static str {
        self.what
    }

    pub fn get(&self, external_id: &str) -> Option<&String> {
        self.ids.get(external_id)
    }
}

/// A custom field and its options.
#[derive(Debug)]
pub struct ImportedField {
    pub id: String,
    pub options: HashMap<String, String>,
}

/// Everything that commission rules refer to.
#[derive(Debug)]
pub struct References {
    pub stages: ByExternalId,
    pub fields: HashMap<String, ImportedField>,
    pub tiers: ByExternalId,
    pub categories: ByExternalId,
    pub partners: ByExternalId,
}

impl References {
    /// Of the partners, only those with these external ids: there may be very many.
    pub async fn load(app: &App, caller: &Caller, partners: &[String]) -> Result<Self, ServiceError> {
        let writer = caller.write(Resource::CommissionRules)?;
        let (database, scope) = (app.store.reader(), writer.scope());
        let stages = store::stage::all(database, &scope).await?.into_iter();
        let fields = store::custom_field::all(database, &scope).await?.into_iter();
        let tiers = store::label::all::<id::PartnerTier>(database, &scope)
            .await?
            .into_iter();
        let categories = store::label::all::<id::PartnerCategory>(database, &scope)
            .await?
            .into_iter();
        let partners = store::bulk::partners_by_external_id(database, &scope, partners).await?;
        let fields = fields.filter_map(|field| {
            let options = field.options.into_iter();
            let options = options.filter_map(|option| Some((option.external_id?, option.id.to_string())));
            let id = field.id.to_string();
            Some((
                field.external_id?,
                ImportedField {
                    id,
                    options: options.collect(),
                },
            ))
        });
        Ok(Self {
            stages: ByExternalId::of(
                "payment stage",
                stages.map(|stage| (stage.external_id, stage.id.to_string())),
            ),
            fields: fields.collect(),
            tiers: ByExternalId::of(
                "partner tier",
                tiers.map(|tier| (tier.external_id, tier.id.to_string())),
            ),
            categories: ByExternalId::of(
                "partner category",
                categories.map(|category| (category.external_id, category.id.to_string())),
            ),
            partners: ByExternalId::named("partner", partners),
        })
    }
}

/// Everything that tiered commissions refer to.
#[derive(Debug)]
pub struct TierReferences {
    pub partners: ByExternalId,
    pub campaigns: ByExternalId,
    pub advertisers: ByExternalId,
}

impl TierReferences {
    /// Of the partners and the campaigns, only those with these external ids: there may be very many.
    pub async fn load(
        app: &App,
        caller: &Caller,
        partners: &[String],
        campaigns: &[String],
    ) -> Result<Self, ServiceError> {
        let writer = caller.write(Resource::TieredCommissions)?;
        let (database, scope) = (app.store.reader(), writer.scope());
        let partners = store::bulk::partners_by_external_id(database, &scope, partners).await?;
        let campaigns = store::bulk::campaigns_by_external_id(database, &scope, campaigns).await?;
        let advertisers = store::label::all::<id::Advertiser>(database, &scope).await?.into_iter();
        Ok(Self {
            partners: ByExternalId::named("partner", partners),
            campaigns: ByExternalId::named("campaign", campaigns),
            advertisers: ByExternalId::of(
                "advertiser",
                advertisers.map(|advertiser| (advertiser.external_id, advertiser.id.to_string())),
            ),
        })
    }
}

pub fn unmapped(what: &str, external_id: &str) -> Fault {
    let message = format!("names the {what} {external_id:?}, but none has that external id");
    Fault(ProblemCode::NotFound, message)
}

pub fn reference(name: &str, value: &RawValue, known: &ByExternalId, problems: &mut Problems) -> Option<String> {
    let external_id = external_id(name, value, problems)?;
    let id = known.get(&external_id).cloned();
    problems.take(name, id.ok_or_else(|| unmapped(known.what(), &external_id)))
}
