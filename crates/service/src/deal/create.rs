//! Creating a deal.

use rust_decimal::Decimal;

use super::Done;
use super::checks::{checked_fields, worth};
use super::payments::DealPayments;
use crate::app::App;
use crate::external_id::check_free;
use crate::ids::named;
use crate::ledger::lock_partners;
use crate::once::{begin, commit};
use crate::{ServiceError, require};
use auth::{Caller, Resource};
use domain::deal::Deal;
use domain::id::{self, DealId};
use domain::money::Currency;
use domain::problem::Problems;
use domain::text;
use store::locks::InForce;

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
    /// Ids of custom fields and of the options chosen for them.
    pub fields: Vec<(String, String)>,
}

/// Creates a deal; if a stage is given, the deal enters it.
pub async fn create(app: &App, caller: &Caller, input: NewDeal) -> Result<Done, ServiceError> {
    let writer = caller.write(Resource::Deals)?;
    let scope = writer.scope();
    let mut problems = Problems::new();
    let name = problems.take("name", text::name(&input.name));
    let external_id = problems.optional("externalId", input.external_id, |text| text::external_id(&text));
    let value = problems.take("value.amount", worth(input.value));
    let lead_creator = problems.optional("leadCreator", input.lead_creator, |text| text::name(&text));
    let owner = problems.optional("owner", input.owner, |text| text::name(&text));
    let transaction = begin(app, &writer).await?;
    let lock = async |id| {
        let locked = lock_partners(&transaction, &writer, &[InForce::Pipeline], vec![id]).await?;
        Ok(locked.into_iter().next())
    };
    let partner = named("partnerId", &input.partner_id, &mut problems, lock).await?;
    let stage = match &input.stage_id {
        None => None,
        Some(id) => {
            let find = async |id| store::stage::find(&transaction, &scope, id).await;
            named("stageId", id, &mut problems, find).await?
        }
    };
    let fields = checked_fields(&transaction, &writer, &input.fields, &mut problems).await?;
    check_free::<id::Deal>(&transaction, &writer, &external_id, None, &mut problems).await?;
    require!(problems; name, external_id, value, lead_creator, owner, partner, fields);
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
    let desk = DealPayments::open(&transaction, &writer, &partner, &deal, moment).await?;
    let commissions = match stage {
        Some(stage) => desk.enter(&stage).await?,
        None => Vec::new(),
    };
    let done = Done { deal, commissions };
    commit(app, transaction, &writer, &done).await?;
    Ok(done)
}
