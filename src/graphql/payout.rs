//! Payouts and the runs that made them.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, ServerResult};
use uuid::Uuid;

use super::commission_list::{CommissionConnection, commissions_under, under};
use super::connection::{Connection, PageArguments, placed};
use super::context::{mutation, request};
use super::cursor::Cursors;
use super::error::{ApiError, Nullable, nullable};
use super::identity;
use super::input::{id_text, id_texts};
use super::loader::PayoutPageKey;
use super::money::Money;
use super::partner::{PARTNER, Partner};
use super::rows::{
    self, Described, Listing, Pages, Shown, Type, Under, allowed, amount, page_of, pages_under, required,
};
use super::scalar::{CurrencyCode, DateTime};
use super::user_error::payload;
use crate::auth::Resource;
use crate::domain::commission;
use crate::domain::id::{self, PayoutId, TenantId};
use crate::service::ledger::payout::{NewPayoutRun, create_run, settle};
use crate::store;
use crate::store::StoreError;
use crate::store::commission::Parent;
use crate::store::page::{Page, Place};
use crate::store::payout::{Parent as PayoutParent, PayoutFilter as StoreFilter};
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

/// How a payout ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum PayoutSettlement {
    /// It was paid.
    Paid,
    /// The payment failed.
    Failed,
    /// It was called off.
    Canceled,
}

impl From<PayoutSettlement> for commission::PayoutStatus {
    fn from(settlement: PayoutSettlement) -> Self {
        match settlement {
            PayoutSettlement::Paid => Self::Paid,
            PayoutSettlement::Failed => Self::Failed,
            PayoutSettlement::Canceled => Self::Canceled,
        }
    }
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

/// Approved commissions of one payee in one currency, paid together.
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

    /// The commissions that were put into it, newest first; also those that a failed payout released.
    async fn commissions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<CommissionConnection, ApiError> {
        let page = PageArguments {
            first,
            after,
            last,
            before,
        };
        under(ctx, Parent::Payout, self.0.id.uuid(), &page, None, None)
    }
}

/// One run that made payouts.
#[derive(Clone)]
pub struct PayoutRun(commission::PayoutRun);

impl From<commission::PayoutRun> for PayoutRun {
    fn from(run: commission::PayoutRun) -> Self {
        Self(run)
    }
}

impl Described for PayoutRun {
    const TYPE: &'static Type = &PAYOUT_RUN;

    fn uuid(&self) -> Uuid {
        self.0.id.uuid()
    }
}

pub static PAYOUT_RUN: Type = Type {
    name: "PayoutRun",
    resource: Resource::Payouts,
    identity: &[],
    is_named: false,
    table: &view::PAYOUT_RUN,
    id: || view::column(view::PayoutRunColumn::Id),
    field: |name| {
        use view::PayoutRunColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        Some(match name {
            "id" => value(Column::Id, view::id::<id::PayoutRun>),
            "createdAt" => value(Column::CreatedAt, view::moment),
            "payouts" => page_of(|ctx| payouts_of(ctx, PayoutParent::Run)),
            _ => return None,
        })
    },
};

/// One run that made payouts.
#[Object]
impl PayoutRun {
    /// Its id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// When it ran.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// The payouts that it made, newest first.
    async fn payouts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Payout>, ApiError> {
        payouts_under(
            ctx,
            PayoutParent::Run,
            self.0.id.uuid(),
            &PageArguments {
                first,
                after,
                last,
                before,
            },
        )
    }
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
}

/// What to pay out.
#[derive(InputObject)]
pub struct CreatePayoutRunInput {
    /// Only this currency; by default all.
    pub currency: Option<CurrencyCode>,
    /// Only these partners; by default all.
    pub partner_ids: Option<Vec<ID>>,
    /// The same key with the same input gives the run that it made first.
    pub idempotency_key: Option<String>,
}

/// How a payout ended.
#[derive(InputObject)]
pub struct SettlePayoutInput {
    /// The payout: a pending one.
    pub id: ID,
    /// How it ended.
    pub status: PayoutSettlement,
    /// What the payment system calls it.
    pub reference: Option<String>,
    /// The same key with the same input gives the payout without settling it again.
    pub idempotency_key: Option<String>,
}

payload! {
    /// What a payout run did.
    PayoutRunPayload {
        /// The run; null if there is something to mend.
        payout_run: PayoutRun, Payouts
    }
}

payload! {
    /// What settling did.
    PayoutPayload {
        /// The payout as it is now; null if nothing was changed.
        payout: Payout, Payouts
    }
}

#[derive(Default)]
pub struct PayoutQuery;

#[Object]
impl PayoutQuery {
    /// One payout; null if there is none.
    async fn payout(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Nullable<Shown<Payout>> {
        nullable(async { Shown::row(ctx, id.parse::<PayoutId>()?.uuid()) }).await
    }

    /// The payouts, newest first.
    async fn payouts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones.")] filter: Option<PayoutFilter>,
    ) -> Result<Pages<Connection<Payout>>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Payouts)?;
        let filter = filter.unwrap_or_default();
        let filter = Arc::new(StoreFilter {
            partner: filter.partner_id.map(|id| id.parse()).transpose()?,
            currency: filter.currency.map(|code| code.0),
            status: filter
                .status
                .map(|list| list.into_iter().map(commission::PayoutStatus::from).collect()),
            created_from: filter.created_from.map(|moment| moment.0),
            created_to: filter.created_to.map(|moment| moment.0),
        });
        let cursors = Cursors::of((scope, "payouts", &filter));
        let page = PageArguments {
            first,
            after,
            last,
            before,
        }
        .read(&cursors)?;
        let counted = filter.clone();
        let asked = payouts(store::payout::list(filter.clone())).asked(&page, &cursors);
        let connection = Connection::new(
            cursors,
            move |request| {
                let (filter, page) = (filter.clone(), page.clone());
                Box::pin(async move {
                    let page = store::payout::page(request.store().reader(), &scope, &filter, &page).await?;
                    Ok(placed(page, |payout| Place::of_id(payout.id)))
                })
            },
            move |request| {
                let filter = counted.clone();
                Box::pin(async move { Ok(store::payout::count(request.store().reader(), &scope, &filter).await?) })
            },
        );
        Ok(Pages { connection, asked })
    }
}

#[derive(Default)]
pub struct PayoutMutation;

#[Object]
impl PayoutMutation {
    /// Groups approved commissions by payee and currency into payouts. What is 0 or less, or below the tenant's minimum,
    /// carries forward; suspended partners are passed over. Needs `payouts:write`.
    async fn create_payout_run(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to pay out.")] input: CreatePayoutRunInput,
    ) -> Nullable<PayoutRunPayload> {
        let request = mutation(ctx).await;
        let run = NewPayoutRun {
            currency: input.currency.map(|code| code.0),
            partner_ids: input.partner_ids.map(id_texts),
        };
        Some(PayoutRunPayload::of(&request, create_run(&request.app, &request.caller, run)).await)
    }

    /// Says how a payout ended: PAID pays all its commissions, FAILED and CANCELED release them. Needs `payouts:write`.
    async fn settle_payout(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which payout, and how it ended.")] input: SettlePayoutInput,
    ) -> Nullable<PayoutPayload> {
        let request = mutation(ctx).await;
        let (id, status) = (id_text(input.id), input.status.into());
        let settled = settle(&request.app, &request.caller, &id, status, input.reference);
        Some(PayoutPayload::of(&request, settled).await)
    }
}
