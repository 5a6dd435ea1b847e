//! Coupons: codes that partners hand out. A sale that names the code of a valid one is credited to its partner, whoever
//! else was involved (attribution by coupon).

use super::id::{CampaignId, CouponId, PartnerId};
use super::partner::PartnerStatus;
use super::{Timestamp, text_enum};
use crate::audit::audited;

text_enum! {
    /// Whether a coupon credits sales.
    CouponStatus { Active = "ACTIVE", Disabled = "DISABLED" }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coupon {
    pub id: CouponId,
    pub partner_id: PartnerId,
    pub campaign_id: CampaignId,
    /// As it is printed. Codes that are equal after [`text::coupon_key`](crate::text::coupon_key) are the same code.
    pub code: String,
    pub status: CouponStatus,
    /// It is valid for sales within [starts_at, ends_at); `None` leaves that end open.
    pub starts_at: Option<Timestamp>,
    pub ends_at: Option<Timestamp>,
    /// What customers get for it, as a text to show, such as "20 % off": the shop grants it.
    pub customer_benefit: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

audited!(Coupon as "Coupon": {
    id: _, partner_id, campaign_id, code, status, starts_at, ends_at, customer_benefit, created_at: _, updated_at: _
} => [
    "partnerId": partner_id,
    "campaignId": campaign_id,
    "code": code,
    "status": status.as_str(),
    "startsAt": starts_at,
    "endsAt": ends_at,
    "customerBenefit": customer_benefit,
]);

/// Why a code credits a sale to nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CouponRefusal {
    Unknown,
    /// The event names another campaign.
    OtherCampaign,
    Disabled,
    NotStarted,
    Ended,
    PartnerRevoked,
}

impl CouponRefusal {
    /// What staff reads of it; `code` as it was sent.
    pub fn detail(self, code: &str) -> String {
        let why = match self {
            Self::Unknown => "is unknown",
            Self::OtherCampaign => "is of another campaign than the event",
            Self::Disabled => "is disabled",
            Self::NotStarted => "was not valid yet when the event happened",
            Self::Ended => "was no longer valid when the event happened",
            Self::PartnerRevoked => "is of a partner that was revoked",
        };
        format!("the coupon {code:?} {why}")
    }
}

impl Coupon {
    /// Whether a sale at `at` is credited to its partner, which has this status now. `campaign`: the one that the sale
    /// names.
    pub fn check(
        &self,
        at: Timestamp,
        partner: PartnerStatus,
        campaign: Option<CampaignId>,
    ) -> Result<(), CouponRefusal> {
        if campaign.is_some_and(|campaign| campaign != self.campaign_id) {
            Err(CouponRefusal::OtherCampaign)
        } else if self.status == CouponStatus::Disabled {
            Err(CouponRefusal::Disabled)
        } else if self.starts_at.is_some_and(|start| at < start) {
            Err(CouponRefusal::NotStarted)
        } else if self.ends_at.is_some_and(|end| at >= end) {
            Err(CouponRefusal::Ended)
        } else if partner == PartnerStatus::Revoked {
            Err(CouponRefusal::PartnerRevoked)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_coupon_credits_sales_of_its_time_and_campaign_unless_it_or_its_partner_is_out() {
        let start = Timestamp::UNIX_EPOCH + TimeDelta::days(20_000);
        let end = start + TimeDelta::days(1);
        let instant = TimeDelta::microseconds(1);
        let (own, other) = (CampaignId::new(start), CampaignId::new(end));
        let coupon = Coupon {
            id: CouponId::new(start),
            partner_id: PartnerId::new(start),
            campaign_id: own,
            code: "SPRING".to_owned(),
            status: CouponStatus::Active,
            starts_at: Some(start),
            ends_at: Some(end),
            customer_benefit: None,
            created_at: start,
            updated_at: start,
        };
        let check = |at| coupon.check(at, PartnerStatus::Active, None);
        assert_eq!(check(start - instant), Err(CouponRefusal::NotStarted));
        assert_eq!(check(start), Ok(()));
        assert_eq!(check(end - instant), Ok(()));
        assert_eq!(check(end), Err(CouponRefusal::Ended));
        assert_eq!(coupon.check(start, PartnerStatus::Suspended, Some(own)), Ok(()));
        let revoked = coupon.check(start, PartnerStatus::Revoked, Some(own));
        assert_eq!(revoked, Err(CouponRefusal::PartnerRevoked));
        let foreign = coupon.check(start, PartnerStatus::Active, Some(other));
        assert_eq!(foreign, Err(CouponRefusal::OtherCampaign));
        let disabled = Coupon {
            status: CouponStatus::Disabled,
            starts_at: None,
            ends_at: None,
            ..coupon.clone()
        };
        assert_eq!(
            disabled.check(end, PartnerStatus::Active, None),
            Err(CouponRefusal::Disabled)
        );
    }
}
