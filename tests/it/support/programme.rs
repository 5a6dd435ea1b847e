//! A programme with everything set: two partners that share a group, a tier, a category and a campaign, and one input
//! for every mutation there is.

use std::time::Duration;

use serde_json::{Value, json};
use tributary::domain::tenant::Tenant;

use super::{Client, TestApp};

mod inputs;
mod pipeline;

pub use inputs::made_by;
pub use pipeline::Pipeline;

/// The ids of a programme. Every text that a partner may not see of its own starts with `hidden`, whatever belongs to
/// another partner than A with the word given for them.
pub struct Programme {
    pub tenant: Tenant,
    pub staff: Client,
    pub group: String,
    pub other_group: String,
    pub default_group: String,
    pub tier: String,
    pub category: String,
    pub advertiser: String,
    /// Both partners belong to it.
    pub campaign: String,
    /// Only A belongs to it, by an approved request.
    pub second_campaign: String,
    /// Only B belongs to it; A has a promise for it all the same.
    pub other_campaign: String,
    pub a: String,
    pub b: String,
    /// Of each.
    pub coupon: String,
    pub other_coupon: String,
    pub link: String,
    pub other_link: String,
    pub touch: String,
    pub other_touch: String,
    /// Waits for a decision.
    pub request: String,
    pub decided_request: String,
    /// What A's charge earned, and B's.
    pub commission: String,
    pub other_commission: String,
    /// The event and customer of A's.
    pub event: String,
    pub customer: String,
    /// A payout of each.
    pub payout: String,
    pub other_payout: String,
    /// The run that made A's.
    pub payout_run: String,
    pub pipeline: Pipeline,
    /// Is for both partners.
    pub tiered: String,
    /// Is for B.
    pub other_tiered: String,
    /// Is bound to A, who sees it no more than B does.
    pub api_key: String,
    pub webhook_endpoint: String,
    pub webhook_delivery: String,
    /// Of a campaign; nobody has worked on it.
    pub backtest: String,
}

/// The ledger's mutations answer in shapes of their own; `ledger::access` and its neighbours try them.
pub const LEDGER: [&str; 17] = [
    "approveCommissions",
    "approveMatchingCommissions",
    "assignCommissionRecipient",
    "attributeEvent",
    "createManualCommission",
    "createPayoutRun",
    "previewPayoutRun",
    "previewReassignCustomer",
    "reassignCustomer",
    "recordEvent",
    "recordEvents",
    "recordTouches",
    "returnPayout",
    "reverseCommissions",
    "settlePayout",
    "settlePayouts",
    "simulateCampaignTerms",
];

/// What a partner may change of its own, with the scope for it.
pub const BY_PARTNERS: [&str; 2] = ["createLink", "updateLink"];

