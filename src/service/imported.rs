//! What importing something that another system keeps did.

use crate::domain::text_enum;

text_enum! {
    /// What became of one imported thing.
    Outcome { Created = "created", Updated = "updated", Unchanged = "unchanged" }
}
