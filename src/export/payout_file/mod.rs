//! The payouts of a run as a file for a payment service: the pending payouts, grouped by currency, each with its id,
//! which identifies it in the service's result file. A run is read twice from one snapshot: first to find out which
//! payouts the file can hold, then to write these. The others are named, and left out.

mod group_counts;
mod parameters;
mod payment;
mod paypal;
mod request;
mod service;
mod wise;
mod write;

use super::list::{ExportList, ParameterSource, column, own};
use auth::Resource;
pub use request::FileRequest;
pub use service::parameters as parameters_of;
pub use write::PayoutFile;

/// The name of the export in URLs and on the command line.
pub const NAME: &str = "payout-file";

/// The columns that are read of each payout.
static PAYOUTS: ExportList = ExportList {
    name: NAME,
    field: "payouts",
    asked: ParameterSource::Filter,
    resource: Resource::Payouts,
    columns: &[
        own("id"),
        own("status"),
        column("amount", "amount.amount"),
        column("currency", "amount.currency"),
        own("recipient"),
        own("payoutReference"),
        own("bankReference"),
        column("partnerId", "partner.id"),
        column("partnerExternalId", "partner.externalId"),
        column("partnerName", "partner.name"),
    ],
};

#[cfg(test)]
mod tests;
