//! Payouts as they are read.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, ServerResult};
use uuid::Uuid;

use crate::auth::Resource;
use crate::domain::commission;
use crate::domain::id::{self, PayoutId, TenantId};
use crate::graphql::connection::{Connection, PageArguments, placed};
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::identity;
use crate::graphql::ledger::commission::list::{CommissionConnection, commissions_under, under};
use crate::graphql::loader::PayoutPageKey;
use crate::graphql::lookup::{bounds, ids};
use crate::graphql::money::Money;
use crate::graphql::order::{self, OrderBy, within_currency};
use crate::graphql::partner::object::{PARTNER, Partner};
use crate::graphql::payout::run::object::{PAYOUT_RUN, PayoutRun};
use crate::graphql::rows::{
    self, Described, Listing, Pages, Partners, Shown, Type, Under, allowed, amount, link, listed, page_of, pages_under,
    required,
};
use crate::graphql::scalar::{CurrencyCode, DateTime, Decimal};
use crate::store;
use crate::store::StoreError;
use crate::store::commission::Parent;
use crate::store::page::{Page, Place};
use crate::store::payout::{Parent as PayoutParent, PayoutFilter as StoreFilter, PayoutOrder};
use crate::store::view;

/// Where a payout stands. All but PENDING are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "commission::PayoutStatus")]
pub enum PayoutStatus {
    /// It is to be paid; its commissions are reserved.
    Pending,
    /// It was paid, and its commissions with it.
    Paid,
    /// The payment failed; its commissions were released.
    Failed,
    /// It was called off; its commissions were released.
    Canceled,
}

/// Approved commissions of one payee in one currency, paid together.
#[derive(Clone)]
pub struct Payout(Arc<commission::Payout>);

impl From<Arc<commission::Payout>> for Payout {
    fn from(payout: Arc<commission::Payout>) -> Self {
        Self(payout)
    }
}

impl From<commission::Payout> for Payout {
    fn from(payout: commission::Payout) -> Self {
        Self(Arc::new(payout))
    }
}

impl Payout {
    pub async fn load(ctx: &Context<'_>, id: PayoutId) -> Result<Option<Self>, ApiError> {
        let request = request(ctx);
        request.caller.read(Resource::Payouts)?;
        Ok(request.loaders().payout.load(id.uuid()).await?.map(Self))
    }
}

/// A list of them.
pub fn payouts(list: view::List) -> Listing {
    Listing {
        to: &PAYOUT,
        connection: "PayoutConnection",
        edge: "PayoutEdge",
        list,
    }
}

pub static PAYOUT: Type = Type {
    name: "Payout",
    resource: Resource::Payouts,
    identity: &[],
    is_named: false,
    table: &view::PAYOUT,
    id: || view::column(view::PayoutColumn::Id),
    field: |name| {
        use view::PayoutColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        Some(match name {
            "id" => value(Column::Id, view::id::<id::Payout>),
            "partner" => required(view::column(Column::PartnerId), &PARTNER),
            "recipient" => value(Column::Recipient, view::text),
            "amount" => amount(view::column(Column::Currency), view::column(Column::AmountMinor)),
            "status" => value(Column::Status, view::word!(commission::PayoutStatus)),
            "createdAt" => value(Column::CreatedAt, view::moment),
            "settledAt" => value(Column::SettledAt, view::moment),
            "reference" => value(Column::Reference, view::text),
            "payoutReference" => value(Column::PayoutReference, view::text).for_partners(Partners::Null),
            "createdBy" => value(Column::CreatedBy, view::text).for_partners(Partners::Null),
            "settledBy" => value(Column::SettledBy, view::text).for_partners(Partners::Null),
            "run" => link(view::column(Column::RunId), &PAYOUT_RUN).for_partners(Partners::Null),
            "commissions" => page_of(|ctx| commissions_under(ctx, Parent::Payout)),
            _ => return None,
        })
    },
};

impl Described for Payout {
    const TYPE: &'static Type = &PAYOUT;

    fn uuid(&self) -> Uuid {
        self.0.id.uuid()
    }

