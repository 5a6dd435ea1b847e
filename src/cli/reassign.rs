//! `tributary reassign`.

use super::error::CliError;
use super::{open, output};
use crate::config::Config;
use auth::{Caller, Scope};
use domain::Timestamp;
use domain::reassignment::{MAX_EVENTS, ReassignmentOutcome};
use service::app::App;
use service::ledger::reassign::{Moved, NewReassignment, preview_customer, reassign_customer};
use store::Connection;

/// Correct which partner a customer belongs to: bind it to another partner, or to none, and move its recorded events.
#[derive(clap::Args)]
pub struct Reassign {
    /// The tenant's slug or id
    #[arg(long)]
    tenant: String,
    /// The customer's id or external id
    #[arg(long)]
    customer: String,
    /// The partner's id or external id; without it, the customer belongs to nobody and its events earn nothing
    #[arg(long)]
    partner: Option<String>,
    /// The campaign's id or external id
    #[arg(long, requires = "partner")]
    campaign: Option<String>,
    /// Move the recorded events that occurred from this moment on, such as 2026-01-01T00:00:00Z; without it, none
    #[arg(long)]
    from: Option<Timestamp>,
    /// Claw back what was paid; without it, paid rows stay, and their events earn nothing new
    #[arg(long)]
    claw_back_paid: bool,
    /// The reason, for the record
    #[arg(long)]
    reason: String,
    /// Only report what would happen to the first 2,000 events
    #[arg(long)]
    dry_run: bool,
}

/// Reassigns a customer, page by page until no event is left.
pub async fn run(config: &Config, wanted: Reassign) -> Result<(), CliError> {
    let (app, tenant) = open::tenant_app(config, &wanted.tenant).await?;
    let caller = Caller::operator(tenant.id, "reassign").doing("reassign");
    let input = input(&app, &caller.scope(), &wanted).await?;
    let mut outcomes = OutcomeCounts::default();
    if wanted.dry_run {
        let moved = preview_customer(&app, &caller, input).await.map_err(open::readable)?;
        outcomes.add(&moved);
        output::line(format_args!("would move {outcomes}"))?;
        if moved.reassignment.remaining > 0 {
            output::line(format_args!("and look at {} more events", moved.reassignment.remaining))?;
        }
        return Ok(());
    }
    let bar = output::bar(0, "events");
    loop {
        let moved = reassign_customer(&app, &caller, input.clone())
            .await
            .map_err(open::readable)?;
        outcomes.add(&moved);
        bar.set_length(outcomes.events + moved.reassignment.remaining);
        bar.set_position(outcomes.events);
        if moved.reassignment.remaining == 0 {
            break;
        }
    }
    bar.finish_and_clear();
    output::line(format_args!("moved {outcomes}"))
}

async fn input(app: &App, scope: &Scope, wanted: &Reassign) -> Result<NewReassignment, CliError> {
    let reader = app.store.reader();
    let customer = match wanted.customer.starts_with("cus_") {
        true => wanted.customer.clone(),
        false => {
            let found = store::customer::find_by_external_id(reader, scope, &wanted.customer).await?;
            let found = found.ok_or_else(|| format!("there is no customer {:?}", wanted.customer))?;
            found.id.to_string()
        }
    };
    Ok(NewReassignment {
        customer_id: customer,
        partner_id: match &wanted.partner {
            Some(text) if !text.starts_with("par_") => Some(partner(reader, scope, text).await?),
            given => given.clone(),
        },
        campaign_id: match &wanted.campaign {
            Some(text) if !text.starts_with("cmp_") => Some(campaign(reader, scope, text).await?),
            given => given.clone(),
        },
        from: wanted.from,
        claw_back_paid: wanted.claw_back_paid,
        reason: wanted.reason.clone(),
    })
}

async fn partner(reader: &Connection, scope: &Scope, external_id: &str) -> Result<String, CliError> {
    let found = store::partner::find_by_external_id(reader, scope, external_id).await?;
    let found = found.ok_or_else(|| format!("there is no partner {external_id:?}"))?;
    Ok(found.id.to_string())
}

async fn campaign(reader: &Connection, scope: &Scope, external_id: &str) -> Result<String, CliError> {
    let found = store::campaign::find_by_external_id(reader, scope, external_id).await?;
    let found = found.ok_or_else(|| format!("there is no campaign {external_id:?}"))?;
    Ok(found.id.to_string())
}

/// How many rows had which outcome.
#[derive(Default)]
struct OutcomeCounts {
    events: u64,
    counts: [u64; 5],
}

impl OutcomeCounts {
    const ALL: [(ReassignmentOutcome, &str); 5] = [
        (ReassignmentOutcome::Reversed, "rows reversed"),
        (ReassignmentOutcome::ClawedBack, "clawed back"),
        (ReassignmentOutcome::KeptPaid, "kept as paid"),
        (ReassignmentOutcome::Earned, "earned anew"),
        (ReassignmentOutcome::Nothing, "events without rows"),
    ];

    fn add(&mut self, moved: &Moved) {
        self.events += moved.events;
        for row in &moved.rows {
            if let Some(index) = Self::ALL.iter().position(|(outcome, _)| *outcome == row.outcome) {
                self.counts[index] += 1;
            }
        }
    }
}

impl std::fmt::Display for OutcomeCounts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} events:", self.events)?;
        for (count, (_, name)) in self.counts.iter().zip(Self::ALL) {
            write!(
                formatter,
                " {count} {name}{}",
                if name == "events without rows" { "" } else { "," }
            )?;
        }
        Ok(())
    }
}

const _: () = assert!(MAX_EVENTS == 2_000, "the help above says so");
