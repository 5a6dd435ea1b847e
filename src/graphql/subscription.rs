//! Subscriptions: what happens from now on.
//!
//! Each event is an execution of its own, with a [`RequestContext`] of its own, so that no loader remembers what an
//! earlier event read. For that the subscription's operation runs as a query on a second schema, whose query root is the
//! type Subscription: once to find out what is to be heard, and then once for each event. The library's own
//! subscriptions would share one context among all events, and leave out fragments at the root.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationType};
use async_graphql::registry::{MetaType, Registry};
use async_graphql::{
    Context, EmptyMutation, EmptySubscription, Error, ID, Object, OutputType, Request, Response, Schema,
    SubscriptionType, ValidationMode,
};
use futures::stream::BoxStream;

use super::backtest::Backtest as BacktestRow;
use super::commission::Commission as Row;
use super::context::{RequestContext, request};
use super::error::ApiError;
use super::rows::Shown;
use crate::app::App;
use crate::auth::{Caller, Resource, Scope};
use crate::domain::backtest::{Backtest, BacktestStatus};
use crate::domain::commission::Commission;
use crate::domain::id::{BacktestId, CommissionId, PartnerId, TenantId};
use crate::store;
pub use crate::store::outbox::Batch;
use crate::store::outbox::{Listener, Lost};

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
enum Turn {
    /// Finding out what is to be heard.
    Beginning(OnceLock<Wish>),
    /// Showing what happened.
    Event(Happened),
}

/// What is to be heard.
#[derive(Clone, Copy)]
enum Wish {
    Commissions {
        tenant: TenantId,
        /// The partner that the token is bound to.
        own: Option<PartnerId>,
        /// The partner that was asked for.
        wanted: Option<PartnerId>,
    },
    Backtest {
        scope: Scope,
        id: BacktestId,
    },
}

/// What was heard of.
#[derive(Clone, Copy, Debug)]
pub enum Changed {
    Commission(CommissionId),
    Backtest(BacktestId),
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

struct Root;

/// What happens from now on, as it is committed.
#[Object(name = "Subscription")]
impl Root {
    /// A commission accrued, or was approved, paid or reversed: the row as it is then. A partner's token hears only its own
    /// rows, and nothing of a partner that is not there. Several changes in quick succession may each show the last of them.
    async fn commission_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this partner.")] partner_id: Option<ID>,
    ) -> Result<Shown<Row>, ApiError> {
        match &**ctx.data_unchecked::<Arc<Turn>>() {
            Turn::Event(Happened::Commission(commission)) => Ok(Shown::AtHand((**commission).clone().into())),
            Turn::Event(Happened::Backtest(_)) => Err(nothing_yet()),
            Turn::Beginning(wish) => {
                let scope = request(ctx).caller.read(Resource::Commissions)?;
                let wanted = partner_id.map(|id| id.parse()).transpose()?;
                wish.get_or_init(|| Wish::Commissions {
                    tenant: scope.tenant(),
                    own: scope.partner(),
                    wanted,
                });
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
            Turn::Beginning(wish) => {
                let scope = request(ctx).caller.read(Resource::Commissions)?;
                let id = id.parse::<BacktestId>()?;
                wish.get_or_init(|| Wish::Backtest { scope, id });
                Err(nothing_yet())
            }
        }
    }
}

/// Executes subscriptions.
pub struct Events(Schema<Root, EmptyMutation, EmptySubscription>);

impl Default for Events {
    fn default() -> Self {
        let schema = Schema::build(Root, EmptyMutation, EmptySubscription).validation_mode(ValidationMode::Fast);
        Self(schema.finish())
    }
}

impl Events {
    /// Begins to listen to what the operation asks for. Otherwise the answer says why not.
    pub async fn listen(&self, request: Request, context: RequestContext) -> Result<Source, Response> {
        let app = context.app.clone();
        let turn = Arc::new(Turn::Beginning(OnceLock::new()));
        let response = self.0.execute(request.data(context).data(turn.clone())).await;
        let Turn::Beginning(wish) = &*turn else {
            unreachable!("it was made above")
        };
        let Some(wish) = wish.get() else {
            return Err(match response.errors.is_empty() {
                false => Response::from_errors(response.errors),
                // Its one field is left out by a directive.
                true => refusal(ApiError::bad_user_input("the subscription asks for nothing")),
            });
        };
        let listener = app.changes.listen().await.map_err(|error| refusal(error.into()))?;
        Ok(Source {
            listener,
            wish: *wish,
            app,
            seen: None,
        })
    }

