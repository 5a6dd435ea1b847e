//! Commission snapshots, by id and by partner.

use std::sync::Arc;

use uuid::Uuid;

use super::{Fetch, Fetched, shared};
use auth::Scope;
use domain::snapshot::CommissionSnapshot;
use store::{Store, snapshot};

/// Snapshots by id.
pub struct SnapshotById;

impl Fetch for SnapshotById {
    type Key = Uuid;
    type Value = Arc<CommissionSnapshot>;

    async fn fetch(store: &Store, scope: &Scope, ids: &[Self::Key]) -> Fetched<Self> {
        Ok(shared(snapshot::by_ids(store.reader(), scope, ids).await?))
    }
}

/// All snapshots of partners, newest first.
pub struct SnapshotsOfPartner;

impl Fetch for SnapshotsOfPartner {
    type Key = Uuid;
    type Value = Arc<Vec<CommissionSnapshot>>;

    async fn fetch(store: &Store, scope: &Scope, ids: &[Self::Key]) -> Fetched<Self> {
        Ok(shared(snapshot::of_partners(store.reader(), scope, ids).await?))
    }
}
