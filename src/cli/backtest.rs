//! `tributary backtest`.

use std::path::PathBuf;
use std::time::Duration;

use async_graphql::{Request, Variables};
use serde_json::{Value, json};

use super::error::CliError;
use super::{open, output};
use crate::config::Config;
use crate::graphql::{RequestContext, Schema, schema, text as written};
use auth::Caller;
use domain::id::BacktestId;
use service::app::App;
use service::backtest::{WaitState, work_on_one};

const DIFFERENCE: &str = "actual { amount currency } proposed { amount } difference { amount } \
     appeared disappeared rose fell unchanged";

/// Compute what other rules would have cost, given what was recorded. The ledger is not changed.
#[derive(clap::Args)]
pub struct Backtest {
    /// The backtest as the API's CreateBacktestInput, in JSON
    file: PathBuf,
    /// The tenant's slug or id
    #[arg(long)]
    tenant: String,
    /// Show both sides of this event, by its id or external id
    #[arg(long, value_name = "EVENT")]
    explain: Option<String>,
}

/// Creates the backtest of a file, runs it, and shows its results.
pub async fn run(config: &Config, wanted: &Backtest) -> Result<(), CliError> {
    let file = &wanted.file;
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let input: Value = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?;
    let (app, tenant) = open::tenant_app(config, &wanted.tenant).await?;
    let requester = SchemaClient {
        app: &app,
        schema: schema(),
        caller: Caller::operator(tenant.id, "cli:backtest"),
    };
    // Looked up before anything is worked out, so that an unknown event fails early.
    let event = match &wanted.explain {
        Some(event) => Some(requester.event(event).await?),
        None => None,
    };
    let create = "mutation($input: CreateBacktestInput!) { createBacktest(input: $input) {
        backtest { id } userErrors { field message } } }";
    let payload = requester.ask(create, json!({ "input": input })).await?["createBacktest"].clone();
    let problems = payload["userErrors"].as_array().into_iter().flatten();
    let problems: Vec<_> = problems.map(problem).collect();
    if !problems.is_empty() {
        return Err(problems.join("\n").into());
    }
    let id = payload["backtest"]["id"].as_str().unwrap_or_default().to_owned();
    let parsed: BacktestId = id.parse().map_err(|_| "the backtest has no id")?;
    let bar = output::bar(0, "events");
    loop {
        // A running gateway may be working on it already.
        let standing = work_on_one(&app, tenant.id, parsed, |events, of_events| {
            bar.set_length(of_events);
            bar.set_position(events);
        })
        .await?;
        match standing {
            WaitState::Ended => break,
            WaitState::Elsewhere => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    }
    bar.finish_and_clear();
    requester.show(&id).await?;
    match event {
        Some(event) => requester.explain(&id, &event).await,
        None => Ok(()),
    }
}

fn problem(problem: &Value) -> String {
    let path = problem["field"].as_array().into_iter().flatten();
    let path: Vec<_> = path.filter_map(Value::as_str).collect();
    format!(
        "{}: {}",
        path.join("."),
        problem["message"].as_str().unwrap_or_default()
    )
}

struct SchemaClient<'a> {
    app: &'a App,
    schema: Schema,
    caller: Caller,
}

