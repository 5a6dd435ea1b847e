//! How often links were followed, by day.

use std::collections::BTreeMap;

use entity::link_day;
use sea_orm::IntoActiveModel;

use super::writes::{Conflict, Writes};
use domain::id::{LinkId, TenantId};

/// Counts clicks: how many of each link and day, such as 2026-07-31. Replicas that count at the same time wait for each
/// other in this order.
pub fn add(writes: &mut Writes, tenant: TenantId, clicks: &BTreeMap<(LinkId, String), i64>) {
    let rows = clicks.iter().map(|((link, day), clicks)| {
        let row = link_day::Model {
            tenant_id: tenant.uuid(),
            link_id: link.uuid(),
            day: day.clone(),
            clicks: *clicks,
        };
        row.into_active_model()
    });
    writes.add(rows, Conflict::Add);
}
