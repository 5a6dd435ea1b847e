//! What customers took back, and what was sold in the last hours.

use super::sales::SaleRow;
use domain::event::EventKind::{Charge, Chargeback, Refund};
use domain::items::ItemDraft;

pub fn all() -> impl Iterator<Item = SaleRow> {
    let returns = [
        // A partial refund of what was paid out long ago: a clawback that is paid with the next payout.
        refund(200, "delta-moebel-1", "150.00"),
        // Before the holdback has passed: a full refund reverses the row, a partial one adds a clawback that waits with
        // it.
        whole(236, "ilex-apotheken-5"),
        refund(231, "velo-kontor-3", "120.00"),
        // A refund of today, for a row that was paid: its clawback waits for the next payout.
        refund(239, "stadtwerk-nord-4", "250.00"),
        // A tier had raised this purchase: the adjustment is taken back with it.
        whole(238, "team-2"),
        SaleRow {
            original: Some("tromso-outdoor-6".to_owned()),
            ..SaleRow::new(190, "chargeback-tromso-outdoor-6", Chargeback)
        },
        whole(224, "rail-3"),
        // One of two T-shirts, and one of two starter kits: what was earned for the other items stays.
        of_item(184, "goods-3", 0),
        of_item(210, "goods-4", 0),
    ];
    let newest = [
        SaleRow::new(239, "praxis-amsel-extra", Charge)
            .by(0, "processing")
            .of("praxis-amsel")
            .worth("84.00", "EUR"),
        SaleRow::new(239, "crew-4", Charge)
            .typed("purchase")
            .by(3, "team")
            .of("crew-4")
            .worth("149.00", "EUR"),
        SaleRow::new(239, "till-7", Charge)
            .typed("payment")
            .by(4, "reader")
            .of("till-3")
            .worth("2150.00", "EUR"),
    ];
    returns.into_iter().chain(newest)
}

fn refund(day: i64, original: &str, amount: &str) -> SaleRow {
    whole(day, original).worth(amount, "EUR")
}

/// One unit of an item.
fn of_item(day: i64, original: &str, index: i32) -> SaleRow {
    SaleRow {
        items: vec![ItemDraft {
            index: Some(index),
            quantity: Some(1),
            ..ItemDraft::default()
        }],
        ..whole(day, original)
    }
}

fn whole(day: i64, original: &str) -> SaleRow {
    SaleRow {
        original: Some(original.to_owned()),
        ..SaleRow::new(day, format!("refund-{original}"), Refund)
    }
}
