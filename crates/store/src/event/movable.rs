//! Events that a reassignment may move.

use entity::attribution;
use entity::event::{Column, Entity};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use crate::attribution::with_first;
use crate::scope::visible;
use crate::{Connection, StoreError};
use auth::Scope;
use domain::Timestamp;
use domain::event::EventKind;
use domain::id::{CampaignId, CustomerId, PartnerId};

/// Selects the events of a customer that may be moved.
#[derive(Clone, Copy, Debug)]
pub struct Movable {
    pub customer: CustomerId,
    /// Credited to this partner, or to none.
    pub credited_to: Option<PartnerId>,
    /// Not credited to these already.
    pub target: Option<(PartnerId, Option<CampaignId>)>,
    /// Occurred at this moment or later.
    pub since: Timestamp,
}

impl Movable {
    fn select(&self, scope: &Scope) -> Select<Entity> {
        use attribution::Column as Credited;
        let earning = [EventKind::Charge, EventKind::Conversion].map(EventKind::as_str);
        let credited = Condition::any()
            .add_option(self.target.map(|_| Credited::PartnerId.is_null()))
            .add_option(self.credited_to.map(|partner| Credited::PartnerId.eq(partner.uuid())));
        let is_there = self.target.map(|(partner, campaign)| {
            let of_campaign = match campaign {
                Some(campaign) => Credited::CampaignId.eq(campaign.uuid()),
                None => Credited::CampaignId.is_null(),
            };
            // A comparison with null is neither true nor false, and would leave out events that are credited to nobody.
            Condition::any()
                .add(Credited::PartnerId.is_null())
                .add(Credited::CampaignId.is_null().and(Expr::value(campaign.is_some())))
                .add(
                    Condition::all()
                        .add(Credited::PartnerId.eq(partner.uuid()))
                        .add(of_campaign)
                        .not(),
                )
        });
        with_first(scope, visible::<Entity>(scope))
            .filter(Column::CustomerId.eq(self.customer.uuid()))
            .filter(Column::OccurredAt.gte(self.since))
            .filter(Column::Kind.is_in(earning))
            .filter(match credited.is_empty() {
                // Events that are credited to nobody stay so.
                true => Condition::all().add(Expr::value(false)),
                false => credited,
            })
            .filter(Condition::all().add_option(is_there))
    }

    /// The ids of the events, in the order of recording, at most `limit`.
    pub async fn ids(&self, database: &Connection, scope: &Scope, limit: u64) -> Result<Vec<Uuid>, StoreError> {
        let select = self.select(scope).select_only().column(Column::Id);
        let select = select.order_by_asc(Column::Id).limit(limit);
        Ok(select.into_tuple().all(database).await?)
    }

    pub async fn count(&self, database: &Connection, scope: &Scope) -> Result<u64, StoreError> {
        let select = self.select(scope).select_only().column(Column::Id);
        Ok(select.count(database).await?)
    }
}
