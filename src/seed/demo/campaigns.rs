//! The demo's campaigns.

use chrono::Duration;

use super::{Ids, Stage};
use crate::domain::campaign::CampaignStatus;
use crate::domain::problem::Patch;
use crate::domain::terms::TermDraft;
use crate::seed::draft::{first, fixed, for_months, group_rules, percent, subsequent};
use crate::service::ServiceError;
use crate::service::campaign::{CampaignChange, NewCampaign, create, update};
use crate::store;

/// When it becomes what it is now.
const TURNING_DAY: i64 = 180;

struct Row {
    key: &'static str,
    name: &'static str,
    advertiser: &'static str,
    terms: Vec<TermDraft>,
    holdback_days: Option<i32>,
    status: CampaignStatus,
    /// The window as days of the programme's life.
    window: (Option<i64>, Option<i64>),
}

fn rows() -> [Row; 8] {
    use CampaignStatus::{Active, Ended, Paused};
    let row = |key, name, advertiser, terms, holdback_days, status| Row {
        key,
        name,
        advertiser,
        terms,
        holdback_days,
        status,
        window: (None, None),
    };
    let always = |draft| vec![draft];
    let team = vec![first("purchase", percent("30")), subsequent("purchase", percent("7.5"))];
    let reader = vec![first("activation", fixed("40.00")), percent("0.35")];
    [
        row(
            "annual",
            "Lumen Annual Plan",
            "lumen",
            always(for_months(12, percent("20"))),
            Some(30),
            Active,
        ),
        row(
            "signup",
            "Lumen Starter Sign-up",
            "lumen",
            always(first("signup", fixed("15.00"))),
            Some(14),
            Active,
        ),
        row("team", "Lumen Team Plan", "lumen", team, Some(30), Active),
        row("reader", "Harbor Pay Card Reader", "harbor", reader, Some(45), Active),
        row(
            "processing",
            "Harbor Pay Processing",
            "harbor",
            always(group_rules()),
            Some(0),
            Active,
        ),
        Row {
            // A year from its start.
            window: (Some(30), Some(395)),
            ..row(
                "city",
                "Fernweh City Breaks",
                "fernweh",
                always(percent("8")),
                Some(60),
                Active,
            )
        },
        row(
            "booking",
            "Fernweh Early Booking",
            "fernweh",
            always(percent("12.5")),
            None,
            Paused,
        ),
        // Without terms of its own: the groups' rules pay.
        row("winter", "Fernweh Winter Weeks", "fernweh", Vec::new(), Some(30), Ended),
    ]
}

pub async fn make(stage: &Stage<'_>, advertisers: &Ids) -> Result<Ids, ServiceError> {
    let mut ids = Vec::new();
    for (turn, row) in rows().into_iter().enumerate() {
        let external_id = format!("demo-campaign-{}", row.key);
        let known =
            store::campaign::find_by_external_id(stage.app.store.reader(), &stage.scope(), &external_id).await?;
        let day = |day: i64| stage.tenant.created_at + Duration::days(day);
        let campaign = match known {
            Some(known) => known,
            None => {
                let campaign = NewCampaign {
                    name: row.name.to_owned(),
                    external_id: Some(external_id),
                    status: None,
                    terms: row.terms,
                    holdback_days: row.holdback_days,
                    starts_at: row.window.0.map(day),
                    ends_at: row.window.1.map(day),
                    advertiser_id: Some(advertisers.of(row.advertiser)),
                };
                create(&stage.on(2, turn), &stage.caller(), campaign).await?
            }
        };
        let id = campaign.id.to_string();
        if campaign.status != row.status {
            let change = CampaignChange {
                id: id.clone(),
                status: Patch::Set(row.status),
                ..CampaignChange::default()
            };
            update(&stage.on(TURNING_DAY, turn), &stage.caller(), change).await?;
        }
        ids.push((row.key, id));
    }
    Ok(ids.into_iter().collect())
}
