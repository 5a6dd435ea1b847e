//! Partner tiers, partner categories and advertisers.

use std::marker::PhantomData;
use std::sync::Arc;

use uuid::Uuid;

use super::{Fetch, Fetched, shared};
use auth::Scope;
use domain::label::{Label, PartnerCategory};
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

/// The categories of partners, sorted by label.
pub struct CategoriesOfPartner;

impl Fetch for CategoriesOfPartner {
    type Key = Uuid;
    type Value = Arc<Vec<PartnerCategory>>;

    async fn fetch(store: &Store, scope: &Scope, ids: &[Self::Key]) -> Fetched<Self> {
        Ok(shared(label::categories_of_partners(store.reader(), scope, ids).await?))
    }
}
