//! Tiered commissions as they are read, listed, made and changed.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use uuid::Uuid;

use super::input::{CreateTieredCommissionInput, UpdateTieredCommissionInput};
use crate::auth::Resource;
use crate::domain::id::{TenantId, TieredCommissionId};
use crate::domain::{id, tiered};
use crate::graphql::campaign::object::Campaign;
use crate::graphql::connection::{Connection, PageArguments, children};
use crate::graphql::context::{mutation, request};
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::input::DeleteInput;
use crate::graphql::label::object::Advertiser;
use crate::graphql::loader::PartnersOfTier;
use crate::graphql::lookup::wanted;
use crate::graphql::order::OrderBy;
use crate::graphql::partner::object::Partner;
use crate::graphql::rows::{Described, Listing, Pages, Shown, Type, listed, resolver};
use crate::graphql::scalar::{CurrencyCode, Date, DateTime, Decimal};
use crate::graphql::tenant::audit::{AuditEntry, histories, history};
use crate::graphql::user_error::{DeletePayload, payload};
use crate::graphql::{identity, order, rows};
use crate::service::tiered_commission::{create, delete, update};
use crate::store;
use crate::store::tiered_commission::TieredCommissionFilter as StoreFilter;
use crate::store::view;

/// Whether a tier acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "tiered::Status")]
pub enum TieredCommissionStatus {
    /// It counts, and changes what conversions pay.
    Active,
    /// It goes on counting, and does nothing else.
    Inactive,
}

/// How often the counters of a tier start again, in the tenant's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "tiered::Period")]
pub enum TierPeriod {
    /// Every midnight.
    Daily,
    /// On Mondays.
    Weekly,
    /// On the first of the month.
    Monthly,
    /// On the first of January, April, July and October.
    Quarterly,
    /// Never: they count from the start date to the end date.
    Global,
}

/// What a tier does to an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "tiered::Action")]
pub enum TierAction {
    /// Adds a percentage of it.
    Increase,
    /// Takes a percentage of it off; nothing falls below 0.
    Decrease,
    /// Adds an amount.
    FlatIncrease,
    /// Takes an amount off; nothing falls below 0.
    FlatDecrease,
    /// Puts an amount in its place, or a percentage of the sale amount; only retroactively.
    Exact,
}

/// What a tier counts, by partner, campaign and window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "tiered::Metric")]
pub enum TierMetric {
    /// Charges and conversions whose `base` is true.
    Conversion,
    /// The other charges and conversions.
    Event,
    /// The sum of their amounts.
    SaleAmount,
    /// The sum of what they pay the partner, before any tier.
    Payout,
    /// The sum of what they bring the tenant, before any tier.
    Revenue,
}

/// Which counters decide the rate of a conversion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "tiered::CrossingPolicy")]
pub enum CrossingPolicy {
    /// Those before it: with a goal of 10, the rate changes from the eleventh on.
    NextConversion,
    /// Those with it: the conversion that reaches the goal has the new rate, too.
    CrossingConversion,
}

/// What the value of a retroactive EXACT is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "tiered::RetroactiveType")]
pub enum RetroactiveType {
    /// Of payouts: an amount a conversion.
    Cpa,
    /// Of payouts: a percentage of the sale amount.
    Cps,
    /// Of revenue: an amount a conversion.
    Rpa,
    /// Of revenue: a percentage of the sale amount.
    Rps,
}

/// A tiered commission.
#[derive(Clone)]
pub struct TieredCommission(Arc<tiered::TieredCommission>);

impl From<Arc<tiered::TieredCommission>> for TieredCommission {
    fn from(tier: Arc<tiered::TieredCommission>) -> Self {
        Self(tier)
    }
}

impl From<tiered::TieredCommission> for TieredCommission {
    fn from(tier: tiered::TieredCommission) -> Self {
        Self(Arc::new(tier))
    }
}

impl TieredCommission {
    pub async fn load(ctx: &Context<'_>, id: TieredCommissionId) -> Result<Option<Self>, ApiError> {
        let request = request(ctx);
        request.caller.read(Resource::TieredCommissions)?;
        Ok(request.loaders().tiered_commission.load(id.uuid()).await?.map(Self))
    }
}

impl Described for TieredCommission {
    const TYPE: &'static Type = &TIERED_COMMISSION;

