//! The payouts of a run as a file for a payment service: those that are pending, grouped by currency, each with its id, by
//! which the service's answer is read back. A run is looked at twice, at one moment: first whether the file can hold all of
//! it, then to write it. Nothing is written where it cannot.

mod parameters;
mod payment;
mod paypal;
mod request;
mod service;
mod wise;
mod write;

use super::list::{AskedBy, ExportList, column, own};
use auth::Resource;
pub use request::FileRequest;
pub use service::PaymentService;
pub use write::PayoutFile;

/// What it is called in addresses and on the command line.
pub const NAME: &str = "payout-file";

/// What is read of each payout.
static PAYOUTS: ExportList = ExportList {
    name: NAME,
    field: "payouts",
    asked: AskedBy::Filter,
    resource: Resource::Payouts,
    columns: &[
        own("id"),
        own("status"),
        column("amount", "amount.amount"),
        column("currency", "amount.currency"),
        own("recipient"),
        own("payoutReference"),
        column("partnerId", "partner.id"),
        column("partnerExternalId", "partner.externalId"),
        column("partnerName", "partner.name"),
        column("partnerReference", "partner.payoutReference"),
        column("partnerEmail", "partner.email"),
    ],
};

#[cfg(test)]
mod tests;
