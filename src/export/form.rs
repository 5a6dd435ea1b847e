//! What can be exported, and in which forms.

use super::list::{LISTS, List};
use super::payout_file::{self, Service};
use super::sheet::Format;

/// Something that can be exported.
#[derive(Clone, Copy)]
pub enum Kind {
    List(&'static List),
    /// A run's payouts for a payment service.
    PayoutFile,
}

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Csv,
    JsonLines,
    PayPal,
    Wise,
}

impl Kind {
    /// That of this name.
    pub fn named(name: &str) -> Option<Self> {
        match LISTS.iter().find(|list| list.name == name) {
            Some(list) => Some(Self::List(list)),
            None => (name == payout_file::NAME).then_some(Self::PayoutFile),
        }
    }

    /// What all of them are called.
    pub fn names() -> impl Iterator<Item = &'static str> {
        LISTS.iter().map(|list| list.name).chain([payout_file::NAME])
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::List(list) => list.name,
            Self::PayoutFile => payout_file::NAME,
        }
    }

    /// The forms that it has, the usual one first.
    pub fn forms(self) -> &'static [Form] {
        match self {
            Self::List(_) => &[Form::Csv, Form::JsonLines],
            Self::PayoutFile => &[Form::Csv, Form::PayPal, Form::Wise],
        }
    }
}

impl Form {
    /// What it is called where it is asked for.
    pub fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
            Self::PayPal => "paypal",
            Self::Wise => "wise",
        }
    }

    /// What names of files end with.
    pub fn ending(self) -> &'static str {
        match self {
            Self::JsonLines => "jsonl",
            Self::Csv | Self::PayPal | Self::Wise => "csv",
        }
    }

    pub(super) fn format(self) -> Format {
        match self {
            Self::JsonLines => Format::JsonLines,
            Self::Csv | Self::PayPal | Self::Wise => Format::Csv,
        }
    }

    pub(super) fn service(self) -> Service {
        match self {
            Self::PayPal => Service::PayPal,
            Self::Wise => Service::Wise,
            Self::Csv | Self::JsonLines => Service::Any,
        }
    }
}
