//! Partners as they are read.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use uuid::Uuid;

use super::balance::{PARTNER_BALANCE, PartnerBalance};
use crate::auth::{Caller, Denied, Resource, Scope};
use crate::domain::id::{CampaignId, PartnerId, TenantId};
use crate::domain::{id, partner, snapshot};
use crate::graphql::campaign::object::{Campaign, campaigns};
use crate::graphql::connection::{Connection, PageArguments, children};
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::deal::object::{Deal, deals};
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::label::object::{PARTNER_CATEGORY, PARTNER_TIER, PartnerCategory, PartnerTier};
use crate::graphql::ledger::commission::list::{CommissionConnection, commissions_under, under};
use crate::graphql::ledger::commission::object::CommissionFilter;
use crate::graphql::ledger::event::object::{Customer, customers};
use crate::graphql::loader::{BalancesKey, CampaignsOfPartner, CustomersOfPartner, DealsOfPartner, ProgressKey};
use crate::graphql::lookup::{all_wanted, ids, one_of_two, wanted};
use crate::graphql::money::Money;
use crate::graphql::order::{CommissionOrder, OrderDirection};
use crate::graphql::partner_group::object::{PARTNER_GROUP, PartnerGroup};
use crate::graphql::payout::object::{Payout, payouts_of, payouts_under};
use crate::graphql::rows::{
    Described, Listing, Pages, Partners, Shown, Type, children_under, family, link, listed, page_of, resolver, values,
};
use crate::graphql::scalar::{CurrencyCode, DateTime, Json};
use crate::graphql::tenant::audit::{AuditEntry, histories, history};
use crate::graphql::terms::in_force::TermsInForce;
use crate::graphql::terms::snapshot::{COMMISSION_SNAPSHOT, CommissionSnapshot};
use crate::graphql::tiered::counter::TierCounter;
use crate::graphql::tiered::past_progress::past_tier_progress;
use crate::graphql::{identity, rows};
use crate::store;
use crate::store::commission::Parent;
use crate::store::order::Sorted;
use crate::store::partner::PartnerOrder as StoreOrder;
use crate::store::payout::Parent as PayoutParent;
use crate::store::view;

/// How a partner brings customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "partner::PartnerType")]
pub enum PartnerType {
    /// It refers customers.
    Referral,
    /// It resells.
    Reseller,
    /// It supplies resellers.
    Distributor,
    /// It promotes; the type of new partners where nothing else is said.
    Affiliate,
}

/// Where a partnership stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "partner::PartnerStatus")]
pub enum PartnerStatus {
    /// It was invited, and has not been activated. It earns.
    Invited,
    /// It earns.
    Active,
    /// New events earn nothing, payouts pass it over, and its tokens are dead.
    Suspended,
    /// New events earn nothing, and its tokens are dead.
    Revoked,
}

/// An organisation or person that earns commission.
#[derive(Clone)]
pub struct Partner(Arc<partner::Partner>);

impl From<Arc<partner::Partner>> for Partner {
    fn from(partner: Arc<partner::Partner>) -> Self {
        Self(partner)
    }
}

impl From<partner::Partner> for Partner {
    fn from(partner: partner::Partner) -> Self {
        Self(Arc::new(partner))
    }
}

impl Partner {
    /// As it writes itself; null if the caller may see none.
    pub fn shown(ctx: &Context<'_>, id: PartnerId) -> Result<Option<Shown<Self>>, ApiError> {
        identity::knows_partners(&request(ctx).caller)?;
        Ok(Some(Shown::by_id(id.uuid())))
    }
}

impl Described for Partner {
    const TYPE: &'static Type = &PARTNER;

    fn uuid(&self) -> Uuid {
        self.0.id.uuid()
    }

    fn at_hand(&self, tenant: TenantId) -> view::AtHand {
        store::partner::at_hand(tenant, &self.0)
    }
}

/// A list of them.
pub fn partners(list: view::List) -> Listing {
    Listing {
        to: &PARTNER,
        connection: "PartnerConnection",
        edge: "PartnerEdge",
        list,
    }
}

