//! The pages of the movements of a statement.

use tokio::sync::OnceCell;

use super::movement::StatementMovement;
use crate::graphql::context::RequestContext;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use crate::graphql::money::Money;
use crate::graphql::partner::Partner;
use auth::Scope;
use domain::id::CommissionId;
use domain::statement::{Account, MovementPosition, Range, StatementSums};
use store::page::{self, Page, PageRequest, SortKey};

/// The account and the range of a statement. Its sums are read once, on first use.
pub(super) struct StatementData {
    pub(super) partner: Partner,
    pub(super) scope: Scope,
    pub(super) account: Account,
    pub(super) range: Range,
    pub(super) sums: OnceCell<StatementSums>,
}

impl StatementData {
    pub(super) async fn sums(&self, request: &RequestContext) -> Result<&StatementSums, ApiError> {
        let reader = request.store().reader();
        let read = || async { Ok(store::statement::sums(reader, &self.scope, &self.account, self.range).await?) };
        self.sums.get_or_try_init(read).await
    }

    pub(super) async fn page(
        &self,
        request: &RequestContext,
        page: &PageRequest<MovementPlace>,
    ) -> Result<Page<(page::RowPosition, StatementMovement)>, ApiError> {
        // What is owed where the page begins: at either end of the statement, its opening or closing balance; after a
        // cursor, the balance in the cursor. Before a cursor it is `None`, and the query computes it.
        let balance = match (page.backward, page.after, page.before) {
            (false, None, _) => Some(self.sums(request).await?.opening),
            (false, Some((_, balance)), _) => Some(balance),
            (true, _, None) => Some(self.sums(request).await?.closing()),
            (true, _, Some(_)) => None,
        };
        let (reader, account) = (request.store().reader(), &self.account);
        let page = page.try_map(|(place, _)| Ok::<_, ApiError>(*place))?;
        let found = store::statement::page(reader, &self.scope, account, self.range, &page, balance).await?;
        let currency = account.currency;
        Ok(found.map(|(movement, balance)| {
            let shown = StatementMovement {
                movement,
                balance,
                currency,
            };
            (mark(&movement.place, balance), shown)
        }))
    }

    pub(super) fn money(&self, minor: i128) -> Money {
        Money::of_sum(minor, self.account.currency)
    }
}

/// A movement's position, and what was owed after it.
type MovementPlace = (MovementPosition, i128);

/// A position as encoded in cursors. What was owed there never changes, so the next page need not add it up again. A
/// caller that forges a cursor shows wrong balances only to itself.
fn mark(place: &MovementPosition, balance: i128) -> page::RowPosition {
    page::RowPosition {
        key: Some(SortKey::Text(format!("{} {balance}", place.number()))),
        id: place.row.uuid(),
    }
}

pub(super) fn marked(mark: &page::RowPosition) -> Result<MovementPlace, ApiError> {
    let read = || {
        let Some(SortKey::Text(text)) = &mark.key else {
            return None;
        };
        let (number, balance) = text.split_once(' ')?;
        let place = MovementPosition::of_number(number.parse().ok()?, CommissionId::from_uuid(mark.id))?;
        Some((place, balance.parse().ok()?))
    };
    read().ok_or_else(Cursors::foreign)
}
