//! The proposals of backtests as input types.

use async_graphql::{ID, InputObject, InputType, OneofObject};
use serde_json::Value as Json;

use crate::graphql::input::id_text;
use crate::graphql::partner_group::PartnerGroupRuleInput;
use crate::graphql::scalar::DateTime;
use crate::graphql::terms::{CommissionTermInput, drafts};
use crate::graphql::tiered::CreateTieredCommissionInput;
use domain::group_rules::RuleDraft;
use service::backtest::{NewBacktest, NewProposal};

/// What to work out.
#[derive(Clone, InputObject)]
pub struct CreateBacktestInput {
    /// What to call it.
    pub name: Option<String>,
    /// What was recorded from this moment on is compared.
    pub from: DateTime,
    /// And before this one; not later than now.
    pub to: DateTime,
    /// What takes the place of what was in force.
    pub proposal: BacktestProposalInput,
    /// The same key with the same input gives the backtest that it made first.
    pub idempotency_key: Option<String>,
}

/// What takes the place of what was in force; everything else is as it was.
#[derive(Clone, OneofObject)]
pub enum BacktestProposalInput {
    /// The terms of a campaign.
    CampaignTerms(ProposedCampaignTermsInput),
    /// The rules of a partner group.
    GroupRules(ProposedGroupRulesInput),
    /// A tiered commission, new or in the place of another one.
    TieredCommission(Box<ProposedTieredCommissionInput>),
}

/// Other terms of a campaign.
#[derive(Clone, InputObject)]
pub struct ProposedCampaignTermsInput {
    /// The campaign.
    pub campaign_id: ID,
    /// The terms that it would have had; an empty list leaves everything to the group's rules.
    pub terms: Vec<CommissionTermInput>,
    /// The holdback that it would have had, in days; null: approval by hand. No amount depends on it.
    pub holdback_days: Option<i32>,
    /// True: what partners were promised for this campaign reads as having these terms, too. What they were promised for all
    /// campaigns stays.
    #[graphql(default)]
    pub replace_snapshots: bool,
}

/// Other rules of a partner group.
#[derive(Clone, InputObject)]
pub struct ProposedGroupRulesInput {
    /// The group.
    pub partner_group_id: ID,
    /// The rules that it would have had.
    pub rules: Vec<PartnerGroupRuleInput>,
}

/// A tiered commission that comes into force when the range begins.
#[derive(Clone, InputObject)]
pub struct ProposedTieredCommissionInput {
    /// The one that it takes the place of; null: it is an additional one.
    pub replaces_id: Option<ID>,
    /// What it would have been. Its idempotency key is not looked at.
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
                campaign_id: id_text(input.campaign_id),
                terms: drafts(input.terms),
                holdback_days: input.holdback_days,
                replace_snapshots: input.replace_snapshots,
            },
            BacktestProposalInput::GroupRules(input) => Self::GroupRules {
                group_id: id_text(input.partner_group_id),
                rules: input.rules.into_iter().map(RuleDraft::from).collect(),
            },
            BacktestProposalInput::TieredCommission(input) => Self::TieredCommission {
                replaces_id: input.replaces_id.map(id_text),
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
