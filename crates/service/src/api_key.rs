//! API keys: creating and revoking them, and recording when they were last used.

use serde_json::{Value, json};

use crate::aggregate::aggregate;
use crate::app::App;
use crate::ids::named;
use crate::once::{Answer, begin, commit};
use crate::stored::find_in;
use crate::{ServiceError, partner, require, token};
use auth::{ApiKey, Caller, NewKey, Resource, Scope};
use domain::Timestamp;
use domain::audit::CHANGED;
use domain::id::{self, ApiKeyId, TenantId};
use domain::problem::{Fault, ProblemCode, Problems};
use domain::text;
use store::{Store, StoreError};

aggregate!(ApiKey: ApiKey, in api_key);

/// A key as requested.
#[derive(Clone, Debug)]
pub struct ApiKeyDraft {
    pub name: String,
    pub scopes: Vec<String>,
    pub partner_id: Option<String>,
    pub expires_at: Option<Timestamp>,
}

/// A new key with its secret text, which cannot be read again: `None` if the call is a repetition.
pub struct CreatedKey {
    pub api_key: ApiKey,
    pub text: Option<String>,
}

impl Answer for CreatedKey {
    fn to_stored(&self) -> Value {
        json!(self.api_key.id.to_string())
    }

    async fn reload(store: &Store, scope: &Scope, kept: &Value) -> Result<Option<Self>, StoreError> {
        let found = find_in::<id::ApiKey>(store.reader(), scope, kept).await?;
        Ok(found.map(|api_key| Self { api_key, text: None }))
    }
}

/// Creates a key. Callers cannot grant scopes that they lack; a key bound to a partner takes only the scopes for
/// partners.
pub async fn create(app: &App, caller: &Caller, draft: ApiKeyDraft) -> Result<CreatedKey, ServiceError> {
    let writer = caller.write(Resource::ApiKeys)?;
    let now = app.clock.now();
    let mut problems = Problems::new();
    let name = problems.take("name", text::name(&draft.name));
    let permissions = token::granted(caller, &draft.scopes, draft.partner_id.is_some(), &mut problems);
    if draft.scopes.is_empty() {
        problems.add("scopes", ProblemCode::Required, "must name at least one scope");
    }
    let expires_at = problems.optional("expiresAt", draft.expires_at, |moment| match moment > now {
        true => Ok(moment),
        false => Err(Fault::invalid("must be in the future")),
    });
    let transaction = begin(app, &writer).await?;
    // One at a time for each tenant, so that the limit is never exceeded.
    store::tenant::take_turn(&transaction, writer.tenant()).await?;
    let count = store::api_key::count_usable(&transaction, &writer.scope(), now).await?;
    if count >= app.keys_per_tenant {
        let message = format!(
            "a tenant can have at most {} active API keys: revoke those that are no longer used",
            app.keys_per_tenant
        );
        problems.add("", ProblemCode::Conflict, message);
    }
    // The partner is locked, so that a revocation either comes first and is seen here, or comes later and ends the key.
    let partner = match &draft.partner_id {
        Some(id) => {
            let locked = partner::locked(&transaction, &writer, "partnerId", id, &mut problems).await?;
            locked.map(|locked| locked.partner)
        }
        None => None,
    };
    if let Some(partner) = &partner
        && !partner.status.may_sign_in()
    {
        let message = format!("is {}: its API keys would be refused", partner.status.as_str());
        problems.add("partnerId", ProblemCode::Conflict, message);
    }
    require!(problems; name, expires_at);
    // Read after taking the lock: a reactivation that this call waited for must be earlier.
    let now = app.clock.now();
    let new = NewKey::generate();
    let api_key = ApiKey {
        id: ApiKeyId::new(now),
        name,
        prefix: new.prefix,
        permissions,
        partner_id: partner.as_ref().map(|partner| partner.id),
        // Not earlier than `tokens_valid_from`, which a reactivation in this very microsecond has set to the next one.
        created_at: partner.map_or(now, |partner| now.max(partner.tokens_valid_from)),
        expires_at,
        last_used_at: None,
        revoked_at: None,
    };
    store::api_key::insert(&transaction, writer.tenant(), &api_key, &new.hash).await?;
    transaction.created(&api_key);
    transaction.noted(&api_key, "key", Value::Null, CHANGED);
    let created = CreatedKey {
        api_key,
        text: Some(new.text),
    };
    commit(app, transaction, &writer, &created).await?;
    Ok(created)
}

/// Revokes a key permanently, effective at once. A key that is already revoked keeps its time of revocation.
pub async fn revoke(app: &App, caller: &Caller, id: &str) -> Result<ApiKeyId, ServiceError> {
    let writer = caller.write(Resource::ApiKeys)?;
    let mut problems = Problems::new();
    let transaction = app.begin(&writer).await?;
    let lock = async |id| store::api_key::lock(&transaction, &writer.scope(), id).await;
    let Some(key) = named("id", id, &mut problems, lock).await? else {
        return Err(problems.into());
    };
    let now = app.clock.now().max(key.created_at);
    store::api_key::revoke(&transaction, writer.tenant(), key.id, now).await?;
    let revoked_at = key.revoked_at.or(Some(now));
    transaction.changed(
        &key,
        &ApiKey {
            revoked_at,
            ..key.clone()
        },
    );
    transaction.commit().await?;
    Ok(key.id)
}

/// Writes when keys were last used, which requests only note in memory. Each key has a transaction of its own: a
/// revocation of a partner's keys might lock several rows in another order. What cannot be written now is noted again.
pub async fn write_uses(app: &App) -> Result<(), StoreError> {
    let mut result = Ok(());
    for (key, (tenant, at)) in app.key_uses.take() {
        if result.is_ok() {
            result = write_use(app, tenant, key, at).await;
        }
        if result.is_err() {
            app.key_uses.note(tenant, key, at);
        }
    }
    result
}

async fn write_use(app: &App, tenant: TenantId, key: ApiKeyId, at: Timestamp) -> Result<(), StoreError> {
    let transaction = app.store.begin_unaudited().await?;
    store::api_key::set_used(&transaction, tenant, key, at).await?;
    transaction.commit().await
}
