//! Partners as output types.

use async_graphql::{ComplexObject, Context, ID};
use paged::paged;

use super::balance::PartnerBalance;
use super::description::PARTNER;
use super::transition::PartnerTransition;
use crate::graphql::campaign::Campaign;
use crate::graphql::connection::{Connection, children};
use crate::graphql::context::request;
use crate::graphql::deal::Deal;
use crate::graphql::error::nullable_link;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::identity;
use crate::graphql::label::{PartnerCategory, PartnerTier};
use crate::graphql::ledger::commission::{CommissionConnection, CommissionFilter, commissions_of};
use crate::graphql::ledger::customer::Customer;
use crate::graphql::loader::{CampaignsOfPartner, CustomersOfPartner, DealsOfPartner, Under, objects};
use crate::graphql::lookup::id;
use crate::graphql::money::Money;
use crate::graphql::order::CommissionOrder;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::partner_group::PartnerGroup;
use crate::graphql::payout::{Payout, payouts_of};
use crate::graphql::rows::Projected;
use crate::graphql::scalar::DateTime;
use crate::graphql::shared::row;
use crate::graphql::tenant::audit::{AuditEntry, history};
use crate::graphql::terms::{CommissionSnapshot, TermsInForce};
use crate::graphql::tiered::{TierCounter, past_tier_progress, tier_progress};
use auth::Resource;
use domain::id::PartnerId;
use domain::partner;
use store::commission::CommissionParent;
use store::payout::PayoutParent;

row! {
    /// An organisation or person that earns commission.
    pub struct Partner(partner::Partner): PARTNER, store::partner;
    computed: store::partner::whole;
}

impl Partner {
    /// The partner with this id, projected by the selection set; null if there is none that the caller may see.
    pub fn shown(ctx: &Context<'_>, id: PartnerId) -> Result<Option<Projected<Self>>, ApiError> {
        identity::may_name_partners(&request(ctx).caller)?;
        Ok(Some(Projected::by_id(id.uuid())))
    }
}

#[paged]
#[ComplexObject]
impl Partner {
    /// Its group, whose rules pay if no other terms do; null: the tenant's default group applies.
    async fn group(&self, ctx: &Context<'_>) -> Nullable<PartnerGroup> {
        nullable_link(self.0.group_id, |id| identity::partner_group(ctx, id)).await
    }

    /// Its tier; null if it has none.
    async fn tier(&self, ctx: &Context<'_>) -> Nullable<PartnerTier> {
        nullable(async {
            let Some(id) = self.0.tier_id else { return Ok(None) };
            let tier = request(ctx).loaders().partner_tier.load(id.uuid()).await?;
            Ok(tier.map(PartnerTier::from))
        })
        .await
    }

    /// Its categories, by label.
    async fn categories(&self, ctx: &Context<'_>) -> Result<Vec<PartnerCategory>, ApiError> {
        let loader = &request(ctx).loaders().categories_of_partner;
        Ok(objects(loader.load(self.0.id.uuid()).await?))
    }

    /// The changes of its status, oldest first.
    async fn transitions(&self, ctx: &Context<'_>) -> Result<Vec<PartnerTransition>, ApiError> {
        let loader = &request(ctx).loaders().partner_transitions;
        Ok(objects(loader.load(self.0.id.uuid()).await?))
    }

    /// The campaigns to which it belongs, newest campaign first.
    async fn campaigns(&self, ctx: &Context<'_>, page: PageArguments) -> Result<Connection<Campaign>, ApiError> {
        let scope = request(ctx).caller.read_linked(Resource::Campaigns)?;
        children::<CampaignsOfPartner, _>(scope, self.0.id.uuid(), page)
    }

    /// The changes and who made them, newest first. Needs `audit:read`; empty for a partner's token.
    async fn history(&self, ctx: &Context<'_>, page: PageArguments) -> Result<Connection<AuditEntry>, ApiError> {
        history(ctx, self.0.id.uuid(), page)
    }

    /// The deals that it brought, newest first.
    async fn deals(&self, ctx: &Context<'_>, page: PageArguments) -> Result<Connection<Deal>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Deals)?;
        children::<DealsOfPartner, _>(scope, self.0.id.uuid(), page)
    }

    /// Its progress towards the goals of the ACTIVE tiered commissions of its campaigns, in the current windows, newest
    /// campaign first. Goals on revenue are not shown with a partner's token.
    async fn tier_progress(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only in this campaign.")] campaign_id: Option<ID>,
    ) -> Result<Vec<TierCounter>, ApiError> {
        tier_progress(ctx, self.0.id.uuid(), campaign_id).await
    }

