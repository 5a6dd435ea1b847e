//! Partners and campaigns to record events of.

use serde_json::json;

use super::answers::{is_done, text};
use super::gateway::Wire;
use super::operation::Operation;

pub struct Programme {
    pub partners: Vec<String>,
    /// They pay 12.5 %; the first holds nothing back, the second 30 days.
    pub campaigns: [String; 2],
}

impl Programme {
    pub fn new(wire: &mut Wire, partners: usize) -> Self {
        let mut make = |operation: Operation, made: &str| {
            let payload = wire.ask(&operation).unwrap();
            assert!(is_done(&payload), "{payload}");
            text(&payload[made]["id"])
        };
        let campaigns = [0, 30].map(|days| {
            let terms = json!([{ "basis": "PERCENT", "value": "12.5" }]);
            let input = json!({ "name": format!("Held {days}"), "holdbackDays": days, "terms": terms });
            let selection = "campaign { id } userErrors { code field }";
            make(Operation::make("createCampaign", selection, input), "campaign")
        });
        let partners = (0..partners).map(|number| {
            let input = json!({ "name": "P", "email": format!("p{number}@p.example") });
            let selection = "partner { id } userErrors { code field }";
            make(Operation::make("createPartner", selection, input), "partner")
        });
        let partners = partners.collect();
        Self { partners, campaigns }
    }
}
