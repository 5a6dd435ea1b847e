use super::*;
use crate::commission::{CommissionKind, CommissionStatus, PaymentTarget, PayoutStatus};
use crate::coupon::CouponStatus;
use crate::id::{Id, Kind};
use crate::money::Currency;
use crate::partnership_request::PartnershipRequestStatus;

fn id<K: Kind>(number: u128) -> Id<K> {
    Id::from_uuid(Uuid::from_u128(number))
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

const CREATED: &str = "2026-03-01T12:00:00Z";
const CHANGED: &str = "2026-03-02T12:00:00.5Z";

fn external_ids() -> ExternalIds {
    ExternalIds {
        partners: [(Uuid::from_u128(1), Some("P-1".to_owned())), (Uuid::from_u128(9), None)].into(),
        campaigns: [(Uuid::from_u128(2), Some("C-2".to_owned()))].into(),
        events: [(Uuid::from_u128(3), "E-3".to_owned())].into(),
        coupons: [(Uuid::from_u128(12), CouponId::from_uuid(Uuid::from_u128(13)))].into(),
        links: HashMap::new(),
    }
}

fn euros(minor: i64) -> Money {
    Money::from_minor(minor, Currency::parse("EUR").unwrap()).unwrap()
}

/// A row that was paid since.
fn row() -> Commission {
    Commission {
        id: id(4),
        kind: CommissionKind::Event,
        status: CommissionStatus::Paid,
        amount: euros(1_250),
        payment_target: PaymentTarget::Partnership,
        recipient: Some("Ann".to_owned()),
        partner_id: id(1),
        campaign_id: Some(id(2)),
        event_id: Some(id(3)),
        attribution_id: Some(id(12)),
        snapshot_id: None,
        adjusts_id: None,
        basis: None,
        sight: Default::default(),
        holdback_days: Some(1),
        accrued_at: at(CREATED),
        mature_at: Some(at(CHANGED)),
        approved_at: Some(at(CHANGED)),
        paid_at: Some(at(CHANGED)),
        reversed_at: None,
        payout_id: Some(id(5)),
        returned_payout_id: None,
    }
}

#[test]
fn a_body_says_what_when_and_in_which_order() {
    let outbox_event = OutboxEvent {
        event_type: WebhookEventType::PartnerSuspended,
        object: Uuid::nil(),
        at: at("2026-03-01T12:00:00.5Z"),
        detail: Some(json!({ "status": "SUSPENDED" })),
    };
    let body = body(&outbox_event, 7, partner(id(1), outbox_event.at, &external_ids()));
    let expected = json!({
        "type": "partner.suspended",
        "apiVersion": API_VERSION,
        "timestamp": "2026-03-01T12:00:00.500Z",
        "data": {
            "sequence": 7, "status": "SUSPENDED", "partnerId": id::<crate::id::Partner>(1), "partnerExternalId": "P-1",
            "changedAt": "2026-03-01T12:00:00.500Z",
        },
    });
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), expected);
}

#[test]
fn a_commission_is_shown_as_of_the_event_and_its_payout_only_when_paid() {
    let row = row();
    let shown = |event_type, payout: Option<_>| {
        let data = commission(&row, event_type, at(CHANGED), &external_ids());
        let status = event_type.as_str().trim_start_matches("COMMISSION_");
        let expected = json!({
            "commissionId": row.id, "kind": "EVENT", "status": status,
            "amount": { "amount": "12.50", "currency": "EUR" },
            "partnerId": row.partner_id, "partnerExternalId": "P-1",
            "campaignId": row.campaign_id, "campaignExternalId": "C-2",
            "eventId": row.event_id, "eventExternalId": "E-3", "couponId": id::<crate::id::Coupon>(13), "linkId": null,
            "adjustsCommissionId": null, "payoutId": payout, "returnedPayoutId": null,
            "accruedAt": CREATED, "matureAt": "2026-03-02T12:00:00.500Z", "changedAt": "2026-03-02T12:00:00.500Z",
        });
        assert_eq!(data, expected);
    };
    shown(WebhookEventType::CommissionAccrued, None);
    shown(WebhookEventType::CommissionApproved, None);
    shown(WebhookEventType::CommissionPaid, row.payout_id);
    shown(WebhookEventType::CommissionReversed, None);
}

