//! Deals: made, changed, moved through the pipeline and renewed, each with the payments that it makes due.
//!
//! Every write first locks the deal's partner; the deal, what it was paid and the time are read after that. Two moves of
//! one deal take turns, and the second finds it where the first has put it.

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::app::App;
use crate::auth::{Caller, Resource, Scope, Writer};
use crate::domain::commission::Commission;
use crate::domain::deal::{Deal, FieldValue};
use crate::domain::id::{self, CommissionId, CustomFieldId, CustomFieldOptionId, DealId};
use crate::domain::money::{Currency, Money};
use crate::domain::problem::{Fault, Patch, ProblemCode, Problems};
use crate::domain::text;
use crate::service::ServiceError;
use crate::service::ledger::lock_partners;
use crate::service::once::{Answer, begin, commit, repeated};
use crate::store::partner::Locked;
use crate::store::{self, Store, StoreError, Transaction};

pub mod forecast;
mod payments;

use payments::Desk;

/// A deal as entered.
#[derive(Clone, Debug)]
pub struct NewDeal {
    pub external_id: Option<String>,
    pub name: String,
    pub value: (Decimal, Currency),
    pub partner_id: String,
    pub stage_id: Option<String>,
    pub lead_creator: Option<String>,
    pub owner: Option<String>,
    /// Fields and options.
    pub fields: Vec<(String, String)>,
}

/// Changes of a deal. Its options are replaced as a whole.
#[derive(Clone, Debug)]
pub struct DealChange {
    pub id: String,
    pub name: Patch<String>,
    pub value: Patch<(Decimal, Currency)>,
    pub lead_creator: Patch<String>,
    pub owner: Patch<String>,
    pub fields: Patch<Vec<(String, String)>>,
}

/// A deal as it is now, and the rows of the ledger that this wrote.
#[derive(Clone, Debug)]
pub struct Done {
    pub deal: Deal,
    pub commissions: Vec<Commission>,
}

impl Answer for Done {
    fn kept(&self) -> Value {
        let rows: Vec<_> = self.commissions.iter().map(|row| row.id.to_string()).collect();
        json!({ "deal": self.deal.id.to_string(), "commissions": rows })
    }

    async fn again(store: &Store, scope: &Scope, kept: &Value) -> Result<Option<Self>, StoreError> {
        let Some(id) = kept["deal"].as_str().and_then(|id| id.parse::<DealId>().ok()) else {
            return Ok(None);
        };
        let Some(deal) = store::deal::find(store.reader(), scope, id).await? else {
            return Ok(None);
        };
        let rows = kept["commissions"].as_array().into_iter().flatten();
        let rows = rows.filter_map(|id| id.as_str()?.parse::<CommissionId>().ok());
        let rows: Vec<_> = rows.map(|id| id.uuid()).collect();
        let mut found = store::commission::by_ids(store.reader(), scope, &rows).await?;
        let commissions = rows.iter().filter_map(|id| found.remove(id)).collect();
        Ok(Some(Self { deal, commissions }))
    }
}

/// Makes a deal; one that is given a stage enters it.
pub async fn create(app: &App, caller: &Caller, input: NewDeal) -> Result<Done, ServiceError> {
    let writer = caller.write(Resource::Deals)?;
    let scope = writer.scope();
    let mut problems = Problems::new();
    let name = problems.take("name", text::name(&input.name));
    let external_id = problems.optional("externalId", input.external_id, |text| text::external_id(&text));
    let value = problems.take("value.amount", worth(input.value));
    let lead_creator = problems.optional("leadCreator", input.lead_creator, |text| text::name(&text));
    let owner = problems.optional("owner", input.owner, |text| text::name(&text));
    let partner = problems.id::<id::Partner>("partnerId", &input.partner_id);
    let transaction = begin(app, &writer).await?;
    let partner = match partner {
        Some(id) => {
            let found = lock_partners(&transaction, &writer, vec![id]).await?.pop();
            problems.found("partnerId", found)
        }
        None => None,
    };
    let stage = match &input.stage_id {
        None => None,
        Some(text) => match problems.id::<id::PaymentStage>("stageId", text) {
            Some(id) => problems.found("stageId", store::stage::share(&transaction, &scope, id).await?),
            None => None,
        },
    };
    let fields = checked_fields(&transaction, &writer, &input.fields, &mut problems).await?;
    if let Some(Some(external_id)) = &external_id {
        let holder = store::deal::find_by_external_id(&transaction, &scope, external_id).await?;
        problems.free("externalId", holder.map(|deal| deal.id), None);
    }
    let (
        Some(name),
        Some(external_id),
        Some(value),
        Some(lead_creator),
        Some(owner),
        Some(partner),
        Some(fields),
        true,
    ) = (
        name,
        external_id,
        value,
        lead_creator,
        owner,
        partner,
        fields,
        problems.is_empty(),
    )
    else {
        return Err(problems.into());
    };
    let (partner, moment) = (partner.partner, partner.last.next(app.clock.now()));
    let now = moment.at;
    let deal = Deal {
        id: DealId::new(now),
        external_id,
        name,
        value,
        partner_id: partner.id,
        stage_id: stage.as_ref().map(|stage| stage.id),
        lead_creator,
        owner,
        renewals: 0,
        fields,
        created_at: now,
        updated_at: now,
    };
    store::deal::insert(&transaction, writer.tenant(), &deal).await?;
    transaction.created(&deal);
    let desk = Desk::open(&transaction, &writer, &partner, &deal, moment).await?;
    let commissions = match stage {
        Some(stage) => desk.enter(&stage).await?,
        None => Vec::new(),
    };
    let done = Done { deal, commissions };
    commit(app, transaction, &writer, &done).await?;
    Ok(done)
}

