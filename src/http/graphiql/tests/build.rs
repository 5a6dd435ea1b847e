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

/// Imitates `npm ci`, as far as the build checks its result, and counts the calls.
const WORKS: &str = r#"
echo "$@" >> "$(dirname "$0")/calls"
test -f package-lock.json
for file in graphiql/dist/style.css graphiql/dist/index.umd.js graphiql/LICENSE react/umd/react.production.min.js \
  react-dom/umd/react-dom.production.min.js; do
  mkdir -p "node_modules/$(dirname $file)"
  echo "$file" > "node_modules/$file"
done
"#;

struct Tree {
    folder: tempfile::TempDir,
}

impl Tree {
    fn new(npm: &str) -> Self {
        let tree = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for folder in ["tools/graphiql", "assets", "out"] {
            fs::create_dir_all(tree.path(folder)).unwrap();
        }
        fs::write(tree.path("tools/graphiql/package.json"), "{}").unwrap();
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

    fn calls(&self) -> usize {
        fs::read_to_string(self.path("calls")).map_or(0, |calls| calls.lines().count())
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
fn npm_is_asked_once_for_each_lockfile_and_only_the_output_folder_is_written() {
    let tree = Tree::new(WORKS);
    for _ in 0..2 {
        let table = tree.find(None).unwrap();
        assert_eq!(table.matches("include_bytes!").count(), 5, "{table}");
        assert!(table.contains("out/graphiql/react-dom.js"), "{table}");
        assert_eq!(tree.calls(), 1);
    }
    tree.pin("2");
    tree.find(None).unwrap();
    assert_eq!(tree.calls(), 2);
    assert!(
        fs::read_to_string(tree.path("calls"))
            .unwrap()
            .contains("ci --ignore-scripts")
    );
    let content = fs::read_to_string(tree.path("out/graphiql/graphiql.js")).unwrap();
    assert_eq!(content, "graphiql/dist/index.umd.js\n");
    assert_eq!(fs::read_dir(tree.path("assets")).unwrap().count(), 0);
    assert_eq!(fs::read_dir(tree.path("tools/graphiql")).unwrap().count(), 2);
}

#[test]
fn without_npm_or_with_one_that_fails_or_hangs_the_reason_is_said() {
    let tree = Tree::new("echo 'npm error code ENOTFOUND' >&2; exit 1");
    assert_eq!(tree.find(None).unwrap_err(), "npm says ENOTFOUND");
    let missing = tree.find_with(None, OsStr::new("tributary-has-no-npm"), Duration::from_secs(1));
    assert_eq!(missing.unwrap_err(), "npm is not installed");

    let tree = Tree::new("exit 3");
    assert!(tree.find(None).unwrap_err().contains("exit status: 3"));
    // It reports success without having installed anything.
    let tree = Tree::new("exit 0");
    assert!(tree.find(None).unwrap_err().contains("has no graphiql.css"));

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
    assert!(
        missing.ends_with("mine has no graphiql.css, and no graphiql/dist/style.css"),
        "{missing}"
    );
    assert_eq!(tree.calls(), 0);
    tree.find(Some("")).unwrap();
    assert_eq!(tree.calls(), 1);
    // Relative to the folder of Cargo.toml; the folder in which an earlier build kept the files is one.
    assert!(tree.find(Some("out/graphiql")).unwrap().contains("react.js"));
    assert_eq!(tree.calls(), 1);
}

#[test]
fn files_that_the_script_fetched_are_taken_if_they_are_of_the_versions_that_are_pinned() {
    let tree = Tree::new(WORKS);
    tree.find(None).unwrap();
    fs::rename(tree.path("out/graphiql"), tree.path("assets/graphiql")).unwrap();
    assert!(tree.find(None).unwrap().contains("assets/graphiql/react.js"));
    assert_eq!(tree.calls(), 1);
    tree.pin("2");
    assert!(tree.find(None).unwrap().contains("out/graphiql/react.js"));
    assert_eq!(tree.calls(), 2);
}
