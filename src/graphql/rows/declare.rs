//! The single declaration of a type whose objects are rows: its documentation, its fields with their documentation and
//! types, the columns that they are made of, and their visibility to partners. Both the schema's entry and the
//! projection (what is read and written) are derived from it.

use async_graphql::indexmap::IndexMap;
use async_graphql::registry::{Deprecation, MetaField, MetaType, MetaTypeId, Registry};
use async_graphql::{ComplexObject, OutputType};

/// Registers a type, and returns its name as a field's type.
pub type RegisterType = fn(&mut Registry) -> String;

/// A declared field: its name, documentation and type. Without a type, the documentation and type are those of its
/// resolver.
pub type DeclaredField = (&'static str, &'static str, Option<RegisterType>);

/// Declares a type, in the order: documentation, description, fields. A field with a type is always written from its
/// columns. A field without one has a resolver of the same name in `#[ComplexObject]`, which declares its arguments and
/// is used where the object is not read together with the rows around it.
macro_rules! declare {
    (
        $(#[doc = $about:literal])*
        $visibility:vis static $description:ident: $object:ident = TypeDescription { $($part:tt)* };
        $($(#[doc = $doc:literal])* $field:literal $(: $type:ty)? = $how:expr;)+
    ) => {
        $(#[doc = $about])*
        $visibility static $description: $crate::graphql::rows::TypeDescription = $crate::graphql::rows::TypeDescription {
            name: stringify!($object),
            connection: concat!(stringify!($object), "Connection"),
            edge: concat!(stringify!($object), "Edge"),
            field: |name| {
                Some(match name {
                    $($field => $crate::graphql::rows::declare!(@field $how $(, $type)?),)+
                    _ => return None,
                })
            },
            $($part)*
        };

        impl ::async_graphql::OutputType for $object {
            fn type_name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(stringify!($object))
            }

            fn create_type_info(registry: &mut ::async_graphql::registry::Registry) -> String {
                $crate::graphql::rows::register::<Self>(
                    registry,
                    concat!($($about, "\n"),*),
                    &[$(($field, concat!($($doc, "\n"),*), $crate::graphql::rows::declare!(@type $($type)?))),+],
                )
            }

            async fn resolve(
                &self,
                ctx: &::async_graphql::ContextSelectionSet<'_>,
                field: &::async_graphql::Positioned<::async_graphql::parser::types::Field>,
            ) -> ::async_graphql::ServerResult<::async_graphql::Value> {
                $crate::graphql::rows::loaded(self, ctx, field).await
            }
        }

        impl ::async_graphql::ContainerType for $object {
            async fn resolve_field(
                &self,
                ctx: &::async_graphql::Context<'_>,
            ) -> ::async_graphql::ServerResult<Option<::async_graphql::Value>> {
                ::async_graphql::ComplexObject::resolve_field(self, ctx).await
            }
        }

        impl ::async_graphql::ObjectType for $object {}
    };
    (@field $how:expr, $type:ty) => { $how };
    (@field $how:expr) => { $how.resolved_alone() };
    (@type $type:ty) => { Some(<$type as ::async_graphql::OutputType>::create_type_info) };
    (@type) => { None };
}

pub(in crate::graphql) use declare;

/// Registers the type of objects that are rows, and returns its name as a field's type.
pub fn register<T: OutputType + ComplexObject>(
    registry: &mut Registry,
    about: &str,
    declared: &[DeclaredField],
) -> String {
    registry.create_output_type::<T, _>(MetaTypeId::Object, |registry| {
        let mut resolved: IndexMap<_, _> = T::fields(registry).into_iter().collect();
        let fields = declared.iter().map(|(name, doc, of)| {
            let field = match of {
                Some(of) => plain(name, doc, of(registry)),
                None => resolved
                    .swap_remove(*name)
                    .unwrap_or_else(|| panic!("{}.{name} has neither a type nor a resolver", T::type_name())),
            };
            ((*name).to_owned(), field)
        });
        let fields = fields.collect();
        assert!(
            resolved.is_empty(),
            "{}: {:?} are not declared, or are declared with a type",
            T::type_name(),
            resolved.keys()
        );
        MetaType::Object {
            name: T::type_name().into_owned(),
            description: Some(text(about)),
            fields,
            cache_control: Default::default(),
            extends: false,
            shareable: false,
            resolvable: true,
            inaccessible: false,
            interface_object: false,
            tags: Vec::new(),
            keys: None,
            visible: None,
            is_subscription: false,
            rust_typename: Some(std::any::type_name::<T>()),
            directive_invocations: Vec::new(),
            requires_scopes: Vec::new(),
        }
    })
}

/// A field without arguments.
pub fn plain(name: &str, doc: &str, ty: String) -> MetaField {
    MetaField {
        name: name.to_owned(),
        description: Some(text(doc)),
        args: IndexMap::new(),
        ty,
        deprecation: Deprecation::NoDeprecated,
        cache_control: Default::default(),
        external: false,
        requires: None,
        provides: None,
        visible: None,
        shareable: false,
        inaccessible: false,
        tags: Vec::new(),
        override_from: None,
        compute_complexity: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

/// A doc comment in the schema's form: without leading and trailing spaces of its lines.
fn text(doc: &str) -> String {
    doc.lines()
        .map(str::trim)
        .collect::<Vec<_>>()
        .join("\n")
        .trim()
        .to_owned()
}
