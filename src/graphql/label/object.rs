//! Partner tiers, partner categories and advertisers as output types.

use std::sync::Arc;

use async_graphql::{ID, SimpleObject};
use uuid::Uuid;

use crate::graphql::rows::{RowObject, TypeDescription, value};
use auth::Resource;
use domain::id;
use domain::label::Label;
use store::view;

/// Declares the types of labels. They differ in the name of the field with the label.
macro_rules! labels {
    ($(
        $(#[$meta:meta])*
        $object:ident: $description:ident, $resource:ident {
            $(#[$label_meta:meta])*
            $label:ident: $columns:ident.$column:ident
        }
    )+) => {
        $(
            $(#[$meta])*
            #[derive(Clone, SimpleObject)]
            pub struct $object {
                #[graphql(skip)]
                uuid: Uuid,
                /// Its id.
                #[graphql(owned)]
                pub id: ID,
                $(#[$label_meta])*
                pub $label: String,
                /// The id that another system gave it; null if there is none.
                pub external_id: Option<String>,
            }

            pub static $description: TypeDescription = TypeDescription {
                name: stringify!($object),
                connection: concat!(stringify!($object), "Connection"),
                edge: concat!(stringify!($object), "Edge"),
                resource: Resource::$resource,
                identity: &[],
                is_named: false,
                table: &view::$description,
                id: || view::column(view::$columns::Id),
                field: |name| {
                    use view::$columns as Column;
                    Some(match name {
                        "id" => value(view::column(Column::Id), view::id::<id::$object>),
                        "externalId" => value(view::column(Column::ExternalId), view::text),
                        label if label == stringify!($label) => value(view::column(Column::$column), view::text),
                        _ => return None,
                    })
                },
            };

            impl RowObject for $object {
                const TYPE: &'static TypeDescription = &$description;

                fn uuid(&self) -> Uuid {
                    self.uuid
                }
            }

            impl From<Label<id::$object>> for $object {
                fn from(label: Label<id::$object>) -> Self {
                    Self {
                        uuid: label.id.uuid(),
                        id: label.id.to_string().into(),
                        $label: label.label,
                        external_id: label.external_id,
                    }
                }
            }

            impl From<Arc<Label<id::$object>>> for $object {
                fn from(label: Arc<Label<id::$object>>) -> Self {
                    Arc::unwrap_or_clone(label).into()
                }
            }
        )+
    };
}

labels! {
    /// A label of partners, such as "Gold", by which commission rules can be restricted.
    PartnerTier: PARTNER_TIER, Partners {
        /// Its label; unique in the tenant.
        label: PartnerTierColumn.Label
    }

    /// A label of partners, such as "Agency", by which commission rules can be restricted. A partner may have several.
    PartnerCategory: PARTNER_CATEGORY, Partners {
        /// Its label; unique in the tenant.
        label: PartnerCategoryColumn.Label
    }

    /// An organisation that owns campaigns and pays revenue for them.
    Advertiser: ADVERTISER, Campaigns {
        /// Its name.
        name: AdvertiserColumn.Name
    }
}
