//! Refetching any object by its id alone, as Relay does.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::parser::types::Field;
use async_graphql::registry::{MetaType, MetaTypeId, Registry};
use async_graphql::{Context, ContextSelectionSet, ID, Object, OutputType, Positioned, ServerResult, Value};
use futures::future::join_all;

use super::context::request;
use super::error::{ApiError, Nullable, nullable};
use super::rows::{Any, AnyList, RegisterType, TypeDescription, plain_field};
use crate::graphql::backtest::{BACKTEST, Backtest};
use crate::graphql::campaign::{CAMPAIGN, Campaign};
use crate::graphql::coupon::{COUPON, Coupon};
use crate::graphql::deal::pipeline::{CUSTOM_FIELD, CustomField, PAYMENT_STAGE, PaymentStage};
use crate::graphql::deal::rule::{COMMISSION_RULE, CommissionRule};
use crate::graphql::deal::{DEAL, Deal};
use crate::graphql::label::{ADVERTISER, Advertiser, PARTNER_CATEGORY, PARTNER_TIER, PartnerCategory, PartnerTier};
use crate::graphql::ledger::commission::{COMMISSION, Commission};
use crate::graphql::ledger::customer::{CUSTOMER, Customer};
use crate::graphql::ledger::event::{ATTRIBUTION, Attribution, EVENT, Event};
use crate::graphql::ledger::touch::{TOUCH, Touch};
use crate::graphql::link::{LINK, Link};
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::partner_group::{PARTNER_GROUP, PartnerGroup};
use crate::graphql::partnership_request::{PARTNERSHIP_REQUEST, PartnershipRequest};
use crate::graphql::payout::run::{PAYOUT_RUN, PayoutRun};
use crate::graphql::payout::{PAYOUT, Payout};
use crate::graphql::tenant::Tenant;
use crate::graphql::tenant::api_key::{API_KEY, ApiKey};
use crate::graphql::tenant::audit::{AUDIT_ENTRY, AuditEntry};
use crate::graphql::terms::{COMMISSION_SNAPSHOT, CommissionSnapshot};
use crate::graphql::tiered::{TIERED_COMMISSION, TieredCommission};
use crate::graphql::webhook::{WEBHOOK_DELIVERY, WEBHOOK_ENDPOINT, WebhookDelivery, WebhookEndpoint};
use domain::id;
use domain::id::Kind;

/// Anything that has an id of its own. All but the tenant are rows that are read by id; this holds the tenant, which is
/// already loaded.
pub struct Node(Tenant);

impl OutputType for Node {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("Node")
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_output_type::<Self, _>(MetaTypeId::Interface, |registry| {
            let name = Self::type_name().into_owned();
            let of_id = ID::create_type_info(registry);
            let id = plain_field("id", "Its id, unique across all types.", of_id);
            let tenant: RegisterType = Tenant::create_type_info;
            let registering = std::iter::once(tenant).chain(TYPES.map(|(_, _, register)| register));
            let types = registering.map(|register| {
                let declared = register(registry);
                let implementor = declared.trim_end_matches('!').to_owned();
                registry.add_implements(&implementor, &name);
                implementor
            });
            MetaType::Interface {
                possible_types: types.collect(),
                name,
                description: Some("An object with a global id.".to_owned()),
                fields: [("id".to_owned(), id)].into(),
                extends: false,
                inaccessible: false,
                tags: Vec::new(),
                keys: None,
                visible: None,
                rust_typename: Some(std::any::type_name::<Self>()),
                directive_invocations: Vec::new(),
                requires_scopes: Vec::new(),
            }
        })
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        self.0.resolve(ctx, field).await
    }
}

