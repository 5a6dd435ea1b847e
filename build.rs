//! Embeds GraphiQL's page as a table in `$OUT_DIR/graphiql_assets.rs`. npm bundles it if it is installed, unless
//! `TRIBUTARY_GRAPHIQL` says otherwise: `off`, or a folder that holds a bundle. Without one the table is empty, and the
//! build continues.

#[path = "build/graphiql.rs"]
mod graphiql;

use std::ffi::OsString;
use std::path::Path;
use std::{fs, io};

use graphiql::{Found, Settings};

fn main() -> io::Result<()> {
    // The parent of assets/graphiql is watched because it is in git: with a missing path, cargo would rerun this on
    // every build.
    for path in ["assets", "build.rs", "build", "tools/graphiql"] {
        println!("cargo::rerun-if-changed={path}");
    }
    println!("cargo::rerun-if-env-changed={}", graphiql::VARIABLE);

    let out = variable("OUT_DIR").expect("cargo sets OUT_DIR");
    let out = Path::new(&out);
    let settings = Settings {
        wanted: variable(graphiql::VARIABLE),
        manifest: Path::new(env!("CARGO_MANIFEST_DIR")),
        out,
        npm: if cfg!(windows) { "npm.cmd" } else { "npm" }.as_ref(),
        offline: variable("CARGO_NET_OFFLINE").is_some_and(|value| value == "true"),
        timeout: graphiql::TIMEOUT,
    };
    let files = match graphiql::find(&settings) {
        Found::Files(files) => files,
        Found::SwitchedOff => Vec::new(),
        Found::Nothing(reason) => {
            println!(
                "cargo::warning=GraphiQL is not embedded: {reason}. Its page will say how to get it. \
                 scripts/graphiql-assets makes it, {}=off silences this",
                graphiql::VARIABLE
            );
            Vec::new()
        }
    };
    // Written beside the target and renamed: no reader sees half a table, and a hard-linked copy of the folder is left
    // alone.
    let made = out.join("graphiql_assets.new");
    fs::write(&made, graphiql::table(&files))?;
    fs::rename(made, out.join("graphiql_assets.rs"))
}

#[expect(
    clippy::disallowed_methods,
    reason = "cargo and whoever builds tell a build script what to do through the environment only"
)]
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}
