//! Which objects ids are of, and reading them.

use std::collections::HashMap;

use serde_json::Value;
use uuid::Uuid;

use auth::Scope;
use domain::deal::{CustomField, PaymentStage};
use domain::event::{Customer, Event};
use domain::id::{self, Id, Kind};
use domain::label::Label;
use domain::webhook::{WebhookDelivery, WebhookEndpoint};
use domain::{
    backtest, campaign, commission, deal_rules, partner, partner_group, partnership_request, snapshot, tiered,
};
use store::{Connection, StoreError};

/// A kind of objects that are read by their ids.
pub trait Stored: Kind {
    type Object: Send;

    /// The objects with these ids, in one statement.
    fn by_ids(
        database: &Connection,
        scope: &Scope,
        ids: &[Uuid],
    ) -> impl Future<Output = Result<HashMap<Uuid, Self::Object>, StoreError>> + Send;
}

/// Declares which objects the ids of each kind are of, and the function that reads them.
macro_rules! stored {
    ($($kind:ident: $object:ty = $by_ids:path;)+) => {
        $(
            impl Stored for id::$kind {
                type Object = $object;

                async fn by_ids(
                    database: &Connection,
                    scope: &Scope,
                    ids: &[Uuid],
                ) -> Result<HashMap<Uuid, $object>, StoreError> {
                    $by_ids(database, scope, ids).await
                }
            }
        )+
    };
}

stored! {
    Advertiser: Label<id::Advertiser> = store::label::by_ids;
    ApiKey: auth::ApiKey = store::api_key::by_ids;
    Backtest: backtest::Backtest = store::backtest::by_ids;
    Campaign: campaign::Campaign = store::campaign::by_ids;
    Commission: commission::Commission = store::commission::by_ids;
    CommissionRule: deal_rules::CommissionRule = store::commission_rule::by_ids;
    CustomField: CustomField = store::custom_field::by_ids;
    Customer: Customer = store::customer::by_ids;
    Erasure: domain::erasure::Erasure = store::erasure::by_ids;
    Event: Event = store::event::by_ids;
    Partner: partner::Partner = store::partner::by_ids;
    PartnerCategory: Label<id::PartnerCategory> = store::label::by_ids;
    PartnerGroup: partner_group::PartnerGroup = store::partner_group::by_ids;
    PartnerTier: Label<id::PartnerTier> = store::label::by_ids;
    PartnershipRequest: partnership_request::PartnershipRequest = store::partnership_request::by_ids;
    PaymentStage: PaymentStage = store::stage::by_ids;
    Payout: commission::Payout = store::payout::by_ids;
    PayoutRun: commission::PayoutRun = store::payout_run::by_ids;
    Snapshot: snapshot::CommissionSnapshot = store::snapshot::by_ids;
    TieredCommission: tiered::TieredCommission = store::tiered_commission::by_ids;
    WebhookDelivery: WebhookDelivery = store::webhook::delivery::by_ids;
    WebhookEndpoint: WebhookEndpoint = store::webhook::endpoint::by_ids;
}

/// The object with this id.
pub(crate) async fn find<K: Stored>(
    database: &Connection,
    scope: &Scope,
    id: Id<K>,
) -> Result<Option<K::Object>, StoreError> {
    Ok(K::by_ids(database, scope, &[id.uuid()]).await?.remove(&id.uuid()))
}

/// The id in a stored answer.
pub(crate) fn id_in<K: Kind>(stored: &Value) -> Option<Id<K>> {
    stored.as_str()?.parse().ok()
}

/// The object whose id a stored answer consists of.
pub(crate) async fn find_in<K: Stored>(
    database: &Connection,
    scope: &Scope,
    stored: &Value,
) -> Result<Option<K::Object>, StoreError> {
    match id_in::<K>(stored) {
        Some(id) => find(database, scope, id).await,
        None => Ok(None),
    }
}
