//! Simulates a rule on a made-up deal, with the functions that pay real ones. Writes nothing.

use rust_decimal::Decimal;

use super::checks::{NewCommissionRule, catalog, checked};
use crate::app::App;
use crate::deal::field_values;
use crate::ids::named;
use crate::{ServiceError, require};
use auth::{Caller, Resource};
use domain::deal::FieldValue;
use domain::deal_rules::{self, CommissionRule, DealView, Due};
use domain::id;
use domain::money::{Currency, check_amount};
use domain::problem::{Fault, ProblemCode, Problems};
use domain::text;

/// Maximum number of stages in the path of a simulated deal, and of its renewals.
const MAX_PATH: usize = 100;
const MAX_RENEWALS: i32 = 1000;

/// A deal to try a rule on.
#[derive(Clone, Debug)]
pub struct SimulatedDeal {
    pub value: (Decimal, Currency),
    /// The stages that it enters, in order.
    pub stage_path: Vec<String>,
    /// Ids of custom fields and of the options chosen for them.
    pub fields: Vec<(String, String)>,
    pub renewals: i32,
    pub lead_creator: Option<String>,
    pub owner: Option<String>,
}

/// The schedule of payments. `rule` is the stored rule, or `None` for an inline one.
#[derive(Clone, Debug)]
pub struct SimulatedPayments {
    pub rule: Option<CommissionRule>,
    pub payments: Vec<Due>,
}

/// What a stored or inline rule would pay for a deal if it were the only rule. Filters by partner are ignored.
pub async fn simulate(
    app: &App,
    caller: &Caller,
    stored: Option<String>,
    inline: Option<NewCommissionRule>,
    deal: SimulatedDeal,
) -> Result<SimulatedPayments, ServiceError> {
    let writer = caller.write(Resource::CommissionRules)?;
    let (scope, now, database) = (writer.scope(), app.clock.now(), app.store.reader());
    let mut problems = Problems::new();
    let is_stored = stored.is_some();
    if is_stored {
        // The payments reveal the content of the rule.
        caller.read(Resource::CommissionRules)?;
    }
    let rule = match (stored, inline) {
        (Some(id), None) => {
            let find = async |id| store::commission_rule::find(database, &scope, id).await;
            named("commissionRuleId", &id, &mut problems, find).await?
        }
        (None, Some(input)) => {
            problems.enter("rule");
            let rule = checked(database, &writer, input, now, &mut problems).await?;
            problems.leave();
            // An inline rule is not stored, so the explanations name no version of it.
            rule.map(|rule| CommissionRule { version: 0, ..rule })
        }
        _ => {
            problems.add("", ProblemCode::Invalid, "give either commissionRuleId or rule");
            None
        }
    };
    problems.enter("deal");
    let (amount, currency) = deal.value;
    let value = problems.take("value.amount", not_negative(amount, currency));
    let lead_creator = problems.optional("leadCreator", deal.lead_creator, |text| text::name(&text));
    let owner = problems.optional("owner", deal.owner, |text| text::name(&text));
    let renewals = problems.take("renewals", renewals(deal.renewals));
    let stages = store::stage::all(database, &scope).await?;
    problems.size("stagePath", deal.stage_path.len(), MAX_PATH);
    let mut path = Vec::with_capacity(deal.stage_path.len());
    for (index, text) in deal.stage_path.iter().enumerate().take(MAX_PATH) {
        let place = format!("stagePath.{index}");
        let stage = problems.id::<id::PaymentStage>(&place, text);
        let stage = stage.and_then(|id| problems.found(&place, stages.iter().find(|stage| stage.id == id)));
        path.extend(stage.map(|stage| (stage.id, stage.outcome)));
    }
    let ends_lost = path.last().is_some_and(|(_, outcome)| outcome.is_lost());
    if renewals.is_some_and(|renewals| renewals > 0) && ends_lost {
        let message = "are not possible: the last stage loses the deal";
        problems.add("renewals", ProblemCode::InvalidTransition, message);
    }
    let fields: Option<Vec<FieldValue>> =
        field_values(&deal.fields, &catalog(database, &writer).await?.fields, &mut problems);
    problems.leave();
    require!(problems; rule, value, lead_creator, owner, renewals, fields);
    let view = DealView {
        value,
        currency,
        fields: &fields,
        lead_creator: lead_creator.as_deref(),
        owner: owner.as_deref(),
    };
    match deal_rules::simulate(&rule, &view, &path, renewals) {
        Ok(payments) => Ok(SimulatedPayments {
            rule: is_stored.then_some(rule),
            payments,
        }),
        Err(error) => {
            problems.add(
                "deal.value.amount",
                ProblemCode::Invalid,
                format!("pays too much: {error}"),
            );
            Err(problems.into())
        }
    }
}

fn not_negative(amount: Decimal, currency: Currency) -> Result<Decimal, Fault> {
    if amount < Decimal::ZERO {
        return Err(Fault::invalid("must not be negative"));
    }
    check_amount(amount, Some(currency))
}

fn renewals(count: i32) -> Result<u32, Fault> {
    match count {
        0..=MAX_RENEWALS => Ok(count.unsigned_abs()),
        _ => Err(Fault::invalid(format!("must be from 0 to {MAX_RENEWALS}"))),
    }
}