/// Changes a deal. What was due before stays; an entry of its stage whose condition becomes true by this pays now.
pub async fn update(app: &App, caller: &Caller, input: DealChange) -> Result<Done, ServiceError> {
    let writer = caller.write(Resource::Deals)?;
    let mut problems = Problems::new();
    let transaction = begin(app, &writer).await?;
    let Some((Locked { partner, last }, current)) = locked(&transaction, &writer, &input.id, &mut problems).await?
    else {
        return Err(problems.into());
    };
    let name = problems.changed("name", input.name, current.name.clone(), |text| text::name(&text));
    let value = match input.value {
        Patch::Set(value) => problems.take("value.amount", worth(value)),
        patch => problems.changed("value", patch, current.value, worth),
    };
    let lead_creator = problems.changed_optional(
        "leadCreator",
        input.lead_creator,
        current.lead_creator.clone(),
        |text| text::name(&text),
    );
    let owner = problems.changed_optional("owner", input.owner, current.owner.clone(), |text| text::name(&text));
    let fields = match input.fields {
        Patch::Keep => Some(current.fields.clone()),
        Patch::Clear => Some(Vec::new()),
        Patch::Set(fields) => checked_fields(&transaction, &writer, &fields, &mut problems).await?,
    };
    let (Some(name), Some(value), Some(lead_creator), Some(owner), Some(fields), true) =
        (name, value, lead_creator, owner, fields, problems.is_empty())
    else {
        return Err(problems.into());
    };
    let moment = last.next(app.clock.now().max(current.updated_at));
    let now = moment.at;
    let deal = Deal {
        name,
        value,
        lead_creator,
        owner,
        fields,
        updated_at: now,
        ..current.clone()
    };
    store::deal::update(&transaction, writer.tenant(), &deal).await?;
    transaction.changed(&current, &deal);
    let mut commissions = Vec::new();
    if deal.fields != current.fields {
        store::deal::replace_fields(&transaction, writer.tenant(), &deal).await?;
        if let Some(stage) = deal.stage_id {
            let desk = Desk::open(&transaction, &writer, &partner, &deal, moment).await?;
            commissions = desk.change(stage, &current.fields).await?;
        }
    }
    let done = Done { deal, commissions };
    commit(app, transaction, &writer, &done).await?;
    Ok(done)
}

/// Moves a deal into a stage, which pays what the rules say; a stage where deals are lost reverses what has accrued.
/// A deal that stands there already stays, and nothing happens.
pub async fn move_to(app: &App, caller: &Caller, id: &str, stage_id: &str) -> Result<Done, ServiceError> {
    let writer = caller.write(Resource::Deals)?;
    let mut problems = Problems::new();
    let transaction = begin(app, &writer).await?;
    let found = locked(&transaction, &writer, id, &mut problems).await?;
    let stage = match problems.id::<id::PaymentStage>("stageId", stage_id) {
        Some(id) => {
            let stage = store::stage::share(&transaction, &writer.scope(), id).await?;
            problems.found("stageId", stage)
        }
        None => None,
    };
    let (Some((Locked { partner, last }, current)), Some(stage)) = (found, stage) else {
        return Err(problems.into());
    };
    if current.stage_id == Some(stage.id) {
        let done = Done {
            deal: current,
            commissions: Vec::new(),
        };
        commit(app, transaction, &writer, &done).await?;
        return Ok(done);
    }
    let moment = last.next(app.clock.now().max(current.updated_at));
    let now = moment.at;
    let deal = Deal {
        stage_id: Some(stage.id),
        updated_at: now,
        ..current.clone()
    };
    store::deal::update(&transaction, writer.tenant(), &deal).await?;
    transaction.changed(&current, &deal);
    let desk = Desk::open(&transaction, &writer, &partner, &deal, moment).await?;
    let commissions = desk.enter(&stage).await?;
    let done = Done { deal, commissions };
    commit(app, transaction, &writer, &done).await?;
    Ok(done)
}

