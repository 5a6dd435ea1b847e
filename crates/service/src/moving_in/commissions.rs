//! Commissions that were earned in another system: rows of kind OPENING, which are part of the ledger from now on.

use std::collections::{BTreeSet, HashMap};

use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::{MAX_RECORDS, Mode, MovingInResult, attempts, conflict};
use crate::ServiceError;
use crate::app::App;
use crate::clock::Clock;
use crate::erased_names::ErasedNames;
use crate::imported::Outcome;
use crate::ledger::content;
use crate::ledger::lock_partners;
use crate::ledger::posting::{Posting, moments};
use auth::{Caller, Resource, Writer};
use domain::commission::{Commission, CommissionKind, CommissionStatus, Entered, ExplainedCommission, SourceTimes};
use domain::event::Event;
use domain::explain::{Outcome as Verdict, Step};
use domain::id::{AttributionId, CampaignId, CommissionId, EventId, PartnerId};
use domain::items::Sight;
use domain::money::{Currency, Money};
use domain::personal::{Compared, Content};
use domain::problem::{Fault, Problem, ProblemCode, Problems};
use domain::terms::BasisKind;
use domain::{Timestamp, text, time};
use store::{StoreError, Transaction};

/// A commission of another system.
#[derive(Clone, Debug)]
pub struct NewOpening {
    pub external_id: String,
    pub partner_id: PartnerId,
    /// `None`: the campaign of its event, if it has one.
    pub campaign_id: Option<CampaignId>,
    /// The event that it belongs to: a charge or conversion, or a refund or chargeback of one.
    pub event_external_id: Option<String>,
    pub amount: (Decimal, Currency),
    pub status: CommissionStatus,
    /// Whether it is a percentage of its event's amount, so that a refund of a part takes a part of it. Otherwise it is
    /// fixed.
    pub is_percent: bool,
    /// From when on an ACCRUED commission is approved automatically; `None`: it is approved by hand.
    pub mature_at: Option<Timestamp>,
    pub source: SourceTimes,
}

/// A commission whose values are in range.
struct CheckedOpening {
    opening: NewOpening,
    amount: Money,
    content: Vec<u8>,
}

/// Imports commissions, at most [`MAX_RECORDS`]; the caller has looked up partners and campaigns. Six statements, and one
/// more if external ids look like ids of rows here.
pub async fn bring_in(
    app: &App,
    caller: &Caller,
    mode: Mode,
    openings: Vec<NewOpening>,
) -> Result<Vec<MovingInResult>, ServiceError> {
    debug_assert!(openings.len() <= MAX_RECORDS, "the caller cuts them");
    let writer = caller.write(Resource::Commissions)?;
    let latest = app.clock.now() + app.latest_occurrence;
    let checked = openings.into_iter().map(|opening| CheckedOpening::of(opening, latest));
    let mut checked: Vec<_> = checked.collect();
    let names = checked
        .iter()
        .flatten()
        .filter_map(|checked| checked.opening.event_external_id.as_ref());
    let keys = app.webhooks.keys.as_deref();
    let erased = ErasedNames::if_any(keys, app.store.reader(), &writer, names).await?;
    for checked in checked.iter_mut().flatten() {
        checked
            .opening
            .event_external_id
            .iter_mut()
            .for_each(|name| erased.rename(name));
    }
    attempts(app, &writer, mode, async |transaction| {
        attempt(transaction, &writer, &app.clock, &checked).await
    })
    .await
}

