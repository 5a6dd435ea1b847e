//! The terms in force for partners, and the tiers that would count their next conversion.

use std::collections::HashMap;
use std::sync::Arc;

use chrono_tz::Tz;

use super::{Fetch, Fetched};
use auth::Scope;
use service::ledger::in_force::{TermsInForce, TermsKey, terms_in_force};
use service::ledger::tiers::{OfferKey, Offered, offers};
use store::Store;

/// The terms in force.
pub struct TermsOfPartner;

impl Fetch for TermsOfPartner {
    type Key = TermsKey;
    type Value = Arc<TermsInForce>;

    async fn fetch(store: &Store, scope: &Scope, keys: &[Self::Key]) -> Fetched<Self> {
        let found = terms_in_force(store.reader(), scope, keys).await?;
        Ok(super::shared(found))
    }
}

/// The tiers that would count the next conversion, in windows of the tenant's time zone. They are read at the latest
/// moment of the batch, whose keys all come from one request.
pub struct OffersOfPartner;

impl Fetch for OffersOfPartner {
    type Key = (OfferKey, Tz);
    type Value = Arc<Vec<Offered>>;

    async fn fetch(store: &Store, scope: &Scope, keys: &[Self::Key]) -> Fetched<Self> {
        // All keys have the tenant's time zone.
        let Some((_, zone)) = keys.first() else {
            return Ok(HashMap::new());
        };
        let wanted: Vec<_> = keys.iter().map(|(key, _)| key.clone()).collect();
        let found = offers(store.reader(), scope, *zone, &wanted).await?;
        Ok(found
            .into_iter()
            .map(|(key, offers)| ((key, *zone), Arc::new(offers)))
            .collect())
    }
}
