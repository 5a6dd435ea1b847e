//! Approving and reversing commissions: by hand, many at once, each with a result of its own; and the approval of
//! matured ones.

mod approve;
mod each;
mod matured;
mod repeated;
mod reverse;
mod rows;

use crate::ServiceError;
use crate::aggregate::aggregate;
use crate::app::App;
pub(super) use approve::approve_one;
use auth::{Caller, Resource, Writer};
use domain::commission::Commission;
use domain::problem::Problems;
use domain::text;
pub use each::MAX_IDS;
pub(super) use each::Review;
pub use matured::{approve_matured, approve_matured_of};
pub use repeated::ReviewResults;
pub(super) use repeated::{from_kept, to_keep};
use reverse::reverse_one;
pub(super) use reverse::undo;

aggregate!(Commission: Commission, in commission, with answer);

/// Approves commissions that have matured. With a reason, which needs `admin`, the holdback is overridden and the
/// transition records the reason.
pub async fn approve(
    app: &App,
    caller: &Caller,
    ids: Vec<String>,
    override_reason: Option<String>,
) -> Result<ReviewResults, ServiceError> {
    let mut problems = Problems::new();
    let (writer, reason) = reason_to_override(caller, override_reason, &mut problems)?;
    let review = Review { app, writer: &writer };
    review
        .each(ids, problems, |row, rows, posting| {
            approve_one(row, rows, posting, reason.as_deref())
        })
        .await
}

/// Reverses commissions that are not paid, with the rows that adjust them.
pub async fn reverse(
    app: &App,
    caller: &Caller,
    ids: Vec<String>,
    reason: &str,
) -> Result<ReviewResults, ServiceError> {
    let writer = caller.write(Resource::Commissions)?;
    let mut problems = Problems::new();
    let reason = problems.take("reason", text::reason(reason)).unwrap_or_default();
    let review = Review { app, writer: &writer };
    review
        .each(ids, problems, |row, rows, posting| {
            reverse_one(row, rows, posting, &reason)
        })
        .await
}

/// The writer that may approve, and the reason to do so before maturity, if one is given: that takes an admin.
pub(super) fn reason_to_override(
    caller: &Caller,
    reason: Option<String>,
    problems: &mut Problems,
) -> Result<(Writer, Option<String>), ServiceError> {
    let writer = match reason {
        Some(_) => caller.admin()?,
        None => caller.write(Resource::Commissions)?,
    };
    let reason = problems.optional("overrideHoldbackReason", reason, |text| text::reason(&text));
    Ok((writer, reason.flatten()))
}
