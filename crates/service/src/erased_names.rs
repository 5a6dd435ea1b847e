//! Events and customers that were erased are still found by the external ids that other systems know: what stands in
//! their place is derived from these.

use std::collections::HashMap;

use auth::{SealingKeys, Writer};
use store::{Connection, StoreError};

use crate::ledger::event::CheckedEvent;

/// What stands in the place of erased external ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErasedNames(HashMap<String, String>);

impl ErasedNames {
    /// Those among these external ids that belong to erased events or customers. Two statements.
    pub async fn among(
        keys: Option<&SealingKeys>,
        database: &Connection,
        writer: &Writer,
        names: impl IntoIterator<Item = &String>,
    ) -> Result<Self, StoreError> {
        let Some(keys) = keys else {
            return Ok(Self::default());
        };
        let mut names_of = HashMap::new();
        for name in names {
            let pseudonyms = keys.pseudonyms(writer.tenant(), name);
            names_of.extend(pseudonyms.into_iter().map(|pseudonym| (pseudonym, name)));
        }
        if names_of.is_empty() {
            return Ok(Self::default());
        }
        let asked: Vec<_> = names_of.keys().cloned().collect();
        let known = store::erasure::known_pseudonyms(database, &writer.scope(), &asked).await?;
        let renamed = known.into_iter().filter_map(|pseudonym| {
            let name = names_of.get(&pseudonym)?;
            Some(((*name).clone(), pseudonym))
        });
        Ok(Self(renamed.collect()))
    }

    /// Like [`ErasedNames::among`], for a tenant that may never have erased anything: then one statement.
    pub async fn if_any(
        keys: Option<&SealingKeys>,
        database: &Connection,
        writer: &Writer,
        names: impl IntoIterator<Item = &String>,
    ) -> Result<Self, StoreError> {
        match store::erasure::has_any(database, &writer.scope()).await? {
            true => Self::among(keys, database, writer, names).await,
            false => Ok(Self::default()),
        }
    }

    /// These, and others that were found before.
    pub fn and(mut self, others: &Self) -> Self {
        self.0.extend(others.0.clone());
        self
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts what is stored in the place of an erased external id.
    pub fn rename(&self, name: &mut String) {
        if let Some(pseudonym) = self.0.get(name) {
            pseudonym.clone_into(name);
        }
    }

    /// Renames what an event names. Its content stays that of the input.
    pub fn rename_in(&self, event: &mut CheckedEvent) {
        let named = [&mut event.customer_external_id, &mut event.original_external_id];
        for name in named.into_iter().flatten().chain([&mut event.external_id]) {
            self.rename(name);
        }
    }
}

/// The external ids that an event names.
pub fn named(event: &CheckedEvent) -> impl Iterator<Item = &String> {
    let also = [&event.customer_external_id, &event.original_external_id];
    also.into_iter().flatten().chain([&event.external_id])
}