impl Programme {
    /// Sets up a tenant in which A's texts contain `own`, and B's `other`.
    pub async fn new(app: &TestApp, slug: &str, own: &str, other: &str) -> Self {
        let tenant = app.tenant(slug).await;
        let staff = app.staff(&tenant, "admin");
        let make = async |field: &str, made: &str, input: Value| made_id(&staff, field, made, input).await;
        let group = |name: String, default: bool| {
            json!({
                "name": name, "default": default, "description": format!("hidden note of {name}"), "currency": "USD",
                "tags": ["hidden tag"], "externalId": format!("hidden-{name}"),
                "rules": [{ "recurring": { "percentage": "41.414141", "description": "hidden rule" } }],
            })
        };
        let default_group = make(
            "createPartnerGroup",
            "partnerGroup",
            group(format!("{other} default"), true),
        )
        .await;
        let other_group = make(
            "createPartnerGroup",
            "partnerGroup",
            group(format!("{other} group"), false),
        )
        .await;
        let group = make(
            "createPartnerGroup",
            "partnerGroup",
            group(format!("{own} group"), false),
        )
        .await;
        let label = json!({ "label": "hidden label", "externalId": "hidden-label" });
        let tier = make("createPartnerTier", "partnerTier", label.clone()).await;
        let category = make("createPartnerCategory", "partnerCategory", label).await;
        let owner = json!({ "name": "hidden advertiser", "externalId": "hidden-advertiser" });
        let advertiser = make("createAdvertiser", "advertiser", owner).await;
        let campaign = |name: &str, kind: &str| {
            json!({
                "name": format!("{name} campaign"), "externalId": format!("hidden-{name}-{kind}"), "holdbackDays": 30,
                "advertiserId": advertiser, "startsAt": "2026-01-01T00:00:00Z", "endsAt": "2027-01-01T00:00:00Z",
                "terms": [{ "basis": "PERCENT", "value": "17", "eventType": format!("{kind}_event") }],
            })
        };
        let other_campaign = make("createCampaign", "campaign", campaign(other, "other")).await;
        let second_campaign = make("createCampaign", "campaign", campaign(own, "second")).await;
        let campaign = make("createCampaign", "campaign", campaign(own, "hidden")).await;
        let terms = json!([{ "basis": "PERCENT", "value": "12" }]);
        let partner = |name: &str, group: &str, campaigns: &[&String]| {
            json!({
                "name": format!("{name} partner"), "email": format!("{name}@{name}.example"),
                "externalId": format!("{name}-1"), "groupId": group, "tierId": tier, "categoryIds": [category],
                "tags": ["hidden tag", format!("{name} tag")], "metadata": { "hidden": name },
                "campaignIds": campaigns, "payoutCurrency": "USD", "payoutReference": format!("hidden pay of {name}"),
                "commissionSnapshot": { "campaignId": campaign, "terms": terms },
            })
        };
        let b = make(
            "createPartner",
            "partner",
            partner(other, &group, &[&campaign, &other_campaign]),
        )
        .await;
        let a = make("createPartner", "partner", partner(own, &group, &[&campaign])).await;
        for (partner, campaign) in [
            (&a, None),
            (&b, None),
            (&a, Some(&other_campaign)),
            (&b, Some(&campaign)),
        ] {
            let input =
                json!({ "partnerId": partner, "campaignId": campaign, "terms": terms, "reason": "hidden reason" });
            make("amendCommissionSnapshot", "commissionSnapshot", input).await;
        }
        for partner in [&a, &b] {
            make(
                "suspendPartner",
                "partner",
                json!({ "id": partner, "reason": "hidden reason" }),
            )
            .await;
            make("activatePartner", "partner", json!({ "id": partner })).await;
        }
        let coupon = |name: &str, partner: &str| {
            let benefit = format!("{name} benefit");
            json!({ "partnerId": partner, "campaignId": campaign, "code": format!("{name}-10"), "customerBenefit": benefit })
        };
        let own_coupon = make("createCoupon", "coupon", coupon(own, &a)).await;
        let other_coupon = make("createCoupon", "coupon", coupon(other, &b)).await;
        let link = |name: &str, partner: &str| {
            let leads_to = format!("https://shop.example/{name}");
            json!({
                "partnerId": partner, "campaignId": campaign, "key": format!("{name}-link"), "destinationUrl": leads_to,
                "externalId": format!("{name}-link-id"),
            })
        };
        let hosts = json!({ "id": campaign, "linkHosts": ["shop.example"] });
        make("updateCampaign", "campaign", hosts).await;
        let own_link = make("createLink", "link", link(own, &a)).await;
        let other_link = make("createLink", "link", link(other, &b)).await;
        let asked = |name: &str, campaign: &str| {
            let (name, email) = (format!("hidden {name}"), format!("{name}@{name}.example"));
            json!({ "name": name, "email": email, "campaignId": campaign, "message": "hidden message" })
        };
        let own_request = asked(own, &second_campaign);
        let decided_request = make("createPartnershipRequest", "partnershipRequest", own_request).await;
        make(
            "approvePartnershipRequest",
            "partnershipRequest",
            json!({ "id": decided_request }),
        )
        .await;
        let new_request = asked(&format!("{other}-new"), &campaign);
        let request = make("createPartnershipRequest", "partnershipRequest", new_request).await;
        let (mut commissions, mut payouts, mut runs, mut events) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (partner, name) in [(&a, own), (&b, other)] {
            let money = |amount: &str| json!({ "amount": amount, "currency": "USD" });
            let event = json!({
                "externalId": format!("{name}-event"), "kind": "CHARGE", "amount": money("100"), "revenue": money("55.55"),
                "customerExternalId": format!("hidden-{name}"), "partnerId": partner, "campaignId": campaign,
                "metadata": { "hidden": name },
            });
            let recorded = staff
                .done(
                    "recordEvent",
                    event,
                    "event { id customer { id } } commissions { id amount { amount } }",
                )
                .await;
            assert_eq!(recorded["commissions"][0]["amount"]["amount"], "12.00", "{recorded}");
            events.push(recorded["event"].clone());
            let id = recorded["commissions"][0]["id"]
                .as_str()
                .expect("a commission")
                .to_owned();
            let approve = "mutation($id: ID!) { approveCommissions(input: { ids: [$id], overrideHoldbackReason: \"hidden reason\" }) { userErrors { message } } }";
            staff.data_with(approve, json!({ "id": id })).await;
            let run = staff
                .done(
                    "createPayoutRun",
                    json!({ "partnerIds": [partner] }),
                    "payoutRun { id payouts { nodes { id } } }",
                )
                .await;
            runs.push(run["payoutRun"]["id"].as_str().expect("a run").to_owned());
            payouts.push(
                run["payoutRun"]["payouts"]["nodes"][0]["id"]
                    .as_str()
                    .expect("a payout")
                    .to_owned(),
            );
            commissions.push(id);
        }
        let touch = |partner: &str, name: &str| {
            json!({ "externalId": format!("hidden-touch-{name}"), "visitorId": format!("hidden-visitor-{name}"),
                "partnerId": partner, "campaignId": campaign })
        };
        let record = "mutation($input: [RecordTouchInput!]!) { recordTouches(input: $input) { touch { id } } }";
        let touches = json!({ "input": [touch(&a, own), touch(&b, other)] });
        let touches = staff.data_with(record, touches).await;
        let touch = |place: usize| {
            let id = touches["recordTouches"][place]["touch"]["id"].as_str();
            id.expect("a touch").to_owned()
        };
        let pipeline = Pipeline::new(&staff, own, other, [&a, &b]).await;
        // One campaign only: through progress towards goals a walk comes to everything of a campaign once more.
        let tiered = make("createTieredCommission", "tieredCommission", json!({
            "name": format!("{own} tier"), "externalId": "hidden-tier", "notes": "hidden note", "status": "ACTIVE",
            "startDate": "2026-01-01", "endDate": "2026-12-31", "period": "MONTHLY", "currency": "USD",
            "partnerIds": [a, b], "campaignIds": [campaign],
            "goals": [{ "metric": "CONVERSION", "goal": "1000" }], "payout": { "action": "INCREASE", "value": "41.414141" },
        }))
        .await;
        let other_tiered = make(
            "createTieredCommission",
            "tieredCommission",
            json!({
                "name": format!("{other} tier"), "externalId": "hidden-other-tier", "status": "ACTIVE",
                "startDate": "2026-01-01", "endDate": "2026-12-31", "period": "GLOBAL",
                "partnerIds": [b], "campaignIds": [campaign], "advertiserIds": [advertiser], "goals": [{ "metric": "EVENT", "goal": "1000" }],
            }),
        )
        .await;
        let key = json!({ "name": "hidden key", "scopes": ["partners:read"], "partnerId": a });
        let api_key = make("createApiKey", "apiKey", key).await;
        let endpoint = json!({
            "url": "https://hidden.example/hooks", "description": "hidden hooks", "eventTypes": ["PARTNER_CREATED"],
        });
        let webhook_endpoint = make("createWebhookEndpoint", "webhookEndpoint", endpoint).await;
        let test = json!({ "endpointId": webhook_endpoint, "type": "PARTNER_CREATED" });
        let webhook_delivery = make("sendTestWebhook", "webhookDelivery", test).await;
        let proposed = json!({ "campaignId": campaign, "terms": [{ "basis": "PERCENT", "value": "41.414141" }] });
        let backtest = json!({
            "name": "hidden backtest", "from": "2026-02-01T00:00:00Z", "to": app.clock.now().to_rfc3339(),
            "proposal": { "campaignTerms": proposed },
        });
        let backtest = make("createBacktest", "backtest", backtest).await;
        // Tokens from before the comebacks are dead.
        app.clock.advance(Duration::from_secs(1));
        Self {
            staff: app.staff(&tenant, "admin"),
            tenant,
            group,
            other_group,
            default_group,
            tier,
            category,
            advertiser,
            campaign,
            second_campaign,
            other_campaign,
            a,
            b,
            coupon: own_coupon,
            other_coupon,
            link: own_link,
            other_link,
            touch: touch(0),
            other_touch: touch(1),
            request,
            decided_request,
            commission: commissions[0].clone(),
            other_commission: commissions[1].clone(),
            event: events[0]["id"].as_str().expect("an event").to_owned(),
            customer: events[0]["customer"]["id"].as_str().expect("a customer").to_owned(),
            payout: payouts[0].clone(),
            other_payout: payouts[1].clone(),
            payout_run: runs[0].clone(),
            pipeline,
            tiered,
            other_tiered,
            api_key,
            webhook_endpoint,
            webhook_delivery,
            backtest,
        }
    }
}

