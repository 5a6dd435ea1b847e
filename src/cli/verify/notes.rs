//! The file of `--since`: what was found to hold, and at which mark. Lines are appended as pages are done, so that a
//! killed run loses at most the pages that it was working on; at the end of a run the file is rewritten with each entry
//! once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::cli::error::CliError;
use domain::Timestamp;
use domain::id::TenantId;
use service::ledger::verify::{Holds, VerifiedState};

/// The first line of the file. Another version may have checked less than this one does.
const HEAD: &str = concat!("tributary ", env!("CARGO_PKG_VERSION"), " verify");

/// The entries of an earlier run, to which this run adds its own.
pub struct VerifyNotes {
    path: PathBuf,
    file: File,
    is_sound: bool,
    known: BTreeMap<TenantId, VerifiedState>,
    /// The tenant that the last lines of the file are about.
    of: Option<TenantId>,
}

impl VerifyNotes {
    /// Reads the file; if it is missing, or another version wrote it, nothing is known and the file is started anew.
    /// Fails if it is a file of another kind.
    pub fn open(path: &Path) -> Result<Self, CliError> {
        let fault = |why: &dyn std::fmt::Display| -> CliError { format!("{}: {why}", path.display()).into() };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(fault(&error)),
        };
        if !text.is_empty() && !text.starts_with("tributary ") {
            return Err(fault(&"was not written by an earlier verify --since"));
        }
        let file = OpenOptions::new().create(true).append(true).open(path);
        let mut notes = Self {
            path: path.to_owned(),
            file: file.map_err(|error| fault(&error))?,
            is_sound: false,
            known: BTreeMap::new(),
            of: None,
        };
        // A last line without a line end was cut off when a run was killed.
        let mut lines = text.rfind('\n').map_or("", |end| &text[..end]).lines();
        if lines.next() == Some(HEAD) {
            for line in lines {
                let read = notes.read(line);
                read.ok_or_else(|| fault(&format!("{line:?} is not a line that verify --since writes")))?;
            }
        }
        notes.write_anew()?;
        Ok(notes)
    }

    fn read(&mut self, line: &str) -> Option<()> {
        let mut words = line.split(' ');
        let (what, value) = (words.next()?, words.next()?);
        match what {
            "file" => self.is_sound = value == "sound",
            "tenant" => self.of = Some(value.parse().ok()?),
            _ => {
                let holds = match what {
                    "nobody" => Holds::Nobody(value.to_owned()),
                    "whole" => Holds::Whole(value.parse().ok()?),
                    partner => Holds::Partner(partner.parse().ok()?, value.to_owned()),
                };
                self.known.entry(self.of?).or_default().add(holds);
            }
        }
        words.next().is_none().then_some(())
    }

    /// Whether the pages of the database's file were found to be sound.
    pub fn file_is_sound(&self) -> bool {
        self.is_sound
    }

    pub fn note_sound_file(&mut self) -> Result<(), CliError> {
        self.is_sound = true;
        Ok(self.file.write_all(b"file sound\n")?)
    }

    /// What is known to hold in a tenant.
    pub fn known(&self, tenant: TenantId) -> VerifiedState {
        self.known.get(&tenant).cloned().unwrap_or_default()
    }

    /// Adds what holds, in one write.
    pub fn note(&mut self, tenant: TenantId, holds: Vec<Holds>) -> Result<(), CliError> {
        let mut text = String::new();
        if self.of != Some(tenant) {
            writeln!(text, "tenant {tenant}")?;
        }
        self.of = Some(tenant);
        let known = self.known.entry(tenant).or_default();
        for holds in holds {
            line(&mut text, &holds)?;
            known.add(holds);
        }
        Ok(self.file.write_all(text.as_bytes())?)
    }

    /// Rewrites the file with each entry once.
    pub fn close(mut self) -> Result<(), CliError> {
        self.write_anew()
    }

    /// Replaces the file atomically.
    fn write_anew(&mut self) -> Result<(), CliError> {
        let mut text = format!("{HEAD}\n");
        if self.is_sound {
            text.push_str("file sound\n");
        }
        self.of = None;
        for (tenant, known) in &self.known {
            writeln!(text, "tenant {tenant}")?;
            self.of = Some(*tenant);
            let VerifiedState {
                partners,
                nobody,
                whole,
            } = known.clone();
            let rest = nobody.map(Holds::Nobody).into_iter().chain(whole.map(Holds::Whole));
            let mut partners: Vec<_> = partners.into_iter().collect();
            partners.sort_unstable();
            let partners = partners
                .into_iter()
                .map(|(partner, mark)| Holds::Partner(partner, mark));
            for holds in rest.chain(partners) {
                line(&mut text, &holds)?;
            }
        }
        let mut new = self.path.clone().into_os_string();
        new.push(".new");
        std::fs::write(&new, text)?;
        std::fs::rename(&new, &self.path)?;
        self.file = OpenOptions::new().append(true).open(&self.path)?;
        Ok(())
    }
}

fn line(text: &mut String, holds: &Holds) -> std::fmt::Result {
    match holds {
        Holds::Partner(partner, mark) => writeln!(text, "{partner} {mark}"),
        Holds::Nobody(mark) => writeln!(text, "nobody {mark}"),
        Holds::Whole(at) => writeln!(text, "whole {}", written(*at)),
    }
}

fn written(at: Timestamp) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}
