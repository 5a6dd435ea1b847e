//! Finding objects that another system may have sent before, and what importing one did.

use domain::text_enum;
use store::StoreError;

text_enum! {
    /// What importing one object did.
    Outcome { Created = "created", Updated = "updated", Unchanged = "unchanged" }
}

/// The object found under the first of these names that is in use.
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
