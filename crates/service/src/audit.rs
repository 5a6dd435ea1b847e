//! Audit entries beyond those that transactions make of their own changes: of imports, which take several transactions,
//! and of tokens, which leave no rows.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::app::App;
use auth::{Caller, Permissions, Scope};
use domain::Timestamp;
use domain::audit::{Origin, sha256};
use domain::id::TenantId;
use domain::partner::Partner;
use domain::tenant::Tenant;
use store::{StoreError, Transaction};

/// A file that is being imported: one audit entry says when the import began, another how it ended. The changes of its
/// transactions have entries of their own in between; these transactions are begun with the same caller, whose origin
/// names the import.
pub struct Import<'a> {
    app: &'a App,
    caller: &'a Caller,
    file: Value,
}

impl<'a> Import<'a> {
    /// Records that the import begins.
    pub async fn begin(app: &'a App, caller: &'a Caller, file: &[u8]) -> Result<Self, StoreError> {
        Self::begin_of(app, caller, (&sha256(file), file.len() as u64)).await
    }

    /// Like `begin`, for a file that is not in memory: takes the SHA-256 of the whole file, in hexadecimal, and its
    /// length in bytes.
    pub async fn begin_of(app: &'a App, caller: &'a Caller, (hash, bytes): (&str, u64)) -> Result<Self, StoreError> {
        let import = Self {
            app,
            caller,
            file: json!({ "sha256": hash, "bytes": bytes }),
        };
        import.tell("began", []).await?;
        Ok(import)
    }

    /// Records how the import ended, with its counts by name.
    pub async fn end(self, counts: impl IntoIterator<Item = (&'static str, u64)>) -> Result<(), StoreError> {
        self.tell("ended", counts).await
    }

    async fn tell(
        &self,
        moment: &str,
        counts: impl IntoIterator<Item = (&'static str, u64)>,
    ) -> Result<(), StoreError> {
        let counts = counts.into_iter().map(|(name, count)| (name.to_owned(), json!(count)));
        let counts: Map<_, _> = counts.collect();
        let mut told = json!({ "file": self.file, moment: true });
        if !counts.is_empty() {
            told["counts"] = Value::Object(counts);
        }
        let tenant = self.caller.tenant();
        let trail = self.app.trail(tenant, self.caller.origin());
        let transaction = self.app.store.begin(trail).await?;
        transaction.noted_of::<Tenant>(tenant, "import", told);
        transaction.commit().await
    }
}

/// Records that a command of the program has issued a token for the rows of `scope`.
pub async fn token_issued(
    app: &App,
    command: &str,
    scope: &Scope,
    permissions: Permissions,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let tenant: TenantId = scope.tenant();
    let transaction = app
        .store
        .begin(app.trail(tenant, Arc::new(Origin::command(command))))
        .await?;
    note_token(&transaction, scope, permissions, expires_at);
    transaction.commit().await
}

/// Notes that a token was issued, with its scopes and its expiry.
pub(super) fn note_token(transaction: &Transaction, scope: &Scope, permissions: Permissions, expires_at: Timestamp) {
    let scopes: Vec<_> = permissions.list().iter().map(ToString::to_string).collect();
    let told = json!({ "scopes": scopes, "expiresAt": expires_at });
    match scope.partner() {
        Some(partner) => transaction.noted_of::<Partner>(partner, "token", told),
        None => transaction.noted_of::<Tenant>(scope.tenant(), "token", told),
    }
}
