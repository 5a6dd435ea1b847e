//! Recording events, and approving, reversing and entering commissions.

use async_graphql::{Context, ID, InputObject, Object};

use crate::auth::Resource;
use crate::domain::event::EventKind as DomainKind;
use crate::domain::problem::Problem;
use crate::graphql::context::{RequestContext, mutation};
use crate::graphql::error::{ApiError, Nullable};
use crate::graphql::input::{MoneyInput, id_text, id_texts};
use crate::graphql::ledger::commission::object::Commission;
use crate::graphql::ledger::event::object::{Event, EventKind};
use crate::graphql::rows::{Below, PlainObject, ResultObject, Results, Rows, RowsField, Shown};
use crate::graphql::scalar::{DateTime, Json};
use crate::graphql::user_error::{UserError, failed, payload, shown, shown_rows};
use crate::service::ServiceError;
use crate::service::ledger::event::NewEvent;
use crate::service::ledger::manual::{NewManualCommission, assign_recipient, create};
use crate::service::ledger::record::{Answer, record};
use crate::service::ledger::review::{Answers, MAX_IDS, approve, reverse};
use crate::store;

/// Something that happened.
#[derive(Clone, InputObject)]
pub struct RecordEventInput {
    /// What identifies it: the same again, with the same content, is answered with what was recorded first.
    pub external_id: String,
    /// What kind of thing happened.
    pub kind: EventKind,
    /// A finer kind, such as "invoice_paid".
    #[graphql(name = "type")]
    pub event_type: Option<String>,
    /// Whether tiered commissions count it as a conversion (else as an event).
    #[graphql(default = true)]
    pub base: bool,
    /// What was paid; at least 0, required for a charge. Of a refund what goes back, above 0; none: all that is left.
    pub amount: Option<MoneyInput>,
    /// What the advertiser pays for it; at least 0.
    pub revenue: Option<MoneyInput>,
    /// When it happened; by default now.
    pub occurred_at: Option<DateTime>,
    /// Whose event it is. Its first attributed event binds the customer to the partner and campaign.
    pub customer_external_id: Option<String>,
    /// When the customer was acquired; counts only with the customer's first event.
    pub customer_acquired_at: Option<DateTime>,
    /// Whom to credit; by default the partner that the customer is bound to.
    pub partner_id: Option<ID>,
    /// The campaign; by default the one that the customer is bound to.
    pub campaign_id: Option<ID>,
    /// Of REFUND and CHARGEBACK: the external id of what is taken back.
    pub original_external_id: Option<String>,
    /// Whatever other systems want to keep with it; at most 16 KB.
    pub metadata: Option<Json>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

impl From<RecordEventInput> for NewEvent {
    fn from(input: RecordEventInput) -> Self {
        let money = |money: Option<MoneyInput>| money.map(|money| (money.amount.0, money.currency.0));
        Self {
            external_id: input.external_id,
            kind: DomainKind::from(input.kind),
            event_type: input.event_type,
            base: input.base,
            amount: money(input.amount),
            revenue: money(input.revenue),
            occurred_at: input.occurred_at.map(|moment| moment.0),
            customer_external_id: input.customer_external_id,
            customer_acquired_at: input.customer_acquired_at.map(|moment| moment.0),
            partner_id: input.partner_id.map(id_text),
            campaign_id: input.campaign_id.map(id_text),
            original_external_id: input.original_external_id,
            metadata: input.metadata.map(|json| json.0),
            idempotency_key: input.idempotency_key,
        }
    }
}

/// What recording an event did.
pub struct RecordEventPayload {
    event: Option<Event>,
    commissions: Vec<Commission>,
    reversed: Vec<Commission>,
    adjustment_count: u32,
    duplicate: bool,
    user_errors: Vec<UserError>,
}

/// What recording an event did.
#[Object]
impl RecordEventPayload {
    /// The event; null if there is something to mend.
    async fn event(&self, ctx: &Context<'_>) -> Nullable<Shown<Event>> {
        shown(ctx, Resource::Events, self.event.as_ref())
    }

    /// The event's own rows: what it earned, or what it clawed back.
    async fn commissions(&self, ctx: &Context<'_>) -> Result<Rows<Commission>, ApiError> {
        shown_rows(ctx, &self.commissions)
    }

    /// The rows that a refund or chargeback reversed, since they had not been paid.
    async fn reversed(&self, ctx: &Context<'_>) -> Result<Rows<Commission>, ApiError> {
        shown_rows(ctx, &self.reversed)
    }

    /// How many rows tiered commissions wrote about it and earlier events, because it made them reach their goals.
    async fn adjustment_count(&self) -> u32 {
        self.adjustment_count
    }

    /// Whether it had been recorded before; nothing was written now.
    async fn duplicate(&self) -> bool {
        self.duplicate
    }

