//! Commissions that staff enters, and assigning commissions to individuals.

use super::lock_partners;
use super::posting::{Posting, moments};
use crate::app::App;
use crate::ids::named;
use crate::once::{begin, commit, repeated};
use crate::{ServiceError, require, stored};
use auth::{Caller, Resource};
use domain::commission::{Commission, CommissionKind, CommissionStatus, Entered, PaymentTarget};
use domain::explain::{Outcome, Step};
use domain::id::{self, CommissionId};
use domain::money::{Currency, Money};
use domain::problem::{Fault, ProblemCode, Problems};
use domain::text;

/// A row as entered.
#[derive(Clone, Debug)]
pub struct NewManualCommission {
    pub partner_id: String,
    pub amount: (rust_decimal::Decimal, Currency),
    /// The reason, which the partner sees, too.
    pub reason: String,
    /// A note that only staff sees.
    pub note: Option<String>,
    /// `None`: that of the row that it adjusts, if there is one.
    pub campaign_id: Option<String>,
    pub adjusts_id: Option<String>,
}

/// Writes a manual commission of either sign. It has no holdback, so that it must be approved manually, too.
pub async fn create(app: &App, caller: &Caller, input: NewManualCommission) -> Result<Commission, ServiceError> {
    repeated(|| create_once(app, caller, input.clone())).await
}

async fn create_once(app: &App, caller: &Caller, input: NewManualCommission) -> Result<Commission, ServiceError> {
    let writer = caller.write(Resource::Commissions)?;
    let mut problems = Problems::new();
    let (amount, currency) = input.amount;
    let reason = problems.take("reason", text::reason(&input.reason));
    let nonzero = |money: Money| {
        if money.minor() == 0 {
            Err(Fault::invalid("must not be 0"))
        } else {
            Ok(money)
        }
    };
    let amount = problems.take("amount.amount", Money::exact(amount, currency).and_then(nonzero));
    let partner = problems.id::<id::Partner>("partnerId", &input.partner_id);
    let note = problems.optional("note", input.note, |text| text::description(&text));
    let campaign = match &input.campaign_id {
        Some(text) => problems.id::<id::Campaign>("campaignId", text),
        None => None,
    };
    let adjusts = match &input.adjusts_id {
        Some(text) => problems.id::<id::Commission>("adjustsId", text),
        None => None,
    };
    let transaction = begin(app, &writer).await?;
    let partner = match partner {
        Some(id) => {
            let found = lock_partners(&transaction, &writer, &[], vec![id]).await?.pop();
            problems.found("partnerId", found)
        }
        None => None,
    };
    let moments = moments(partner.as_slice(), &app.clock);
    let adjusted = match adjusts {
        Some(id) => {
            let found = stored::find(&transaction, &writer.scope(), id).await?;
            problems.found("adjustsId", found)
        }
        None => None,
    };
    if let (Some(partner), Some(adjusted)) = (&partner, &adjusted)
        && adjusted.partner_id != partner.partner.id
    {
        problems.add("adjustsId", ProblemCode::Invalid, "is a commission of another partner");
    }
    let campaign = match campaign {
        Some(id) => {
            let found = store::campaign::find(&transaction, &writer.scope(), id).await?;
            problems.found("campaignId", found)
        }
        None => None,
    };
    require!(problems; partner, amount, reason, note);
    let step = Step {
        source: "manual".to_owned(),
        outcome: Outcome::Applied,
        detail: format!("{amount}, entered by staff"),
        threshold: None,
        amount: Some(amount.amount().normalize()),
    };
    let mut posting = Posting::new(writer.tenant(), writer.actor(), moments);
    let partner_id = partner.partner.id;
    let now = posting.time_of(partner_id);
    let row = Commission {
        campaign_id: campaign
            .map(|campaign| campaign.id)
            .or_else(|| adjusted.as_ref().and_then(|row| row.campaign_id)),
        adjusts_id: adjusted.map(|row| row.id),
        ..Commission::accrued(CommissionId::new(now), CommissionKind::Manual, partner_id, amount, now)
    };
    let entered = Entered {
        reason: Some(reason.clone()),
        note,
        ..Entered::default()
    };
    posting.enter(row.clone().explained(vec![step]), entered, Some(&reason));
    transaction.counted(1);
    posting.write_to(&transaction).await?;
    commit(app, transaction, &writer, &row).await?;
    Ok(row)
}

/// Sets the individual to whom a row is owed: once, and only for a row that is owed to an individual not named yet.
pub async fn assign_recipient(
    app: &App,
    caller: &Caller,
    id: &str,
    recipient: &str,
) -> Result<Commission, ServiceError> {
    let writer = caller.write(Resource::Commissions)?;
    let mut problems = Problems::new();
    let recipient = problems.take("recipient", text::name(recipient));
    let transaction = begin(app, &writer).await?;
    let scope = writer.scope();
    let find = async |id: CommissionId| stored::find(&transaction, &scope, id).await;
    let found = match named("id", id, &mut problems, find).await? {
        Some(seen) => {
            let locked = lock_partners(&transaction, &writer, &[], vec![seen.partner_id]).await?;
            let row = find(seen.id).await?;
            row.map(|row| (row, moments(&locked, &app.clock)))
        }
        None => None,
    };
    if let Some((row, _)) = &found {
        if row.payment_target == PaymentTarget::Partnership {
            problems.add(
                "id",
                ProblemCode::Conflict,
                "is owed to the partner, not to an individual",
            );
        } else if let Some(recipient) = &row.recipient {
            problems.add(
                "id",
                ProblemCode::Conflict,
                format!("is assigned to {recipient} already"),
            );
        } else if row.status != CommissionStatus::Accrued {
            problems.add(
                "id",
                ProblemCode::InvalidTransition,
                format!("is {}", row.status.as_str()),
            );
        }
    }
    require!(problems; found, recipient);
    let (row, moments) = found;
    // A step of the partner's history: from this moment on the row is in the individual's statement.
    let mut posting = Posting::new(writer.tenant(), writer.actor(), moments);
    posting.touch(row.partner_id);
    let moment = posting.moment(row.partner_id);
    transaction.counted(1);
    store::commission::set_recipient(&transaction, writer.tenant(), row.id, &recipient, moment).await?;
    posting.write_to(&transaction).await?;
    let row = Commission {
        recipient: Some(recipient),
        ..row
    };
    commit(app, transaction, &writer, &row).await?;
    Ok(row)
}