pub static PARTNER: Type = Type {
    name: "Partner",
    resource: Resource::Partners,
    identity: &["id", "name", "externalId"],
    is_named: false,
    table: &view::PARTNER,
    id: || view::column(view::PartnerColumn::Id),
    field: |name| {
        use view::PartnerColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        let ask = || resolver(|row, prefix| Ok(Box::new(Partner::from(store::partner::whole(row, prefix)?))));
        Some(match name {
            "id" => value(Column::Id, view::id::<id::Partner>),
            "name" => value(Column::Name, view::text),
            "email" => value(Column::Email, view::text),
            "externalId" => value(Column::ExternalId, view::text),
            "type" => value(Column::Type, view::word!(partner::PartnerType)),
            "status" => value(Column::Status, view::word!(partner::PartnerStatus)),
            "tags" => value(Column::Tags, view::document).for_partners(Partners::EmptyList),
            "metadata" => value(Column::Metadata, view::document).for_partners(Partners::Null),
            "group" => link(view::column(Column::GroupId), &PARTNER_GROUP),
            "tier" => link(view::column(Column::TierId), &PARTNER_TIER).for_partners(Partners::Null),
            "categories" => family(&PARTNER_CATEGORY, store::label::categories).for_partners(Partners::EmptyList),
            "transitions" => family(&PARTNER_TRANSITION, store::partner::transitions).for_partners(Partners::EmptyList),
            "payoutCurrency" => value(Column::PayoutCurrency, view::text),
            "payoutReference" => value(Column::PayoutReference, view::text).for_partners(Partners::Null),
            "createdAt" => value(Column::CreatedAt, view::moment),
            "updatedAt" => value(Column::UpdatedAt, view::moment),
            "activatedAt" => value(Column::ActivatedAt, view::moment),
            "revokedAt" => value(Column::RevokedAt, view::moment),
            "commissions" => page_of(|ctx| commissions_under(ctx, Parent::Partner)),
            "balances" => family(&PARTNER_BALANCE, store::balance::family),
            "campaigns" => page_of(|ctx| {
                children_under::<CampaignsOfPartner>(
                    ctx,
                    Resource::Campaigns,
                    campaigns(store::campaign::list_of_partners()),
                )
            }),
            "payouts" => page_of(|ctx| payouts_of(ctx, PayoutParent::Partner)),
            "customers" => page_of(|ctx| {
                children_under::<CustomersOfPartner>(
                    ctx,
                    Resource::Events,
                    customers(store::customer::list_of_partners()),
                )
            }),
            "tierProgress" => ask().for_partners(Partners::Narrowed),
            "lifetimeValue" => family(&LIFETIME_VALUE, store::standing::lifetime_values),
            "deals" => page_of(|ctx| {
                children_under::<DealsOfPartner>(ctx, Resource::Deals, deals(store::deal::list_of_partners()))
            }),
            "commissionSnapshots" => family(&COMMISSION_SNAPSHOT, store::snapshot::family),
            "commissionSnapshot" | "termsInForce" | "pastTierProgress" | "balancesAsOf" => ask(),
            "history" => page_of(histories),
            _ => return None,
        })
    },
};

/// What its customers paid, in one currency.
pub static LIFETIME_VALUE: Type = Type {
    name: "Money",
    resource: Resource::Commissions,
    identity: &[],
    is_named: false,
    table: &view::PARTNER_LIFETIME_VALUE,
    id: || view::column(view::PartnerLifetimeValueColumn::PartnerId),
    field: |name| {
        use view::PartnerLifetimeValueColumn as Column;
        let currency = || view::column(Column::Currency);
        Some(match name {
            "amount" => values([currency(), view::column(Column::AmountMinor)], view::sum),
            "currency" => rows::value(currency(), view::text),
            _ => return None,
        })
    },
};

pub static PARTNER_TRANSITION: Type = Type {
    name: "PartnerTransition",
    resource: Resource::Partners,
    identity: &[],
    is_named: false,
    table: &view::PARTNER_TRANSITION,
    id: || view::column(view::PartnerTransitionColumn::Id),
    field: |name| {
        use view::PartnerTransitionColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        Some(match name {
            "from" => value(Column::FromStatus, view::word!(partner::PartnerStatus)),
            "to" => value(Column::ToStatus, view::word!(partner::PartnerStatus)),
            "actor" => value(Column::Actor, view::text),
            "reason" => value(Column::Reason, view::text),
            "at" => value(Column::At, view::moment),
            _ => return None,
        })
    },
};

