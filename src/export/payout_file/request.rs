//! Checking a run: which of the requested payouts a file can hold, and whether one file can hold them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Name, Value, Variables};

use super::PAYOUTS;
use super::group_counts::{GroupCounts, is_wanted};
use super::parameters::FileParameters;
use super::payment::Payment;
use super::write::PayoutFile;
use super::{service, wise};
use crate::export::parameters::Parameters;
use crate::export::query::parsed;
use crate::export::{ExportError, Exports, ListRequest};
use ::service::app::App;
use auth::{Caller, Resource};
use domain::payment_service::PayoutFileFormat;

/// Maximum number of payouts that are named as left out; further ones are only counted.
const MAX_NAMED: usize = 100;

/// A checked request for a file that the caller may make.
pub struct FileRequest {
    format: PayoutFileFormat,
    wishes: FileParameters,
    caller: Caller,
    order: ListRequest,
}

impl Exports {
    /// Checks the parameters and the caller's permissions.
    pub fn payout_file<'p>(
        &self,
        format: PayoutFileFormat,
        caller: &Caller,
        given: impl IntoIterator<Item = (&'p str, &'p str)>,
    ) -> Result<FileRequest, ExportError> {
        caller.read(Resource::Payouts)?;
        caller.staff_only()?;
        let parameters = Parameters::of(&self.types, service::parameters(format).to_vec());
        let wishes = FileParameters(parameters.read(given).map_err(ExportError::Wrong)?);
        if wishes.part() == Some(0) {
            return Err(ExportError::Wrong(vec!["part must be 1 or more".to_owned()]));
        }
        // The payee is part of a payout, so it is read as an operator, even if the caller may not read partners.
        let caller = Caller::operator(caller.tenant(), caller.subject());
        let filter = ["runId", "currency"].map(|name| (name, wishes.text(name)));
        let filter = filter.into_iter().filter_map(|(name, text)| Some((name, text?)));
        let order = self.order(&PAYOUTS, caller.clone(), filter)?;
        Ok(FileRequest {
            format,
            wishes,
            caller,
            order,
        })
    }
}

impl FileRequest {
    /// Checks the whole run.
    pub async fn begin(
        self,
        exports: Arc<Exports>,
        app: &App,
        pause: Option<Duration>,
    ) -> Result<PayoutFile, ExportError> {
        let Self {
            format,
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
        let mut seen = GroupCounts::default();
        let mut left_out = LeftOut::default();
        let mut failed = None;
        // The number of requested pending payouts that the format can hold, by currency and kind.
        let mut pending: BTreeMap<(String, &'static str), u64> = BTreeMap::new();
        while {
            let (_, goes_on) = export
                .next(|row| {
                    let payment = match Payment::of(row) {
                        Ok(payment) => payment,
                        Err(error) => {
                            failed = Some(error);
                            return;
                        }
                    };
                    let kind = service::kind(format, &payment);
                    let place = seen.place(payment.currency(), kind);
                    if !payment.is_pending || !is_wanted(format, &wishes, kind, place) {
                        return;
                    }
                    match format.unfit(&payment.payee, payment.amount) {
                        None => *pending.entry((payment.currency().to_owned(), kind)).or_default() += 1,
                        Some(text) => left_out.add(&payment, &text),
                    }
                })
                .await?;
            goes_on
        } {}
        if let Some(error) = failed {
            return Err(error);
        }
        let kind = one_file(format, &wishes, &seen, &pending)?;
        let count = pending.values().sum();
        let mut currencies: Vec<_> = pending.into_keys().map(|(currency, _)| currency).collect();
        currencies.dedup();
        export.begin_again(currencies.first());
        Ok(PayoutFile {
            format,
            wishes,
            kind,
            count,
            left_out: left_out.texts(),
            export,
            currencies,
            seen: GroupCounts::default(),
            headed: false,
        })
    }
}

/// The kind of the single file that can hold what was requested; otherwise an error that says what to request instead.
pub(super) fn one_file(
    format: PayoutFileFormat,
    wishes: &FileParameters,
    seen: &GroupCounts,
    pending: &BTreeMap<(String, &'static str), u64>,
) -> Result<&'static str, ExportError> {
    let name = service::name(format);
    let mut wrong = Vec::new();
    let mut currencies: Vec<_> = pending.keys().map(|(currency, _)| currency.as_str()).collect();
    currencies.dedup();
    let most = format.most().unwrap_or(u64::MAX);
    let total: u64 = pending.values().sum();
    // A part has only one currency.
    let needs_one = service::takes_one_currency(format) || wishes.part().is_some() || total > most;
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

/// The payouts that a file cannot hold, with the reasons.
#[derive(Default)]
struct LeftOut {
    named: Vec<String>,
    more: u64,
}

impl LeftOut {
    fn add(&mut self, payment: &Payment, text: &str) {
        if self.named.len() < MAX_NAMED {
            self.named.push(format!("payout {} is left out: {text}", payment.id));
        } else {
            self.more += 1;
        }
    }

    fn texts(mut self) -> Vec<String> {
        if self.more > 0 {
            self.named.push(format!("{} payouts more are left out", self.more));
        }
        self.named
    }
}
