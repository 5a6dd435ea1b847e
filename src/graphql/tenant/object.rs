//! The tenant and the caller.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};

use crate::graphql::context::{mutation, request};
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::input::{MoneyInput, patch, patch_each};
use crate::graphql::money::Money;
use crate::graphql::partner::Partner;
use crate::graphql::rows::Projected;
use crate::graphql::scalar::CurrencyCode;
use crate::graphql::user_error::{UserError, answer};
use domain::tenant;
use service::tenant::TenantChange;

/// The caller, as identified by its token or API key.
pub struct Viewer;

/// The caller, as identified by its token or API key.
#[Object]
impl Viewer {
    /// The tenant of the token or key.
    async fn tenant(&self, ctx: &Context<'_>) -> Result<Tenant, ApiError> {
        let tenant = Arc::clone(request(ctx).tenant().await?);
        Ok(Arc::unwrap_or_clone(tenant).into())
    }

    /// The subject of the token (`ISSUER|NAME` if an identity provider issued it), or the id of the API key: the actor
    /// that histories and the audit log name.
    async fn subject(&self, ctx: &Context<'_>) -> String {
        request(ctx).caller.subject().to_owned()
    }

    /// The scopes of the token or key. `admin` includes all scopes within the tenant.
    async fn scopes(&self, ctx: &Context<'_>) -> Vec<String> {
        request(ctx)
            .caller
            .permissions()
            .list()
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    /// The partner to which the token or key is bound; null for staff.
    async fn partner(&self, ctx: &Context<'_>) -> Nullable<Projected<Partner>> {
        nullable(async {
            match request(ctx).caller.partner() {
                Some(partner) => Partner::shown(ctx, partner),
                None => Ok(None),
            }
        })
        .await
    }
}

/// An organisation's partner programme. Tenants never see each other's data.
#[derive(Clone, SimpleObject)]
pub struct Tenant {
    /// Its id.
    #[graphql(owned)]
    pub id: ID,
    /// Its name.
    pub name: String,
    /// The short name used in tokens and on the command line; it never changes.
    pub slug: String,
    /// The currency of amounts for which no other currency is given.
    pub base_currency: CurrencyCode,
    /// The IANA time zone for calendar months, periods and series.
    pub time_zone: String,
    /// The minimum payouts, at most one per currency. Smaller amounts carry forward; in other currencies, any amount
    /// above 0 is paid.
    pub minimum_payouts: Vec<Money>,
    /// The origins of the pages whose script may send what visitors did, such as "https://shop.example".
    pub tracking_origins: Vec<String>,
}

impl From<tenant::Tenant> for Tenant {
    fn from(tenant: tenant::Tenant) -> Self {
        Self {
            id: tenant.id.to_string().into(),
            name: tenant.name,
            slug: tenant.slug,
            base_currency: CurrencyCode(tenant.base_currency),
            time_zone: tenant.time_zone.name().to_owned(),
            minimum_payouts: tenant.minimum_payouts.into_iter().map(Money::from).collect(),
            tracking_origins: tenant.tracking_origins,
        }
    }
}

/// Changes to the tenant's settings. Absent fields stay as they are.
#[derive(InputObject)]
pub struct UpdateTenantInput {
    /// Its name.
    pub name: MaybeUndefined<String>,
    /// An IANA time zone such as "Europe/Berlin".
    pub time_zone: MaybeUndefined<String>,
    /// The minimum payouts, at most one per currency; they replace the existing ones.
    pub minimum_payouts: MaybeUndefined<Vec<MoneyInput>>,
    /// The origins of the pages whose script may send what visitors did, such as "https://shop.example": https (http
    /// outside production), at most 50; they replace the existing ones.
    pub tracking_origins: MaybeUndefined<Vec<String>>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

impl From<UpdateTenantInput> for TenantChange {
    fn from(input: UpdateTenantInput) -> Self {
        Self {
            name: patch(input.name),
            time_zone: patch(input.time_zone),
            minimum_payouts: patch_each(input.minimum_payouts),
            tracking_origins: patch(input.tracking_origins),
        }
    }
}

/// The result of changing the tenant's settings.
#[derive(SimpleObject)]
pub struct TenantPayload {
    /// The tenant as it is now; null if nothing was changed.
    tenant: Option<Tenant>,
    /// Problems with the input; empty if the mutation succeeded.
    user_errors: Vec<UserError>,
}

#[derive(Default)]
pub struct TenantQuery;

#[Object]
impl TenantQuery {
    /// The caller, as identified by its token or API key.
    async fn viewer(&self) -> Viewer {
        Viewer
    }
}

#[derive(Default)]
pub struct TenantMutation;

#[Object]
impl TenantMutation {
    /// Changes the tenant's settings. Needs the scope `admin`.
    async fn update_tenant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateTenantInput,
    ) -> Nullable<TenantPayload> {
        let request = mutation(ctx).await;
        let changed = request
            .answered(service::tenant::update(&request.app, &request.caller, input.into()))
            .await;
        Some(answer(changed).map(|(tenant, user_errors)| TenantPayload {
            tenant: tenant.map(Tenant::from),
            user_errors,
        }))
    }
}
