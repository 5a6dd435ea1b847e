//! Touches: moments at which somebody met a partner's link, coupon or recommendation.

use super::id::{CampaignId, CouponId, CustomerId, LinkId, PartnerId, TouchId, VisitorId};
use super::problem::Fault;
use super::{Timestamp, text_enum};
use crate::event::AttributedVia;

text_enum! {
    /// What somebody met.
    TouchKind {
        /// A link, which was followed.
        Click = "CLICK",
        /// A coupon, which was shown or entered.
        Coupon = "COUPON",
        /// A partner who recommended something, without link or coupon.
        Referral = "REFERRAL",
    }
}

impl TouchKind {
    /// How it is known who brought an event that such a touch decided.
    pub fn via(self) -> AttributedVia {
        match self {
            Self::Click => AttributedVia::Link,
            Self::Coupon => AttributedVia::Coupon,
            Self::Referral => AttributedVia::Referral,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touch {
    pub id: TouchId,
    pub kind: TouchKind,
    pub partner_id: PartnerId,
    pub campaign_id: CampaignId,
    /// Of a click.
    pub link_id: Option<LinkId>,
    /// Of a coupon.
    pub coupon_id: Option<CouponId>,
    /// Whether the link was disabled when it happened. Such a touch credits nothing.
    pub link_disabled: bool,
    /// Who it was, as the brand's pages call it. `None`: nobody has named the click yet, it was recorded for a customer,
    /// or its personal data was erased.
    pub visitor_id: Option<String>,
    /// The customer that it was recorded for; that of its visitor is known by the visitor.
    pub customer_id: Option<CustomerId>,
    /// The id that the caller's tracker gave it; unique in the tenant.
    pub external_id: Option<String>,
    /// By which the page that a click leads to names it, once.
    pub click_id: Option<String>,
    /// Whether the caller said when it happened, and not our clock.
    pub time_stated: bool,
    pub occurred_at: Timestamp,
    pub recorded_at: Timestamp,
}

/// That a visitor is a customer, for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    pub id: VisitorId,
    /// `None`: it was erased.
    pub visitor_id: Option<String>,
    pub customer_id: CustomerId,
    pub tied_at: Timestamp,
}

/// How a page calls a visitor: 8 to 128 characters, opaque. They are printable ASCII without spaces, since they are
/// sent in cookies.
pub fn visitor_id(text: &str) -> Result<String, Fault> {
    match (8..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => Ok(text.to_owned()),
        false => Err(Fault::invalid(
            "must be 8 to 128 characters, which are printable ASCII without spaces",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visitor_id_has_8_to_128_characters() {
        for right in ["12345678", "a-b_c.d~", &"x".repeat(128)] {
            assert_eq!(visitor_id(right), Ok(right.to_owned()));
        }
        for wrong in ["", "1234567", "1234 678", "1234567é", "1234567\n", &"x".repeat(129)] {
            assert!(visitor_id(wrong).is_err(), "{wrong:?}");
        }
    }
}
