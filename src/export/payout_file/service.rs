//! The payment services that accept files: the parameters of each, and its format of a line.

use super::parameters::FileParameters;
use super::payment::Payment;
use super::{paypal, wise};

/// The payment service that a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentService {
    /// No service in particular.
    Any,
    PayPal,
    Wise,
}

/// The cells of a line, or why the file cannot hold a payout. The text is appended to the payout's id.
pub(super) type FileLine = Result<Vec<String>, String>;

impl PaymentService {
    /// The parameters besides the format.
    pub(super) fn parameters(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Any => &[("runId", "ID!"), ("currency", "CurrencyCode")],
            Self::PayPal => paypal::PARAMETERS,
            Self::Wise => wise::PARAMETERS,
        }
    }

    /// Its name in error messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Any => "everybody",
            Self::PayPal => "PayPal",
            Self::Wise => "Wise",
        }
    }

    /// Maximum number of payouts in a file; `None`: unlimited.
    pub(super) fn most(self) -> Option<u64> {
        match self {
            Self::Any => None,
            Self::PayPal => Some(paypal::MAX_PAYOUTS),
            Self::Wise => Some(wise::MAX_PAYOUTS),
        }
    }

    /// Whether all payouts of a file must have one currency.
    pub(super) fn takes_one_currency(self) -> bool {
        matches!(self, Self::PayPal)
    }

    /// The service's own kind of file that a payout belongs in; empty if it has only one.
    pub(super) fn kind(self, payment: &Payment) -> &'static str {
        match self {
            Self::Wise => wise::kind(payment),
            Self::Any | Self::PayPal => "",
        }
    }

    pub(super) fn header(self, kind: &str) -> &'static [&'static str] {
        match self {
            Self::Any => &[
                "id",
                "payee",
                "name",
                "amount",
                "currency",
                "partnerId",
                "partnerExternalId",
            ],
            Self::PayPal => &[],
            Self::Wise => wise::header(kind),
        }
    }

    pub(super) fn line(self, payment: &Payment, wishes: &FileParameters) -> FileLine {
        match self {
            Self::Any => Ok(vec![
                payment.id.clone(),
                payment.payee.clone(),
                payment.name.clone(),
                payment.amount.clone(),
                payment.currency.clone(),
                payment.partner_id.clone(),
                payment.partner_external_id.clone(),
            ]),
            Self::PayPal => paypal::line(payment, wishes),
            Self::Wise => wise::line(payment, wishes),
        }
    }
}
