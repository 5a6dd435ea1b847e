//! The root type of subscriptions: the topics, and the payloads of events.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use async_graphql::registry::{MetaType, Registry};
use async_graphql::{Context, ID, Object, OutputType, Response, SubscriptionType};
use futures::stream::BoxStream;

use super::cursor;
use crate::graphql::backtest::Backtest as BacktestRow;
use crate::graphql::context::request;
use crate::graphql::error::ApiError;
use crate::graphql::ledger::commission::Commission as Row;
use crate::graphql::rows::Projected;
use auth::{Resource, Scope};
use domain::backtest::Backtest;
use domain::commission::Commission;
use domain::id::{BacktestId, PartnerId};
use store::outbox::Bookmark;

/// The type Subscription of the published schema. [`SubscriptionExecutor`](super::SubscriptionExecutor) executes it.
#[derive(Default)]
pub struct Subscription;

impl SubscriptionType for Subscription {
    fn type_name() -> Cow<'static, str> {
        <SubscriptionRoot as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        let name = <SubscriptionRoot as OutputType>::create_type_info(registry);
        if let Some(MetaType::Object { is_subscription, .. }) = registry.types.get_mut(&*Self::type_name()) {
            // With this flag validation rejects __typename at the root, which has no events.
            *is_subscription = true;
        }
        name
    }

    fn create_field_stream<'a>(&'a self, _: &'a Context<'_>) -> Option<BoxStream<'a, Response>> {
        None
    }
}

/// The purpose of an execution of the operation.
pub(super) enum Execution {
    /// Determining the topic, which starts after the given cursor if the request has one.
    Setup(Option<String>, OnceLock<Topic>),
    /// Writing the payload of one event.
    Event(EventPayload),
}

/// What the operation subscribes to.
#[derive(Clone)]
pub(super) enum Topic {
    Commissions {
        scope: Scope,
        /// The requested partner; `None`: all that the scope covers.
        wanted: Option<PartnerId>,
        /// Only events after this bookmark; `None`: from now on.
        after: Option<Bookmark>,
    },
    Backtest {
        scope: Scope,
        id: BacktestId,
    },
}

/// The row that an event shows.
#[derive(Clone, Debug)]
pub enum EventPayload {
    Commission(Box<Commission>),
    Backtest(Box<Backtest>),
}

fn nothing_yet() -> ApiError {
    ApiError::bad_user_input("nothing has happened yet")
}

pub(super) struct SubscriptionRoot;

/// The subscriptions: changes from now on, as they are committed.
#[Object(name = "Subscription")]
impl SubscriptionRoot {
    /// A commission accrued, or was approved, paid or reversed: the row as it is when the event is sent. A partner's
    /// token receives only the partner's own rows. If changes follow each other quickly, several events may show the
    /// last of them. Delivers nothing for an unknown partner.
    async fn commission_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only commissions of this partner.")] partner_id: Option<ID>,
        #[graphql(
            desc = "Starts with the changes after this cursor, which every event has in `extensions.cursor`; the \
                          header Last-Event-ID takes precedence."
        )]
        after: Option<String>,
    ) -> Result<Projected<Row>, ApiError> {
        match &**ctx.data_unchecked::<Arc<Execution>>() {
            Execution::Event(EventPayload::Commission(commission)) => {
                Ok(Projected::AtHand((**commission).clone().into()))
            }
            Execution::Event(EventPayload::Backtest(_)) => Err(nothing_yet()),
            Execution::Setup(last_event, topic) => {
                let scope = request(ctx).caller.read(Resource::Commissions)?;
                let wanted = partner_id.map(|id| id.parse()).transpose()?;
                let after = last_event.as_deref().or(after.as_deref());
                let after = after.map(|cursor| cursor::read(scope, cursor)).transpose()?;
                topic.get_or_init(|| Topic::Commissions { scope, wanted, after });
                Err(nothing_yet())
            }
        }
    }

    /// The backtest with its status and progress: at once, and whenever these change. Delivers nothing to a partner's
    /// token.
    async fn backtest_progressed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Result<Projected<BacktestRow>, ApiError> {
        match &**ctx.data_unchecked::<Arc<Execution>>() {
            Execution::Event(EventPayload::Backtest(backtest)) => Ok(Projected::AtHand((**backtest).clone().into())),
            Execution::Event(EventPayload::Commission(_)) => Err(nothing_yet()),
            Execution::Setup(_, topic) => {
                let scope = request(ctx).caller.read(Resource::Commissions)?;
                let id = id.parse::<BacktestId>()?;
                topic.get_or_init(|| Topic::Backtest { scope, id });
                Err(nothing_yet())
            }
        }
    }
}
