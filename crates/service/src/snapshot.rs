//! Stamping commission snapshots, which record what a partner is promised.

use crate::aggregate::aggregate;
use serde_json::json;

use crate::app::App;
use crate::once::{begin, commit};
use crate::{ServiceError, campaign, partner, require};
use auth::{Caller, Resource, Writer};
use domain::campaign::Campaign;
use domain::history::Moment;
use domain::id::{CampaignId, PartnerId, SnapshotId};
use domain::partner::Partner;
use domain::problem::Problems;
use domain::snapshot::{CommissionSnapshot, SnapshotSource};
use domain::terms::{self, Term, TermDraft};
use domain::text;
use store::partner::LockedPartner;
use store::{StoreError, Transaction};

aggregate!(Snapshot: CommissionSnapshot, in snapshot, with answer);

/// Terms to stamp, as entered.
#[derive(Clone, Debug)]
pub struct SnapshotDraft {
    /// `None`: for every campaign without a snapshot of its own.
    pub campaign_id: Option<String>,
    pub terms: Vec<TermDraft>,
    pub holdback_days: Option<i32>,
}

/// The content of a snapshot, before its partner is known.
#[derive(Clone, Debug)]
pub(super) struct Promise {
    pub campaign_id: Option<CampaignId>,
    pub terms: Vec<Term>,
    pub holdback_days: Option<u32>,
    pub source: SnapshotSource,
    pub reason: Option<String>,
}

impl Promise {
    /// The campaign's current terms. A campaign without terms of its own pays by the partner's group, so that is what
    /// is promised.
    pub fn of_campaign(campaign: &Campaign) -> Self {
        let terms = match campaign.terms.is_empty() {
            true => vec![Term::group_rules()],
            false => campaign.terms.clone(),
        };
        let source = SnapshotSource::RequestApproval;
        Self {
            campaign_id: Some(campaign.id),
            terms,
            holdback_days: campaign.holdback_days,
            source,
            reason: None,
        }
    }
}

/// Supersedes a partner's snapshot: what accrues from now on follows the new terms.
pub async fn amend(
    app: &App,
    caller: &Caller,
    partner_id: &str,
    draft: SnapshotDraft,
    reason: &str,
) -> Result<CommissionSnapshot, ServiceError> {
    let writer = caller.write(Resource::Partners)?;
    let mut problems = Problems::new();
    let reason = problems.take("reason", text::reason(reason));
    let transaction = begin(app, &writer).await?;
    let partner = partner::locked(&transaction, &writer, "partnerId", partner_id, &mut problems).await?;
    let promise = promise(&transaction, &writer, draft, SnapshotSource::Amendment, &mut problems).await?;
    require!(problems; partner, promise, reason);
    let LockedPartner { partner, last } = partner;
    let promise = Promise {
        reason: Some(reason),
        ..promise
    };
    // Read after taking the lock: what was earned while this call waited follows the former snapshot.
    let moment = last.next(app.clock.now());
    let snapshot = stamp(&transaction, &writer, partner.id, promise, moment).await?;
    let advanced = [(partner.id, moment)];
    let advance = transaction.write(|writes| store::partner::advance(writes, writer.tenant(), advanced));
    advance.await?;
    commit(app, transaction, &writer, &snapshot).await?;
    Ok(snapshot)
}

/// Checks a draft; notes its problems below the current path.
pub(super) async fn promise(
    transaction: &Transaction,
    writer: &Writer,
    draft: SnapshotDraft,
    source: SnapshotSource,
    problems: &mut Problems,
) -> Result<Option<Promise>, StoreError> {
    let base_currency = store::tenant::get(transaction, &writer.scope()).await?.base_currency;
    let terms = terms::promised(draft.terms, base_currency, problems);
    let holdback_days = problems.optional("holdbackDays", draft.holdback_days, terms::holdback_days);
    let campaign_id = match &draft.campaign_id {
        None => Some(None),
        Some(id) => campaign::of_id(transaction, writer, id, problems)
            .await?
            .map(|campaign| Some(campaign.id)),
    };
    Ok(match (campaign_id, terms, holdback_days) {
        (Some(campaign_id), Some(terms), Some(holdback_days)) => Some(Promise {
            campaign_id,
            terms,
            holdback_days,
            source,
            reason: None,
        }),
        _ => None,
    })
}

/// Writes the next version. The caller holds the partner's lock, or has just created the partner, and advances the
/// partner's history.
pub(super) async fn stamp(
    transaction: &Transaction,
    writer: &Writer,
    partner_id: PartnerId,
    promise: Promise,
    moment: Moment,
) -> Result<CommissionSnapshot, StoreError> {
    let newest = store::snapshot::newest_version(transaction, &writer.scope(), partner_id, promise.campaign_id).await?;
    let snapshot = CommissionSnapshot {
        id: SnapshotId::new(moment.at),
        partner_id,
        campaign_id: promise.campaign_id,
        version: newest + 1,
        terms: promise.terms,
        holdback_days: promise.holdback_days,
        source: promise.source,
        reason: promise.reason,
        created_at: moment.at,
        sequence: moment.sequence,
        superseded_at: None,
    };
    store::snapshot::insert(transaction, writer.tenant(), &snapshot).await?;
    transaction.created(&snapshot);
    let promised = json!({ "id": snapshot.id, "campaignId": snapshot.campaign_id });
    transaction.noted_of::<Partner>(partner_id, "commissionSnapshots", promised);
    Ok(snapshot)
}
