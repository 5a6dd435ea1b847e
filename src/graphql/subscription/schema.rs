//! The root type of subscriptions: what can be heard, and what is shown of it.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use async_graphql::registry::{MetaType, Registry};
use async_graphql::{Context, ID, Object, OutputType, Response, SubscriptionType};
use futures::stream::BoxStream;

use super::cursor;
use crate::auth::{Resource, Scope};
use crate::domain::backtest::Backtest;
use crate::domain::commission::Commission;
use crate::domain::id::{BacktestId, PartnerId};
use crate::graphql::backtest::Backtest as BacktestRow;
use crate::graphql::context::request;
use crate::graphql::error::ApiError;
use crate::graphql::ledger::commission::Commission as Row;
use crate::graphql::rows::Shown;
use crate::store::outbox::Bookmark;

/// The type Subscription of the published schema. [`Events`] executes it.
#[derive(Default)]
pub struct Subscription;

impl SubscriptionType for Subscription {
    fn type_name() -> Cow<'static, str> {
        <Root as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        let name = <Root as OutputType>::create_type_info(registry);
        if let Some(MetaType::Object { is_subscription, .. }) = registry.types.get_mut(&*Self::type_name()) {
            // Its validation refuses __typename at the root, of which there would be no event.
            *is_subscription = true;
        }
        name
    }

    fn create_field_stream<'a>(&'a self, _: &'a Context<'_>) -> Option<BoxStream<'a, Response>> {
        None
    }
}

/// What an execution is for.
pub(super) enum Turn {
    /// Finding out what is to be heard, and behind which cursor if the request names one.
    Beginning(Option<String>, OnceLock<Wish>),
    /// Showing what happened.
    Event(Happened),
}

/// What is to be heard.
#[derive(Clone)]
pub(super) enum Wish {
    Commissions {
        scope: Scope,
        /// The partner that was asked for.
        wanted: Option<PartnerId>,
        /// Only what comes behind it; `None`: from now on.
        after: Option<Bookmark>,
    },
    Backtest {
        scope: Scope,
        id: BacktestId,
    },
}

/// What happened, as it is shown.
#[derive(Clone, Debug)]
pub enum Happened {
    Commission(Box<Commission>),
    Backtest(Box<Backtest>),
}

fn nothing_yet() -> ApiError {
    ApiError::bad_user_input("nothing has happened yet")
}

pub(super) struct Root;

/// What happens from now on, as it is committed.
#[Object(name = "Subscription")]
impl Root {
    /// A commission accrued, or was approved, paid or reversed: the row as it is then. A partner's token hears only its own
    /// rows, and nothing of a partner that is not there. Several changes in quick succession may each show the last of them.
    async fn commission_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this partner.")] partner_id: Option<ID>,
        #[graphql(
            desc = "First what happened behind this cursor, which stands in `extensions.cursor` of every event; the \
                          header Last-Event-ID goes before it."
        )]
        after: Option<String>,
    ) -> Result<Shown<Row>, ApiError> {
        match &**ctx.data_unchecked::<Arc<Turn>>() {
            Turn::Event(Happened::Commission(commission)) => Ok(Shown::AtHand((**commission).clone().into())),
            Turn::Event(Happened::Backtest(_)) => Err(nothing_yet()),
            Turn::Beginning(last_event, wish) => {
                let scope = request(ctx).caller.read(Resource::Commissions)?;
                let wanted = partner_id.map(|id| id.parse()).transpose()?;
                let after = last_event.as_deref().or(after.as_deref());
                let after = after.map(|cursor| cursor::read(scope, cursor)).transpose()?;
                wish.get_or_init(|| Wish::Commissions { scope, wanted, after });
                Err(nothing_yet())
            }
        }
    }

    /// How a backtest stands: at once, and whenever it has come further or has ended. A partner's token hears nothing.
    async fn backtest_progressed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Result<Shown<BacktestRow>, ApiError> {
        match &**ctx.data_unchecked::<Arc<Turn>>() {
            Turn::Event(Happened::Backtest(backtest)) => Ok(Shown::AtHand((**backtest).clone().into())),
            Turn::Event(Happened::Commission(_)) => Err(nothing_yet()),
            Turn::Beginning(_, wish) => {
                let scope = request(ctx).caller.read(Resource::Commissions)?;
                let id = id.parse::<BacktestId>()?;
                wish.get_or_init(|| Wish::Backtest { scope, id });
                Err(nothing_yet())
            }
        }
    }
}
