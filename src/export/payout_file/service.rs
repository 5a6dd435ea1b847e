//! The services that take files: what each may be asked for, and how it wants a line.

use super::parameters::FileParameters;
use super::payment::Payment;
use super::{paypal, wise};

/// For whom the file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentService {
    /// Nobody in particular.
    Any,
    PayPal,
    Wise,
}

/// A line of a file, or what it cannot hold of a payout. The text follows the payout's name.
pub(super) type FileLine = Result<Vec<String>, String>;

impl PaymentService {
    /// What may be asked for, beside the format.
    pub(super) fn parameters(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Any => &[("runId", "ID!"), ("currency", "CurrencyCode")],
            Self::PayPal => paypal::PARAMETERS,
            Self::Wise => wise::PARAMETERS,
        }
    }

    /// How it is called where a file does not fit it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Any => "everybody",
            Self::PayPal => "PayPal",
            Self::Wise => "Wise",
        }
    }

    /// The most payouts of a file.
    pub(super) fn most(self) -> Option<u64> {
        match self {
            Self::Any => None,
            Self::PayPal => Some(paypal::MOST),
            Self::Wise => Some(wise::MOST),
        }
    }

    /// Whether all payouts of a file have one currency.
    pub(super) fn takes_one_currency(self) -> bool {
        matches!(self, Self::PayPal)
    }

    /// Which of the service's own kinds of files a payout belongs into.
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
