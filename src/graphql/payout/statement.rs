//! Statements of partners and of individuals: what was owed, and what moved it.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use tokio::sync::OnceCell;

use super::object::Payout;
use crate::auth::{Resource, Scope};
use crate::domain::id::{CommissionId, PartnerId};
use crate::domain::money::Currency;
use crate::domain::statement::{self, Account, Movement, Place, Range, Sums};
use crate::graphql::connection::{Connection, PageArguments};
use crate::graphql::context::{RequestContext, request};
use crate::graphql::cursor::Cursors;
use crate::graphql::error::{ApiError, Nullable, nullable, nullable_link};
use crate::graphql::identity;
use crate::graphql::ledger::commission::object::Commission;
use crate::graphql::lookup::wanted;
use crate::graphql::money::Money;
use crate::graphql::partner::object::Partner;
use crate::graphql::scalar::{CurrencyCode, DateTime};
use crate::store::page::{self, Page, PageRequest, SortKey};
use crate::store::{self, StoreError};

/// What moves what is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::MovementKind")]
pub enum MovementKind {
    /// A commission was brought in as history.
    Opening,
    /// An event, a deal or staff earned a commission.
    Accrued,
    /// A tier changed what was earned.
    Adjusted,
    /// A refund or a reversal took back what was earned.
    ClawedBack,
    /// A commission was undone before it was paid.
    Reversed,
    /// A commission was paid.
    Paid,
}

/// What was owed to a partner, or to an individual there, in one currency at the beginning and at the end of a range of
/// time, and everything that moved it in between. It never changes.
#[derive(Clone)]
pub struct Statement(Arc<Stated>);

struct Stated {
    partner: Partner,
    scope: Scope,
    account: Account,
    range: Range,
    sums: OnceCell<Sums>,
}

impl Stated {
    async fn sums(&self, request: &RequestContext) -> Result<&Sums, ApiError> {
        let reader = request.store().reader();
        let read = || async { Ok(store::statement::sums(reader, &self.scope, &self.account, self.range).await?) };
        self.sums.get_or_try_init(read).await
    }

    async fn page(
        &self,
        request: &RequestContext,
        page: &PageRequest<Marked>,
    ) -> Result<Page<(page::Place, StatementMovement)>, ApiError> {
        // A page from the statement's one end or the other begins with what is owed there, one behind a movement with what
        // was owed then.
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

    fn money(&self, minor: i128) -> Money {
        Money::of_sum(minor, self.account.currency)
    }
}

/// A movement's place, and what was owed behind it.
type Marked = (Place, i128);

/// A place as cursors have it. What was owed there never changes, and is not added up again for the page behind it; who
/// forges a cursor shows wrong balances to nobody else.
fn mark(place: &Place, balance: i128) -> page::Place {
    page::Place {
        key: Some(SortKey::Text(format!("{} {balance}", place.number()))),
        id: place.row.uuid(),
    }
}

fn marked(mark: &page::Place) -> Result<Marked, ApiError> {
    let read = || {
        let Some(SortKey::Text(text)) = &mark.key else {
            return None;
        };
        let (number, balance) = text.split_once(' ')?;
        let place = Place::of_number(number.parse().ok()?, CommissionId::from_uuid(mark.id))?;
        Some((place, balance.parse().ok()?))
    };
    read().ok_or_else(Cursors::foreign)
}

/// What was owed to a partner, or to an individual there, in one currency at the beginning and at the end of a range of
/// time, and everything that moved it in between. What is owed is what is accrued and approved. It never changes.
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
    async fn movements(
        &self,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Connection<StatementMovement>, ApiError> {
        let arguments = PageArguments::new(first, after, last, before);
        let Stated {
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

/// The movements of one kind.
#[derive(Clone, SimpleObject)]
pub struct StatementTotal {
    /// What they are.
    pub kind: MovementKind,
    /// How many there are.
    pub count: i64,
    /// What they come to; below 0: less is owed.
    pub amount: Money,
}

/// One thing that moved what is owed.
#[derive(Clone)]
pub struct StatementMovement {
    movement: Movement,
    balance: i128,
    currency: Currency,
}

/// One thing that moved what is owed.
#[Object]
impl StatementMovement {
    /// When.
    async fn at(&self) -> DateTime {
        DateTime(self.movement.place.at)
    }

    /// What it was.
    async fn kind(&self) -> MovementKind {
        self.movement.place.kind.into()
    }

    /// By how much; below 0: less is owed.
    async fn amount(&self) -> Money {
        Money::of_sum(self.movement.minor.into(), self.currency)
    }

    /// What was owed after it.
    async fn balance(&self) -> Money {
        Money::of_sum(self.balance, self.currency)
    }

    /// The commission that came, was reversed or was paid, as it stands now.
    async fn commission(&self, ctx: &Context<'_>) -> Result<Commission, ApiError> {
        let id = self.movement.place.row;
        Ok(Commission::load(ctx, id).await?.ok_or(StoreError::Corrupt {
            table: "commission",
            column: "id",
            value: id.to_string(),
        })?)
    }

    /// The payout that paid it; null for other kinds.
    async fn payout(&self, ctx: &Context<'_>) -> Nullable<Payout> {
        nullable_link(self.movement.payout, |id| Payout::load(ctx, id)).await
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
            let recipient = recipient.map(|text| wanted("recipient", text)).transpose()?;
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
            Ok(Some(Statement(Arc::new(Stated {
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