impl SchemaClient<'_> {
    async fn ask(&self, document: &str, variables: Value) -> Result<Value, CliError> {
        let request = Request::new(document).variables(Variables::from_json(variables));
        let context = RequestContext::new(self.app, self.caller.clone());
        let response = self.schema.execute(request.data(context)).await;
        if let Some(error) = response.errors.first() {
            return Err(error.message.clone().into());
        }
        // Rows were serialised when they were resolved, so the data is read back from its JSON text.
        Ok(serde_json::from_str(&written(&response.data))?)
    }

    /// The id of the event that has `text` as either of its ids.
    async fn event(&self, text: &str) -> Result<String, CliError> {
        if text.starts_with("evt_") {
            return Ok(text.to_owned());
        }
        let found = self
            .ask(
                "query($id: String!) { event(externalId: $id) { id } }",
                json!({ "id": text }),
            )
            .await?;
        let id = found["event"]["id"].as_str().map(str::to_owned);
        Ok(id.ok_or_else(|| format!("there is no event {text:?}"))?)
    }

    /// Shows the totals, the months, and the partners whose amounts change most.
    async fn show(&self, id: &str) -> Result<(), CliError> {
        let document = format!(
            "query($id: ID!) {{ backtest(id: $id) {{ id status failure incompleteHistory totals {{ {DIFFERENCE} }}
               months {{ start differences {{ {DIFFERENCE} }} }} }} }}"
        );
        let backtest = self.ask(&document, json!({ "id": id })).await?["backtest"].clone();
        let status = backtest["status"].as_str().unwrap_or_default();
        output::line(format_args!("{id} {status}"))?;
        if let Some(failure) = backtest["failure"].as_str() {
            return Err(failure.to_owned().into());
        }
        if backtest["incompleteHistory"] == true {
            output::message("of some events it is not known what was in force: what is in force now counts for them");
        }
        heading()?;
        let totals = backtest["totals"].as_array().into_iter().flatten();
        for total in totals.clone() {
            row("total", total)?;
        }
        for month in backtest["months"].as_array().into_iter().flatten() {
            let start: String = month["start"].as_str().unwrap_or_default().chars().take(10).collect();
            for difference in month["differences"].as_array().into_iter().flatten() {
                row(&start, difference)?;
            }
        }
        for total in totals {
            let document = format!(
                "query($id: ID!, $currency: CurrencyCode!) {{ backtest(id: $id) {{
                   partners(currency: $currency, first: 10) {{ nodes {{ partner {{ name }} difference {{ {DIFFERENCE} }} }} }} }} }}"
            );
            let variables = json!({ "id": id, "currency": total["actual"]["currency"] });
            let data = self.ask(&document, variables).await?;
            for node in data["backtest"]["partners"]["nodes"].as_array().into_iter().flatten() {
                row(
                    node["partner"]["name"].as_str().unwrap_or_default(),
                    &node["difference"],
                )?;
            }
        }
        Ok(())
    }

    /// Shows both sides of an event.
    async fn explain(&self, id: &str, event: &str) -> Result<(), CliError> {
        let side = "kind term amount { amount currency } explanation { source detail }";
        let document = format!(
            "query($id: ID!, $event: ID!) {{ backtest(id: $id) {{ event(id: $event) {{
               event {{ externalId }} actual {{ {side} }} proposed {{ {side} }} }} }} }}"
        );
        let variables = json!({ "id": id, "event": event });
        let found = self.ask(&document, variables).await?["backtest"]["event"].clone();
        if found.is_null() {
            return Err(format!("there is no event {event}").into());
        }
        for side in ["actual", "proposed"] {
            output::line(format_args!(
                "{side} of {}",
                found["event"]["externalId"].as_str().unwrap_or_default()
            ))?;
            for row in found[side].as_array().into_iter().flatten() {
                let amount = &row["amount"];
                let [kind, sum, currency] = [&row["kind"], &amount["amount"], &amount["currency"]]
                    .map(|part| part.as_str().unwrap_or_default());
                output::line(format_args!("  {kind} {sum} {currency}"))?;
                for step in row["explanation"].as_array().into_iter().flatten() {
                    let [source, detail] =
                        [&step["source"], &step["detail"]].map(|part| part.as_str().unwrap_or_default());
                    output::line(format_args!("    {source}: {detail}"))?;
                }
            }
        }
        Ok(())
    }
}

fn heading() -> Result<(), CliError> {
    output::line(format_args!(
        "{:<24} {:>3} {:>16} {:>16} {:>16} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "", "", "actual", "proposed", "difference", "appeared", "gone", "rose", "fell", "same"
    ))
}

fn row(name: &str, difference: &Value) -> Result<(), CliError> {
    let amount = |side: &str| difference[side]["amount"].as_str().unwrap_or_default();
    let count = |name: &str| difference[name].as_i64().unwrap_or_default();
    let name: String = name.chars().take(24).collect();
    output::line(format_args!(
        "{name:<24} {:>3} {:>16} {:>16} {:>16} {:>9} {:>9} {:>9} {:>9} {:>9}",
        difference["actual"]["currency"].as_str().unwrap_or_default(),
        amount("actual"),
        amount("proposed"),
        amount("difference"),
        count("appeared"),
        count("disappeared"),
        count("rose"),
        count("fell"),
        count("unchanged"),
    ))
}
