//! What the script on a brand's pages sends. It is answered in the same way whatever it names.

use super::Tracking;
use super::queue::{Arrival, Join, Met, MetThing};
use crate::app::App;
use domain::Timestamp;
use domain::id::{TenantId, TouchId};
use domain::tenant::Tenant;
use domain::touch::visitor_id;

/// A message of the script. It names one of a click, a link and a coupon.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    pub visitor: String,
    /// The id of a click.
    pub click_id: Option<String>,
    /// The key of a link.
    pub link_key: Option<String>,
    /// The code of a coupon.
    pub coupon_code: Option<String>,
}

/// Maximum number of characters of a link's key and of a coupon's code.
const NAME_CHARACTERS: usize = 64;

/// The id of the tenant, if pages of this origin may send for it. While the database is away and nothing is remembered of
/// the tenant, none may.
pub async fn allows_origin(app: &App, tenant: &str, origin: &str) -> Option<TenantId> {
    let tenant = app.tracking.destinations.tenant(app, tenant).await.ok()??;
    tenant
        .tracking_origins
        .iter()
        .any(|allowed| allowed == origin)
        .then_some(tenant.id)
}

/// Puts in line what was sent; what makes no sense is dropped.
pub async fn collect(app: &App, tenant: &str, sent: Sent) {
    let Ok(Some(tenant)) = app.tracking.destinations.tenant(app, tenant).await else {
        return;
    };
    let Ok(visitor_id) = visitor_id(&sent.visitor) else {
        return;
    };
    let at = app.clock.now();
    let is_name = |text: &String| !text.is_empty() && text.chars().count() <= NAME_CHARACTERS && !text.contains('\0');
    let met = |thing, visitor_id| {
        Arrival::Met(Met {
            id: TouchId::new(at),
            visitor_id,
            thing,
            day: day(&tenant, at),
            at,
        })
    };
    let arrival = match (sent.click_id, sent.link_key, sent.coupon_code) {
        (Some(click_id), None, None) if is_click_id(&click_id) => Arrival::Join(Join {
            click_id,
            visitor_id,
            at,
            tries: 0,
        }),
        (None, Some(key), None) if is_name(&key) => met(MetThing::Link(key), visitor_id),
        (None, None, Some(code)) if is_name(&code) => met(MetThing::Coupon(code), visitor_id),
        _ => return,
    };
    app.tracking.push(app, tenant.id, arrival);
}

fn is_click_id(text: &str) -> bool {
    text.len() == 32
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// The day of a moment in the tenant's time zone.
pub fn day(tenant: &Tenant, at: Timestamp) -> String {
    at.with_timezone(&tenant.time_zone).date_naive().to_string()
}

impl Tracking {
    /// Puts an arrival in line, or counts it as lost.
    pub(super) fn push(&self, app: &App, tenant: TenantId, arrival: Arrival) {
        if !self.queue.push(tenant, arrival) {
            app.metrics.tracking.lost(1);
        }
    }
}