    fn uuid(&self) -> Uuid {
        self.0.id.uuid()
    }

    fn at_hand(&self, tenant: TenantId) -> view::AtHand {
        store::tiered_commission::at_hand(tenant, &self.0)
    }
}

/// A list of them.
pub fn tiered_commissions(list: view::List) -> Listing {
    Listing {
        to: &TIERED_COMMISSION,
        connection: "TieredCommissionConnection",
        edge: "TieredCommissionEdge",
        list,
    }
}

pub static TIERED_COMMISSION: Type = Type {
    name: "TieredCommission",
    resource: Resource::TieredCommissions,
    identity: &[],
    is_named: false,
    table: &view::TIERED_COMMISSION,
    id: || view::column(view::TieredCommissionColumn::Id),
    field: |name| {
        use view::TieredCommissionColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        let ask = || {
            resolver(|row, prefix| {
                Ok(Box::new(TieredCommission::from(store::tiered_commission::whole(
                    row, prefix,
                )?)))
            })
        };
        Some(match name {
            "id" => value(Column::Id, view::id::<id::TieredCommission>),
            "name" => value(Column::Name, view::text),
            "externalId" => value(Column::ExternalId, view::text),
            "notes" => value(Column::Notes, view::text),
            "status" => value(Column::Status, view::word!(tiered::Status)),
            "startDate" => value(Column::StartDate, view::text),
            "endDate" => value(Column::EndDate, view::text),
            "period" => value(Column::Period, view::word!(tiered::Period)),
            "crossingPolicy" => value(Column::CrossingPolicy, view::word!(tiered::CrossingPolicy)),
            "currency" => value(Column::Currency, view::text),
            "eventType" => value(Column::EventType, view::text),
            "applyToAllPartners" => value(Column::ApplyToAllPartners, view::truth),
            "campaigns" | "advertisers" | "goals" | "payout" | "revenue" | "retroactivePayout"
            | "retroactiveRevenue" | "partners" => ask(),
            "version" => value(Column::Version, view::number),
            "archivedAt" => value(Column::ArchivedAt, view::moment),
            "createdAt" => value(Column::CreatedAt, view::moment),
            "updatedAt" => value(Column::UpdatedAt, view::moment),
            "history" => rows::page_of(histories),
            _ => return None,
        })
    },
};

