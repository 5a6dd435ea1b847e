//! The worked examples of docs/migrate.md: each command of that page, run on the files that it names.

use std::process::Command;

use super::House;
use crate::support::both_databases;

/// The commands of a section of the page, as arguments.
fn commands(section: &str) -> Vec<Vec<String>> {
    let page = include_str!("../../../docs/migrate.md");
    let heading = format!("\n## {section}\n");
    let (_, text) = page.split_once(&heading).expect("a section");
    let text = text.split("\n## ").next().unwrap().replace("\\\n", " ");
    let lines = text
        .lines()
        .map(str::trim)
        .filter_map(|line| line.strip_prefix("tributary import "));
    lines.map(arguments).collect()
}

/// Words, as a shell tells them apart.
fn arguments(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.extend((!word.is_empty()).then(|| std::mem::take(&mut word))),
            letter => word.push(letter),
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

impl House<'_> {
    /// Follows a section, and gives the balances of the partner with this e-mail address.
    async fn follow(&self, section: &str, email: &str) -> Vec<String> {
        let commands = commands(section);
        assert!(!commands.is_empty());
        for arguments in commands {
            let mut command = Command::new(env!("CARGO_BIN_EXE_tributary"));
            command.current_dir(env!("CARGO_MANIFEST_DIR"));
            let output = command
                .args(["--database-url", &self.shop.app.database_url(), "import"])
                .args(&arguments)
                .output();
            let output = output.expect("it starts");
            let told = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
            assert!(output.status.success(), "{arguments:?}: {told:?}");
        }
        self.assert_sound().await;
        let data = self.shop.staff().data("{ partners { nodes { id email } } }").await;
        let partners = data["partners"]["nodes"].as_array().unwrap().iter();
        let mut named = partners.filter(|partner| partner["email"] == email);
        let id = named.next().expect("the partner")["id"].as_str().unwrap().to_owned();
        self.shop.balances(&id).await
    }
}

#[apply(both_databases)]
async fn a_spreadsheet_comes_in(app: TestApp) {
    let house = House::new(&app).await;
    assert_eq!(
        house.follow("A spreadsheet", "ann@example.com").await,
        ["EUR 0.00 0.00 200.50 0.00 0.00"]
    );
}

#[apply(both_databases)]
async fn dub_comes_in(app: TestApp) {
    let house = House::new(&app).await;
    assert_eq!(
        house.follow("Dub", "ann@example.com").await,
        ["USD 10.00 0.00 20.00 0.00 0.00"]
    );
}

#[apply(both_databases)]
async fn rewardful_comes_in(app: TestApp) {
    let house = House::new(&app).await;
    assert_eq!(
        house.follow("Rewardful", "ann@example.com").await,
        ["USD 0.00 30.00 15.00 0.00 30.00"]
    );
}

#[apply(both_databases)]
async fn partnerstack_comes_in(app: TestApp) {
    let house = House::new(&app).await;
    assert_eq!(
        house.follow("PartnerStack", "ann@example.com").await,
        ["USD 0.00 25.00 0.00 0.00 25.00"]
    );
}
#[apply(both_databases)]
async fn tapfiliate_comes_in(app: TestApp) {
    let house = House::new(&app).await;
    assert_eq!(
        house.follow("Tapfiliate", "ann@example.com").await,
        ["EUR 8.00 12.50 0.00 0.00 12.50"]
    );
}

#[apply(both_databases)]
async fn affiliatewp_comes_in(app: TestApp) {
    let house = House::new(&app).await;
    assert_eq!(
        house.follow("AffiliateWP", "ann@example.com").await,
        ["USD 0.00 12.50 30.00 0.00 12.50"]
    );
}

#[apply(both_databases)]
async fn refersion_comes_in(app: TestApp) {
    let house = House::new(&app).await;
    assert_eq!(
        house.follow("Refersion", "ann@example.com").await,
        ["USD 0.00 7.25 10.00 0.00 7.25"]
    );
}

/// All states of a mapping are ours.
#[test]
fn mapping_files_say_what_we_know() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/moving-in");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut read = 0;
    for path in files.filter(|path| path.extension().is_some_and(|ending| ending == "toml")) {
        let ours = [
            "ACTIVE",
            "INVITED",
            "SUSPENDED",
            "REVOKED",
            "ACCRUED",
            "APPROVED",
            "PAID",
            "REVERSED",
        ];
        for (name, value) in tributary::import::MappingFile::read(&path).unwrap() {
            assert!(
                !name.starts_with("status:") || ours.contains(&value.as_str()),
                "{}: {name}",
                path.display()
            );
        }
        assert!(
            path.with_extension("jsonl").exists() || path.with_extension("csv").exists(),
            "{}",
            path.display()
        );
        read += 1;
    }
    assert_eq!(read, 12);
}
