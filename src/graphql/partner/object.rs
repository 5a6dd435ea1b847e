//! Partners as output types.

use async_graphql::{ComplexObject, Context, ID};
use paged::paged;

use super::balance::PartnerBalance;
use super::description::PARTNER;
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::identity;
use crate::graphql::loader::{Under, objects};
use crate::graphql::lookup::id;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::Projected;
use crate::graphql::scalar::DateTime;
use crate::graphql::shared::row;
use crate::graphql::terms::{CommissionSnapshot, TermsInForce};
use crate::graphql::tiered::{TierCounter, past_tier_progress, tier_progress};
use auth::Resource;
use domain::id::PartnerId;
use domain::partner;

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
}