impl CheckedOpening {
    fn of(opening: NewOpening, latest: Timestamp) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::new();
        let external_id = problems.take("externalId", text::external_id(&opening.external_id));
        let event = problems.optional(
            "eventExternalId",
            opening.event_external_id.as_deref(),
            text::external_id,
        );
        problems.optional("matureAt", opening.mature_at, time::recorded);
        let source = &opening.source;
        for (field, at) in [
            ("accruedAt", source.accrued_at),
            ("approvedAt", source.approved_at),
            ("paidAt", source.paid_at),
        ] {
            problems.optional(field, at, |at| time::happened(at, latest));
        }
        let (amount, currency) = opening.amount;
        let nonzero = |money: Money| match money.minor() {
            0 => Err(Fault::invalid("must not be 0")),
            _ => Ok(money),
        };
        let amount = problems.take("amount", Money::exact(amount, currency).and_then(nonzero));
        if opening.mature_at.is_some() && opening.status != CommissionStatus::Accrued {
            problems.add("matureAt", ProblemCode::Invalid, "is only for ACCRUED rows");
        }
        if opening.is_percent && opening.event_external_id.is_none() {
            problems.add(
                "percent",
                ProblemCode::Invalid,
                "is only for the commission of an event",
            );
        }
        match (external_id, event, amount) {
            (Some(external_id), Some(event_external_id), Some(amount)) if problems.is_empty() => {
                let opening = NewOpening {
                    external_id,
                    event_external_id,
                    ..opening
                };
                Ok(Self {
                    content: hash(&opening, amount),
                    opening,
                    amount,
                })
            }
            _ => Err(problems.into_vec()),
        }
    }

    /// The row as it is written now; its explanation names days of the tenant's time zone.
    fn row(
        &self,
        (now, zone): (Timestamp, Tz),
        campaign_id: Option<CampaignId>,
        of: Option<EarningEvent>,
    ) -> ExplainedCommission {
        let status = self.opening.status;
        let at = |reached: CommissionStatus| (status == reached).then_some(now);
        let basis = match self.opening.is_percent {
            true => BasisKind::Percent,
            false => BasisKind::Fixed,
        };
        let (id, partner) = (CommissionId::new(now), self.opening.partner_id);
        let row = Commission {
            status,
            campaign_id,
            event_id: of.map(|of| of.event),
            attribution_id: of.and_then(|of| of.attribution),
            basis: Some(basis),
            sight: Sight::of_basis(Some(basis)),
            mature_at: self.opening.mature_at,
            approved_at: at(CommissionStatus::Approved),
            paid_at: at(CommissionStatus::Paid),
            reversed_at: at(CommissionStatus::Reversed),
            ..Commission::accrued(id, CommissionKind::Opening, partner, self.amount, now)
        };
        row.explained(vec![self.step(zone)])
    }

    fn step(&self, zone: Tz) -> Step {
        let SourceTimes {
            accrued_at,
            approved_at,
            paid_at,
        } = self.opening.source;
        let mut detail = format!("{}, brought in from another system", self.amount);
        for (what, at) in [("earned", accrued_at), ("approved", approved_at), ("paid", paid_at)] {
            if let Some(at) = at {
                let day = at.with_timezone(&zone).date_naive();
                detail.push_str(&format!(", {what} there on {day}"));
            }
        }
        Step {
            source: "import".to_owned(),
            outcome: Verdict::Applied,
            detail,
            threshold: None,
            amount: Some(self.amount.amount().normalize()),
        }
    }

    fn entered(&self) -> Entered {
        Entered {
            external_id: Some(self.opening.external_id.clone()),
            content: Some(Content::Given(self.content.clone())),
            source: self.opening.source,
            ..Entered::default()
        }
    }
}

/// The hash that identifies its content.
fn hash(opening: &NewOpening, amount: Money) -> Vec<u8> {
    let moment = |at: Option<Timestamp>| at.map(|at| at.timestamp_micros());
    content::hash(&json!({
        "partner": opening.partner_id.to_string(),
        "campaign": opening.campaign_id.map(|id| id.to_string()),
        "event": opening.event_external_id,
        "amount": amount.minor(),
        "currency": amount.currency().code(),
        "status": opening.status.as_str(),
        "percent": opening.is_percent.then_some(true),
        "matureAt": moment(opening.mature_at),
        "accruedAt": moment(opening.source.accrued_at),
        "approvedAt": moment(opening.source.approved_at),
        "paidAt": moment(opening.source.paid_at),
    }))
}

/// The records that commissions refer to.
struct ReferencedRecords {
    contents: HashMap<String, Content>,
    /// External ids that are ids of rows here, as in this tenant's own export.
    own: BTreeSet<String>,
    events: HashMap<String, Event>,
    /// The originals of those that are refunds or chargebacks.
    originals: HashMap<Uuid, Event>,
    /// The kinds of rows that each earning event has.
    kinds: HashMap<Uuid, BTreeSet<CommissionKind>>,
    campaigns: BTreeSet<Uuid>,
}

async fn attempt(
    transaction: &Transaction,
    writer: &Writer,
    clock: &Clock,
    openings: &[Result<CheckedOpening, Vec<Problem>>],
) -> Result<Vec<MovingInResult>, StoreError> {
    let fine = || openings.iter().filter_map(|checked| checked.as_ref().ok());
    let partners = fine().map(|checked| checked.opening.partner_id).collect();
    let locked = lock_partners(transaction, writer, &[], partners).await?;
    let mut there = look_up(transaction, writer, fine()).await?;
    let mut posting = Posting::new(writer.tenant(), writer.actor(), moments(&locked, clock));
    let mut new = Vec::new();
    let mut answers = Vec::with_capacity(openings.len());
    for checked in openings {
        let checked = match checked {
            Ok(checked) => checked,
            Err(problems) => {
                answers.push(Err(problems.clone()));
                continue;
            }
        };
        let name = &checked.opening.external_id;
        answers.push(match there.contents.get(name) {
            Some(content) => match content.compare(&checked.content) {
                Compared::Same => Ok(Outcome::Unchanged),
                Compared::Different => Err(conflict("externalId", "was imported before with different content")),
                Compared::Erased => {
                    let message = "was imported before, and its personal data has been erased";
                    Err(conflict("externalId", message))
                }
            },
            None if there.own.contains(name) => Err(conflict("externalId", "is the id of an existing commission")),
            None => match place(checked, locked.iter().map(|locked| locked.partner.id), &there) {
                Err(problems) => Err(problems),
                Ok((campaign, event)) => {
                    there
                        .contents
                        .insert(name.clone(), Content::Given(checked.content.clone()));
                    new.push((checked, campaign, event));
                    Ok(Outcome::Created)
                }
            },
        });
    }
    if !new.is_empty() {
        let zone = store::tenant::get(transaction, &writer.scope()).await?.time_zone;
        for (checked, campaign, event) in new {
            let now = posting.time_of(checked.opening.partner_id);
            posting.bring_in(checked.row((now, zone), campaign, event), checked.entered());
        }
    }
    posting.write_to(transaction).await?;
    Ok(answers)
}

