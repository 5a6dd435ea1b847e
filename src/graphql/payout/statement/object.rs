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
use crate::graphql::identity;
use crate::graphql::lookup::search_text;
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

/// What was owed to a partner, or to an individual there, in one currency at the beginning and at the end of a range of
/// time, and everything that moved it in between. What is owed is what is accrued and approved. It never changes.
#[paged]
#[Object]
impl Statement {
    /// Whose it is, or whose individual's.
    async fn partner(&self) -> Partner {
        self.0.partner.clone()
    }

    /// The individual whose it is; null: it is the partner's own, without what is owed to individuals.
    async fn recipient(&self) -> Option<&str> {
        self.0.account.recipient.as_deref()
    }

    /// Where the range begins.
    async fn from(&self) -> DateTime {
        DateTime(self.0.range.from)
    }

    /// Where it ends, excluded.
    async fn to(&self) -> DateTime {
        DateTime(self.0.range.to)
    }

    /// What was owed when the range began: the closing of the statement before.
    async fn opening(&self, ctx: &Context<'_>) -> Result<Money, ApiError> {
        let sums = self.0.sums(request(ctx)).await?;
        Ok(self.0.money(sums.opening))
    }

    /// What was owed when the range ended: the opening and all movements.
    async fn closing(&self, ctx: &Context<'_>) -> Result<Money, ApiError> {
        let sums = self.0.sums(request(ctx)).await?;
        Ok(self.0.money(sums.closing()))
    }

    /// The movements by kind, in the order of the kinds; kinds without any are left out.
    async fn totals(&self, ctx: &Context<'_>) -> Result<Vec<StatementTotal>, ApiError> {
        let totals = self.0.sums(request(ctx)).await?.totals.iter();
        let shown = totals.map(|total| StatementTotal {
            kind: total.kind.into(),
            count: total.count,
            amount: self.0.money(total.minor),
        });
        Ok(shown.collect())
    }

    /// What moved it, by time; of one moment by kind, and then by commission.
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
    /// What was owed to a partner in one currency when a range of time began and when it ended, and what moved it in between.
    /// With a recipient: what was owed to that individual. Null if there is no such partner. A statement never changes,
    /// which is why its range must be over; consecutive ones meet.
    async fn statement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] partner_id: ID,
        #[graphql(desc = "Of exactly this individual; none: the partner's own.")] recipient: Option<String>,
        #[graphql(desc = "In which currency.")] currency: CurrencyCode,
        #[graphql(desc = "Where the range begins.")] from: DateTime,
        #[graphql(desc = "Where it ends, excluded; not later than now.")] to: DateTime,
    ) -> Nullable<Statement> {
        nullable(async {
            let request = request(ctx);
            let scope = request.caller.read(Resource::Commissions)?;
            let id: PartnerId = partner_id.parse()?;
            let recipient = recipient.map(|text| search_text("recipient", text)).transpose()?;
            let range = Range::new(from.0, to.0, request.app.clock.now())
                .map_err(|wrong| ApiError::bad_user_input(wrong.to_string()))?;
            let Some(partner) = identity::partner(ctx, id).await? else {
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