/// Runs a mutation that must succeed; gives the id of what it made or changed.
pub async fn made_id(staff: &Client, field: &str, made: &str, input: Value) -> String {
    let payload = staff.done(field, input, &format!("{made} {{ id }}")).await;
    payload[made]["id"]
        .as_str()
        .unwrap_or_else(|| panic!("{field}: {payload}"))
        .to_owned()
}

/// An id of the right form, of the kind of `id`, that nothing has.
pub fn unknown(id: &str) -> String {
    let (kind, _) = id.split_once('_').expect("an id");
    format!("{kind}_01h2xcejqtf2nbrexx3vqjhp41")
}

/// How a federation gateway names the thing of this id; `None` if it is of a kind that it cannot name.
pub fn representation(id: &str) -> Option<String> {
    let type_name = match id.split_once('_').expect("an id").0 {
        "cmp" => "Campaign",
        "com" => "Commission",
        "par" => "Partner",
        "grp" => "PartnerGroup",
        _ => return None,
    };
    Some(format!("{{ __typename: {type_name:?}, id: {id:?} }}"))
}

/// Every id in a JSON value: where it stands, and what it is.
pub fn ids_in(value: &Value) -> Vec<(String, String)> {
    fn walk(value: &Value, path: &str, found: &mut Vec<(String, String)>) {
        match value {
            Value::String(text) if is_id(text) => found.push((path.to_owned(), text.clone())),
            Value::Array(list) => {
                for (index, value) in list.iter().enumerate() {
                    walk(value, &format!("{path}/{index}"), found);
                }
            }
            Value::Object(map) => {
                for (key, value) in map {
                    walk(value, &format!("{path}/{key}"), found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(value, "", &mut found);
    found
}

fn is_id(text: &str) -> bool {
    text.len() == 30 && text.as_bytes()[3] == b'_' && text[4..].bytes().all(|byte| byte.is_ascii_alphanumeric())
}
