//! Which row of the ledger a row of the proposal stands for.

use super::*;
use crate::backtest::compare::ChangedRow;

/// The campaign has paid these percentages since the beginning.
fn paying_each(percentages: &[u32]) -> Versions {
    let mut campaign = campaign(percent(0)).as_ref().clone();
    campaign.terms = percentages.iter().copied().map(percent).collect();
    Versions {
        campaigns: HashMap::from([(id(1), vec![since(1, 0, Arc::new(campaign))])]),
        ..Versions::default()
    }
}

/// The charge of step 1, which earned 10.00 and 5.00 by two components.
fn earned_twice(decision: Option<HistoryDecision>) -> HistoryEvent {
    let mut recorded = earned(1, by_campaign());
    recorded.rows.push(HistoryRow {
        id: id(102),
        amount: euros(500),
        ..recorded.rows[0].clone()
    });
    HistoryEvent { decision, ..recorded }
}

fn component(term: usize, reason: Option<NoCommissionReason>) -> Component {
    Component {
        term,
        reason,
        amount: reason.is_none().then(|| euros(1_000)),
        detail: String::new(),
    }
}

fn changed(replayed: &Replayed) -> &[ChangedRow] {
    &replayed.changed.first().expect("it differs").rows
}

#[test]
fn without_a_decision_rows_stand_for_components_in_their_order() {
    // The second row was reversed by hand; so is that of the second component.
    let mut recorded = earned_twice(None);
    recorded.rows[1].reversed = Some(place(2));
    let replayed = replay(&paying_each(&[20, 5]), 0, vec![recorded]);
    let rows: Vec<_> = changed(&replayed).iter().map(|row| (row.term, row.amount)).collect();
    assert_eq!(rows, [(Some(0), euros(2_000)), (Some(1), euros(0))]);
    assert_eq!(changed(&replayed)[1].steps, Err(id(102)));
    assert!(replayed.is_incomplete);
}

#[test]
fn rows_stand_for_the_components_that_paid() {
    let components = vec![
        component(0, Some(NoCommissionReason::ZeroRate)),
        component(1, None),
        component(2, None),
    ];
    let decision = HistoryDecision {
        components,
        ..decided(by_campaign())
    };
    // The first component pays in the proposal only, and the second one twice as much. The third is as it was.
    let replayed = replay(&paying_each(&[1, 20, 5]), 0, vec![earned_twice(Some(decision))]);
    let rows = changed(&replayed);
    let amounts: Vec<_> = rows.iter().map(|row| (row.term, row.amount)).collect();
    assert_eq!(
        amounts,
        [(Some(0), euros(100)), (Some(1), euros(2_000)), (Some(2), euros(500))]
    );
    assert!(rows[0].steps.is_ok() && rows[1].steps.is_ok());
    assert_eq!(rows[2].steps, Err(id(102)));
}

#[test]
fn a_version_of_the_campaign_that_is_not_stored_leaves_the_history_incomplete() {
    let of_version = |version| MadeWith {
        campaign_version: Some(version),
        ..by_campaign()
    };
    let versions = paying(percent(10));
    assert!(!replay(&versions, 0, vec![earned(1, of_version(1))]).is_incomplete);
    let later = Versions {
        campaigns: HashMap::from([(id(1), vec![since(2, 0, campaign(percent(10)))])]),
        ..Versions::default()
    };
    assert!(replay(&later, 0, vec![earned(1, of_version(1))]).is_incomplete);
}
