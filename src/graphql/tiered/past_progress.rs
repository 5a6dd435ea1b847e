//! Progress towards the goals of tiers in past windows.

use async_graphql::Context;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::counter::TierCounter;
use crate::graphql::connection::Connection;
use crate::graphql::context::{RequestContext, request};
use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use crate::graphql::loader::ProgressKey;
use crate::graphql::page_arguments::PageArguments;
use auth::Resource;
use domain::Timestamp;
use domain::id::CampaignId;
use service::ledger::tiers::GoalOnCampaign;
use store::page::{Page, PageRequest, RowPosition, SortKey};

/// The past windows of a partner, on all campaigns or on one.
pub fn past_tier_progress(
    ctx: &Context<'_>,
    partner: Uuid,
    campaign: Option<CampaignId>,
    page: &PageArguments,
) -> Result<Connection<TierCounter>, ApiError> {
    let request = request(ctx);
    let scope = request.caller.read(Resource::TieredCommissions)?;
    let cursors = Cursors::of((scope, "partner.pastTierProgress", partner, campaign));
    let cursors = cursors.sorted_by(Some(SortKey::Time(Timestamp::default())));
    let page = page.read(&cursors)?;
    let now = request.app.clock.now();
    let key = ProgressKey { partner, campaign, now };
    let counted = key.clone();
    Ok(Connection::new(
        cursors,
        move |request| {
            let (key, page) = (key.clone(), page.clone());
            Box::pin(async move { Ok(cut(&shown(request, key).await?, &page)) })
        },
        move |request| {
            let key = counted.clone();
            Box::pin(async move { Ok(shown(request, key).await?.len() as u64) })
        },
    ))
}

/// The goals that the caller may see: a partner sees no revenue goals, nor goals of tiers that only change revenue.
async fn shown(request: &RequestContext, key: ProgressKey) -> Result<Vec<(RowPosition, TierCounter)>, ApiError> {
    let all = request
        .loaders()
        .past_tier_progress
        .load(key)
        .await?
        .unwrap_or_default();
    let for_partner = request.is_partner();
    let shown = all.iter().filter(|progress| !for_partner || progress.is_for_partner());
    let counters = shown.map(|progress| {
        let counter = TierCounter::of(&progress.tier, Some(progress.campaign), &progress.goal);
        (place(progress), counter)
    });
    Ok(counters.collect())
}

/// The position in the list, sorted by the end of the window. A goal of a window has no id, so one is hashed from its
/// fields.
fn place(progress: &GoalOnCampaign) -> RowPosition {
    let window = progress.goal.window;
    let all = (
        progress.id,
        progress.campaign,
        window.start,
        window.end,
        progress.goal.metric,
    );
    let mut id = [0; 16];
    id.copy_from_slice(&Sha256::digest(format!("{all:?}"))[..16]);
    RowPosition {
        key: Some(SortKey::Time(window.end)),
        id: Uuid::from_bytes(id),
    }
}

/// The requested page. The cursor of an entry that no longer exists marks the end of the entries with its window end.
fn cut<T: Clone>(all: &[(RowPosition, T)], page: &PageRequest) -> Page<(RowPosition, T)> {
    let at = |place: &RowPosition| all.iter().position(|(other, _)| other == place);
    let end_of = |place: &RowPosition| all.iter().take_while(|(other, _)| time(other) >= time(place)).count();
    let first = page
        .after
        .as_ref()
        .map_or(0, |place| at(place).map_or_else(|| end_of(place), |at| at + 1));
    let last = page
        .before
        .as_ref()
        .map_or(all.len(), |place| at(place).unwrap_or_else(|| end_of(place)));
    let stretch = all.get(first..last).unwrap_or_default();
    let size = stretch.len().min(page.limit as usize);
    let (items, more) = if page.backward {
        (&stretch[stretch.len() - size..], stretch.len() > size)
    } else {
        (&stretch[..size], stretch.len() > size)
    };
    Page {
        items: items.to_vec(),
        has_next: if page.backward { page.before.is_some() } else { more },
        has_previous: if page.backward { more } else { page.after.is_some() },
    }
}

fn time(place: &RowPosition) -> Option<Timestamp> {
    match place.key {
        Some(SortKey::Time(time)) => Some(time),
        _ => None,
    }
}