/// A tiered commission: once a partner reaches goals on a campaign within a period, it changes what further conversions
/// pay, and may change what the earlier ones of the period paid. Of several that apply, one acts on the payout and one on
/// the revenue: that with the highest goals, then that with the latest start date, then the newest.
#[Object]
impl TieredCommission {
    /// Its id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.tier.name
    }

    /// The id that another system gave it, unique among the tiered commissions in force; null if there is none.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }

    /// A note of staff; null if there is none.
    async fn notes(&self) -> Option<&str> {
        self.0.notes.as_deref()
    }

    /// Whether it acts.
    async fn status(&self) -> TieredCommissionStatus {
        self.0.tier.status.into()
    }

    /// The day from whose beginning it counts, in the tenant's time zone.
    async fn start_date(&self) -> Date {
        Date(self.0.tier.start_date)
    }

    /// The day to whose end it counts, in the tenant's time zone.
    async fn end_date(&self) -> Date {
        Date(self.0.tier.end_date)
    }

    /// How often its counters start again.
    async fn period(&self) -> TierPeriod {
        self.0.tier.period.into()
    }

    /// Which counters decide the rate of a conversion.
    async fn crossing_policy(&self) -> CrossingPolicy {
        self.0.tier.crossing_policy.into()
    }

    /// The currency of its goals and of its flat and exact values. Amounts in another one neither count nor change.
    async fn currency(&self) -> CurrencyCode {
        CurrencyCode(self.0.tier.currency)
    }

    /// Whether it is for all partners, also for those to come; then `partners` does not matter.
    async fn apply_to_all_partners(&self) -> bool {
        self.0.audience.apply_to_all_partners
    }

    /// The campaigns whose events it counts, each on its own.
    async fn campaigns(&self, ctx: &Context<'_>) -> Result<Vec<Campaign>, ApiError> {
        let campaigns = self
            .0
            .audience
            .campaign_ids
            .iter()
            .map(|id| identity::campaign(ctx, *id));
        let campaigns = futures::future::try_join_all(campaigns).await?;
        Ok(campaigns.into_iter().flatten().collect())
    }

    /// The advertisers all of whose campaigns it counts, each campaign on its own.
    async fn advertisers(&self, ctx: &Context<'_>) -> Result<Vec<Advertiser>, ApiError> {
        let request = request(ctx);
        request.caller.read(Resource::Campaigns)?;
        let loader = &request.loaders().advertiser;
        let advertisers = self.0.audience.advertiser_ids.iter().map(|id| loader.load(id.uuid()));
        let advertisers = futures::future::try_join_all(advertisers).await?;
        Ok(advertisers.into_iter().flatten().map(Advertiser::from).collect())
    }

    /// The only type of events that count and change; null: every charge and conversion.
    async fn event_type(&self) -> Option<&str> {
        self.0.tier.event_type.as_deref()
    }

    /// What to reach: all of it.
    async fn goals(&self) -> Vec<TierGoal> {
        self.0.tier.goals.iter().map(TierGoal::from).collect()
    }

    /// How the payout of conversions changes while the goals are reached; null: not at all.
    async fn payout(&self) -> Option<TierModifier> {
        self.0.tier.payout.as_ref().map(TierModifier::from)
    }

    /// How the revenue of conversions changes while the goals are reached; null: not at all.
    async fn revenue(&self) -> Option<TierModifier> {
        self.0.tier.revenue.as_ref().map(TierModifier::from)
    }

    /// What the payouts of the window become when the goals are reached, once; null: they stay.
    async fn retroactive_payout(&self) -> Option<RetroactiveModifier> {
        self.0.tier.retroactive_payout.as_ref().map(RetroactiveModifier::from)
    }

    /// What the revenue of the window becomes when the goals are reached, once; null: it stays.
    async fn retroactive_revenue(&self) -> Option<RetroactiveModifier> {
        self.0.tier.retroactive_revenue.as_ref().map(RetroactiveModifier::from)
    }

    /// Starts at 1 and rises with every change.
    async fn version(&self) -> u32 {
        self.0.version
    }

    /// When it was archived: it counts and changes nothing any more. Null: it is in force.
    async fn archived_at(&self) -> Option<DateTime> {
        self.0.archived_at.map(DateTime)
    }

    /// When it was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
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

    /// The partners that it names, newest first.
    async fn partners(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Partner>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Partners)?;
        let page = PageArguments::new(first, after, last, before);
        children::<PartnersOfTier, _>(scope, self.0.id.uuid(), page)
    }
}

/// What to reach, and up to where the rate holds.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct TierGoal {
    /// What is counted.
    pub metric: TierMetric,
    /// At least so much; 0: nothing to reach.
    pub goal: Decimal,
    /// The rate holds below it; null: without end. It bounds the rate only: a goal stays achieved beyond it.
    pub max: Option<Decimal>,
}

impl From<&tiered::Goal> for TierGoal {
    fn from(goal: &tiered::Goal) -> Self {
        Self {
            metric: goal.metric.into(),
            goal: Decimal(goal.goal),
            max: goal.max.map(Decimal),
        }
    }
}

/// How an amount changes.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct TierModifier {
    /// What is done to it.
    pub action: TierAction,
    /// Percent, or an amount of the tier's currency.
    pub value: Decimal,
}

impl From<&tiered::Modifier> for TierModifier {
    fn from(modifier: &tiered::Modifier) -> Self {
        Self {
            action: modifier.action.into(),
            value: Decimal(modifier.value),
        }
    }
}

/// What earlier amounts become.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct RetroactiveModifier {
    /// What is done to them.
    pub action: TierAction,
    /// Percent, or an amount of the tier's currency.
    pub value: Decimal,
    /// What the value of EXACT is; null: an amount a conversion. The other actions do not look at it.
    #[graphql(name = "type")]
    pub kind: Option<RetroactiveType>,
}

impl From<&tiered::Retroactive> for RetroactiveModifier {
    fn from(modifier: &tiered::Retroactive) -> Self {
        Self {
            action: modifier.action.into(),
            value: Decimal(modifier.value),
            kind: modifier.kind.map(RetroactiveType::from),
        }
    }
}

