//! Partner tiers, partner categories and advertisers: three tables of one shape, read and written by the same code.

use std::collections::HashMap;

use entity::{advertiser, partner_category, partner_category_member, partner_tier};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PrimaryKeyTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};
use uuid::Uuid;

use super::references::references;
use super::scope::{Scoped, visible};
use super::{Connection, StoreError, locks, many, view, write};
use auth::Scope;
use domain::id::{self, Id, TenantId};
use domain::label::Label;

/// A kind of label and its table.
pub trait LabelTable: id::Kind + Sized {
    type Entity: Scoped<Model = Self::Row, ActiveModel = Self::Active, PrimaryKey = Self::Key>;
    type Active: ActiveModelTrait<Entity = Self::Entity> + Send;
    type Key: PrimaryKeyTrait<ValueType = (Uuid, Uuid)>;
    type Row: sea_orm::ModelTrait<Entity = Self::Entity>
        + IntoActiveModel<Self::Active>
        + sea_orm::FromQueryResult
        + Send
        + Sync;

    fn id_column() -> <Self::Entity as EntityTrait>::Column;
    fn label_column() -> <Self::Entity as EntityTrait>::Column;
    fn external_id_column() -> <Self::Entity as EntityTrait>::Column;
    fn from_row(row: Self::Row) -> Label<Self>;
    fn to_row(tenant: TenantId, label: &Label<Self>) -> Self::Row;

