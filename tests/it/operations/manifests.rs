//! Manifests and the unit fit the program: times, connections, paths, settings.

use std::process::Command;

use tributary::http::TimeoutsSection;
use tributary::store::StoreOptions;

use super::{content, is_installed, text};

/// The number behind a key that a file has once.
fn number(text: &str, key: &str) -> u64 {
    let mut lines = text.lines().filter_map(|line| line.trim().strip_prefix(key));
    let (value, None) = (lines.next().unwrap_or_else(|| panic!("{key}: {text}")), lines.next()) else {
        panic!("{key} is there twice")
    };
    let digits: String = value.trim().chars().take_while(char::is_ascii_digit).collect();
    digits.parse().expect("a number")
}

/// How long a gateway may take to end, with the second in which it still takes what comes on open connections.
fn ending() -> u64 {
    TimeoutsSection::default().shutdown_seconds + 5
}

#[test]
fn nobody_kills_a_gateway_before_it_has_ended() {
    let deployment = text("ops/kubernetes/deployment.yaml");
    let before = number(&deployment, "seconds:");
    assert!(number(&deployment, "terminationGracePeriodSeconds:") >= before + ending());
    assert!(number(&text("ops/systemd/tributary.service"), "TimeoutStopSec=") >= ending());
    assert!(text("compose.yaml").contains("stop_grace_period: 40s") && ending() <= 40);
}

#[test]
fn replicas_have_no_more_connections_than_postgresql_gives() {
    let most = number(&text("ops/kubernetes/config.yaml"), "max_connections =");
    let aside = u64::from(StoreOptions::default().aside);
    let replicas = number(&text("ops/kubernetes/autoscaler.yaml"), "maxReplicas:") + 1;
    // Its default, less what is kept for superusers.
    assert!(replicas * (most + 4 + aside) <= 97);
    assert!(
        number(&text("ops/kubernetes/autoscaler.yaml"), "minReplicas:") >= 2,
        "one may always go"
    );
}

#[test]
fn pods_have_no_rights_and_are_asked_where_there_are_answers() {
    for name in ["deployment", "migration"] {
        let text = text(&format!("ops/kubernetes/{name}.yaml"));
        for line in [
            "runAsNonRoot: true",
            "allowPrivilegeEscalation: false",
            "readOnlyRootFilesystem: true",
            "drop: [ALL]",
            "type: RuntimeDefault",
            "automountServiceAccountToken: false",
            "enableServiceLinks: false",
        ] {
            assert!(text.contains(line), "{name}: {line}");
        }
    }
    let deployment = text("ops/kubernetes/deployment.yaml");
    let probe = |name: &str| {
        let rest = deployment.split(name).nth(1).unwrap_or_else(|| panic!("{name}"));
        let path = rest.lines().find_map(|line| line.trim().strip_prefix("path: "));
        path.expect("a path").to_owned()
    };
    let probes = ["startupProbe:", "livenessProbe:", "readinessProbe:"].map(probe);
    assert_eq!(probes, ["/healthz", "/healthz", "/readyz"]);
    // Everything that is applied is there, and the Job is not among it.
    let kustomization = text("ops/kubernetes/kustomization.yaml");
    let listed = kustomization.lines().filter_map(|line| line.trim().strip_prefix("- "));
    let mut listed: Vec<_> = listed.filter(|name| name.ends_with(".yaml")).collect();
    listed.extend(["kustomization.yaml", "migration.yaml"]);
    listed.sort_unstable();
    let folder = std::fs::read_dir(super::file("ops/kubernetes")).unwrap();
    let mut there: Vec<_> = folder
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    there.sort_unstable();
    assert_eq!(listed, there);
}

#[test]
fn the_settings_of_the_config_map_are_settings() {
    let config = text("ops/kubernetes/config.yaml");
    let (_, settings) = config.split_once("tributary.toml: |\n").expect("the file");
    let file = tempfile::NamedTempFile::new().unwrap();
    let settings: Vec<_> = settings.lines().map(str::trim).collect();
    std::fs::write(file.path(), settings.join("\n")).unwrap();
    // Any command reads them first.
    let mut command = Command::new(env!("CARGO_BIN_EXE_tributary"));
    content(command.args(["completions", "bash", "--config"]).arg(file.path()));
    let metrics = settings
        .iter()
        .find_map(|line| line.strip_prefix("metrics_listen = \"0.0.0.0:"));
    let port = metrics.expect("an address").trim_end_matches('"');
    let deployment = text("ops/kubernetes/deployment.yaml");
    assert!(deployment.contains(&format!("containerPort: {port}\n")));
    let mut lines = settings.iter();
    let health = lines.find_map(|line| line.strip_prefix("health_listen = \"0.0.0.0:"));
    let port = health.expect("an address").trim_end_matches('"');
    for deployment in [deployment, text("ops/helm/tributary/templates/deployment.yaml")] {
        let named = deployment.replace(' ', "");
        assert!(named.contains(&format!("-name:health\ncontainerPort:{port}\n")));
        assert_eq!(named.matches("\nport:health\n").count(), 3, "all probes ask there");
    }
    assert!(text("ops/helm/tributary/templates/config.yaml").contains(&format!("health_listen = \"0.0.0.0:{port}\"")));
    assert!(text("Dockerfile").contains(&format!("TRIBUTARY_HEALTH_LISTEN=0.0.0.0:{port} ")));
    assert!(text("ops/systemd/tributary.service").contains(&format!("TRIBUTARY_HEALTH_LISTEN=127.0.0.1:{port}\n")));
}

#[test]
fn systemd_takes_the_unit() {
    if !is_installed("systemd-analyze") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let unit = folder.path().join("tributary.service");
    let text = text("ops/systemd/tributary.service");
    let here = text.replace("/usr/local/bin/tributary", env!("CARGO_BIN_EXE_tributary"));
    assert_ne!(here, text);
    std::fs::write(&unit, here).unwrap();
    content(Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&unit));
    // In tenths: 20 is "OK", 100 is no protection at all.
    content(
        Command::new("systemd-analyze")
            .args(["security", "--offline=yes", "--threshold=20"])
            .arg(&unit),
    );
}
