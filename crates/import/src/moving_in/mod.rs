//! Another system's data of a programme, from files: partners, their coupons and links, customers, touches, events and
//! commissions, in this order. A file is read as a stream and imported in batches; rows that already exist with the same
//! content change nothing, so that a file whose import was interrupted is imported again as a whole.

mod cells;
mod commissions;
mod coupons;
mod customers;
mod events;
mod items;
mod links;
mod parsed_row;
mod partners;
mod resolve;
mod run;
mod touches;

use super::file::{CellFormat, LineProblems, ReadOptions};
use chrono_tz::Tz;
pub use run::run;

/// What each row of a file stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    Partners,
    Coupons,
    Links,
    Customers,
    Touches,
    Events,
    Commissions,
}

impl FileKind {
    /// Our names of the columns, which exports use, too.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Partners => &partners::COLUMNS,
            Self::Coupons => &coupons::COLUMNS,
            Self::Links => &links::COLUMNS,
            Self::Customers => &customers::COLUMNS,
            Self::Touches => &touches::COLUMNS,
            Self::Events => &events::COLUMNS,
            Self::Commissions => &commissions::COLUMNS,
        }
    }

    /// Groups of columns of which each file must have at least one; columns that rows may leave empty are not among
    /// them.
    pub(crate) fn required(self, earn: bool) -> &'static [&'static [&'static str]] {
        const NAME: &[&str] = &["externalId", "id"];
        match self {
            Self::Partners => &[NAME, &["name"], &["email"]],
            Self::Coupons => &[&["code"], &resolve::PARTNER, &resolve::CAMPAIGN],
            Self::Links => &[&["key", "externalId"], &resolve::PARTNER, &resolve::CAMPAIGN],
            Self::Customers => &[NAME],
            Self::Touches => &[NAME, &["occurredAt"], &["visitorId", "customerExternalId"]],
            Self::Events if earn => &[NAME, &["kind"]],
            Self::Events => &[NAME, &["kind"], &["occurredAt"]],
            Self::Commissions => &[
                NAME,
                &["amount", "amountMinor"],
                &["currency"],
                &["status"],
                &resolve::PARTNER,
            ],
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Partners => "partners",
            Self::Coupons => "coupons",
            Self::Links => "links",
            Self::Customers => "customers",
            Self::Touches => "touches",
            Self::Events => "events",
            Self::Commissions => "commissions",
        }
    }
}

/// Options of an import of a file of rows.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// The file's names of columns where they differ from ours: our name, and the file's; `=value` for a value that all
    /// rows have, nothing to leave a column out. Under `column:value`, what a value of the file stands for.
    pub map: Vec<(String, String)>,
    /// Numbers are written as 1.234,56.
    pub decimal_comma: bool,
    /// Which sheet of a workbook, counted from 1; `None`: the first.
    pub sheet: Option<usize>,
    /// Only report what would be done.
    pub dry_run: bool,
    /// Write nothing if anything is wrong.
    pub all_or_nothing: bool,
    /// Events are recorded and earn, instead of being imported as history.
    pub earn: bool,
}

impl ImportOptions {
    /// How a file of a tenant in this zone is read.
    pub(crate) fn reading(&self, zone: Tz) -> ReadOptions {
        let decimal_comma = self.decimal_comma;
        ReadOptions {
            format: CellFormat { zone, decimal_comma },
            sheet: self.sheet.unwrap_or(1),
        }
    }
}

/// The outcome of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// A hash of the file, in hexadecimal.
    pub hash: String,
    pub created: u64,
    /// Rows that already existed with the same content.
    pub unchanged: u64,
    /// The problems, by line.
    pub problems: LineProblems,
    /// Columns of the file that are not used.
    pub ignored: Vec<String>,
    /// Members that `map` names, and that no line has.
    pub missing: Vec<String>,
    /// Nothing was written.
    pub is_dry: bool,
}
