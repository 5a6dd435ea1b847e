//! Executing subscriptions: once for the setup, and once for each event.

use std::sync::{Arc, OnceLock};

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationType};
use async_graphql::{EmptyMutation, EmptySubscription, Error, Request, Response, Schema, ValidationMode};

use super::cursor;
use super::schema::{EventPayload, Execution, SubscriptionRoot, Topic};
use super::source::{ChangeListener, ChangeSource};
use crate::graphql::context::RequestContext;
use crate::graphql::error::ApiError;
use store::outbox::{ResumableListener, ResumeError};

/// Executes subscriptions.
pub struct SubscriptionExecutor(Schema<SubscriptionRoot, EmptyMutation, EmptySubscription>);

impl Default for SubscriptionExecutor {
    fn default() -> Self {
        let schema =
            Schema::build(SubscriptionRoot, EmptyMutation, EmptySubscription).validation_mode(ValidationMode::Fast);
        Self(schema.finish())
    }
}

impl SubscriptionExecutor {
    /// Starts listening to the operation's topic, after the cursor `last_event` if there is one. An `Err` is the
    /// response that says why not.
    pub async fn listen(
        &self,
        request: Request,
        context: RequestContext,
        last_event: Option<String>,
    ) -> Result<ChangeSource, Response> {
        let app = context.app.clone();
        let execution = Arc::new(Execution::Setup(last_event, OnceLock::new()));
        let response = self.0.execute(request.data(context).data(execution.clone())).await;
        let Execution::Setup(_, topic) = &*execution else {
            unreachable!("it was made above")
        };
        let Some(topic) = topic.get() else {
            return Err(match response.errors.is_empty() {
                false => Response::from_errors(response.errors),
                // A directive skips the operation's only field.
                true => refusal(ApiError::bad_user_input("the subscription selects nothing")),
            });
        };
        let listener = match topic {
            Topic::Commissions { scope, wanted, after } => {
                let store = app.of_tenant(scope.tenant()).store.clone();
                let hearer = match after {
                    Some(bookmark) => ResumableListener::from(&app.changes, store, bookmark.clone()).await,
                    None => ResumableListener::from_now(&app.changes, store)
                        .await
                        .map_err(ResumeError::from),
                };
                let hearer = hearer.map_err(|unheard| {
                    refusal(match unheard {
                        ResumeError::Foreign => cursor::foreign(),
                        ResumeError::Pruned => cursor::pruned(),
                        ResumeError::Store(error) => error.into(),
                        ResumeError::Lost(_) => {
                            ApiError::bad_user_input("subscriptions are unavailable: try again in a few seconds")
                        }
                    })
                })?;
                ChangeListener::Commissions(Box::new(hearer), *scope, *wanted)
            }
            Topic::Backtest { scope, id } => ChangeListener::Backtest(*scope, *id, None),
        };
        Ok(ChangeSource { listener, app })
    }

    /// Executes the operation's selection set for one event.
    pub async fn show(&self, request: Request, context: RequestContext, row: EventPayload) -> Response {
        let execution = Arc::new(Execution::Event(row));
        self.0.execute(request.data(context).data(execution)).await
    }
}

fn refusal(error: ApiError) -> Response {
    let error = Error::from(error).into_server_error(Default::default());
    Response::from_errors(vec![error])
}

/// Turns the document's subscriptions into queries, as the schema whose query root is the type Subscription needs.
pub fn as_query(document: &mut ExecutableDocument) {
    match &mut document.operations {
        DocumentOperations::Single(operation) => operation.node.ty = OperationType::Query,
        DocumentOperations::Multiple(operations) => {
            for operation in operations.values_mut() {
                operation.node.ty = OperationType::Query;
            }
        }
    }
}