    /// What to mend; empty: it is recorded.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl PlainObject for RecordEventPayload {
    fn write(&self, field: &str, below: &Below<'_>, json: &mut store::view::Json) {
        match field {
            "adjustmentCount" => json.number(self.adjustment_count),
            "duplicate" => json.truth(self.duplicate),
            "userErrors" => below.list(&self.user_errors, json),
            _ => json.null(),
        }
    }
}

impl ResultObject for RecordEventPayload {
    fn rows(field: &str) -> Option<RowsField<Self>> {
        Some(match field {
            "event" => RowsField::one(|payload: &Self| &payload.event),
            "commissions" => RowsField::list(|payload: &Self| &payload.commissions),
            "reversed" => RowsField::list(|payload: &Self| &payload.reversed),
            _ => return None,
        })
    }
}

impl From<Answer> for RecordEventPayload {
    fn from(answer: Answer) -> Self {
        match answer {
            Ok(recorded) => Self {
                event: Some(recorded.event.into()),
                commissions: recorded.commissions.into_iter().map(Commission::from).collect(),
                reversed: recorded.reversed.into_iter().map(Commission::from).collect(),
                adjustment_count: u32::try_from(recorded.adjustments).unwrap_or(u32::MAX),
                duplicate: recorded.duplicate,
                user_errors: Vec::new(),
            },
            Err(problems) => Self {
                event: None,
                commissions: Vec::new(),
                reversed: Vec::new(),
                adjustment_count: 0,
                duplicate: false,
                user_errors: problems.into_iter().map(UserError::from).collect(),
            },
        }
    }
}

/// Which commissions to approve.
#[derive(InputObject)]
pub struct ApproveCommissionsInput {
    /// 1 to 500 of them.
    pub ids: Vec<ID>,
    /// A reason to approve before maturity; needs the scope `admin` and is kept in the transition.
    pub override_holdback_reason: Option<String>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Which commissions to reverse, and why.
#[derive(InputObject)]
pub struct ReverseCommissionsInput {
    /// 1 to 500 of them.
    pub ids: Vec<ID>,
    /// Why, for the record.
    pub reason: String,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// A commission to enter by hand.
#[derive(InputObject)]
pub struct CreateManualCommissionInput {
    /// Who gets it, or pays it back.
    pub partner_id: ID,
    /// How much; negative takes back; not 0.
    pub amount: MoneyInput,
    /// Why, for the record; the partner sees it.
    pub reason: String,
    /// What only staff is to know; null: nothing.
    pub note: Option<String>,
    /// The campaign that it belongs to; null: that of the row that it mends, if it mends one.
    pub campaign_id: Option<ID>,
    /// The row of the same partner that it mends.
    pub adjusts_id: Option<ID>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// To whom a commission is owed.
#[derive(InputObject)]
pub struct AssignCommissionRecipientInput {
    /// The commission: one that waits for an individual.
    pub id: ID,
    /// The individual. It cannot be changed later.
    pub recipient: String,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// What became of one commission of a list.
pub struct CommissionResult {
    id: ID,
    commission: Option<Commission>,
    user_errors: Vec<UserError>,
}

/// What became of one commission of a list.
#[Object]
impl CommissionResult {
    /// The id that was given.
    async fn id(&self) -> &ID {
        &self.id
    }

    /// The commission as it is now; null if there is none.
    async fn commission(&self, ctx: &Context<'_>) -> Nullable<Shown<Commission>> {
        shown(ctx, Resource::Commissions, self.commission.as_ref())
    }

