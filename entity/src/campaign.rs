//! An offer that partners promote, with its live commission terms.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "campaign")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    /// The lower-cased name, for search.
    pub name_key: String,
    pub external_id: Option<String>,
    /// The lower-cased external id, for search.
    pub external_id_key: Option<String>,
    pub status: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub terms: Json,
    pub holdback_days: Option<i32>,
    pub starts_at: Option<DateTimeUtc>,
    pub ends_at: Option<DateTimeUtc>,
    pub advertiser_id: Option<Uuid>,
    /// Where links lead that have no destination of their own.
    pub destination_url: Option<String>,
    /// The hosts where links may lead, as a list; empty: that of the campaign's destination.
    #[sea_orm(column_type = "JsonBinary")]
    pub link_hosts: Json,
    /// How touches credit events.
    #[sea_orm(column_type = "JsonBinary")]
    pub attribution: Json,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Increases by one whenever the terms, the holdback, the advertiser or the attribution change.
    pub version: i32,
}

no_relations!();
