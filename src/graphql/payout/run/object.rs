//! Payout runs: what they paid, what they left and why, and what one would do.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use uuid::Uuid;

use super::line::{
    PayoutOutcome, PayoutRunLine, PayoutRunTotal, lines_of_preview, lines_of_runs, lines_under, outcomes,
};
use crate::auth::Resource;
use crate::domain::commission;
use crate::domain::id::{self, PayoutRunId, TenantId};
use crate::graphql::connection::{Connection, PageArguments, placed};
use crate::graphql::context::{mutation, request};
use crate::graphql::cursor::Cursors;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::input::id_texts;
use crate::graphql::payout::object::{Payout, payouts_of, payouts_under};
use crate::graphql::rows::{self, Described, Listing, Pages, Shown, Type, page_of, resolver};
use crate::graphql::scalar::{CurrencyCode, DateTime};
use crate::graphql::user_error::{UserError, answer, payload};
use crate::service::ledger::payout::{NewPayoutRun, Preview, create_run, preview_run};
use crate::store;
use crate::store::page::Place;
use crate::store::payout::Parent as PayoutParent;
use crate::store::view;

/// One run that made payouts.
#[derive(Clone)]
pub struct PayoutRun(commission::PayoutRun);

impl From<commission::PayoutRun> for PayoutRun {
    fn from(run: commission::PayoutRun) -> Self {
        Self(run)
    }
}

impl From<Arc<commission::PayoutRun>> for PayoutRun {
    fn from(run: Arc<commission::PayoutRun>) -> Self {
        Self(Arc::unwrap_or_clone(run))
    }
}

impl PayoutRun {
    /// The run that a payout names.
    pub async fn load(ctx: &Context<'_>, id: PayoutRunId) -> Result<Option<Self>, ApiError> {
        Ok(request(ctx).loaders().payout_run.load(id.uuid()).await?.map(Self::from))
    }
}

impl Described for PayoutRun {
    const TYPE: &'static Type = &PAYOUT_RUN;

    fn uuid(&self) -> Uuid {
        self.0.id.uuid()
    }

    fn at_hand(&self, tenant: TenantId) -> view::AtHand {
        store::payout_run::at_hand(tenant, &self.0)
    }
}

/// A list of them.
fn payout_runs(list: view::List) -> Listing {
    Listing {
        to: &PAYOUT_RUN,
        connection: "PayoutRunConnection",
        edge: "PayoutRunEdge",
        list,
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
            "createdBy" => value(Column::CreatedBy, view::text),
            "accruedBefore" => value(Column::AccruedBefore, view::moment),
            "lines" => page_of(lines_of_runs),
            "totals" => resolver(|row, prefix| Ok(Box::new(PayoutRun(store::payout_run::whole(row, prefix)?)))),
            "payouts" => page_of(|ctx| payouts_of(ctx, PayoutParent::Run)),
            _ => return None,
        })
    },
};

/// One run that made payouts. Partners see nothing of runs.
#[Object]
impl PayoutRun {
    /// Its id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// When it ran: what was approved before that moment it found.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Who made it; null: it was made before that was kept.
    async fn created_by(&self) -> Option<&str> {
        self.0.created_by.as_deref()
    }

    /// Its cut-off: it took only what accrued before this moment, and clawbacks of that; null: everything.
    async fn accrued_before(&self) -> Option<DateTime> {
        self.0.accrued_before.map(DateTime)
    }

    /// What it found for each payee and currency, and what became of it: by currency, amount falling, payee. They are what
    /// the run saw, and never change. Of a run from before lines were kept only what was paid out.
    async fn lines(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only those with one of these outcomes.")] outcome: Option<Vec<PayoutOutcome>>,
    ) -> Result<Connection<PayoutRunLine>, ApiError> {
        let page = PageArguments::new(first, after, last, before);
        lines_under(ctx, self.0.id.uuid(), outcomes(outcome), &page)
    }

    /// What its lines add up to, by outcome and currency; what was paid out by where its payouts stand now.
    async fn totals(&self, ctx: &Context<'_>) -> Result<Vec<PayoutRunTotal>, ApiError> {
        let totals = request(ctx).loaders().payout_run_totals.load(self.0.id.uuid()).await?;
        Ok(totals
            .iter()
            .flat_map(|totals| totals.iter())
            .map(PayoutRunTotal::from)
            .collect())
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
        let page = PageArguments::new(first, after, last, before);
        payouts_under(ctx, PayoutParent::Run, self.0.id.uuid(), &page)
    }
}

/// What to pay out.
#[derive(Clone, Debug, InputObject)]
pub struct CreatePayoutRunInput {
    /// The cut-off: only what accrued before this moment, whenever it is approved, and clawbacks of that, whenever they
    /// accrued; by default everything.
    pub accrued_before: Option<DateTime>,
    /// True: what is not in the currency that its partner has chosen is left, where it has chosen one.
    #[graphql(default)]
    pub respect_payout_currency: bool,
    /// Only this currency; by default all.
    pub currency: Option<CurrencyCode>,
    /// Only these partners; by default all.
    pub partner_ids: Option<Vec<ID>>,
    /// The same key with the same input gives the run that it made first. A preview makes nothing, and takes no notice.
    pub idempotency_key: Option<String>,
}

