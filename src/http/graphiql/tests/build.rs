//! How the build finds GraphiQL's files, with programs in npm's place.
#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

#[path = "../../../../build/graphiql.rs"]
#[allow(dead_code, reason = "build.rs uses the rest")]
mod graphiql;

use graphiql::{Found, Settings};

/// Imitates `npm ci` and `npm run build`, as far as the build checks their result, and counts the bundles.
const WORKS: &str = r#"
echo "$@" >> "$(dirname "$0")/commands"
test -f package-lock.json
test "$1" = run || exit 0
mkdir -p dist/graphiql
echo page > dist/index.html
echo script > dist/graphiql/index-1.js
cat package-lock.json package.json vite.config.js index.html src/*.js > dist/inputs
"#;

struct Tree {
    folder: tempfile::TempDir,
}

impl Tree {
    fn new(npm: &str) -> Self {
        let tree = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for folder in ["tools/graphiql/src", "assets", "out"] {
            fs::create_dir_all(tree.path(folder)).unwrap();
        }
        for file in ["package.json", "vite.config.js", "index.html", "src/main.js"] {
            fs::write(tree.path("tools/graphiql").join(file), file).unwrap();
        }
        tree.pin("1");
        fs::write(tree.path("npm.sh"), format!("#!/bin/sh\nset -e\n{npm}")).unwrap();
        // Written by another process: a file that a fork of this one still has open for writing could not be executed.
        let install = Command::new("install")
            .args(["-m", "755"])
            .args([tree.path("npm.sh"), tree.path("npm")])
            .status();
        assert!(install.unwrap().success());
        tree
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn pin(&self, versions: &str) {
        fs::write(self.path("tools/graphiql/package-lock.json"), versions).unwrap();
    }

    fn bundles(&self) -> usize {
        let commands = fs::read_to_string(self.path("commands")).unwrap_or_default();
        commands.lines().filter(|command| command.starts_with("run ")).count()
    }

    fn find_with(&self, wanted: Option<&str>, npm: &OsStr, timeout: Duration) -> Result<String, String> {
        let found = graphiql::find(&Settings {
            wanted: wanted.map(Into::into),
            manifest: self.folder.path(),
            out: &self.path("out"),
            npm,
            offline: false,
            timeout,
        });
        assert!(!self.path("out/npm").exists(), "what npm installed is left behind");
        match found {
            Found::Files(files) => Ok(graphiql::table(&files)),
            Found::SwitchedOff => Ok(graphiql::table(&[])),
            Found::Nothing(reason) => Err(reason),
        }
    }

    fn find(&self, wanted: Option<&str>) -> Result<String, String> {
        self.find_with(wanted, self.path("npm").as_os_str(), Duration::from_secs(60))
    }
}

#[test]
fn npm_makes_a_bundle_once_for_the_same_sources_and_only_the_output_folder_is_written() {
    let tree = Tree::new(WORKS);
    for _ in 0..2 {
        let table = tree.find(None).unwrap();
        assert_eq!(table.matches("include_bytes!").count(), 2, "{table}");
        assert!(table.contains("out/graphiql/graphiql/index-1.js"), "{table}");
        assert!(table.contains("(\"index.html\", "), "{table}");
        assert_eq!(tree.bundles(), 1);
    }
    tree.pin("2");
    tree.find(None).unwrap();
    assert_eq!(tree.bundles(), 2);
    fs::write(tree.path("tools/graphiql/src/main.js"), "another script").unwrap();
    tree.find(None).unwrap();
    assert_eq!(tree.bundles(), 3);
    let commands = fs::read_to_string(tree.path("commands")).unwrap();
    assert!(commands.contains("ci --ignore-scripts"), "{commands}");
    assert_eq!(fs::read_dir(tree.path("assets")).unwrap().count(), 0);
    assert_eq!(fs::read_dir(tree.path("tools/graphiql")).unwrap().count(), 5);
}

#[test]
fn without_npm_or_with_one_that_fails_or_hangs_the_reason_is_said() {
    let tree = Tree::new("echo 'npm error code ENOTFOUND' >&2; exit 1");
    assert_eq!(tree.find(None).unwrap_err(), "npm says ENOTFOUND");
    let missing = tree.find_with(None, OsStr::new("tributary-has-no-npm"), Duration::from_secs(1));
    assert_eq!(missing.unwrap_err(), "npm is not installed");

    let tree = Tree::new("exit 3");
    assert_eq!(tree.find(None).unwrap_err(), "npm ci ended with exit status: 3");
    // It reports success without having made anything.
    let tree = Tree::new("exit 0");
    assert!(tree.find(None).unwrap_err().contains("has no index.html"));

    let tree = Tree::new("exec sleep 600");
    let began = Instant::now();
    let late = tree.find_with(None, tree.path("npm").as_os_str(), Duration::from_millis(200));
    assert_eq!(late.unwrap_err(), "npm took longer than 0 s");
    assert!(began.elapsed() < Duration::from_secs(30));
}

#[test]
fn the_variable_switches_it_off_or_names_a_folder_and_then_npm_is_not_asked() {
    let tree = Tree::new(WORKS);
    assert!(!tree.find(Some("off")).unwrap().contains("include_bytes!"));
    let missing = tree.find(Some("mine")).unwrap_err();
    assert!(missing.ends_with("mine has no index.html"), "{missing}");
    assert_eq!(tree.bundles(), 0);
    tree.find(Some("")).unwrap();
    assert_eq!(tree.bundles(), 1);
    // Relative to the folder of Cargo.toml; the folder in which an earlier build kept the bundle is one.
    assert!(tree.find(Some("out/graphiql")).unwrap().contains("index-1.js"));
    assert_eq!(tree.bundles(), 1);
}

#[test]
fn a_bundle_that_the_script_made_is_taken_if_it_is_of_the_present_sources() {
    let tree = Tree::new(WORKS);
    tree.find(None).unwrap();
    fs::rename(tree.path("out/graphiql"), tree.path("assets/graphiql")).unwrap();
    assert!(tree.find(None).unwrap().contains("assets/graphiql/index.html"));
    assert_eq!(tree.bundles(), 1);
    tree.pin("2");
    assert!(tree.find(None).unwrap().contains("out/graphiql/index.html"));
    assert_eq!(tree.bundles(), 2);
}
