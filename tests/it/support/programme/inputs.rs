//! One input for every mutation but those of the ledger, and what each of them makes.

use serde_json::{Value, json};

use super::Programme;

impl Programme {
    /// For every mutation, by name, an input that would succeed; those of a mutation have every field that takes an id.
    pub fn inputs(&self) -> Vec<(&'static str, Value)> {
        let terms = json!([{ "basis": "PERCENT", "value": "12" }]);
        let rules = json!([{ "recurring": { "percentage": "20" } }]);
        let (a, b) = (&self.a, &self.b);
        let mut inputs = vec![
            ("activatePartner", json!({ "id": b })),
            (
                "addPartnerToCampaign",
                json!({ "partnerId": a, "campaignId": self.other_campaign }),
            ),
            (
                "amendCommissionSnapshot",
                json!({ "partnerId": a, "campaignId": self.campaign, "terms": terms, "reason": "agreed" }),
            ),
            (
                "approvePartnershipRequest",
                json!({ "id": self.request, "groupId": self.group }),
            ),
            (
                "createApiKey",
                json!({ "name": "New", "scopes": ["partners:read"], "partnerId": a }),
            ),
            ("cancelBacktest", json!({ "id": self.backtest })),
            ("createAdvertiser", json!({ "name": "New", "externalId": "new" })),
            (
                "createCampaign",
                json!({ "name": "New", "externalId": "new", "advertiserId": self.advertiser, "terms": terms }),
            ),
            (
                "createCoupon",
                json!({ "partnerId": a, "campaignId": self.campaign, "code": "NEW" }),
            ),
            (
                "identifyCustomer",
                json!({ "visitorId": "visitor-of-nobody", "customerExternalId": "hidden-visitor" }),
            ),
            (
                "simulateAttribution",
                json!({
                    "campaigns": [{ "name": "one" }], "occurredAt": "2026-03-01T00:00:00Z",
                    "touches": [{ "partner": "a", "campaign": "one", "occurredAt": "2026-02-28T00:00:00Z" }],
                }),
            ),
            (
                "createLink",
                json!({ "partnerId": a, "campaignId": self.campaign, "key": "new", "destinationUrl": "https://shop.example/new" }),
            ),
            ("deleteLink", json!({ "id": self.link })),
            ("updateLink", json!({ "id": self.link, "status": "DISABLED" })),
            ("deleteCoupon", json!({ "id": self.coupon })),
            ("updateCoupon", json!({ "id": self.coupon, "status": "DISABLED" })),
            (
                "createPartner",
                json!({
                    "name": "New", "email": "new@new.example", "externalId": "new", "groupId": self.group,
                    "tierId": self.tier, "categoryIds": [self.category], "campaignIds": [self.campaign],
                    "commissionSnapshot": { "campaignId": self.campaign, "terms": terms },
                }),
            ),
            ("createPartnerCategory", json!({ "label": "New", "externalId": "new" })),
            (
                "createPartnerGroup",
                json!({ "name": "New", "externalId": "new", "rules": rules }),
            ),
            ("createPartnerTier", json!({ "label": "New", "externalId": "new" })),
            (
                "createPartnershipRequest",
                json!({ "name": "New", "email": "new@new.example", "campaignId": self.campaign }),
            ),
            ("deleteAdvertiser", json!({ "id": self.advertiser })),
            ("deleteCampaign", json!({ "id": self.campaign })),
            ("deleteDeal", json!({ "id": self.pipeline.deal })),
            ("deletePartner", json!({ "id": b })),
            ("deletePartnerCategory", json!({ "id": self.category })),
            ("deletePartnerGroup", json!({ "id": self.other_group })),
            ("deletePartnerTier", json!({ "id": self.tier })),
            ("issuePartnerToken", json!({ "partnerId": a })),
            ("reinstatePartner", json!({ "id": b })),
            (
                "rejectPartnershipRequest",
                json!({ "id": self.request, "reason": "no" }),
            ),
            ("revokeApiKey", json!({ "id": self.api_key })),
            ("revokePartner", json!({ "id": a, "reason": "fraud" })),
            (
                "simulatePartnerGroup",
                json!({ "partnerGroupId": self.group, "scenarios": [{ "chargeAmount": "1", "customerMonths": 1 }] }),
            ),
            ("suspendPartner", json!({ "id": a, "reason": "fraud" })),
            (
                "updateAdvertiser",
                json!({ "id": self.advertiser, "name": "New", "externalId": "new" }),
            ),
            (
                "updateCampaign",
                json!({ "id": self.campaign, "name": "New", "externalId": "new", "advertiserId": self.advertiser }),
            ),
            (
                "updatePartner",
                json!({
                    "id": a, "name": "New", "email": "new@new.example", "groupId": self.other_group,
                    "tierId": self.tier, "categoryIds": [self.category], "externalId": "new",
                }),
            ),
            (
                "updatePartnerCategory",
                json!({ "id": self.category, "label": "New", "externalId": "new" }),
            ),
            (
                "updatePartnerGroup",
                json!({ "id": self.group, "name": "New", "externalId": "new", "rules": rules }),
            ),
            (
                "updatePartnerTier",
                json!({ "id": self.tier, "label": "New", "externalId": "new" }),
            ),
            ("updateTenant", json!({ "name": "New" })),
        ];
        inputs.extend(self.pipeline_inputs());
        inputs.extend(self.tier_inputs());
        inputs.extend(self.webhook_inputs());
        inputs.extend(self.erasure_inputs());
        inputs.extend(self.backtest_inputs(&terms, &rules));
        inputs.sort_by_key(|(mutation, _)| *mutation);
        inputs
    }

