//! The outcomes of mutations that are given a list: one for each entry.

/// Declares the outcome for one entry: the entry's id, the row as it is now, and the problems. The row is described by
/// its name, type, resource, the type of its id, and the function that reads such rows.
macro_rules! entry_result {
    (
        $(#[$meta:meta])*
        $name:ident {
            $(#[$row_meta:meta])*
            $row:ident: $type:ident, $resource:ident, $id:ty, $by_ids:path;
            $(#[$errors_meta:meta])*
            user_errors
        }
    ) => {
        $(#[$meta])*
        pub struct $name {
            id: ::async_graphql::ID,
            $row: Option<$type>,
            user_errors: Vec<$crate::graphql::user_error::UserError>,
        }

        $(#[$meta])*
        #[::async_graphql::Object]
        impl $name {
            /// The id, as given.
            async fn id(&self) -> &::async_graphql::ID {
                &self.id
            }

            $(#[$row_meta])*
            async fn $row(
                &self,
                ctx: &::async_graphql::Context<'_>,
            ) -> $crate::graphql::error::Nullable<$crate::graphql::rows::Projected<$type>> {
                $crate::graphql::user_error::projected(ctx, ::auth::Resource::$resource, self.$row.as_ref())
            }

            $(#[$errors_meta])*
            async fn user_errors(&self) -> &[$crate::graphql::user_error::UserError] {
                &self.user_errors
            }
        }

        impl $crate::graphql::rows::PlainObject for $name {
            fn write(
                &self,
                field: &str,
                below: &$crate::graphql::rows::SubSelection<'_>,
                json: &mut ::store::view::JsonText,
            ) {
                match field {
                    "id" => json.text(&self.id),
                    "userErrors" => below.list(&self.user_errors, json),
                    _ => $crate::graphql::rows::unwritten(self, field, json),
                }
            }
        }

        impl $crate::graphql::rows::ResultObject for $name {
            fn rows(field: &str) -> Option<$crate::graphql::rows::RowsField<Self>> {
                (field == stringify!($row)).then(|| $crate::graphql::rows::RowsField::one(|result: &Self| &result.$row))
            }
        }

        impl $name {
            /// An outcome for each id, with the rows as they are now.
            pub async fn all(
                request: &$crate::graphql::context::RequestContext,
                answers: Vec<(String, Vec<::domain::problem::Problem>)>,
            ) -> Result<$crate::graphql::rows::Results<Self>, $crate::graphql::error::ApiError> {
                let uuid = |id: &str| id.parse::<$id>().ok().map(|id| id.uuid());
                let uuids: Vec<_> = answers.iter().filter_map(|(id, _)| uuid(id)).collect();
                let rows = $by_ids(request.store().reader(), &request.caller.scope(), &uuids).await?;
                let results = answers.into_iter().map(|(id, problems)| Self {
                    $row: uuid(&id).and_then(|uuid| rows.get(&uuid)).cloned().map($type::from),
                    id: id.into(),
                    user_errors: problems.into_iter().map($crate::graphql::user_error::UserError::from).collect(),
                });
                Ok($crate::graphql::rows::Results(results.collect()))
            }
        }
    };
}

pub(super) use entry_result;
