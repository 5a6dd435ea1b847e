//! The single declaration of a type whose objects are rows: its documentation, its fields with their documentation and
//! types, the columns that they are made of, and their visibility to partners. Both the schema's entry and the
//! projection (what is read and written) are derived from it.

use async_graphql::indexmap::IndexMap;
use async_graphql::registry::{Deprecation, MetaField, MetaInputValue, MetaType, MetaTypeId, Registry};
use async_graphql::{ComplexObject, InputType};

use super::RowObject;
use super::description::{FieldKind, TypeDescription};

/// Registers a type, and returns its name as a field's type.
pub type RegisterType = fn(&mut Registry) -> String;

/// A declared field: its name, documentation and type. Without a type, it is computed: documentation, type and arguments
/// are those of its resolver.
pub type DeclaredField = (&'static str, &'static str, Option<RegisterType>);

/// Declares a type, in the order: documentation, description, fields. A field with a type is written from its columns, or
/// is a link or a list; a field without one is computed by the resolver of the same name in `#[ComplexObject]`.
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
                    $($field => $how,)+
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
    (@type $type:ty) => { Some(<$type as ::async_graphql::OutputType>::create_type_info) };
    (@type) => { None };
}

pub(in crate::graphql) use declare;

/// Registers the type of objects that are rows, and returns its name as a field's type.
pub fn register<T: RowObject + ComplexObject>(
    registry: &mut Registry,
    about: &str,
    declared: &[DeclaredField],
) -> String {
    registry.create_output_type::<T, _>(MetaTypeId::Object, |registry| {
        let mut resolved: IndexMap<_, _> = T::fields(registry).into_iter().collect();
        let fields = declared.iter().map(|(name, doc, of)| {
            let field = match of {
                Some(of) => MetaField {
                    args: arguments(T::TYPE, name, registry),
                    ..plain(name, doc, of(registry))
                },
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

/// The arguments of a field that is written.
fn arguments(to: &TypeDescription, name: &str, registry: &mut Registry) -> IndexMap<String, MetaInputValue> {
    let declared = match (to.field)(name).map(|field| field.kind) {
        Some(FieldKind::Page(page)) => (page.arguments)(registry),
        _ => Vec::new(),
    };
    let named = declared.into_iter().map(|argument| (argument.name.clone(), argument));
    named.collect()
}

/// An argument of a field.
pub fn argument<T: InputType>(registry: &mut Registry, name: &str, doc: &str) -> MetaInputValue {
    MetaInputValue {
        name: name.to_owned(),
        description: Some(doc.to_owned()),
        ty: T::create_type_info(registry),
        deprecation: Deprecation::NoDeprecated,
        default_value: None,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        is_secret: false,
        directive_invocations: Vec::new(),
    }
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
