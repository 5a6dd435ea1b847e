//! The payouts of a run that a file for a payment service leaves out.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object};

use crate::graphql::connection::{Connection, at_hand, placed_by_number};
use crate::graphql::context::request;
use crate::graphql::error::ApiError;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::payout::Payout;
use crate::graphql::rows::Linked;
use auth::Resource;
use domain::id::{PayoutId, PayoutRunId};
use domain::payment_service;

/// The format of a payout file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "payment_service::PayoutFileFormat")]
pub enum PayoutFileFormat {
    /// Comma-separated values for no service in particular, which hold every payout.
    Csv,
    /// PayPal's payouts by file upload.
    #[graphql(name = "PAYPAL")]
    PayPal,
    /// Wise's batch payments.
    Wise,
}

/// A payout that a payout file leaves out.
#[derive(Clone)]
pub struct PayoutLeftOut {
    /// Its position in the list.
    number: i64,
    payout: PayoutId,
    reason: String,
}

/// A payout that a payout file leaves out.
#[Object]
impl PayoutLeftOut {
    /// The payout.
    async fn payout(&self) -> Linked<Payout> {
        Linked::required(self.payout)
    }

    /// Why a file of this format cannot hold it.
    async fn reason(&self) -> &str {
        &self.reason
    }
}

/// The pending payouts of a run that a file of this format cannot hold, in the order of their ids.
pub async fn left_out(
    ctx: &Context<'_>,
    run: PayoutRunId,
    format: PayoutFileFormat,
    page: &PageArguments,
) -> Result<Connection<PayoutLeftOut>, ApiError> {
    let scope = request(ctx).caller.read(Resource::Payouts)?;
    let format = payment_service::PayoutFileFormat::from(format);
    let pending = request(ctx).loaders().pending_of_run.load(run.uuid()).await?;
    let unfit = pending
        .iter()
        .flat_map(|payouts| payouts.iter())
        .filter_map(|payout| Some((payout.id, format.unfit(&payout.payout_reference, payout.amount)?)));
    let left_out: Arc<[PayoutLeftOut]> = (1..)
        .zip(unfit)
        .map(|(number, (payout, reason))| PayoutLeftOut { number, payout, reason })
        .collect();
    let cursors = placed_by_number((scope, "payoutRun.leftOut", run.uuid(), format.as_str()));
    at_hand(left_out, |one| (one.number, one.payout.uuid()), cursors, page)
}