/// The types whose objects are rows: the prefix of their ids, the description, and the function that registers the
/// type.
pub const TYPES: [(&str, &TypeDescription, RegisterType); 27] = [
    (id::Partner::PREFIX, &PARTNER, Partner::create_type_info),
    (id::PartnerGroup::PREFIX, &PARTNER_GROUP, PartnerGroup::create_type_info),
    (id::PartnerTier::PREFIX, &PARTNER_TIER, PartnerTier::create_type_info),
    (
        id::PartnerCategory::PREFIX,
        &PARTNER_CATEGORY,
        PartnerCategory::create_type_info,
    ),
    (id::Advertiser::PREFIX, &ADVERTISER, Advertiser::create_type_info),
    (id::Campaign::PREFIX, &CAMPAIGN, Campaign::create_type_info),
    (
        id::Snapshot::PREFIX,
        &COMMISSION_SNAPSHOT,
        CommissionSnapshot::create_type_info,
    ),
    (
        id::PartnershipRequest::PREFIX,
        &PARTNERSHIP_REQUEST,
        PartnershipRequest::create_type_info,
    ),
    (id::Coupon::PREFIX, &COUPON, Coupon::create_type_info),
    (id::Link::PREFIX, &LINK, Link::create_type_info),
    (id::Touch::PREFIX, &TOUCH, Touch::create_type_info),
    (id::Event::PREFIX, &EVENT, Event::create_type_info),
    (id::Customer::PREFIX, &CUSTOMER, Customer::create_type_info),
    (id::Attribution::PREFIX, &ATTRIBUTION, Attribution::create_type_info),
    (id::Commission::PREFIX, &COMMISSION, Commission::create_type_info),
    (id::Payout::PREFIX, &PAYOUT, Payout::create_type_info),
    (id::PayoutRun::PREFIX, &PAYOUT_RUN, PayoutRun::create_type_info),
    (id::Backtest::PREFIX, &BACKTEST, Backtest::create_type_info),
    (id::PaymentStage::PREFIX, &PAYMENT_STAGE, PaymentStage::create_type_info),
    (id::CustomField::PREFIX, &CUSTOM_FIELD, CustomField::create_type_info),
    (id::Deal::PREFIX, &DEAL, Deal::create_type_info),
    (
        id::CommissionRule::PREFIX,
        &COMMISSION_RULE,
        CommissionRule::create_type_info,
    ),
    (
        id::TieredCommission::PREFIX,
        &TIERED_COMMISSION,
        TieredCommission::create_type_info,
    ),
    (id::ApiKey::PREFIX, &API_KEY, ApiKey::create_type_info),
    (
        id::WebhookEndpoint::PREFIX,
        &WEBHOOK_ENDPOINT,
        WebhookEndpoint::create_type_info,
    ),
    (
        id::WebhookDelivery::PREFIX,
        &WEBHOOK_DELIVERY,
        WebhookDelivery::create_type_info,
    ),
    (id::AuditEntry::PREFIX, &AUDIT_ENTRY, AuditEntry::create_type_info),
];

/// The object with this id, if the caller may read its type.
async fn find(ctx: &Context<'_>, text: &str) -> Result<Option<Any<Node>>, ApiError> {
    let (prefix, uuid) =
        id::parse_any(text).ok_or_else(|| ApiError::bad_user_input(format!("{text:?} is not an id")))?;
    let request = request(ctx);
    if prefix == id::Tenant::PREFIX {
        let scope = request.caller.scope();
        if scope.tenant().uuid() != uuid {
            return Ok(None);
        }
        let tenant = Arc::clone(request.tenant().await?);
        return Ok(Some(Any::Object(Node(Arc::unwrap_or_clone(tenant).into()))));
    }
    let Some((_, to, _)) = TYPES.iter().find(|(known, ..)| *known == prefix) else {
        return Ok(None);
    };
    request.caller.read(to.resource)?;
    Ok(Some(Any::Row(to, uuid)))
}

#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The object with this id; null if there is none, or none that the caller may see.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "The id of any object.")] id: ID) -> Nullable<Any<Node>> {
        nullable(find(ctx, &id)).await
    }

    /// The objects with these ids, in the same order; null in place of those that do not exist or that the caller may
    /// not see.
    // The document guard has already limited the number of ids.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ids of any objects, at most 100 unless configured otherwise.")] ids: Vec<ID>,
    ) -> AnyList<Node> {
        AnyList(join_all(ids.iter().map(|id| nullable(find(ctx, id)))).await)
    }
}
