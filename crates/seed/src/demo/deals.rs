//! The demo's deals, and their way through the pipeline.

use chrono::Duration;

use super::step::TimelineStep;
use super::{DemoContext, IdsByName, currency, on};
use crate::draft::decimal;
use service::ServiceError;
use service::deal::{Done, NewDeal, create, move_to, renew};
use service::once::answered;

struct DealRow {
    name: &'static str,
    partner: usize,
    value: &'static str,
    lead_creator: &'static str,
    owner: &'static str,
    /// Options of the fields plan and region.
    options: (&'static str, &'static str),
    /// The stage reached on each day; the first entry is where the deal began. "" is a renewal.
    path: &'static [(i64, &'static str)],
}

const ROWS: [DealRow; 10] = [
    DealRow {
        name: "Ferber Logistik, fleet",
        partner: 0,
        value: "18000",
        lead_creator: "Jonas Petersen",
        owner: "Mila Brandt",
        options: ("business", "dach"),
        path: &[
            (40, "registered"),
            (48, "qualified"),
            (60, "offer"),
            (75, "won"),
            (135, ""),
            (195, ""),
        ],
    },
    DealRow {
        name: "Kranich Optik, all branches",
        partner: 0,
        value: "54000",
        lead_creator: "Jonas Petersen",
        owner: "Mila Brandt",
        options: ("enterprise", "dach"),
        path: &[(190, "registered"), (198, "qualified"), (232, "offer")],
    },
    DealRow {
        name: "Hafenverein Nord",
        partner: 0,
        value: "6000",
        lead_creator: "",
        owner: "",
        options: ("starter", "dach"),
        path: &[(205, "registered"), (220, "qualified"), (228, "lost")],
    },
    DealRow {
        name: "Delta Möbel, web shop",
        partner: 0,
        value: "9600",
        lead_creator: "Jonas Petersen",
        owner: "",
        options: ("business", "dach"),
        path: &[(234, "registered")],
    },
    DealRow {
        name: "Lindgren schools",
        partner: 2,
        value: "12500",
        lead_creator: "",
        owner: "",
        options: ("business", "nordics"),
        path: &[(120, "qualified"), (153, "won")],
    },
    DealRow {
        name: "Kassenhaus Weber, tills",
        partner: 7,
        value: "21000",
        lead_creator: "",
        owner: "",
        options: ("business", "dach"),
        path: &[(77, "registered"), (99, "won")],
    },
    DealRow {
        name: "Weinhandel Probst",
        partner: 7,
        value: "4200",
        lead_creator: "",
        owner: "",
        options: ("starter", "dach"),
        path: &[(184, "offer"), (209, "won")],
    },
    DealRow {
        name: "Mercado stalls",
        partner: 4,
        value: "33000",
        lead_creator: "",
        owner: "Inês Duarte",
        options: ("enterprise", "iberia"),
        path: &[(88, "qualified"), (113, "won"), (173, ""), (230, "")],
    },
    DealRow {
        name: "Buchhaltung Ost",
        partner: 6,
        value: "3600",
        lead_creator: "",
        owner: "",
        options: ("starter", "dach"),
        path: &[(55, "registered"), (70, "won"), (160, "")],
    },
    DealRow {
        name: "Mittelstand Süd",
        partner: 9,
        value: "27000",
        lead_creator: "",
        owner: "",
        options: ("business", "dach"),
        path: &[(215, "registered"), (227, "qualified")],
    },
];

pub fn steps() -> impl Iterator<Item = (Duration, TimelineStep)> {
    ROWS.iter().enumerate().flat_map(|(place, row)| {
        row.path.iter().enumerate().map(move |(turn, (day, _))| {
            let step = match turn {
                0 => TimelineStep::Deal(place),
                _ => TimelineStep::Move(place, turn),
            };
            (on(*day, place), step)
        })
    })
}

fn external_id(place: usize) -> String {
    format!("demo-deal-{:02}", place + 1)
}

pub async fn make(
    demo: &DemoContext<'_>,
    age: Duration,
    place: usize,
    ids: &mut IdsByName,
) -> Result<(), ServiceError> {
    let row = &ROWS[place];
    let external_id = external_id(place);
    let (app, caller) = demo.step(age, &external_id);
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let (plan, region) = row.options;
    let deal = NewDeal {
        external_id: Some(external_id),
        name: row.name.to_owned(),
        value: (decimal(row.value), currency("EUR")),
        partner_id: ids.of("partner", row.partner),
        stage_id: row.path.first().map(|(_, first)| ids.of("stage", first)),
        lead_creator: given(row.lead_creator),
        owner: given(row.owner),
        fields: vec![
            (ids.of("field", "plan"), ids.of("option", plan)),
            (ids.of("field", "region"), ids.of("option", region)),
        ],
    };
    let done = answered(&app, &caller, create(&app, &caller, deal)).await?;
    ids.put("deal", place, done.deal.id);
    keep(&done, place, ids);
    Ok(())
}

/// Moves a deal to its next stage, or renews it.
pub async fn go_on(
    demo: &DemoContext<'_>,
    age: Duration,
    place: usize,
    turn: usize,
    ids: &mut IdsByName,
) -> Result<(), ServiceError> {
    let (app, caller) = demo.step(age, &format!("{}-{turn}", external_id(place)));
    let deal = ids.of("deal", place);
    let done = match ROWS[place].path[turn].1 {
        "" => answered(&app, &caller, renew(&app, &caller, &deal)).await?,
        next => {
            let next = ids.of("stage", next);
            answered(&app, &caller, move_to(&app, &caller, &deal, &next)).await?
        }
    };
    keep(&done, place, ids);
    Ok(())
}

/// Records the ids of the rows that the step wrote, for later reviews.
fn keep(done: &Done, place: usize, ids: &mut IdsByName) {
    for row in &done.commissions {
        let name = format!("{place} {}", row.payment_target.as_str());
        ids.put("payment", name, row.id);
    }
}
