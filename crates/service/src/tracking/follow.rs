//! Following a link.

use super::destinations::Away;
use super::queue::{Arrival, Click};
use crate::app::App;
use domain::attribution::redirect;
use domain::id::TouchId;
use domain::link::LinkStatus;

/// Somebody asks for a link's address.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// The tenant's slug.
    pub tenant: &'a str,
    pub key: &'a str,
    /// The query of the address, as it was sent.
    pub query: &'a str,
    /// Whether it is a person who follows the link now, as far as that can be told.
    pub counts: bool,
    /// Whether only https addresses are led to.
    pub is_production: bool,
}

/// Where the visitor is led; `None`: there is no such link, or it leads nowhere that is allowed now. A click is put in
/// line to be recorded.
pub async fn follow(app: &App, visit: Visit<'_>) -> Result<Option<String>, Away> {
    let destinations = &app.tracking.destinations;
    let Some(tenant) = destinations.tenant(app, visit.tenant).await? else {
        return Ok(None);
    };
    let Some(found) = destinations.link(app, tenant.id, visit.key).await? else {
        return Ok(None);
    };
    let (own, of_campaign) = (found.link.destination_url.as_deref(), found.of_campaign.as_deref());
    let Some(destination) = redirect::leads_to(own, of_campaign, &found.hosts, visit.is_production) else {
        return Ok(None);
    };
    if found.link.status == LinkStatus::Disabled {
        return Ok(redirect::address(&destination, None, None, visit.query));
    }
    // A page that was fetched beforehand may be shown later: its script then reports the link itself.
    if !visit.counts {
        return Ok(redirect::address(&destination, Some(visit.key), None, visit.query));
    }
    let click_id = drawn();
    let Some(address) = redirect::address(&destination, Some(visit.key), Some(&click_id), visit.query) else {
        return Ok(None);
    };
    let now = app.clock.now();
    let click = Click {
        id: TouchId::new(now),
        link_id: found.link.id,
        partner_id: found.link.partner_id,
        campaign_id: found.link.campaign_id,
        click_id,
        day: super::collect::day(&tenant, now),
        at: now,
    };
    app.tracking.push(app, tenant.id, Arrival::Click(click));
    Ok(Some(address))
}

/// 128 random bits: nobody can guess another visitor's click.
///
/// # Panics
///
/// If the operating system has no random numbers: then it makes no ids, either.
fn drawn() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system's random number generator works");
    format!("{:032x}", u128::from_be_bytes(bytes))
}
