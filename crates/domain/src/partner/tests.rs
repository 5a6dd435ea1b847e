use super::PartnerStatus::{Active, Invited, Revoked, Suspended};
use super::PartnerTransitionKind::{Activate, Reinstate, Revoke, Suspend};
use super::*;

fn minute(minutes: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + chrono::TimeDelta::minutes(minutes)
}

/// Invited at minute 0.
fn invited() -> Partner {
    Partner {
        id: PartnerId::from_parts(minute(0), 0, 1),
        name: "Ann".to_owned(),
        email: "ann@example.com".to_owned(),
        external_id: None,
        partner_type: PartnerType::Affiliate,
        status: Invited,
        tags: Vec::new(),
        metadata: None,
        group_id: None,
        tier_id: None,
        payout_currency: None,
        payout_reference: None,
        created_at: minute(0),
        updated_at: minute(0),
        activated_at: None,
        revoked_at: None,
        tokens_valid_from: minute(0),
    }
}

#[test]
fn a_partnership_moves_along_the_state_machine_only() {
    for (transition, from_invited, from_active, from_suspended, from_revoked) in [
        (Activate, Some(Active), None, Some(Active), None),
        (Suspend, Some(Suspended), Some(Suspended), None, None),
        (Revoke, Some(Revoked), Some(Revoked), Some(Revoked), None),
        (Reinstate, None, None, None, Some(Active)),
    ] {
        for (status, expected) in [
            (Invited, from_invited),
            (Active, from_active),
            (Suspended, from_suspended),
            (Revoked, from_revoked),
        ] {
            assert_eq!(status.after(transition), expected, "{transition:?} when {status:?}");
            let partner = Partner { status, ..invited() };
            let after = partner.after(transition, minute(1));
            assert_eq!(
                after.map(|after| after.status),
                expected,
                "{transition:?} when {status:?}"
            );
        }
    }
    let may_sign_in = [Invited, Active, Suspended, Revoked].map(PartnerStatus::may_sign_in);
    assert_eq!(may_sign_in, [true, true, false, false]);
}

/// Each row is a move of the partner as the row before left it, at a minute by the clock.
#[test]
fn a_move_keeps_when_it_was_and_which_tokens_it_left_dead() {
    let mut partner = invited();
    // Tokens of the last microsecond before a move are invalid, too: tokens are valid from some microseconds after a
    // minute.
    for (transition, at, activated, revoked, (tokens_from, microseconds)) in [
        // Tokens of an invited partner stay valid.
        (Activate, 1, Some(1), None, (0, 0)),
        (Suspend, 2, Some(1), None, (2, 1)),
        // It was active before: the time of its first activation stays.
        (Activate, 4, Some(1), None, (4, 1)),
        (Revoke, 6, Some(1), Some(6), (6, 1)),
        (Reinstate, 8, Some(1), None, (8, 1)),
        // A clock that steps back makes no token valid again.
        (Suspend, 7, Some(1), None, (8, 2)),
    ] {
        let before = partner.clone();
        partner = partner.after(transition, minute(at)).expect("there is such a move");
        let expected = Partner {
            status: before.status.after(transition).expect("there is such a move"),
            activated_at: activated.map(minute),
            revoked_at: revoked.map(minute),
            tokens_valid_from: minute(tokens_from) + chrono::TimeDelta::microseconds(microseconds),
            updated_at: minute(at),
            ..before
        };
        assert_eq!(partner, expected, "{transition:?} at {at}");
    }
}

#[test]
fn a_partner_is_paid_by_its_reference_or_else_by_its_address() {
    let mut partner = invited();
    assert_eq!(partner.paid_as(), "ann@example.com");
    partner.payout_reference = Some("P-77".to_owned());
    assert_eq!(partner.paid_as(), "P-77");
}
