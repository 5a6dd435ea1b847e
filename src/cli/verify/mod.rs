//! `tributary verify`.

mod notes;

use std::path::Path;

use super::error::CliError;
use super::{open, output};
use crate::config::Config;
use notes::VerifyNotes;
use service::ledger::verify::{VerifiedState, verify_since};

pub async fn run(config: &Config, tenant: Option<&str>, since: Option<&Path>) -> Result<(), CliError> {
    let mut notes = since.map(VerifyNotes::open).transpose()?;
    let app = open::checking_app(config, open::no_keys(config)?).await?;
    let mut count = 0;
    if notes.as_ref().is_none_or(|notes| !notes.file_is_sound()) {
        // Checked first: data read from damaged pages may be anything.
        let faults = store::integrity::faults(&app.store).await?;
        for fault in &faults {
            output::line(format_args!("the database file: {fault}"))?;
        }
        count += faults.len();
        if let (Some(notes), true) = (&mut notes, faults.is_empty()) {
            notes.note_sound_file()?;
        }
    }
    let missing = store::verify::missing_guards(app.store.reader()).await?;
    for guard in &missing {
        output::line(format_args!(
            "the database lacks {guard}: it no longer refuses wrong changes; move its rows to a new database"
        ))?;
    }
    count += missing.len();
    let tenants = match tenant {
        Some(name) => vec![open::tenant(&app, name).await?],
        None => store::tenant::list(app.store.reader()).await?,
    };
    for tenant in &tenants {
        let known = notes
            .as_mut()
            .map_or_else(VerifiedState::default, |notes| notes.known(tenant.id));
        let bar = output::bar(0, "partners");
        let findings = verify_since(&app, tenant, &known, |progress, holds| {
            bar.set_length(progress.all as u64);
            bar.set_position(progress.done as u64);
            match &mut notes {
                Some(notes) => Ok(notes.note(tenant.id, holds)?),
                None => Ok::<_, CliError>(()),
            }
        });
        let findings = findings.await?;
        bar.finish_and_clear();
        for finding in &findings {
            output::line(format_args!(
                "{}: {}: {}",
                tenant.slug,
                finding.ids.join(" "),
                finding.what
            ))?;
        }
        count += findings.len();
    }
    if let Some(notes) = notes {
        notes.close()?;
    }
    output::line(format_args!("verified tenants: {}, findings: {count}", tenants.len()))?;
    if count == 0 {
        return Ok(());
    }
    Err("the ledger has findings".into())
}
