//! Where the build finds GraphiQL's files: a given folder, `assets/graphiql`, the download of an earlier build, or npm.
//! Separate from build.rs, so that tests can call it.

use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

#[path = "../src/http/graphiql/libraries.rs"]
#[allow(
    dead_code,
    clippy::duplicate_mod,
    reason = "the program uses the rest, and its tests have both"
)]
mod libraries;

use libraries::{LIBRARIES, LICENCE};

/// `off`, a folder, or unset: then npm is used.
pub const VARIABLE: &str = "TRIBUTARY_GRAPHIQL";

/// Timeout for everything that npm does. The page is not needed to build, so the build waits no longer for it.
pub const TIMEOUT: Duration = Duration::from_secs(120);

/// Stored beside the files to identify their versions.
const LOCK: &str = "package-lock.json";

pub struct Settings<'a> {
    /// The value of [`VARIABLE`].
    pub wanted: Option<OsString>,
    /// The folder that contains Cargo.toml.
    pub manifest: &'a Path,
    /// The only folder that is written to.
    pub out: &'a Path,
    pub npm: &'a OsStr,
    /// npm may use only its cache.
    pub offline: bool,
    pub timeout: Duration,
}

/// A file to embed.
pub struct Asset {
    name: &'static str,
    path: PathBuf,
}

pub enum Found {
    Files(Vec<Asset>),
    /// As requested.
    SwitchedOff,
    /// Why there are no files.
    Nothing(String),
}

pub fn find(settings: &Settings) -> Found {
    let found = match settings.wanted.as_deref().filter(|wanted| !wanted.is_empty()) {
        Some(wanted) if wanted == "off" => return Found::SwitchedOff,
        Some(folder) => complete(&settings.manifest.join(folder)),
        None => fetched(settings),
    };
    found.map_or_else(Found::Nothing, Found::Files)
}

/// The files that `scripts/graphiql-assets` or an earlier build fetched, if they have the pinned versions; otherwise
/// npm's.
fn fetched(settings: &Settings) -> Result<Vec<Asset>, String> {
    let pins = settings.manifest.join("tools/graphiql");
    let lock = fs::read(pins.join(LOCK)).map_err(|error| format!("tools/graphiql/{LOCK} cannot be read: {error}"))?;
    let kept = settings.out.join("graphiql");
    for folder in [&settings.manifest.join("assets/graphiql"), &kept] {
        if fs::read(folder.join(LOCK)).is_ok_and(|of| of == lock)
            && let Ok(files) = complete(folder)
        {
            return Ok(files);
        }
    }
    let work = settings.out.join("npm");
    let installed = install(settings, &pins, &work).and_then(|()| keep(&work, &kept, &lock));
    // It is large and no longer needed.
    let _ = fs::remove_dir_all(&work);
    installed?;
    complete(&kept)
}

/// All files of a folder; the error names the first that is missing.
fn complete(folder: &Path) -> Result<Vec<Asset>, String> {
    let libraries = LIBRARIES.iter().map(|library| (library.name, library.installed));
    let files = libraries.chain([LICENCE]).map(|(name, installed)| {
        let path = libraries::find(folder, name, installed);
        let path = path.ok_or_else(|| format!("{} has no {name}, and no {installed}", folder.display()))?;
        Ok(Asset { name, path })
    });
    files.collect()
}

/// Installs what the lockfile pins, by version and hash, into an empty folder. No package's own scripts run.
fn install(settings: &Settings, pins: &Path, work: &Path) -> Result<(), String> {
    let unwritable = |error: io::Error| format!("{} cannot be written: {error}", work.display());
    let _ = fs::remove_dir_all(work);
    fs::create_dir_all(work).map_err(unwritable)?;
    for file in ["package.json", LOCK] {
        fs::copy(pins.join(file), work.join(file)).map_err(unwritable)?;
    }
    let said = work.join("said");
    let mut npm = Command::new(settings.npm);
    npm.args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-update-notifier",
    ])
    .args(["--loglevel=error", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"])
    .arg(if settings.offline {
        "--offline"
    } else {
        "--prefer-offline"
    })
    .current_dir(work)
    .stdin(Stdio::null())
    .stdout(Stdio::null())
    .stderr(File::create(&said).map_err(unwritable)?);
    let mut npm = npm.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "npm is not installed".to_owned(),
        _ => format!("npm cannot be started: {error}"),
    })?;
    match wait(&mut npm, settings.timeout) {
        Ok(Some(status)) if status.success() => Ok(()),
        Ok(Some(status)) => Err(complaint(&said).unwrap_or_else(|| format!("npm ended with {status}"))),
        Ok(None) => Err(format!("npm took longer than {} s", settings.timeout.as_secs())),
        Err(error) => Err(format!("npm is not heard of: {error}")),
    }
}

/// `None`: the process took too long and was killed.
fn wait(child: &mut Child, timeout: Duration) -> io::Result<Option<ExitStatus>> {
    let end = Instant::now() + timeout;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= end {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The line in which npm states the error, such as "npm error code ENOTFOUND".
fn complaint(said: &Path) -> Option<String> {
    let said = fs::read_to_string(said).ok()?;
    let line = said.lines().find(|line| line.starts_with("npm error code"))?;
    Some(line.replacen("npm error code", "npm says", 1))
}

/// Copies the files to where later builds look for them; the lockfile last, so that a partial copy is not used.
fn keep(work: &Path, kept: &Path, lock: &[u8]) -> Result<(), String> {
    let unwritable = |error: io::Error| format!("{} cannot be written: {error}", kept.display());
    let _ = fs::remove_dir_all(kept);
    fs::create_dir_all(kept).map_err(unwritable)?;
    for Asset { name, path } in complete(&work.join("node_modules"))? {
        fs::copy(path, kept.join(name)).map_err(unwritable)?;
    }
    fs::write(kept.join(LOCK), lock).map_err(unwritable)
}

/// The source of a constant with the files, which the program includes.
pub fn table(files: &[Asset]) -> String {
    let mut table = String::from("pub const FILES: &[(&str, &[u8])] = &[\n");
    for Asset { name, path } in files {
        writeln!(table, "    ({name:?}, include_bytes!({path:?})),").expect("a String takes all");
    }
    table.push_str("];\n");
    table
}