impl From<CreatePayoutRunInput> for NewPayoutRun {
    fn from(input: CreatePayoutRunInput) -> Self {
        Self {
            accrued_before: input.accrued_before.map(|moment| moment.0),
            respect_payout_currency: input.respect_payout_currency,
            currency: input.currency.map(|code| code.0),
            partner_ids: input.partner_ids.map(id_texts),
        }
    }
}

payload! {
    /// What a payout run did.
    PayoutRunPayload {
        /// The run; null if there is something to mend.
        payout_run: PayoutRun, Payouts
    }
}

/// What a payout run would do now.
pub struct PayoutRunPreviewPayload {
    preview: Option<Arc<Preview>>,
    /// Tells the list of lines from others.
    cursors: Cursors,
    user_errors: Vec<UserError>,
}

/// What a payout run would do now.
#[Object]
impl PayoutRunPreviewPayload {
    /// What it would find for each payee and currency, as `PayoutRun.lines`; null if there is something to mend. A cursor is
    /// good for the same input, and marks a place in the list.
    async fn lines(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only those with one of these outcomes.")] outcome: Option<Vec<PayoutOutcome>>,
    ) -> Nullable<Connection<PayoutRunLine>> {
        nullable(async {
            request(ctx).caller.read(Resource::Payouts)?;
            let page = PageArguments::new(first, after, last, before);
            let lines = |preview| lines_of_preview(preview, &self.cursors, outcomes(outcome), &page);
            self.preview.as_ref().map(lines).transpose()
        })
        .await
    }

    /// What these lines add up to, as `PayoutRun.totals` says it right after the run; null if there is something to mend.
    async fn totals(&self, ctx: &Context<'_>) -> Nullable<Vec<PayoutRunTotal>> {
        nullable(async {
            request(ctx).caller.read(Resource::Payouts)?;
            let totals = self.preview.as_ref().map(|preview| preview.totals.iter());
            Ok(totals.map(|totals| totals.map(PayoutRunTotal::from).collect()))
        })
        .await
    }

    /// What to mend; empty: this is what a run would do.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

#[derive(Default)]
pub struct PayoutRunQuery;

#[Object]
impl PayoutRunQuery {
    /// One payout run; null if there is none, or for a partner's token.
    async fn payout_run(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Nullable<Shown<PayoutRun>> {
        nullable(async { Shown::row(ctx, id.parse::<PayoutRunId>()?.uuid()) }).await
    }

    /// The payout runs, newest first; none for a partner's token.
    async fn payout_runs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Pages<Connection<PayoutRun>>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Payouts)?;
        let cursors = Cursors::of((scope, "payoutRuns"));
        let arguments = PageArguments::new(first, after, last, before);
        let page = arguments.read(&cursors)?;
        let asked = payout_runs(store::payout_run::list()).asked(&page, &cursors);
        let connection = Connection::new(
            cursors,
            move |request| {
                let page = page.clone();
                Box::pin(async move {
                    let page = store::payout_run::page(request.store().reader(), &scope, &page).await?;
                    Ok(placed(page, |run| Place::of_id(run.id)))
                })
            },
            move |request| {
                Box::pin(async move { Ok(store::payout_run::count(request.store().reader(), &scope).await?) })
            },
        );
        Ok(Pages::of(asked, connection))
    }
}

#[derive(Default)]
pub struct PayoutRunMutation;

#[Object]
impl PayoutRunMutation {
    /// Groups approved commissions by payee and currency into payouts. What is not paid carries forward, and its line says
    /// why: `PayoutRun.lines`. Needs `payouts:write`.
    async fn create_payout_run(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to pay out.")] input: CreatePayoutRunInput,
    ) -> Nullable<PayoutRunPayload> {
        let request = mutation(ctx).await;
        let created = create_run(&request.app, &request.caller, input.into());
        Some(PayoutRunPayload::of(&request, created).await)
    }

    /// What `createPayoutRun` would do now, line by line. Locks nothing and writes nothing; a run comes to the same if
    /// nothing is written in between. Needs `payouts:write`, and `payouts:read` to show it.
    async fn preview_payout_run(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What would be paid out.")] input: CreatePayoutRunInput,
    ) -> Nullable<PayoutRunPreviewPayload> {
        let request = mutation(ctx).await;
        let (scope, input) = (request.caller.scope(), NewPayoutRun::from(input));
        let cursors = Cursors::of((scope, "previewPayoutRun", &input));
        let previewed = Box::pin(preview_run(&request.app, &request.caller, input)).await;
        Some(answer(previewed).map(|(preview, user_errors)| PayoutRunPreviewPayload {
            preview: preview.map(Arc::new),
            cursors,
            user_errors,
        }))
    }
}
