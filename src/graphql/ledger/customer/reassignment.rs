//! Reassigning customers and events to another partner, to correct who earned.

use std::sync::Arc;

use async_graphql::{Context, Object};
use paged::paged;

use super::object::Customer;
use super::reassigned_row::ReassignedRow;
use super::reassignment_input::{AttributeEventInput, ReassignCustomerInput};
use crate::graphql::connection::{Connection, at_hand, placed_by_number};
use crate::graphql::context::{MutationContext, mutation, request};
use crate::graphql::cursor::Cursors;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::ledger::event::Event;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::Projected;
use crate::graphql::user_error::{UserError, answer, projected};
use auth::Resource;
use domain::reassignment::MAX_EVENTS;
use service::ServiceError;
use service::ledger::reassign::{Moved, NewReassignment, attribute_event, preview_customer, reassign_customer};

/// What a move did, or would do.
pub struct ReassignmentPayload {
    moved: Option<CompletedReassignment>,
    user_errors: Vec<UserError>,
}

/// The outcome of a reassignment, or of the preview of one.
struct CompletedReassignment {
    customer: Option<Customer>,
    event: Option<Event>,
    remaining: u64,
    rows: Arc<[ReassignedRow]>,
    /// Makes the cursors of the list of rows.
    cursors: Cursors,
}

/// What a move did, or would do.
#[paged]
#[Object]
impl ReassignmentPayload {
    /// The customer, bound as it is now; null if there is something to mend, and for an event without one.
    async fn customer(&self, ctx: &Context<'_>) -> Nullable<Projected<Customer>> {
        let found = self.moved.as_ref();
        projected(ctx, Resource::Events, found.and_then(|found| found.customer.as_ref()))
    }

    /// The event that `attributeEvent` moved; null for others.
    async fn event(&self, ctx: &Context<'_>) -> Nullable<Projected<Event>> {
        let found = self.moved.as_ref();
        projected(ctx, Resource::Events, found.and_then(|found| found.event.as_ref()))
    }

    /// Every row before and after, event by event in the order of recording; null if there is something to mend. A repeat
    /// by idempotency key pages on.
    async fn rows(&self, ctx: &Context<'_>, page: PageArguments) -> Nullable<Connection<ReassignedRow>> {
        nullable(async {
            request(ctx).caller.read(Resource::Events)?;
            let listed = |found: &CompletedReassignment| {
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
            CompletedReassignment {
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

async fn answered(
    request: &MutationContext<'_>,
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
        answered(&request, doing).await
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
        answered(&request, doing).await
    }
}

const _: () = assert!(MAX_EVENTS == 2_000, "the descriptions above say so");
