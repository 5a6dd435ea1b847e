//! Approving all rows that match a filter and have matured, in as many calls as necessary.

use serde_json::{Value, json};

use super::review::{Review, ReviewResults, approve_one, from_kept, reason_to_override, to_keep};
use crate::app::App;
use crate::once::{Answer, begin, commit, repeated};
use crate::{ServiceError, require};
use auth::{Caller, Scope, Writer};
use domain::commission::CommissionStatus;
use domain::id::CommissionId;
use domain::problem::Problems;
use store::commission::CommissionFilter;
use store::{Store, StoreError};

/// Maximum number of rows that one call examines.
pub const MAX_LOOKED_AT: u64 = 10_000;
/// Maximum number of refused rows that a call lists, each with the reasons.
const MAX_REFUSED: usize = 500;

/// The result of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchingResult {
    /// How many rows were approved, including clawbacks that are approved with the rows that they adjust.
    pub approved: u64,
    /// How many rows cannot be approved now.
    pub refused_count: u64,
    /// The first of them, each with the reasons.
    pub refused: ReviewResults,
    /// The row after which the next call must continue; `None`: there are no more.
    pub next: Option<CommissionId>,
}

/// Approves the accrued rows that match the filter and have matured, in the order of their ids, beginning after the row
/// `after`. A reason overrides the holdback, which needs `admin`.
pub async fn approve_matching(
    app: &App,
    caller: &Caller,
    filter: &CommissionFilter,
    after: Option<CommissionId>,
    override_reason: Option<String>,
) -> Result<MatchingResult, ServiceError> {
    let mut problems = Problems::new();
    let (writer, reason) = reason_to_override(caller, override_reason, &mut problems)?;
    require!(problems);
    repeated(|| approve_matching_once(app, &writer, filter, after, reason.as_deref())).await
}

async fn approve_matching_once(
    app: &App,
    writer: &Writer,
    filter: &CommissionFilter,
    after: Option<CommissionId>,
    reason: Option<&str>,
) -> Result<MatchingResult, ServiceError> {
    let transaction = begin(app, writer).await?;
    let scope = writer.scope();
    // One extra row shows whether there are more.
    let mut ids = store::commission::accrued(&transaction, &scope, filter, after, MAX_LOOKED_AT + 1).await?;
    let goes_on = ids.len() as u64 > MAX_LOOKED_AT;
    ids.truncate(MAX_LOOKED_AT as usize);
    let next = ids.last().copied().filter(|_| goes_on);
    let review = Review { app, writer };
    let reviewed = review
        .all(&transaction, &ids, |row, rows, posting| {
            // A row whose status another call has changed in the meantime no longer matches.
            match row.status {
                CommissionStatus::Accrued => approve_one(row, rows, posting, reason),
                CommissionStatus::Approved | CommissionStatus::Paid | CommissionStatus::Reversed => Ok(()),
            }
        })
        .await?;
    let refused = ids.iter().zip(reviewed.results).filter_map(|(id, result)| {
        let mut problems = Problems::new();
        problems.take("", result);
        (!problems.is_empty()).then(|| (id.to_string(), problems.into_vec()))
    });
    let mut refused: ReviewResults = refused.collect();
    let refused_count = refused.len() as u64;
    refused.truncate(MAX_REFUSED);
    let matched = MatchingResult {
        approved: reviewed.moved,
        refused_count,
        refused,
        next,
    };
    commit(app, transaction, writer, &matched).await?;
    Ok(matched)
}

impl Answer for MatchingResult {
    fn to_stored(&self) -> Value {
        let next = self.next.map(|id| id.to_string());
        json!([self.approved, self.refused_count, to_keep(&self.refused), next])
    }

    async fn reload(_: &Store, _: &Scope, kept: &Value) -> Result<Option<Self>, StoreError> {
        let kept: Option<(u64, u64, Value, Option<String>)> = serde_json::from_value(kept.clone()).ok();
        Ok(kept.map(|(approved, refused_count, refused, next)| Self {
            approved,
            refused_count,
            refused: from_kept(refused),
            next: next.and_then(|text| text.parse().ok()),
        }))
    }
}