async fn look_up(
    transaction: &Transaction,
    writer: &Writer,
    openings: impl Iterator<Item = &CheckedOpening> + Clone,
) -> Result<ReferencedRecords, StoreError> {
    let scope = writer.scope();
    let names: Vec<_> = openings
        .clone()
        .map(|checked| checked.opening.external_id.clone())
        .collect();
    let contents = store::commission::contents_by_external_id(transaction, &scope, &names).await?;
    let ids = names.iter().filter_map(|name| name.parse::<CommissionId>().ok());
    let ids: Vec<_> = ids.map(|id| id.uuid()).collect();
    let own = store::commission::by_ids(transaction, &scope, &ids).await?;
    let own = own.into_values().map(|row| row.id.to_string()).collect();
    let events = openings
        .clone()
        .filter_map(|checked| checked.opening.event_external_id.clone());
    let events = Vec::from_iter(events.collect::<BTreeSet<_>>());
    let events = store::event::by_external_ids(transaction, &scope, &events).await?;
    let earning: BTreeSet<_> = events.values().map(|event| earning(event).uuid()).collect();
    let originals = events.values().filter_map(|event| Some(event.original_id?.uuid()));
    let originals = store::event::by_ids(transaction, &scope, &store::distinct(originals)).await?;
    let kinds = store::commission::kinds_of_events(transaction, &scope, &Vec::from_iter(earning)).await?;
    let campaigns = openings.filter_map(|checked| checked.opening.campaign_id);
    let campaigns = Vec::from_iter(campaigns.map(|id| id.uuid()).collect::<BTreeSet<_>>());
    let campaigns = store::campaign::by_ids(transaction, &scope, &campaigns).await?;
    Ok(ReferencedRecords {
        contents,
        own,
        events,
        originals,
        kinds,
        campaigns: campaigns.into_keys().collect(),
    })
}

/// The charge or conversion: a commission of a refund or chargeback is attached to the original, so that a later refund
/// finds both.
fn earning(event: &Event) -> EventId {
    event.original_id.unwrap_or(event.id)
}

/// The event that a new row is attached to, and the attribution that it is made for.
#[derive(Clone, Copy)]
struct EarningEvent {
    event: EventId,
    attribution: Option<AttributionId>,
}

impl EarningEvent {
    fn of(event: &Event, there: &ReferencedRecords) -> Self {
        let original = event.original_id.and_then(|id| there.originals.get(&id.uuid()));
        let earning = original.unwrap_or(event);
        Self {
            event: earning.id,
            attribution: earning.attribution.map(|credited| credited.id),
        }
    }
}

/// The campaign and the event of a new row.
fn place(
    checked: &CheckedOpening,
    mut partners: impl Iterator<Item = PartnerId>,
    there: &ReferencedRecords,
) -> Result<(Option<CampaignId>, Option<EarningEvent>), Vec<Problem>> {
    let opening = &checked.opening;
    let mut problems = Problems::new();
    problems.found("partnerId", partners.find(|partner| *partner == opening.partner_id));
    if let Some(campaign) = opening.campaign_id {
        problems.found("campaignId", there.campaigns.get(&campaign.uuid()));
    }
    let event = match &opening.event_external_id {
        None => None,
        Some(name) => problems.found("eventExternalId", there.events.get(name)),
    };
    let Some(event) = event else {
        return match problems.is_empty() {
            true => Ok((opening.campaign_id, None)),
            false => Err(problems.into_vec()),
        };
    };
    let (partner, campaign) = event.attribution.map_or((None, None), |attribution| {
        (Some(attribution.partner_id), attribution.campaign_id)
    });
    if partner != Some(opening.partner_id) {
        problems.add(
            "eventExternalId",
            ProblemCode::Invalid,
            "names an event of another partner",
        );
    } else if opening.campaign_id.is_some() && opening.campaign_id != campaign {
        problems.add(
            "eventExternalId",
            ProblemCode::Invalid,
            "names an event of another campaign",
        );
    }
    let kinds = there.kinds.get(&earning(event).uuid());
    if kinds.is_some_and(|kinds| kinds.contains(&CommissionKind::Event)) {
        problems.add(
            "eventExternalId",
            ProblemCode::Invalid,
            "names an event that has earned commissions already",
        );
    }
    match problems.is_empty() {
        true => Ok((campaign, Some(EarningEvent::of(event, there)))),
        false => Err(problems.into_vec()),
    }
}