    fn at_hand(&self, tenant: TenantId) -> view::AtHand {
        store::payout::at_hand(tenant, &self.0)
    }
}

/// Approved commissions of one payee in one currency, paid together. A partner's token shows neither the run nor who made
/// and settled it.
#[Object]
impl Payout {
    /// Its id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The partner who is paid, or whose individual is.
    async fn partner(&self, ctx: &Context<'_>) -> Result<Partner, ApiError> {
        let partner = identity::partner(ctx, self.0.partner_id).await?;
        Ok(partner.ok_or(StoreError::Corrupt {
            table: "payout",
            column: "partner_id",
            value: self.0.partner_id.to_string(),
        })?)
    }

    /// The individual who is paid; null: the partner is.
    async fn recipient(&self) -> Option<&str> {
        self.0.recipient.as_deref()
    }

    /// How much: the sum of its commissions.
    async fn amount(&self) -> Money {
        self.0.amount.into()
    }

    /// Where it stands.
    async fn status(&self) -> PayoutStatus {
        self.0.status.into()
    }

    /// When the run made it.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was settled; null: it is pending.
    async fn settled_at(&self) -> Option<DateTime> {
        self.0.settled_at.map(DateTime)
    }

    /// What the payment system calls it; null if nothing was said.
    async fn reference(&self) -> Option<&str> {
        self.0.reference.as_deref()
    }

    /// What the payment service calls the payee, as it was when the run made the payout: of a partner its payout reference,
    /// or else its e-mail address; of an individual its name. Null: it was made before that was kept. Staff only.
    async fn payout_reference(&self, ctx: &Context<'_>) -> Option<&str> {
        for_staff(ctx, self.0.payout_reference.as_deref())
    }

    /// Who made it; null: it was made before that was kept. Staff only.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<&str> {
        for_staff(ctx, self.0.created_by.as_deref())
    }

    /// Who settled it; null: it is pending, or was settled before that was kept. Staff only.
    async fn settled_by(&self, ctx: &Context<'_>) -> Option<&str> {
        for_staff(ctx, self.0.settled_by.as_deref())
    }

    /// The run that made it; null for a partner's token.
    async fn run(&self, ctx: &Context<'_>) -> Nullable<PayoutRun> {
        match request(ctx).is_partner() {
            true => None,
            false => nullable(PayoutRun::load(ctx, self.0.run_id)).await,
        }
    }

    /// The commissions that were put into it, newest first; also those that a failed payout released.
    async fn commissions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<CommissionConnection, ApiError> {
        let page = PageArguments::new(first, after, last, before);
        under(ctx, Parent::Payout, self.0.id.uuid(), &page, None, None)
    }
}

fn for_staff<T>(ctx: &Context<'_>, part: Option<T>) -> Option<T> {
    part.filter(|_| !request(ctx).is_partner())
}

/// The payouts under each of many rows, as the field of `ctx` asks for them.
pub fn payouts_of(ctx: &Context<'_>, kind: PayoutParent) -> ServerResult<Under> {
    let scope = allowed(ctx, Resource::Payouts)?;
    let cursors = move |parent| Cursors::of((scope, kind, parent));
    let list = payouts(store::payout::list_under(kind));
    match kind {
        PayoutParent::Partner => pages_under(ctx, list, cursors, |request, parent| {
            Box::pin(request.loaders().payout_counts.load((PayoutParent::Partner, parent)))
        }),
        PayoutParent::Run => pages_under(ctx, list, cursors, |request, parent| {
            Box::pin(request.loaders().payout_counts.load((PayoutParent::Run, parent)))
        }),
    }
}

/// The payouts under some parent.
pub fn payouts_under(
    ctx: &Context<'_>,
    kind: PayoutParent,
    parent: Uuid,
    page: &PageArguments,
) -> Result<Connection<Payout>, ApiError> {
    let scope = request(ctx).caller.read(Resource::Payouts)?;
    let cursors = Cursors::of((scope, kind, parent));
    let page = page.read(&cursors)?;
    Ok(Connection::new(
        cursors,
        move |request| {
            let key = PayoutPageKey {
                kind,
                parent,
                request: page.clone(),
            };
            Box::pin(async move {
                let page = request
                    .loaders()
                    .payout_pages
                    .load(key)
                    .await?
                    .unwrap_or_else(Page::empty);
                Ok(placed(page, |payout| Place::of_id(payout.id)))
            })
        },
        move |request| {
            Box::pin(async move { Ok(request.loaders().payout_counts.load((kind, parent)).await?.unwrap_or(0)) })
        },
    ))
}

