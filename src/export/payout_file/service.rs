//! The formats of payout files: the parameters of each, and its lines.

use super::parameters::{CURRENCY, FileParameters, RUN};
use super::payment::Payment;
use super::{paypal, wise};
use crate::export::parameters::Parameter;
use domain::payment_service::PayoutFileFormat;

/// The parameters besides the format.
pub fn parameters(format: PayoutFileFormat) -> &'static [Parameter<'static>] {
    match format {
        PayoutFileFormat::Csv => &[RUN, CURRENCY],
        PayoutFileFormat::PayPal => paypal::PARAMETERS,
        PayoutFileFormat::Wise => wise::PARAMETERS,
    }
}

/// Its name in error messages.
pub(super) fn name(format: PayoutFileFormat) -> &'static str {
    match format {
        PayoutFileFormat::Csv => "everybody",
        PayoutFileFormat::PayPal => "PayPal",
        PayoutFileFormat::Wise => "Wise",
    }
}

/// Whether all payouts of a file must have one currency.
pub(super) fn takes_one_currency(format: PayoutFileFormat) -> bool {
    format == PayoutFileFormat::PayPal
}

/// The service's own kind of file that a payout belongs in; empty if it has only one.
pub(super) fn kind(format: PayoutFileFormat, payment: &Payment) -> &'static str {
    match format {
        PayoutFileFormat::Wise => wise::kind(payment),
        PayoutFileFormat::Csv | PayoutFileFormat::PayPal => "",
    }
}

pub(super) fn header(format: PayoutFileFormat, kind: &str) -> &'static [&'static str] {
    match format {
        PayoutFileFormat::Csv => &[
            "id",
            "bankReference",
            "payee",
            "name",
            "amount",
            "currency",
            "partnerId",
            "partnerExternalId",
        ],
        PayoutFileFormat::PayPal => &[],
        PayoutFileFormat::Wise => wise::header(kind),
    }
}

/// The cells of the line of a payment that the format can hold.
pub(super) fn line(format: PayoutFileFormat, payment: &Payment, wishes: &FileParameters) -> Vec<String> {
    match format {
        PayoutFileFormat::Csv => vec![
            payment.id.clone(),
            payment.bank_reference.clone(),
            payment.payee.clone(),
            payment.name.clone(),
            payment.written(),
            payment.currency().to_owned(),
            payment.partner_id.clone(),
            payment.partner_external_id.clone(),
        ],
        PayoutFileFormat::PayPal => paypal::line(payment, wishes),
        PayoutFileFormat::Wise => wise::line(payment, wishes),
    }
}
