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

/// The result of a reassignment, or of its preview.
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

/// The result of a reassignment, or of its preview.
#[paged]
#[Object]
impl ReassignmentPayload {
    /// The customer with its present binding; null if there are user errors, or if the event has no customer.
    async fn customer(&self, ctx: &Context<'_>) -> Nullable<Projected<Customer>> {
        let found = self.moved.as_ref();
        projected(ctx, Resource::Events, found.and_then(|found| found.customer.as_ref()))
    }

    /// The event that `attributeEvent` moved; null for other mutations, or if there are user errors.
    async fn event(&self, ctx: &Context<'_>) -> Nullable<Projected<Event>> {
        let found = self.moved.as_ref();
        projected(ctx, Resource::Events, found.and_then(|found| found.event.as_ref()))
    }

    /// All rows before and after, by event in the order of recording; null if there are user errors. To read further
    /// pages, repeat the call with its idempotency key.
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

    /// The number of events that remain, since a call moves at most 2,000: repeat the call with another idempotency key
    /// to continue. Null if there are user errors.
    async fn remaining(&self) -> Option<u64> {
        self.moved.as_ref().map(|found| found.remaining)
    }

    /// Problems with the input; empty if the mutation succeeded.
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
    /// Returns what `reassignCustomer` would do now, row by row. Writes nothing; the reassignment gives the same result
    /// if nothing is written in between. Needs `events:write` and `commissions:write`, and the read scopes of what it
    /// returns.
    async fn preview_reassign_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The customer and its new partner.")] input: ReassignCustomerInput,
    ) -> Nullable<ReassignmentPayload> {
        let request = mutation(ctx).await;
        let input = NewReassignment::from(input);
        let cursors = placed_by_number((request.caller.scope(), "previewReassignCustomer", &input));
        let previewed = Box::pin(preview_customer(&request.app, &request.caller, input)).await;
        Some(ReassignmentPayload::of(previewed, Some(cursors)))
    }

    /// Binds a customer to another partner, or to none, and moves its recorded events from a moment on: unpaid
    /// commissions are reversed, paid ones are kept or clawed back, and each event earns for the new partner under the
    /// terms in force now. Imported commissions stay, and their events earn nothing; imported events without any earn.
    /// At most 2,000 events per call, in the order of recording. Needs `events:write` and
    /// `commissions:write`.
    async fn reassign_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The customer and its new partner.")] input: ReassignCustomerInput,
    ) -> Nullable<ReassignmentPayload> {
        let request = mutation(ctx).await;
        let doing = reassign_customer(&request.app, &request.caller, input.into());
        answered(&request, doing).await
    }

    /// Credits one event that is credited to no partner, or to the wrong one, in the same way as `reassignCustomer`.
    /// The customer's binding stays as it is; a customer that is not bound yet is bound by it. Needs `events:write` and
    /// `commissions:write`.
    async fn attribute_event(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The event and its new partner.")] input: AttributeEventInput,
    ) -> Nullable<ReassignmentPayload> {
        let request = mutation(ctx).await;
        let doing = attribute_event(&request.app, &request.caller, input.into());
        answered(&request, doing).await
    }
}

const _: () = assert!(MAX_EVENTS == 2_000, "the descriptions above say so");
