//! The arguments of `tributary import`.

use std::path::PathBuf;

use clap::ValueEnum;
use clap::builder::TypedValueParser as _;

use crate::cli::tenant;
use domain::money::Currency;

/// What is imported, and how.
#[derive(clap::Args)]
pub struct ImportArguments {
    /// What the file contains
    #[arg(value_enum)]
    pub source: ImportSource,
    /// The file to import
    pub file: PathBuf,
    /// The tenant's slug or id
    #[arg(long)]
    pub tenant: String,
    /// What the values of journeybee's rules are where they do not show it: a percent sign or a currency does, and
    /// so does a number over 100, which no percentage is
    #[arg(long, value_enum)]
    pub value_type: Option<ImportedValueType>,
    /// The currency of journeybee's rules or everflow's tiers, which their documents do not state; by default that
    /// of each deal for rules, and the tenant's for tiers
    #[arg(long, value_parser = tenant::currency)]
    pub currency: Option<Currency>,
    /// Only report what would be done, and all problems, by line
    #[arg(long)]
    pub dry_run: bool,
    /// The file's name of one of our columns, such as id="Customer ID"; OURS==VALUE gives all rows this value,
    /// OURS= leaves the column out. COLUMN:THEIRS=OURS says what a value of the file stands for, such as
    /// status:unpaid=APPROVED. Without an equals sign, a TOML file with tables `columns` and `values.COLUMN`
    #[arg(long, value_name = "OURS=THEIRS|COLUMN:THEIRS=OURS|FILE", value_parser = map_argument)]
    pub map: Vec<MapArgument>,
    /// Numbers in the file are written as 1.234,56
    #[arg(long)]
    pub decimal_comma: bool,
    /// Which sheet of an .xlsx file, counted from 1; by default the first
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..).map(usize::from))]
    pub sheet: Option<usize>,
    /// Write nothing if any line has a problem
    #[arg(long)]
    pub all_or_nothing: bool,
    /// Record events so that they earn, instead of importing them as history
    #[arg(long)]
    pub earn: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum ImportSource {
    /// Partner groups of Donutwork
    Donutwork,
    /// Commission rules of Journeybee; the objects that they refer to are found by their external ids
    Journeybee,
    /// Tiered commissions of Everflow; offers, affiliates and advertisers are found by their external ids
    Everflow,
    /// Partners: CSV, XLSX or JSON Lines, with the columns of the export
    Partners,
    /// Coupons of partners
    Coupons,
    /// Links of partners
    Links,
    /// Customers, and which partners brought them
    Customers,
    /// Touches: who met which link, coupon or recommendation, and when
    Touches,
    /// Events as history, which earn nothing; with --earn they are recorded as if they happened now
    Events,
    /// Commissions that were earned elsewhere
    Commissions,
    /// How payouts ended: CSV, XLSX or JSON Lines, with their ids, a status and the payment service's reference
    Settlements,
}

/// What the values of imported rules are.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ImportedValueType {
    /// Amounts
    Fixed,
    /// Percent of the deal's value
    Percentage,
}

/// What `--map` names: a column or a value, or a file with many of them.
#[derive(Clone, Debug)]
pub enum MapArgument {
    /// OURS=THEIRS or COLUMN:THEIRS=OURS.
    Pair(String, String),
    File(PathBuf),
}

/// Parses one `--map`.
pub fn map_argument(text: &str) -> Result<MapArgument, String> {
    Ok(match text.split_once('=') {
        Some((name, value)) => MapArgument::Pair(name.to_owned(), value.to_owned()),
        None => MapArgument::File(PathBuf::from(text)),
    })
}
