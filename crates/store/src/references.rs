//! Counting what refers to an object that is to be deleted.

/// How many rows of each table refer to the object with this id by any of these columns, and what they are.
macro_rules! references {
    ($database:expr, $scope:expr, $id:expr; $($what:literal: $table:ident where $($column:ident)|+),+ $(,)?) => {
        vec![$((
            {
                let any = sea_orm::Condition::any()
                    $(.add(sea_orm::ColumnTrait::eq(&entity::$table::Column::$column, $id.uuid())))+;
                let select = $crate::scope::visible::<entity::$table::Entity>($scope);
                sea_orm::PaginatorTrait::count(sea_orm::QueryFilter::filter(select, any), $database).await?
            },
            $what,
        )),+]
    };
}

pub(super) use references;
