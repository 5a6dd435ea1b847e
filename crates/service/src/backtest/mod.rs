//! Backtests: creating them from a proposal, and computing them in the background.

mod propose;
mod read_ahead;
mod work;

use crate::aggregate::aggregate;
use crate::app::App;
use crate::once::{begin, commit};
use crate::tiered_commission::NewTieredCommission;
use crate::{ServiceError, require, stored};
use auth::{Caller, Resource, Scope};
use domain::Timestamp;
use domain::backtest::{Backtest, BacktestStatus};
use domain::group_rules::RuleDraft;
use domain::id::{self, BacktestId};
use domain::problem::{ProblemCode, Problems};
use domain::terms::TermDraft;
use domain::{text, time};
use store::backtest::Proposal;
pub use work::{WaitState, delete_expired, work, work_on_one};

aggregate!(Backtest: Backtest, in backtest, with answer);

/// Maximum number of backtests of a tenant that are queued or running at the same time.
pub const MAX_OPEN: u64 = 20;

/// A proposal as entered.
#[derive(Clone, Debug)]
pub enum NewProposal {
    CampaignTerms {
        campaign_id: String,
        terms: Vec<TermDraft>,
        holdback_days: Option<i32>,
        replace_snapshots: bool,
    },
    GroupRules {
        group_id: String,
        rules: Vec<RuleDraft>,
    },
    TieredCommission {
        replaces_id: Option<String>,
        tier: Box<NewTieredCommission>,
    },
}

impl NewProposal {
    /// The resource that a caller must be able to write to put the proposal in force.
    fn resource(&self) -> Resource {
        match self {
            Self::CampaignTerms { .. } => Resource::Campaigns,
            Self::GroupRules { .. } => Resource::PartnerGroups,
            Self::TieredCommission { .. } => Resource::TieredCommissions,
        }
    }
}

/// A backtest as entered.
#[derive(Clone, Debug)]
pub struct NewBacktest {
    pub name: Option<String>,
    pub from: Timestamp,
    pub to: Timestamp,
    pub proposal: NewProposal,
    /// The proposal as it was entered, for display.
    pub shown: serde_json::Value,
}

/// Queues a backtest, whose proposal is checked as the mutation that puts it in force would check it. Any replica may
/// compute it.
pub async fn create(app: &App, caller: &Caller, input: NewBacktest) -> Result<Backtest, ServiceError> {
    let writer = caller.write(input.proposal.resource())?;
    let mut problems = Problems::new();
    let name = problems.optional("name", input.name, |name| text::name(&name));
    let transaction = begin(app, &writer).await?;
    let now = app.clock.now();
    problems.take("from", time::recorded(input.from));
    if input.from >= input.to {
        problems.add("to", ProblemCode::Invalid, "must be after from");
    }
    if input.to > now {
        problems.add("to", ProblemCode::Invalid, "must not be later than now");
    }
    let open = store::backtest::count_open(&transaction, &writer.scope()).await?;
    if open >= MAX_OPEN {
        let message = format!("{MAX_OPEN} backtests are queued or running already: cancel one, or wait until one ends");
        problems.add("", ProblemCode::Conflict, message);
    }
    problems.enter("proposal");
    let checked = propose::checked(&transaction, &writer, input.proposal, now, &mut problems).await?;
    problems.leave();
    require!(problems; name, checked);
    let (campaign_id, group_id, tier_id) = match &checked {
        Proposal::CampaignTerms { campaign, .. } => (Some(*campaign), None, None),
        Proposal::GroupRules { group, .. } => (None, Some(*group), None),
        Proposal::TieredCommission(tier) => (None, None, tier.replaces),
    };
    let backtest = Backtest {
        id: BacktestId::new(now),
        name,
        status: BacktestStatus::Queued,
        from: input.from,
        to: input.to,
        proposal: input.shown,
        campaign_id,
        group_id,
        tier_id,
        created_at: now,
        started_at: None,
        finished_at: None,
        created_by: writer.actor().to_owned(),
        events: 0,
        of_events: 0,
        failure: None,
        incomplete_history: false,
    };
    store::backtest::insert(&transaction, writer.tenant(), &backtest, &checked).await?;
    transaction.created(&backtest);
    commit(app, transaction, &writer, &backtest).await?;
    Ok(backtest)
}

/// Cancels a backtest that has not ended. One that was canceled before stays canceled.
pub async fn cancel(app: &App, caller: &Caller, id: &str) -> Result<Backtest, ServiceError> {
    let mut problems = Problems::new();
    let Some(id) = problems.id::<id::Backtest>("id", id) else {
        // Only a caller who may create some kind of backtest is told that the id is malformed.
        may_enter_any(caller)?;
        return Err(problems.into());
    };
    may_enter_any(caller)?;
    let scope = Scope::tenant_wide(caller.tenant());
    let checked = store::backtest::checked(app.store.reader(), &scope, id).await?;
    let Some(checked) = problems.found("id", checked) else {
        return Err(problems.into());
    };
    let writer = caller.write(match checked {
        Proposal::CampaignTerms { .. } => Resource::Campaigns,
        Proposal::GroupRules { .. } => Resource::PartnerGroups,
        Proposal::TieredCommission(_) => Resource::TieredCommissions,
    })?;
    let transaction = begin(app, &writer).await?;
    let before = stored::find(&transaction, &scope, id).await?;
    let is_new = store::backtest::cancel(&transaction, writer.tenant(), id, app.clock.now()).await?;
    let Some(backtest) = problems.found("id", stored::find(&transaction, &scope, id).await?) else {
        return Err(problems.into());
    };
    if backtest.status != BacktestStatus::Canceled {
        let message = format!("is {} and cannot be canceled", backtest.status.as_str());
        problems.add("id", ProblemCode::InvalidTransition, message);
        return Err(problems.into());
    }
    if let (Some(before), true) = (before, is_new) {
        // Its worker may have written progress meanwhile, which is not audited.
        transaction.changed(&before, &backtest);
    }
    commit(app, transaction, &writer, &backtest).await?;
    Ok(backtest)
}

/// Checks that the caller may create at least one kind of backtest.
fn may_enter_any(caller: &Caller) -> Result<(), ServiceError> {
    let kinds = [
        Resource::Campaigns,
        Resource::PartnerGroups,
        Resource::TieredCommissions,
    ];
    if kinds.iter().any(|resource| caller.write(*resource).is_ok()) {
        return Ok(());
    }
    caller.write(Resource::Campaigns)?;
    Ok(())
}