    /// How many rows refer to the label, and what they are.
    fn count_references(
        database: &Connection,
        scope: &Scope,
        id: Id<Self>,
    ) -> impl Future<Output = Result<Vec<(u64, &'static str)>, StoreError>> + Send;
}

macro_rules! label_table {
    ($kind:ident, $table:ident, $label:ident, $label_column:ident, $($reference:ident.$column:ident as $what:literal),+) => {
        impl LabelTable for id::$kind {
            type Entity = $table::Entity;
            type Active = $table::ActiveModel;
            type Key = $table::PrimaryKey;
            type Row = $table::Model;

            fn id_column() -> $table::Column {
                $table::Column::Id
            }

            fn label_column() -> $table::Column {
                $table::Column::$label_column
            }

            fn external_id_column() -> $table::Column {
                $table::Column::ExternalId
            }

            fn from_row(row: Self::Row) -> Label<Self> {
                Label {
                    id: Id::from_uuid(row.id),
                    label: row.$label,
                    external_id: row.external_id,
                }
            }

            fn to_row(tenant: TenantId, label: &Label<Self>) -> Self::Row {
                $table::Model {
                    tenant_id: tenant.uuid(),
                    id: label.id.uuid(),
                    $label: label.label.clone(),
                    external_id: label.external_id.clone(),
                }
            }

            async fn count_references(
                database: &Connection,
                scope: &Scope,
                id: Id<Self>,
            ) -> Result<Vec<(u64, &'static str)>, StoreError> {
                Ok(references!(database, scope, id; $($what: $reference where $column),+))
            }
        }
    };
}

label_table!(PartnerTier, partner_tier, label, Label,
    partner.TierId as "partners", commission_rule_reference.TierId as "commission rules");
label_table!(PartnerCategory, partner_category, label, Label,
    partner_category_member.CategoryId as "partners", commission_rule_reference.CategoryId as "commission rules");
label_table!(Advertiser, advertiser, name, Name,
    campaign.AdvertiserId as "campaigns", tiered_commission_reference.AdvertiserId as "tiered commissions");

pub async fn find<K: LabelTable>(
    database: &Connection,
    scope: &Scope,
    id: Id<K>,
) -> Result<Option<Label<K>>, StoreError> {
    Ok(visible::<K::Entity>(scope)
        .filter(K::id_column().eq(id.uuid()))
        .one(database)
        .await?
        .map(K::from_row))
}

/// Selects the label for update: other writers wait until this transaction ends.
pub async fn lock<K: LabelTable>(
    transaction: &Connection,
    scope: &Scope,
    id: Id<K>,
) -> Result<Option<Label<K>>, StoreError> {
    let select = visible::<K::Entity>(scope)
        .filter(K::id_column().eq(id.uuid()))
        .lock_exclusive();
    let found = select.one(transaction).await?.map(K::from_row);
    locks::hold_object::<K::Entity>(transaction, id.uuid());
    Ok(found)
}

pub async fn find_by_external_id<K: LabelTable>(
    database: &Connection,
    scope: &Scope,
    external_id: &str,
) -> Result<Option<Label<K>>, StoreError> {
    let select = visible::<K::Entity>(scope).filter(K::external_id_column().eq(external_id));
    Ok(select.one(database).await?.map(K::from_row))
}

pub async fn find_by_label<K: LabelTable>(
    database: &Connection,
    scope: &Scope,
    label: &str,
) -> Result<Option<Label<K>>, StoreError> {
    let select = visible::<K::Entity>(scope).filter(K::label_column().eq(label)).limit(1);
    Ok(select.one(database).await?.map(K::from_row))
}

pub async fn by_ids<K: LabelTable>(
    database: &Connection,
    scope: &Scope,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Label<K>>, StoreError> {
    let one_of = many::among(database, K::id_column(), ids);
    let rows = visible::<K::Entity>(scope).filter(one_of).all(database).await?;
    Ok(rows
        .into_iter()
        .map(K::from_row)
        .map(|label| (label.id.uuid(), label))
        .collect())
}

/// The categories of partners, by label.
pub fn categories() -> view::Family {
    use partner_category_member::Column as Member;
    view::Family {
        table: &view::PARTNER_CATEGORY,
        parent: view::column(Member::PartnerId),
        through: Some(view::PairTable {
            table: &view::PARTNER_CATEGORY_MEMBER,
            child: view::column(Member::CategoryId),
        }),
        order: view::Order::ascending(partner_category::Column::Label),
    }
}

/// All advertisers.
pub fn advertisers() -> view::List {
    let select = |_, scope: &Scope, _| visible::<advertiser::Entity>(scope).into_query();
    view::List::new(&view::ADVERTISER, Some(String::new()), select)
}

/// All rows, by label. A programme has dozens.
pub async fn all<K: LabelTable>(database: &Connection, scope: &Scope) -> Result<Vec<Label<K>>, StoreError> {
    let select = visible::<K::Entity>(scope)
        .order_by_asc(K::label_column())
        .order_by_asc(K::id_column());
    Ok(select.all(database).await?.into_iter().map(K::from_row).collect())
}

pub async fn insert<K: LabelTable>(
    transaction: &Connection,
    tenant: TenantId,
    label: &Label<K>,
) -> Result<(), StoreError> {
    write::insert(transaction, K::to_row(tenant, label)).await
}

pub async fn update<K: LabelTable>(
    transaction: &Connection,
    tenant: TenantId,
    label: &Label<K>,
) -> Result<(), StoreError> {
    write::update(transaction, K::to_row(tenant, label)).await
}

pub async fn delete<K: LabelTable>(transaction: &Connection, tenant: TenantId, id: Id<K>) -> Result<(), StoreError> {
    write::delete::<K::Entity>(transaction, tenant, K::id_column().eq(id.uuid())).await
}

/// The categories of each partner, by label.
pub async fn categories_of_partners(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Label<id::PartnerCategory>>>, StoreError> {
    use partner_category_member::Column as Member;
    let one_of = many::among(database, Member::PartnerId, partners);
    let rows = visible::<partner_category::Entity>(scope)
        .join(
            sea_orm::JoinType::InnerJoin,
            partner_category::Entity::belongs_to(partner_category_member::Entity)
                .from((partner_category::Column::TenantId, partner_category::Column::Id))
                .to((Member::TenantId, Member::CategoryId))
                .into(),
        )
        .select_also(partner_category_member::Entity)
        .filter(one_of)
        .order_by_asc(partner_category::Column::Label)
        .all(database)
        .await?;
    let mut categories: HashMap<Uuid, Vec<_>> = HashMap::new();
    for (category, member) in rows {
        if let Some(member) = member {
            categories
                .entry(member.partner_id)
                .or_default()
                .push(id::PartnerCategory::from_row(category));
        }
    }
    Ok(categories)
}
