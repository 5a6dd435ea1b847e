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

pub(super) use shares;
