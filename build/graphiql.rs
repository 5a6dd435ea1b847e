//! Where the build finds GraphiQL's page: a given folder, `assets/graphiql`, the bundle of an earlier build, or npm, which
//! bundles it from tools/graphiql. Separate from build.rs, so that tests can call it.

use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// `off`, a folder, or unset: then npm is used.
pub const VARIABLE: &str = "TRIBUTARY_GRAPHIQL";

/// Timeout for everything that npm does. The page is not needed to build, so the build waits no longer for it.
pub const TIMEOUT: Duration = Duration::from_secs(240);

/// The page itself, in the folder of a bundle; its files are in the folder `graphiql` beside it.
const PAGE: &str = "index.html";

/// In the folder of a bundle: all that it was made from (tools/graphiql/vite.config.js writes it).
const INPUTS: &str = "inputs";

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
    name: String,
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
        None => bundled(settings),
    };
    found.map_or_else(Found::Nothing, Found::Files)
}

/// The bundle that `scripts/graphiql-assets` or an earlier build made of the present sources; otherwise a new one.
fn bundled(settings: &Settings) -> Result<Vec<Asset>, String> {
    let sources = settings.manifest.join("tools/graphiql");
    let inputs = inputs(&sources).map_err(|error| format!("tools/graphiql cannot be read: {error}"))?;
    let kept = settings.out.join("graphiql");
    for folder in [&settings.manifest.join("assets/graphiql"), &kept] {
        if fs::read(folder.join(INPUTS)).is_ok_and(|of| of == inputs)
            && let Ok(files) = complete(folder)
        {
            return Ok(files);
        }
    }
    let work = settings.out.join("npm");
    let made = bundle(settings, &sources, &work).and_then(|()| keep(&work.join("dist"), &kept));
    // It is large and no longer needed.
    let _ = fs::remove_dir_all(&work);
    made?;
    complete(&kept)
}

/// The page and all of its files.
fn complete(folder: &Path) -> Result<Vec<Asset>, String> {
    let page = folder.join(PAGE);
    if !page.is_file() {
        return Err(format!("{} has no {PAGE}", folder.display()));
    }
    let files = folder.join("graphiql");
    let mut assets = vec![Asset {
        name: PAGE.to_owned(),
        path: page,
    }];
    let names = names(&files).map_err(|error| format!("{} cannot be read: {error}", files.display()))?;
    assets.extend(names.into_iter().map(|name| Asset {
        path: files.join(&name),
        name,
    }));
    Ok(assets)
}

/// The names of a folder's files, sorted.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let names = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names = names.collect::<io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}

/// The files of tools/graphiql from which a bundle is made, in the order in which vite.config.js reads them.
fn sources(folder: &Path) -> io::Result<Vec<String>> {
    let fixed = ["package-lock.json", "package.json", "vite.config.js", "index.html"].map(str::to_owned);
    let own = names(&folder.join("src"))?
        .into_iter()
        .map(|name| format!("src/{name}"));
    Ok(fixed.into_iter().chain(own).collect())
}

fn inputs(folder: &Path) -> io::Result<Vec<u8>> {
    let files = sources(folder)?.into_iter().map(|name| fs::read(folder.join(name)));
    Ok(files.collect::<io::Result<Vec<_>>>()?.concat())
}

/// Installs what the lockfile pins, by version and hash, into an empty folder, and bundles the page there. No package's
/// own scripts run.
fn bundle(settings: &Settings, sources_folder: &Path, work: &Path) -> Result<(), String> {
    let unwritable = |error: io::Error| format!("{} cannot be written: {error}", work.display());
    let _ = fs::remove_dir_all(work);
    fs::create_dir_all(work.join("src")).map_err(unwritable)?;
    for file in sources(sources_folder).map_err(unwritable)? {
        fs::copy(sources_folder.join(&file), work.join(&file)).map_err(unwritable)?;
    }
    let end = Instant::now() + settings.timeout;
    let network = if settings.offline {
        "--offline"
    } else {
        "--prefer-offline"
    };
    let install = [
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-update-notifier",
        "--loglevel=error",
        "--fetch-retries=1",
        "--fetch-retry-mintimeout=1000",
        network,
    ];
    npm(settings, work, &install, end)?;
    npm(settings, work, &["run", "--loglevel=error", "build"], end)
}

fn npm(settings: &Settings, work: &Path, arguments: &[&str], end: Instant) -> Result<(), String> {
    let unwritable = |error: io::Error| format!("{} cannot be written: {error}", work.display());
    let said = work.join("said");
    let mut npm = Command::new(settings.npm);
    npm.args(arguments)
        .current_dir(work)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(File::create(&said).map_err(unwritable)?);
    let mut npm = npm.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "npm is not installed".to_owned(),
        _ => format!("npm cannot be started: {error}"),
    })?;
    match wait(&mut npm, end) {
        Ok(Some(status)) if status.success() => Ok(()),
        Ok(Some(status)) => {
            Err(complaint(&said).unwrap_or_else(|| format!("npm {} ended with {status}", arguments[0])))
        }
        Ok(None) => Err(format!("npm took longer than {} s", settings.timeout.as_secs())),
        Err(error) => Err(format!("the end of npm cannot be awaited: {error}")),
    }
}

/// `None`: the process took too long and was killed.
fn wait(child: &mut Child, end: Instant) -> io::Result<Option<ExitStatus>> {
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

/// Copies the bundle to where later builds look for it; what it was made from last, so that a partial copy is not used.
fn keep(made: &Path, kept: &Path) -> Result<(), String> {
    let unwritable = |error: io::Error| format!("{} cannot be written: {error}", kept.display());
    let _ = fs::remove_dir_all(kept);
    fs::create_dir_all(kept.join("graphiql")).map_err(unwritable)?;
    for Asset { name, path } in complete(made)? {
        let to = if name == PAGE {
            kept.join(name)
        } else {
            kept.join("graphiql").join(name)
        };
        fs::copy(path, to).map_err(unwritable)?;
    }
    fs::copy(made.join(INPUTS), kept.join(INPUTS)).map_err(unwritable)?;
    Ok(())
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
