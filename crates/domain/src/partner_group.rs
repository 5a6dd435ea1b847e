//! Partner groups: a classification of partners with its own commission rules.

use super::Timestamp;
use super::group_rules::RuleSet;
use super::id::PartnerGroupId;
use super::money::Currency;
use crate::audit::audited;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartnerGroup {
    pub id: PartnerGroupId,
    pub name: String,
    pub external_id: Option<String>,
    pub description: Option<String>,
    pub tags: Vec<String>,
    /// The default group applies to partners without a group; a tenant has at most one.
    pub is_default: bool,
    /// The currency of the amounts in its rules; `None`: that of the charge.
    pub currency: Option<Currency>,
    pub rules: RuleSet,
    /// Incremented whenever the rules are replaced, or their currency changes.
    pub version: u32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

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
