//! `tributary erase`.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::error::{CliError, bad_usage};
use super::{open, output};
use crate::config::Config;
use auth::Caller;
use domain::Timestamp;
use domain::erasure::SubjectKind;
use service::app::App;
use service::erased_again::{ExportedErasure, Replayed, replay};
use service::erasure::{NamedSubject, request, work};

/// Erase the personal data of a person everywhere, or erase again after a restore what was erased since the backup. It
/// cannot be undone.
#[derive(clap::Args)]
pub struct Erase {
    /// The tenant's slug or id
    #[arg(long, required_unless_present = "vacuum")]
    tenant: Option<String>,
    /// The partner's id
    #[arg(long, group = "subject")]
    partner: Option<String>,
    /// An individual at the partner, exactly as commissions and deals name it
    #[arg(long, requires = "partner")]
    recipient: Option<String>,
    /// The customer's id
    #[arg(long, group = "subject")]
    customer: Option<String>,
    /// The id of a request for a partnership
    #[arg(long, group = "subject")]
    request: Option<String>,
    /// Who works for the tenant, as histories name them
    #[arg(long, group = "subject")]
    staff: Option<String>,
    /// The reason, for the record; it must not repeat what is erased
    #[arg(long)]
    reason: Option<String>,
    /// Go ahead although a payout is open or something is owed
    #[arg(long)]
    force: bool,
    /// Erase again whatever this file says was erased: JSON Lines of `tributary export erasures`
    #[arg(long, value_name = "FILE", group = "subject")]
    replay: Option<PathBuf>,
    /// Afterwards, or without anything to erase, have the database remove what it still keeps of overwritten rows and of
    /// statistics about them
    #[arg(long)]
    vacuum: bool,
}

pub async fn run(config: &Config, wanted: Erase) -> Result<(), CliError> {
    let app = match &wanted.tenant {
        Some(tenant) => {
            let (app, tenant) = open::tenant_app(config, tenant).await?;
            let caller = Caller::operator(tenant.id, "erase").doing("erase");
            erase(&app, &caller, &wanted).await?;
            app
        }
        None => open::app(config, open::no_keys(config)?).await?,
    };
    if wanted.vacuum {
        app.store.vacuum().await?;
        output::line("vacuumed the tables that hold personal data")?;
    }
    Ok(())
}

async fn erase(app: &App, caller: &Caller, wanted: &Erase) -> Result<(), CliError> {
    if let Some(file) = &wanted.replay {
        return replay_file(app, caller, file).await;
    }
    let named = match (&wanted.partner, &wanted.recipient) {
        (Some(partner), Some(name)) => Some(NamedSubject::Recipient {
            partner: partner.clone(),
            name: name.clone(),
        }),
        (Some(partner), None) => Some(NamedSubject::Partner(partner.clone())),
        (None, _) => {
            let customer = wanted.customer.clone().map(NamedSubject::Customer);
            let request = || wanted.request.clone().map(NamedSubject::Request);
            customer
                .or_else(request)
                .or_else(|| wanted.staff.clone().map(NamedSubject::StaffActor))
        }
    };
    let Some(named) = named else {
        return match wanted.vacuum {
            true => Ok(()),
            false => Err(bad_usage(
                "say whom to erase: --partner, --partner with --recipient, --customer, --request or --staff; or --replay FILE",
            )),
        };
    };
    let begun = request(app, caller, named, wanted.reason.as_deref(), wanted.force).await;
    let erasure = begun.map_err(open::readable)?;
    let changed = finish(app).await?;
    output::line(format_args!("erasure {}: changed {changed} rows", erasure.number))
}

/// Does what there is to be done, as the gateway's job does; returns how many rows were changed.
async fn finish(app: &App) -> Result<u64, CliError> {
    let mut changed = 0;
    while let Some(batch) = work(app).await? {
        changed += batch.changed;
    }
    Ok(changed)
}

/// A line of an exported list of erasures; other columns are ignored.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ErasureLine {
    number: u32,
    subject_type: String,
    subject_id: Option<String>,
    subject_pseudonym: Option<String>,
    requested_at: Timestamp,
}

async fn replay_file(app: &App, caller: &Caller, file: &Path) -> Result<(), CliError> {
    // All of it is read before anything is done, so that a file with an error changes nothing.
    let erasures = read(file)?;
    let (mut begun, mut known, mut absent, mut nameless) = (0, 0, 0, Vec::new());
    for exported in &erasures {
        match replay(app, caller, exported).await.map_err(open::readable)? {
            Replayed::Begun(_) => begun += 1,
            Replayed::Known => known += 1,
            Replayed::Absent => absent += 1,
            Replayed::Nameless => nameless.push(exported.number.to_string()),
        }
    }
    let changed = finish(app).await?;
    output::line(format_args!(
        "erased {begun} again, which changed {changed} rows; {known} are known to the database, of {absent} it holds nothing"
    ))?;
    match nameless.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "cannot tell whom these erasures were about, since they were not finished when they were exported or the key \
             is missing: {}",
            nameless.join(", ")
        )
        .into()),
    }
}

fn read(file: &Path) -> Result<Vec<ExportedErasure>, CliError> {
    let name = file.display();
    let open = std::fs::File::open(file).map_err(|error| format!("{name}: {error}"))?;
    let mut erasures = Vec::new();
    for (number, line) in std::io::BufReader::new(open).lines().enumerate() {
        let line = line.map_err(|error| format!("{name}: {error}"))?;
        if line.trim().is_empty() {
            continue;
        }
        let place = format!("{name}, line {}", number + 1);
        let line: ErasureLine = serde_json::from_str(&line).map_err(|error| {
            format!("{place}: {error}; expected are lines of `tributary export erasures --format jsonl`")
        })?;
        let subject = SubjectKind::parse(&line.subject_type)
            .ok_or_else(|| format!("{place}: there is no subjectType {:?}", line.subject_type))?;
        erasures.push(ExportedErasure {
            number: line.number,
            subject,
            subject_id: line.subject_id,
            pseudonym: line.subject_pseudonym,
            requested_at: line.requested_at,
        });
    }
    // In the order in which they were asked for.
    erasures.sort_by_key(|erasure| (erasure.requested_at, erasure.number));
    Ok(erasures)
}
