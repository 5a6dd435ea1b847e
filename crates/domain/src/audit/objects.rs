//! The recorded fields of each kind of object. Every struct is destructured in full, so that new fields are not
//! forgotten.

use serde_json::{Value, json};

use super::{Audited, Fields};
use crate::backtest::Backtest;
use crate::campaign::Campaign;
use crate::deal::{CustomField, CustomFieldOption, Deal, PaymentStage};
use crate::deal_rules::CommissionRule;
use crate::erasure::Erasure;
use crate::event::Customer;
use crate::label::{Label, Labelled};
use crate::money::Money;
use crate::partner::Partner;
use crate::partner_group::PartnerGroup;
use crate::partnership_request::PartnershipRequest;
use crate::snapshot::CommissionSnapshot;
use crate::tenant::Tenant;
use crate::tiered::TieredCommission;
use crate::webhook::WebhookEndpoint;

/// Implements [`Audited`] for a type: the pattern that destructures it, and its fields in the API with their values.
macro_rules! audited {
    ($type:ty as $name:literal: { $($pattern:tt)* } => [$($field:literal: $value:expr),+ $(,)?]) => {
        impl Audited for $type {
            const TYPE: &'static str = $name;

            fn object_id(&self) -> String {
                self.id.to_string()
            }

            fn fields(&self) -> Fields {
                let Self { $($pattern)* } = self;
                vec![$(($field, json!($value))),+]
            }
        }
    };
}

fn money(amount: &Money) -> Value {
    json!({ "amount": amount.amount().to_string(), "currency": amount.currency().code() })
}

audited!(Tenant as "Tenant": {
    id: _, slug, name, base_currency, time_zone, minimum_payouts, created_at: _, updated_at: _
} => [
    "slug": slug,
    "name": name,
    "baseCurrency": base_currency.code(),
    "timeZone": time_zone.name(),
    "minimumPayouts": minimum_payouts.iter().map(money).collect::<Vec<_>>(),
]);

audited!(Partner as "Partner": {
    id: _, name, email, external_id, partner_type, status, tags, metadata, group_id, tier_id, payout_currency,
    payout_reference, created_at: _, updated_at: _, activated_at, revoked_at, tokens_valid_from: _
} => [
    "name": name,
    "email": email,
    "externalId": external_id,
    "type": partner_type.as_str(),
    "status": status.as_str(),
    "tags": tags,
    "metadata": metadata,
    "groupId": group_id,
    "tierId": tier_id,
    "payoutCurrency": payout_currency.map(|currency| currency.code()),
    "payoutReference": payout_reference,
    "activatedAt": activated_at,
    "revokedAt": revoked_at,
]);

audited!(PartnerGroup as "PartnerGroup": {
    id: _, name, external_id, description, tags, is_default, currency, rules, version, created_at: _, updated_at: _
} => [
    "name": name,
    "externalId": external_id,
    "description": description,
    "tags": tags,
    "default": is_default,
    "currency": currency.map(|currency| currency.code()),
    "rules": rules,
    "version": version,
]);

audited!(Campaign as "Campaign": {
    id: _, name, external_id, status, terms, holdback_days, starts_at, ends_at, advertiser_id, created_at: _,
    updated_at: _, version
} => [
    "name": name,
    "externalId": external_id,
    "status": status.as_str(),
    "terms": terms,
    "holdbackDays": holdback_days,
    "startsAt": starts_at,
    "endsAt": ends_at,
    "advertiserId": advertiser_id,
    "version": version,
]);

audited!(CommissionSnapshot as "CommissionSnapshot": {
    id: _, partner_id, campaign_id, version, terms, holdback_days, source, reason, created_at: _, sequence: _,
    superseded_at: _
} => [
    "partnerId": partner_id,
    "campaignId": campaign_id,
    "terms": terms,
    "holdbackDays": holdback_days,
    "source": source.as_str(),
    "reason": reason,
    "version": version,
]);

audited!(Customer as "Customer": { id: _, external_id, acquired_at, partner_id, campaign_id } => [
    "externalId": external_id,
    "acquiredAt": acquired_at,
    "partnerId": partner_id,
    "campaignId": campaign_id,
]);

audited!(PartnershipRequest as "PartnershipRequest": {
    id: _, name, email, campaign_id, status, message, partner_id, reason, created_at: _, decided_at
} => [
    "name": name,
    "email": email,
    "campaignId": campaign_id,
    "status": status.as_str(),
    "message": message,
    "partnerId": partner_id,
    "reason": reason,
    "decidedAt": decided_at,
]);

