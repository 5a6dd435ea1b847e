//! Partner groups: a classification of partners that carries a rules engine.

use super::Timestamp;
use super::group_rules::RuleSet;
use super::id::PartnerGroupId;
use super::money::Currency;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartnerGroup {
    pub id: PartnerGroupId,
    pub name: String,
    pub external_id: Option<String>,
    pub description: Option<String>,
    pub tags: Vec<String>,
    /// Partners without a group use the default one; a tenant has at most one.
    pub is_default: bool,
    /// What the amounts of its rules are in; `None`: whatever currency the charge has.
    pub currency: Option<Currency>,
    pub rules: RuleSet,
    /// Rises by one whenever the rules are replaced, or their currency is another one.
    pub version: u32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}
