//! Finding objects that another system may have sent before, and what importing one did.

use domain::problem::{ProblemCode, Problems};
use domain::text_enum;
use store::StoreError;

text_enum! {
    /// What importing one object did.
    Outcome { Created = "created", Updated = "updated", Unchanged = "unchanged" }
}

impl Outcome {
    /// The outcome for a known object, by its version before and after the import.
    pub(crate) fn of_versions(before: u32, after: u32) -> Self {
        match before == after {
            true => Self::Unchanged,
            false => Self::Updated,
        }
    }
}

/// The known object that a document refers to: the one with the document's id, or else the one that was imported under
/// its name (before the other system had assigned an id, or from a document without ids). `field` and `message`
/// describe the problem if several objects have the name.
pub async fn by_id_or_name<'a, T, F, G>(
    (id, name): (Option<&'a str>, &'a str),
    find: impl Fn(&'a str) -> F,
    imported_as: impl FnOnce(&'a str) -> G,
    (field, message): (&str, &str),
    problems: &mut Problems,
) -> Result<Option<T>, StoreError>
where
    F: Future<Output = Result<Option<T>, StoreError>>,
    G: Future<Output = Result<Vec<T>, StoreError>>,
{
    let found = by_names(id.into_iter().chain([name]), find).await?;
    if found.is_some() || id.is_some() {
        return Ok(found);
    }
    let mut named = imported_as(name).await?;
    let found = named.pop();
    if !named.is_empty() {
        problems.add(field, ProblemCode::Conflict, message);
    }
    Ok(found)
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