audited!(WebhookEndpoint as "WebhookEndpoint": {
    id: _, url, description, event_types, api_version, active, disabled_reason, secret_rotated_at: _, created_at: _,
    updated_at: _, deleted_at: _
} => [
    "url": url,
    "description": description,
    "eventTypes": event_types.iter().map(|kind| kind.as_str()).collect::<Vec<_>>(),
    "apiVersion": api_version,
    "active": active,
    "disabledReason": disabled_reason,
]);

// Whose values are erased is not named where only a name says so, nor why.
audited!(Erasure as "Erasure": {
    id: _, number, subject, requested_by: _, reason: _, forced, requested_at: _, finished_at: _, changed_rows: _
} => [
    "number": number,
    "subjectType": subject.kind().as_str(),
    "subjectId": subject.id(),
    "forced": forced,
]);

audited!(PaymentStage as "PaymentStage": { id: _, label, position, outcome, external_id } => [
    "label": label,
    "position": position,
    "outcome": outcome.as_str(),
    "externalId": external_id,
]);

audited!(CustomField as "CustomField": { id: _, label, external_id, options } => [
    "label": label,
    "externalId": external_id,
    "options": options.iter().map(option).collect::<Vec<_>>(),
]);

fn option(CustomFieldOption { id, label, external_id }: &CustomFieldOption) -> Value {
    json!({ "id": id, "label": label, "externalId": external_id })
}

audited!(Deal as "Deal": {
    id: _, external_id, name, value, partner_id, stage_id, lead_creator, owner, renewals, fields, created_at: _,
    updated_at: _
} => [
    "name": name,
    "externalId": external_id,
    "value": money(value),
    "partnerId": partner_id,
    "stageId": stage_id,
    "leadCreator": lead_creator,
    "owner": owner,
    "renewals": renewals,
    "customFields": fields,
]);

audited!(CommissionRule as "CommissionRule": {
    id: _, external_id, version, plan, filters, archived_at, created_at: _, updated_at: _
} => [
    "label": plan.label,
    "externalId": external_id,
    "partnerType": filters.partner_type.as_str(),
    "paymentTarget": plan.payment_target.as_str(),
    "autoAssignRecipient": plan.auto_assign_recipient.map(|assignment| assignment.as_str()),
    "currency": plan.currency.map(|currency| currency.code()),
    "holdbackDays": plan.holdback_days,
    "entries": plan.entries,
    "tierIds": filters.tiers,
    "categoryIds": filters.categories,
    "partnerIds": filters.partners,
    "version": version,
    "archivedAt": archived_at,
]);

audited!(TieredCommission as "TieredCommission": {
    id: _, external_id, version, tier, notes, audience, archived_at, created_at: _, updated_at: _
} => [
    "name": tier.name,
    "externalId": external_id,
    "notes": notes,
    "status": tier.status.as_str(),
    "startDate": tier.start_date,
    "endDate": tier.end_date,
    "period": tier.period.as_str(),
    "crossingPolicy": tier.crossing_policy.as_str(),
    "currency": tier.currency.code(),
    "eventType": tier.event_type,
    "goals": tier.goals,
    "payout": tier.payout,
    "revenue": tier.revenue,
    "retroactivePayout": tier.retroactive_payout,
    "retroactiveRevenue": tier.retroactive_revenue,
    "applyToAllPartners": audience.apply_to_all_partners,
    "partnerIds": audience.partner_ids,
    "campaignIds": audience.campaign_ids,
    "advertiserIds": audience.advertiser_ids,
    "version": version,
    "archivedAt": archived_at,
]);

audited!(Backtest as "Backtest": {
    id: _, name, status, from, to, proposal, campaign_id: _, group_id: _, tier_id: _, created_at: _, started_at: _,
    finished_at: _, created_by: _, events: _, of_events: _, failure, incomplete_history: _
} => [
    "name": name,
    "status": status.as_str(),
    "from": from,
    "to": to,
    "proposal": proposal,
    "failure": failure,
]);

impl<K: Labelled> Audited for Label<K> {
    const TYPE: &'static str = K::TYPE;

    fn object_id(&self) -> String {
        self.id.to_string()
    }

    fn fields(&self) -> Fields {
        let Self {
            id: _,
            label,
            external_id,
        } = self;
        vec![(K::FIELD, json!(label)), ("externalId", json!(external_id))]
    }
}