/// Which tiered commissions to list; everything given must hold.
#[derive(Default, InputObject)]
pub struct TieredCommissionFilter {
    /// Part of the name, whatever the case; at most 200 characters.
    pub search: Option<String>,
    /// With one of these.
    pub status: Option<Vec<TieredCommissionStatus>>,
    /// For this partner: that name it, or are for all.
    pub partner_id: Option<ID>,
    /// That name this campaign.
    pub campaign_id: Option<ID>,
    /// That name this advertiser.
    pub advertiser_id: Option<ID>,
}

impl TieredCommissionFilter {
    fn read(self) -> Result<StoreFilter, ApiError> {
        let status = |list: Vec<TieredCommissionStatus>| list.into_iter().map(tiered::Status::from).collect();
        Ok(StoreFilter {
            search: self.search.map(|text| wanted("filter.search", text)).transpose()?,
            status: self.status.map(status),
            partner: self.partner_id.map(|id| id.parse()).transpose()?,
            campaign: self.campaign_id.map(|id| id.parse()).transpose()?,
            advertiser: self.advertiser_id.map(|id| id.parse()).transpose()?,
        })
    }
}

/// What tiered commissions are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "store::tiered_commission::TieredCommissionOrder")]
pub enum TieredCommissionOrderField {
    /// When they were created.
    #[default]
    CreatedAt,
    /// Their name, whatever the case.
    Name,
}

payload! {
    /// What creating or changing a tiered commission did.
    TieredCommissionPayload {
        /// The tiered commission as it is now; null if nothing was changed.
        tiered_commission: TieredCommission, TieredCommissions
    }
}

#[derive(Default)]
pub struct TieredCommissionQuery;

#[Object]
impl TieredCommissionQuery {
    /// One tiered commission, archived or not; null if there is none.
    async fn tiered_commission(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Nullable<Shown<TieredCommission>> {
        nullable(async { Shown::row(ctx, id.parse::<TieredCommissionId>()?.uuid()) }).await
    }

    /// The tiered commissions in force, newest first where no other order is asked for.
    #[expect(clippy::too_many_arguments, reason = "the contract's arguments")]
    async fn tiered_commissions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones.")] filter: Option<TieredCommissionFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<OrderBy<TieredCommissionOrderField>>,
    ) -> Result<Pages<Connection<TieredCommission>>, ApiError> {
        let scope = request(ctx).caller.read(Resource::TieredCommissions)?;
        let filter = Arc::new(filter.unwrap_or_default().read()?);
        let sorted = OrderBy::read(order_by);
        let cursors = order::cursors((scope, "tiered_commissions", &filter), sorted);
        let arguments = PageArguments::new(first, after, last, before);
        let listing = tiered_commissions(store::tiered_commission::list(filter.clone(), sorted));
        listed(listing, &cursors, &arguments, move |request| {
            let filter = filter.clone();
            Box::pin(
                async move { Ok(store::tiered_commission::count(request.store().reader(), &scope, &filter).await?) },
            )
        })
    }
}

#[derive(Default)]
pub struct TieredCommissionMutation;

#[Object]
impl TieredCommissionMutation {
    /// Creates a tiered commission. It counts the running windows from their start, and acts from the next conversion on.
    /// Needs `tiered_commissions:write`.
    async fn create_tiered_commission(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new tiered commission.")] input: CreateTieredCommissionInput,
    ) -> Nullable<TieredCommissionPayload> {
        let request = mutation(ctx).await;
        let tier = create(&request.app, &request.caller, input.into());
        Some(TieredCommissionPayload::of(&request, tier).await)
    }

    /// Changes a tiered commission. Goals and lists are replaced as a whole. Nothing happens until the next conversion.
    /// Needs `tiered_commissions:write`.
    async fn update_tiered_commission(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateTieredCommissionInput,
    ) -> Nullable<TieredCommissionPayload> {
        let request = mutation(ctx).await;
        let tier = update(&request.app, &request.caller, input.into());
        Some(TieredCommissionPayload::of(&request, tier).await)
    }

    /// Deletes a tiered commission that has never changed an amount. One that has is archived: it stops, stays readable
    /// by its id, and leaves the lists. Needs `tiered_commissions:write`.
    async fn delete_tiered_commission(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let deleted = delete(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(deleted.map(|id| id.to_string())))
    }
}
