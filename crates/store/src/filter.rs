//! Filters, as cursors refer to them: a cursor is valid for the filter whose text it was made with. Conditions that
//! were added to a filter later appear in its text only where they are used, so that older cursors stay valid.

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

/// A LIKE pattern for texts that contain `search`, which is taken literally.
pub(super) fn contains(search: &str) -> LikeExpr {
    let mut pattern = String::from("%");
    for letter in text::sort_key(search.trim()).chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    LikeExpr::new(pattern).escape('\\')
}

/// Implements `Debug` of a filter: the conditions that it had from the start, and those added later.
macro_rules! text_of {
    ($filter:ident: $($first:ident)+, later: $($later:ident)+) => {
        impl std::fmt::Debug for $filter {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let Self { $($first,)+ $($later),+ } = self;
                let mut text = formatter.debug_struct(stringify!($filter));
                $(text.field(stringify!($first), $first);)+
                $(if let Some(asked) = $later {
                    text.field(stringify!($later), asked);
                })+
                text.finish()
            }
        }
    };
}

pub(super) use text_of;

#[cfg(test)]
mod tests {
    #[expect(dead_code, reason = "read by Debug")]
    mod before {
        #[derive(Debug, Default)]
        pub struct Filter {
            pub status: Option<Vec<u8>>,
            pub search: Option<String>,
        }
    }

    #[derive(Default)]
    struct Filter {
        status: Option<Vec<u8>>,
        search: Option<String>,
        ids: Option<Vec<u8>>,
    }

    text_of!(Filter: status search, later: ids);

    #[test]
    fn what_is_not_asked_stands_as_it_stood() {
        let asked = || (Some(vec![1]), Some("a".to_owned()));
        let (status, search) = asked();
        let before = format!("{:?}", before::Filter { status, search });
        let (status, search) = asked();
        let mut filter = Filter {
            status,
            search,
            ids: None,
        };
        assert_eq!(format!("{filter:?}"), before);
        filter.ids = Some(Vec::new());
        assert_ne!(format!("{filter:?}"), before);
    }
}
