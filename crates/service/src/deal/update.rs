//! Changing a deal.

use rust_decimal::Decimal;

use super::Done;
use super::checks::{checked_fields, locked, worth};
use super::payments::DealPayments;
use crate::app::App;
use crate::once::{begin, commit};
use crate::{ServiceError, require};
use auth::{Caller, Resource};
use domain::deal::Deal;
use domain::money::Currency;
use domain::problem::{Patch, Problems};
use domain::text;
use store::partner::LockedPartner;

/// Changes of a deal. Its custom field values are replaced as a whole.
#[derive(Clone, Debug)]
pub struct DealChange {
    pub id: String,
    pub name: Patch<String>,
    pub value: Patch<(Decimal, Currency)>,
    pub lead_creator: Patch<String>,
    pub owner: Patch<String>,
    pub fields: Patch<Vec<(String, String)>>,
}

/// Changes a deal. Earlier payments stay; a rule entry of its stage whose condition becomes true by the change pays
/// now.
pub async fn update(app: &App, caller: &Caller, input: DealChange) -> Result<Done, ServiceError> {
    let writer = caller.write(Resource::Deals)?;
    let mut problems = Problems::new();
    let transaction = begin(app, &writer).await?;
    let Some((LockedPartner { partner, last }, current)) =
        locked(&transaction, &writer, &input.id, &mut problems).await?
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
    let fields = match input.fields.list() {
        None => Some(current.fields.clone()),
        Some(fields) => checked_fields(&transaction, &writer, &fields, &mut problems).await?,
    };
    require!(problems; name, value, lead_creator, owner, fields);
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
            let desk = DealPayments::open(&transaction, &writer, &partner, &deal, moment).await?;
            commissions = desk.change(stage, &current.fields).await?;
        }
    }
    let done = Done { deal, commissions };
    commit(app, transaction, &writer, &done).await?;
    Ok(done)
}