/// An organisation or person that earns commission. A partner's own token shows no tags, metadata, tier, categories,
/// transitions or payout reference: they read as null or as empty lists.
#[Object]
impl Partner {
    /// Its id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its e-mail address in lower case, unique in the tenant.
    async fn email(&self, ctx: &Context<'_>) -> Result<&str, ApiError> {
        identity::beyond(ctx, Resource::Partners)?;
        Ok(&self.0.email)
    }

    /// The id that another system gave it, unique in the tenant; null if there is none.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }

    /// How it brings customers.
    #[graphql(name = "type")]
    async fn partner_type(&self, ctx: &Context<'_>) -> Result<PartnerType, ApiError> {
        identity::beyond(ctx, Resource::Partners)?;
        Ok(self.0.partner_type.into())
    }

    /// Where the partnership stands.
    async fn status(&self, ctx: &Context<'_>) -> Result<PartnerStatus, ApiError> {
        identity::beyond(ctx, Resource::Partners)?;
        Ok(self.0.status.into())
    }

    /// Free labels.
    async fn tags(&self, ctx: &Context<'_>) -> Result<&[String], ApiError> {
        identity::beyond(ctx, Resource::Partners)?;
        Ok(if request(ctx).is_partner() { &[] } else { &self.0.tags })
    }

    /// Whatever other systems want to keep with it; null if nothing.
    async fn metadata(&self, ctx: &Context<'_>) -> Nullable<Json> {
        identity::staffs_part(ctx, Resource::Partners, self.0.metadata.clone().map(Json))
    }

    /// Its group, whose rules pay where no other terms do; null: the tenant's default group counts.
    async fn group(&self, ctx: &Context<'_>) -> Nullable<PartnerGroup> {
        nullable(async {
            identity::beyond(ctx, Resource::Partners)?;
            match self.0.group_id {
                Some(id) => identity::partner_group(ctx, id).await,
                None => Ok(None),
            }
        })
        .await
    }

    /// Its tier; null if it has none.
    async fn tier(&self, ctx: &Context<'_>) -> Nullable<PartnerTier> {
        nullable(async {
            identity::beyond(ctx, Resource::Partners)?;
            let Some(id) = self.0.tier_id else { return Ok(None) };
            let tier = request(ctx).loaders().partner_tier.load(id.uuid()).await?;
            Ok(tier.map(PartnerTier::from))
        })
        .await
    }

    /// Its categories by label.
    async fn categories(&self, ctx: &Context<'_>) -> Result<Vec<PartnerCategory>, ApiError> {
        identity::beyond(ctx, Resource::Partners)?;
        let categories = request(ctx)
            .loaders()
            .categories_of_partner
            .load(self.0.id.uuid())
            .await?;
        Ok(categories
            .map(Arc::unwrap_or_clone)
            .unwrap_or_default()
            .into_iter()
            .map(PartnerCategory::from)
            .collect())
    }

    /// What it wants to be paid in; null: whatever it earned.
    async fn payout_currency(&self, ctx: &Context<'_>) -> Nullable<CurrencyCode> {
        identity::part(ctx, Resource::Partners, self.0.payout_currency.map(CurrencyCode))
    }

    /// What the payment service calls it, which payout files then say; null: they say its e-mail address. Staff only.
    async fn payout_reference(&self, ctx: &Context<'_>) -> Nullable<&str> {
        identity::staffs_part(ctx, Resource::Partners, self.0.payout_reference.as_deref())
    }

    /// When it was created.
    async fn created_at(&self, ctx: &Context<'_>) -> Result<DateTime, ApiError> {
        identity::beyond(ctx, Resource::Partners)?;
        Ok(DateTime(self.0.created_at))
    }

