//! The demo's partner groups, tiers, categories and advertisers.

use super::{Ids, Stage};
use crate::domain::group_rules::RuleDraft;
use crate::domain::id;
use crate::seed::draft::{bonus, gate, recurring, time_tier, upgrade};
use crate::service::ServiceError;
use crate::service::label::LabelKind;
use crate::service::partner_group::{NewPartnerGroup, create};
use crate::store;

pub async fn groups(stage: &Stage<'_>) -> Result<Ids, ServiceError> {
    let groups = [
        group(
            "standard",
            "Standard",
            "Every partner starts here: more in a customer's first three months, then 10 %.",
            "",
            vec![
                note("First quarter of a customer", time_tier(3, "25")),
                note("Ever after", recurring("10")),
            ],
        ),
        group(
            "agencies",
            "Performance Agencies",
            "Agencies that bring customers every month and keep them.",
            "managed,performance",
            vec![
                note("First half-year", time_tier(6, "30")),
                note("First year", time_tier(12, "20")),
                note("Ever after", recurring("12")),
                note("10,000 EUR of lifetime value", upgrade("10000", "2.5")),
                note("50,000 EUR of lifetime value", upgrade("50000", "2.5")),
            ],
        ),
        group(
            "creators",
            "Creators",
            "Blogs, podcasts and channels. Paid from the third customer on; the first one is paid at once.",
            "content",
            vec![
                note("First year", time_tier(12, "20")),
                note("Ever after", recurring("8")),
                note("5,000 EUR of lifetime value", upgrade("5000", "2")),
                note("Thanks for a large order", bonus("500", "15")),
                note("Three customers", gate(3)),
            ],
        ),
        group(
            "resellers",
            "Resellers",
            "Sell under their own name and carry the support; handling is deducted from large orders.",
            "managed",
            vec![
                recurring("18"),
                upgrade("100000", "4"),
                note("Handling of large orders", bonus("5000", "-25")),
            ],
        ),
    ];
    let mut ids = Vec::new();
    for (turn, (key, mut group)) in groups.into_iter().enumerate() {
        let external_id = format!("demo-group-{key}");
        let known =
            store::partner_group::find_by_external_id(stage.app.store.reader(), &stage.scope(), &external_id).await?;
        let id = match known {
            Some(known) => known.id,
            None => {
                group.external_id = Some(external_id);
                create(&stage.on(0, turn), &stage.caller(), group).await?.id
            }
        };
        ids.push((key, id.to_string()));
    }
    Ok(ids.into_iter().collect())
}

fn group(
    key: &'static str,
    name: &str,
    description: &str,
    tags: &str,
    rules: Vec<RuleDraft>,
) -> (&'static str, NewPartnerGroup) {
    let tags = tags.split(',').filter(|tag| !tag.is_empty());
    let group = NewPartnerGroup {
        name: name.to_owned(),
        rules,
        description: Some(description.to_owned()),
        tags: tags.map(str::to_owned).collect(),
        is_default: key == "standard",
        ..NewPartnerGroup::default()
    };
    (key, group)
}

fn note(description: &str, rule: RuleDraft) -> RuleDraft {
    RuleDraft {
        description: Some(description.to_owned()),
        ..rule
    }
}

pub async fn tiers(stage: &Stage<'_>) -> Result<Ids, ServiceError> {
    let tiers = [("bronze", "Bronze"), ("silver", "Silver"), ("gold", "Gold")];
    labels::<id::PartnerTier>(stage, "tier", &tiers).await
}

pub async fn categories(stage: &Stage<'_>) -> Result<Ids, ServiceError> {
    let categories = [
        ("agency", "Agency"),
        ("creator", "Content creator"),
        ("integrator", "Systems integrator"),
        ("marketplace", "Marketplace"),
        ("travel", "Travel"),
    ];
    labels::<id::PartnerCategory>(stage, "category", &categories).await
}

pub async fn advertisers(stage: &Stage<'_>) -> Result<Ids, ServiceError> {
    let advertisers = [
        ("lumen", "Lumen Analytics"),
        ("harbor", "Harbor Pay"),
        ("fernweh", "Fernweh Travel"),
    ];
    labels::<id::Advertiser>(stage, "advertiser", &advertisers).await
}

async fn labels<K: LabelKind>(
    stage: &Stage<'_>,
    what: &str,
    labels: &[(&'static str, &str)],
) -> Result<Ids, ServiceError> {
    let mut ids = Vec::new();
    for (turn, (key, label)) in labels.iter().enumerate() {
        let external_id = format!("demo-{what}-{key}");
        let known =
            store::label::find_by_external_id::<K>(stage.app.store.reader(), &stage.scope(), &external_id).await?;
        let id = match known {
            Some(known) => known.id,
            None => {
                let (app, external_id) = (stage.on(1, turn), Some(external_id));
                crate::service::label::create::<K>(&app, &stage.caller(), label, external_id)
                    .await?
                    .id
            }
        };
        ids.push((*key, id.to_string()));
    }
    Ok(ids.into_iter().collect())
}
