//! Payouts by what other systems call them: by a whole or cut-off id, reference of the payment, or bank reference.

use std::collections::{BTreeSet, HashMap};

use entity::payout::{Column, Entity};
use sea_orm::sea_query::{Alias, Expr, Query, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use super::scope::visible;
use super::{Connection, StoreError, many};
use auth::Scope;
use domain::bank_reference;
use domain::id::PayoutId;

/// The payouts that a text may name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Named {
    #[default]
    Nothing,
    One(PayoutId),
    /// At least these.
    Several(Vec<PayoutId>),
}

/// Number of texts that are searched for in one statement: SQLite takes up to 500 selects.
const TEXTS: usize = 100;

/// The fewest characters of a text that is accepted as the beginning of a longer one.
const SHORTEST: usize = bank_reference::START;

/// What each of these texts names, which are keys ([`bank_reference::key`]). A text that is a whole id, reference or bank
/// reference of one payout names that payout, whatever it may be the beginning of.
pub async fn named(
    database: &Connection,
    scope: &Scope,
    keys: &BTreeSet<String>,
) -> Result<HashMap<String, Named>, StoreError> {
    let long: Vec<_> = keys
        .iter()
        .filter(|key| key.chars().count() >= SHORTEST)
        .cloned()
        .collect();
    let mut found = by_bank_reference(database, scope, &long).await?;
    let rest: Vec<_> = long.into_iter().filter(|key| !found.contains_key(key)).collect();
    for keys in rest.chunks(TEXTS) {
        found.extend(by_beginning(database, scope, keys).await?);
    }
    Ok(found)
}

/// By bank references, whose beginnings are unique.
async fn by_bank_reference(
    database: &Connection,
    scope: &Scope,
    keys: &[String],
) -> Result<HashMap<String, Named>, StoreError> {
    let starts: BTreeSet<_> = keys.iter().map(|key| bank_reference::start(key).to_owned()).collect();
    let starts: Vec<_> = starts.into_iter().collect();
    let select = visible::<Entity>(scope)
        .filter(many::among_texts(database, Column::BankReferenceStart, &starts))
        .select_only()
        .columns([Column::Id, Column::BankReference]);
    let rows: Vec<(Uuid, String)> = select.into_tuple().all(database).await?;
    let by_start: HashMap<_, _> = rows
        .iter()
        .map(|(id, reference)| (bank_reference::start(reference), (*id, reference)))
        .collect();
    let one = |key: &String| {
        let (id, reference) = by_start.get(bank_reference::start(key))?;
        let named = Named::One(PayoutId::from_uuid(*id));
        reference.starts_with(key.as_str()).then(|| (key.clone(), named))
    };
    Ok(keys.iter().filter_map(one).collect())
}

/// By the beginnings of ids and references. One statement, which reads two payouts at most for each.
async fn by_beginning(
    database: &Connection,
    scope: &Scope,
    keys: &[String],
) -> Result<HashMap<String, Named>, StoreError> {
    let searches = (0i64..).zip(keys).flat_map(|(number, key)| {
        let by_reference = numbered(number, beginning_with(scope, key));
        let by_id = PayoutId::beginning_with(key).map(|ids| numbered(number, between(scope, ids)));
        [Some(by_reference), by_id].into_iter().flatten()
    });
    let mut searches: Vec<SelectStatement> = searches.collect();
    let Some(mut statement) = searches.pop() else {
        return Ok(HashMap::new());
    };
    statement.unions(searches.into_iter().map(|search| (UnionType::All, search)));
    let mut found: HashMap<String, Vec<(Uuid, bool)>> = HashMap::new();
    for row in database.query_all(&statement).await? {
        let number: i64 = row.try_get("", "number")?;
        let (id, reference): (Uuid, Option<String>) = (row.try_get("", "id")?, row.try_get("", "reference_key")?);
        if let Some(key) = usize::try_from(number).ok().and_then(|place| keys.get(place)) {
            let is_whole =
                reference.as_ref() == Some(key) || bank_reference::key(&PayoutId::from_uuid(id).to_string()) == *key;
            found.entry(key.clone()).or_default().push((id, is_whole));
        }
    }
    Ok(found.into_iter().map(|(key, found)| (key, the_one(&found))).collect())
}

fn the_one(found: &[(Uuid, bool)]) -> Named {
    let has_whole = found.iter().any(|(_, is_whole)| *is_whole);
    let counted = found.iter().filter(|(_, is_whole)| *is_whole || !has_whole);
    let ids: BTreeSet<_> = counted.map(|(id, _)| PayoutId::from_uuid(*id)).collect();
    let ids: Vec<_> = ids.into_iter().collect();
    match ids[..] {
        [] => Named::Nothing,
        [id] => Named::One(id),
        _ => Named::Several(ids),
    }
}

/// Payouts whose reference begins with `key`; a reference that equals it comes first.
fn beginning_with(scope: &Scope, key: &str) -> Select<Entity> {
    let beyond = format!("{key}{}", char::MAX);
    visible::<Entity>(scope)
        .filter(Column::ReferenceKey.gte(key))
        .filter(Column::ReferenceKey.lte(beyond))
        .order_by_asc(Column::ReferenceKey)
}

fn between(scope: &Scope, (first, last): (PayoutId, PayoutId)) -> Select<Entity> {
    visible::<Entity>(scope)
        .filter(Column::Id.gte(first.uuid()))
        .filter(Column::Id.lte(last.uuid()))
        .order_by_asc(Column::Id)
}

/// Two rows of a search at most: more are no longer the one that is searched for.
fn numbered(number: i64, search: Select<Entity>) -> SelectStatement {
    let mut search = search.limit(2).select_only();
    let statement = QuerySelect::query(&mut search);
    statement
        .expr_as(Expr::cust(format!("CAST({number} AS bigint)")), "number")
        .column(Column::Id)
        .column(Column::ReferenceKey);
    Query::select()
        .columns(["number", "id", "reference_key"].map(Alias::new))
        .from_subquery(statement.take(), "found")
        .take()
}
