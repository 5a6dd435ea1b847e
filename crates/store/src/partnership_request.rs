//! Partnership requests.

use std::sync::Arc;

use entity::partnership_request::{self, Column, Entity};
use sea_orm::{ColumnTrait, Condition, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};

use super::filter::{one_of_ids, one_of_words};
use super::scope::visible;
use super::{Connection, StoreError, view};
use crate::mapped::mapped;
use crate::table_functions::table_functions;
use auth::Scope;
use domain::Timestamp;
use domain::id::{CampaignId, PartnershipRequestId};
use domain::partnership_request::{PartnershipRequest, PartnershipRequestStatus};

const TABLE: &str = "partnership_request";

table_functions!(PartnershipRequest, PartnershipRequestId: by_ids, lock, insert, update, at_hand);

/// What to list; all given conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PartnershipRequestFilter {
    /// Any of these values; an empty list matches nothing, here and below.
    pub statuses: Option<Vec<PartnershipRequestStatus>>,
    pub campaigns: Option<Vec<CampaignId>>,
    pub created_from: Option<Timestamp>,
    pub created_to: Option<Timestamp>,
}

/// The requests with this status, or all, that match the filter.
pub fn list(status: Option<PartnershipRequestStatus>, filter: Arc<PartnershipRequestFilter>) -> view::List {
    let kept = (*filter == PartnershipRequestFilter::default()).then(|| format!("{status:?}"));
    let select = move |_, scope: &Scope, _| filtered(scope, status, &filter).into_query();
    view::List::new(&view::PARTNERSHIP_REQUEST, kept, select)
}

fn filtered(
    scope: &Scope,
    status: Option<PartnershipRequestStatus>,
    filter: &PartnershipRequestFilter,
) -> Select<Entity> {
    let statuses = filter.statuses.as_deref();
    let wanted = Condition::all()
        .add_option(status.map(|status| Column::Status.eq(status.as_str())))
        .add_option(one_of_words(Column::Status, statuses, PartnershipRequestStatus::as_str))
        .add_option(one_of_ids(Column::CampaignId, filter.campaigns.as_deref()))
        .add_option(filter.created_from.map(|from| Column::CreatedAt.gte(from)))
        .add_option(filter.created_to.map(|to| Column::CreatedAt.lt(to)));
    visible::<Entity>(scope).filter(wanted)
}

/// Whether a request from that address for that campaign is pending.
pub async fn is_pending(
    database: &Connection,
    scope: &Scope,
    campaign: CampaignId,
    email: &str,
) -> Result<bool, StoreError> {
    let pending = filtered(
        scope,
        Some(PartnershipRequestStatus::Pending),
        &PartnershipRequestFilter::default(),
    )
    .filter(Column::CampaignId.eq(campaign.uuid()))
    .filter(Column::Email.eq(email));
    Ok(pending.count(database).await? > 0)
}

/// The newest request from an address, for any campaign and whatever its decision.
pub async fn find_newest_of(
    database: &Connection,
    scope: &Scope,
    email: &str,
) -> Result<Option<PartnershipRequest>, StoreError> {
    let requests = visible::<Entity>(scope).filter(Column::Email.eq(email));
    let newest = requests.order_by_desc(Column::Id).limit(1).one(database).await?;
    newest.map(from_row).transpose()
}

mapped! {
    fn (row: partnership_request::Model, request: PartnershipRequest) of TABLE;
    both: id, name, email, campaign_id, status, message, partner_id, reason, created_at, decided_at;
}
