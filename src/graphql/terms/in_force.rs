//! The terms in force: what the next event of a partner would earn.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object};

use super::snapshot::CommissionSnapshot;
use super::term::CommissionTerm;
use super::tier_offer::TierOffer;
use crate::graphql::campaign::Campaign;
use crate::graphql::context::request;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::ledger::event::NoCommissionReason;
use crate::graphql::money::Money;
use crate::graphql::partner_group::{PartnerGroup, PartnerGroupRule};
use crate::graphql::scalar::CurrencyCode;
use auth::{Denied, Resource};
use domain::decision;
use domain::id::{CampaignId, PartnerId};
use domain::partner::PartnerStatus;
use service::ledger::in_force::{self, TermsKey};
use service::ledger::tiers::OfferKey;

/// The source of the terms that pay; the first that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "decision::TermsSource")]
pub enum TermsSource {
    /// The partner's snapshot for the campaign.
    CampaignSnapshot,
    /// The partner-wide snapshot.
    PartnerSnapshot,
    /// The campaign's live terms.
    Campaign,
    /// The rules of the partner's group.
    Group,
    /// The rules of the tenant's default group, since the partner has no group.
    DefaultGroup,
    /// There are no terms: nothing pays.
    None,
}

/// The terms that would pay the next event of a partner.
#[derive(Clone)]
pub struct TermsInForce {
    key: TermsKey,
    terms: Arc<in_force::TermsInForce>,
}

/// Checks that the caller may read what pays a partner: staff with the read scope, or any token of the partner itself,
/// which was promised these terms.
fn promised(ctx: &Context<'_>, resource: Resource) -> Result<(), Denied> {
    let request = request(ctx);
    match request.is_partner() {
        true => Ok(()),
        false => request.caller.read(resource).map(|_| ()),
    }
}

impl TermsInForce {
    /// `None`: there is no such campaign, or the caller is a partner that neither belongs to it nor is promised terms
    /// for it.
    pub async fn load(
        ctx: &Context<'_>,
        partner: PartnerId,
        status: PartnerStatus,
        campaign: Option<CampaignId>,
    ) -> Result<Option<Self>, ApiError> {
        let request = request(ctx);
        request.caller.read(Resource::Partners)?;
        if campaign.is_some() {
            promised(ctx, Resource::Campaigns)?;
        }
        let now = request.app.clock.now();
        let key = TermsKey {
            partner,
            status,
            campaign,
            now,
        };
        let terms = request.loaders().terms_in_force.load(key.clone()).await?;
        Ok(terms.map(|terms| Self { key, terms }))
    }
}

/// What a partner's next event would earn, with the tiered commissions that apply. A partner's token can read
/// everything that pays the partner, but nothing about revenue.
#[Object]
impl TermsInForce {
    /// The source of the terms.
    async fn source(&self) -> TermsSource {
        self.terms.source.into()
    }

    /// The snapshot that pays; null if none does.
    async fn snapshot(&self) -> Option<CommissionSnapshot> {
        self.terms.snapshot.clone().map(CommissionSnapshot::from)
    }

    /// The campaign; null if none was given.
    async fn campaign(&self) -> Option<Campaign> {
        self.terms.campaign.clone().map(Campaign::from)
    }

    /// The group whose rules decide for components with the basis GROUP_RULES: the partner's, or the tenant's default
    /// group; null if no rules decide.
    async fn group(&self) -> Option<PartnerGroup> {
        let rules = self.terms.rules.as_ref()?;
        Some(PartnerGroup::from(rules.group.clone()))
    }

    /// What would prevent any commission for an event that happened now: the status of the partner or campaign, the
    /// campaign's window, or a lack of terms. Null: nothing.
    async fn earns_nothing(&self) -> Option<NoCommissionReason> {
        self.terms.stopped.map(NoCommissionReason::from)
    }

    /// The components, each of which creates a commission for an event that matches it; empty if nothing pays.
    async fn terms(&self) -> Vec<CommissionTerm> {
        self.terms.terms.iter().map(CommissionTerm::from).collect()
    }

    /// The group's rules; empty if no rules decide. Needs `partner_groups:read`, except for the partner itself.
    async fn rules(&self, ctx: &Context<'_>) -> Result<Vec<PartnerGroupRule>, ApiError> {
        promised(ctx, Resource::PartnerGroups)?;
        let rules = self.terms.rules.iter().flat_map(|rules| rules.group.rules.rules());
        Ok(rules.map(PartnerGroupRule::from).collect())
    }

    /// The currency of the amounts in the rules; upgrades and bonuses then apply only to charges in it. Null: the
    /// amounts are in the currency of the charge.
    async fn rules_currency(&self, ctx: &Context<'_>) -> Nullable<CurrencyCode> {
        nullable(async {
            promised(ctx, Resource::PartnerGroups)?;
            let currency = self.terms.rules.as_ref().and_then(|rules| rules.group.currency);
            Ok(currency.map(CurrencyCode))
        })
        .await
    }

    /// How many days a commission waits before it may be approved; null: it is approved by hand only.
    async fn holdback_days(&self) -> Option<u32> {
        self.terms.holdback_days
    }

    /// The lifetime value with which the rules compare upgrades: the charges credited to the partner so far, less
    /// refunds and chargebacks, one sum per currency; empty if no rules decide. Needs `commissions:read`, except for
    /// the partner itself.
    async fn lifetime_value(&self, ctx: &Context<'_>) -> Result<Vec<Money>, ApiError> {
        promised(ctx, Resource::Commissions)?;
        let values = self.terms.rules.iter().flat_map(|rules| &rules.lifetime_values);
        Ok(values.copied().map(Money::from).collect())
    }

    /// The number with which the rules compare gates: the partner's customers with a paid charge so far; null if no
    /// rules decide. Needs `events:read`, except for the partner itself.
    async fn qualified_customers(&self, ctx: &Context<'_>) -> Nullable<u32> {
        nullable(async {
            promised(ctx, Resource::Events)?;
            Ok(self.terms.rules.as_ref().map(|rules| rules.qualified_customers))
        })
        .await
    }

    /// The ACTIVE tiered commissions that would count an event that happened now, oldest first; a partner's token can
    /// read those that change what the partner is paid. Needs `tiered_commissions:read`, except for the partner itself.
    async fn tiers(&self, ctx: &Context<'_>) -> Result<Vec<TierOffer>, ApiError> {
        promised(ctx, Resource::TieredCommissions)?;
        let Some(campaign) = &self.terms.campaign else {
            return Ok(Vec::new());
        };
        let key = OfferKey {
            partner: self.key.partner,
            campaign: campaign.id,
            advertiser: campaign.advertiser_id,
            now: self.key.now,
        };
        let request = request(ctx);
        let offers = request
            .loaders()
            .offers
            .load((key, self.terms.zone))
            .await?
            .unwrap_or_default();
        let shown = offers
            .iter()
            .filter(|offer| !request.is_partner() || offer.tier.changes_payout());
        Ok(shown.map(|offer| TierOffer(campaign.id, offer.clone())).collect())
    }
}
