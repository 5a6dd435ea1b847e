//! Correcting who earned: customers and events that are moved to another partner.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object};

use crate::auth::Resource;
use crate::domain::reassignment::{self, MAX_EVENTS};
use crate::graphql::connection::{Connection, PageArguments, at_hand, placed_by_number};
use crate::graphql::context::{Mutation, mutation, request};
use crate::graphql::cursor::Cursors;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::input::id_text;
use crate::graphql::ledger::commission::object::Commission;
use crate::graphql::ledger::event::object::{Customer, Event};
use crate::graphql::rows::Shown;
use crate::graphql::scalar::DateTime;
use crate::graphql::terms::simulation::SimulatedCommission;
use crate::graphql::user_error::{UserError, answer, may_show, shown};
use crate::service::ServiceError;
use crate::service::ledger::reassign::{
    After, Moved, MovedRow, NewAttribution, NewReassignment, attribute_event, preview_customer, reassign_customer,
};

/// What became of a row of an event that was moved, or of the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "reassignment::ReassignmentOutcome")]
pub enum ReassignmentOutcome {
    /// The row was not paid, and is reversed.
    Reversed,
    /// The row was paid, and stays: its event earns nothing anew.
    KeptPaid,
    /// The row was paid, and what was left of it is clawed back.
    ClawedBack,
    /// The event earned a row for the new partner, or made it reach the goals of a tier.
    Earned,
    /// The event had earned nothing, and earns nothing.
    Nothing,
}

/// Whose customer it is from now on.
#[derive(Clone, Debug, InputObject)]
pub struct ReassignCustomerInput {
    /// The customer.
    pub customer_id: ID,
    /// The partner; by default nobody: the customer is bound to no partner, and events that are moved earn nothing.
    pub partner_id: Option<ID>,
    /// The campaign; by default none. Needs a partner.
    pub campaign_id: Option<ID>,
    /// Moves the recorded events that occurred from this moment on and are credited to whom the customer was bound to, or to
    /// nobody; by default none is moved, only later events follow. Events that named another partner stay.
    pub from: Option<DateTime>,
    /// What was paid is clawed back; by default it stays, and its events earn nothing anew.
    #[graphql(default = false)]
    pub claw_back_paid: bool,
    /// Why, for the record: the reason of every move of a row. 1 to 1,000 characters.
    pub reason: String,
    /// The same key with the same input gives the answer of the first call and does nothing. A preview takes no notice.
    pub idempotency_key: Option<String>,
}

/// Whom an event is credited to from now on.
#[derive(Clone, Debug, InputObject)]
pub struct AttributeEventInput {
    /// The event: a charge or conversion; its refunds go with it.
    pub event_id: ID,
    /// The partner.
    pub partner_id: ID,
    /// The campaign; by default none.
    pub campaign_id: Option<ID>,
    /// What was paid is clawed back; by default it stays, and the event earns nothing anew.
    #[graphql(default = false)]
    pub claw_back_paid: bool,
    /// Why, for the record: the reason of every move of a row. 1 to 1,000 characters.
    pub reason: String,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

impl From<ReassignCustomerInput> for NewReassignment {
    fn from(input: ReassignCustomerInput) -> Self {
        Self {
            customer_id: id_text(input.customer_id),
            partner_id: input.partner_id.map(id_text),
            campaign_id: input.campaign_id.map(id_text),
            from: input.from.map(|moment| moment.0),
            claw_back_paid: input.claw_back_paid,
            reason: input.reason,
        }
    }
}

impl From<AttributeEventInput> for NewAttribution {
    fn from(input: AttributeEventInput) -> Self {
        Self {
            event_id: id_text(input.event_id),
            partner_id: id_text(input.partner_id),
            campaign_id: input.campaign_id.map(id_text),
            claw_back_paid: input.claw_back_paid,
            reason: input.reason,
        }
    }
}

/// A row before and after a move.
#[derive(Clone)]
pub struct ReassignedRow {
    number: i64,
    row: Arc<MovedRow>,
    is_preview: bool,
}

/// A row before and after a move.
#[Object]
impl ReassignedRow {
    /// The event whose row it is.
    async fn event(&self, ctx: &Context<'_>) -> Result<Event, ApiError> {
        may_show(ctx, Resource::Events)?;
        Ok(self.row.event.clone().into())
    }

    /// What became of it.
    async fn outcome(&self) -> ReassignmentOutcome {
        self.row.outcome.into()
    }

    /// The row that was there, as the move leaves it; null for what is earned, and where there was none.
    async fn before(&self, ctx: &Context<'_>) -> Nullable<Commission> {
        commission(ctx, self.row.before.as_ref())
    }

    /// What the new partner earns: `event` is the event's place among those that are moved, `term` 0 where a tier gave it.
    async fn after(&self, ctx: &Context<'_>) -> Nullable<SimulatedCommission> {
        let after = self.row.after.as_ref()?;
        Some(may_show(ctx, Resource::Commissions).map(|()| simulated(self.row.place, after)))
    }

    /// The row that was earned; null in a preview.
    async fn commission(&self, ctx: &Context<'_>) -> Nullable<Commission> {
        let after = self.row.after.as_ref().filter(|_| !self.is_preview);
        commission(ctx, after.map(|after| &after.commission))
    }

