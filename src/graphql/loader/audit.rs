//! The histories of objects.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Children, CountsOf, Loader, Loaders, PagesOf};
use crate::auth::Scope;
use crate::domain::audit::Entry;
use crate::store::page::{Page, PageRequest, Place};
use crate::store::{Store, StoreError, audit};

/// The entries of the audit log that list changes of objects, newest first.
pub struct HistoryOfObject;

impl Children for HistoryOfObject {
    type Child = Entry;
    const NAME: &'static str = "history";

    fn place(entry: &Entry) -> Place {
        Place::of_id(entry.id)
    }

    fn loaders(loaders: &Loaders) -> (&Loader<PagesOf<Self>>, &Loader<CountsOf<Self>>) {
        (&loaders.history_of_object, &loaders.history_count_of_object)
    }

    async fn pages(
        store: &Store,
        scope: &Scope,
        objects: &[Uuid],
        request: &PageRequest,
    ) -> Result<HashMap<Uuid, Page<Entry>>, StoreError> {
        audit::pages_of_objects(store.reader(), scope, objects, request).await
    }

    async fn counts(store: &Store, scope: &Scope, objects: &[Uuid]) -> Result<HashMap<Uuid, u64>, StoreError> {
        audit::counts_of_objects(store.reader(), scope, objects).await
    }
}
