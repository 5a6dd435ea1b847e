//! The input and the payload of recording an event.

use async_graphql::{Context, ID, InputObject, Object};

use super::item::EventItemInput;
use super::object::{Event, EventKind};
use crate::graphql::error::{ApiError, Nullable};
use crate::graphql::input::{MoneyInput, each};
use crate::graphql::ledger::commission::Commission;
use crate::graphql::ledger::touch::TouchInput;
use crate::graphql::rows::{PlainObject, Projected, ResultObject, Rows, RowsField, SubSelection, unwritten};
use crate::graphql::scalar::{DateTime, Json};
use crate::graphql::user_error::{UserError, projected, projected_rows};
use auth::Resource;
use service::ledger::event::NewEvent;
use service::ledger::record::RecordResult;

/// An event to record.
#[derive(Clone, InputObject)]
pub struct RecordEventInput {
    /// The id that identifies it. A repeated call with the same content returns the event that was recorded first;
    /// other content is a CONFLICT.
    pub external_id: String,
    /// The kind of event.
    pub kind: EventKind,
    /// A more specific type, such as "invoice_paid".
    #[graphql(name = "type")]
    pub event_type: Option<String>,
    /// Whether tiered commissions count it as a conversion; if false, as an event.
    #[graphql(default = true)]
    pub base: bool,
    /// The amount: for a charge, required and at least 0; for a refund, what is taken back, above 0; if absent, all
    /// that is left, or the sum of its items.
    pub amount: Option<MoneyInput>,
    /// What the advertiser pays for it; at least 0.
    pub revenue: Option<MoneyInput>,
    /// What was in it, at most 100 items, whose amounts sum to at most the event's; what is left is the rest (shipping,
    /// tax). Of a refund or chargeback: what it takes back of the original's items; by default it is spread over what is
    /// left of every item and of the rest. If the event's amount exceeds the sum of these, the rest is taken back, too.
    pub items: Option<Vec<EventItemInput>>,
    /// The country in which it happened, as an ISO 3166-1 alpha-2 code such as DE.
    pub country: Option<String>,
    /// When it happened; by default now.
    pub occurred_at: Option<DateTime>,
    /// The external id of its customer. The customer's first attributed event binds it to the partner and campaign.
    pub customer_external_id: Option<String>,
    /// When the customer was acquired; used only with the customer's first event.
    pub customer_acquired_at: Option<DateTime>,
    /// The partner to credit; by default that of the coupon, the one to which the customer is bound, or the one whose
    /// links, coupons and recommendations led to it.
    pub partner_id: Option<ID>,
    /// The campaign; by default, if the partner is the one to which the customer is bound, the campaign to which it is
    /// bound.
    pub campaign_id: Option<ID>,
    /// The code of a coupon: if it is valid when the event happened and no partner is named, the event is credited to the
    /// coupon's partner and campaign, also if the customer is bound to another partner.
    pub coupon_code: Option<String>,
    /// Who bought, as the pages of the brand call the visitor: 8 to 128 characters of printable ASCII without spaces. With
    /// `customerExternalId`, the visitor is tied to the customer for good, unless it is tied to another one.
    pub visitor_id: Option<String>,
    /// What led to it, for brands with a tracker of their own; at most 100. They count for this event only; recordTouches
    /// records touches that count for later events, too.
    pub touches: Option<Vec<TouchInput>>,
    /// For REFUND and CHARGEBACK: the external id of the event that is taken back.
    pub original_external_id: Option<String>,
    /// Arbitrary JSON data that other systems keep with it; at most 16 KB.
    pub metadata: Option<Json>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

impl From<RecordEventInput> for NewEvent {
    fn from(input: RecordEventInput) -> Self {
        Self {
            external_id: input.external_id,
            kind: input.kind.into(),
            event_type: input.event_type,
            base: input.base,
            amount: input.amount.map(Into::into),
            revenue: input.revenue.map(Into::into),
            items: each(input.items.unwrap_or_default()),
            country: input.country,
            occurred_at: input.occurred_at.map(Into::into),
            customer_external_id: input.customer_external_id,
            customer_acquired_at: input.customer_acquired_at.map(Into::into),
            partner_id: input.partner_id.map(Into::into),
            campaign_id: input.campaign_id.map(Into::into),
            coupon_code: input.coupon_code,
            visitor_id: input.visitor_id,
            touches: each(input.touches.unwrap_or_default()),
            original_external_id: input.original_external_id,
            metadata: input.metadata.map(Into::into),
            idempotency_key: input.idempotency_key,
        }
    }
}

/// The result of recording an event.
pub struct RecordEventPayload {
    event: Option<Event>,
    commissions: Vec<Commission>,
    reversed: Vec<Commission>,
    adjustment_count: u32,
    duplicate: bool,
    user_errors: Vec<UserError>,
}

/// The result of recording an event.
#[Object]
impl RecordEventPayload {
    /// The event; null if there are user errors.
    async fn event(&self, ctx: &Context<'_>) -> Nullable<Projected<Event>> {
        projected(ctx, Resource::Events, self.event.as_ref())
    }

    /// The event's own rows: what it earned, or what it clawed back.
    async fn commissions(&self, ctx: &Context<'_>) -> Result<Rows<Commission>, ApiError> {
        projected_rows(ctx, &self.commissions)
    }

    /// The unpaid rows that a refund or chargeback reversed.
    async fn reversed(&self, ctx: &Context<'_>) -> Result<Rows<Commission>, ApiError> {
        projected_rows(ctx, &self.reversed)
    }

    /// The number of rows that tiered commissions wrote for it and earlier events, because it reached their goals.
    async fn adjustment_count(&self) -> u32 {
        self.adjustment_count
    }

    /// Whether it had already been recorded; then nothing was written.
    async fn duplicate(&self) -> bool {
        self.duplicate
    }

    /// Problems with the input; empty if the event is recorded.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl PlainObject for RecordEventPayload {
    fn write(&self, field: &str, below: &SubSelection<'_>, json: &mut store::view::JsonText) {
        match field {
            "adjustmentCount" => json.number(self.adjustment_count),
            "duplicate" => json.truth(self.duplicate),
            "userErrors" => below.list(&self.user_errors, json),
            _ => unwritten(self, field, json),
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

impl From<RecordResult> for RecordEventPayload {
    fn from(answer: RecordResult) -> Self {
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