    /// What takes back from the row that was there, or, for the refunds of the event, from the one that was earned; null in
    /// a preview.
    async fn clawback(&self, ctx: &Context<'_>) -> Nullable<Commission> {
        commission(ctx, self.row.clawback.as_ref().filter(|_| !self.is_preview))
    }
}

fn commission(ctx: &Context<'_>, row: Option<&crate::domain::commission::Commission>) -> Nullable<Commission> {
    row.map(|row| may_show(ctx, Resource::Commissions).map(|()| row.clone().into()))
}

fn simulated(place: u32, after: &After) -> SimulatedCommission {
    SimulatedCommission {
        event: place as usize,
        term: after.term.unwrap_or_default() as usize,
        amount: after.commission.amount.into(),
        holdback_days: after.commission.holdback_days,
        mature_at: after.commission.mature_at.map(DateTime),
        explanation: after.commission.explanation.iter().cloned().map(Into::into).collect(),
    }
}

/// What a move did, or would do.
pub struct ReassignmentPayload {
    moved: Option<Found>,
    user_errors: Vec<UserError>,
}

struct Found {
    customer: Option<Customer>,
    event: Option<Event>,
    remaining: u64,
    rows: Arc<[ReassignedRow]>,
    /// Tells the list of rows from others.
    cursors: Cursors,
}

/// What a move did, or would do.
#[Object]
impl ReassignmentPayload {
    /// The customer, bound as it is now; null if there is something to mend, and for an event without one.
    async fn customer(&self, ctx: &Context<'_>) -> Nullable<Shown<Customer>> {
        let found = self.moved.as_ref();
        shown(ctx, Resource::Events, found.and_then(|found| found.customer.as_ref()))
    }

    /// The event that `attributeEvent` moved; null for others.
    async fn event(&self, ctx: &Context<'_>) -> Nullable<Shown<Event>> {
        let found = self.moved.as_ref();
        shown(ctx, Resource::Events, found.and_then(|found| found.event.as_ref()))
    }

    /// Every row before and after, event by event in the order of recording; null if there is something to mend. A repeat
    /// by idempotency key pages on.
    async fn rows(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Nullable<Connection<ReassignedRow>> {
        nullable(async {
            request(ctx).caller.read(Resource::Events)?;
            let page = PageArguments::new(first, after, last, before);
            let listed = |found: &Found| {
                let place = |row: &ReassignedRow| (row.number, row.row.event.id.uuid());
                at_hand(found.rows.clone(), place, found.cursors.clone(), &page)
            };
            self.moved.as_ref().map(listed).transpose()
        })
        .await
    }

    /// How many events are left: a call moves 2,000 at most, and the same again, with another key, goes on. Null if there
    /// is something to mend.
    async fn remaining(&self) -> Option<u64> {
        self.moved.as_ref().map(|found| found.remaining)
    }

    /// What to mend; empty: it is done.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl ReassignmentPayload {
    fn of(result: Result<Moved, ServiceError>, preview: Option<Cursors>) -> Result<Self, ApiError> {
        let (moved, user_errors) = answer(result)?;
        let moved = moved.map(|moved| {
            let of_move = || placed_by_number(("reassignment", moved.reassignment.id.uuid()));
            let cursors = preview.clone().unwrap_or_else(of_move);
            let rows = moved.rows.into_iter().zip(0..).map(|(row, number)| ReassignedRow {
                number,
                row: Arc::new(row),
                is_preview: preview.is_some(),
            });
            Found {
                customer: moved.customer.map(Customer::from),
                event: moved.event.map(Event::from),
                remaining: moved.reassignment.remaining,
                rows: rows.collect(),
                cursors,
            }
        });
        Ok(Self { moved, user_errors })
    }
}

async fn done(
    request: &Mutation<'_>,
    doing: impl Future<Output = Result<Moved, ServiceError>> + Send,
) -> Nullable<ReassignmentPayload> {
    Some(ReassignmentPayload::of(request.answered(doing).await, None))
}

#[derive(Default)]
pub struct ReassignmentMutation;

#[Object]
impl ReassignmentMutation {
    /// What `reassignCustomer` would do now, row by row. Writes nothing; the move comes to the same if nothing is written in
    /// between. Needs `events:write` and `commissions:write`, and the read scopes of what it shows.
    async fn preview_reassign_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose customer it would be.")] input: ReassignCustomerInput,
    ) -> Nullable<ReassignmentPayload> {
        let request = mutation(ctx).await;
        let input = NewReassignment::from(input);
        let cursors = placed_by_number((request.caller.scope(), "previewReassignCustomer", &input));
        let previewed = Box::pin(preview_customer(&request.app, &request.caller, input)).await;
        Some(ReassignmentPayload::of(previewed, Some(cursors)))
    }

    /// Binds a customer to another partner, or to nobody, and moves its recorded events from a moment on: unpaid commissions
    /// are reversed, paid ones kept or clawed back, and each event earns for the new partner what is in force now. At most
    /// 2,000 events a call, in the order of recording. Needs `events:write` and `commissions:write`.
    async fn reassign_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose customer it is.")] input: ReassignCustomerInput,
    ) -> Nullable<ReassignmentPayload> {
        let request = mutation(ctx).await;
        let doing = reassign_customer(&request.app, &request.caller, input.into());
        done(&request, doing).await
    }

    /// Credits one event that is credited to nobody, or to the wrong partner: as `reassignCustomer` moves it. The customer
    /// stays bound as it is; one that is bound to nobody is bound by it. Needs `events:write` and `commissions:write`.
    async fn attribute_event(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom the event is credited to.")] input: AttributeEventInput,
    ) -> Nullable<ReassignmentPayload> {
        let request = mutation(ctx).await;
        let doing = attribute_event(&request.app, &request.caller, input.into());
        done(&request, doing).await
    }
}

const _: () = assert!(MAX_EVENTS == 2_000, "the descriptions above say so");
