//! Lists of the lines of payout runs, and of previews of them.

use std::sync::Arc;

use async_graphql::registry::{MetaInputValue, Registry};
use async_graphql::{Context, ServerResult};
use uuid::Uuid;

use super::line::{PAYOUT_RUN_LINE, PayoutOutcome, PayoutRunLine};
use crate::graphql::connection::{Connection, at_hand, placed_by_number};
use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use crate::graphql::loader::Under;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{ChildList, Listing, allowed, argument, child_list};
use auth::{Resource, Scope};
use domain::payout_run;
use service::ledger::payout::Preview;
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

/// The arguments of the lines of a run.
pub fn line_arguments(registry: &mut Registry) -> Vec<MetaInputValue> {
    let mut arguments = PageArguments::declared(registry);
    arguments.push(argument::<Option<Vec<PayoutOutcome>>>(
        registry,
        "outcome",
        "Only lines with one of these outcomes.",
    ));
    arguments
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
