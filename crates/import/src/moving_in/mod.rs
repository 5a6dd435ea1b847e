//! What another system knew of a programme, from files: partners, customers, events and commissions, in this order. A file
//! is read as a stream and brought in by batches; what is there already with the same content changes nothing, so that a
//! file whose import was cut off is imported again, whole.

mod cells;
mod commissions;
mod customers;
mod events;
mod partners;
mod resolve;
mod run;

use super::table::LineProblem;
pub use run::run;

/// What a file has a row of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    Partners,
    Customers,
    Events,
    Commissions,
}

impl FileKind {
    /// What we call the columns: as exports do.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Partners => &partners::COLUMNS,
            Self::Customers => &customers::COLUMNS,
            Self::Events => &events::COLUMNS,
            Self::Commissions => &commissions::COLUMNS,
        }
    }

    /// Of which columns each file must have one; none where each row may do without.
    pub(crate) fn required(self, earn: bool) -> &'static [&'static [&'static str]] {
        const NAME: &[&str] = &["externalId", "id"];
        match self {
            Self::Partners => &[NAME, &["name"], &["email"]],
            Self::Customers => &[NAME],
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
            Self::Customers => "customers",
            Self::Events => "events",
            Self::Commissions => "commissions",
        }
    }
}

/// How to go about it.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// What the file calls columns that it does not call like us: our name, and its; `=value` for a value that all rows
    /// have, nothing for a column to be left out.
    pub map: Vec<(String, String)>,
    /// Only say what would be done.
    pub dry_run: bool,
    /// Do nothing where anything is wrong.
    pub all_or_nothing: bool,
    /// Events are recorded and earn, instead of being history.
    pub earn: bool,
}

/// What became of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// A hash of the file, in hexadecimal.
    pub hash: String,
    pub created: u64,
    /// Those that were there before, with the same content.
    pub unchanged: u64,
    /// Everything that is wrong, by line.
    pub problems: Vec<LineProblem>,
    /// Columns of the file that nobody looked at.
    pub ignored: Vec<String>,
    /// Members that `map` names, and that no line has.
    pub missing: Vec<String>,
    /// Nothing was written.
    pub is_dry: bool,
}
