//! Events that are moved while a backtest reads: each is read once, as it was credited when the range ended.

use serde_json::json;
use tributary::auth::Scope;
use tributary::domain::backtest::{Backtest, HistoryEvent, Passage};
use tributary::domain::id::parse_any;
use tributary::store::backtest::{by_ids, event_ranges, moves, recorded};
use uuid::Uuid;

use super::{Lab, terms};
use crate::ledger::{Shop, charge, merged};
use crate::support::both_databases;

fn uuid(id: &str) -> Uuid {
    parse_any(id).expect("an id").1
}

/// What a backtest reads of two partners, in two parts between which something may happen.
struct Reading<'a> {
    lab: &'a Lab<'a>,
    scope: Scope,
    backtest: Backtest,
    partners: [Uuid; 2],
    read: Vec<HistoryEvent>,
}

impl Reading<'_> {
    async fn read_moves(&mut self) {
        let reader = self.lab.app.store().reader();
        let moved = moves(reader, &self.scope, &self.backtest, &self.partners)
            .await
            .expect("it answers");
        let passages = moved.into_values().flat_map(|moved| moved.passages);
        self.read.extend(passages.filter_map(|passage| match passage {
            Passage::Came(event) => Some(event),
            Passage::Left(..) => None,
        }));
    }

    async fn read_events(&mut self) {
        let reader = self.lab.app.store().reader();
        let ranges = event_ranges(reader, &self.scope, &self.partners, 2)
            .await
            .expect("it answers");
        for range in ranges {
            let events = recorded(reader, &self.scope, &self.backtest, &range)
                .await
                .expect("it answers");
            self.read.extend(events);
        }
    }

    /// Each event with its partner, its rows, and whether it has a decision.
    fn told(&self) -> Vec<String> {
        let mut told: Vec<_> = self
            .read
            .iter()
            .map(|read| {
                let partner = read.event.attribution.map(|credited| credited.partner_id.uuid());
                let place = self.partners.iter().position(|id| Some(*id) == partner);
                let rows: Vec<_> = read
                    .rows
                    .iter()
                    .map(|row| {
                        format!(
                            "{}{}",
                            row.amount,
                            if row.reversed.is_some() { " reversed" } else { "" }
                        )
                    })
                    .collect();
                let decided = read
                    .decision
                    .as_ref()
                    .map(|decision| decision.reason.map(|reason| reason.as_str()));
                format!("{} {place:?} {rows:?} {decided:?}", read.event.external_id)
            })
            .collect();
        told.sort();
        told
    }
}

#[apply(both_databases)]
async fn an_event_that_is_moved_meanwhile_is_read_once_as_it_was(app: TestApp) {
    for (tenant, moves_first, moves_between) in [
        ("still", true, false),
        ("away", true, true),
        ("back", false, true),
        ("before", false, false),
    ] {
        let lab = Lab(Shop::of(&app, tenant).await);
        let (ann, bob) = (lab.partner("ann").await, lab.partner("bob").await);
        let campaign = lab.percent("20").await;
        let from = lab.now();
        for name in ["one", "two", "three"] {
            let sale = charge(name, &ann, &campaign, "100");
            lab.record(merged(sale, json!({ "customerExternalId": "cust" }))).await;
        }
        lab.days_later(1);
        let same = terms(&campaign, json!([{ "basis": "PERCENT", "value": "20" }]));
        let id = lab.enter(&from, same).await;
        let scope = Scope::tenant_wide(lab.tenant.id);
        let found = by_ids(app.store().reader(), &scope, &[uuid(&id)])
            .await
            .expect("it answers");
        let mut reading = Reading {
            lab: &lab,
            scope,
            backtest: found.into_values().next().expect("it was entered"),
            partners: [uuid(&ann), uuid(&bob)],
            read: Vec::new(),
        };
        lab.days_later(1);
        if tenant == "before" {
            lab.move_to(Some((&bob, &campaign)), json!({})).await;
        }
        match moves_first {
            true => reading.read_moves().await,
            false => reading.read_events().await,
        }
        if moves_between {
            lab.move_to(Some((&bob, &campaign)), json!({})).await;
        }
        match moves_first {
            true => reading.read_events().await,
            false => reading.read_moves().await,
        }
        let expected = ["one", "three", "two"].map(|name| format!("{name} Some(0) [\"20.00 EUR\"] Some(None)"));
        assert_eq!(reading.told(), expected, "{tenant}");
    }
}
