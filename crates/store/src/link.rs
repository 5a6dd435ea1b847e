//! Links.

use std::collections::HashMap;
use std::sync::Arc;

use entity::link::{self, Column, Entity};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, IntoActiveModel, QueryFilter, QueryTrait, Select};

use super::filter::{contains_key, one_of_ids, one_of_words};

use super::promoted::{self, Standing};
use super::references::references;
use super::scope::visible;
use super::writes::{Conflict, Writes};
use super::{Connection, StoreError, load, view};
use crate::mapped::mapped;
use crate::table_functions::table_functions;
use auth::Scope;
use domain::Timestamp;
use domain::id::{CampaignId, LinkId, PartnerId, TenantId};
use domain::link::{Link, LinkStatus};
use domain::text;

const TABLE: &str = "link";

table_functions!(Link, LinkId: by_ids, by_external_ids, find, find_by_external_id, lock, insert, update, delete, at_hand, whole);

/// What to list; all given conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct LinkFilter {
    /// Part of the external id in any case, or the whole key.
    pub search: Option<String>,
    /// Any of these values; an empty list matches nothing, here and below.
    pub statuses: Option<Vec<LinkStatus>>,
    pub partners: Option<Vec<PartnerId>>,
    pub campaigns: Option<Vec<CampaignId>>,
    pub keys: Option<Vec<String>>,
    pub created_from: Option<Timestamp>,
    pub created_to: Option<Timestamp>,
}

/// The links that match the filter.
pub fn list(filter: Arc<LinkFilter>) -> view::List {
    let kept = (*filter == LinkFilter::default()).then(String::new);
    let select = move |_, scope: &Scope, _| filtered(scope, &filter).into_query();
    view::List::new(&view::LINK, kept, select)
}

/// The links of partners.
pub fn list_of_partners() -> view::List {
    let select = |_, scope: &Scope, partner: Expr| {
        let of_partner = Expr::col(Column::PartnerId.as_column_ref()).eq(partner);
        visible::<Entity>(scope).filter(of_partner).into_query()
    };
    view::List::new(&view::LINK, Some("partner".to_owned()), select)
}

fn filtered(scope: &Scope, filter: &LinkFilter) -> Select<Entity> {
    let found = |search: &String| {
        Condition::any()
            .add(Column::ExternalIdKey.like(contains_key(&text::sort_key(search))))
            .add(Column::Key.eq(search.as_str()))
    };
    let wanted = Condition::all()
        .add_option(filter.search.as_ref().map(found))
        .add_option(one_of_words(
            Column::Status,
            filter.statuses.as_deref(),
            LinkStatus::as_str,
        ))
        .add_option(one_of_ids(Column::PartnerId, filter.partners.as_deref()))
        .add_option(one_of_ids(Column::CampaignId, filter.campaigns.as_deref()))
        .add_option(filter.keys.as_ref().map(|keys| Column::Key.is_in(keys)))
        .add_option(filter.created_from.map(|from| Column::CreatedAt.gte(from)))
        .add_option(filter.created_to.map(|to| Column::CreatedAt.lt(to)));
    visible::<Entity>(scope).filter(wanted)
}

/// The link with a key.
pub async fn find_by_key(database: &Connection, scope: &Scope, key: &str) -> Result<Option<Link>, StoreError> {
    let select = visible::<Entity>(scope).filter(Column::Key.eq(key));
    load::one(database, select, from_row).await
}

/// The links with these keys, by key, each with what decides whom it credits.
pub async fn by_keys(
    database: &Connection,
    scope: &Scope,
    keys: &[String],
) -> Result<HashMap<String, (Link, Standing)>, StoreError> {
    let select = visible::<Entity>(scope).filter(Column::Key.is_in(keys));
    let found = match keys.is_empty() {
        true => Vec::new(),
        false => promoted::with(database, scope, select, Column::PartnerId, Column::CampaignId).await?,
    };
    let found = found.into_iter().map(|(row, standing): (link::Model, _)| {
        let key = row.key.clone();
        Ok((key, (from_row(row)?, standing)))
    });
    found.collect()
}

/// Writes new links.
pub fn add(writes: &mut Writes, tenant: TenantId, links: &[Link]) {
    let rows = links.iter().map(|link| to_row(tenant, link).into_active_model());
    writes.add(rows, Conflict::Fail);
}

/// How many rows refer to the link, and what they are.
pub async fn count_references(
    database: &Connection,
    scope: &Scope,
    id: LinkId,
) -> Result<Vec<(u64, &'static str)>, StoreError> {
    Ok(references!(database, scope, id; "touches": touch where LinkId, "events": attribution where LinkId))
}

mapped! {
    fn (row: link::Model, link: Link) of TABLE;
    both: id, partner_id, campaign_id, key, destination_url, external_id, status, disabled_at, created_at, updated_at;
    written: {
        external_id_key: link.external_id.as_deref().map(text::sort_key),
    }
}
