//! Checks a proposal as the mutation that puts it in force would.

use super::NewProposal;
use crate::ids::object;
use crate::{campaign, tiered_commission};
use auth::Writer;
use domain::Timestamp;
use domain::group_rules;
use domain::id;
use domain::problem::{ProblemCode, Problems};
use domain::terms;
use store::backtest::{Proposal, ProposedTier};
use store::{StoreError, Transaction};

/// The proposal, or `None` after noting what is wrong with it.
pub async fn checked(
    transaction: &Transaction,
    writer: &Writer,
    proposal: NewProposal,
    now: Timestamp,
    problems: &mut Problems,
) -> Result<Option<Proposal>, StoreError> {
    let scope = writer.scope();
    let base_currency = store::tenant::get(transaction, &scope).await?.base_currency;
    match proposal {
        NewProposal::CampaignTerms {
            campaign_id,
            terms,
            holdback_days,
            replace_snapshots,
        } => {
            problems.enter("campaignTerms");
            let terms = terms::terms(terms, base_currency, problems);
            let holdback_days = problems.optional("holdbackDays", holdback_days, terms::holdback_days);
            let campaign = campaign::of_id(transaction, writer, &campaign_id, problems).await?;
            problems.leave();
            Ok(campaign
                .zip(terms)
                .zip(holdback_days)
                .map(|((campaign, terms), holdback_days)| Proposal::CampaignTerms {
                    campaign: campaign.id,
                    terms,
                    holdback_days,
                    replace_snapshots,
                }))
        }
        NewProposal::GroupRules { group_id, rules } => {
            problems.enter("groupRules");
            let group = object::<id::PartnerGroup>("partnerGroupId", &group_id, problems, transaction, &scope).await?;
            let currency = group.as_ref().and_then(|group| group.currency);
            let rules = problems.within("rules", |problems| group_rules::rule_set(rules, currency, problems));
            problems.leave();
            Ok(group
                .zip(rules)
                .map(|(group, rules)| Proposal::GroupRules { group: group.id, rules }))
        }
        NewProposal::TieredCommission { replaces_id, tier } => {
            problems.enter("tieredCommission");
            let mut is_there = true;
            let replaced = match replaces_id {
                Some(text) => {
                    let replaced =
                        object::<id::TieredCommission>("replacesId", &text, problems, transaction, &scope).await?;
                    is_there = replaced.is_some();
                    replaced
                }
                None => None,
            };
            problems.enter("tier");
            let currency = replaced
                .as_ref()
                .map_or(base_currency, |replaced| replaced.tier.currency);
            let me = replaced.as_ref().map(|replaced| replaced.id);
            let checked =
                tiered_commission::proposed(transaction, writer, *tier, (currency, me), now, problems).await?;
            let fixed = replaced.as_ref().map(|replaced| replaced.tier.currency);
            if let (Some(checked), Some(fixed)) = (&checked, fixed)
                && checked.tier.currency != fixed
            {
                let message = format!("cannot be changed: it is {fixed}");
                problems.add("currency", ProblemCode::Invalid, message);
            }
            problems.leave();
            problems.leave();
            let checked = checked.filter(|_| is_there);
            Ok(checked.map(|tier| {
                let replaces = replaced.map(|replaced| replaced.id);
                Proposal::TieredCommission(Box::new(ProposedTier::new(replaces, tier.tier, tier.audience)))
            }))
        }
    }
}
