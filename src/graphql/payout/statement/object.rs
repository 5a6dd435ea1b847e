//! Statements of partners and of individuals: what was owed, and the movements that changed it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use paged::paged;
use tokio::sync::OnceCell;

use super::movement::{StatementMovement, StatementTotal};
use super::page::{StatementData, marked};
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::lookup::{required_id, search_text};
use crate::graphql::money::Money;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::partner::Partner;
use crate::graphql::scalar::{CurrencyCode, DateTime};
use auth::Resource;
use domain::id::PartnerId;
use domain::statement::{Account, Range};
use store::page::SortKey;

/// What was owed to a partner, or to an individual there, in one currency at the beginning and at the end of a range of
/// time, and everything that moved it in between. It never changes.
#[derive(Clone)]
pub struct Statement(Arc<StatementData>);

/// What was owed to a partner, or to an individual at the partner, in one currency at the start and at the end of a
/// range of time, with all changes in between. Accrued and approved commissions are owed. It never changes.
#[paged]
#[Object]
impl Statement {
    /// The partner, or the individual's partner.
    async fn partner(&self) -> Partner {
        self.0.partner.clone()
    }

    /// The individual; null for the partner's own statement, which excludes what is owed to individuals.
    async fn recipient(&self) -> Option<&str> {
        self.0.account.recipient.as_deref()
    }

    /// The start of the range, inclusive.
    async fn from(&self) -> DateTime {
        DateTime(self.0.range.from)
    }

    /// The end of the range, exclusive.
    async fn to(&self) -> DateTime {
        DateTime(self.0.range.to)
    }

    /// What was owed at the start of the range: the closing balance of the preceding statement.
    async fn opening(&self, ctx: &Context<'_>) -> Result<Money, ApiError> {
        let sums = self.0.sums(request(ctx)).await?;
        Ok(self.0.money(sums.opening))
    }

    /// What was owed at the end of the range: the opening balance plus all movements.
    async fn closing(&self, ctx: &Context<'_>) -> Result<Money, ApiError> {
        let sums = self.0.sums(request(ctx)).await?;
        Ok(self.0.money(sums.closing()))
    }

    /// The movements by kind, in the order of the kinds; kinds without movements are left out.
    async fn totals(&self, ctx: &Context<'_>) -> Result<Vec<StatementTotal>, ApiError> {
        let totals = self.0.sums(request(ctx)).await?.totals.iter();
        let shown = totals.map(|total| StatementTotal {
            kind: total.kind.into(),
            count: total.count,
            amount: self.0.money(total.minor),
        });
        Ok(shown.collect())
    }

    /// The changes of the balance, by time; at the same time by kind, then by commission.
    async fn movements(&self, arguments: PageArguments) -> Result<Connection<StatementMovement>, ApiError> {
        let StatementData {
            scope, account, range, ..
        } = &*self.0;
        let cursors = Cursors::of((scope, "statement", account, range)).sorted_by(Some(SortKey::Text(String::new())));
        let page = arguments.read(&cursors)?.try_map(marked)?;
        let (listed, counted) = (self.0.clone(), self.0.clone());
        Ok(Connection::new(
            cursors,
            move |request| {
                let (listed, page) = (listed.clone(), page.clone());
                Box::pin(async move { listed.page(request, &page).await })
            },
            move |request| {
                let counted = counted.clone();
                Box::pin(async move { Ok(counted.sums(request).await?.count().unsigned_abs()) })
            },
        ))
    }
}

#[derive(Default)]
pub struct StatementQuery;

#[Object]
impl StatementQuery {
    /// What was owed to a partner in one currency at the start and at the end of a range of time, and all changes in
    /// between; with a recipient, what was owed to that individual. Null if there is no such partner. A statement never
    /// changes, so its range must be over; the closing balance of one is the opening balance of the next.
    async fn statement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The partner.")] partner_id: ID,
        #[graphql(desc = "Exactly this individual; if absent, the partner itself.")] recipient: Option<String>,
        #[graphql(desc = "The currency.")] currency: CurrencyCode,
        #[graphql(desc = "The start of the range, inclusive.")] from: DateTime,
        #[graphql(desc = "The end of the range, exclusive; not later than now.")] to: DateTime,
    ) -> Nullable<Statement> {
        nullable(async {
            let request = request(ctx);
            let scope = request.caller.read(Resource::Commissions)?;
            let id: PartnerId = required_id("partnerId", &partner_id)?;
            let recipient = recipient.map(|text| search_text("recipient", text)).transpose()?;
            let range = Range::new(from.0, to.0, request.app.clock.now())
                .map_err(|wrong| ApiError::bad_user_input(wrong.to_string()))?;
            let reader = request.store().reader();
            let Some(partner) = store::partner::find(reader, &scope, id).await?.map(Partner::from) else {
                return Ok(None);
            };
            store::statement::wait_for_writers(request.store(), &scope, &[id.uuid()], range.to).await?;
            let account = Account {
                partner: id,
                recipient,
                currency: currency.0,
            };
            let sums = OnceCell::new();
            Ok(Some(Statement(Arc::new(StatementData {
                partner,
                scope,
                account,
                range,
                sums,
            }))))
        })
        .await
    }
}
