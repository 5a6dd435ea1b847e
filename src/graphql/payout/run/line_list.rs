//! Lists of the lines of payout runs, and of previews of them.

use std::sync::Arc;

use async_graphql::{Context, ServerResult};
use uuid::Uuid;

use super::line::{PAYOUT_RUN_LINE, PayoutOutcome, PayoutRunLine};
use crate::graphql::connection::{Connection, at_hand, loaded, placed_by_number};
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use crate::graphql::loader::Under;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{ChildList, Listing, allowed, child_list};
use auth::{Resource, Scope};
use domain::payout_run;
use service::ledger::payout::Preview;
use store::page::{RowPosition, SortKey};
use store::payout_run::OutcomeFilter;

/// The requested outcomes as a filter; `None`: all lines.
pub fn outcomes(wanted: Option<Vec<PayoutOutcome>>) -> OutcomeFilter {
    wanted.map(|list| list.into_iter().map(payout_run::PayoutOutcome::from).collect())
}

fn cursors_under(scope: Scope, run: Uuid, outcomes: &OutcomeFilter) -> Cursors {
    placed_by_number((scope, "payoutRun.lines", run, outcomes))
}

/// The lines of each of many runs, as requested by the arguments of `ctx`'s field.
pub fn line_pages(ctx: &Context<'_>) -> ServerResult<ChildList> {
    let scope = allowed(ctx, Resource::Payouts)?;
    let (_, wanted) = ctx.param_value("outcome", None)?;
    let outcomes = outcomes(wanted);
    let listing = Listing::of(&PAYOUT_RUN_LINE, store::payout_run::lines(outcomes.clone()));
    let of_runs = outcomes.clone();
    let cursors = move |run| cursors_under(scope, run, &of_runs);
    child_list(ctx, listing, cursors, move |request, run| {
        let (parent, of) = (run, outcomes.clone());
        Box::pin(request.loaders().payout_run_line_counts.load(Under { parent, of }))
    })
}

/// The lines of a run.
pub fn lines_of(
    ctx: &Context<'_>,
    run: Uuid,
    outcomes: OutcomeFilter,
    page: &PageArguments,
) -> Result<Connection<PayoutRunLine>, ApiError> {
    let scope = request(ctx).caller.read(Resource::Payouts)?;
    let cursors = cursors_under(scope, run, &outcomes);
    let of = (outcomes.clone(), page.read(&cursors)?);
    Ok(loaded(
        cursors,
        |loaders| &loaders.payout_run_line_pages,
        Under { parent: run, of },
        |loaders| &loaders.payout_run_line_counts,
        Under {
            parent: run,
            of: outcomes,
        },
        |line: &Arc<payout_run::RunLine>| RowPosition {
            key: Some(SortKey::Integer(line.position)),
            id: line.partner_id.uuid(),
        },
    ))
}

/// The lines of a preview, which are already loaded.
pub fn lines_of_preview(
    preview: &Arc<Preview>,
    input: &Cursors,
    outcomes: OutcomeFilter,
    page: &PageArguments,
) -> Result<Connection<PayoutRunLine>, ApiError> {
    let cursors = placed_by_number((input.fingerprint(), &outcomes));
    let is_wanted = |line: &&payout_run::RunLine| outcomes.as_ref().is_none_or(|list| list.contains(&line.outcome));
    let lines = preview.lines.iter().filter(is_wanted).cloned().map(Arc::new).collect();
    at_hand(lines, |line| (line.position, line.partner_id.uuid()), cursors, page)
}
