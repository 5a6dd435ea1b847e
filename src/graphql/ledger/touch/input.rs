//! Touches as they are sent, with an event or by themselves, and who visitors are.

use async_graphql::{ID, InputObject};

use crate::graphql::scalar::DateTime;
use service::ledger::touches::TouchDraft;
use service::touch::{Identification, NewTouch, SaidOwner};

/// A moment at which somebody met a partner's link, coupon or recommendation. It names one of `linkKey`, `couponCode`, and
/// `partnerId` with `campaignId`.
#[derive(Clone, InputObject)]
pub struct TouchInput {
    /// The key of the link that was followed.
    pub link_key: Option<String>,
    /// The code of the coupon that was met.
    pub coupon_code: Option<String>,
    /// The partner who recommended something, without link or coupon; with `campaignId`.
    pub partner_id: Option<ID>,
    /// The campaign of the recommendation.
    pub campaign_id: Option<ID>,
    /// When it happened, at most 5 minutes after the event; by default at the time of the event.
    pub occurred_at: Option<DateTime>,
}

impl From<TouchInput> for TouchDraft {
    fn from(input: TouchInput) -> Self {
        Self {
            link_key: input.link_key,
            coupon_code: input.coupon_code,
            partner_id: input.partner_id.map(Into::into),
            campaign_id: input.campaign_id.map(Into::into),
            occurred_at: input.occurred_at.map(Into::into),
        }
    }
}

/// A touch to record by itself. It names one of `linkKey`, `couponCode`, and `partnerId` with `campaignId`, and a visitor, a
/// customer, or both.
#[derive(Clone, InputObject)]
pub struct RecordTouchInput {
    /// The id that identifies it. A repeated call with the same content returns the touch that was recorded first; other
    /// content is a CONFLICT.
    pub external_id: String,
    /// Who it was, as the pages of the brand call the visitor: 8 to 128 characters of printable ASCII without spaces.
    pub visitor_id: Option<String>,
    /// Who it was, if the customer is known: by an event, or by `identifyCustomer`. It ties no visitor to the customer.
    pub customer_external_id: Option<String>,
    /// The key of the link that was followed.
    pub link_key: Option<String>,
    /// The code of the coupon that was met.
    pub coupon_code: Option<String>,
    /// The partner who recommended something, without link or coupon; with `campaignId`.
    pub partner_id: Option<ID>,
    /// The campaign of the recommendation.
    pub campaign_id: Option<ID>,
    /// When it happened; by default now. A time that is given may be up to 5 minutes later than the event that the touch
    /// is to count for.
    pub occurred_at: Option<DateTime>,
}

/// Who a visitor is.
#[derive(Clone, InputObject)]
pub struct IdentifyCustomerInput {
    /// The visitor, as the pages of the brand call it: 8 to 128 characters of printable ASCII without spaces.
    pub visitor_id: String,
    /// The external id of the customer; if there is none with it, one is created.
    pub customer_external_id: String,
    /// When a customer who is created was acquired; by default now. Of a known customer it is ignored.
    pub acquired_at: Option<DateTime>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

impl From<RecordTouchInput> for NewTouch {
    fn from(input: RecordTouchInput) -> Self {
        Self {
            external_id: input.external_id,
            visitor_id: input.visitor_id,
            customer_external_id: input.customer_external_id,
            touch: TouchDraft {
                link_key: input.link_key,
                coupon_code: input.coupon_code,
                partner_id: input.partner_id.map(Into::into),
                campaign_id: input.campaign_id.map(Into::into),
                occurred_at: input.occurred_at.map(Into::into),
            },
            owner: SaidOwner::default(),
        }
    }
}

impl From<IdentifyCustomerInput> for Identification {
    fn from(input: IdentifyCustomerInput) -> Self {
        Self {
            visitor_id: input.visitor_id,
            customer_external_id: input.customer_external_id,
            acquired_at: input.acquired_at.map(Into::into),
        }
    }
}