    /// When it was last changed.
    async fn updated_at(&self, ctx: &Context<'_>) -> Result<DateTime, ApiError> {
        identity::beyond(ctx, Resource::Partners)?;
        Ok(DateTime(self.0.updated_at))
    }

    /// When it first became active; null: it never was.
    async fn activated_at(&self, ctx: &Context<'_>) -> Nullable<DateTime> {
        identity::part(ctx, Resource::Partners, self.0.activated_at.map(DateTime))
    }

    /// When it was revoked; null: it is not.
    async fn revoked_at(&self, ctx: &Context<'_>) -> Nullable<DateTime> {
        identity::part(ctx, Resource::Partners, self.0.revoked_at.map(DateTime))
    }

    /// The history of its status, oldest first.
    async fn transitions(&self, ctx: &Context<'_>) -> Result<Vec<PartnerTransition>, ApiError> {
        identity::beyond(ctx, Resource::Partners)?;
        let transitions = request(ctx)
            .loaders()
            .partner_transitions
            .load(self.0.id.uuid())
            .await?;
        Ok(transitions
            .iter()
            .flat_map(|list| list.iter())
            .map(Into::into)
            .collect())
    }

    /// The campaigns that it belongs to, newest campaign first.
    async fn campaigns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Campaign>, ApiError> {
        let scope = request(ctx).caller.read_linked(Resource::Campaigns)?;
        let page = PageArguments::new(first, after, last, before);
        children::<CampaignsOfPartner, _>(scope, self.0.id.uuid(), page)
    }

