//! Embeds GraphiQL's browser files, when `scripts/graphiql-assets` has fetched them, as a table in
//! `$OUT_DIR/graphiql_assets.rs`. Without them the table is empty and the page uses a CDN, so a build needs no npm.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

fn main() -> io::Result<()> {
    // The parent is watched because it is in git: a missing path would make every build a fresh one.
    println!("cargo::rerun-if-changed=assets");
    println!("cargo::rerun-if-changed=build.rs");

    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/graphiql");
    let mut table = String::from("pub const FILES: &[(&str, &str, &[u8])] = &[\n");
    for path in files(&folder)? {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if let Some(content_type) = content_type(name) {
            writeln!(table, "    ({name:?}, {content_type:?}, include_bytes!({path:?})),").expect("a String takes all");
        }
    }
    table.push_str("];\n");
    fs::write(out_dir().join("graphiql_assets.rs"), table)
}

/// The folder's files, sorted so that the build is reproducible; none when the folder is missing.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut paths = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// None for anything else that lies in the folder: only what the page needs goes into the binary.
fn content_type(name: &str) -> Option<&'static str> {
    match Path::new(name).extension()?.to_str()? {
        "js" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "txt" => Some("text/plain; charset=utf-8"),
        _ => None,
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells a build script its folder through the environment only"
)]
fn out_dir() -> PathBuf {
    std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR").into()
}
