//! The proposals of backtests as input types.

use async_graphql::{ID, InputObject, InputType, OneofObject};
use serde_json::Value as Json;

use crate::graphql::input::each;
use crate::graphql::partner_group::PartnerGroupRuleInput;
use crate::graphql::scalar::DateTime;
use crate::graphql::terms::CommissionTermInput;
use crate::graphql::tiered::CreateTieredCommissionInput;
use service::backtest::{NewBacktest, NewProposal};

/// The backtest to create.
#[derive(Clone, InputObject)]
pub struct CreateBacktestInput {
    /// Its name.
    pub name: Option<String>,
    /// The start of the compared range of recording times, inclusive.
    pub from: DateTime,
    /// The end of the range, exclusive; not later than now.
    pub to: DateTime,
    /// The rules to test, in place of those that were in force.
    pub proposal: BacktestProposalInput,
    /// A repeated call with the same key and input returns the backtest that the first call created.
    pub idempotency_key: Option<String>,
}

/// The rules that replace those that were in force; everything else stays as it was. Exactly one is given.
#[derive(Clone, OneofObject)]
pub enum BacktestProposalInput {
    /// The terms of a campaign.
    CampaignTerms(ProposedCampaignTermsInput),
    /// The rules of a partner group.
    GroupRules(ProposedGroupRulesInput),
    /// A tiered commission, new or in place of an existing one.
    TieredCommission(Box<ProposedTieredCommissionInput>),
}

/// Proposed terms of a campaign.
#[derive(Clone, InputObject)]
pub struct ProposedCampaignTermsInput {
    /// The campaign.
    pub campaign_id: ID,
    /// The proposed terms; with an empty list the group's rules pay.
    pub terms: Vec<CommissionTermInput>,
    /// The proposed holdback in days; null: approval by hand only. Amounts do not depend on it.
    pub holdback_days: Option<i32>,
    /// Whether the partners' snapshots for this campaign are replaced by these terms, too. Partner-wide snapshots stay.
    #[graphql(default)]
    pub replace_snapshots: bool,
}

/// Proposed rules of a partner group.
#[derive(Clone, InputObject)]
pub struct ProposedGroupRulesInput {
    /// The group.
    pub partner_group_id: ID,
    /// The proposed rules.
    pub rules: Vec<PartnerGroupRuleInput>,
}

/// A proposed tiered commission that takes effect at the start of the range.
#[derive(Clone, InputObject)]
pub struct ProposedTieredCommissionInput {
    /// The tiered commission that it replaces; null: it is an additional one.
    pub replaces_id: Option<ID>,
    /// The proposed tiered commission. Its idempotency key is ignored.
    pub tier: CreateTieredCommissionInput,
}

impl From<CreateBacktestInput> for NewBacktest {
    fn from(input: CreateBacktestInput) -> Self {
        let shown = input.proposal.to_value().into_json().unwrap_or(Json::Null);
        Self {
            name: input.name,
            from: input.from.0,
            to: input.to.0,
            proposal: input.proposal.into(),
            shown: without_nulls(shown),
        }
    }
}

impl From<BacktestProposalInput> for NewProposal {
    fn from(input: BacktestProposalInput) -> Self {
        match input {
            BacktestProposalInput::CampaignTerms(input) => Self::CampaignTerms {
                campaign_id: input.campaign_id.into(),
                terms: each(input.terms),
                holdback_days: input.holdback_days,
                replace_snapshots: input.replace_snapshots,
            },
            BacktestProposalInput::GroupRules(input) => Self::GroupRules {
                group_id: input.partner_group_id.into(),
                rules: each(input.rules),
            },
            BacktestProposalInput::TieredCommission(input) => Self::TieredCommission {
                replaces_id: input.replaces_id.map(Into::into),
                tier: Box::new(input.tier.into()),
            },
        }
    }
}

/// The proposal without null fields, as it would be written by hand.
fn without_nulls(json: Json) -> Json {
    match json {
        Json::Object(fields) => {
            let fields = fields.into_iter().filter(|(_, value)| !value.is_null());
            Json::Object(fields.map(|(name, value)| (name, without_nulls(value))).collect())
        }
        Json::Array(values) => Json::Array(values.into_iter().map(without_nulls).collect()),
        value => value,
    }
}
