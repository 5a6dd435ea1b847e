//! The demo, and a folder in which commands find what pages name.

use std::fmt::Write as _;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::command_line::{Running, post, start_demo};

pub struct Demo {
    address: String,
    admin: String,
    partner: String,
    folder: tempfile::TempDir,
    _running: Running,
}

/// What stands for the programs that pages call: `cargo run` is this build, what serves for ever says whether it could, and
/// a stream ends after a second.
const PROGRAMS: [(&str, &str); 4] = [
    ("tributary", TRIBUTARY),
    (
        "cargo",
        "[ \"$1 $2 $3\" = 'run --release --' ] && shift 3 && exec tributary \"$@\"",
    ),
    (
        "curl",
        "PATH=${PATH#*:}\ncase \" $* \" in\n*' -N '*) curl -s --max-time 1 \"$@\" || [ $? = 28 ];;\n*) exec curl -s --max-time 60 \"$@\";;\nesac",
    ),
    (
        "openssl",
        "echo 9f3c61e07ab2d8450e1b7fc96a2d53084be7c1f92d60a38b5c47e10f6d92ab73",
    ),
];
const TRIBUTARY: &str = "if [ \"$1\" = serve ]; then\n  shift\n  for flag; do shift; [ \"$flag\" = --demo ] || set -- \"$@\" \"$flag\"; done\n  set -- doctor \"$@\"\nfi\nexec PROGRAM \"$@\"";

impl Demo {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        symlink(root.join("examples"), folder.path().join("examples")).unwrap();
        let programs = folder.path().join("programs");
        std::fs::create_dir(&programs).unwrap();
        for (name, script) in PROGRAMS {
            let script = script.replace("PROGRAM", env!("CARGO_BIN_EXE_tributary"));
            std::fs::write(programs.join(name), format!("#!/bin/sh\n{script}\n")).unwrap();
            std::fs::set_permissions(programs.join(name), PermissionsExt::from_mode(0o755)).unwrap();
        }
        let (lines, running) = start_demo(&url(folder.path()));
        let tokens: Vec<_> = lines.iter().filter(|line| line.starts_with("eyJ")).cloned().collect();
        let [admin, partner] = tokens.try_into().expect("two tokens");
        let address = lines
            .iter()
            .find_map(|line| line.strip_prefix("http://")?.split_once('/'));
        Self {
            address: address.expect("an address").0.to_owned(),
            admin,
            partner,
            folder,
            _running: running,
        }
    }

    fn token(&self, as_partner: bool) -> &str {
        match as_partner {
            true => &self.partner,
            false => &self.admin,
        }
    }

    /// Asks a question with its variables. `None`: it is a subscription, for which nobody waits here.
    pub fn ask(&self, question: &str, variables: &Value, as_partner: bool) -> Result<Option<Value>, String> {
        if question.trim_start().starts_with("subscription") {
            return Ok(None);
        }
        let body = json!({ "query": question, "variables": variables }).to_string();
        let token = format!("authorization: Bearer {}", self.token(as_partner));
        Ok(Some(post(
            &self.address,
            &["content-type: application/json", &token],
            &body,
        )))
    }

    /// Runs commands. What they print is an answer of the gateway if it is JSON.
    pub fn run(&self, commands: &str, as_partner: bool) -> Result<Option<Value>, String> {
        let commands = commands
            .replace("http://127.0.0.1:8080", &format!("http://{}", self.address))
            .replace("0.0.0.0:8080", "127.0.0.1:0")
            .replace("https://gateway.example", &format!("http://{}", self.address))
            .replace(
                "postgres://tributary:PASSWORD@db.example/tributary",
                "sqlite://other.db?mode=rwc",
            );
        let programs = self.folder.path().join("programs");
        let mut path = programs.display().to_string();
        let _ = write!(path, ":{}", inherited_path());
        let output = Command::new("bash")
            .args(["-euo", "pipefail", "-c", &commands])
            .current_dir(self.folder.path())
            .env("PATH", path)
            .env("TOKEN", self.token(as_partner))
            .env("TRIBUTARY_DATABASE_URL", url(self.folder.path()))
            .env_remove("TRIBUTARY_JWT_SECRET")
            .stdin(Stdio::null())
            .output()
            .expect("bash");
        let [out, errors] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        match output.status.success() {
            true => Ok(serde_json::from_str(&out).ok()),
            false => Err(format!("{}\n{out}{errors}", output.status)),
        }
    }
}

fn url(folder: &Path) -> String {
    format!("sqlite://{}?mode=rwc", folder.join("tributary.db").display())
}

#[expect(
    clippy::disallowed_methods,
    reason = "commands of a page are found where those of a terminal are"
)]
fn inherited_path() -> String {
    std::env::var("PATH").unwrap_or_default()
}