/// Records that a deal was renewed: every recurring part that has started pays its next occurrence.
pub async fn renew(app: &App, caller: &Caller, id: &str) -> Result<Done, ServiceError> {
    match repeated(|| renew_once(app, caller, id)).await {
        // What was kept when nothing else could be renewed: the rows alone.
        Err(ServiceError::Repeated(Value::Array(rows))) => {
            Err(ServiceError::Repeated(json!({ "deal": id, "commissions": rows })))
        }
        answered => answered,
    }
}

async fn renew_once(app: &App, caller: &Caller, id: &str) -> Result<Done, ServiceError> {
    let writer = caller.write(Resource::Deals)?;
    let scope = writer.scope();
    let mut problems = Problems::new();
    let transaction = begin(app, &writer).await?;
    let found = locked(&transaction, &writer, id, &mut problems).await?;
    let (Some((Locked { partner, last }, current)), true) = (found, problems.is_empty()) else {
        return Err(problems.into());
    };
    if let Some(stage) = current.stage_id
        && let Some(stage) = store::stage::share(&transaction, &scope, stage).await?
        && stage.outcome.is_lost()
    {
        let message = format!("is lost (it stands in {:?}): a lost deal is not renewed", stage.label);
        problems.add("id", ProblemCode::InvalidTransition, message);
        return Err(problems.into());
    }
    let moment = last.next(app.clock.now().max(current.updated_at));
    let now = moment.at;
    let deal = Deal {
        renewals: current.renewals + 1,
        updated_at: now,
        ..current.clone()
    };
    store::deal::update(&transaction, writer.tenant(), &deal).await?;
    transaction.changed(&current, &deal);
    let desk = Desk::open(&transaction, &writer, &partner, &deal, moment).await?;
    let commissions = desk.renew().await?;
    let done = Done { deal, commissions };
    commit(app, transaction, &writer, &done).await?;
    Ok(done)
}

/// The deal and its partner, the partner locked.
pub(super) async fn locked(
    transaction: &Transaction,
    writer: &Writer,
    id: &str,
    problems: &mut Problems,
) -> Result<Option<(Locked, Deal)>, StoreError> {
    let Some(id) = problems.id::<id::Deal>("id", id) else {
        return Ok(None);
    };
    let scope = writer.scope();
    let seen = store::deal::find(transaction, &scope, id).await?;
    let Some(seen) = problems.found("id", seen) else {
        return Ok(None);
    };
    // Its partner never changes; everything else may have, until the lock was free.
    let partner = lock_partners(transaction, writer, vec![seen.partner_id]).await?.pop();
    let deal = store::deal::find(transaction, &scope, id).await?;
    Ok(partner.zip(deal))
}

fn worth((amount, currency): (Decimal, Currency)) -> Result<Money, Fault> {
    if amount < Decimal::ZERO {
        return Err(Fault::invalid("must not be negative"));
    }
    Money::exact(amount, currency)
}

async fn checked_fields(
    transaction: &Transaction,
    writer: &Writer,
    values: &[(String, String)],
    problems: &mut Problems,
) -> Result<Option<Vec<FieldValue>>, StoreError> {
    if values.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let known = store::custom_field::all(transaction, &writer.scope()).await?;
    let known = known
        .into_iter()
        .map(|field| (field.id, field.options.iter().map(|option| option.id).collect()))
        .collect();
    Ok(field_values(values, &known, problems))
}

/// The options that a deal bears, or `None` after noting what is wrong with them under `customFields.N`.
pub(super) fn field_values(
    values: &[(String, String)],
    known: &HashMap<CustomFieldId, HashSet<CustomFieldOptionId>>,
    problems: &mut Problems,
) -> Option<Vec<FieldValue>> {
    problems.within("customFields", |problems| {
        let mut seen = HashSet::new();
        let values: Vec<_> = values
            .iter()
            .enumerate()
            .map(|(index, (field, option))| {
                problems.within(index, |problems| {
                    let field = problems.id::<id::CustomField>("customFieldId", field);
                    let field = field
                        .and_then(|id| problems.found("customFieldId", Some(id).filter(|id| known.contains_key(id))));
                    let option = problems.id::<id::CustomFieldOption>("optionId", option);
                    let (field_id, option) = (field?, option?);
                    if !seen.insert(field_id) {
                        let message = "is given before: a deal bears one option of a field";
                        problems.add("customFieldId", ProblemCode::Invalid, message);
                    }
                    let offered = known.get(&field_id).is_some_and(|options| options.contains(&option));
                    let option_id = problems.found("optionId", Some(option).filter(|_| offered))?;
                    Some(FieldValue { field_id, option_id })
                })
            })
            .collect();
        values.into_iter().collect()
    })
}
