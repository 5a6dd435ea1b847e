//! Partner tiers, partner categories and advertisers as output types.

use std::sync::Arc;

use async_graphql::{ID, SimpleObject};
use uuid::Uuid;

use crate::graphql::rows::{RowObject, TypeDescription, value};
use auth::Resource;
use domain::id;
use domain::label::Label;
use store::view;

/// A label of partners, such as "Gold", by which commission rules can be restricted.
#[derive(Clone, SimpleObject)]
pub struct PartnerTier {
    #[graphql(skip)]
    uuid: Uuid,
    /// Its id.
    #[graphql(owned)]
    pub id: ID,
    /// Its label; unique in the tenant.
    pub label: String,
    /// The id that another system gave it; null if there is none.
    pub external_id: Option<String>,
}

/// A label of partners, such as "Agency", by which commission rules can be restricted. A partner may have several.
#[derive(Clone, SimpleObject)]
pub struct PartnerCategory {
    #[graphql(skip)]
    uuid: Uuid,
    /// Its id.
    #[graphql(owned)]
    pub id: ID,
    /// Its label; unique in the tenant.
    pub label: String,
    /// The id that another system gave it; null if there is none.
    pub external_id: Option<String>,
}

/// An organisation that owns campaigns and pays revenue for them.
#[derive(Clone, SimpleObject)]
pub struct Advertiser {
    #[graphql(skip)]
    uuid: Uuid,
    /// Its id.
    #[graphql(owned)]
    pub id: ID,
    /// Its name.
    pub name: String,
    /// The id that another system gave it; null if there is none.
    pub external_id: Option<String>,
}

/// Declares the types of labels, each with its own name for the label field.
macro_rules! described {
    ($($name:ident is $type:literal by $label:literal: $kind:ident, $table:ident, $columns:ident . $column:ident, $resource:ident;)+) => {
        $(
            pub static $name: TypeDescription = TypeDescription {
                name: $type,
                connection: concat!($type, "Connection"),
                edge: concat!($type, "Edge"),
                resource: Resource::$resource,
                identity: &[],
                is_named: false,
                table: &view::$table,
                id: || view::column(view::$columns::Id),
                field: |name| {
                    use view::$columns as Column;
                    Some(match name {
                        "id" => value(view::column(Column::Id), view::id::<id::$kind>),
                        $label => value(view::column(Column::$column), view::text),
                        "externalId" => value(view::column(Column::ExternalId), view::text),
                        _ => return None,
                    })
                },
            };

            impl RowObject for $kind {
                const TYPE: &'static TypeDescription = &$name;

                fn uuid(&self) -> Uuid {
                    self.uuid
                }
            }
        )+
    };
}

described! {
    PARTNER_TIER is "PartnerTier" by "label": PartnerTier, PARTNER_TIER, PartnerTierColumn.Label, Partners;
    PARTNER_CATEGORY is "PartnerCategory" by "label": PartnerCategory, PARTNER_CATEGORY, PartnerCategoryColumn.Label, Partners;
    ADVERTISER is "Advertiser" by "name": Advertiser, ADVERTISER, AdvertiserColumn.Name, Campaigns;
}

macro_rules! from_label {
    ($object:ident, $kind:ident, $label:ident) => {
        impl From<Label<id::$kind>> for $object {
            fn from(label: Label<id::$kind>) -> Self {
                Self {
                    uuid: label.id.uuid(),
                    id: label.id.to_string().into(),
                    $label: label.label,
                    external_id: label.external_id,
                }
            }
        }

        impl From<Arc<Label<id::$kind>>> for $object {
            fn from(label: Arc<Label<id::$kind>>) -> Self {
                Arc::unwrap_or_clone(label).into()
            }
        }
    };
}

from_label!(PartnerTier, PartnerTier, label);
from_label!(PartnerCategory, PartnerCategory, label);
from_label!(Advertiser, Advertiser, name);