    fn webhook_inputs(&self) -> Vec<(&'static str, Value)> {
        let id = &self.webhook_endpoint;
        let types = ["PARTNER_CREATED"];
        vec![
            (
                "createWebhookEndpoint",
                json!({ "url": "https://new.example/", "eventTypes": types }),
            ),
            ("deleteWebhookEndpoint", json!({ "id": id })),
            // One for each of the two ways to name deliveries.
            (
                "redeliverWebhook",
                json!({ "what": { "since": { "endpointId": id, "since": "2026-03-01T00:00:00Z" } } }),
            ),
            (
                "redeliverWebhook",
                json!({ "what": { "deliveryId": self.webhook_delivery } }),
            ),
            ("rotateWebhookSecret", json!({ "id": id })),
            ("sendTestWebhook", json!({ "endpointId": id, "type": types[0] })),
            ("updateWebhookEndpoint", json!({ "id": id, "description": "New" })),
        ]
    }

    /// One for each subject that is named by an id.
    fn erasure_inputs(&self) -> Vec<(&'static str, Value)> {
        let subjects = [
            json!({ "partnerId": self.a }),
            json!({ "customerId": self.customer }),
            json!({ "requestId": self.request }),
            json!({ "recipient": { "partnerId": self.b, "name": "ben" } }),
        ];
        subjects
            .map(|subject| ("erasePersonalData", json!({ "subject": subject, "force": true })))
            .to_vec()
    }

    fn tier_inputs(&self) -> Vec<(&'static str, Value)> {
        let tier = json!({
            "name": "New", "externalId": "new", "status": "ACTIVE", "startDate": "2026-01-01", "endDate": "2026-12-31",
            "period": "MONTHLY", "partnerIds": [self.a], "campaignIds": [self.campaign], "advertiserIds": [self.advertiser],
            "goals": [{ "metric": "CONVERSION", "goal": "10" }],
        });
        let mut changed = tier.clone();
        changed["id"] = json!(self.tiered);
        let conversions = json!([{ "occurredAt": "2026-03-01T12:00:00Z", "basePayout": "4" }]);
        vec![
            ("createTieredCommission", tier.clone()),
            ("deleteTieredCommission", json!({ "id": self.tiered })),
            // One for each of the two ways to name tiers.
            (
                "simulateTieredCommission",
                json!({ "tieredCommissionIds": [self.tiered], "conversions": conversions }),
            ),
            (
                "simulateTieredCommission",
                json!({ "tiers": [tier], "conversions": conversions }),
            ),
            ("updateTieredCommission", changed),
        ]
    }

    /// One for each thing that can be proposed.
    fn backtest_inputs(&self, terms: &Value, rules: &Value) -> Vec<(&'static str, Value)> {
        let (_, tier) = self.tier_inputs().remove(0);
        let proposals = [
            json!({ "campaignTerms": { "campaignId": self.campaign, "terms": terms } }),
            json!({ "groupRules": { "partnerGroupId": self.group, "rules": rules } }),
            json!({ "tieredCommission": { "replacesId": self.tiered, "tier": tier } }),
        ];
        let input = |proposal| {
            let (from, to) = ("2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z");
            json!({ "name": "New", "from": from, "to": to, "proposal": proposal })
        };
        proposals.map(|proposal| ("createBacktest", input(proposal))).to_vec()
    }