    /// Who changed it and what, newest first. Needs `audit:read`; empty for a partner's token.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Connection<AuditEntry>, ApiError> {
        let page = PageArguments::new(first, after, last, before);
        history(ctx, self.0.id.uuid(), page)
    }

    /// The deals that it brought, newest first.
    async fn deals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Deal>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Deals)?;
        let page = PageArguments::new(first, after, last, before);
        children::<DealsOfPartner, _>(scope, self.0.id.uuid(), page)
    }

    /// How far it has come, in the windows that contain this moment, towards the goals of the ACTIVE tiered commissions
    /// of its campaigns, newest campaign first. A partner's token shows no goal of revenue.
    async fn tier_progress(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only on this campaign.")] campaign_id: Option<ID>,
    ) -> Result<Vec<TierCounter>, ApiError> {
        let request = request(ctx);
        request.caller.read(Resource::TieredCommissions)?;
        let key = ProgressKey {
            partner: self.0.id.uuid(),
            campaign: campaign_id.map(|id| id.parse()).transpose()?,
            now: request.app.clock.now(),
        };
        let progress = request.loaders().tier_progress.load(key).await?.unwrap_or_default();
        let shown = progress
            .iter()
            .filter(|progress| !request.is_partner() || progress.is_for_partner());
        Ok(shown
            .map(|progress| TierCounter::of(&progress.tier, Some(progress.campaign), &progress.goal))
            .collect())
    }

    /// How far it had come towards the goals of the ACTIVE tiered commissions of its campaigns when their windows ended, the
    /// last window first, with the goals as they were then. What was in force before this was kept is not shown. A
    /// partner's token shows no goal of revenue.
    async fn past_tier_progress(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only on this campaign.")] campaign_id: Option<ID>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Connection<TierCounter>, ApiError> {
        let page = PageArguments::new(first, after, last, before);
        let campaign = campaign_id.map(|id| id.parse()).transpose()?;
        past_tier_progress(ctx, self.0.id.uuid(), campaign, &page)
    }

    /// What its next event on the campaign would earn: the terms, the rules and the tiered commissions that pay it, and what
    /// they look at. Null for a campaign that is unknown; a partner's token reads it for campaigns that the partner belongs
    /// to or has a snapshot for. Needs `campaigns:read`, too, where a campaign is given, but for the partner itself.
    async fn terms_in_force(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "For events of this campaign; none: of no campaign, which no tiered commission counts.")]
        campaign_id: Option<ID>,
    ) -> Nullable<TermsInForce> {
        nullable(async {
            let campaign = campaign_id.map(|id| id.parse()).transpose()?;
            TermsInForce::load(ctx, self.0.id, self.0.status, campaign).await
        })
        .await
    }

    /// The snapshot that would pay now: the newest of the campaign, else the newest partner-wide one. Null: the
    /// campaign's live terms pay, or else the group's rules.
    async fn commission_snapshot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "For events of this campaign; none: the partner-wide one.")] campaign_id: Option<ID>,
    ) -> Nullable<CommissionSnapshot> {
        nullable(async {
            identity::beyond(ctx, Resource::Partners)?;
            let campaign: Option<CampaignId> = campaign_id.map(|id| id.parse()).transpose()?;
            let snapshots = request(ctx)
                .loaders()
                .snapshots_of_partner
                .load(self.0.id.uuid())
                .await?;
            let in_force = snapshots
                .as_ref()
                .and_then(|snapshots| snapshot::in_force(snapshots, campaign));
            Ok(in_force.cloned().map(CommissionSnapshot::from))
        })
        .await
    }

    /// Its commissions, newest first where no other order is asked for.
    #[expect(clippy::too_many_arguments, reason = "the contract's arguments")]
    async fn commissions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones.")] filter: Option<CommissionFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<CommissionOrder>,
    ) -> Result<CommissionConnection, ApiError> {
        let page = PageArguments::new(first, after, last, before);
        under(ctx, Parent::Partner, self.0.id.uuid(), &page, filter, order_by)
    }

    /// The sums over its rows, one a currency. What is owed to individuals stands outside.
    async fn balances(&self, ctx: &Context<'_>) -> Result<Vec<PartnerBalance>, ApiError> {
        let request = request(ctx);
        request.caller.read(Resource::Commissions)?;
        let balances = request.loaders().balances_of_partner.load(self.0.id.uuid()).await?;
        Ok(balances
            .iter()
            .flat_map(|list| list.iter())
            .map(|balance| (*balance).into())
            .collect())
    }

    /// The same sums as they were before a moment, which is not later than now: of the rows that were there, as they stood.
    /// What was accrued and approved is the closing of the statement up to that moment.
    async fn balances_as_of(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What happened before it counts; not later than now.")] at: DateTime,
    ) -> Result<Vec<PartnerBalance>, ApiError> {
        let request = request(ctx);
        request.caller.read(Resource::Commissions)?;
        if at.0 > request.app.clock.now() {
            return Err(ApiError::bad_user_input("at must not be later than now"));
        }
        let key = BalancesKey {
            partner: self.0.id.uuid(),
            at: at.0,
        };
        let balances = request.loaders().balances_as_of.load(key).await?;
        Ok(balances
            .iter()
            .flat_map(|list| list.iter())
            .map(|balance| (*balance).into())
            .collect())
    }

    /// Its payouts, newest first.
    async fn payouts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Payout>, ApiError> {
        payouts_under(
            ctx,
            PayoutParent::Partner,
            self.0.id.uuid(),
            &PageArguments::new(first, after, last, before),
        )
    }

    /// The customers that are bound to it, newest first.
    async fn customers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Customer>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Events)?;
        let page = PageArguments::new(first, after, last, before);
        children::<CustomersOfPartner, _>(scope, self.0.id.uuid(), page)
    }

    /// The charges credited to it less refunds and chargebacks, one sum a currency.
    async fn lifetime_value(&self, ctx: &Context<'_>) -> Result<Vec<Money>, ApiError> {
        let request = request(ctx);
        request.caller.read(Resource::Commissions)?;
        let values = request
            .loaders()
            .lifetime_values_of_partner
            .load(self.0.id.uuid())
            .await?;
        Ok(values
            .iter()
            .flat_map(|list| list.iter())
            .copied()
            .map(Money::from)
            .collect())
    }

    /// Everything that it was ever promised, newest first.
    async fn commission_snapshots(&self, ctx: &Context<'_>) -> Result<Vec<CommissionSnapshot>, ApiError> {
        identity::beyond(ctx, Resource::Partners)?;
        let snapshots = request(ctx)
            .loaders()
            .snapshots_of_partner
            .load(self.0.id.uuid())
            .await?;
        Ok(snapshots
            .map(Arc::unwrap_or_clone)
            .unwrap_or_default()
            .into_iter()
            .map(CommissionSnapshot::from)
            .collect())
    }
}

