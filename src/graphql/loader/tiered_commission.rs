//! Tiered commissions, and the partners that they list.

use std::sync::Arc;

use uuid::Uuid;

use super::{Fetch, Fetched, children, shared};
use auth::Scope;
use domain::partner::Partner;
use domain::tiered::TieredCommission;
use store::{Store, partner, tiered_commission};

/// Tiered commissions by id, including archived ones.
pub struct TieredCommissionById;

impl Fetch for TieredCommissionById {
    type Key = Uuid;
    type Value = Arc<TieredCommission>;

    async fn fetch(store: &Store, scope: &Scope, ids: &[Self::Key]) -> Fetched<Self> {
        Ok(shared(tiered_commission::by_ids(store.reader(), scope, ids).await?))
    }
}

children! {
    /// The partners that tiered commissions list, newest first.
    PartnersOfTier: Partner, "tiered_commission.partners", partners_of_tier, partner_count_of_tier =
        partner::list_of_tiers;
}
