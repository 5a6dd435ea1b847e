//! The demo's partner groups, tiers, categories and advertisers.

use chrono::Duration;

use super::{DemoContext, IdsByName};
use crate::draft::{bonus, gate, recurring, time_tier, upgrade};
use domain::group_rules::RuleDraft;
use domain::id;
use domain::problem::Patch;
use service::ServiceError;
use service::label::LabelKind;
use service::once::answered;
use service::partner_group::{NewPartnerGroup, PartnerGroupChange, create, update};

fn groups() -> [(&'static str, NewPartnerGroup); 4] {
    [
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
    ]
}

pub async fn make(demo: &DemoContext<'_>, age: Duration, ids: &mut IdsByName) -> Result<(), ServiceError> {
    for (key, mut group) in groups() {
        let external_id = format!("demo-group-{key}");
        let (app, caller) = demo.step(age, &external_id);
        group.external_id = Some(external_id);
        let group = answered(&app, &caller, create(&app, &caller, group)).await?;
        ids.put("group", key, group.id);
    }
    let tiers = [("bronze", "Bronze"), ("silver", "Silver"), ("gold", "Gold")];
    labels::<id::PartnerTier>(demo, age, "tier", &tiers, ids).await?;
    let categories = [
        ("agency", "Agency"),
        ("creator", "Content creator"),
        ("integrator", "Systems integrator"),
        ("marketplace", "Marketplace"),
        ("travel", "Travel"),
    ];
    labels::<id::PartnerCategory>(demo, age, "category", &categories, ids).await?;
    let advertisers = [
        ("lumen", "Lumen Analytics"),
        ("harbor", "Harbor Pay"),
        ("fernweh", "Fernweh Travel"),
    ];
    labels::<id::Advertiser>(demo, age, "advertiser", &advertisers, ids).await
}

/// Makes the standard group the default one. Until then partners without a group have no rules, and two sales of that
/// time have earned nothing.
pub async fn settle(demo: &DemoContext<'_>, age: Duration, ids: &IdsByName) -> Result<(), ServiceError> {
    let (app, caller) = demo.step(age, "demo-group-standard-settles");
    let change = PartnerGroupChange {
        id: ids.of("group", "standard"),
        is_default: Patch::Set(true),
        ..PartnerGroupChange::default()
    };
    answered(&app, &caller, update(&app, &caller, change)).await?;
    Ok(())
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

async fn labels<K: LabelKind>(
    demo: &DemoContext<'_>,
    age: Duration,
    what: &'static str,
    labels: &[(&'static str, &str)],
    ids: &mut IdsByName,
) -> Result<(), ServiceError> {
    for (turn, (key, label)) in (1..).zip(labels) {
        let external_id = format!("demo-{what}-{key}");
        let (app, caller) = demo.step(age + Duration::minutes(turn), &external_id);
        let label = service::label::create::<K>(&app, &caller, label, Some(external_id));
        let label = answered(&app, &caller, label).await?;
        ids.put(what, key, label.id);
    }
    Ok(())
}
