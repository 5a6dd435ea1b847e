//! The payouts of a run as a file for a payment service: those that are pending, grouped by currency, each with its id, by
//! which the service's answer is read back. A run is looked at twice, at one moment: first whether the file can hold all of
//! it, then to write it. Nothing is written where it cannot.

mod payment;
mod paypal;
mod wise;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, Value, Variables};

use super::list::{AskedBy, List, column, own};
use super::sheet::cell;
use super::{Export, ExportError, Exports, Order, Parameters, parsed};
use crate::app::App;
use crate::auth::{Caller, Resource};
use payment::Payment;

/// What it is called in addresses and on the command line.
pub const NAME: &str = "payout-file";

/// Faults beyond so many are not named, only counted.
const MOST_FAULTS: usize = 100;

/// What is read of each payout.
static PAYOUTS: List = List {
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

/// For whom the file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Nobody in particular.
    Any,
    PayPal,
    Wise,
}

/// A line of a file, or what it cannot hold of a payout. The text follows the payout's name.
type Line = Result<Vec<String>, String>;

impl Service {
    /// What may be asked for, beside the format.
    fn parameters(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Any => &[("runId", "ID!"), ("currency", "CurrencyCode")],
            Self::PayPal => paypal::PARAMETERS,
            Self::Wise => wise::PARAMETERS,
        }
    }

    /// How it is called where a file does not fit it.
    fn name(self) -> &'static str {
        match self {
            Self::Any => "everybody",
            Self::PayPal => "PayPal",
            Self::Wise => "Wise",
        }
    }

    /// The most payouts of a file.
    fn most(self) -> Option<u64> {
        match self {
            Self::Any => None,
            Self::PayPal => Some(paypal::MOST),
            Self::Wise => Some(wise::MOST),
        }
    }

    /// Whether all payouts of a file have one currency.
    fn takes_one_currency(self) -> bool {
        matches!(self, Self::PayPal)
    }

    /// Which of the service's own kinds of files a payout belongs into.
    fn kind(self, payment: &Payment) -> &'static str {
        match self {
            Self::Wise => wise::kind(payment),
            Self::Any | Self::PayPal => "",
        }
    }

    fn header(self, kind: &str) -> &'static [&'static str] {
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

    fn line(self, payment: &Payment, wishes: &Wishes) -> Line {
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

/// What was asked for.
pub struct Wishes(IndexMap<Name, Value>);

impl Wishes {
    fn text(&self, name: &str) -> Option<&str> {
        match self.0.get(name)? {
            Value::String(text) => Some(text),
            Value::Enum(word) => Some(word),
            _ => None,
        }
    }

    fn truth(&self, name: &str) -> bool {
        self.0.get(name) == Some(&Value::Boolean(true))
    }

    /// Which part of a run that is larger than a file.
    fn part(&self) -> Option<u64> {
        match self.0.get("part")? {
            Value::Number(part) => Some(part.as_u64().unwrap_or(0)),
            _ => None,
        }
    }
}

/// A file that may be made.
pub struct FileOrder {
    service: Service,
    wishes: Wishes,
    caller: Caller,
    order: Order,
}

/// A file under way, which holds all that it is asked to hold.
pub struct PayoutFile {
    service: Service,
    wishes: Wishes,
    kind: &'static str,
    /// How many payouts it has.
    count: u64,
    export: Export,
    /// The currencies that are still to be written, the first one now.
    currencies: Vec<String>,
    /// How many payouts of each group were seen.
    seen: Seen,
    headed: bool,
}

/// How many payouts of a run there are of a currency and a kind, settled ones too: those never change, so that parts stay
/// what they are.
#[derive(Default)]
struct Seen(BTreeMap<(String, &'static str), u64>);

impl Seen {
    /// The place of a payout in its group, from 0.
    fn place(&mut self, currency: &str, kind: &'static str) -> u64 {
        let count = self.0.entry((currency.to_owned(), kind)).or_default();
        *count += 1;
        *count - 1
    }
}

impl Exports {
    /// Looks at what is asked for, and at who asks.
    pub fn payout_file<'p>(
        &self,
        service: Service,
        caller: &Caller,
        given: impl IntoIterator<Item = (&'p str, &'p str)>,
    ) -> Result<FileOrder, ExportError> {
        caller.read(Resource::Payouts)?;
        caller.staff_only()?;
        let parameters = Parameters::of(&self.types, service.parameters());
        let wishes = Wishes(parameters.read(given).map_err(ExportError::Wrong)?);
        if wishes.part() == Some(0) {
            return Err(ExportError::Wrong(vec!["part must be 1 or more".to_owned()]));
        }
        // Whom a payout goes to is part of it, whatever else of partners the caller may read.
        let caller = Caller::operator(caller.tenant(), caller.subject());
        let filter = ["runId", "currency"].map(|name| (name, wishes.text(name)));
        let filter = filter.into_iter().filter_map(|(name, text)| Some((name, text?)));
        let order = self.order(&PAYOUTS, caller.clone(), filter)?;
        Ok(FileOrder {
            service,
            wishes,
            caller,
            order,
        })
    }
}

impl FileOrder {
    /// Looks at the whole run.
    pub async fn begin(
        self,
        exports: Arc<Exports>,
        app: &App,
        pause: Option<Duration>,
    ) -> Result<PayoutFile, ExportError> {
        let Self {
            service,
            wishes,
            caller,
            order,
        } = self;
        let mut export = order.begin(exports.clone(), app, pause).await?;
        let run = parsed("query($id: ID!) { page: payoutRun(id: $id) { id } }");
        let id = wishes.text("runId").unwrap_or_default();
        let mut variables = Variables::default();
        variables.insert(Name::new("id"), Value::from(id));
        if exports.answer(&export.app, &caller, run, variables).await? == Value::Null {
            return Err(ExportError::Wrong(vec![format!("runId {id} does not exist")]));
        }
        let mut seen = Seen::default();
        let mut faults = Faults::default();
        // What is pending, by currency and kind.
        let mut pending: BTreeMap<(String, &'static str), u64> = BTreeMap::new();
        while {
            let (_, goes_on) = export
                .next(|row| {
                    let payment = Payment::of(row);
                    let kind = service.kind(&payment);
                    let place = seen.place(&payment.currency, kind);
                    if !payment.is_pending || !is_wanted(service, &wishes, kind, place) {
                        return;
                    }
                    *pending.entry((payment.currency.clone(), kind)).or_default() += 1;
                    if let Err(text) = service.line(&payment, &wishes) {
                        faults.add(&payment, &text);
                    }
                })
                .await?;
            goes_on
        } {}
        faults.check()?;
        let kind = one_file(service, &wishes, &seen, &pending)?;
        let count = pending.values().sum();
        let mut currencies: Vec<_> = pending.into_keys().map(|(currency, _)| currency).collect();
        currencies.dedup();
        export.begin_again(currencies.first());
        Ok(PayoutFile {
            service,
            wishes,
            kind,
            count,
            export,
            currencies,
            seen: Seen::default(),
            headed: false,
        })
    }
}

/// Whether a payout of this kind and place was asked for.
fn is_wanted(service: Service, wishes: &Wishes, kind: &str, place: u64) -> bool {
    let is_kind = wishes.text("payees").is_none_or(|wanted| wanted == kind);
    let is_part = match (wishes.part(), service.most()) {
        (Some(part), Some(most)) => place / most == part - 1,
        _ => true,
    };
    is_kind && is_part
}

/// The kind of the one file that holds what was asked for; otherwise what to ask for.
fn one_file(
    service: Service,
    wishes: &Wishes,
    seen: &Seen,
    pending: &BTreeMap<(String, &'static str), u64>,
) -> Result<&'static str, ExportError> {
    let name = service.name();
    let mut wrong = Vec::new();
    let mut currencies: Vec<_> = pending.keys().map(|(currency, _)| currency.as_str()).collect();
    currencies.dedup();
    let most = service.most().unwrap_or(u64::MAX);
    let total: u64 = pending.values().sum();
    // Parts are of one currency.
    let needs_one = service.takes_one_currency() || wishes.part().is_some() || total > most;
    if needs_one && currencies.len() > 1 {
        let (list, first) = (currencies.join(", "), currencies[0]);
        wrong.push(format!(
            "this file for {name} has one currency, and the run has {list}: ask for currency={first}"
        ));
    }
    let mut kinds: Vec<_> = pending.keys().map(|(_, kind)| *kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    if kinds.len() > 1 {
        let list: Vec<_> = kinds.iter().map(|kind| format!("payees={kind}")).collect();
        wrong.push(format!(
            "{name} takes these payees in files of their own: ask for {}",
            list.join(", then for ")
        ));
    }
    if wrong.is_empty() && total > most {
        let of_group = |group: &(String, &'static str)| seen.0.get(group).copied().unwrap_or(0);
        let parts = pending.keys().map(of_group).max().unwrap_or(0).div_ceil(most);
        wrong.push(format!(
            "a file for {name} has at most {most} payouts, and this run has {total}: ask for part=1 to part={parts}"
        ));
    }
    match wrong.is_empty() {
        true => Ok(kinds.first().copied().or_else(|| wise::asked_for(wishes)).unwrap_or("")),
        false => Err(ExportError::Wrong(wrong)),
    }
}

/// What a file cannot hold.
#[derive(Default)]
struct Faults {
    named: Vec<String>,
    more: u64,
}

impl Faults {
    fn add(&mut self, payment: &Payment, text: &str) {
        if self.named.len() < MOST_FAULTS {
            self.named.push(format!("payout {}: {text}", payment.id));
        } else {
            self.more += 1;
        }
    }

    fn check(mut self) -> Result<(), ExportError> {
        if self.more > 0 {
            self.named.push(format!("and {} payouts more", self.more));
        }
        match self.named.is_empty() {
            true => Ok(()),
            false => Err(ExportError::Wrong(self.named)),
        }
    }
}

impl PayoutFile {
    /// How many payouts it has in all.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Writes the next piece. Returns how many payouts it has, and whether there are more.
    pub async fn next(&mut self, text: &mut Vec<u8>) -> Result<(u64, bool), ExportError> {
        if !self.headed {
            self.headed = true;
            write(self.service.header(self.kind).iter().copied(), text);
        }
        if self.currencies.is_empty() {
            return Ok((0, false));
        }
        let Self {
            service,
            wishes,
            kind: of_file,
            seen,
            ..
        } = self;
        let (mut lines, mut failed) = (0, None);
        let (_, goes_on) = self
            .export
            .next(|row| {
                let payment = Payment::of(row);
                let kind = service.kind(&payment);
                let place = seen.place(&payment.currency, kind);
                if !payment.is_pending || kind != *of_file || !is_wanted(*service, wishes, kind, place) {
                    return;
                }
                match service.line(&payment, wishes) {
                    Ok(cells) => {
                        lines += 1;
                        write(cells.iter().map(String::as_str), text);
                    }
                    Err(fault) => failed = Some(fault),
                }
            })
            .await?;
        if let Some(fault) = failed {
            // It was looked at before, at the same moment.
            return Err(ExportError::Wrong(vec![fault]));
        }
        if !goes_on {
            self.currencies.remove(0);
            self.export.begin_again(self.currencies.first());
        }
        Ok((lines, !self.currencies.is_empty()))
    }
}

/// Writes a line, as it is: what reads it works nothing out.
fn write<'a>(cells: impl Iterator<Item = &'a str>, text: &mut Vec<u8>) {
    let before = text.len();
    for (number, value) in cells.enumerate() {
        if number > 0 {
            text.push(b',');
        }
        if !value.is_empty() {
            cell(value, false, text);
        }
    }
    if text.len() > before {
        text.extend(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wishes(given: &[(&str, Value)]) -> Wishes {
        let values = given.iter().map(|(name, value)| (Name::new(name), value.clone()));
        Wishes(values.collect())
    }

    fn refused(service: Service, wishes: &Wishes, counts: &[(&str, &'static str, u64)]) -> String {
        let counts = counts
            .iter()
            .map(|(currency, kind, count)| (((*currency).to_owned(), *kind), *count));
        let pending: BTreeMap<_, _> = counts.collect();
        match one_file(service, wishes, &Seen(pending.clone()), &pending) {
            Ok(kind) => kind.to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_a_file_cannot_hold_is_asked_for_in_parts() {
        let none = wishes(&[]);
        assert_eq!(refused(Service::Any, &none, &[("EUR", "", 9_000), ("USD", "", 1)]), "");
        assert_eq!(refused(Service::PayPal, &none, &[("EUR", "", 5_000)]), "");
        let text = refused(Service::PayPal, &none, &[("EUR", "", 10_001)]);
        assert_eq!(
            text,
            "a file for PayPal has at most 5000 payouts, and this run has 10001: ask for part=1 to part=3"
        );
        assert_eq!(
            refused(Service::Wise, &none, &[("EUR", "SAVED", 999), ("USD", "SAVED", 1)]),
            "SAVED"
        );
        let text = refused(Service::Wise, &none, &[("EUR", "EMAIL", 600), ("USD", "EMAIL", 600)]);
        assert!(text.ends_with("the run has EUR, USD: ask for currency=EUR"), "{text}");
        assert_eq!(refused(Service::Wise, &none, &[]), "");
        assert_eq!(
            refused(Service::Wise, &wishes(&[("payees", Value::from("SAVED"))]), &[]),
            "SAVED"
        );
    }

    #[test]
    fn parts_do_not_move_when_payouts_are_settled() {
        let wanted =
            |part: i64, place| is_wanted(Service::Wise, &wishes(&[("part", Value::from(part))]), "EMAIL", place);
        assert!(wanted(1, 0) && wanted(1, 999) && !wanted(1, 1_000));
        assert!(wanted(2, 1_000) && wanted(2, 1_999) && !wanted(2, 999));
        let mut seen = Seen::default();
        let places: Vec<_> = ["EUR", "USD", "EUR"]
            .map(|currency| seen.place(currency, "EMAIL"))
            .into();
        assert_eq!(places, [0, 0, 1]);
    }
}
