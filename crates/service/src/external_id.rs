//! External ids, each of which belongs to at most one object of its kind.

use auth::{Scope, Writer};
use domain::id::{Id, Kind};
use domain::problem::Problems;
use store::{Connection, StoreError};

/// A kind of objects with external ids; declared with `aggregate!`.
pub trait WithExternalId: Kind + Sized {
    /// The object that has this external id.
    fn holder(
        database: &Connection,
        scope: &Scope,
        external_id: &str,
    ) -> impl Future<Output = Result<Option<Id<Self>>, StoreError>> + Send;
}

/// Notes that an external id is taken if an object other than `me` has it. `external_id` is the result of its check.
pub(super) async fn check_free<K: WithExternalId>(
    database: &Connection,
    writer: &Writer,
    external_id: &Option<Option<String>>,
    me: Option<Id<K>>,
    problems: &mut Problems,
) -> Result<(), StoreError> {
    if let Some(Some(external_id)) = external_id {
        let holder = K::holder(database, &writer.scope(), external_id).await?;
        problems.free("externalId", holder, me);
    }
    Ok(())
}
