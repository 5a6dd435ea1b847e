//! The kinds of exports, and their formats.

use super::list::{ExportList, LISTS};
use super::{payout_file, personal_data};
use auth::{Permission, Resource};
use domain::payment_service::PayoutFileFormat;

/// Something that can be exported.
#[derive(Clone, Copy)]
pub enum ExportKind {
    List(&'static ExportList),
    /// A run's payouts for a payment service.
    PayoutFile,
    /// Everything that is held of a person.
    PersonalData,
}

/// The format of a file. Doc comments are the texts that `--help` shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum FileFormat {
    /// Comma-separated values (RFC 4180) with a header row
    Csv,
    /// One JSON object per line
    #[value(name = "jsonl")]
    JsonLines,
    /// A workbook, as Excel and LibreOffice open it
    Xlsx,
    /// The payments of a run as PayPal Payouts takes them
    #[value(name = "paypal")]
    PayPal,
    /// The payments of a run as Wise's batch payments take them
    Wise,
}

impl ExportKind {
    /// The kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|kind| kind.name() == name)
    }

    pub fn all() -> impl Iterator<Item = Self> {
        LISTS
            .iter()
            .map(Self::List)
            .chain([Self::PayoutFile, Self::PersonalData])
    }

    /// The names of all kinds.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::all().map(Self::name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::List(list) => list.name,
            Self::PayoutFile => payout_file::NAME,
            Self::PersonalData => personal_data::NAME,
        }
    }

    /// What a caller must be allowed.
    pub fn permission(self) -> Permission {
        match self {
            Self::List(list) => Permission::Read(list.resource),
            Self::PayoutFile => Permission::Read(Resource::Payouts),
            Self::PersonalData => Permission::Admin,
        }
    }

    /// Whether the audit log shows this parameter. It does not repeat names of those whose data is exported: they may ask
    /// to be erased.
    pub fn is_audited(self, parameter: &str) -> bool {
        match self {
            Self::List(_) | Self::PayoutFile => true,
            Self::PersonalData => !personal_data::NAMES.contains(&parameter),
        }
    }

    /// The formats of this kind, the default first.
    pub fn forms(self) -> &'static [FileFormat] {
        match self {
            Self::List(_) => &[FileFormat::Csv, FileFormat::JsonLines, FileFormat::Xlsx],
            Self::PayoutFile => &[FileFormat::Csv, FileFormat::PayPal, FileFormat::Wise],
            Self::PersonalData => &[FileFormat::JsonLines],
        }
    }
}

impl FileFormat {
    /// The name of the format in requests.
    pub fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
            Self::Xlsx => "xlsx",
            Self::PayPal => "paypal",
            Self::Wise => "wise",
        }
    }

    /// The file name extension.
    pub fn ending(self) -> &'static str {
        match self {
            Self::JsonLines => "jsonl",
            Self::Xlsx => "xlsx",
            Self::Csv | Self::PayPal | Self::Wise => "csv",
        }
    }

    pub(super) fn payments(self) -> PayoutFileFormat {
        match self {
            Self::PayPal => PayoutFileFormat::PayPal,
            Self::Wise => PayoutFileFormat::Wise,
            Self::Csv | Self::JsonLines | Self::Xlsx => PayoutFileFormat::Csv,
        }
    }
}
