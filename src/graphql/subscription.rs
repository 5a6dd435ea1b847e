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

use super::context::{RequestContext, request};
use super::error::ApiError;
use super::rows::Shown;
use crate::app::App;
use crate::auth::{Caller, Resource, Scope};
use crate::domain::backtest::{Backtest, BacktestStatus};
use crate::domain::commission::Commission;
use crate::domain::id::{BacktestId, PartnerId};
use crate::graphql::backtest::object::Backtest as BacktestRow;
use crate::graphql::ledger::commission::object::Commission as Row;
use crate::graphql::ledger::event::changes_cursor;
use crate::store;
pub use crate::store::outbox::{Batch, Heard, Unheard};
use crate::store::outbox::{Bookmark, Change, Hearer};

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
    /// Finding out what is to be heard, and behind which cursor if the request names one.
    Beginning(Option<String>, OnceLock<Wish>),
    /// Showing what happened.
    Event(Happened),
}

/// What is to be heard.
#[derive(Clone)]
enum Wish {
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

/// What was heard of.
#[derive(Clone, Copy, Debug)]
pub enum Changed {
    Commission(Change),
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
                let after = after.map(|cursor| changes_cursor::read(scope, cursor)).transpose()?;
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

/// Executes subscriptions.
pub struct Events(Schema<Root, EmptyMutation, EmptySubscription>);

impl Default for Events {
    fn default() -> Self {
        let schema = Schema::build(Root, EmptyMutation, EmptySubscription).validation_mode(ValidationMode::Fast);
        Self(schema.finish())
    }
}

impl Events {
    /// Begins to listen to what the operation asks for, behind the cursor `last_event` if there is one. Otherwise the answer
    /// says why not.
    pub async fn listen(
        &self,
        request: Request,
        context: RequestContext,
        last_event: Option<String>,
    ) -> Result<Source, Response> {
        let app = context.app.clone();
        let turn = Arc::new(Turn::Beginning(last_event, OnceLock::new()));
        let response = self.0.execute(request.data(context).data(turn.clone())).await;
        let Turn::Beginning(_, wish) = &*turn else {
            unreachable!("it was made above")
        };
        let Some(wish) = wish.get() else {
            return Err(match response.errors.is_empty() {
                false => Response::from_errors(response.errors),
                // Its one field is left out by a directive.
                true => refusal(ApiError::bad_user_input("the subscription asks for nothing")),
            });
        };
        let hearing = match wish {
            Wish::Commissions { scope, wanted, after } => {
                let store = app.of_tenant(scope.tenant()).store.clone();
                let hearer = match after {
                    Some(bookmark) => Hearer::from(&app.changes, store, bookmark.clone()).await,
                    None => Hearer::from_now(&app.changes, store).await.map_err(Unheard::from),
                };
                let hearer = hearer.map_err(|unheard| {
                    refusal(match unheard {
                        Unheard::Foreign => changes_cursor::foreign(),
                        Unheard::Pruned => changes_cursor::pruned(),
                        Unheard::Store(error) => error.into(),
                        Unheard::Lost(_) => ApiError::bad_user_input("nobody can listen just now"),
                    })
                })?;
                Hearing::Commissions(Box::new(hearer), *scope, *wanted)
            }
            Wish::Backtest { scope, id } => Hearing::Backtest(*scope, *id, None),
        };
        Ok(Source { hearing, app })
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
    hearing: Hearing,
    app: Arc<App>,
}

enum Hearing {
    /// All that the scope covers, or of this partner.
    Commissions(Box<Hearer>, Scope, Option<PartnerId>),
    /// How it stood when it was last heard of.
    Backtest(Scope, BacktestId, Option<(BacktestStatus, i64, i64)>),
}

/// How often a backtest is looked at: no outbox tells of one.
const LOOK: Duration = Duration::from_millis(500);

impl Source {
    /// Waits for the next changes that were asked for, in their order, and gives what they were heard in. There may be none
    /// in what was read for this one alone.
    pub async fn next(&mut self) -> Result<(Heard, Vec<Changed>), Unheard> {
        let (hearer, scope, wanted) = match &mut self.hearing {
            Hearing::Commissions(hearer, scope, wanted) => (hearer, *scope, *wanted),
            Hearing::Backtest(scope, id, seen) => {
                let app = self.app.of_tenant(scope.tenant());
                return Ok(next_of_backtest(&app, *scope, *id, seen).await);
            }
        };
        loop {
            let heard = hearer.next().await?;
            let concerns = |change: &&Change| {
                let is_of = |partner: Option<PartnerId>| partner.is_none_or(|partner| partner == change.partner);
                change.tenant == scope.tenant() && is_of(scope.partner()) && is_of(wanted)
            };
            let changed = heard.batch.changes.iter().filter(concerns);
            let changed: Vec<_> = changed.copied().map(Changed::Commission).collect();
            if !changed.is_empty() || heard.is_alone {
                return Ok((heard, changed));
            }
        }
    }

    /// Where whoever heard this of `heard` can go on; `None`: there is nothing to go on with.
    pub fn cursor(&self, heard: &Heard, changed: Changed) -> Option<String> {
        match (&self.hearing, changed) {
            (Hearing::Commissions(_, scope, _), Changed::Commission(change)) => {
                Some(changes_cursor::write(*scope, &heard.batch.bookmark(&change)))
            }
            _ => None,
        }
    }
}

/// Waits until the backtest stands otherwise than it was last heard to. What is not there is waited for; what cannot be
/// read now is read later.
async fn next_of_backtest(
    app: &App,
    scope: Scope,
    id: BacktestId,
    seen: &mut Option<(BacktestStatus, i64, i64)>,
) -> (Heard, Vec<Changed>) {
    loop {
        let found = store::backtest::by_ids(app.store.reader(), &scope, &[id.uuid()]).await;
        let found = found.ok().and_then(|found| found.into_values().next());
        let standing = found.map(|backtest| (backtest.status, backtest.events, backtest.of_events));
        if standing.is_some() && standing != *seen {
            *seen = standing;
            return (Heard::alone(Batch::of_nothing()), vec![Changed::Backtest(id)]);
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// The rows as they are now, those of them that the caller may read, once for each change. All changes are of one kind.
pub async fn rows(app: &App, caller: &Caller, changed: &[Changed]) -> Result<Vec<(Changed, Happened)>, ApiError> {
    let scope = caller.read(Resource::Commissions)?;
    let app = app.of_tenant(caller.tenant());
    let reader = app.store.reader();
    let (mut commissions, mut backtests) = (Vec::new(), Vec::new());
    for changed in changed {
        match changed {
            Changed::Commission(change) => commissions.push(change.commission.uuid()),
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
        let row = match changed {
            Changed::Commission(change) => {
                let row = commissions.get(&change.commission.uuid())?;
                Happened::Commission(Box::new(row.clone()))
            }
            Changed::Backtest(id) => Happened::Backtest(Box::new(backtests.get(&id.uuid())?.clone())),
        };
        Some((*changed, row))
    });
    Ok(rows.collect())
}
