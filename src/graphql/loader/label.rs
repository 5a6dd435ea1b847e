//! Partner tiers, partner categories and advertisers.

use std::marker::PhantomData;
use std::sync::Arc;

use uuid::Uuid;

use super::{Fetch, Fetched, shared};
use auth::Scope;
use domain::label::Label;
use store::Store;
use store::label::{self, LabelTable};

/// Labels of one kind by id.
pub struct LabelById<K>(PhantomData<fn() -> K>);

impl<K: LabelTable> Fetch for LabelById<K> {
    type Key = Uuid;
    type Value = Arc<Label<K>>;

    async fn fetch(store: &Store, scope: &Scope, ids: &[Self::Key]) -> Fetched<Self> {
        Ok(shared(label::by_ids(store.reader(), scope, ids).await?))
    }
}
