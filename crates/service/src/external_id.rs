//! External ids, each of which belongs to at most one object of its kind.

use auth::{Scope, Writer};
use domain::id::{self, Id, Kind};
use domain::problem::Problems;
use store::{Connection, StoreError};

/// A kind of objects with external ids.
pub trait WithExternalId: Kind + Sized {
    /// The object that has this external id.
    fn holder(
        database: &Connection,
        scope: &Scope,
        external_id: &str,
    ) -> impl Future<Output = Result<Option<Id<Self>>, StoreError>> + Send;
}

/// Declares the function that finds an object of each kind by its external id.
macro_rules! with_external_id {
    ($($kind:ident = $find:path, |$found:ident| $id:expr;)+) => {
        $(
            impl WithExternalId for id::$kind {
                async fn holder(
                    database: &Connection,
                    scope: &Scope,
                    external_id: &str,
                ) -> Result<Option<Id<Self>>, StoreError> {
                    Ok($find(database, scope, external_id).await?.map(|$found| $id))
                }
            }
        )+
    };
}

with_external_id! {
    Advertiser = store::label::find_by_external_id, |label| label.id;
    Campaign = store::campaign::find_by_external_id, |campaign| campaign.id;
    CommissionRule = store::commission_rule::find_by_external_id, |rule| rule.id;
    CustomField = store::custom_field::find_by_external_id, |id| id;
    Deal = store::deal::find_by_external_id, |deal| deal.id;
    Partner = store::partner::find_by_external_id, |partner| partner.id;
    PartnerCategory = store::label::find_by_external_id, |label| label.id;
    PartnerGroup = store::partner_group::find_by_external_id, |group| group.id;
    PartnerTier = store::label::find_by_external_id, |label| label.id;
    PaymentStage = store::stage::find_by_external_id, |stage| stage.id;
    TieredCommission = store::tiered_commission::find_by_external_id, |tier| tier.id;
}

/// Notes that an external id is taken if an object other than `me` has it. `external_id` is the result of its check.
pub(super) async fn check_free<K: WithExternalId>(
    database: &Connection,
    writer: &Writer,
    external_id: &Option<Option<String>>,
    me: Option<Id<K>>,
    problems: &mut Problems,
) -> Result<(), StoreError> {
    if let Some(Some(external_id)) = external_id {
        let holder = K::holder(database, &writer.scope(), external_id).await?;
        problems.free("externalId", holder, me);
    }
    Ok(())
}
