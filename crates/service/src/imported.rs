//! What is there already of something that another system keeps, and what importing it did.

use domain::text_enum;
use store::StoreError;

text_enum! {
    /// What became of one imported thing.
    Outcome { Created = "created", Updated = "updated", Unchanged = "unchanged" }
}

/// What is there by the first of these names that anything has.
pub async fn by_names<'a, T, F>(
    names: impl IntoIterator<Item = &'a str>,
    find: impl Fn(&'a str) -> F,
) -> Result<Option<T>, StoreError>
where
    F: Future<Output = Result<Option<T>, StoreError>>,
{
    for name in names {
        if let Some(found) = find(name).await? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}
