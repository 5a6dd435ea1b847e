use super::BacktestStatus;

#[test]
fn all_but_queued_and_running_are_final() {
    for status in BacktestStatus::ALL {
        let goes_on = matches!(status, BacktestStatus::Queued | BacktestStatus::Running);
        assert_eq!(status.is_final(), !goes_on, "{status:?}");
    }
}
