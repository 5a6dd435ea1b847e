//! The balances of partners, in one currency each.

use async_graphql::SimpleObject;

use crate::graphql::money::Money;
use crate::graphql::rows::{self, FieldDescription, TypeDescription, same, values};
use crate::graphql::scalar::{CurrencyCode, Decimal};
use auth::Resource;
use domain::commission::Balance;
use domain::money::Sum;
use store::view::{self, PartnerBalanceColumn as Column};

pub static PARTNER_BALANCE: TypeDescription = part("PartnerBalance", |name| {
    Some(match name {
        "currency" => rows::value(view::column(Column::Currency), view::text),
        "accrued" => sum(Column::AccruedMinor),
        "approved" => sum(Column::ApprovedMinor),
        "paid" => sum(Column::PaidMinor),
        "reversed" => sum(Column::ReversedMinor),
        "payable" => payable(),
        "accruedAmount" => same(&ACCRUED, true),
        "approvedAmount" => same(&APPROVED, true),
        "paidAmount" => same(&PAID, true),
        "reversedAmount" => same(&REVERSED, true),
        "payableAmount" => same(&PAYABLE, true),
        _ => return None,
    })
});

static ACCRUED: TypeDescription = part("Money", |name| money(name, || sum(Column::AccruedMinor)));
static APPROVED: TypeDescription = part("Money", |name| money(name, || sum(Column::ApprovedMinor)));
static PAID: TypeDescription = part("Money", |name| money(name, || sum(Column::PaidMinor)));
static REVERSED: TypeDescription = part("Money", |name| money(name, || sum(Column::ReversedMinor)));
static PAYABLE: TypeDescription = part("Money", |name| money(name, payable));

/// A type made of the row of a balance: the whole balance, or one of its sums.
const fn part(name: &'static str, field: fn(&str) -> Option<FieldDescription>) -> TypeDescription {
    TypeDescription {
        name,
        connection: "",
        edge: "",
        resource: Resource::Commissions,
        identity: &[],
        is_named: false,
        table: &view::PARTNER_BALANCE,
        id: || view::column(Column::PartnerId),
        field,
    }
}

fn money(field: &str, amount: fn() -> FieldDescription) -> Option<FieldDescription> {
    match field {
        "amount" => Some(amount()),
        "currency" => Some(rows::value(view::column(Column::Currency), view::text)),
        _ => None,
    }
}

fn sum(minor: Column) -> FieldDescription {
    values([view::column(Column::Currency), view::column(minor)], view::sum)
}

fn payable() -> FieldDescription {
    let columns = [Column::Currency, Column::ApprovedMinor, Column::ReservedMinor];
    values(columns.map(view::column), view::difference)
}

/// A partner's balance in one currency. Its sums always equal those of the partner's rows.
#[derive(Clone, SimpleObject)]
pub struct PartnerBalance {
    /// The currency.
    pub currency: CurrencyCode,
    /// The sum of accrued commissions that are not approved yet.
    pub accrued_amount: Money,
    /// The sum of approved commissions that are not paid yet.
    pub approved_amount: Money,
    /// The sum of paid commissions, less what came back.
    pub paid_amount: Money,
    /// The sum of reversed commissions.
    pub reversed_amount: Money,
    /// The approved sum, less what open payouts hold.
    pub payable_amount: Money,
    /// The sum of accrued commissions that are not approved yet, in units of the currency.
    #[graphql(deprecation = "use accruedAmount; may be gone from 2027-12-01")]
    pub accrued: Decimal,
    /// The sum of approved commissions that are not paid yet, in units of the currency.
    #[graphql(deprecation = "use approvedAmount; may be gone from 2027-12-01")]
    pub approved: Decimal,
    /// The sum of paid commissions, less what came back, in units of the currency.
    #[graphql(deprecation = "use paidAmount; may be gone from 2027-12-01")]
    pub paid: Decimal,
    /// The sum of reversed commissions, in units of the currency.
    #[graphql(deprecation = "use reversedAmount; may be gone from 2027-12-01")]
    pub reversed: Decimal,
    /// The approved sum, less what open payouts hold, in units of the currency.
    #[graphql(deprecation = "use payableAmount; may be gone from 2027-12-01")]
    pub payable: Decimal,
}

impl From<Balance> for PartnerBalance {
    fn from(balance: Balance) -> Self {
        let currency = balance.currency;
        let [accrued, approved, paid, reversed, payable] = [
            balance.accrued,
            balance.approved,
            balance.paid,
            balance.reversed,
            balance.payable(),
        ]
        .map(|minor| Money::from(Sum { minor, currency }));
        Self {
            currency: CurrencyCode(currency),
            accrued: accrued.amount,
            approved: approved.amount,
            paid: paid.amount,
            reversed: reversed.amount,
            payable: payable.amount,
            accrued_amount: accrued,
            approved_amount: approved,
            paid_amount: paid,
            reversed_amount: reversed,
            payable_amount: payable,
        }
    }
}