/// One change of a partner's status.
#[derive(Clone, SimpleObject)]
pub struct PartnerTransition {
    /// The status before; null: the partner was created.
    pub from: Option<PartnerStatus>,
    /// The status after.
    pub to: PartnerStatus,
    /// Who did it.
    pub actor: String,
    /// Why; null if no reason was asked for.
    pub reason: Option<String>,
    /// When.
    pub at: DateTime,
}

impl From<&partner::PartnerTransition> for PartnerTransition {
    fn from(transition: &partner::PartnerTransition) -> Self {
        Self {
            from: transition.from.map(PartnerStatus::from),
            to: transition.to.into(),
            actor: transition.actor.clone(),
            reason: transition.reason.clone(),
            at: DateTime(transition.at),
        }
    }
}

/// Which partners to list; everything given must hold.
#[derive(Default, InputObject)]
pub struct PartnerFilter {
    /// Part of the name, the e-mail address or the external id, whatever the case.
    pub search: Option<String>,
    /// In this group.
    pub group_id: Option<ID>,
    /// Of this tier.
    pub tier_id: Option<ID>,
    /// Of this category.
    pub category_id: Option<ID>,
    /// Belonging to this campaign.
    pub campaign_id: Option<ID>,
    /// Of one of these types.
    #[graphql(name = "type")]
    pub types: Option<Vec<PartnerType>>,
    /// With one of these statuses.
    pub status: Option<Vec<PartnerStatus>>,
    /// With exactly this tag among its tags.
    pub tag: Option<String>,
    /// In one of these groups.
    pub group_ids: Option<Vec<ID>>,
    /// Of one of these tiers. Not for a partner's token.
    pub tier_ids: Option<Vec<ID>>,
    /// Of one of these categories. Not for a partner's token.
    pub category_ids: Option<Vec<ID>>,
    /// Belonging to one of these campaigns.
    pub campaign_ids: Option<Vec<ID>>,
    /// With exactly one of these among its tags. Not for a partner's token.
    pub tags: Option<Vec<String>>,
    /// With exactly one of these external ids.
    pub external_ids: Option<Vec<String>>,
    /// Created at this moment or later.
    pub created_from: Option<DateTime>,
    /// Created before this moment.
    pub created_to: Option<DateTime>,
}

impl PartnerFilter {
    fn read(self) -> Result<store::partner::PartnerFilter, ApiError> {
        Ok(store::partner::PartnerFilter {
            search: self.search.map(|text| wanted("search", text)).transpose()?,
            group: self.group_id.map(|id| id.parse()).transpose()?,
            tier: self.tier_id.map(|id| id.parse()).transpose()?,
            category: self.category_id.map(|id| id.parse()).transpose()?,
            campaign: self.campaign_id.map(|id| id.parse()).transpose()?,
            types: self
                .types
                .map(|list| list.into_iter().map(partner::PartnerType::from).collect()),
            status: self
                .status
                .map(|list| list.into_iter().map(partner::PartnerStatus::from).collect()),
            tag: self.tag.map(|text| wanted("tag", text)).transpose()?,
            groups: ids(self.group_ids)?,
            tiers: ids(self.tier_ids)?,
            categories: ids(self.category_ids)?,
            campaigns: ids(self.campaign_ids)?,
            tags: all_wanted("filter.tags", self.tags)?,
            external_ids: all_wanted("filter.externalIds", self.external_ids)?,
            created_from: self.created_from.map(|moment| moment.0),
            created_to: self.created_to.map(|moment| moment.0),
        })
    }

    /// Whether it asks about what partners do not see of themselves.
    fn is_for_staff(&self) -> bool {
        let one = self.tier_id.is_some() || self.category_id.is_some() || self.tag.is_some();
        one || self.tier_ids.is_some() || self.category_ids.is_some() || self.tags.is_some()
    }
}

