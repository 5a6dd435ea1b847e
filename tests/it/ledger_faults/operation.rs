//! What clients ask for. Each answer selects what must be the same whenever the same operation is sent again: ids,
//! amounts and the codes of refusals, no status.

use serde_json::{Value, json};

const RECORDED: &str = "event { id externalId } commissions { id kind amount { amount currency } } \
    userErrors { code field }";
const REVIEWED: &str = "id commission { id amount { amount currency } } userErrors { code field }";

/// A mutation that may be sent again: it has an external id or an idempotency key.
#[derive(Clone, Debug)]
pub struct Operation {
    pub field: &'static str,
    kind: String,
    selection: &'static str,
    pub input: Value,
}

impl Operation {
    fn new(field: &'static str, selection: &'static str, input: Value) -> Self {
        let kind = format!("{}{}Input!", field[..1].to_uppercase(), &field[1..]);
        Self {
            field,
            kind,
            selection,
            input,
        }
    }

    /// Makes something outside of the ledger; `selection` like `partner { id }`.
    pub fn make(field: &'static str, selection: &'static str, input: Value) -> Self {
        Self::new(field, selection, input)
    }

    pub fn record(event: Value) -> Self {
        Self::new("recordEvent", RECORDED, event)
    }

    pub fn record_all(events: Vec<Value>) -> Self {
        let kind = "[RecordEventInput!]!".to_owned();
        Self {
            kind,
            ..Self::new("recordEvents", RECORDED, Value::Array(events))
        }
    }

    /// Without a reason only what has matured.
    pub fn approve(ids: &[String], reason: Option<&str>, key: Option<String>) -> Self {
        let input = json!({ "ids": ids, "overrideHoldbackReason": reason, "idempotencyKey": key });
        Self::new("approveCommissions", REVIEWED, input)
    }

    pub fn reverse(ids: &[String], key: Option<String>) -> Self {
        let input = json!({ "ids": ids, "reason": "mistake", "idempotencyKey": key });
        Self::new("reverseCommissions", REVIEWED, input)
    }

    pub fn manual(partner: &str, amount: &str, key: Option<String>) -> Self {
        let amount = json!({ "amount": amount, "currency": "EUR" });
        let input = json!({ "partnerId": partner, "amount": amount, "reason": "agreed", "idempotencyKey": key });
        let selection = "commission { id kind amount { amount currency } } userErrors { code field }";
        Self::new("createManualCommission", selection, input)
    }

    pub fn run(key: Option<String>) -> Self {
        let selection = "payoutRun { id payouts(first: 100) { nodes { id amount { amount currency } } } } \
            userErrors { code field }";
        Self::new("createPayoutRun", selection, json!({ "idempotencyKey": key }))
    }

    pub fn settle(payout: &str, status: &str, key: Option<String>) -> Self {
        let input = json!({ "id": payout, "status": status, "idempotencyKey": key });
        let selection = "payout { id amount { amount currency } } userErrors { code field }";
        Self::new("settlePayout", selection, input)
    }

    /// The request's body.
    pub fn body(&self) -> Value {
        let (field, kind, selection) = (self.field, &self.kind, self.selection);
        let document = format!("mutation($input: {kind}) {{ {field}(input: $input) {{ {selection} }} }}");
        json!({ "query": document, "variables": { "input": self.input } })
    }
}

/// A charge in euros.
pub fn charge(external_id: &str, minor: i64, customer: Option<&str>, partner: &str, campaign: &str) -> Value {
    json!({
        "externalId": external_id, "kind": "CHARGE", "amount": { "amount": euros(minor), "currency": "EUR" },
        "customerExternalId": customer, "partnerId": partner, "campaignId": campaign,
    })
}

pub fn refund(external_id: &str, kind: &str, original: &str, minor: Option<i64>) -> Value {
    let amount = minor.map(|minor| json!({ "amount": euros(minor), "currency": "EUR" }));
    json!({ "externalId": external_id, "kind": kind, "originalExternalId": original, "amount": amount })
}

/// Cents as the API writes them.
pub fn euros(minor: i64) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let minor = minor.abs();
    format!("{sign}{}.{:02}", minor / 100, minor % 100)
}
