//! A field by which deals are distinguished.

crate::labelled::labelled!("custom_field");