/// How to sort partners.
#[derive(Clone, Copy, InputObject)]
pub struct PartnerOrder {
    /// By what.
    #[graphql(default_with = "PartnerOrderField::CreatedAt")]
    pub field: PartnerOrderField,
    /// In which direction.
    #[graphql(default_with = "OrderDirection::Desc")]
    pub direction: OrderDirection,
    /// Of which currency, by LIFETIME_VALUE and PAYABLE; required there: amounts of different currencies have no order.
    pub currency: Option<CurrencyCode>,
}

/// What partners are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum PartnerOrderField {
    /// When they were created.
    CreatedAt,
    /// Their name, whatever the case.
    Name,
    /// What their customers paid in `currency`; 0 for those without. Needs `commissions:read`.
    LifetimeValue,
    /// What is approved in `currency` and in no open payout; 0 for those without. Needs `commissions:read`.
    Payable,
}

#[derive(Default)]
pub struct PartnerQuery;

#[Object]
impl PartnerQuery {
    /// One partner, by its id or by the id that another system gave it; null if there is none. Whoever may read rows that
    /// name partners, such as commissions, reads its id, name and external id, and these rows under it.
    async fn partner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<ID>,
        #[graphql(desc = "Its external id.")] external_id: Option<String>,
    ) -> Nullable<Shown<Partner>> {
        nullable(async {
            let request = request(ctx);
            identity::knows_partners(&request.caller)?;
            match one_of_two(id, external_id)? {
                Ok(id) => Partner::shown(ctx, id.parse()?),
                Err(external_id) => Shown::named(ctx, view::column(view::PartnerColumn::ExternalId), external_id),
            }
        })
        .await
    }

    /// The partners, newest first where no other order is asked for.
    #[expect(clippy::too_many_arguments, reason = "the contract's arguments")]
    async fn partners(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones.")] filter: Option<PartnerFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<PartnerOrder>,
    ) -> Result<Pages<Connection<Partner>>, ApiError> {
        let caller = &request(ctx).caller;
        let scope = caller.read(Resource::Partners)?;
        let asked = Asked::read(caller, filter, order_by)?;
        let cursors = asked.cursors(scope);
        let arguments = PageArguments::new(first, after, last, before);
        let Asked { filter, sorted } = asked;
        let listing = partners(store::partner::list(filter.clone(), sorted));
        listed(listing, &cursors, &arguments, move |request| {
            let filter = filter.clone();
            Box::pin(async move { Ok(store::partner::count(request.store().reader(), &scope, &filter).await?) })
        })
    }
}

/// What the list of partners is asked for by.
pub struct Asked {
    pub filter: Arc<store::partner::PartnerFilter>,
    pub sorted: Sorted<StoreOrder>,
}

impl Asked {
    pub fn read(
        caller: &Caller,
        filter: Option<PartnerFilter>,
        order_by: Option<PartnerOrder>,
    ) -> Result<Self, ApiError> {
        let filter = filter.unwrap_or_default();
        if caller.partner().is_some() && filter.is_for_staff() {
            return Err(Denied::NotForPartners.into());
        }
        let currency = |name: &str| {
            caller.read(Resource::Commissions)?;
            let currency = order_by.and_then(|order| order.currency).map(|code| code.0);
            currency.ok_or_else(|| ApiError::bad_user_input(format!("to sort by {name} give orderBy.currency")))
        };
        let by = match order_by.map(|order| order.field) {
            None | Some(PartnerOrderField::CreatedAt) => StoreOrder::CreatedAt,
            Some(PartnerOrderField::Name) => StoreOrder::Name,
            Some(PartnerOrderField::LifetimeValue) => StoreOrder::LifetimeValue(currency("LIFETIME_VALUE")?),
            Some(PartnerOrderField::Payable) => StoreOrder::Payable(currency("PAYABLE")?),
        };
        let descending = order_by.is_none_or(|order| order.direction == OrderDirection::Desc);
        Ok(Self {
            filter: Arc::new(filter.read()?),
            sorted: Sorted { by, descending },
        })
    }

    pub fn cursors(&self, scope: Scope) -> Cursors {
        let Sorted { by, descending } = self.sorted;
        Cursors::of((scope, "partners", &self.filter, by, descending)).sorted_by(self.sorted.example())
    }
}
