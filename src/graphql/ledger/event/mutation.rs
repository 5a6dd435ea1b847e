//! Recording events.

use async_graphql::{Context, Object};

use super::record::{RecordEventInput, RecordEventPayload};
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::rows::Results;
use crate::graphql::user_error::failed;
use service::ServiceError;
use service::ledger::event::NewEvent;
use service::ledger::record::{RecordResult, record};

#[derive(Default)]
pub struct EventMutation;

#[Object]
impl EventMutation {
    /// Records an event and what it earns, once, in one transaction. Needs `events:write`.
    async fn record_event(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The event.")] input: RecordEventInput,
    ) -> Nullable<RecordEventPayload> {
        let request = mutation(ctx).await;
        let answers = Box::pin(record(&request.app, &request.caller, vec![input.into()])).await;
        Some(match answers {
            Ok(mut answers) => Ok(answers.pop().expect("one event has one answer").into()),
            Err(ServiceError::Rejected(problems)) => Ok(RecordResult::Err(problems).into()),
            Err(error) => Err(failed(error)),
        })
    }

    /// Records up to 500 events in the order of the list; an invalid entry does not affect the others. Needs
    /// `events:write`.
    async fn record_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The events, in the order of recording.")] input: Vec<RecordEventInput>,
    ) -> Nullable<Results<RecordEventPayload>> {
        let request = mutation(ctx).await;
        let events = input.into_iter().map(NewEvent::from).collect();
        Some(match Box::pin(record(&request.app, &request.caller, events)).await {
            Ok(answers) => Ok(Results(answers.into_iter().map(RecordEventPayload::from).collect())),
            Err(error) => Err(failed(error)),
        })
    }
}