    fn pipeline_inputs(&self) -> Vec<(&'static str, Value)> {
        let p = &self.pipeline;
        let value = json!({ "amount": "100", "currency": "USD" });
        let borne = json!([{ "customFieldId": p.field, "optionId": p.option }]);
        let scaling = json!({ "customFieldId": p.field, "tiers": [{ "optionId": p.option, "value": "3" }] });
        let period = json!({ "periodNumber": 1, "startOccurrence": 1, "value": "2", "scaling": scaling });
        let part = json!({
            "valueType": "PERCENTAGE", "value": "1", "scaling": scaling,
            "periodRates": { "enabled": true, "periods": [period] },
        });
        let rule = json!({
            "label": "New", "externalId": "new", "partnerType": "AFFILIATE", "tierIds": [self.tier],
            "categoryIds": [self.category], "partnerIds": [self.a],
            "entries": [{ "paymentStageId": p.stage, "condition": borne[0], "oneOff": part, "recurring": part }],
        });
        let mut changed_rule = rule.clone();
        changed_rule["id"] = json!(p.rule);
        let simulated = json!({ "value": value, "stagePath": [p.stage], "customFields": borne });
        vec![
            ("createCommissionRule", rule.clone()),
            (
                "createCustomField",
                json!({ "label": "New", "externalId": "new", "options": [{ "label": "One" }] }),
            ),
            (
                "createDeal",
                json!({
                    "name": "New", "externalId": "new", "value": value, "partnerId": self.a, "stageId": p.stage,
                    "customFields": borne,
                }),
            ),
            (
                "createPaymentStage",
                json!({ "label": "New", "externalId": "new", "position": 3 }),
            ),
            ("deleteCommissionRule", json!({ "id": p.rule })),
            ("deleteCustomField", json!({ "id": p.field })),
            ("deletePaymentStage", json!({ "id": p.stage })),
            ("moveDeal", json!({ "id": p.deal, "stageId": p.other_stage })),
            ("recordDealRenewal", json!({ "id": p.deal, "idempotencyKey": "new" })),
            // One for each of the two ways to name the rule.
            (
                "simulateCommissionRule",
                json!({ "commissionRuleId": p.rule, "deal": simulated }),
            ),
            ("simulateCommissionRule", json!({ "rule": rule, "deal": simulated })),
            ("updateCommissionRule", changed_rule),
            (
                "updateCustomField",
                json!({
                    "id": p.free_field, "label": "New", "externalId": "new",
                    "options": [{ "id": p.free_option, "label": "New" }],
                }),
            ),
            (
                "updateDeal",
                json!({ "id": p.deal, "name": "New", "customFields": borne }),
            ),
            (
                "updatePaymentStage",
                json!({ "id": p.stage, "label": "New", "externalId": "new" }),
            ),
        ]
    }
}

/// What a mutation's payload carries beside its user errors.
pub fn made_by(mutation: &str) -> &'static str {
    match mutation {
        "issuePartnerToken" => "token",
        "identifyCustomer" => "customer { id }",
        "simulateAttribution" => "attribution { model }",
        "createApiKey" => "apiKey { id }",
        "erasePersonalData" => "erasure { number }",
        "sendTestWebhook" => "webhookDelivery { id }",
        "redeliverWebhook" => "count",
        "revokeApiKey" => "deletedId",
        "simulatePartnerGroup" => "results { effectivePercentage }",
        "amendCommissionSnapshot" => "commissionSnapshot { id }",
        "addPartnerToCampaign" => "partner { id }",
        "updateTenant" => "tenant { id }",
        "simulateCommissionRule" => "payments { amount { amount } }",
        "simulateTieredCommission" => "conversions { payout { amount } }",
        "recordDealRenewal" => "deal { id }",
        _ if mutation.starts_with("delete") => "deletedId",
        _ if mutation.contains("Webhook") => "webhookEndpoint { id }",
        _ if mutation.ends_with("Coupon") => "coupon { id }",
        _ if mutation.ends_with("Link") => "link { id }",
        _ if mutation.ends_with("CommissionRule") => "commissionRule { id }",
        _ if mutation.ends_with("TieredCommission") => "tieredCommission { id }",
        _ if mutation.ends_with("CustomField") => "customField { id }",
        _ if mutation.ends_with("Deal") => "deal { id }",
        _ if mutation.ends_with("PaymentStage") => "paymentStage { id }",
        _ if mutation.ends_with("PartnerGroup") => "partnerGroup { id }",
        _ if mutation.ends_with("PartnerTier") => "partnerTier { id }",
        _ if mutation.ends_with("PartnerCategory") => "partnerCategory { id }",
        _ if mutation.ends_with("PartnershipRequest") => "partnershipRequest { id }",
        _ if mutation.ends_with("Advertiser") => "advertiser { id }",
        _ if mutation.ends_with("Campaign") => "campaign { id }",
        _ if mutation.ends_with("Partner") => "partner { id }",
        _ if mutation.ends_with("Backtest") => "backtest { id }",
        _ => panic!("what does {mutation} make?"),
    }
}