    /// Shows what happened as the operation asks for it.
    pub async fn show(&self, request: Request, context: RequestContext, row: Happened) -> Response {
        let turn = Arc::new(Turn::Event(row));
        self.0.execute(request.data(context).data(turn)).await
    }
}

fn refusal(error: ApiError) -> Response {
    let error = Error::from(error).into_server_error(Default::default());
    Response::from_errors(vec![error])
}

/// The document's only operation as a query of the type Subscription.
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

/// Hears of changes, of those only that were asked for.
pub struct Source {
    listener: Listener,
    wish: Wish,
    app: Arc<App>,
    /// How the backtest stood when it was last heard of.
    seen: Option<(BacktestStatus, i64, i64)>,
}

/// How often a backtest is looked at: no outbox tells of one.
const LOOK: Duration = Duration::from_millis(500);

impl Source {
    /// Waits for the next rows that changed, in the order of the changes, and gives what they were heard in.
    pub async fn next(&mut self) -> Result<(Batch, Vec<Changed>), Lost> {
        let (tenant, own, wanted) = match self.wish {
            Wish::Commissions { tenant, own, wanted } => (tenant, own, wanted),
            Wish::Backtest { scope, id } => return Ok(self.next_of_backtest(scope, id).await),
        };
        loop {
            let batch = self.listener.next().await?;
            let heard = batch.iter().filter(|change| {
                let is_of = |partner: Option<PartnerId>| partner.is_none_or(|partner| partner == change.partner);
                change.tenant == tenant && is_of(own) && is_of(wanted)
            });
            let heard: Vec<_> = heard.map(|change| Changed::Commission(change.commission)).collect();
            if !heard.is_empty() {
                return Ok((batch, heard));
            }
        }
    }

    /// Waits until the backtest stands otherwise than it was last heard to. What is not there is waited for; what cannot be
    /// read now is read later.
    async fn next_of_backtest(&mut self, scope: Scope, id: BacktestId) -> (Batch, Vec<Changed>) {
        loop {
            let app = self.app.of_tenant(scope.tenant());
            let found = store::backtest::by_ids(app.store.reader(), &scope, &[id.uuid()]).await;
            let found = found.ok().and_then(|found| found.into_values().next());
            let standing = found.map(|backtest| (backtest.status, backtest.events, backtest.of_events));
            if standing.is_some() && standing != self.seen {
                self.seen = standing;
                return (Batch::from(Vec::new()), vec![Changed::Backtest(id)]);
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// The rows as they are now, those of them that the caller may read, once for each change. All changes are of one kind.
pub async fn rows(app: &App, caller: &Caller, changed: &[Changed]) -> Result<Vec<Happened>, ApiError> {
    let scope = caller.read(Resource::Commissions)?;
    let app = app.of_tenant(caller.tenant());
    let reader = app.store.reader();
    let (mut commissions, mut backtests) = (Vec::new(), Vec::new());
    for changed in changed {
        match changed {
            Changed::Commission(id) => commissions.push(id.uuid()),
            Changed::Backtest(id) => backtests.push(id.uuid()),
        }
    }
    let commissions = store::distinct(commissions.into_iter());
    let commissions = match commissions.as_slice() {
        [] => HashMap::new(),
        ids => store::commission::by_ids(reader, &scope, ids).await?,
    };
    let backtests = match backtests.as_slice() {
        [] => HashMap::new(),
        ids => store::backtest::by_ids(reader, &scope, ids).await?,
    };
    let rows = changed.iter().filter_map(|changed| {
        Some(match changed {
            Changed::Commission(id) => Happened::Commission(Box::new(commissions.get(&id.uuid())?.clone())),
            Changed::Backtest(id) => Happened::Backtest(Box::new(backtests.get(&id.uuid())?.clone())),
        })
    });
    Ok(rows.collect())
}
