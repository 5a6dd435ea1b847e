//! Tiered commissions, and the partners that they name.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::{Children, CountsOf, Fetch, Loader, Loaders, PagesOf, shared};
use crate::auth::Scope;
use crate::domain::partner::Partner;
use crate::domain::tiered::TieredCommission;
use crate::store::page::{Page, PageRequest, Place};
use crate::store::{Store, StoreError, partner, tiered_commission};

/// Tiered commissions by id, archived ones, too.
pub struct TieredCommissionById;

impl Fetch for TieredCommissionById {
    type Key = Uuid;
    type Value = Arc<TieredCommission>;

    async fn fetch(store: &Store, scope: &Scope, ids: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, StoreError> {
        Ok(shared(tiered_commission::by_ids(store.reader(), scope, ids).await?))
    }
}

/// The partners that tiered commissions name, newest first.
pub struct PartnersOfTier;

impl Children for PartnersOfTier {
    type Child = Partner;
    const NAME: &'static str = "tiered_commission.partners";

    fn place(partner: &Partner) -> Place {
        Place::of_id(partner.id)
    }

    fn loaders(loaders: &Loaders) -> (&Loader<PagesOf<Self>>, &Loader<CountsOf<Self>>) {
        (&loaders.partners_of_tier, &loaders.partner_count_of_tier)
    }

    async fn pages(
        store: &Store,
        scope: &Scope,
        tiers: &[Uuid],
        request: &PageRequest,
    ) -> Result<HashMap<Uuid, Page<Partner>>, StoreError> {
        partner::pages_of_tiers(store.reader(), scope, tiers, request).await
    }

    async fn counts(store: &Store, scope: &Scope, tiers: &[Uuid]) -> Result<HashMap<Uuid, u64>, StoreError> {
        partner::counts_of_tiers(store.reader(), scope, tiers).await
    }
}