#[test]
fn the_code_of_a_coupon_is_no_part_of_its_body() {
    let coupon = Coupon {
        id: id(13),
        partner_id: id(1),
        campaign_id: id(2),
        code: "SPRING".to_owned(),
        status: CouponStatus::Active,
        starts_at: None,
        ends_at: None,
        customer_benefit: Some("20 % off".to_owned()),
        created_at: at(CREATED),
        updated_at: at(CREATED),
    };
    let expected = json!({
        "couponId": coupon.id, "partnerId": coupon.partner_id, "partnerExternalId": "P-1",
        "campaignId": coupon.campaign_id, "campaignExternalId": "C-2", "createdAt": CREATED, "changedAt": CREATED,
    });
    assert_eq!(super::coupon(&coupon, at(CREATED), &external_ids()), expected);
}

#[test]
fn what_has_no_external_id_has_null() {
    let ids = external_ids();
    assert_eq!((ids.partner(Some(id(9))), ids.partner(None)), (None, None));
    assert_eq!((ids.campaign(Some(id(9))), ids.campaign(None)), (None, None));
    assert_eq!((ids.event(Some(id(9))), ids.event(None)), (None, None));
}

#[test]
fn a_payout_is_pending_when_created_whatever_became_of_it() {
    let row = Payout {
        id: id(5),
        run_id: id(6),
        partner_id: id(1),
        recipient: None,
        amount: euros(-100),
        status: PayoutStatus::Paid,
        created_at: at(CREATED),
        settled_at: Some(at(CHANGED)),
        reference: Some("secret".to_owned()),
        payout_reference: "ann@example.com".to_owned(),
        created_by: "ann".to_owned(),
        settled_by: None,
        sequence: 1,
        settled_sequence: None,
        bank_reference: "K7MPQ2RS9T".to_owned(),
        returned_at: None,
        returned_by: None,
        return_reason: None,
        returned_sequence: None,
    };
    let returned = Payout {
        status: PayoutStatus::Returned,
        returned_at: Some(at(CHANGED)),
        ..row.clone()
    };
    for (event_type, status) in [
        (WebhookEventType::PayoutCreated, "PENDING"),
        (WebhookEventType::PayoutSettled, "PAID"),
        (WebhookEventType::PayoutReturned, "RETURNED"),
    ] {
        let expected = json!({
            "payoutId": row.id, "payoutRunId": row.run_id, "status": status,
            "amount": { "amount": "-1.00", "currency": "EUR" }, "bankReference": "K7MPQ2RS9T",
            "partnerId": row.partner_id, "partnerExternalId": "P-1",
            "createdAt": CREATED, "changedAt": "2026-03-02T12:00:00.500Z",
        });
        for row in [&row, &returned] {
            if row.status == PayoutStatus::Returned || event_type != WebhookEventType::PayoutReturned {
                assert_eq!(payout(row, event_type, at(CHANGED), &external_ids()), expected);
            }
        }
    }
}

#[test]
fn a_request_names_its_partner_once_it_is_decided() {
    let row = PartnershipRequest {
        id: id(7),
        name: "Ann".to_owned(),
        email: "ann@example.com".to_owned(),
        campaign_id: id(2),
        status: PartnershipRequestStatus::Approved,
        message: None,
        partner_id: Some(id(1)),
        reason: None,
        created_at: at(CREATED),
        decided_at: Some(at(CHANGED)),
    };
    for (event_type, status, partner) in [
        (WebhookEventType::PartnershipRequestCreated, "PENDING", None),
        (WebhookEventType::PartnershipRequestDecided, "APPROVED", Some("P-1")),
    ] {
        let expected = json!({
            "partnershipRequestId": row.id, "status": status,
            "campaignId": row.campaign_id, "campaignExternalId": "C-2",
            "partnerId": row.partner_id.filter(|_| partner.is_some()), "partnerExternalId": partner,
            "createdAt": CREATED, "changedAt": "2026-03-02T12:00:00.500Z",
        });
        assert_eq!(request(&row, event_type, at(CHANGED), &external_ids()), expected);
    }
}

#[test]
fn others_have_their_time_and_tests_say_that_they_are_tests() {
    assert_eq!(other(at(CREATED)), json!({ "changedAt": CREATED }));
    let expected = json!({
        "type": "tier.achieved", "apiVersion": API_VERSION, "timestamp": CREATED,
        "data": { "sequence": 0, "test": true, "changedAt": CREATED },
    });
    let body = test(WebhookEventType::TierAchieved, at(CREATED));
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), expected);
}
