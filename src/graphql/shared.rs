//! Objects that show a value of the domain, which they share with whoever else has read it.

/// Makes an object of a value, shared already or not.
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