/// Which payouts to list; everything given must hold.
#[derive(Default, InputObject)]
pub struct PayoutFilter {
    /// Of this partner.
    pub partner_id: Option<ID>,
    /// In this currency.
    pub currency: Option<CurrencyCode>,
    /// With one of these statuses.
    pub status: Option<Vec<PayoutStatus>>,
    /// Made at this moment or later.
    pub created_from: Option<DateTime>,
    /// Made before this moment.
    pub created_to: Option<DateTime>,
    /// Made by this run. Not for a partner's token.
    pub run_id: Option<ID>,
    /// Settled at this moment or later.
    pub settled_from: Option<DateTime>,
    /// Settled before this moment.
    pub settled_to: Option<DateTime>,
    /// Of one of these partners.
    pub partner_ids: Option<Vec<ID>>,
    /// Of this amount or more, in units of `currency`, which must be given.
    pub min_amount: Option<Decimal>,
    /// Of this amount or less, in units of `currency`, which must be given.
    pub max_amount: Option<Decimal>,
}

/// What payouts are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "PayoutOrder")]
pub enum PayoutOrderField {
    /// When they were made.
    #[default]
    CreatedAt,
    /// Their amount. Needs `filter.currency`: amounts of different currencies have no order.
    Amount,
}

#[derive(Default)]
pub struct PayoutQuery;

#[Object]
impl PayoutQuery {
    /// One payout; null if there is none.
    async fn payout(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Nullable<Shown<Payout>> {
        nullable(async { Shown::row(ctx, id.parse::<PayoutId>()?.uuid()) }).await
    }

    /// The payouts, newest first where no other order is asked for.
    #[expect(clippy::too_many_arguments, reason = "the contract's arguments")]
    async fn payouts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones.")] filter: Option<PayoutFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<OrderBy<PayoutOrderField>>,
    ) -> Result<Pages<Connection<Payout>>, ApiError> {
        let caller = &request(ctx).caller;
        let scope = caller.read(Resource::Payouts)?;
        let filter = filter.unwrap_or_default();
        if filter.run_id.is_some() {
            caller.staff_only()?;
        }
        let currency = filter.currency.map(|code| code.0);
        let (least, most) = (
            ("filter.minAmount", filter.min_amount),
            ("filter.maxAmount", filter.max_amount),
        );
        let (least_minor, most_minor) = bounds(least, most, currency)?;
        let filter = Arc::new(StoreFilter {
            partner: filter.partner_id.map(|id| id.parse()).transpose()?,
            currency,
            status: filter
                .status
                .map(|list| list.into_iter().map(commission::PayoutStatus::from).collect()),
            created_from: filter.created_from.map(|moment| moment.0),
            created_to: filter.created_to.map(|moment| moment.0),
            run: filter.run_id.map(|id| id.parse()).transpose()?,
            settled_from: filter.settled_from.map(|moment| moment.0),
            settled_to: filter.settled_to.map(|moment| moment.0),
            partners: ids(filter.partner_ids)?,
            least_minor,
            most_minor,
        });
        let sorted = OrderBy::read(order_by);
        if sorted.by == PayoutOrder::Amount {
            within_currency("AMOUNT", filter.currency)?;
        }
        let cursors = order::cursors((scope, "payouts", &filter), sorted);
        let arguments = PageArguments::new(first, after, last, before);
        let listing = payouts(store::payout::list(filter.clone(), sorted));
        listed(listing, &cursors, &arguments, move |request| {
            let filter = filter.clone();
            Box::pin(async move { Ok(store::payout::count(request.store().reader(), &scope, &filter).await?) })
        })
    }
}
