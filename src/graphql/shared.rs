//! Objects that wrap a domain value in an `Arc`, shared with the loaders that read it.

/// Implements the conversion of a value to an object, whether already in an `Arc` or not.
macro_rules! shares {
    ($object:ident, $value:ty) => {
        impl From<::std::sync::Arc<$value>> for $object {
            fn from(value: ::std::sync::Arc<$value>) -> Self {
                Self(value)
            }
        }

        impl From<$value> for $object {
            fn from(value: $value) -> Self {
                Self(::std::sync::Arc::new(value))
            }
        }
    };
}

/// Declares an object that is a row: the domain value that it shares, the description of its type, and the module of
/// `store` that reads the table.
///
/// `computed: store::deal::whole;` reads the object from all columns of its row, for fields that resolvers compute.
macro_rules! row {
    (
        $(#[doc = $doc:literal])+
        pub struct $object:ident($value:ty): $description:ident, $($module:ident)::+;
        $(computed: $whole:path;)?
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone)]
        pub struct $object(::std::sync::Arc<$value>);

        $crate::graphql::shared::shares!($object, $value);

        impl $crate::graphql::rows::RowObject for $object {
            const TYPE: &'static $crate::graphql::rows::TypeDescription = &$description;

            fn uuid(&self) -> ::uuid::Uuid {
                self.0.id.uuid()
            }

            fn at_hand(&self, tenant: ::domain::id::TenantId) -> ::store::view::AtHand {
                $($module)::+::at_hand(tenant, &self.0)
            }
        }

        $(
            impl $object {
                /// A field that is resolved for each row.
                pub fn computed() -> $crate::graphql::rows::FieldDescription {
                    $crate::graphql::rows::resolver(|row, prefix| Ok(Box::new(Self::from($whole(row, prefix)?))))
                }
            }
        )?
    };
}

pub(super) use {row, shares};
