//! Payout runs that say what they paid and what they left, previews of them, and settling what they paid.

mod access;
mod approving;
mod costs;
mod cut_off;
mod large;
mod leavers;
mod lines;
mod lists;
mod partners;
mod races;
mod random;
mod returning;
mod settling;

use std::ops::Deref;

use serde_json::{Value, json};
use tributary::service::ledger::verify::verify;

use crate::ledger::{Shop, merged, text};
use crate::support::TestApp;

pub const LINE: &str = "partner { id name } recipient amount { amount currency } commissionCount outcome";
pub const TOTALS: &str = "totals { outcome status count amount { amount currency } }";

/// A shop and its payout runs.
pub struct Office<'a>(pub Shop<'a>);

impl<'a> Deref for Office<'a> {
    type Target = Shop<'a>;

    fn deref(&self) -> &Shop<'a> {
        &self.0
    }
}

impl<'a> Office<'a> {
    pub async fn new(app: &'a TestApp) -> Self {
        Self(Shop::new(app).await)
    }

    /// Makes a run, and gives it with its lines and totals.
    pub async fn run_of(&self, input: Value) -> Value {
        let selection = format!(
            "payoutRun {{ id createdAt createdBy accruedBefore {TOTALS}
               lines(first: 500) {{ totalCount nodes {{ {LINE} payout {{ id status amount {{ amount currency }} }} }} }} }}"
        );
        self.staff().done("createPayoutRun", input, &selection).await["payoutRun"].clone()
    }

    /// What a run would do.
    pub async fn preview(&self, input: Value) -> Value {
        let selection = format!("{TOTALS} lines(first: 500) {{ totalCount nodes {{ {LINE} payout {{ id }} }} }}");
        self.staff().done("previewPayoutRun", input, &selection).await
    }

    /// A run, and that its preview was the same, line by line, and wrote nothing.
    pub async fn previewed_run(&self, input: Value) -> Value {
        let before = self.app.rows().await;
        let preview = self.preview(input.clone()).await;
        assert_eq!(self.app.rows().await, before, "a preview writes nothing");
        let run = self.run_of(input).await;
        assert_eq!(told(&preview), told(&run));
        assert_eq!(preview["totals"], run["totals"]);
        assert_eq!(preview["lines"]["totalCount"], run["lines"]["totalCount"]);
        run
    }

    /// Enters a row by hand and approves it; in euros.
    pub async fn approved(&self, partner: &str, amount: &str) -> String {
        self.approved_in(partner, amount, "EUR").await
    }

    pub async fn approved_in(&self, partner: &str, amount: &str, currency: &str) -> String {
        let row = self.entered(partner, amount, currency).await;
        self.approve(&[&row]).await;
        row
    }

    pub async fn entered(&self, partner: &str, amount: &str, currency: &str) -> String {
        let amount = json!({ "amount": amount, "currency": currency });
        let input = json!({ "partnerId": partner, "amount": amount, "reason": "agreed" });
        self.make("createManualCommission", "commission", input).await
    }

    pub async fn assert_verified(&self) {
        let findings = verify(&self.app.app, &self.tenant).await.expect("the database answers");
        assert_eq!(findings, []);
    }

    /// Settles several payouts.
    pub async fn settled(&self, what: Value) -> Value {
        let selection =
            "settled remaining results { id payout { id status reference settledBy } userErrors { code field } }";
        self.staff()
            .mutate("settlePayouts", json!({ "what": what }), selection)
            .await
    }
}

/// The lines of a run as "EUR 10.00 ann bob 2 PAID_OUT", in their order; who is no individual is "-".
pub fn told(run: &Value) -> Vec<String> {
    run["lines"]["nodes"]
        .as_array()
        .expect("lines")
        .iter()
        .map(line)
        .collect()
}

pub fn line(line: &Value) -> String {
    let recipient = line["recipient"].as_str().unwrap_or("-");
    let words = [
        &line["amount"]["currency"],
        &line["amount"]["amount"],
        &line["partner"]["name"],
    ];
    let words = words.map(text).join(" ");
    format!(
        "{words} {recipient} {} {}",
        line["commissionCount"],
        text(&line["outcome"])
    )
}

/// Totals as "PAID_OUT PENDING EUR 2 10.00", in their order.
pub fn totals(run: &Value) -> Vec<String> {
    let totals = run["totals"].as_array().expect("totals").iter();
    let totals = totals.map(|total| {
        let status = total["status"].as_str().unwrap_or("-");
        let amount = &total["amount"];
        let (outcome, currency, sum) = (&total["outcome"], &amount["currency"], &amount["amount"]);
        format!(
            "{} {status} {} {} {}",
            text(outcome),
            text(currency),
            total["count"],
            text(sum)
        )
    });
    totals.collect()
}

/// An individual's row: a deal that pays this recipient, or nobody yet. It is approved if somebody is named.
pub struct Individuals {
    stage: String,
}

impl Individuals {
    pub async fn new(shop: &Shop<'_>, more: Value) -> Self {
        let stage = json!({ "label": "Won", "position": 1, "outcome": "WON" });
        let stage = shop.make("createPaymentStage", "paymentStage", stage).await;
        let rule = json!({
            "label": "Spiff", "partnerType": "AFFILIATE", "paymentTarget": "INDIVIDUAL", "autoAssignRecipient": "DEAL_OWNER",
            "entries": [{ "paymentStageId": stage, "oneOff": { "valueType": "PERCENTAGE", "value": "10" } }],
        });
        shop.make("createCommissionRule", "commissionRule", merged(rule, more))
            .await;
        Self { stage }
    }

    /// The id of the row that a deal of this value pays.
    pub async fn row(&self, shop: &Shop<'_>, partner: &str, value: &str, recipient: Option<&str>) -> String {
        text(&self.deal(shop, partner, value, recipient).await)
    }

    /// The same; null: the partner is suspended, and earns nothing.
    pub async fn deal(&self, shop: &Shop<'_>, partner: &str, value: &str, recipient: Option<&str>) -> Value {
        let deal = json!({
            "name": "Deal", "partnerId": partner, "stageId": self.stage, "owner": recipient,
            "value": { "amount": value, "currency": "EUR" },
        });
        let made = shop.staff().done("createDeal", deal, "commissions { id }").await;
        made["commissions"][0]["id"].clone()
    }
}