    /// Its progress towards the goals of the ACTIVE tiered commissions of its campaigns at the end of past windows, the
    /// latest window first, with the goals as they were then.
    /// Goals on revenue are not shown with a partner's token.
    async fn past_tier_progress(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only in this campaign.")] campaign_id: Option<ID>,
        page: PageArguments,
    ) -> Result<Connection<TierCounter>, ApiError> {
        let campaign = id("campaignId", campaign_id)?;
        past_tier_progress(ctx, self.0.id.uuid(), campaign, &page)
    }

    /// What its next event in the campaign would earn: the terms, rules and tiered commissions that pay it, with their
    /// inputs. Null for an unknown campaign and, for a partner's token, for one that the partner neither belongs to nor
    /// has a snapshot for. With a campaign it also needs `campaigns:read`, except for the partner itself.
    async fn terms_in_force(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "For events of this campaign; if absent, for events without one, which no tier counts.")]
        campaign_id: Option<ID>,
    ) -> Nullable<TermsInForce> {
        nullable(async {
            let campaign = id("campaignId", campaign_id)?;
            TermsInForce::load(ctx, self.0.id, self.0.status, campaign).await
        })
        .await
    }

    /// The snapshot that would pay now: the newest one for the campaign, else the newest partner-wide one. Null: the
    /// campaign's live terms pay, or else the group's rules.
    async fn commission_snapshot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "For events of this campaign; if absent, the partner-wide snapshot.")] campaign_id: Option<ID>,
    ) -> Nullable<CommissionSnapshot> {
        nullable(async {
            identity::require_read(ctx, Resource::Partners)?;
            let campaign = id("campaignId", campaign_id)?;
            CommissionSnapshot::in_force(ctx, self.0.id, campaign).await
        })
        .await
    }

    /// Its commissions, by default newest first.
    async fn commissions(
        &self,
        ctx: &Context<'_>,
        page: PageArguments,
        #[graphql(desc = "Only entries that match this filter.")] filter: Option<CommissionFilter>,
        #[graphql(desc = "The order of the list.")] order_by: Option<CommissionOrder>,
    ) -> Result<CommissionConnection, ApiError> {
        commissions_of(
            ctx,
            CommissionParent::Partner,
            self.0.id.uuid(),
            &page,
            filter,
            order_by,
        )
    }

    /// The sums of its rows, one per currency, excluding what is owed to individuals.
    async fn balances(&self, ctx: &Context<'_>) -> Result<Vec<PartnerBalance>, ApiError> {
        let request = request(ctx);
        request.caller.read(Resource::Commissions)?;
        let loader = &request.loaders().balances_of_partner;
        Ok(objects(loader.load(self.0.id.uuid()).await?))
    }

    /// The balances as of a past moment: of the rows that existed before it, with their status then. Accrued and
    /// approved add up to the closing balance of the statement up to that moment.
    async fn balances_as_of(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The moment, exclusive; not later than now.")] at: DateTime,
    ) -> Result<Vec<PartnerBalance>, ApiError> {
        let request = request(ctx);
        request.caller.read(Resource::Commissions)?;
        if at.0 > request.app.clock.now() {
            return Err(ApiError::bad_user_input("at must not be later than now"));
        }
        let (parent, of) = (self.0.id.uuid(), at.0);
        let balances = request.loaders().balances_as_of.load(Under { parent, of }).await?;
        Ok(objects(balances))
    }

    /// Its payouts, newest first.
    async fn payouts(&self, ctx: &Context<'_>, page: PageArguments) -> Result<Connection<Payout>, ApiError> {
        payouts_of(ctx, PayoutParent::Partner, self.0.id.uuid(), &page)
    }

    /// The customers bound to it, newest first.
    async fn customers(&self, ctx: &Context<'_>, page: PageArguments) -> Result<Connection<Customer>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Events)?;
        children::<CustomersOfPartner, _>(scope, self.0.id.uuid(), page)
    }

    /// The charges credited to it, less refunds and chargebacks; one sum per currency.
    async fn lifetime_value(&self, ctx: &Context<'_>) -> Result<Vec<Money>, ApiError> {
        let request = request(ctx);
        request.caller.read(Resource::Commissions)?;
        let loader = &request.loaders().lifetime_values_of_partner;
        Ok(objects(loader.load(self.0.id.uuid()).await?))
    }

    /// All its snapshots, newest first.
    async fn commission_snapshots(&self, ctx: &Context<'_>) -> Result<Vec<CommissionSnapshot>, ApiError> {
        let loader = &request(ctx).loaders().snapshots_of_partner;
        Ok(objects(loader.load(self.0.id.uuid()).await?))
    }
}
