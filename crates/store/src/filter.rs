//! Conditions of filters. A cursor is valid for the filter whose `Debug` text it was made with.

use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, LikeExpr};

use domain::id::{Id, Kind};
use domain::text;

/// The column is one of these; an empty list matches nothing. `None`: no condition.
pub(super) fn one_of_ids<K: Kind>(column: impl ColumnTrait, ids: Option<&[Id<K>]>) -> Option<Expr> {
    ids.map(|ids| column.is_in(ids.iter().map(|id| id.uuid())))
}

/// The column has one of these words; an empty list matches nothing. `None`: no condition.
pub(super) fn one_of_words<T: Copy>(
    column: impl ColumnTrait,
    values: Option<&[T]>,
    word: fn(T) -> &'static str,
) -> Option<Expr> {
    values.map(|values| column.is_in(values.iter().map(|value| word(*value))))
}

/// A LIKE pattern for keys of texts (see [`text::sort_key`]) that contain `search`, which is taken literally.
pub(super) fn contains(search: &str) -> LikeExpr {
    contains_key(&text::sort_key(search.trim()))
}

/// The same for a search that is folded as the column is.
pub(super) fn contains_key(search: &str) -> LikeExpr {
    let mut pattern = String::from("%");
    for letter in search.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    LikeExpr::new(pattern).escape('\\')
}
