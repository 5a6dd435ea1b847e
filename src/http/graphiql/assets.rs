//! Where GraphiQL's files come from at run time: the program itself, a folder, a CDN, or nowhere.

use std::path::{Path, PathBuf};

use axum::body::Bytes;

use super::libraries::{self, LIBRARIES, LICENCE, Library};
use super::{StaticFile, integrity};

/// The files that `build.rs` found: name and content.
mod embedded {
    include!(concat!(env!("OUT_DIR"), "/graphiql_assets.rs"));
}

/// The setting `graphiql_assets`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum GraphiqlAssets {
    /// The files that are part of the program, or else the CDN.
    #[default]
    Embedded,
    /// The CDN, even if the files are part of the program.
    Cdn,
    /// No files: the page is the explorer of our own.
    Without,
    Folder(PathBuf),
}

impl From<PathBuf> for GraphiqlAssets {
    fn from(value: PathBuf) -> Self {
        match value.to_str() {
            Some("embedded") => Self::Embedded,
            Some("cdn") => Self::Cdn,
            Some("none") => Self::Without,
            _ => Self::Folder(value),
        }
    }
}

/// Why the files cannot be taken from a folder.
#[derive(Debug, thiserror::Error)]
pub enum AssetsError {
    #[error(
        "graphiql_assets: {} has neither {name} nor {installed}; scripts/graphiql-assets makes such a folder, and so \
         does `npm install {}` (its node_modules)", .folder.display(), packages().join(" ")
    )]
    Missing {
        folder: PathBuf,
        name: &'static str,
        installed: &'static str,
    },
    #[error("graphiql_assets: {} cannot be read: {}", .0.display(), .1)]
    Unreadable(PathBuf, std::io::Error),
    #[error("graphiql_assets: {} is not the file of {} that this version of Tributary works with", .0.display(), .1)]
    Other(PathBuf, String),
}

/// Where the page loads GraphiQL from.
pub enum AssetSource {
    Own(Vec<StaticFile>),
    Cdn,
    Nothing,
}

impl AssetSource {
    pub fn new(assets: &GraphiqlAssets) -> Result<Self, AssetsError> {
        Ok(match assets {
            GraphiqlAssets::Embedded if embedded::FILES.is_empty() => Self::Cdn,
            GraphiqlAssets::Embedded => Self::Own(embedded()),
            GraphiqlAssets::Cdn => Self::Cdn,
            GraphiqlAssets::Without => Self::Nothing,
            GraphiqlAssets::Folder(folder) => Self::Own(read(folder)?),
        })
    }
}

/// Empty if the build found none.
pub fn embedded() -> Vec<StaticFile> {
    let files = embedded::FILES.iter();
    files
        .map(|(name, content)| StaticFile::new(name, Bytes::from_static(content)))
        .collect()
}

/// Read once, so that what is served is what was checked.
fn read(folder: &Path) -> Result<Vec<StaticFile>, AssetsError> {
    let mut files = Vec::new();
    for library in &LIBRARIES {
        let (path, content) = content(folder, library.name, library.installed)?;
        if integrity(&content) != library.integrity {
            return Err(AssetsError::Other(path, library.package()));
        }
        files.push(StaticFile::new(library.name, content));
    }
    let (name, installed) = LICENCE;
    // The licence is served with the files if it is there; the owner of a folder without it has it anyhow.
    if let Ok((_, content)) = content(folder, name, installed) {
        files.push(StaticFile::new(name, content));
    }
    Ok(files)
}

fn content(folder: &Path, name: &'static str, installed: &'static str) -> Result<(PathBuf, Bytes), AssetsError> {
    let path = libraries::find(folder, name, installed).ok_or_else(|| AssetsError::Missing {
        folder: folder.to_owned(),
        name,
        installed,
    })?;
    match std::fs::read(&path) {
        Ok(content) => Ok((path, content.into())),
        Err(error) => Err(AssetsError::Unreadable(path, error)),
    }
}

impl Library {
    /// Name and version, such as `react@18.3.1`.
    pub fn package(&self) -> String {
        let path = self.cdn_url.split("/npm/").nth(1).unwrap_or_default();
        path.split('/').next().unwrap_or_default().to_owned()
    }
}

fn packages() -> Vec<String> {
    let mut packages: Vec<String> = LIBRARIES.iter().map(Library::package).collect();
    packages.sort();
    packages.dedup();
    packages
}
