//! Rust types that are other types in the schema.

/// The functions of `OutputType` that name and register a type, as those of the type that it is in the schema.
macro_rules! registered_as {
    ($schema_type:ty) => {
        fn type_name() -> ::std::borrow::Cow<'static, str> {
            <$schema_type as ::async_graphql::OutputType>::type_name()
        }

        fn qualified_type_name() -> String {
            <$schema_type as ::async_graphql::OutputType>::qualified_type_name()
        }

        fn create_type_info(registry: &mut ::async_graphql::registry::Registry) -> String {
            <$schema_type as ::async_graphql::OutputType>::create_type_info(registry)
        }
    };
}

pub(super) use registered_as;