    /// What to mend; empty: it is done.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl PlainObject for CommissionResult {
    fn write(&self, field: &str, below: &Below<'_>, json: &mut store::view::Json) {
        match field {
            "id" => json.text(&self.id),
            "userErrors" => below.list(&self.user_errors, json),
            _ => json.null(),
        }
    }
}

impl ResultObject for CommissionResult {
    fn rows(field: &str) -> Option<RowsField<Self>> {
        (field == "commission").then(|| RowsField::one(|result: &Self| &result.commission))
    }
}

payload! {
    /// What writing or assigning a commission did.
    CommissionPayload {
        /// The commission as it is now; null if nothing was changed.
        commission: Commission, Commissions
    }
}

/// A result for each id.
async fn results_of(
    request: &RequestContext,
    ids: Vec<String>,
    answers: Result<Answers, ServiceError>,
) -> Result<Results<CommissionResult>, ApiError> {
    let answers: Vec<(String, Vec<Problem>)> = match answers {
        Ok(answers) => answers,
        Err(ServiceError::Rejected(_)) if ids.is_empty() || ids.len() > MAX_IDS => {
            return Err(ApiError::bad_user_input(format!(
                "ids must have 1 to {MAX_IDS} entries"
            )));
        }
        // What is wrong with the whole is wrong with each.
        Err(ServiceError::Rejected(problems)) => ids.into_iter().map(|id| (id, problems.clone())).collect(),
        Err(error) => return Err(failed(error)),
    };
    results(request, answers).await
}

/// These results, with the commissions as they are now.
pub async fn results(request: &RequestContext, answers: Answers) -> Result<Results<CommissionResult>, ApiError> {
    let uuids: Vec<_> = answers
        .iter()
        .filter_map(|(id, _)| id.parse::<crate::domain::id::CommissionId>().ok())
        .collect();
    let uuids: Vec<_> = uuids.iter().map(|id| id.uuid()).collect();
    let rows = store::commission::by_ids(request.store().reader(), &request.caller.scope(), &uuids).await?;
    let results = answers.into_iter().map(|(id, problems)| {
        let row = id
            .parse::<crate::domain::id::CommissionId>()
            .ok()
            .and_then(|id| rows.get(&id.uuid()));
        CommissionResult {
            commission: row.cloned().map(Commission::from),
            id: id.into(),
            user_errors: problems.into_iter().map(UserError::from).collect(),
        }
    });
    Ok(Results(results.collect()))
}

#[derive(Default)]
pub struct LedgerMutation;

#[Object]
impl LedgerMutation {
    /// Records an event once, with what it earns, in one transaction. Needs `events:write`.
    async fn record_event(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What happened.")] input: RecordEventInput,
    ) -> Nullable<RecordEventPayload> {
        let request = mutation(ctx).await;
        let answers = Box::pin(record(&request.app, &request.caller, vec![input.into()])).await;
        Some(match answers {
            Ok(mut answers) => Ok(answers.pop().expect("one event has one answer").into()),
            Err(ServiceError::Rejected(problems)) => Ok(Answer::Err(problems).into()),
            Err(error) => Err(failed(error)),
        })
    }

    /// Records up to 500 events in the order of the list; each stands alone. Needs `events:write`.
    async fn record_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What happened, in order.")] input: Vec<RecordEventInput>,
    ) -> Nullable<Results<RecordEventPayload>> {
        let request = mutation(ctx).await;
        let events = input.into_iter().map(NewEvent::from).collect();
        Some(match Box::pin(record(&request.app, &request.caller, events)).await {
            Ok(answers) => Ok(Results(answers.into_iter().map(RecordEventPayload::from).collect())),
            Err(error) => Err(failed(error)),
        })
    }

    /// Approves commissions that have matured, with their clawbacks. One bad id does not spoil the rest. Needs
    /// `commissions:write`.
    async fn approve_commissions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] input: ApproveCommissionsInput,
    ) -> Nullable<Results<CommissionResult>> {
        let request = mutation(ctx).await;
        let (ids, reason) = (id_texts(input.ids), input.override_holdback_reason);
        let answers = Box::pin(approve(&request.app, &request.caller, ids.clone(), reason)).await;
        Some(results_of(&request, ids, answers).await)
    }

    /// Reverses commissions that are not paid, with what adjusts them; what was paid of that is clawed back. One bad id
    /// does not spoil the rest. Needs `commissions:write`.
    async fn reverse_commissions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones, and why.")] input: ReverseCommissionsInput,
    ) -> Nullable<Results<CommissionResult>> {
        let request = mutation(ctx).await;
        let ids = id_texts(input.ids);
        let answers = Box::pin(reverse(&request.app, &request.caller, ids.clone(), &input.reason)).await;
        Some(results_of(&request, ids, answers).await)
    }

    /// Writes a commission of either sign by hand. It is approved by hand, too. Needs `commissions:write`.
    async fn create_manual_commission(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The commission.")] input: CreateManualCommissionInput,
    ) -> Nullable<CommissionPayload> {
        let request = mutation(ctx).await;
        let commission = NewManualCommission {
            partner_id: id_text(input.partner_id),
            amount: (input.amount.amount.0, input.amount.currency.0),
            reason: input.reason,
            note: input.note,
            campaign_id: input.campaign_id.map(id_text),
            adjusts_id: input.adjusts_id.map(id_text),
        };
        Some(CommissionPayload::of(&request, create(&request.app, &request.caller, commission)).await)
    }

    /// Names the individual to whom a commission is owed; once. Needs `commissions:write`.
    async fn assign_commission_recipient(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which commission, and to whom.")] input: AssignCommissionRecipientInput,
    ) -> Nullable<CommissionPayload> {
        let request = mutation(ctx).await;
        let assigned = assign_recipient(&request.app, &request.caller, &input.id, &input.recipient);
        Some(CommissionPayload::of(&request, assigned).await)
    }
}
