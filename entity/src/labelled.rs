//! Tables whose rows are labels, which only their names distinguish.

/// Defines the entity of such a table.
macro_rules! labelled {
    ($table:literal) => {
        use sea_orm::entity::prelude::*;

        #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
        #[sea_orm(table_name = $table)]
        pub struct Model {
            #[sea_orm(primary_key, auto_increment = false)]
            pub tenant_id: Uuid,
            #[sea_orm(primary_key, auto_increment = false)]
            pub id: Uuid,
            pub label: String,
            pub external_id: Option<String>,
        }

        no_relations!();
    };
}

pub(crate) use labelled;
